//! The promises of the ranking, over generated vacancies and people.

mod world;

use std::collections::BTreeMap;

use ballast_domain::base::civil_time::age_on;
use ballast_domain::base::id::{PersonId, VacancyId};
use ballast_domain::hiring::vacancy;
use ballast_domain::matching::candidate::{Availability, Candidate, ClassTie, Shifts};
use ballast_domain::matching::filter::{self, Code, Reason, Unlock};
use ballast_domain::matching::profile::Problem;
use ballast_domain::matching::query::{Query, Requirement, Vacancy};
use ballast_domain::matching::rank::{List, Row, Standing, explain, rank, tie};
use ballast_domain::matching::score::{Component, Working, score};
use ballast_domain::permit::bar;
use ballast_domain::permit::bundle::{Document, Part};
use ballast_domain::person::nationality::{Country, Evidence, Record};
use ballast_domain::record::skill_claim::{self, Claim, DecayClass, EvidenceKind};
use chrono::Months;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use uuid::Uuid;

use crate::world::*;

// ---- properties -------------------------------------------------------------------------------------------

fn lists(shortlist: &ballast_domain::matching::rank::Shortlist) -> [(&List, Standing); 4] {
    [
        (&shortlist.qualified, Standing::Qualified),
        (&shortlist.to_verify, Standing::ToVerify),
        (&shortlist.below_floor, Standing::BelowFloor),
        (&shortlist.removed, Standing::Removed),
    ]
}

/// A vacancy with the unlocks carried out, and the person after them.
fn unlocked(vacancy: &Vacancy, person: &Candidate, unlocks: &[Unlock]) -> (Vacancy, Candidate) {
    let (mut vacancy, mut person) = (vacancy.clone(), person.clone());
    for unlock in unlocks {
        filter::apply(*unlock, &mut vacancy, &mut person, today());
    }
    (vacancy, person)
}

/// The person as if one question had never been answered.
fn forgetful(person: &Candidate) -> Vec<(String, Candidate)> {
    let mut all = Vec::new();
    let mut forget = |what: String, how: &dyn Fn(&mut Candidate)| {
        let mut less = person.clone();
        how(&mut less);
        all.push((what, less));
    };
    for n in 0..SKILLS {
        forget(format!("skill {n}"), &|p| p.claims.retain(|c| c.skill != skill(n)));
    }
    for part in Part::ALL {
        forget(format!("{part:?}"), &|p| p.documents.retain(|d| d.part != part));
    }
    forget("birth date".to_owned(), &|p| p.birth_date = None);
    forget("nationalities".to_owned(), &|p| p.nationalities.clear());
    forget("home".to_owned(), &|p| p.home = None);
    forget("classes".to_owned(), &|p| p.classes.clear());
    forget("availability".to_owned(), &|p| p.availability = None);
    let mut wish = |what: &str, how: fn(&mut Availability)| {
        forget(what.to_owned(), &|p| p.availability.iter_mut().for_each(how));
    };
    wish("wage", |w| w.wage_min_minor = None);
    wish("regions", |w| w.regions.clear());
    wish("dormitory", |w| w.dormitory = None);
    wish("shifts", |w| w.shifts = Shifts::default());
    all
}

/// Whether the person is proved to be foreign, by the records alone and written differently from the code.
fn proved_foreign(person: &Candidate) -> bool {
    let of = |evidence| {
        let mut found: Vec<Country> =
            person.nationalities.iter().filter(|r| r.evidence == evidence).map(|r| r.country).collect();
        found.sort();
        found.dedup();
        found
    };
    let (authority, document) = (of(Evidence::Authority), of(Evidence::Document));
    match (authority.as_slice(), document.as_slice()) {
        ([], [one]) => *one != Country::CN,
        ([], _) => false,
        (some, _) => !some.contains(&Country::CN),
    }
}

