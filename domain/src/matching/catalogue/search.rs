//! The search: strips of slots, the highest class first; the bound rises with the worst of the list.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::bound::{Item, Step, compile};
use super::column::{Columns, PLANES, Skill};
use super::entry::{CLASSES, Entry, Id, Row};
use super::kernel::{
    Instructions, STRIP, STRIP_WORDS, Words, Work, and, and_of, count, or_and, places, prefetch, widest,
};
use super::question::{CLASS_POINTS, Place, Question, REQUIREMENTS_MAX, Ranked, Tie, Wanted};

/// The codes of a row.
const CODES: usize = 4096;
/// Where the number of essential skills that are held stands in a sum of the table.
const ESSENTIAL_SHIFT: u32 = 24;
/// So many wait to be judged together, while their rows come from memory.
const PENDING: usize = 16;
/// So few are looked at without a bound.
const FEW: usize = 24;
/// With so many and no list yet, the likeliest are looked at first: those who lose at most these shares of all
/// points (÷ 64).
const MANY: usize = 96;
const LADDER: [i32; 5] = [2, 5, 9, 16, 26];

/// Buffers of one searching thread, to be used again.
#[derive(Debug)]
pub struct Scratch {
    table: Box<[u32; CODES]>,
    list: Box<[u16; STRIP]>,
    /// Slots to be judged.
    pending: Vec<u32>,
    /// Of the people written down: their points as far as added up.
    sums: Box<[i32; STRIP]>,
    /// Of a strip: who holds the skill in question at which level. All 0 between uses.
    levels: Box<[u8; STRIP]>,
    other: Box<Words>,
    /// For each skill asked: (who holds it in full, who at all) in one strip, and which strip that is.
    marks: Vec<[Words; 2]>,
    marked: [usize; REQUIREMENTS_MAX],
    /// Who is left at each depth.
    depths: Vec<Words>,
    steps: Vec<Step>,
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            table: Box::new([0; CODES]),
            list: Box::new([0; STRIP]),
            pending: Vec::with_capacity(PENDING + STRIP),
            sums: Box::new([0; STRIP]),
            levels: Box::new([0; STRIP]),
            other: Box::new([0; STRIP_WORDS]),
            marks: vec![[[0; STRIP_WORDS]; 2]; REQUIREMENTS_MAX],
            marked: [usize::MAX; REQUIREMENTS_MAX],
            depths: vec![[0; STRIP_WORDS]; REQUIREMENTS_MAX + 1],
            steps: Vec::new(),
        }
    }
}

/// Somebody in the list so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Listed {
    place: Place,
    class: u8,
    wage: u16,
    row: Row,
}

impl Ord for Listed {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.place.cmp(&other.place)
    }
}

impl PartialOrd for Listed {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// The list while it fills.
#[derive(Debug)]
struct Best {
    top: usize,
    tie: Tie,
    heap: BinaryHeap<Listed>,
    /// The least score that can still enter.
    enters: i32,
}

impl Best {
    fn new(top: usize, tie: Tie) -> Self {
        let enters = if top == 0 { i32::MAX } else { i32::MIN };
        Self { top, tie, heap: BinaryHeap::with_capacity(top + 1), enters }
    }

    fn full(&self) -> bool {
        self.heap.len() == self.top
    }

    #[inline(never)]
    fn offer(&mut self, id: Id, score: i32, class: u8, wage: u16, row: Row) {
        let (tie, id) = self.tie.key(id);
        let listed = Listed { place: (Reverse(score), tie, id), class, wage, row };
        if self.heap.len() < self.top {
            self.heap.push(listed);
        } else if let Some(mut worst) = self.heap.peek_mut()
            && listed < *worst
        {
            *worst = listed;
        }
        if self.full() {
            self.enters = self.heap.peek().map_or(i32::MIN, |worst| worst.place.0.0);
        }
    }

