//! The catalogue gives exactly the list that looking at everybody gives, whatever people, questions and changes.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::collections::BTreeMap;

use ballast_domain::base::id::PersonId;
use ballast_domain::matching::catalogue::entry::{Entry, Id, SKILLS_EACH_MAX};
use ballast_domain::matching::catalogue::question::{Improper, Question, Ranked, Tie, Wanted, plainly};
use ballast_domain::matching::catalogue::snapshot::{Catalogue, Change, Keeper, LATE_MAX};
use ballast_domain::matching::catalogue::{Instructions, Scratch};
use ballast_domain::matching::rank::tie;
use proptest::prelude::*;
use uuid::Uuid;

/// SplitMix64: thousands of people from one number, which is what shrinks.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// Small numbers far more often than large ones.
    fn skewed(&mut self, n: u64) -> u64 {
        let n = 1 + self.below(n);
        self.below(n)
    }
}

/// What the people and questions of one case are drawn from.
#[derive(Clone, Copy, Debug)]
struct World {
    skills: u64,
    regions: u64,
    levels: u64,
    wages: u64,
}

fn distinct(random: &mut Random, world: World, count: u64) -> Vec<u16> {
    let mut skills: Vec<u16> = Vec::new();
    for _ in 0..count {
        let skill = random.skewed(world.skills) as u16;
        if !skills.contains(&skill) {
            skills.push(skill);
        }
    }
    skills
}

fn person(random: &mut Random, world: World, id: Id) -> Entry {
    let count = random.below(SKILLS_EACH_MAX as u64 + 1);
    let skills: Vec<(u16, u8)> = distinct(random, world, count)
        .into_iter()
        .map(|skill| (skill, 1 + random.below(world.levels) as u8))
        .collect();
    let wage = 1000 + random.below(world.wages) as u16;
    let class = random.skewed(4) as u8;
    Entry::new(id, class, random.skewed(world.regions) as u8, wage, &skills).unwrap()
}

fn id(random: &mut Random) -> Id {
    Id::from(random.next()) << 64 | Id::from(random.next())
}

fn question(random: &mut Random, world: World) -> Question {
    loop {
        let count = 1 + random.below(8);
        let wanted = distinct(random, world, count)
            .into_iter()
            .enumerate()
            .map(|(n, skill)| {
                let need = 1 + random.below(7) as u8;
                let essential = n == 0 || random.below(3) == 0;
                let floor = if essential { 1 + random.below(u64::from(need)) as u8 } else { 0 };
                Wanted { skill, need, floor, weight: random.below(40) as u32 }
            })
            .collect();
        let regions = if random.below(2) == 0 { u64::MAX } else { random.next() & random.next() };
        let offer = 900 + random.below(world.wages) as u16;
        let tie = if random.below(2) == 0 { Tie::Id } else { Tie::Hash(id(random).to_be_bytes()) };
        if let Ok(question) = Question::new(wanted, regions, offer, tie) {
            return question;
        }
    }
}

fn a_world() -> impl Strategy<Value = World> {
    (1u64..=40, 1u64..=64, 1u64..=7, 1u64..=2000).prop_map(|(skills, regions, levels, wages)| World {
        skills,
        regions,
        levels,
        wages,
    })
}

/// Asks both ways, with both kinds of instructions, and for lists of several lengths.
fn assert_same(
    catalogue: &Catalogue,
    people: &BTreeMap<Id, Entry>,
    question: &Question,
    scratch: &mut Scratch,
) {
    for top in [0, 1, 20, 200] {
        let plain = plainly(question, people.values(), top);
        for instructions in [Instructions::Best, Instructions::Plain] {
            let found = catalogue.search_with(question, top, instructions, scratch);
            assert_eq!(found, plain, "{instructions:?}, top {top}, {question:?}");
        }
    }
}

fn crowd(random: &mut Random, world: World, count: u64) -> BTreeMap<Id, Entry> {
    (0..count)
        .map(|_| {
            let id = id(random);
            (id, person(random, world, id))
        })
        .collect()
}