/// The properties below would be empty if the generators never reached some list.
#[test]
fn the_generators_reach_every_standing_and_every_code() {
    let mut runner = TestRunner::deterministic();
    let profile = profile();
    let mut standings = BTreeMap::new();
    let mut codes = BTreeMap::new();
    for _ in 0..2000 {
        let (vacancy, person) = (a_vacancy(), a_person()).new_tree(&mut runner).unwrap().current();
        let row = explain(&Query::new(&vacancy, &profile, today()), &person);
        *standings.entry(row.standing).or_insert(0) += 1;
        for reason in row.reasons {
            *codes.entry(reason.code()).or_insert(0) += 1;
        }
    }
    let often = |count: &i32| *count >= 20;
    assert!(standings.len() == 5 && standings.values().all(often), "{standings:?}");
    assert!(codes.len() == Code::ALL.len() && codes.values().all(often), "{codes:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn generated_inputs_are_ones_that_can_be_recorded(vacancy in a_vacancy(), claim in a_claim()) {
        let wage = (0, vacancy.wage_max_minor);
        prop_assert_eq!(vacancy::check(1, wage, vacancy.shifts, vacancy.age_min, &vacancy.requirements), Ok(()));
        // Claims from tomorrow on are there on purpose: whoever asks about a past day meets them.
        prop_assert_eq!(skill_claim::check(&claim, today().max(claim.achieved_on)), Ok(()));
    }

    #[test]
    fn addends_sum_to_the_score_and_each_can_be_redone(vacancy in a_vacancy(), person in a_person()) {
        let profile = profile();
        let query = Query::new(&vacancy, &profile, today());
        let row = explain(&query, &person);
        prop_assert_eq!(row.addends.iter().map(|a| a.points).sum::<u32>(), row.score);
        prop_assert_eq!(score(&query, &person), row.score, "the first pass scores as the explanation does");
        prop_assert!(row.score <= 1000);
        prop_assert_eq!(row.addends.len(), vacancy.requirements.len() + 5);
        let mut most = 0;
        for addend in &row.addends {
            let (Working::Skill { points_max, .. }
            | Working::Share { points_max, .. }
            | Working::Step { points_max }
            | Working::Unknown { points_max }) = addend.working;
            prop_assert!(addend.points <= points_max, "{addend:?}");
            match addend.working {
                Working::Step { .. } => prop_assert_eq!(addend.working.redo(), None),
                working => prop_assert_eq!(working.redo(), Some(addend.points), "{:?}", addend),
            }
            most += points_max;
        }
        prop_assert_eq!(most, 1000, "what could be had is a full score");
    }

    #[test]
    fn the_order_of_the_input_does_not_show(
        vacancy in a_vacancy(),
        (people, shuffled) in some_people(12).prop_flat_map(|people| {
            let inside = people.iter().cloned().map(|person| {
                let parts = (
                    Just(person.claims.clone()).prop_shuffle(),
                    Just(person.documents.clone()).prop_shuffle(),
                    Just(person.nationalities.clone()).prop_shuffle(),
                    Just(person.classes.clone()).prop_shuffle(),
                );
                parts.prop_map(move |(claims, documents, nationalities, classes)| {
                    Candidate { claims, documents, nationalities, classes, ..person.clone() }
                })
            });
            let shuffled = inside.collect::<Vec<_>>().prop_flat_map(|people| Just(people).prop_shuffle());
            (Just(people), shuffled)
        }),
        top in 0usize..8,
    ) {
        let profile = profile();
        let query = Query::new(&vacancy, &profile, today());
        prop_assert_eq!(rank(&query, &people, top), rank(&query, &shuffled, top));
    }

    #[test]
    fn unlocks_keep_their_word(vacancy in a_vacancy(), person in a_person()) {
        let profile = profile();
        let query = Query::new(&vacancy, &profile, today());
        let reasons = filter::reasons(&query, &person);
        let barred = reasons.contains(&Reason::Bar(bar::Finding::Dprk));
        match filter::unlocks(&query, &person) {
            None => prop_assert!(barred, "only C1 has no cure: {:?}", reasons),
            Some(unlocks) => {
                prop_assert!(!barred);
                prop_assert_eq!(unlocks.is_empty(), reasons.is_empty());
                let (vacancy, person) = unlocked(&vacancy, &person, &unlocks);
                let query = Query::new(&vacancy, &profile, today());
                prop_assert_eq!(filter::reasons(&query, &person), [], "after {:?}", unlocks);
                let standing = explain(&query, &person).standing;
                prop_assert!(!matches!(standing, Standing::Removed | Standing::BelowFloor));
            }
        }
    }

    #[test]
    fn one_more_claim_of_use_or_training_never_lowers_a_score(
        vacancy in a_vacancy(), person in a_person(), more in a_claim(),
    ) {
        // A newer formal result may: it replaces what is older.
        prop_assume!(!more.evidence.is_formal());
        let profile = profile();
        let query = Query::new(&vacancy, &profile, today());
        let mut richer = person.clone();
        richer.claims.push(more);
        prop_assert!(score(&query, &richer) >= score(&query, &person), "{:?}", more);
    }

    #[test]
    fn what_is_not_known_neither_helps_nor_fails(vacancy in a_vacancy(), person in a_person()) {
        let profile = profile();
        let query = Query::new(&vacancy, &profile, today());
        let full = explain(&query, &person);
        for (what, less) in forgetful(&person) {
            let row = explain(&query, &less);
            prop_assert!(row.score <= full.score, "without {} the score rises", what);
            if full.standing == Standing::Qualified {
                prop_assert!(row.reasons.is_empty(), "without {}: {:?}", what, row.reasons);
                let fine = matches!(row.standing, Standing::Qualified | Standing::ToVerify | Standing::Unproved);
                prop_assert!(fine, "without {}: {:?}", what, row.standing);
                prop_assert_eq!(row.standing == Standing::Qualified, row.questions.is_empty());
            }
        }
    }

    #[test]
    fn lists_are_in_their_order_and_totals_and_counts_add_up(
        vacancy in a_vacancy(), people in some_people(20), top in 0usize..12,
    ) {
        let profile = profile();
        let query = Query::new(&vacancy, &profile, today());
        let shortlist = rank(&query, &people, top);
        let rows: Vec<Row> = people.iter().map(|person| explain(&query, person)).collect();
        let key = |row: &Row| (std::cmp::Reverse(row.score), tie(&vacancy.seed, row.person), row.person);
        for (list, standing) in lists(&shortlist) {
            let mut all: Vec<Row> = rows.iter().filter(|row| row.standing == standing).cloned().collect();
            all.sort_by_key(key);
            prop_assert_eq!(list.total, all.len() as u64);
            all.truncate(top);
            prop_assert_eq!(&list.rows, &all, "{:?} is the naive list", standing);
        }
        let unproved = rows.iter().filter(|row| row.standing == Standing::Unproved).count() as u64;
        prop_assert_eq!(shortlist.unproved, unproved);
        prop_assert_eq!(shortlist.considered, people.len() as u64);
        let totals: u64 = lists(&shortlist).iter().map(|(list, _)| list.total).sum();
        prop_assert_eq!(totals + shortlist.unproved, shortlist.considered);
        let mut counts = BTreeMap::new();
        for code in Code::ALL {
            let has = |row: &&Row| row.reasons.iter().any(|reason| reason.code() == code);
            counts.insert(code, rows.iter().filter(has).count() as u64);
        }
        prop_assert_eq!(shortlist.counts, counts);
    }

    #[test]
    fn a_shorter_list_is_the_head_of_a_longer_one(
        vacancy in a_vacancy(), people in some_people(20), top in 0usize..12,
    ) {
        let profile = profile();
        let query = Query::new(&vacancy, &profile, today());
        let (short, long) = (rank(&query, &people, top), rank(&query, &people, top + 5));
        for ((short, standing), (long, _)) in lists(&short).into_iter().zip(lists(&long)) {
            prop_assert_eq!(short.total, long.total);
            prop_assert_eq!(short.rows.len(), top.min(usize::try_from(short.total).unwrap()));
            prop_assert!(long.rows.starts_with(&short.rows), "{:?}", standing);
        }
    }

    #[test]
    fn the_bars_hold_whatever_else_is_true(vacancy in a_vacancy(), person in a_person()) {
        let profile = profile();
        let query = Query::new(&vacancy, &profile, today());
        let row = explain(&query, &person);
        let start = vacancy.starts_on;
        let kp = person.nationalities.iter().any(|r| r.country == Country::KP);
        if kp {
            prop_assert_eq!(row.standing, Standing::Removed, "C1");
            prop_assert_eq!(&row.unlocks, &None);
        }
        prop_assert_eq!(row.reasons.contains(&Reason::Bar(bar::Finding::Dprk)), kp);
        let foreign = proved_foreign(&person) || kp;
        let youngest = if foreign { 18 } else { 16 };
        if person.birth_date.is_some_and(|birth| age_on(birth, start) < youngest) {
            prop_assert_eq!(row.standing, Standing::Removed, "C6a");
        }
        if row.standing == Standing::Qualified {
            prop_assert!(person.birth_date.is_some());
            prop_assert_eq!(row.foreign, Some(foreign));
        }
        if foreign {
            for part in Part::ALL {
                let of_part: Vec<&Document> = person.documents.iter().filter(|d| d.part == part).collect();
                let covers = |d: &&Document| {
                    d.valid_from.is_none_or(|from| from <= start) && d.valid_until.is_some_and(|end| end >= start)
                };
                if !of_part.iter().any(covers) {
                    prop_assert_ne!(row.standing, Standing::Qualified, "C8 {:?}", part);
                }
                if !of_part.is_empty() && of_part.iter().all(|d| d.valid_until.is_some_and(|end| end < start)) {
                    prop_assert_eq!(row.standing, Standing::Removed, "C8 {:?} has ended", part);
                }
            }
        }
    }
}

