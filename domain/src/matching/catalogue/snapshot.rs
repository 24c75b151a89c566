//! What readers hold while changes go on.
//!
//! A [`Catalogue`] is cheap to copy and never changes for who holds a copy: big columns are shared, people who
//! changed since stand beside them in a short list, and a bit says of each slot whether who was there is gone. From
//! time to time all is folded into new columns, on whatever thread; [`Keeper`] takes down what changes meanwhile.

use std::sync::Arc;

use super::column::Columns;
use super::entry::{Entry, Id, Misfit};
use super::kernel::Instructions;
use super::question::{Question, Ranked};
use super::search::{Scratch, search};

/// People of one chunk of the late.
const CHUNK: usize = 128;
/// People who may come late before it is time to fold: looking at each of them costs about a nanosecond.
pub const LATE_MAX: usize = 4096;

/// A change of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The person is now so, be they new or not.
    Put(Entry),
    /// The person is no more.
    Remove(Id),
}

/// Some of those who came since the columns were built.
#[derive(Clone, Debug, Default)]
struct Late {
    entries: Vec<Entry>,
    /// Of each: a bit for each skill, by its number modulo 64.
    marks: Vec<u64>,
}

/// Everybody, as known at one moment.
#[derive(Clone, Debug)]
pub struct Catalogue {
    columns: Arc<Columns>,
    /// A bit for each slot whose person has changed or gone since.
    dead: Arc<Vec<u64>>,
    gone: usize,
    late: Vec<Arc<Late>>,
    late_people: usize,
    people: usize,
}

impl Catalogue {
    /// Puts people into columns. Of two entries with one id the later one counts.
    ///
    /// # Errors
    /// [`Misfit::TooManyPeople`].
    pub fn new(entries: Vec<Entry>) -> Result<Self, Misfit> {
        let mut entries: Vec<(usize, Entry)> = entries.into_iter().enumerate().collect();
        entries.sort_unstable_by_key(|(n, entry)| (entry.id, std::cmp::Reverse(*n)));
        entries.dedup_by_key(|(_, entry)| entry.id);
        Self::of(entries.into_iter().map(|(_, entry)| entry).collect())
    }

    /// Puts people into columns, each id being there once.
    fn of(mut entries: Vec<Entry>) -> Result<Self, Misfit> {
        entries.sort_by_key(|entry| (entry.cell(), entry.id));
        let columns = Columns::build(&entries)?;
        let dead = Arc::new(vec![0; columns.words()]);
        let people = entries.len();
        Ok(Self { columns: Arc::new(columns), dead, gone: 0, late: Vec::new(), late_people: 0, people })
    }

