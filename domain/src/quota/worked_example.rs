//! A pack's worked examples, run: a pack that does not give its own examples is not used.

use super::evaluate::evaluate;
use super::pack::Pack;

/// An answer that an example expects and the pack does not give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The example.
    pub example: String,
    /// The figure.
    pub figure: String,
    /// What the example expects.
    pub expected: String,
    /// What the pack gives; none where it gives no such figure.
    pub found: Option<String>,
}

/// What became of a pack's examples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many examples there are.
    pub examples: usize,
    /// How many answers were compared.
    pub compared: usize,
    /// Those that differ.
    pub mismatches: Vec<Mismatch>,
}

/// Runs every example of a pack. One that expects nothing is a mismatch by itself.
#[must_use]
pub fn run(pack: &Pack) -> Report {
    let mut report = Report { examples: pack.examples.len(), ..Report::default() };
    for example in &pack.examples {
        let figures = evaluate(pack, &example.facts, example.on).map(|found| found.figures);
        let figures = figures.unwrap_or_default();
        let mut mismatch = |figure: &str, expected: &str, found: Option<String>| {
            report.mismatches.push(Mismatch {
                example: example.id.clone(),
                figure: figure.to_owned(),
                expected: expected.to_owned(),
                found,
            });
        };
        if example.expect.is_empty() {
            mismatch("*", "", None);
        }
        for (name, expected) in &example.expect {
            let found = figures.iter().find(|figure| figure.name() == *name).map(|f| f.answer.plain());
            if found.as_ref() != Some(expected) {
                mismatch(name, expected, found);
            }
        }
        report.compared += example.expect.len();
    }
    report
}