    fn explain(self, question: &Question) -> Vec<Ranked> {
        let listed = self.heap.into_sorted_vec().into_iter();
        listed
            .filter_map(|one| {
                let components = question.explain(one.class, one.wage, one.row)?;
                Some(Ranked { id: one.place.2, score: one.place.0.0, components })
            })
            .collect()
    }
}

/// Finds the best `top` of the columns, without the dead, and of those who came later.
pub(super) fn search<'a>(
    (columns, dead): (&Columns, &[u64]),
    late: impl Iterator<Item = &'a Entry>,
    question: &Question,
    top: usize,
    instructions: Instructions,
    scratch: &mut Scratch,
) -> Vec<Ranked> {
    let mut best = Best::new(top, question.tie());
    for entry in late {
        if let Some(score) = question.score(entry).filter(|score| *score >= best.enters) {
            best.offer(entry.id, score, entry.class, entry.wage, entry.skills);
        }
    }
    let essentials = fill(&mut scratch.table, question);
    scratch.marked = [usize::MAX; REQUIREMENTS_MAX];
    let hunt = Hunt {
        columns,
        dead,
        question,
        best: &mut best,
        skills: question.wanted().iter().map(|one| columns.skill(one.skill)).collect(),
        weights: weights(columns, question),
        lead: lead(columns, question),
        items: Item::all(question),
        compiled: None,
        narrows: false,
        coarse: 0,
        essentials,
        class: 0,
        scratch,
    };
    widest(instructions, hunt);
    clear(&mut scratch.table, question);
    best.explain(question)
}

/// Writes what each code adds into the table; answers how many skills are essential.
fn fill(table: &mut [u32; CODES], question: &Question) -> u32 {
    let mut essentials = 0;
    for one in question.wanted() {
        essentials += u32::from(one.floor > 0);
        for level in 1..=7u8 {
            let enough = u32::from(one.floor > 0 && level >= one.floor) << ESSENTIAL_SHIFT;
            table[usize::from(one.skill) << 3 | usize::from(level)] = enough | one.points(level);
        }
    }
    essentials
}

fn clear(table: &mut [u32; CODES], question: &Question) {
    for one in question.wanted() {
        table[usize::from(one.skill) << 3..][..8].fill(0);
    }
}

/// What somebody loses by the level of a skill.
struct Weighed {
    /// Its place in the question.
    wanted: usize,
    /// By level; the least that is possible where bitmaps do not tell levels apart.
    lost: [i32; 8],
}

/// What is lost by each level of each skill, the weightiest skill first.
fn weights(columns: &Columns, question: &Question) -> Vec<Weighed> {
    let of = |(wanted, one): (usize, &Wanted)| {
        let dense = matches!(columns.skill(one.skill), Skill::Dense(_));
        let lost = std::array::from_fn(|level| {
            // The last bitmap holds all higher levels too.
            let level = if dense && level == PLANES { one.need } else { level as u8 };
            (one.points(one.need) - one.points(level)) as i32
        });
        Weighed { wanted, lost }
    };
    let mut weights: Vec<Weighed> = question.wanted().iter().enumerate().map(of).collect();
    weights.sort_by_key(|one| {
        let wanted = question.wanted()[one.wanted];
        std::cmp::Reverse(wanted.points(wanted.need) - wanted.points(wanted.floor))
    });
    weights
}

/// The essential skills by their places in the question: lists first, the shortest first of all.
fn lead(columns: &Columns, question: &Question) -> Vec<usize> {
    let wanted = question.wanted().iter().enumerate();
    let mut lead: Vec<usize> = wanted.filter(|(_, one)| one.floor > 0).map(|(n, _)| n).collect();
    lead.sort_by_key(|n| match columns.skill(question.wanted()[*n].skill) {
        Skill::Sparse(ends, _) => ends.last().copied().unwrap_or(0) - ends.first().copied().unwrap_or(0),
        Skill::Dense(_) => u32::MAX,
    });
    lead
}

/// One search under way.
struct Hunt<'a> {
    columns: &'a Columns,
    dead: &'a [u64],
    question: &'a Question,
    best: &'a mut Best,
    skills: Vec<Skill<'a>>,
    weights: Vec<Weighed>,
    lead: Vec<usize>,
    items: Vec<Item>,
    /// For which slack the steps were compiled.
    compiled: Option<i32>,
    narrows: bool,
    coarse: usize,
    essentials: u32,
    class: u8,
    scratch: &'a mut Scratch,
}

