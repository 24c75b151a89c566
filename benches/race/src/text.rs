//! The same people in tantivy: filters by terms, the score from a fast field by a table.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use ballast_domain::matching::catalogue::entry::Entry;
use ballast_domain::matching::catalogue::question::{CLASS_POINTS, Question, Ranked};
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, Schema};
use tantivy::{DocId, Index, Score, Searcher, SegmentReader, TantivyDocument, Term};

use crate::engine::{at_least, order, ranked, region_token};
use crate::workload::REGIONS;

/// Where the number of essentials held stands in a sum of the table.
const SHIFT: u32 = 24;

/// An index in memory.
pub struct Text {
    searcher: Searcher,
    token: Field,
}

impl Text {
    /// Indexes everybody into one segment; documents are in the order of the entries.
    pub fn build(entries: &[Entry], seed: Option<[u8; 16]>) -> Self {
        let mut schema = Schema::builder();
        let token = schema.add_u64_field("token", INDEXED);
        let row = schema.add_u64_field("row", FAST);
        let rest = schema.add_u64_field("rest", FAST);
        let id = schema.add_u64_field("id", FAST);
        let tie = schema.add_i64_field("tie", FAST);
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, 2_000_000_000).unwrap();
        for entry in entries {
            let mut document = TantivyDocument::default();
            document.add_u64(token, region_token(usize::from(entry.region)));
            for (skill, level) in entry.skills.skills() {
                (1..=level).for_each(|level| document.add_u64(token, at_least(skill, level)));
                document.add_u64(row, at_least(skill, level));
            }
            document.add_u64(rest, u64::from(entry.class) << 16 | u64::from(entry.wage));
            document.add_u64(id, entry.id as u64);
            document.add_i64(tie, order(entry.id, seed));
            writer.add_document(document).unwrap();
        }
        writer.commit().unwrap();
        let segments = index.searchable_segment_ids().unwrap();
        if segments.len() > 1 {
            writer.merge(&segments).wait().unwrap();
        }
        writer.wait_merging_threads().unwrap();
        let searcher = index.reader().unwrap().searcher();
        assert_eq!(searcher.segment_readers().len(), 1, "one segment");
        Self { searcher, token }
    }

    /// How many bytes the index takes.
    pub fn bytes(&self) -> u64 {
        self.searcher.space_usage().unwrap().total().get_bytes()
    }

    /// Asks.
    pub fn ask(&self, question: &Question) -> Vec<Ranked> {
        let term = |token: u64| -> Box<dyn Query> {
            Box::new(TermQuery::new(Term::from_field_u64(self.token, token), IndexRecordOption::Basic))
        };
        let essentials = question.wanted().iter().filter(|one| one.floor > 0);
        let mut must: Vec<(Occur, Box<dyn Query>)> =
            essentials.map(|one| (Occur::Must, term(at_least(one.skill, one.floor)))).collect();
        if !question.asks_everywhere() {
            let regions = (0..REGIONS).filter(|region| question.asks_for(*region));
            let any = regions.map(|region| (Occur::Should, term(region_token(region)))).collect();
            must.push((Occur::Must, Box::new(BooleanQuery::new(any))));
        }
        self.searcher.search(&BooleanQuery::new(must), &Best(Arc::new(Table::new(question)))).unwrap()
    }
}

struct Table {
    question: Question,
    points: [u32; 4096],
    essentials: u32,
}

impl Table {
    fn new(question: &Question) -> Self {
        let (mut points, mut essentials) = ([0; 4096], 0);
        for one in question.wanted() {
            essentials += u32::from(one.floor > 0);
            for level in 1..=7 {
                let enough = u32::from(one.floor > 0 && level >= one.floor) << SHIFT;
                points[at_least(one.skill, level) as usize] = enough | one.points(level);
            }
        }
        Self { question: question.clone(), points, essentials }
    }
}

struct Best(Arc<Table>);

type Place = (Reverse<i32>, i64, u64);

struct BestOfSegment {
    table: Arc<Table>,
    row: Column<u64>,
    rest: Column<u64>,
    id: Column<u64>,
    tie: Column<i64>,
    heap: BinaryHeap<(Place, DocId)>,
    enters: i32,
}

impl Collector for Best {
    type Fruit = Vec<Ranked>;
    type Child = BestOfSegment;

    fn for_segment(&self, _: u32, segment: &SegmentReader) -> tantivy::Result<BestOfSegment> {
        let fields = segment.fast_fields();
        Ok(BestOfSegment {
            table: Arc::clone(&self.0),
            row: fields.u64("row")?,
            rest: fields.u64("rest")?,
            id: fields.u64("id")?,
            tie: fields.i64("tie")?,
            heap: BinaryHeap::with_capacity(21),
            enters: i32::MIN,
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Vec<Ranked>>) -> tantivy::Result<Vec<Ranked>> {
        Ok(segments.into_iter().next().unwrap_or_default())
    }
}

impl SegmentCollector for BestOfSegment {
    type Fruit = Vec<Ranked>;

    fn collect(&mut self, document: DocId, _: Score) {
        let sum: u32 =
            self.row.values_for_doc(document).map(|code| self.table.points[code as usize & 4095]).sum();
        if sum >> SHIFT != self.table.essentials {
            return;
        }
        let rest = self.rest.first(document).unwrap_or(0);
        let (class, wage, offer) =
            ((rest >> 16) as i32, (rest & 0xffff) as i32, self.table.question.offer() as i32);
        let score = (sum & ((1 << SHIFT) - 1)) as i32 + CLASS_POINTS * class - 2 * (wage - offer).max(0);
        if wage * 5 > offer * 6 || score < self.enters {
            return;
        }
        let place =
            (Reverse(score), self.tie.first(document).unwrap_or(0), self.id.first(document).unwrap_or(0));
        if self.heap.len() < 20 {
            self.heap.push((place, document));
        } else if let Some(mut worst) = self.heap.peek_mut()
            && place < worst.0
        {
            *worst = (place, document);
        }
        if self.heap.len() == 20 {
            self.enters = self.heap.peek().map_or(i32::MIN, |worst| worst.0.0.0);
        }
    }

    fn harvest(self) -> Vec<Ranked> {
        let question = &self.table.question;
        self.heap
            .into_sorted_vec()
            .into_iter()
            .map(|((Reverse(score), _, id), document)| {
                let rest = self.rest.first(document).unwrap_or(0);
                let codes: Vec<u64> = self.row.values_for_doc(document).collect();
                let level = |n: usize| {
                    let skill = u64::from(question.wanted()[n].skill);
                    codes.iter().find(|code| *code >> 3 == skill).map_or(0, |code| (code & 7) as u8)
                };
                ranked(question, u128::from(id), score, (rest >> 16) as u8, (rest & 0xffff) as u16, level)
            })
            .collect()
    }
}
