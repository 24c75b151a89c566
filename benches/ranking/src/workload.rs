//! The people and vacancies of the comparison, from a seed. It knows no database.

use ballast_domain::base::civil_time::{CivilDate, comes_of_age};
use ballast_domain::base::id::{OrganisationId, PersonId, SkillId, VacancyId};
use ballast_domain::base::region::RegionCode;
use ballast_domain::matching::candidate::{Availability, Candidate, ClassTie, Shifts};
use ballast_domain::matching::query::{Requirement, Vacancy};
use ballast_domain::permit::bundle::{Document, Part};
use ballast_domain::permit::nationality::{Country, Evidence, Record};
use ballast_domain::record::skill_claim::{Claim, DecayClass, EvidenceKind};
use chrono::{Datelike as _, Days, Months};
use uuid::Uuid;

/// How many skills there are.
pub const SKILLS: usize = 500;
/// How many of them a person has.
pub const SKILLS_EACH: usize = 8;
/// How many counties there are: 4 provinces of 4 cities of 4 counties.
pub const COUNTIES: usize = 64;
/// How many factories run joint classes.
pub const FACTORIES: usize = 12;

/// SplitMix64: small, seeded, the same on every machine.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }

    fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    fn pick(&mut self, cumulative: &[f64]) -> usize {
        let at = self.unit() * cumulative.last().unwrap();
        cumulative.partition_point(|c| *c <= at).min(cumulative.len() - 1)
    }

    fn uuid(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.next(), self.next())
    }
}

fn cumulative(weights: impl Iterator<Item = f64>) -> Vec<f64> {
    weights
        .scan(0.0, |sum, w| {
            *sum += w;
            Some(*sum)
        })
        .collect()
}

/// A person, and what the law says of them whatever the post, worked out once.
pub struct Person {
    pub candidate: Candidate,
    /// The first lawful day of work, where the birth date is known.
    pub age_from: Option<CivilDate>,
    /// The last day that the documents of a proved foreigner cover.
    pub covered_until: Option<CivilDate>,
    /// Whether the nationality is proved.
    pub proved: bool,
}

/// Draws from the distributions of the comparison.
pub struct Workload {
    random: Random,
    skills: Vec<f64>,
    levels: Vec<f64>,
    regions: Vec<f64>,
    today: CivilDate,
}

pub fn skill(n: usize) -> SkillId {
    SkillId(Uuid::from_u128(1 + n as u128))
}

pub fn skill_number(skill: SkillId) -> usize {
    skill.0.as_u128() as usize - 1
}

pub fn factory(n: usize) -> OrganisationId {
    OrganisationId(Uuid::from_u128(1000 + n as u128))
}

/// The code of a county: province 21 to 24, cities and counties within.
pub fn county(n: usize) -> RegionCode {
    let text = format!("{:02}{:02}{:02}", 21 + n / 16, 1 + n / 4 % 4, 1 + n % 4);
    RegionCode::parse(&text).unwrap()
}

fn shifts(random: &mut Random) -> Shifts {
    let mut drawn = || random.chance(0.6);
    Shifts { day: true, evening: drawn(), night: drawn() }
}

impl Workload {
    pub fn new(seed: u64, today: CivilDate) -> Self {
        Self {
            random: Random(seed),
            skills: cumulative((1..=SKILLS).map(|r| (r as f64).powf(-0.9))),
            levels: cumulative([0.30, 0.30, 0.20, 0.13, 0.07].into_iter()),
            regions: cumulative((1..=COUNTIES).map(|r| (r as f64).powf(-0.5))),
            today,
        }
    }

    fn distinct_skills(&mut self, n: usize) -> Vec<usize> {
        let mut drawn = Vec::with_capacity(n);
        while drawn.len() < n {
            let skill = self.random.pick(&self.skills);
            if !drawn.contains(&skill) {
                drawn.push(skill);
            }
        }
        drawn
    }

    fn claim(&mut self, n: usize) -> Claim {
        let random = &mut self.random;
        let months = random.below(37) as u32;
        let used = self.today - Months::new(months) - Days::new(random.below(28) as u64);
        let evidence =
            [(0.15, EvidenceKind::Own), (0.45, EvidenceKind::Trained), (0.65, EvidenceKind::Observed)];
        let at = random.unit();
        let evidence = evidence.into_iter().find(|(until, _)| at < *until).map(|(_, kind)| kind);
        let formal = if random.chance(0.6) { EvidenceKind::Assessed } else { EvidenceKind::Certified };
        Claim {
            skill: skill(n),
            level: 1 + random.pick(&self.levels) as u8,
            evidence: evidence.unwrap_or(formal),
            achieved_on: used - Days::new(random.below(400) as u64),
            last_used_on: used,
            valid_until: None,
            decay: DecayClass::ALL[random.below(3)],
        }
    }