/// A part of a strip: its number, and words from and to within it.
#[derive(Clone, Copy)]
struct Part {
    strip: usize,
    from: usize,
    to: usize,
}

impl Work for Hunt<'_> {
    type Answer = ();

    #[inline(always)]
    fn run(mut self) {
        for class in (0..CLASSES).rev() {
            self.judge();
            self.class = class as u8;
            if self.question.most(self.class) < self.best.enters {
                return;
            }
            if self.question.asks_everywhere() {
                let (first, end) = self.columns.strips(class);
                for strip in first..end {
                    self.look(Part { strip, from: 0, to: STRIP_WORDS });
                }
                continue;
            }
            for (from, to) in self.columns.ranges(class, |region| self.question.asks_for(region)) {
                for strip in from / STRIP_WORDS..to.div_ceil(STRIP_WORDS) {
                    let first = strip * STRIP_WORDS;
                    self.look(Part {
                        strip,
                        from: from.max(first) - first,
                        to: (to - first).min(STRIP_WORDS),
                    });
                }
            }
        }
        self.judge();
    }
}

impl Hunt<'_> {
    /// Looks at one part: who has the essential skills, of them who can still enter, and of them each.
    #[inline(always)]
    fn look(&mut self, part: Part) {
        if let Skill::Sparse(..) = self.skills[self.lead[0]] {
            let found = self.walk(part);
            self.put(part, found);
            return;
        }
        let words = &mut [0u64; STRIP_WORDS];
        words[part.from..part.to].fill(u64::MAX);
        for n in 0..self.lead.len() {
            let wanted = self.lead[n];
            let floor = self.question.wanted()[wanted].floor;
            let Skill::Dense(planes) = self.skills[wanted] else { continue };
            and(&mut words[part.from..part.to], self.plane(planes, floor, part));
        }
        let left = count(&words[part.from..part.to]) as usize;
        self.narrow(part, words, left);
    }

    /// The words of a part of a plane.
    #[inline(always)]
    fn plane<'p>(&self, planes: &'p [u64], level: u8, part: Part) -> &'p [u64] {
        Self::plane_of(self.columns, planes, level, part)
    }

    #[inline(always)]
    fn plane_of<'p>(columns: &Columns, planes: &'p [u64], level: u8, part: Part) -> &'p [u64] {
        let plane = usize::from(level).clamp(1, PLANES) - 1;
        let first = plane * columns.words() + part.strip * STRIP_WORDS;
        &planes[first + part.from..first + part.to]
    }

    /// The part of a list that lies in a part of a strip.
    #[inline(always)]
    fn list<'l>(&self, ends: &[u32], postings: &'l [u16], part: Part) -> &'l [u16] {
        let list = &postings[ends[part.strip] as usize..ends[part.strip + 1] as usize];
        if part.from == 0 && part.to == STRIP_WORDS {
            return list;
        }
        let before = |words: usize| list.partition_point(|posting| usize::from(posting >> 9) < words);
        &list[before(part.from)..before(part.to)]
    }

    /// Writes down who has every essential skill, led by the shortest list; says how many.
    #[inline(always)]
    fn walk(&mut self, part: Part) -> usize {
        let mut found = 0;
        for n in 0..self.lead.len() {
            let wanted = self.lead[n];
            let floor = self.question.wanted()[wanted].floor;
            match self.skills[wanted] {
                Skill::Sparse(ends, postings) if n == 0 => {
                    for posting in self.list(ends, postings, part) {
                        // There is a place for each slot of a strip, and each is named once.
                        self.scratch.list[found & (STRIP - 1)] = posting >> 3;
                        found += usize::from((posting & 7) as u8 >= floor);
                    }
                }
                Skill::Sparse(ends, postings) => {
                    self.scratch.other.fill(0);
                    for posting in self.list(ends, postings, part) {
                        let enough = u64::from((posting & 7) as u8 >= floor);
                        self.scratch.other[usize::from(posting >> 9) & 63] |= enough << (posting >> 3 & 63);
                    }
                    found = keep(&mut self.scratch.list, found, 0, &self.scratch.other[..]);
                }
                Skill::Dense(planes) => {
                    let plane = self.plane(planes, floor, part);
                    found = keep(&mut self.scratch.list, found, part.from, plane);
                }
            }
            if found == 0 {
                break;
            }
        }
        found
    }

    /// Judges those of the words who can still enter. While the list is short, the likeliest come first, so that
    /// the others need not be looked at.
    #[inline(always)]
    fn narrow(&mut self, part: Part, words: &mut Words, mut left: usize) {
        let most = self.question.most(self.class);
        let mut rung = 0;
        while left > 0 {
            self.judge();
            let slack = if self.best.full() {
                most - self.best.enters
            } else if left > MANY && rung < LADDER.len() {
                rung += 1;
                self.question.most(0) / 64 * LADDER[rung - 1]
            } else {
                i32::MAX
            };
            let last = self.best.full() || slack == i32::MAX;
            if left <= FEW || !self.bound(part, slack, words) {
                let found = places(&words[part.from..part.to], part.from * 64, &mut self.scratch.list);
                self.put(part, found);
                return;
            }
            let kept = &self.scratch.depths[REQUIREMENTS_MAX][part.from..part.to];
            let found = places(kept, part.from * 64, &mut self.scratch.list);
            if !last {
                for (word, kept) in words[part.from..part.to].iter_mut().zip(kept) {
                    *word &= !kept;
                }
                left -= found;
            }
            self.put(part, found);
            if last {
                return;
            }
        }
    }

    /// Leaves in the last of the depths those of the words who lose no more than the slack; `false` when
    /// everybody may be such.
    #[inline(always)]
    fn bound(&mut self, part: Part, slack: i32, words: &Words) -> bool {
        // What was compiled for a little more slack keeps a few more, and need not be compiled anew.
        let step = self.question.most(0) >> 6;
        if self.compiled.is_none_or(|compiled| !(slack..=slack.saturating_add(step)).contains(&compiled)) {
            // Less slack takes fewer steps: a closer look may be possible again.
            self.coarse = self.coarse.saturating_sub(2);
            self.narrows = compile(&self.items, slack, &mut self.coarse, &mut self.scratch.steps);
            self.compiled = Some(slack);
        }
        if !self.narrows {
            return false;
        }
        let range = part.from..part.to;
        self.scratch.depths[0][range.clone()].copy_from_slice(&words[range.clone()]);
        self.scratch.depths[REQUIREMENTS_MAX][range.clone()].fill(0);
        for n in 0..self.scratch.steps.len() {
            let step = self.scratch.steps[n];
            self.mark(part, step.wanted);
            let wanted = self.question.wanted()[step.wanted];
            let marks: &[u64] = match self.skills[step.wanted] {
                Skill::Dense(planes) => self.plane(planes, if step.full { wanted.need } else { 1 }, part),
                Skill::Sparse(..) => &self.scratch.marks[step.wanted][usize::from(!step.full)][range.clone()],
            };
            let (above, below) = self.scratch.depths.split_at_mut(step.depth + 1);
            let from = &above[step.depth][range.clone()];
            if step.leaf {
                or_and(&mut below[REQUIREMENTS_MAX - step.depth - 1][range.clone()], from, marks);
            } else {
                and_of(&mut below[0][range.clone()], from, marks);
            }
        }
        true
    }

    /// Adds up the points of the people written down without looking at their rows: skill by skill, the weightiest
    /// first, and after each leaves only those who can still enter. Says how many.
    #[inline(always)]
    fn weigh(&mut self, part: Part, found: usize) -> usize {
        let mut found = found.min(STRIP);
        let Scratch { list, sums, levels, .. } = &mut *self.scratch;
        sums[..found].fill(self.question.most(self.class));
        for Weighed { wanted, lost } in &self.weights {
            match self.skills[*wanted] {
                Skill::Sparse(ends, postings) => {
                    let held = &postings[ends[part.strip] as usize..ends[part.strip + 1] as usize];
                    for posting in held {
                        levels[usize::from(posting >> 3) & (STRIP - 1)] = (posting & 7) as u8;
                    }
                    for (place, sum) in list[..found].iter().zip(&mut sums[..found]) {
                        *sum -= lost[usize::from(levels[usize::from(*place) & (STRIP - 1)] & 7)];
                    }
                    for posting in held {
                        levels[usize::from(posting >> 3) & (STRIP - 1)] = 0;
                    }
                }
                Skill::Dense(planes) => {
                    let whole = Part { from: 0, to: STRIP_WORDS, ..part };
                    let planes = [1, 2, 3, 4].map(|level| Self::plane_of(self.columns, planes, level, whole));
                    for (place, sum) in list[..found].iter().zip(&mut sums[..found]) {
                        let (word, bit) = (usize::from(place >> 6) & (STRIP_WORDS - 1), place & 63);
                        let [one, two, three, four] = planes.map(|plane| plane[word] >> bit & 1);
                        *sum -= lost[(one + two + three + four) as usize & 7];
                    }
                }
            }
            let mut kept = 0;
            for n in 0..found {
                let (place, sum) = (list[n], sums[n]);
                list[kept] = place;
                sums[kept] = sum;
                kept += usize::from(sum >= self.best.enters);
            }
            found = kept;
            if found <= FEW {
                break;
            }
        }
        found
    }

    /// Makes bitmaps of one strip from a list, if they are not there yet.
    #[inline(always)]
    fn mark(&mut self, part: Part, wanted: usize) {
        let Skill::Sparse(ends, postings) = self.skills[wanted] else { return };
        // Marks are of the whole strip: another part of it finds them made.
        if self.scratch.marked[wanted] == part.strip {
            return;
        }
        self.scratch.marked[wanted] = part.strip;
        let need = self.question.wanted()[wanted].need;
        let whole = Part { from: 0, to: STRIP_WORDS, ..part };
        let list = self.list(ends, postings, whole);
        let [full, any] = &mut self.scratch.marks[wanted];
        full.fill(0);
        any.fill(0);
        for posting in list {
            let (word, bit) = (usize::from(posting >> 9) & 63, posting >> 3 & 63);
            any[word] |= 1 << bit;
            full[word] |= u64::from((posting & 7) as u8 >= need) << bit;
        }
    }

    /// Puts the people written down among those to be judged.
    #[inline(always)]
    fn put(&mut self, part: Part, mut found: usize) {
        if found > FEW && self.best.full() {
            found = self.weigh(part, found);
        }
        let rows = self.columns.rows().0;
        let first = part.strip * STRIP;
        for place in &self.scratch.list[..found] {
            let slot = first + usize::from(*place);
            prefetch(rows, slot);
            self.scratch.pending.push(slot as u32);
        }
        if self.scratch.pending.len() >= PENDING {
            self.judge();
        }
    }

    /// Scores the people to be judged, and offers those who can enter.
    #[inline(always)]
    fn judge(&mut self) {
        let (rows, wages) = self.columns.rows();
        let class_points = CLASS_POINTS * i32::from(self.class);
        for slot in &self.scratch.pending {
            let slot = *slot as usize;
            let row = rows[slot];
            let sum: u32 = row.codes().into_iter().map(|code| self.scratch.table[code & (CODES - 1)]).sum();
            if sum >> ESSENTIAL_SHIFT != self.essentials {
                continue;
            }
            let score = (sum & ((1 << ESSENTIAL_SHIFT) - 1)) as i32 + class_points;
            if score < self.best.enters {
                continue;
            }
            let wage = wages[slot];
            let Some(wage_points) = self.question.wage_points(wage) else { continue };
            let score = score + wage_points;
            if score >= self.best.enters && self.dead[slot / 64] >> (slot % 64) & 1 == 0 {
                self.best.offer(self.columns.id(slot), score, self.class, wage, row);
            }
        }
        self.scratch.pending.clear();
    }
}

/// Leaves on a list the places whose bit is set; the first word of the bits is word `from` of the strip.
#[inline(always)]
fn keep(list: &mut [u16; STRIP], found: usize, from: usize, words: &[u64]) -> usize {
    let mut kept = 0;
    for n in 0..found.min(STRIP) {
        let place = list[n];
        list[kept] = place;
        let word = words.get(usize::from(place >> 6) - from).copied().unwrap_or(0);
        kept += (word >> (place & 63) & 1) as usize;
    }
    kept
}
