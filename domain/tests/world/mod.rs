//! Vacancies and people for the tests of the ranking: generated ones, rich in what is rare.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{OrganisationId, PersonId, SkillId, VacancyId};
use ballast_domain::base::region::RegionCode;
use ballast_domain::matching::candidate::{Availability, Candidate, ClassTie, Shifts};
use ballast_domain::matching::profile::Profile;
use ballast_domain::matching::query::{Requirement, Vacancy};
use ballast_domain::permit::bundle::{Document, Part};
use ballast_domain::person::nationality::{Country, Evidence, Record};
use ballast_domain::record::skill_claim::{Claim, DecayClass, EvidenceKind};
use chrono::{Days, Months};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use uuid::Uuid;

/// The decay of the house profile: half-lives of 6.5, 13 and 11 months.
pub fn decay(half_life_months: f64) -> Vec<u32> {
    (0..=60).map(|month| (1000.0 * 0.5f64.powf(f64::from(month) / half_life_months) + 0.5) as u32).collect()
}

pub fn profile() -> Profile {
    Profile {
        name: "test".to_owned(),
        version: 1,
        skill_points: 740,
        certificate_points: 80,
        wage_steps: vec![(8500, 70), (8800, 64), (9100, 58), (9400, 52), (9700, 46), (10_000, 40)],
        distance_points: [50, 45, 40, 25, 10, 0],
        dormitory_points: 40,
        shift_points: 30,
        class_points: (15, 30),
        evidence_permille: [400, 600, 800, 900, 1000],
        decay_permille: [decay(6.5), decay(13.0), decay(11.0)],
    }
}

pub fn date(y: i32, m: u32, d: u32) -> CivilDate {
    CivilDate::from_ymd_opt(y, m, d).unwrap()
}

/// The day of every question here.
pub fn today() -> CivilDate {
    date(2026, 11, 24)
}

/// A day so many days after today, or before it.
pub fn day(offset: i64) -> CivilDate {
    let days = Days::new(offset.unsigned_abs());
    if offset < 0 { today() - days } else { today() + days }
}

