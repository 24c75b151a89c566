//! A pack's worked examples, run: a pack that does not give its own examples is not used.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::check::Check;
use super::clearance::Act;
use super::pack::Pack;
use super::screen::{Question, judge};
use crate::base::digest::Digest;
use crate::base::id::PermitId;

/// A verdict that an example expects and the pack does not give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The example.
    pub example: String,
    /// The check; none where the example expects nothing at all.
    pub check: Option<Check>,
    /// What the example expects.
    pub expected: String,
    /// What the pack gives.
    pub found: String,
}

/// Runs every example of a pack.
#[must_use]
pub fn run(pack: &Pack) -> Vec<Mismatch> {
    let mut mismatches = Vec::new();
    for example in &pack.examples {
        let question = Question {
            act: Act::Approval,
            permit: PermitId(Uuid::nil()),
            version: 1,
            on: example.on,
            pack: Digest::of(pack.version.as_bytes()),
            list: Digest::of(b""),
            stated: BTreeMap::new(),
        };
        let judgement = judge(&question, pack, &example.facts);
        let mut mismatch = |check, expected: &str, found: String| {
            let expected = expected.to_owned();
            mismatches.push(Mismatch { example: example.id.clone(), check, expected, found });
        };
        if example.expect.is_empty() {
            mismatch(None, "", String::new());
        }
        for (check, expected) in &example.expect {
            let found = judgement.findings.iter().find(|finding| finding.check == *check);
            let found = found.map(super::finding::Finding::plain).unwrap_or_default();
            if found != *expected {
                mismatch(Some(*check), expected, found);
            }
        }
    }
    mismatches
}
