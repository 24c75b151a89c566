//! The product's people in columns, and the whole shortlist from them: the four lists, the totals, the counts.
//!
//! It answers what [`rank::rank`] answers, to the last row: tests compare them. A shortlist has to place everybody,
//! since it counts those whom it does not list; so everybody is looked at, block by block, in columns and
//! without their records. Records are read for the rows that are shown, for people whom columns cannot say exactly,
//! and for those who changed since the columns were built. No date but the question's decides: expiries, ages and
//! decay are looked at on its day.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

use super::facts::{
    ASKED, BARRED, DORMITORY, FOREIGN, Facts, Held, NO_DORMITORY, ODD, SHIFTS_AT, WAGE_UNKNOWN, WISHES,
    birth_key, day,
};
use crate::base::civil_time::{CivilDate, months_between};
use crate::base::id::PersonId;
use crate::matching::candidate::{Candidate, ClassTie, Shifts};
use crate::matching::filter::{Code, known};
use crate::matching::profile::PERMILLE;
use crate::matching::query::{Query, Requirement};
use crate::matching::rank::{self, List, Shortlist, Standing, TOP_MAX, bit, stand};
use crate::matching::score::{self, skill_working};
use crate::permit::bar::{FOREIGN_WORKING_AGE, WORKING_AGE};
use crate::record::skill_claim::EvidenceKind;

/// Slots of one block: its sums stay in the nearest caches.
const BLOCK: usize = 8192;
/// Essential skills that the bits of a block can count.
const ESSENTIALS_MAX: usize = 15;
/// People who may stand beside the columns before it is time to fold: each is read from their record.
pub const LATE_MAX: usize = 512;
/// Days whose months are worked out in advance: past them decay has reached its last month.
const MONTH_DAYS: i32 = 1900;

/// Everybody who seeks work, as known at one moment. Cheap to copy; a copy never changes for who holds it.
#[derive(Clone, Debug)]
pub struct Crowd {
    facts: Arc<Facts>,
    /// By slot, in the order of their ids.
    people: Arc<Vec<Arc<Candidate>>>,
    /// A bit for each slot whose person has changed or gone since.
    dead: Arc<Vec<u64>>,
    gone: usize,
    late: Arc<BTreeMap<PersonId, Arc<Candidate>>>,
}

impl Default for Crowd {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Crowd {
    /// Puts people into columns. Of two with one id the later one counts.
    #[must_use]
    pub fn new(people: Vec<Arc<Candidate>>) -> Self {
        let by_id: BTreeMap<PersonId, Arc<Candidate>> =
            people.into_iter().map(|person| (person.id, person)).collect();
        Self::of(by_id.into_values().collect())
    }

    /// Puts people into columns who are in the order of their ids.
    fn of(people: Vec<Arc<Candidate>>) -> Self {
        Self {
            facts: Arc::new(Facts::build(&people)),
            dead: Arc::new(vec![0; people.len().div_ceil(64)]),
            people: Arc::new(people),
            gone: 0,
            late: Arc::default(),
        }
    }

    /// How many people there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.people.len() - self.gone + self.late.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes the columns take, beside the records.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.facts.bytes()
    }

    /// The person is now so, be they new or not.
    pub fn put(&mut self, person: Arc<Candidate>) {
        self.remove(person.id);
        Arc::make_mut(&mut self.late).insert(person.id, person);
    }

    /// The person seeks no work any more.
    pub fn remove(&mut self, id: PersonId) {
        if let Some(slot) = self.slot(id) {
            Arc::make_mut(&mut self.dead)[slot / 64] |= 1 << (slot % 64);
            self.gone += 1;
        } else if self.late.contains_key(&id) {
            Arc::make_mut(&mut self.late).remove(&id);
        }
    }

    /// The slot of somebody who has not changed since the columns were built.
    fn slot(&self, id: PersonId) -> Option<usize> {
        let slot = self.people.binary_search_by_key(&id, |person| person.id).ok()?;
        self.lives(slot).then_some(slot)
    }

