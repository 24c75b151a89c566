//! What the ranking looks at of the product's people, in columns, without any date of the question in it.
//!
//! Whatever a column cannot say exactly is not said by halves: such a person is *odd*, and is judged from their own
//! record by the plain rules of [`crate::matching::rank`].

use std::collections::HashMap;
use std::sync::Arc;

use chrono::Datelike as _;

use crate::base::civil_time::CivilDate;
use crate::base::id::{OrganisationId, SkillId};
use crate::base::region::RegionCode;
use crate::matching::candidate::{Candidate, ClassTie, Shifts};
use crate::permit::bundle::{Document, Part};
use crate::person::nationality::{self, Finding};
use crate::record::skill_claim::{Claim, DecayClass, EvidenceKind};

/// C1 bars the person, whatever the post.
pub(super) const BARRED: u16 = 1;
/// Something is to be found out, whatever the post.
pub(super) const ASKED: u16 = 1 << 1;
/// The law asks a foreigner's age.
pub(super) const FOREIGN: u16 = 1 << 2;
/// The person said what they want.
pub(super) const WISHES: u16 = 1 << 3;
/// The person would live in a dormitory.
pub(super) const DORMITORY: u16 = 1 << 4;
/// The person would not.
pub(super) const NO_DORMITORY: u16 = 1 << 5;
/// Judged from their own record.
pub(super) const ODD: u16 = 1 << 6;
/// Three bits of shifts stand from here on.
pub(super) const SHIFTS_AT: u32 = 8;

/// A wage that nobody has said.
pub(super) const WAGE_UNKNOWN: u32 = u32::MAX;

/// A claim, or the first of several claims of one person about one skill.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    pub slot: u32,
    pub achieved_on: i32,
    pub last_used_on: i32,
    pub valid_until: i32,
    pub level: u8,
    pub evidence: EvidenceKind,
    pub decay: DecayClass,
    /// Several claims: which of them count is asked of the record.
    pub several: bool,
}

/// People in columns, by slot.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub flags: Vec<u16>,
    /// As [`birth_key`] has it; 0 where unknown.
    pub births: Vec<u32>,
    /// First and last day on which the documents of a foreigner cover a start.
    pub clear: Vec<(i32, i32)>,
    /// First and last free day.
    pub free: Vec<(i32, i32)>,
    pub wages: Vec<u32>,
    /// Which of the homes.
    pub homes: Vec<u32>,
    /// Which of the sets of regions.
    pub wished: Vec<u32>,
    /// The homes that occur; the first stands for "unknown".
    pub home_regions: Vec<Option<RegionCode>>,
    /// The sets of regions that occur.
    pub sets: Vec<Vec<RegionCode>>,
    /// Of each skill: who claims it, by slot.
    pub held: HashMap<SkillId, Vec<Held>>,
    /// Of each factory: who is or was in a joint class of it, by slot.
    pub classes: HashMap<OrganisationId, Vec<(u32, ClassTie)>>,
}

/// A day as a number.
pub(super) fn day(date: CivilDate) -> i32 {
    date.num_days_from_ce()
}

/// A date as a number whose order is that of (year, month, day), and from which years can be taken away: whoever was
/// born on or before the key of a day, less *n* years, is *n* years old on it.
pub(super) fn birth_key(date: CivilDate) -> u32 {
    u32::try_from(date.year()).unwrap_or(0) << 9 | date.month() << 5 | date.day()
}

/// Shifts as three bits.
pub(super) fn shift_bits(shifts: Shifts) -> u16 {
    u16::from(shifts.day) | u16::from(shifts.evening) << 1 | u16::from(shifts.night) << 2
}

impl Facts {
    /// Puts people into columns, in their order.
    pub fn build(people: &[Arc<Candidate>]) -> Self {
        let mut facts = Self { home_regions: vec![None], ..Self::default() };
        let (mut homes, mut sets) = (HashMap::new(), HashMap::new());
        for (slot, person) in (0u32..).zip(people) {
            facts.add(slot, person, &mut homes, &mut sets);
        }
        facts
    }