pub fn id(n: u128) -> Uuid {
    // Spread out, so that the order of ids is not the order of n.
    Uuid::from_u128(n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
}

pub fn skill(n: u8) -> SkillId {
    SkillId(Uuid::from_u128(0x5000 + u128::from(n)))
}

pub fn factory(n: u8) -> OrganisationId {
    OrganisationId(Uuid::from_u128(0xfac0 + u128::from(n)))
}

pub fn region(text: &str) -> RegionCode {
    RegionCode::parse(text).unwrap()
}

pub fn country(code: &str) -> Country {
    Country::parse(code).unwrap()
}

pub const SKILLS: u8 = 6;

pub fn a_region() -> impl Strategy<Value = RegionCode> {
    let codes =
        ["21", "2106", "210604", "210604101", "210604101201", "210604101202", "210682", "2102", "450681"];
    select(codes.to_vec()).prop_map(region)
}

pub fn some_shifts() -> impl Strategy<Value = Shifts> {
    any::<[bool; 3]>().prop_map(|[day, evening, night]| Shifts { day, evening, night })
}

pub fn a_requirement(n: u8) -> impl Strategy<Value = Requirement> {
    (any::<bool>(), 1u8..=7, any::<Index>(), 1u32..=1000).prop_map(
        move |(essential, level, floor, weight)| {
            let floor = if essential { 1 + floor.index(usize::from(level)) as u8 } else { 0 };
            Requirement { skill: skill(n), essential, level, floor, weight }
        },
    )
}

prop_compose! {
    pub fn a_vacancy()(
        first in a_requirement(0).prop_map(|r| Requirement { essential: true, floor: r.floor.max(1), ..r }),
        second in a_requirement(1),
        rest in (option::of(a_requirement(2)), option::of(a_requirement(3)), option::of(a_requirement(4))),
        site in a_region(),
        starts in -40i64..200,
        wage in 300_000i64..700_000,
        shifts in some_shifts().prop_filter("a post has a shift", |s| s.count() > 0),
        dormitory in any::<bool>(),
        age_min in option::weighted(0.4, 16i32..22),
        seed in any::<[u8; 16]>(),
    ) -> Vacancy {
        let requirements = [Some(first), Some(second), rest.0, rest.1, rest.2].into_iter().flatten().collect();
        Vacancy {
            id: VacancyId(Uuid::from_u128(1)), factory: factory(0), site, starts_on: day(starts),
            wage_max_minor: wage, shifts, dormitory, age_min, requirements, seed,
        }
    }
}

prop_compose! {
    pub fn a_claim()(
        n in 0..SKILLS,
        level in prop_oneof![1 => Just(0u8), 9 => 1u8..=7],
        evidence in select(EvidenceKind::ALL.to_vec()),
        // Dates collide often, so that the last keys of the choice among claims are used.
        achieved in prop_oneof![select(vec![-400i64, -90, 0]), -900i64..=0, 1i64..5],
        used in prop_oneof![Just(0i64), 0i64..900],
        valid in option::weighted(0.3, -20i64..400),
        decay in select(DecayClass::ALL.to_vec()),
    ) -> Claim {
        let achieved_on = day(achieved);
        Claim {
            skill: skill(n), level, evidence, achieved_on,
            last_used_on: (achieved_on + Days::new(used.unsigned_abs())).min(today()).max(achieved_on),
            valid_until: valid.map(|v| day(v).max(achieved_on)),
            decay,
        }
    }
}

prop_compose! {
    pub fn a_document()(
        part in select(Part::ALL.to_vec()),
        from in option::of(-300i64..250),
        length in option::weighted(0.85, 0i64..400),
    ) -> Document {
        Document { part, valid_from: from.map(day), valid_until: length.map(|l| day(from.unwrap_or(-200) + l)) }
    }
}

pub fn a_bundle() -> impl Strategy<Value = Vec<Document>> {
    let sound = Part::ALL.map(|part| Document { part, valid_from: None, valid_until: Some(day(400)) });
    prop_oneof![
        3 => Just(sound.to_vec()),
        3 => vec(a_document(), 0..8),
        2 => (vec(a_document(), 0..3), 0usize..3).prop_map(move |(mut more, missing)| {
            more.extend(sound.iter().enumerate().filter(|(n, _)| *n != missing).map(|(_, d)| *d));
            more
        }),
    ]
}

pub fn a_record() -> impl Strategy<Value = Record> {
    let kinds = vec![Evidence::Declared, Evidence::Document, Evidence::Authority];
    let codes = vec!["CN", "CN", "CN", "VN", "VN", "MM", "KP"];
    (select(codes), select(kinds)).prop_map(|(code, evidence)| Record { country: country(code), evidence })
}

pub fn some_nationalities() -> impl Strategy<Value = Vec<Record>> {
    let proved = |code| vec![Record { country: country(code), evidence: Evidence::Document }];
    prop_oneof![5 => Just(proved("CN")), 3 => Just(proved("VN")), 3 => vec(a_record(), 0..4)]
}

prop_compose! {
    pub fn some_wishes()(
        from in prop_oneof![3 => -60i64..0, 1 => 0i64..260],
        length in option::weighted(0.3, 0i64..400),
        regions in vec(a_region(), 0..4),
        wage in option::weighted(0.85, prop_oneof![3 => 250_000i64..500_000, 1 => 500_000i64..800_000]),
        shifts in some_shifts(),
        dormitory in option::of(any::<bool>()),
    ) -> Availability {
        Availability {
            from: day(from), until: length.map(|l| day(from + l)), regions, wage_min_minor: wage, shifts, dormitory,
        }
    }
}

pub fn a_birth_date() -> impl Strategy<Value = CivilDate> {
    // Around the sixteenth and the eighteenth birthday, on the leap day, and grown up.
    let near = |years: u32| (-200i64..250).prop_map(move |d| day(d) - Months::new(12 * years));
    prop_oneof![2 => near(16), 2 => near(18), 1 => Just(date(2008, 2, 29)), 6 => near(30)]
}

prop_compose! {
    pub fn a_person()(
        birth_date in option::weighted(0.9, a_birth_date()),
        birthplace in option::of(select(vec!["CN", "VN", "KP"]).prop_map(country)),
        home in option::of(a_region()),
        nationalities in some_nationalities(),
        documents in a_bundle(),
        availability in option::weighted(0.9, some_wishes()),
        claims in vec(a_claim(), 0..16),
        // People who know everything well, so that each list has somebody in it.
        master in option::weighted(0.5, 3u8..=7),
        classes in vec((0u8..2, select(vec![ClassTie::Enrolled, ClassTie::Finished])), 0..3),
    ) -> Candidate {
        let taught = (0..SKILLS).filter_map(|n| master.map(|level| Claim {
            skill: skill(n), level, evidence: EvidenceKind::Certified, achieved_on: day(-30),
            last_used_on: day(-30), valid_until: None, decay: DecayClass::Mixed,
        }));
        Candidate {
            id: PersonId(Uuid::nil()), birth_date, birthplace, home, nationalities, documents, availability,
            claims: claims.into_iter().chain(taught).collect(),
            classes: classes.into_iter().map(|(n, tie)| (factory(n), tie)).collect(),
        }
    }
}

pub fn some_people(most: usize) -> impl Strategy<Value = Vec<Candidate>> {
    vec(a_person(), 0..most).prop_map(|mut people| {
        for (n, person) in people.iter_mut().enumerate() {
            person.id = PersonId(id(n as u128 + 1));
        }
        people
    })
}