// ---- worked examples --------------------------------------------------------------------------------------

/// A claim of so many whole months ago.
fn claim(n: u8, level: u8, evidence: EvidenceKind, decay: DecayClass, months: u32) -> Claim {
    let on = today() - Months::new(months);
    Claim { skill: skill(n), level, evidence, achieved_on: on, last_used_on: on, valid_until: None, decay }
}

fn sewing_post() -> Vacancy {
    let requirement =
        |n, essential, level, floor, weight| Requirement { skill: skill(n), essential, level, floor, weight };
    Vacancy {
        id: VacancyId(Uuid::from_u128(1)),
        factory: factory(0),
        site: region("210604101201"),
        starts_on: date(2026, 12, 7),
        wage_max_minor: 520_000,
        shifts: Shifts { day: true, evening: true, night: false },
        dormitory: true,
        age_min: None,
        requirements: vec![
            requirement(0, true, 3, 2, 300),
            requirement(1, true, 2, 1, 180),
            requirement(2, false, 2, 0, 110),
            requirement(3, false, 2, 0, 90),
            requirement(4, false, 1, 0, 60),
        ],
        seed: *b"a seed of bytes!",
    }
}

fn sewer() -> Candidate {
    use DecayClass::{Accuracy, Mixed};
    Candidate {
        id: PersonId(id(1)),
        birth_date: Some(date(1999, 5, 2)),
        birthplace: Some(Country::CN),
        home: Some(region("210604")),
        nationalities: vec![Record { country: Country::CN, evidence: Evidence::Document }],
        documents: Vec::new(),
        availability: Some(Availability {
            from: date(2026, 12, 1),
            until: None,
            regions: vec![region("2106")],
            wage_min_minor: Some(450_000),
            shifts: Shifts { day: true, evening: true, night: true },
            dormitory: Some(false),
        }),
        claims: vec![
            claim(0, 4, EvidenceKind::Certified, Mixed, 0),
            claim(1, 3, EvidenceKind::Assessed, Mixed, 1),
            claim(2, 2, EvidenceKind::Assessed, Accuracy, 2),
            claim(3, 2, EvidenceKind::Observed, Accuracy, 1),
            claim(4, 2, EvidenceKind::Trained, Mixed, 0),
        ],
        classes: vec![(factory(0), ClassTie::Finished), (factory(1), ClassTie::Enrolled)],
    }
}