    fn lives(&self, slot: usize) -> bool {
        self.dead[slot / 64] >> (slot % 64) & 1 == 0
    }

    /// Somebody.
    #[must_use]
    pub fn find(&self, id: PersonId) -> Option<&Candidate> {
        let built = self.slot(id).and_then(|slot| self.people.get(slot));
        built.or_else(|| self.late.get(&id)).map(AsRef::as_ref)
    }

    /// Everybody, in no promised order.
    pub fn people(&self) -> impl Iterator<Item = &Arc<Candidate>> {
        let built = self.people.iter().enumerate().filter(|(slot, _)| self.lives(*slot));
        built.map(|(_, person)| person).chain(self.late.values())
    }

    /// Whether it is time to [fold](Self::folded).
    #[must_use]
    pub fn wants_folding(&self) -> bool {
        self.late.len() > LATE_MAX || self.gone > LATE_MAX.max(self.people.len() / 8)
    }

    /// The same people, all in new columns.
    #[must_use]
    pub fn folded(&self) -> Self {
        let mut people: Vec<Arc<Candidate>> = self.people().cloned().collect();
        people.sort_by_key(|person| person.id);
        Self::of(people)
    }

    /// Ranks everybody for a vacancy, as [`rank::rank`] does.
    #[must_use]
    pub fn rank(&self, query: &Query<'_>, top: usize) -> Shortlist {
        let top = top.min(TOP_MAX);
        let essentials = query.vacancy.requirements.iter().filter(|r| r.essential).count();
        if essentials > ESSENTIALS_MAX {
            let people: Vec<&Candidate> = self.people().map(AsRef::as_ref).collect();
            return rank::rank(query, &people, top);
        }
        let mut placing = Placing::new(self, query, top, essentials);
        let mut cursors = vec![0; query.vacancy.requirements.len() + 1];
        let mut block = Block::default();
        for first in (0..self.people.len()).step_by(BLOCK) {
            let end = (first + BLOCK).min(self.people.len());
            placing.add_up(&mut block, first, end, &mut cursors);
            placing.place(&block, first, end);
        }
        for person in self.late.values() {
            placing.read(person);
        }
        placing.answer(self.len())
    }
}

/// What was added up of the people of one block.
struct Block {
    /// Points of skills and of the joint class.
    points: Box<[u32; BLOCK]>,
    /// Essential skills: proved in the low half, proved to be below the floor in the high half.
    essential: Box<[u8; BLOCK]>,
    /// Certified essential skills.
    certified: Box<[u8; BLOCK]>,
}

impl Default for Block {
    fn default() -> Self {
        Self {
            points: Box::new([0; BLOCK]),
            essential: Box::new([0; BLOCK]),
            certified: Box::new([0; BLOCK]),
        }
    }
}

/// The first of a list while it fills.
struct Best<'a> {
    top: usize,
    total: u64,
    /// The least score that can still enter.
    enters: u32,
    heap: BinaryHeap<(rank::Key, Listed<'a>)>,
}

/// Somebody in a list; their place is the key before it.
#[derive(Clone, Copy)]
struct Listed<'a>(&'a Candidate);

impl PartialEq for Listed<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

impl Eq for Listed<'_> {}

impl PartialOrd for Listed<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Listed<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.id.cmp(&other.0.id)
    }
}

impl<'a> Best<'a> {
    fn new(top: usize) -> Self {
        let enters = if top == 0 { u32::MAX } else { 0 };
        Self { top, total: 0, enters, heap: BinaryHeap::with_capacity(top + 1) }
    }

    /// Counts somebody, and keeps them if they can enter.
    #[inline]
    fn offer(&mut self, query: &Query<'_>, person: &'a Candidate, score: u32) {
        self.total += 1;
        if score < self.enters || self.top == 0 {
            return;
        }
        let key = rank::key(query, person.id, score);
        self.heap.push((key, Listed(person)));
        if self.heap.len() > self.top {
            self.heap.pop();
        }
        if let Some(((Reverse(worst), ..), _)) = self.heap.peek().filter(|_| self.heap.len() == self.top) {
            self.enters = *worst;
        }
    }