    /// How many people there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.people
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.people == 0
    }

    /// How many stand beside the columns.
    #[must_use]
    pub fn late(&self) -> usize {
        self.late_people
    }

    /// Whether it is time to [fold](Self::folded).
    #[must_use]
    pub fn wants_folding(&self) -> bool {
        self.late_people > LATE_MAX || self.gone > LATE_MAX.max(self.people / 8)
    }

    /// How many bytes the people take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let late = self.late.len() * CHUNK * (size_of::<Entry>() + size_of::<u64>());
        self.columns.bytes() + self.dead.capacity() * size_of::<u64>() + late
    }

    /// Makes a change. Copies that others hold stay as they were.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::Put(entry) => {
                self.remove(entry.id);
                self.add(entry);
            }
            Change::Remove(id) => self.remove(id),
        }
    }

    fn add(&mut self, entry: Entry) {
        if self.late.last().is_none_or(|chunk| chunk.entries.len() >= CHUNK) {
            self.late.push(Arc::default());
        }
        if let Some(chunk) = self.late.last_mut() {
            let chunk = Arc::make_mut(chunk);
            chunk.marks.push(mark(entry.skills.skills().map(|(skill, _)| skill)));
            chunk.entries.push(entry);
            self.late_people += 1;
            self.people += 1;
        }
    }

    fn remove(&mut self, id: Id) {
        if let Some(slot) = self.columns.find(id)
            && self.dead[slot / 64] >> (slot % 64) & 1 == 0
        {
            Arc::make_mut(&mut self.dead)[slot / 64] |= 1 << (slot % 64);
            self.gone += 1;
            self.people -= 1;
            return;
        }
        for chunk in &mut self.late {
            if let Some(at) = chunk.entries.iter().position(|entry| entry.id == id) {
                let chunk = Arc::make_mut(chunk);
                chunk.entries.swap_remove(at);
                chunk.marks.swap_remove(at);
                self.late_people -= 1;
                self.people -= 1;
                return;
            }
        }
    }

    /// Everybody, in no promised order.
    pub fn entries(&self) -> impl Iterator<Item = Entry> {
        let stays = |slot: usize| self.dead[slot / 64] >> (slot % 64) & 1 == 0;
        let built = self.columns.entries().filter(move |(slot, _)| stays(*slot)).map(|(_, entry)| entry);
        built.chain(self.late.iter().flat_map(|chunk| chunk.entries.iter().cloned()))
    }

    /// The same people, all in new columns.
    ///
    /// # Errors
    /// [`Misfit::TooManyPeople`].
    pub fn folded(&self) -> Result<Self, Misfit> {
        let mut entries = Vec::with_capacity(self.people);
        entries.extend(self.entries());
        Self::of(entries)
    }

    /// The best `top` for a question, each explained.
    #[must_use]
    pub fn search(&self, question: &Question, top: usize, scratch: &mut Scratch) -> Vec<Ranked> {
        self.search_with(question, top, Instructions::Best, scratch)
    }

    /// The same, with the instructions named.
    #[must_use]
    pub fn search_with(
        &self,
        question: &Question,
        top: usize,
        instructions: Instructions,
        scratch: &mut Scratch,
    ) -> Vec<Ranked> {
        let essential = mark(question.wanted().iter().filter(|one| one.floor > 0).map(|one| one.skill));
        let late = self.late.iter().flat_map(|chunk| {
            let marked = chunk.marks.iter().zip(&chunk.entries);
            marked.filter(|(marks, _)| *marks & essential == essential).map(|(_, entry)| entry)
        });
        search((&self.columns, &self.dead), late, question, top, instructions, scratch)
    }
}

fn mark(skills: impl Iterator<Item = u16>) -> u64 {
    skills.fold(0, |mark, skill| mark | 1 << (skill % 64))
}

/// Holds the newest [`Catalogue`], and takes down what changes while another thread folds.
#[derive(Debug)]
pub struct Keeper {
    newest: Catalogue,
    /// Changes since a fold began; none while none is under way.
    meanwhile: Option<Vec<Change>>,
}

impl Keeper {
    /// Begins with a catalogue.
    #[must_use]
    pub fn new(newest: Catalogue) -> Self {
        Self { newest, meanwhile: None }
    }

    /// The newest, for readers to copy.
    #[must_use]
    pub fn newest(&self) -> &Catalogue {
        &self.newest
    }

    /// Makes a change.
    pub fn apply(&mut self, change: Change) {
        if let Some(meanwhile) = &mut self.meanwhile {
            meanwhile.push(change.clone());
        }
        self.newest.apply(change);
    }

    /// A copy to be [folded](Catalogue::folded), if it is time and nobody is at it.
    pub fn begin(&mut self) -> Option<Catalogue> {
        if self.meanwhile.is_some() || !self.newest.wants_folding() {
            return None;
        }
        self.meanwhile = Some(Vec::new());
        Some(self.newest.clone())
    }

    /// Takes the folded one over, and makes the changes that it missed.
    pub fn finish(&mut self, folded: Catalogue) {
        let meanwhile = self.meanwhile.take().unwrap_or_default();
        self.newest = folded;
        meanwhile.into_iter().for_each(|change| self.newest.apply(change));
    }
}