    /// The monthly wage in fen: clamp(3000 + Gamma(4, 500), 2500, 12000) yuan.
    fn wage(&mut self) -> i64 {
        let product: f64 = (0..4).map(|_| 1.0 - self.random.unit()).product();
        ((3000.0 - 500.0 * product.ln()).clamp(2500.0, 12_000.0) * 100.0) as i64
    }

    pub fn person(&mut self) -> Person {
        let claims = self.distinct_skills(SKILLS_EACH).into_iter().map(|n| self.claim(n)).collect();
        let wage = self.wage();
        let home = self.random.pick(&self.regions);
        let random = &mut self.random;
        let mut regions = vec![county(home)];
        if random.chance(0.6) {
            regions.push(RegionCode::parse(&county(home).as_str()[..4]).unwrap());
        }
        if random.chance(0.3) {
            regions.push(county(random.below(COUNTIES)));
        }
        if random.chance(0.4) {
            regions.push(RegionCode::parse(&county(home).as_str()[..2]).unwrap());
        }
        let from = self.today + Days::new(random.below(60) as u64) - Days::new(45);
        let availability = Availability {
            from,
            until: random.chance(0.2).then(|| from + Days::new(random.below(200) as u64)),
            regions,
            wage_min_minor: random.chance(0.95).then_some(wage),
            shifts: shifts(random),
            dormitory: random.chance(0.8).then(|| random.chance(0.5)),
        };
        let age = 17 + random.below(38) as i32;
        let birth = CivilDate::from_ymd_opt(self.today.year() - age, 1 + random.below(12) as u32, 1);
        let birth_date = birth.filter(|_| random.chance(0.98));
        let foreign = random.chance(0.08);
        let country = if foreign { Country::parse("VN").unwrap() } else { Country::CN };
        let proved = random.chance(0.96);
        let evidence = if proved { Evidence::Document } else { Evidence::Declared };
        let documents: Vec<Document> = Part::ALL
            .into_iter()
            .filter(|_| foreign)
            .map(|part| Document {
                part,
                valid_from: None,
                valid_until: Some(self.today + Days::new(random.below(500) as u64) - Days::new(20)),
            })
            .collect();
        let age_from = birth_date.map(|birth| comes_of_age(birth, if foreign && proved { 18 } else { 16 }));
        let covered_until = documents.iter().filter_map(|d| d.valid_until).min().filter(|_| proved);
        let class = |random: &mut Random| {
            let tie = if random.chance(0.5) { ClassTie::Enrolled } else { ClassTie::Finished };
            (factory(random.below(FACTORIES)), tie)
        };
        let classes = if random.chance(0.25) { vec![class(random)] } else { Vec::new() };
        let candidate = Candidate {
            id: PersonId(random.uuid()),
            birth_date,
            birthplace: None,
            home: Some(county(home)),
            nationalities: vec![Record { country, evidence }],
            documents,
            availability: random.chance(0.97).then_some(availability),
            claims,
            classes,
        };
        Person { candidate, age_from, covered_until, proved }
    }

    /// A vacancy of six skills, drawn by popularity; the first two drawn are essential.
    pub fn vacancy(&mut self, seed: [u8; 16]) -> Vacancy {
        let skills = self.distinct_skills(6);
        let site = county(self.random.pick(&self.regions));
        let random = &mut self.random;
        let requirements = skills
            .into_iter()
            .zip([30, 25, 15, 12, 10, 8])
            .enumerate()
            .map(|(n, (drawn, weight))| {
                let essential = n < 2;
                let level = 2 + random.below(3) as u8;
                let floor = if essential { (1 + random.below(3) as u8).min(level) } else { 0 };
                Requirement { skill: skill(drawn), essential, level, floor, weight }
            })
            .collect();
        Vacancy {
            id: VacancyId(random.uuid()),
            factory: factory(random.below(FACTORIES)),
            site,
            starts_on: self.today + Days::new(random.below(60) as u64),
            wage_max_minor: 350_000 + random.below(300_000) as i64,
            shifts: shifts(random),
            dormitory: random.chance(0.5),
            age_min: None,
            requirements,
            seed,
        }
    }
}