    fn explain(self, query: &Query<'_>) -> List {
        let listed = self.heap.into_sorted_vec().into_iter();
        List { total: self.total, rows: listed.map(|(_, Listed(p))| rank::explain(query, p)).collect() }
    }
}

/// A question in the terms of the columns, and what has been found.
struct Placing<'a, 'q> {
    crowd: &'a Crowd,
    query: &'a Query<'q>,
    essentials: usize,
    start: i32,
    /// The latest birth of who is old enough, as [`birth_key`]: by the law for locals and for foreigners, by the post.
    born_by: [u32; 3],
    /// Of each set of wishes: whether the site is in it.
    near: Vec<bool>,
    /// Of each home: points by distance.
    distance: Vec<u32>,
    /// By the bits of the shifts taken.
    shifts: [u32; 8],
    /// By how many essential skills are certified.
    certificates: Vec<u32>,
    /// (the highest wish, points) of each step.
    wages: Vec<(i128, u32)>,
    /// Whole months since a day, by days before the question's.
    months: Vec<u32>,
    lists: [Best<'a>; 4],
    unproved: u64,
    /// People by the set of their codes.
    by_codes: [u64; 64],
}

impl<'a, 'q> Placing<'a, 'q> {
    fn new(crowd: &'a Crowd, query: &'a Query<'q>, top: usize, essentials: usize) -> Self {
        let (vacancy, profile) = (query.vacancy, query.profile);
        let facts = &crowd.facts;
        let share = |points: u32, part: u32, whole: u32| (points * part).checked_div(whole).unwrap_or(0);
        let asked = vacancy.shifts;
        let shifts = std::array::from_fn(|bits| {
            let taken = Shifts { day: bits & 1 != 0, evening: bits & 2 != 0, night: bits & 4 != 0 };
            share(profile.shift_points, taken.both(asked).count(), asked.count())
        });
        let ceiling = i128::from(vacancy.wage_max_minor);
        Self {
            crowd,
            query,
            essentials,
            start: day(vacancy.starts_on),
            born_by: [
                born_by(vacancy.starts_on, WORKING_AGE),
                born_by(vacancy.starts_on, FOREIGN_WORKING_AGE),
                vacancy.age_min.map_or(u32::MAX, |age| born_by(vacancy.starts_on, age)),
            ],
            near: facts
                .sets
                .iter()
                .map(|set| set.iter().any(|region| region.contains(&vacancy.site)))
                .collect(),
            distance: facts
                .home_regions
                .iter()
                .map(|home| home.map_or(0, |home| profile.distance(home.distance(&vacancy.site))))
                .collect(),
            shifts,
            certificates: (0..=essentials as u32)
                .map(|certified| share(profile.certificate_points, certified, essentials as u32))
                .collect(),
            wages: profile
                .wage_steps
                .iter()
                .map(|(bp, points)| ((ceiling * i128::from(*bp)).div_euclid(10_000), *points))
                .collect(),
            months: (0..MONTH_DAYS)
                .map(|days| {
                    let then = query.day.checked_sub_days(chrono::Days::new(u64::from(days.unsigned_abs())));
                    then.map_or(u32::MAX, |then| months_between(then, query.day))
                })
                .collect(),
            lists: std::array::from_fn(|_| Best::new(top)),
            unproved: 0,
            by_codes: [0; 64],
        }
    }

