//! What the log gives out to be checked elsewhere: an export (JSON Lines) and the proof of one entry (JSON).
//!
//! Both stand alone: they carry the signed checkpoint that they end at and the key that it is checked with.
//! Whoever checks them compares that key with one that they got on another way.

use serde::{Deserialize, Serialize};

/// The `format` of an export's first line.
pub const EXPORT_FORMAT: &str = "ballast-log-export-1";
/// The `format` of a proof.
pub const PROOF_FORMAT: &str = "ballast-log-proof-1";

/// The first line of an export.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ExportHead {
    /// [`EXPORT_FORMAT`].
    pub format: String,
    /// The signed checkpoint at which the export ends.
    pub checkpoint: String,
    /// The key that checkpoints are checked with, as a witness is given it.
    pub key: String,
    /// Whose entries are told; absent where all are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
}

/// One leaf: an entry with all that its header commits to, or for a foreign one its hash.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ExportLeaf {
    /// The place in the log, from 0.
    pub index: u64,
    /// The leaf hash of an entry that is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// The header's bytes, as they were hashed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// (noun, row, revision) of each touched row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub touches: Vec<(String, String, i64)>,
    /// The people whom a reading showed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<String>,
    /// (subject, commitment) of the values before and after.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commitments: Vec<(String, String)>,
}

/// The proof that an entry is in the log.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// [`PROOF_FORMAT`].
    pub format: String,
    /// The signed checkpoint that the proof leads to.
    pub checkpoint: String,
    /// The key that it is checked with.
    pub key: String,
    /// The entry's place in the log, from 0.
    pub index: u64,
    /// The header's bytes, as they were hashed.
    pub header: String,
    /// SHA-256 (0x00, header).
    pub leaf_hash: String,
    /// The hashes from the leaf to the root (RFC 9162, 2.1.3).
    pub path: Vec<String>,
}
