//! Who can still reach a score: a bound on levels, compiled into a few steps over bitmaps.
//!
//! Somebody who lacks the full level of some skills loses their points. With so many points to lose at most,
//! the sets of levels that suffice are the leaves of a small tree: each skill is held in full, held at all, or
//! missing. Each path to a leaf is a conjunction of bitmaps; paths share their beginnings. The bound never
//! leaves out who could reach the score, and may keep who cannot.

use super::question::{Question, Wanted};

/// The most steps that are worth taking.
const STEPS_MAX: usize = 40;

/// One skill of a question, with what can be lost by it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    /// Its place in the question.
    pub wanted: usize,
    /// What somebody loses at least who does not hold it in full; none where only the full level is feasible.
    part: Option<i32>,
    /// What somebody loses without it; none where it is essential.
    missing: Option<i32>,
    /// What can be lost by it.
    most: i32,
    /// What can be lost by this and all later items.
    rest: i32,
}

impl Item {
    /// The items of a question by which something can be lost, the weightiest first.
    pub fn all(question: &Question) -> Vec<Self> {
        let lost = |one: &Wanted, have: u8| (one.points(one.need) - one.points(have)) as i32;
        let mut items: Vec<Self> = question
            .wanted()
            .iter()
            .enumerate()
            .map(|(wanted, one)| Self {
                wanted,
                part: (one.floor.max(1) < one.need).then(|| lost(one, one.need - 1)),
                missing: (one.floor == 0).then(|| lost(one, 0)),
                most: lost(one, one.floor),
                rest: 0,
            })
            .filter(|item| item.most > 0)
            .collect();
        items.sort_by_key(|item| std::cmp::Reverse(item.most));
        items
    }

    /// Looks at it less closely: nothing is lost by whoever holds it at all.
    fn blur(&mut self) {
        self.part = self.part.map(|_| 0);
        self.most = self.missing.unwrap_or(0);
    }
}

/// One step: of those who are left at a depth, those whose bit is set go one deeper, or are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// From which depth; 0 is everybody.
    pub depth: usize,
    /// Which skill, by its place in the question.
    pub wanted: usize,
    /// Whether in full, or at all.
    pub full: bool,
    /// Whether that suffices.
    pub leaf: bool,
}

/// Compiles the bound for so many points to lose. `false` when it keeps everybody, and then there are no steps;
/// no steps and `true`: nobody.
///
/// Where all items need too many steps the lightest ones are looked at less closely, as if nothing could be lost
/// by holding them at all, then as if nothing could be lost by them: `coarse` says by how many, and grows.
pub(super) fn compile(items: &[Item], slack: i32, coarse: &mut usize, steps: &mut Vec<Step>) -> bool {
    while *coarse < 2 * items.len() {
        steps.clear();
        if slack < 0 {
            return true;
        }
        let mut looked: Vec<Item> = items.to_vec();
        let blurred = (*coarse).min(items.len());
        looked.iter_mut().rev().take(blurred).for_each(Item::blur);
        looked.truncate(items.len() - (*coarse - blurred));
        let mut rest = 0;
        for item in looked.iter_mut().rev() {
            rest += item.most;
            item.rest = rest;
        }
        if suffices(&looked, slack) {
            break;
        }
        if descend(&looked, slack, 0, steps) {
            return true;
        }
        *coarse += 1;
    }
    steps.clear();
    false
}

fn suffices(items: &[Item], slack: i32) -> bool {
    items.first().is_none_or(|item| slack >= item.rest)
}

/// Writes the steps below a depth; `false` when there are too many.
fn descend(items: &[Item], slack: i32, depth: usize, steps: &mut Vec<Step>) -> bool {
    let Some((item, later)) = items.split_first() else { return true };
    if steps.len() >= STEPS_MAX {
        return false;
    }
    let mut branch = |loss: Option<i32>, full: bool| {
        let Some(left) = loss.map(|loss| slack - loss).filter(|left| *left >= 0) else { return true };
        let leaf = suffices(later, left);
        steps.push(Step { depth, wanted: item.wanted, full, leaf });
        leaf || descend(later, left, depth + 1, steps)
    };
    // To hold it at all is enough where it leaves as much as is ever needed later.
    let part_suffices = item.part.is_some_and(|part| part <= slack && suffices(later, slack - part));
    let held = (part_suffices || branch(Some(0), true)) && branch(item.part, false);
    let Some(left) = item.missing.map(|missing| slack - missing).filter(|left| *left >= 0) else {
        return held;
    };
    // Without it: the same people, one item on.
    held && descend(later, left, depth, steps)
}
