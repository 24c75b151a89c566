//! The people and vacancies of the race, from a seed. It knows no engine.

use ballast_domain::matching::catalogue::entry::{Entry, Id};
use ballast_domain::matching::catalogue::question::{Question, Tie, Wanted};

/// How many skills there are.
pub const SKILLS: usize = 500;
/// How many of them a person has.
pub const SKILLS_EACH: usize = 8;
/// How many regions there are.
pub const REGIONS: usize = 64;
/// The weights of a vacancy's skills.
const WEIGHTS: [u32; 6] = [30, 25, 15, 12, 10, 8];

/// SplitMix64: small, seeded, the same on every machine.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }

    fn pick(&mut self, cumulative: &[f64]) -> usize {
        let at = self.unit() * cumulative.last().unwrap();
        cumulative.partition_point(|c| *c <= at).min(cumulative.len() - 1)
    }
}

fn cumulative(weights: impl Iterator<Item = f64>) -> Vec<f64> {
    weights
        .scan(0.0, |sum, w| {
            *sum += w;
            Some(*sum)
        })
        .collect()
}

/// A kind of question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 8 of 64 regions, 2 essential skills.
    A,
    /// Everywhere, 2 essential skills.
    B,
    /// Everywhere, 1 essential skill.
    C,
}

/// Draws people and questions.
pub struct Workload {
    random: Random,
    skills: Vec<f64>,
    levels: Vec<f64>,
    regions: Vec<f64>,
    classes: Vec<f64>,
}

impl Workload {
    pub fn new(seed: u64) -> Self {
        Self {
            random: Random(seed),
            skills: cumulative((1..=SKILLS).map(|k| (k as f64).powf(-0.9))),
            levels: cumulative([0.30, 0.30, 0.20, 0.13, 0.07].into_iter()),
            regions: cumulative((1..=REGIONS).map(|r| 1.0 / (r as f64).sqrt())),
            classes: cumulative([0.70, 0.15, 0.10, 0.05].into_iter()),
        }
    }

    fn distinct(&mut self, count: usize) -> Vec<u16> {
        let mut drawn = Vec::with_capacity(count);
        while drawn.len() < count {
            let skill = self.random.pick(&self.skills) as u16;
            if !drawn.contains(&skill) {
                drawn.push(skill);
            }
        }
        drawn
    }

    /// clamp(3000 + Gamma(4, 500), 2500, 12000).
    fn wage(&mut self) -> u16 {
        let product: f64 = (0..4).map(|_| 1.0 - self.random.unit()).product();
        (3000.0 - 500.0 * product.ln()).clamp(2500.0, 12_000.0) as u16
    }

    pub fn person(&mut self, id: Id) -> Entry {
        let drawn = self.distinct(SKILLS_EACH);
        let skills: Vec<(u16, u8)> =
            drawn.into_iter().map(|skill| (skill, 1 + self.random.pick(&self.levels) as u8)).collect();
        let class = self.random.pick(&self.classes) as u8;
        let region = self.random.pick(&self.regions) as u8;
        let wage = self.wage();
        Entry::new(id, class, region, wage, &skills).expect("what is drawn fits")
    }

    pub fn question(&mut self, kind: Kind, tie: Tie) -> Question {
        let essentials = if kind == Kind::C { 1 } else { 2 };
        let drawn = self.distinct(WEIGHTS.len());
        let wanted = drawn
            .into_iter()
            .zip(WEIGHTS)
            .enumerate()
            .map(|(n, (skill, weight))| {
                let need = 2 + self.random.below(3) as u8;
                let floor = if n < essentials { (1 + self.random.below(3) as u8).min(need) } else { 0 };
                Wanted { skill, need, floor, weight }
            })
            .collect();
        let mut regions = if kind == Kind::A { 0u64 } else { u64::MAX };
        while regions.count_ones() < 8 {
            regions |= 1 << self.random.below(REGIONS);
        }
        let offer = 3500 + self.random.below(3000) as u16;
        Question::new(wanted, regions, offer, tie).expect("what is drawn can be asked")
    }
}

/// The id of person n: the number itself, so that ties by id are ties by number in every engine.
pub fn id(n: u32) -> Id {
    Id::from(n)
}
