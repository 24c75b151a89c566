//! What a factory can infer about poverty from what it sees, on cities that are made up: how well the best guess that
//! we found separates poor people from others (AUC: 500 per mille is a coin, 1000 is certainty), and how sure it can be
//! of anybody. The table stands in `docs/privacy.md`.
//!
//! The guesser is stronger than a factory: it has learnt on another city of the same kind, person by person, who is
//! poor. What it finds is what correlates in the city, which no order can hide; what the product may not do is add to it.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{OrganisationId, PersonId, SkillId, VacancyId};
use ballast_domain::base::region::RegionCode;
use ballast_domain::matching::candidate::{Availability, Candidate, Shifts};
use ballast_domain::matching::profile::Profile;
use ballast_domain::matching::query::{Query, Requirement, Vacancy};
use ballast_domain::matching::rank::{Row, Standing, explain, tie};
use ballast_domain::person::nationality::{Country, Evidence, Record};
use ballast_domain::record::skill_claim::{Claim, DecayClass, EvidenceKind};
use uuid::Uuid;

const PEOPLE: usize = 40_000;
const COUNTIES: [&str; 6] = ["219001", "219002", "219003", "219004", "219005", "219006"];
/// A cell of fewer people says too little to be sure of anybody.
const CELL_MIN: usize = 100;

/// A kind of city. The figures are made up, and lie on either side of what is likely.
struct Kind {
    name: &'static str,
    /// Poor people of a thousand, by county.
    poor: [u64; 6],
    /// How often of a thousand a poor person's level is one lower than it would be.
    lower: u64,
    /// How often of a thousand a poor person's evidence is only their word.
    unproved: u64,
}

const KINDS: [Kind; 4] = [
    Kind { name: "poverty falls anywhere", poor: [120; 6], lower: 0, unproved: 0 },
    Kind { name: "counties differ", poor: [40, 70, 100, 120, 160, 230], lower: 0, unproved: 0 },
    Kind {
        name: "counties and schooling differ",
        poor: [40, 70, 100, 120, 160, 230],
        lower: 300,
        unproved: 100,
    },
    Kind { name: "the same, strongly", poor: [20, 40, 80, 120, 180, 280], lower: 600, unproved: 300 },
];

/// Numbers of a seed (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, count: u64) -> u64 {
        self.next() % count
    }

    fn of_thousand(&mut self, times: u64) -> bool {
        self.below(1000) < times
    }
}

fn date(y: i32, m: u32, d: u32) -> CivilDate {
    CivilDate::from_ymd_opt(y, m, d).unwrap()
}

fn skill() -> SkillId {
    SkillId(Uuid::from_u128(0x5001))
}

/// Somebody of a city, and whether they are poor.
struct Citizen {
    candidate: Candidate,
    poor: bool,
    county: usize,
}

fn city(kind: &Kind, seed: u64) -> Vec<Citizen> {
    let mut numbers = Numbers(seed);
    let mut people = Vec::with_capacity(PEOPLE);
    while people.len() < PEOPLE {
        // A household is poor or not as a whole.
        let county = usize::try_from(numbers.below(6)).unwrap();
        let poor = numbers.of_thousand(kind.poor[county]);
        for _ in 0..=numbers.below(3) {
            people.push(citizen(kind, &mut numbers, county, poor));
        }
    }
    people.truncate(PEOPLE);
    people
}

fn citizen(kind: &Kind, numbers: &mut Numbers, county: usize, poor: bool) -> Citizen {
    // Drawn for everybody alike, so that who is poor moves nothing else.
    let (drawn, lower, unproved) =
        (2 + numbers.below(5), numbers.of_thousand(kind.lower), numbers.of_thousand(kind.unproved));
    let level = drawn - u64::from(poor && lower);
    let evidence = match numbers.below(4) {
        _ if poor && unproved => EvidenceKind::Own,
        0 => EvidenceKind::Trained,
        1 => EvidenceKind::Observed,
        2 => EvidenceKind::Assessed,
        _ => EvidenceKind::Certified,
    };
    let achieved_on = date(2026, u32::try_from(1 + numbers.below(10)).unwrap(), 1);
    let home = RegionCode::parse(COUNTIES[county]).unwrap();
    let candidate = Candidate {
        id: PersonId(Uuid::from_u64_pair(numbers.next(), numbers.next())),
        birth_date: Some(date(1990, 1, 1)),
        birthplace: None,
        home: Some(home),
        nationalities: vec![Record { country: Country::parse("CN").unwrap(), evidence: Evidence::Document }],
        documents: Vec::new(),
        availability: Some(Availability {
            from: date(2026, 12, 1),
            until: None,
            regions: vec![RegionCode::parse("2190").unwrap()],
            wage_min_minor: Some(400_000),
            shifts: Shifts { day: true, evening: true, night: false },
            dormitory: Some(false),
        }),
        claims: vec![Claim {
            skill: skill(),
            level: u8::try_from(level).unwrap(),
            evidence,
            achieved_on,
            last_used_on: achieved_on,
            valid_until: None,
            decay: DecayClass::Mixed,
        }],
        classes: Vec::new(),
    };
    Citizen { candidate, poor, county }
}