    fn add(
        &mut self,
        slot: u32,
        person: &Candidate,
        homes: &mut HashMap<RegionCode, u32>,
        sets: &mut HashMap<Vec<RegionCode>, u32>,
    ) {
        let (mut flags, clear) = law(person);
        let home = person.home.map_or(0, |home| {
            *homes.entry(home).or_insert_with(|| {
                self.home_regions.push(Some(home));
                self.home_regions.len() as u32 - 1
            })
        });
        let (mut free, mut wage, mut wished) = ((i32::MIN, i32::MAX), WAGE_UNKNOWN, 0);
        match &person.availability {
            None => flags |= ASKED,
            Some(wishes) => {
                flags |= WISHES | shift_bits(wishes.shifts) << SHIFTS_AT;
                flags |= match wishes.dormitory {
                    Some(true) => DORMITORY,
                    Some(false) => NO_DORMITORY,
                    None => 0,
                };
                free = (day(wishes.from), wishes.until.map_or(i32::MAX, day));
                match wishes.wage_min_minor.map(u32::try_from) {
                    None => flags |= ASKED,
                    Some(Ok(wish)) if wish != WAGE_UNKNOWN => wage = wish,
                    Some(_) => flags |= ODD,
                }
                let mut regions = wishes.regions.clone();
                regions.sort_unstable();
                regions.dedup();
                wished = *sets.entry(regions).or_insert_with_key(|regions| {
                    self.sets.push(regions.clone());
                    self.sets.len() as u32 - 1
                });
            }
        }
        // Before the year 1 nobody was born; the key has no room for it.
        if person.birth_date.is_some_and(|birth| birth.year() < 1) {
            flags |= ODD;
        }
        self.flags.push(flags);
        self.births.push(person.birth_date.map_or(0, birth_key));
        self.clear.push(clear);
        self.free.push(free);
        self.wages.push(wage);
        self.homes.push(home);
        self.wished.push(wished);
        for claim in &person.claims {
            self.hold(slot, claim);
        }
        for (factory, tie) in &person.classes {
            let of_factory = self.classes.entry(*factory).or_default();
            match of_factory.last_mut() {
                Some((last, best)) if *last == slot => *best = (*best).max(*tie),
                _ => of_factory.push((slot, *tie)),
            }
        }
    }

    fn hold(&mut self, slot: u32, claim: &Claim) {
        let of_skill = self.held.entry(claim.skill).or_default();
        match of_skill.last_mut() {
            Some(last) if last.slot == slot => last.several = true,
            _ => of_skill.push(Held {
                slot,
                achieved_on: day(claim.achieved_on),
                last_used_on: day(claim.last_used_on),
                valid_until: claim.valid_until.map_or(i32::MAX, day),
                level: claim.level,
                evidence: claim.evidence,
                decay: claim.decay,
                several: false,
            }),
        }
    }

    /// How many bytes the columns take.
    pub fn bytes(&self) -> usize {
        let each = size_of::<u16>() + 4 * size_of::<u32>() + 2 * size_of::<(i32, i32)>();
        let held: usize = self.held.values().map(|list| list.capacity() * size_of::<Held>()).sum();
        let classes: usize =
            self.classes.values().map(|list| list.capacity() * size_of::<(u32, ClassTie)>()).sum();
        let sets: usize = self.sets.iter().map(|set| set.capacity() * size_of::<RegionCode>()).sum();
        self.flags.capacity() * each + held + classes + sets
    }
}

/// What the law says of a person, whatever the post: flags, and the days that a foreigner's documents cover.
fn law(person: &Candidate) -> (u16, (i32, i32)) {
    let mut flags = 0;
    match nationality::weigh(&person.nationalities, person.birthplace) {
        Finding::Barred => flags |= BARRED | FOREIGN,
        Finding::Foreign(_) => flags |= FOREIGN,
        Finding::Unproved(_) => flags |= ASKED,
        Finding::Local => {}
    }
    if person.birth_date.is_none() {
        flags |= ASKED;
    }
    let mut clear = (i32::MIN, i32::MAX);
    if flags & FOREIGN != 0 {
        for part in Part::ALL {
            match covered(&person.documents, part) {
                Covered::Never => flags |= ASKED,
                Covered::Odd => flags |= ODD,
                Covered::Days(from, until) => clear = (clear.0.max(from), clear.1.min(until)),
            }
        }
    }
    (flags, clear)
}

enum Covered {
    /// There is no document, or one whose end nobody recorded: unknown, on every day.
    Never,
    /// One that is known to end: outside its days it bars.
    Days(i32, i32),
    /// Anything else.
    Odd,
}

fn covered(documents: &[Document], part: Part) -> Covered {
    let mut of_part = documents.iter().filter(|document| document.part == part);
    match (of_part.next(), of_part.next()) {
        (None, _) | (Some(Document { valid_until: None, .. }), None) => Covered::Never,
        (Some(Document { valid_from, valid_until: Some(until), .. }), None) => {
            let from = valid_from.map_or(i32::MIN, day);
            // One that ends before it begins says "begins" and "ended" at once; the record decides which.
            if from > day(*until) { Covered::Odd } else { Covered::Days(from, day(*until)) }
        }
        _ => Covered::Odd,
    }
}