#[test]
fn the_test_profile_adds_up() {
    assert_eq!(profile().check(), Ok(()));
    let mut wraps = profile();
    wraps.skill_points = u32::MAX;
    wraps.certificate_points = 821;
    assert_eq!(wraps.check(), Err(Problem::Sum { found: u32::MAX }), "a sum does not wrap round to 1000");
}

#[test]
fn the_worked_example_adds_up_to_875_as_on_paper() {
    let (profile, vacancy) = (profile(), sewing_post());
    let query = Query::new(&vacancy, &profile, today());
    let mut person = sewer();
    // Her overlock certificate is a level below what she was assessed at on the same day: the assessment adds
    // the points of the skill, the certificate counts as one.
    person.claims.push(claim(1, 1, EvidenceKind::Certified, DecayClass::Mixed, 1));
    let row = explain(&query, &person);
    let points: Vec<u32> = row.addends.iter().map(|a| a.points).collect();
    assert_eq!(points, [300, 152, 79, 64, 36, 80, 64, 40, 30, 30]);
    assert_eq!((row.score, row.standing), (875, Standing::Qualified));
    let overlock = Working::Skill {
        points_max: 180,
        have: 3,
        need: 2,
        evidence: EvidenceKind::Assessed,
        evidence_permille: 900,
        months: 1,
        decay_permille: 939,
    };
    assert_eq!(row.addends.get(1).map(|a| a.working), Some(overlock));
    assert_eq!(row.addends.get(5).map(|a| a.component), Some(Component::Certificate));
}

