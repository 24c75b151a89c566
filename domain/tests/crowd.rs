//! People in columns give the whole shortlist that looking at every record gives, through changes, folds and days.

mod world;

use std::collections::BTreeMap;
use std::sync::Arc;

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::PersonId;
use ballast_domain::matching::candidate::Candidate;
use ballast_domain::matching::catalogue::crowd::{Crowd, LATE_MAX};
use ballast_domain::matching::query::{Query, Vacancy};
use ballast_domain::matching::rank::{Shortlist, rank};
use chrono::Days;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;

use crate::world::{a_person, a_vacancy, id, profile, some_people, today};

fn shared(people: &[Candidate]) -> Vec<Arc<Candidate>> {
    people.iter().cloned().map(Arc::new).collect()
}

fn both(
    crowd: &Crowd,
    people: &[Arc<Candidate>],
    vacancy: &Vacancy,
    day: CivilDate,
    top: usize,
) -> (Shortlist, Shortlist) {
    let profile = profile();
    let query = Query::new(vacancy, &profile, day);
    (crowd.rank(&query, top), rank(&query, people, top))
}

/// Someone of a world of so many, by number.
fn numbered(mut person: Candidate, n: usize) -> Arc<Candidate> {
    person.id = PersonId(id(n as u128 + 1));
    Arc::new(person)
}

proptest! {
    #[test]
    fn columns_give_the_whole_shortlist(
        vacancies in vec(a_vacancy(), 1..4), people in some_people(40), top in 0usize..12,
    ) {
        let people = shared(&people);
        let crowd = Crowd::new(people.clone());
        for vacancy in &vacancies {
            let (columns, records) = both(&crowd, &people, vacancy, today(), top);
            prop_assert_eq!(columns, records);
        }
    }

    /// The same crowd, not built anew, is asked on other days: expiries, ages, starts and decay turn with the day.
    #[test]
    fn the_day_of_the_question_decides(
        vacancy in a_vacancy(), people in some_people(30), days in vec(0u64..2500, 1..6),
    ) {
        let people = shared(&people);
        let crowd = Crowd::new(people.clone());
        for later in days {
            let (asked, starts_on) = (today() + Days::new(later), vacancy.starts_on + Days::new(later));
            let vacancy = Vacancy { starts_on, ..vacancy.clone() };
            let (columns, records) = both(&crowd, &people, &vacancy, asked, 10);
            prop_assert_eq!(columns, records, "{} days later", later);
        }
    }

    #[test]
    fn changes_and_folds_give_what_a_fresh_build_gives(
        vacancy in a_vacancy(),
        people in some_people(20),
        changes in vec((0usize..40, proptest::option::weighted(0.7, a_person()), any::<bool>()), 0..40),
    ) {
        let mut known: BTreeMap<PersonId, Arc<Candidate>> =
            shared(&people).into_iter().map(|person| (person.id, person)).collect();
        let mut crowd = Crowd::new(shared(&people));
        let held = crowd.clone();
        for (n, change, fold) in changes {
            let who = PersonId(id(n as u128 + 1));
            match change {
                None => {
                    known.remove(&who);
                    crowd.remove(who);
                }
                Some(person) => {
                    let person = numbered(person, n);
                    known.insert(who, Arc::clone(&person));
                    crowd.put(person);
                }
            }
            prop_assert_eq!(crowd.len(), known.len());
            prop_assert_eq!(crowd.find(who).is_some(), known.contains_key(&who));
            if fold && n % 5 == 0 {
                crowd = crowd.folded();
            }
        }
        let now: Vec<Arc<Candidate>> = known.into_values().collect();
        let (columns, records) = both(&crowd, &now, &vacancy, today(), 10);
        prop_assert_eq!(&columns, &records);
        prop_assert_eq!(both(&crowd.folded(), &now, &vacancy, today(), 10).0, records);
        let before = shared(&people);
        let (columns, records) = both(&held, &before, &vacancy, today(), 10);
        prop_assert_eq!(columns, records, "a copy stays as it was");
    }
}

/// More people than a block, so that cursors go from block to block; generated people are few, so they repeat.
#[test]
fn blocks_join_without_a_seam() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let draw = |runner: &mut _| some_people(400).new_tree(runner).map(|tree| tree.current());
    let few: Vec<Candidate> = (0..4).flat_map(|_| draw(&mut runner)).flatten().collect();
    let people: Vec<Arc<Candidate>> = (0..20_000).map(|n| numbered(few[n % few.len()].clone(), n)).collect();
    let mut crowd = Crowd::new(people.clone());
    for _ in 0..5 {
        let vacancy = a_vacancy().new_tree(&mut runner).map(|tree| tree.current());
        let (columns, records) = both(&crowd, &people, &vacancy.expect("a vacancy"), today(), 200);
        assert_eq!(columns, records);
    }
    assert!(!crowd.wants_folding());
    people.iter().take(LATE_MAX + 1).for_each(|person| crowd.put(Arc::clone(person)));
    assert!(crowd.wants_folding());
    assert!(!crowd.folded().wants_folding());
}
