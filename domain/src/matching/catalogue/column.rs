//! People in columns, unchanging: cells by class and region, a packed row each, and for every skill either
//! bitmaps of "at least this level" or a list of who has it.
//!
//! Slots are numbered through the cells, the highest class first, by id within a cell. A cell begins at a new
//! word of bits, a class at a new strip of [`STRIP`] slots; the slots between are empty.

use super::entry::{CLASSES, Entry, Id, Misfit, REGIONS, Row, SKILLS_MAX};
use super::kernel::{STRIP, STRIP_WORDS};

/// How many bitmaps a dense skill has: at least level 1, 2, 3, 4. A higher level asks the last one, which
/// holds more people than needed and never fewer.
pub(super) const PLANES: usize = 4;
/// A skill is dense when at least one in so many has it.
const DENSE: usize = 32;
/// The most people of one catalogue.
const PEOPLE_MAX: usize = 1 << 30;
/// All cells.
const CELLS: usize = CLASSES * REGIONS;

/// A stretch of slots of one class and region.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cell {
    /// The first slot, the first of a word.
    pub start: usize,
    /// How many people.
    pub len: usize,
}

/// Where a skill is found.
#[derive(Clone, Copy, Debug)]
pub(super) enum Skill<'a> {
    /// Bitmaps, one after the other, each over all slots.
    Dense(&'a [u64]),
    /// For each strip the end of its part of the list; then the list: place in the strip × 8 + level.
    Sparse(&'a [u32], &'a [u16]),
}

/// People in columns.
#[derive(Debug)]
pub(super) struct Columns {
    cells: Vec<Cell>,
    /// Of each class, the lowest first: its strips.
    strips: [(usize, usize); CLASSES],
    words: usize,
    ids: Vec<Id>,
    wages: Vec<u16>,
    rows: Vec<Row>,
    /// Of each skill: which of the dense it is.
    dense: Vec<Option<u16>>,
    planes: Vec<u64>,
    /// (strips + 1) for each skill, into the postings; a dense skill's part is empty.
    ends: Vec<u32>,
    postings: Vec<u16>,
}