    /// Adds up what the claims and joint classes of a block are worth.
    fn add_up(&self, block: &mut Block, first: usize, end: usize, cursors: &mut [usize]) {
        let size = end - first;
        block.points[..size].fill(0);
        block.essential[..size].fill(0);
        block.certified[..size].fill(0);
        let today = day(self.query.day);
        for ((requirement, points), cursor) in self.query.requirements().zip(cursors.iter_mut()) {
            let Some(held) = self.crowd.facts.held.get(&requirement.skill) else { continue };
            let ours = held[*cursor..].iter().take_while(|held| (held.slot as usize) < end);
            for held in ours {
                *cursor += 1;
                let at = held.slot as usize - first;
                let worth = if held.several {
                    self.of_record(held, requirement, points)
                } else if held.achieved_on <= today && held.valid_until >= today {
                    self.of_claim(held, requirement, points, today)
                } else {
                    continue;
                };
                block.points[at] += worth.points;
                if requirement.essential {
                    block.certified[at] += u8::from(worth.certified);
                    block.essential[at] += match worth.proved {
                        None => 0,
                        Some(level) if level < requirement.floor => 1 << 4,
                        Some(_) => 1,
                    };
                }
            }
        }
        let Some(classes) = self.crowd.facts.classes.get(&self.query.vacancy.factory) else { return };
        let Some(cursor) = cursors.last_mut() else { return };
        for (slot, tie) in classes[*cursor..].iter().take_while(|(slot, _)| (*slot as usize) < end) {
            *cursor += 1;
            block.points[*slot as usize - first] += match tie {
                ClassTie::Enrolled => self.query.profile.class_points.0,
                ClassTie::Finished => self.query.profile.class_points.1,
            };
        }
    }

    /// What one standing claim is worth: the working of a skill's addend, redone from columns.
    #[inline]
    fn of_claim(&self, held: &Held, requirement: &Requirement, points: u32, today: i32) -> Worth {
        let months = match usize::try_from(today - held.last_used_on) {
            Err(_) => 0,
            Ok(days) => self.months.get(days).copied().unwrap_or(u32::MAX),
        };
        let profile = self.query.profile;
        let product = u64::from(points)
            * u64::from(held.level.min(requirement.level))
            * u64::from(profile.evidence(held.evidence))
            * u64::from(profile.decay(held.decay, months));
        let divisor = u64::from(requirement.level) * u64::from(PERMILLE) * u64::from(PERMILLE);
        Worth {
            points: product.checked_div(divisor).and_then(|points| u32::try_from(points).ok()).unwrap_or(0),
            proved: held.evidence.proves().then_some(held.level),
            certified: held.evidence == EvidenceKind::Certified,
        }
    }

    /// What several claims about one skill are worth, by the record.
    fn of_record(&self, held: &Held, requirement: &Requirement, points: u32) -> Worth {
        let person = &self.crowd.people[held.slot as usize];
        let known = known(self.query, person, requirement);
        let working = known.best.map(|claim| skill_working(self.query, requirement, points, claim));
        Worth {
            points: working.and_then(score::Working::redo).unwrap_or(0),
            proved: known.proved,
            certified: known.certified,
        }
    }

    /// Places everybody of a block.
    fn place(&mut self, block: &Block, first: usize, end: usize) {
        for slot in first..end {
            if !self.crowd.lives(slot) {
                continue;
            }
            let facts = &self.crowd.facts;
            let flags = facts.flags[slot];
            if flags & ODD != 0 {
                self.read(&self.crowd.people[slot]);
                continue;
            }
            let essential = block.essential[slot - first];
            let (proved, below) = (essential & 15, essential >> 4);
            let (mut codes, mut asked) = self.law_and_wishes(slot, flags);
            if below > 0 {
                codes |= bit(Code::Floor);
            }
            asked |= usize::from(proved + below) < self.essentials;
            let standing = rank::standing(codes, asked, u32::from(proved));
            self.by_codes[usize::from(codes)] += 1;
            let Some(list) = of_standing(standing) else {
                self.unproved += 1;
                continue;
            };
            let score = block.points[slot - first]
                + self.certificates[usize::from(block.certified[slot - first])]
                + self.of_wishes(slot, flags);
            self.lists[list].offer(self.query, &self.crowd.people[slot], score);
        }
    }