fn profile() -> Profile {
    Profile {
        name: "inference".to_owned(),
        version: 1,
        skill_points: 740,
        certificate_points: 80,
        wage_steps: vec![(8500, 70), (10_000, 40)],
        distance_points: [50, 45, 40, 25, 10, 0],
        dormitory_points: 40,
        shift_points: 30,
        class_points: (15, 30),
        evidence_permille: [400, 600, 800, 900, 1000],
        decay_permille: [vec![1000; 61], vec![1000; 61], vec![1000; 61]],
    }
}

fn vacancy() -> Vacancy {
    Vacancy {
        id: VacancyId(Uuid::from_u128(1)),
        factory: OrganisationId(Uuid::from_u128(2)),
        site: RegionCode::parse(COUNTIES[0]).unwrap(),
        starts_on: date(2026, 12, 15),
        wage_max_minor: 500_000,
        shifts: Shifts { day: true, evening: false, night: false },
        dormitory: false,
        age_min: None,
        requirements: vec![Requirement { skill: skill(), essential: true, level: 5, floor: 1, weight: 1000 }],
        seed: [7; 16],
    }
}

/// What a factory sees of somebody on its list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    place: usize,
    score: u32,
    county: usize,
    level: u8,
    evidence: EvidenceKind,
}

/// The list as the factory has it, and beside each row what it must not know. A shortlist ends after 200; here it goes
/// on to the last, as if many vacancies had been posted.
fn listed(people: &[Citizen]) -> Vec<(Seen, bool)> {
    let (profile, vacancy) = (profile(), vacancy());
    let query = Query::new(&vacancy, &profile, date(2026, 11, 24));
    let mut rows: Vec<(Row, &Citizen)> =
        people.iter().map(|citizen| (explain(&query, &citizen.candidate), citizen)).collect();
    rows.retain(|(row, _)| matches!(row.standing, Standing::Qualified | Standing::ToVerify));
    assert!(rows.len() * 2 > PEOPLE, "most are on the list: {}", rows.len());
    rows.sort_by_key(|(row, _)| (row.standing, Reverse(row.score), tie(&vacancy.seed, row.person)));
    let seen = |(place, (row, citizen)): (usize, &(Row, &Citizen))| {
        let claim = citizen.candidate.claims[0];
        let seen = Seen {
            place,
            score: row.score,
            county: citizen.county,
            level: claim.level,
            evidence: claim.evidence,
        };
        (seen, citizen.poor)
    };
    rows.iter().enumerate().map(seen).collect()
}

/// How often of a thousand a poor person has more suspicion than another, ties half (Mann and Whitney 1947).
fn auc(suspicion: &[(u64, bool)]) -> u64 {
    let mut sorted = suspicion.to_vec();
    sorted.sort_unstable();
    let (poor, others) = (count(&sorted, true), count(&sorted, false));
    let (mut below, mut twice) = (0_u128, 0_u128);
    for equal in sorted.chunk_by(|a, b| a.0 == b.0) {
        let (p, o) = (count(equal, true), count(equal, false));
        twice += p * (2 * below + o);
        below += o;
    }
    u64::try_from(twice * 1000 / (2 * poor * others)).unwrap()
}

fn count(rows: &[(u64, bool)], poor: bool) -> u128 {
    rows.iter().filter(|row| row.1 == poor).count() as u128
}

/// Poor and all, by what is seen.
type Cells<K> = BTreeMap<K, (u64, u64)>;