#[test]
fn half_the_certificates_are_half_the_points() {
    let (profile, vacancy) = (profile(), sewing_post());
    let query = Query::new(&vacancy, &profile, today());
    assert_eq!(score(&query, &sewer()), 875 - 40);
}

#[test]
fn decay_is_read_from_the_table_and_later_months_count_as_the_last() {
    let profile = profile();
    let at = |months| DecayClass::ALL.map(|class| profile.decay(class, months));
    assert_eq!(at(0), [1000, 1000, 1000]);
    assert_eq!(at(3), [726, 852, 828]);
    assert_eq!(at(12), [278, 527, 469]);
    assert_eq!(at(26), [63, 250, 194], "four half-lives leave 62.5, rounded half up");
    assert_eq!(at(60), at(61));
    assert_eq!(at(60), at(u32::MAX));
}

/// The reference vectors of SipHash-2-4 with key 00 01 … 0f (Aumasson and Bernstein, `vectors_sip64`): the
/// table prints the bytes of the answer, lowest first.
#[test]
fn ties_fall_by_siphash_2_4_as_published() {
    use std::hash::Hasher as _;
    let key: [u8; 16] = std::array::from_fn(|n| n as u8);
    // The paper's own example, over the 15 bytes 00 … 0e: pins the crate.
    let mut paper = siphasher::sip::SipHasher24::new_with_key(&key);
    paper.write(&key[..15]);
    assert_eq!(paper.finish(), 0xa129_ca61_49be_45e5);
    // The 16 bytes 00 … 0f as an id: pins how `tie` feeds it.
    let person = PersonId(Uuid::from_bytes(key));
    let published = [0xdb, 0x9b, 0xc2, 0x57, 0x7f, 0xcc, 0x2a, 0x3f];
    assert_eq!(tie(&key, person), u64::from_le_bytes(published));
    assert_eq!(tie(&key, person), 0x3f2a_cc7f_57c2_9bdb);
}

/// Two claims that differ in nothing but what adds no points: which one is shown must not depend on their order.
#[test]
fn claims_that_weigh_the_same_are_told_apart() {
    let (profile, vacancy) = (profile(), sewing_post());
    let query = Query::new(&vacancy, &profile, today());
    let absent = |decay| claim(2, 0, EvidenceKind::Observed, decay, 2);
    let mut person = sewer();
    person.claims = vec![absent(DecayClass::Speed), absent(DecayClass::Accuracy)];
    let one = explain(&query, &person);
    person.claims.reverse();
    assert_eq!(one, explain(&query, &person));
}

/// Two documents of one part, the first ended, the second begins later: a later start cures it.
#[test]
fn a_renewal_that_begins_later_is_a_bar_with_a_date() {
    let (profile, vacancy) = (profile(), sewing_post());
    let query = Query::new(&vacancy, &profile, today());
    let mut person = sewer();
    person.nationalities = vec![Record { country: country("VN"), evidence: Evidence::Document }];
    let of = |part, from, until| Document { part, valid_from: from, valid_until: Some(until) };
    person.documents = Part::ALL.map(|part| of(part, None, date(2028, 1, 1))).to_vec();
    person.documents[0] = of(Part::TravelDocument, Some(date(2016, 12, 1)), date(2026, 11, 30));
    person.documents.push(of(Part::TravelDocument, Some(date(2026, 12, 14)), date(2036, 12, 13)));
    let row = explain(&query, &person);
    let begins = bar::Finding::DocumentBegins(Part::TravelDocument, date(2026, 12, 14));
    assert_eq!(row.reasons, [Reason::Bar(begins)]);
    assert_eq!(row.unlocks, Some(vec![Unlock::StartOn(date(2026, 12, 14))]));
}