    /// The codes that the law, the dates, the place and the wage give, and whether something is to be asked.
    #[inline]
    fn law_and_wishes(&self, slot: usize, flags: u16) -> (u8, bool) {
        let facts = &self.crowd.facts;
        let start = self.start;
        let outside = |(from, until): (i32, i32)| start < from || start > until;
        let mut codes = 0;
        if flags & BARRED != 0 || outside(facts.clear[slot]) {
            codes |= bit(Code::Clearance);
        }
        let birth = facts.births[slot];
        if birth > self.born_by[usize::from(flags & FOREIGN != 0)] || birth > self.born_by[2] {
            codes |= bit(Code::Age);
        }
        let mut asked = flags & ASKED != 0;
        if flags & WISHES != 0 {
            if outside(facts.free[slot]) {
                codes |= bit(Code::Dates);
            }
            let set = facts.wished[slot] as usize;
            let bridged = self.query.vacancy.dormitory && flags & DORMITORY != 0;
            if !self.near[set] && !bridged {
                let refused = !self.query.vacancy.dormitory || flags & NO_DORMITORY != 0;
                if refused && !facts.sets[set].is_empty() {
                    codes |= bit(Code::Place);
                } else {
                    asked = true;
                }
            }
            let wage = facts.wages[slot];
            if wage != WAGE_UNKNOWN && i64::from(wage) > self.query.vacancy.wage_max_minor {
                codes |= bit(Code::Wage);
            }
        }
        (codes, asked)
    }

    /// The points of wage, place and shifts.
    #[inline]
    fn of_wishes(&self, slot: usize, flags: u16) -> u32 {
        let facts = &self.crowd.facts;
        let mut place = self.distance[facts.homes[slot] as usize];
        if self.query.vacancy.dormitory && flags & DORMITORY != 0 {
            place = place.max(self.query.profile.dormitory_points);
        }
        let wage = facts.wages[slot];
        let reached = self.wages.iter().find(|(most, _)| i128::from(wage) <= *most);
        let wage_points = reached.filter(|_| wage != WAGE_UNKNOWN).map_or(0, |(_, points)| *points);
        let shifts = if flags & WISHES == 0 { 0 } else { self.shifts[usize::from(flags >> SHIFTS_AT & 7)] };
        place + wage_points + shifts
    }

    /// Places somebody from their record.
    fn read(&mut self, person: &'a Candidate) {
        let (standing, codes) = stand(self.query, person);
        self.by_codes[usize::from(codes)] += 1;
        match of_standing(standing) {
            None => self.unproved += 1,
            Some(list) => self.lists[list].offer(self.query, person, score::score(self.query, person)),
        }
    }

    fn answer(self, considered: usize) -> Shortlist {
        let with = |code: Code| {
            let counted =
                self.by_codes.iter().enumerate().filter(|(codes, _)| codes & usize::from(bit(code)) != 0);
            counted.map(|(_, people)| people).sum()
        };
        let counts = Code::ALL.into_iter().map(|code| (code, with(code))).collect();
        let query = self.query;
        let [qualified, to_verify, below_floor, removed] = self.lists.map(|list| list.explain(query));
        Shortlist {
            qualified,
            to_verify,
            below_floor,
            removed,
            unproved: self.unproved,
            counts,
            considered: considered as u64,
        }
    }
}

/// What the claims about one skill are worth to a vacancy.
struct Worth {
    points: u32,
    proved: Option<u8>,
    certified: bool,
}

/// Which of the four lists.
fn of_standing(standing: Standing) -> Option<usize> {
    match standing {
        Standing::Qualified => Some(0),
        Standing::ToVerify => Some(1),
        Standing::BelowFloor => Some(2),
        Standing::Removed => Some(3),
        Standing::Unproved => None,
    }
}

/// The latest birth of who is so old on a day; nobody is younger than 0.
fn born_by(on: CivilDate, age: i32) -> u32 {
    match u32::try_from(age) {
        Err(_) | Ok(0) => u32::MAX,
        Ok(age) => birth_key(on).saturating_sub(age << 9),
    }
}