impl Columns {
    /// Puts entries into columns. They have to be in the order of (cell, id), each id once.
    ///
    /// # Errors
    /// [`Misfit::TooManyPeople`].
    pub fn build(entries: &[Entry]) -> Result<Self, Misfit> {
        debug_assert!(entries.is_sorted_by_key(|entry| (entry.cell(), entry.id)));
        if entries.len() > PEOPLE_MAX {
            return Err(Misfit::TooManyPeople(entries.len()));
        }
        let (cells, strips, slots) = lay_out(entries);
        let words = slots / 64;
        let mut ids = vec![0; slots];
        let mut wages = vec![0; slots];
        let mut rows = vec![Row::EMPTY; slots];
        let mut held = vec![0usize; usize::from(SKILLS_MAX)];
        let mut slot_of = Vec::with_capacity(entries.len());
        let mut at = 0;
        for cell in &cells {
            for (entry, slot) in entries[at..at + cell.len].iter().zip(cell.start..) {
                ids[slot] = entry.id;
                wages[slot] = entry.wage;
                rows[slot] = entry.skills;
                slot_of.push(slot as u32);
                entry.skills.skills().for_each(|(skill, _)| held[usize::from(skill)] += 1);
            }
            at += cell.len;
        }
        let mut count = 0;
        let dense: Vec<Option<u16>> = held
            .iter()
            .map(|held| {
                let dense = *held > 0 && held * DENSE >= entries.len();
                dense.then(|| {
                    count += 1;
                    count - 1
                })
            })
            .collect();
        let mut planes = vec![0u64; usize::from(count) * PLANES * words];
        let wide = slots / STRIP + 1;
        let mut ends = vec![0u32; usize::from(SKILLS_MAX) * wide];
        for (entry, slot) in entries.iter().zip(&slot_of) {
            let slot = *slot as usize;
            for (skill, level) in entry.skills.skills() {
                let skill = usize::from(skill);
                match dense[skill] {
                    Some(n) => {
                        for plane in 0..PLANES.min(usize::from(level)) {
                            let word = (usize::from(n) * PLANES + plane) * words + slot / 64;
                            planes[word] |= 1 << (slot % 64);
                        }
                    }
                    None => ends[skill * wide + slot / STRIP + 1] += 1,
                }
            }
        }
        // Counts become ends: each skill's first figure is where its part begins.
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum;
        }
        let mut next = ends.clone();
        let mut postings = vec![0u16; sum as usize];
        for (entry, slot) in entries.iter().zip(&slot_of) {
            let slot = *slot as usize;
            for (skill, level) in entry.skills.skills() {
                if dense[usize::from(skill)].is_none() {
                    let to = &mut next[usize::from(skill) * wide + slot / STRIP];
                    postings[*to as usize] = ((slot % STRIP) << 3) as u16 | u16::from(level);
                    *to += 1;
                }
            }
        }
        Ok(Self { cells, strips, words, ids, wages, rows, dense, planes, ends, postings })
    }

    /// The cells that a question asks for, of one class, as ranges of words; neighbours are one range.
    pub fn ranges(&self, class: usize, asked: impl Fn(usize) -> bool) -> Vec<(usize, usize)> {
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        for region in (0..REGIONS).filter(|region| asked(*region)) {
            let cell = self.cells[(CLASSES - 1 - class) * REGIONS + region];
            let (from, to) = (cell.start / 64, (cell.start + cell.len).div_ceil(64));
            match ranges.last_mut() {
                Some(last) if last.1 == from => last.1 = to,
                _ if from < to => ranges.push((from, to)),
                _ => {}
            }
        }
        ranges
    }

    /// The strips of a class, from and to.
    pub fn strips(&self, class: usize) -> (usize, usize) {
        self.strips[class]
    }

    /// Where a skill is found.
    pub fn skill(&self, skill: u16) -> Skill<'_> {
        let skill = usize::from(skill);
        match self.dense[skill] {
            Some(n) => {
                let size = PLANES * self.words;
                Skill::Dense(&self.planes[usize::from(n) * size..][..size])
            }
            None => {
                let wide = self.words / STRIP_WORDS + 1;
                Skill::Sparse(&self.ends[skill * wide..][..wide], &self.postings)
            }
        }
    }

    /// How many words of bits there are over all slots.
    pub fn words(&self) -> usize {
        self.words
    }

    /// The rows and wages of all slots.
    pub fn rows(&self) -> (&[Row], &[u16]) {
        (&self.rows, &self.wages)
    }

    /// Who is in a slot.
    pub fn id(&self, slot: usize) -> Id {
        self.ids[slot]
    }

    /// Where somebody is, looked for in every cell.
    pub fn find(&self, id: Id) -> Option<usize> {
        self.cells.iter().find_map(|cell| {
            let at = self.ids[cell.start..cell.start + cell.len].binary_search(&id).ok()?;
            Some(cell.start + at)
        })
    }

    /// Everybody, in order, with their slots.
    pub fn entries(&self) -> impl Iterator<Item = (usize, Entry)> {
        self.cells.iter().enumerate().flat_map(move |(cell, at)| {
            let class = (CLASSES - 1 - cell / REGIONS) as u8;
            let region = (cell % REGIONS) as u8;
            (at.start..at.start + at.len).map(move |slot| {
                let (id, wage, skills) = (self.ids[slot], self.wages[slot], self.rows[slot]);
                (slot, Entry { id, class, region, wage, skills })
            })
        })
    }

    /// How many bytes all of it takes.
    pub fn bytes(&self) -> usize {
        fn of<T>(list: &Vec<T>) -> usize {
            list.capacity() * size_of::<T>()
        }
        of(&self.cells)
            + of(&self.ids)
            + of(&self.wages)
            + of(&self.rows)
            + of(&self.dense)
            + of(&self.planes)
            + of(&self.ends)
            + of(&self.postings)
    }
}

/// Gives every cell its slots: (cells, strips of each class, number of slots).
fn lay_out(entries: &[Entry]) -> (Vec<Cell>, [(usize, usize); CLASSES], usize) {
    let mut cells = vec![Cell::default(); CELLS];
    entries.iter().for_each(|entry| cells[entry.cell()].len += 1);
    let mut strips = [(0, 0); CLASSES];
    let mut slots = 0usize;
    for (n, of_class) in cells.chunks_mut(REGIONS).enumerate() {
        let first = slots / STRIP;
        for cell in of_class {
            cell.start = slots;
            slots += cell.len.next_multiple_of(64);
        }
        slots = slots.next_multiple_of(STRIP);
        strips[CLASSES - 1 - n] = (first, slots / STRIP);
    }
    (cells, strips, slots)
}
