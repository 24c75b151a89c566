//! The lists: qualified, to verify, below the floor, removed. Each has a total order with a declared last
//! key, so that neither the order of the input nor the time of registration can show in it.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BinaryHeap};
use std::hash::Hasher as _;

use siphasher::sip::SipHasher24;

use crate::base::id::PersonId;
use crate::matching::candidate::Candidate;
use crate::matching::filter::{self, Code, Question, Reason, Unlock};
use crate::matching::query::Query;
use crate::matching::score::{self, Addend};
use crate::permit::bar;

/// The most rows that one list may be asked for.
pub const TOP_MAX: usize = 200;

/// Where a person stands with a vacancy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Every hard question is answered well.
    Qualified,
    /// No hard filter fails, at least one essential skill is proved, and something is to be found out.
    ToVerify,
    /// As before, but no essential skill is proved: counted, not listed.
    Unproved,
    /// Only an essential skill below its floor keeps the person out.
    BelowFloor,
    /// A hard filter fails.
    Removed,
}

/// One person in a list, with everything that put them there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Who.
    pub person: PersonId,
    /// In which list.
    pub standing: Standing,
    /// The sum of the addends; for a removed person what it would be.
    pub score: u32,
    /// The addends, in a fixed order.
    pub addends: Vec<Addend>,
    /// Why the person is not feasible.
    pub reasons: Vec<Reason>,
    /// What is to be found out.
    pub questions: Vec<Question>,
    /// What would make every reason go away; `None` when one has no cure.
    pub unlocks: Option<Vec<Unlock>>,
    /// Whether a quota would have to have room: proved to be foreign. The quota is not checked here.
    pub foreign: Option<bool>,
}

/// One list: how many there are, and the first of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// How many people stand so.
    pub total: u64,
    /// The first of them, best first.
    pub rows: Vec<Row>,
}

/// The answer to "who fits this vacancy?".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shortlist {
    /// People who can be hired as far as anybody knows.
    pub qualified: List,
    /// People about whom something is to be found out.
    pub to_verify: List,
    /// People who lack only a level.
    pub below_floor: List,
    /// People whom a hard filter removed; first those who would rank highest.
    pub removed: List,
    /// How many have no failed filter and no proved essential skill.
    pub unproved: u64,
    /// How many people each coded reason keeps out. A person with two codes counts under both.
    pub counts: BTreeMap<Code, u64>,
    /// How many people were considered.
    pub considered: u64,
}

/// Lower is better: the score turned round, then the tie's hash, then the id.
pub(super) type Key = (std::cmp::Reverse<u32>, u64, PersonId);

pub(super) fn key(query: &Query<'_>, person: PersonId, score: u32) -> Key {
    (std::cmp::Reverse(score), tie(&query.vacancy().seed, person), person)
}

/// The order among equals: SipHash-2-4 of the person's 16 bytes under the vacancy's 128-bit seed, lower
/// first. Nobody who does not hold the seed can foresee or choose it.
#[must_use]
pub fn tie(seed: &[u8; 16], person: PersonId) -> u64 {
    let mut hasher = SipHasher24::new_with_key(seed);
    hasher.write(person.0.as_bytes());
    hasher.finish()
}

/// The `top` first of a list, kept while walking over everyone.
struct Best<'a, C> {
    top: usize,
    total: u64,
    heap: BinaryHeap<(Key, usize)>,
    candidates: &'a [C],
}

impl<'a, C: Borrow<Candidate>> Best<'a, C> {
    fn new(top: usize, candidates: &'a [C]) -> Self {
        Self { top, total: 0, heap: BinaryHeap::with_capacity(top + 1), candidates }
    }

    fn offer(&mut self, key: Key, index: usize) {
        self.total += 1;
        if self.heap.len() < self.top {
            self.heap.push((key, index));
        } else if self.heap.peek().is_some_and(|(worst, _)| key < *worst) {
            self.heap.pop();
            self.heap.push((key, index));
        }
    }

    fn explain(self, query: &Query<'_>) -> List {
        let rows = self
            .heap
            .into_sorted_vec()
            .into_iter()
            .filter_map(|(_, index)| self.candidates.get(index))
            .map(|candidate| explain(query, candidate.borrow()))
            .collect();
        List { total: self.total, rows }
    }
}

/// Ranks people for a vacancy: everyone is examined, and the first `top` (at most [`TOP_MAX`]) of each list
/// are explained.
#[must_use]
pub fn rank<C: Borrow<Candidate>>(query: &Query<'_>, candidates: &[C], top: usize) -> Shortlist {
    let top = top.min(TOP_MAX);
    let best = || Best::new(top, candidates);
    let (mut qualified, mut to_verify, mut below_floor, mut removed) = (best(), best(), best(), best());
    let mut counts: BTreeMap<Code, u64> = Code::ALL.into_iter().map(|code| (code, 0)).collect();
    let mut unproved = 0;
    for (index, candidate) in candidates.iter().map(Borrow::borrow).enumerate() {
        let (standing, codes) = stand(query, candidate);
        for code in Code::ALL.into_iter().filter(|code| codes & bit(*code) != 0) {
            *counts.entry(code).or_default() += 1;
        }
        let list = match standing {
            Standing::Qualified => &mut qualified,
            Standing::ToVerify => &mut to_verify,
            Standing::BelowFloor => &mut below_floor,
            Standing::Removed => &mut removed,
            Standing::Unproved => {
                unproved += 1;
                continue;
            }
        };
        list.offer(key(query, candidate.id, score::score(query, candidate)), index);
    }
    Shortlist {
        qualified: qualified.explain(query),
        to_verify: to_verify.explain(query),
        below_floor: below_floor.explain(query),
        removed: removed.explain(query),
        unproved,
        counts,
        considered: candidates.len() as u64,
    }
}

/// The place of a code in a set of codes.
pub(super) fn bit(code: Code) -> u8 {
    1 << (code as u8)
}

/// Where a person stands, and the set of coded reasons, without building any list.
pub(super) fn stand(query: &Query<'_>, candidate: &Candidate) -> (Standing, u8) {
    let mut codes = 0;
    let mut asked = false;
    let proved = filter::examine(query, candidate, |r| codes |= bit(r.code()), |_| asked = true);
    (self::standing(codes, asked, proved), codes)
}

/// Where a person stands, by the set of coded reasons, whether anything is to be found out, and how many essential
/// skills are proved.
pub(super) fn standing(codes: u8, asked: bool, proved: u32) -> Standing {
    match codes {
        0 if !asked => Standing::Qualified,
        0 if proved > 0 => Standing::ToVerify,
        0 => Standing::Unproved,
        codes if codes == bit(Code::Floor) => Standing::BelowFloor,
        _ => Standing::Removed,
    }
}

/// Everything about one person and one vacancy: the answer to "why?".
#[must_use]
pub fn explain(query: &Query<'_>, candidate: &Candidate) -> Row {
    let (standing, _) = stand(query, candidate);
    let (mut reasons, mut questions, mut addends) = (Vec::new(), Vec::new(), Vec::new());
    filter::examine(query, candidate, |r| reasons.push(r), |q| questions.push(q));
    score::addends(query, candidate, |a| addends.push(a));
    Row {
        person: candidate.id,
        standing,
        score: addends.iter().map(|a| a.points).sum(),
        unlocks: filter::unlocks(query, candidate),
        foreign: bar::is_foreign(&candidate.legal_facts()),
        addends,
        reasons,
        questions,
    }
}