fn build(people: &BTreeMap<Id, Entry>) -> Catalogue {
    Catalogue::new(people.values().cloned().collect()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_list_is_the_plain_one_ties_included(world in a_world(), seed in any::<u64>(), count in 0u64..16_000) {
        let random = &mut Random(seed);
        let people = crowd(random, world, count);
        let catalogue = build(&people);
        prop_assert_eq!(catalogue.len(), people.len());
        let scratch = &mut Scratch::default();
        for _ in 0..12 {
            assert_same(&catalogue, &people, &question(random, world), scratch);
        }
    }

    #[test]
    fn changes_and_folds_give_what_a_fresh_build_gives(world in a_world(), seed in any::<u64>(), count in 0u64..6000) {
        let random = &mut Random(seed);
        let mut people = crowd(random, world, count);
        let mut keeper = Keeper::new(build(&people));
        let scratch = &mut Scratch::default();
        let mut folding = None;
        for _ in 0..6 {
            for _ in 0..random.below(LATE_MAX as u64 / 2) {
                let known: Option<Id> = people.range(id(random)..).next().map(|(id, _)| *id);
                match (random.below(4), known) {
                    (0, Some(known)) => {
                        people.remove(&known);
                        keeper.apply(Change::Remove(known));
                    }
                    (1, _) => keeper.apply(Change::Remove(id(random))),
                    (n, known) => {
                        let who = known.filter(|_| n == 2).unwrap_or_else(|| id(random));
                        let entry = person(random, world, who);
                        people.insert(who, entry.clone());
                        keeper.apply(Change::Put(entry));
                    }
                }
            }
            // The fold of one turn is done in the next: what changes meanwhile must not be lost.
            if let Some(copy) = folding.take() {
                let copy: Catalogue = copy;
                keeper.finish(copy.folded().unwrap());
            }
            folding = keeper.begin();
            prop_assert_eq!(keeper.newest().len(), people.len());
            let fresh = build(&people);
            for _ in 0..3 {
                let question = question(random, world);
                assert_same(keeper.newest(), &people, &question, scratch);
                assert_same(&fresh, &people, &question, scratch);
            }
            let mut held: Vec<Entry> = keeper.newest().entries().collect();
            held.sort_by_key(|entry| entry.id);
            prop_assert!(held.iter().eq(people.values()), "everybody is held once, as last put");
            let folded = keeper.newest().folded().unwrap();
            prop_assert_eq!(folded.late(), 0);
            assert_same(&folded, &people, &question(random, world), scratch);
        }
    }

    #[test]
    fn a_copy_stays_as_it_was(world in a_world(), seed in any::<u64>()) {
        let random = &mut Random(seed);
        let people = crowd(random, world, 500);
        let mut catalogue = build(&people);
        let held = catalogue.clone();
        for known in people.keys() {
            catalogue.apply(Change::Remove(*known));
            let stranger = id(random);
            catalogue.apply(Change::Put(person(random, world, stranger)));
        }
        let later = catalogue.clone();
        later.entries().for_each(|entry| catalogue.apply(Change::Remove(entry.id)));
        prop_assert!(catalogue.is_empty());
        prop_assert_eq!(later.len(), 500);
        let question = question(random, world);
        assert_same(&held, &people, &question, &mut Scratch::default());
    }

    #[test]
    fn components_sum_to_the_score(world in a_world(), seed in any::<u64>()) {
        let random = &mut Random(seed);
        let people = crowd(random, world, 300);
        let question = question(random, world);
        for Ranked { id, score, components } in build(&people).search(&question, 50, &mut Scratch::default()) {
            prop_assert_eq!(components.iter().map(|c| c.points).sum::<i32>(), score);
            prop_assert_eq!(question.score(&people[&id]), Some(score));
        }
    }
}

#[test]
fn what_changes_during_a_fold_is_not_lost() {
    let world = World { skills: 12, regions: 8, levels: 5, wages: 500 };
    let random = &mut Random(3);
    let mut people = crowd(random, world, 3000);
    let mut keeper = Keeper::new(build(&people));
    assert!(keeper.begin().is_none(), "nothing has changed");
    let put = |random: &mut Random, people: &mut BTreeMap<Id, Entry>, keeper: &mut Keeper, who: Id| {
        let entry = person(random, world, who);
        people.insert(who, entry.clone());
        keeper.apply(Change::Put(entry));
    };
    for _ in 0..=LATE_MAX {
        let stranger = id(random);
        put(random, &mut people, &mut keeper, stranger);
    }
    let copy = keeper.begin().unwrap();
    let known: Vec<Id> = people.keys().copied().collect();
    for (n, who) in known.into_iter().enumerate().step_by(3) {
        if n % 2 == 0 {
            people.remove(&who);
            keeper.apply(Change::Remove(who));
        } else {
            put(random, &mut people, &mut keeper, who);
        }
    }
    assert!(keeper.begin().is_none(), "one fold at a time");
    keeper.finish(copy.folded().unwrap());
    assert_eq!(keeper.newest().len(), people.len());
    let scratch = &mut Scratch::default();
    for _ in 0..10 {
        assert_same(keeper.newest(), &people, &question(random, world), scratch);
    }
}

/// The rule of the workload, by hand: 30·⌊1000·2/3⌋ + 25·1000 + 0 + 4000·2 − 2·(4600 − 4500).
#[test]
fn a_score_is_as_on_paper() {
    let wanted = |skill, need, floor, weight| Wanted { skill, need, floor, weight };
    let asked = vec![wanted(1, 3, 1, 30), wanted(2, 2, 2, 25), wanted(3, 4, 0, 15)];
    let question = Question::new(asked, 1 << 5, 4500, Tie::Id).unwrap();
    let of =
        |region, wage, skills: &[(u16, u8)]| question.score(&Entry::new(7, 2, region, wage, skills).unwrap());
    assert_eq!(of(5, 4600, &[(1, 2), (2, 5)]), Some(30 * 666 + 25_000 + 8000 - 200));
    assert_eq!(
        of(5, 5400, &[(1, 2), (2, 5)]),
        Some(30 * 666 + 25_000 + 8000 - 1800),
        "the ceiling itself is paid"
    );
    assert_eq!(of(5, 5401, &[(1, 2), (2, 5)]), None, "above 1.2 × the offer");
    assert_eq!(of(4, 4600, &[(1, 2), (2, 5)]), None, "another region");
    assert_eq!(of(5, 4600, &[(1, 2), (2, 1)]), None, "below the floor");
    assert_eq!(of(5, 4600, &[(1, 2)]), None, "without an essential skill");
}

#[test]
fn ties_fall_as_in_the_product() {
    let random = &mut Random(1);
    let seed = id(random).to_be_bytes();
    let alike: Vec<Entry> =
        (0..100).map(|_| Entry::new(id(random), 0, 0, 1000, &[(1, 1)]).unwrap()).collect();
    let wanted = vec![Wanted { skill: 1, need: 1, floor: 1, weight: 1 }];
    let question = Question::new(wanted, u64::MAX, 1000, Tie::Hash(seed)).unwrap();
    let mut ids: Vec<Id> = alike.iter().map(|entry| entry.id).collect();
    ids.sort_by_key(|id| tie(&seed, PersonId(Uuid::from_u128(*id))));
    ids.truncate(20);
    let found = Catalogue::new(alike).unwrap().search(&question, 20, &mut Scratch::default());
    assert_eq!(found.into_iter().map(|one| one.id).collect::<Vec<_>>(), ids);
}

#[test]
fn a_question_that_cannot_be_asked_says_why() {
    let wanted = |skill, need, floor, weight| Wanted { skill, need, floor, weight };
    let ask = |wanted| Question::new(wanted, 1, 1, Tie::Id).unwrap_err();
    assert_eq!(ask(vec![]), Improper::Count(0));
    assert_eq!(ask(vec![wanted(1, 1, 1, 1); 9]), Improper::Count(9));
    assert_eq!(ask(vec![wanted(1, 1, 1, 1), wanted(1, 1, 1, 1)]), Improper::Skill(1));
    assert_eq!(ask(vec![wanted(511, 1, 1, 1)]), Improper::Skill(511));
    assert_eq!(ask(vec![wanted(1, 8, 1, 1)]), Improper::Level(8));
    assert_eq!(ask(vec![wanted(1, 2, 3, 1)]), Improper::Level(2));
    assert_eq!(ask(vec![wanted(1, 1, 1, 1001)]), Improper::Weight(1001));
    assert_eq!(ask(vec![wanted(1, 1, 0, 1)]), Improper::NothingEssential);
}