fn cells<K: Ord>(list: &[(Seen, bool)], key: impl Fn(&Seen) -> K) -> Cells<K> {
    let mut cells = Cells::new();
    for (seen, poor) in list {
        let cell = cells.entry(key(seen)).or_insert((0, 0));
        *cell = (cell.0 + u64::from(*poor), cell.1 + 1);
    }
    cells
}

/// The AUC of who has learnt on one city which cells are poor, and guesses in another.
fn learnt<K: Ord>(from: &[(Seen, bool)], at: &[(Seen, bool)], key: impl Fn(&Seen) -> K + Copy) -> u64 {
    let known = cells(from, key);
    let suspicion = |seen: &Seen| {
        // Laplace's rule, so that a cell that was never met is neither.
        let (poor, all) = known.get(&key(seen)).copied().unwrap_or((0, 0));
        (poor + 1) * 1_000_000 / (all + 2)
    };
    auc(&at.iter().map(|(seen, poor)| (suspicion(seen), *poor)).collect::<Vec<_>>())
}

/// The largest share of poor people, of a thousand, in a cell that is not small.
fn surest<K: Ord>(list: &[(Seen, bool)], key: impl Fn(&Seen) -> K) -> u64 {
    let cells = cells(list, key);
    let large = cells.values().filter(|(_, all)| *all >= CELL_MIN as u64);
    large.map(|(poor, all)| poor * 1000 / all).max().unwrap()
}

/// What one kind of city gives: share of poor people, AUC by the order, by the county, by everything, and how sure of
/// anybody, all of a thousand.
fn measured(kind: &Kind) -> [u64; 5] {
    let (one, other) = (listed(&city(kind, 1)), listed(&city(kind, 2)));
    let all = |seen: &Seen| (seen.county, seen.level, seen.evidence, seen.score);
    let place: Vec<(u64, bool)> =
        other.iter().map(|(seen, poor)| (u64::try_from(seen.place).unwrap(), *poor)).collect();
    let share = count(&place, true) * 1000 / place.len() as u128;
    [
        u64::try_from(share).unwrap(),
        auc(&place),
        learnt(&one, &other, |seen| seen.county),
        learnt(&one, &other, all),
        surest(&other, |seen| (seen.county, seen.level, seen.evidence)),
    ]
}

fn table() -> String {
    let mut text = "| city | poor | by the order | by the county | by all that is seen | surest |\n\
                    |---|---|---|---|---|---|\n"
        .to_owned();
    for kind in &KINDS {
        let [share, order, county, all, sure] = measured(kind);
        writeln!(text, "| {} | {share} ‰ | {order} | {county} | {all} | {sure} ‰ |", kind.name).unwrap();
    }
    text
}

#[test]
fn where_nothing_correlates_nothing_is_to_be_seen() {
    let [_, order, county, all, _] = measured(&KINDS[0]);
    for auc in [order, county, all] {
        assert!((470..=530).contains(&auc), "a coin does as well: {auc}");
    }
}

/// The measure finds what a product would leak that let poor people go first: the addends no longer make the score.
#[test]
fn a_priority_in_the_score_would_be_certainty() {
    let people = listed(&city(&KINDS[3], 2));
    let residual: Vec<(u64, bool)> = people
        .iter()
        .map(|(seen, poor)| {
            let shown = seen.score + if *poor { 30 } else { 0 };
            (u64::from(shown - seen.score), *poor)
        })
        .collect();
    assert_eq!(auc(&residual), 1000);
}

/// Who is poor moves nobody: the same people, with other households poor, give the same list.
#[test]
fn the_list_is_the_same_whoever_is_poor() {
    let people = city(&KINDS[0], 1);
    let moved: Vec<Citizen> = people
        .iter()
        .zip(people.iter().skip(1).chain(people.first()))
        .map(|(citizen, next)| Citizen {
            candidate: citizen.candidate.clone(),
            poor: next.poor,
            county: citizen.county,
        })
        .collect();
    let seen = |people: &[Citizen]| listed(people).into_iter().map(|(seen, _)| seen).collect::<Vec<_>>();
    assert!(seen(&people) == seen(&moved));
}

#[test]
fn the_table_stands_in_the_document() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/privacy.md");
    let document = std::fs::read_to_string(path).unwrap();
    let table = table();
    assert!(document.contains(&table), "docs/privacy.md has to say:\n{table}");
}
