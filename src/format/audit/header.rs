//! The header of an entry: canonical JSON (RFC 8785), pseudonymous ids only. Its bytes are the data of the
//! entry's leaf, so nothing here may change what was written before.

use serde::{Deserialize, Serialize};

/// Who did what to what, when, and digests of all that hangs on the entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// What, by the policy's name of the action.
    pub action: String,
    /// The user; absent for the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The commitments to the values before and after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Summary>,
    /// The entry's own id.
    pub id: String,
    /// For whom the actor acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// For what numbers were read in full, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// When it became known, RFC 3339 in UTC with six digits after the second.
    pub recorded_at: String,
    /// The request that it came with.
    pub request_id: String,
    /// What it was done to.
    pub resource: Resource,
    /// The head that a backup was put back to, in the first entry under a new name of the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored: Option<Restored>,
    /// In which roles, as codes.
    pub role: String,
    /// SHA-256 of the rules and profiles by which it was decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// The people whom a reading showed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subjects: Option<Summary>,
    /// The rows that were touched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub touches: Option<Summary>,
    /// The civil day for which it holds.
    pub valid_on: String,
}

/// How many, and the digest of all of them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// How many.
    pub count: u64,
    /// 64 hexadecimal digits.
    pub sha256: String,
}

/// A row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// Which one.
    pub id: String,
    /// The noun.
    pub kind: String,
    /// The revision that it was brought to, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<i64>,
}

/// The log before a backup was put back.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Restored {
    /// The size that a checkpoint outside of the database had reached, where one is known: what lies between is
    /// lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_size: Option<u64>,
    /// Its name.
    pub origin: String,
    /// Its root at that size.
    pub root: String,
    /// How many entries it has.
    pub size: u64,
}

/// Bytes that are no header of this version.
#[derive(Debug, thiserror::Error)]
#[error("no header of an entry: {0}")]
pub struct Unreadable(#[from] serde_json::Error);

impl Header {
    /// Canonical JSON.
    ///
    /// # Errors
    /// [`Unreadable`], which these types never give.
    pub fn to_canonical(&self) -> Result<String, Unreadable> {
        Ok(serde_json_canonicalizer::to_string(self)?)
    }

    /// Reads a header.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        Ok(serde_json::from_str(text)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_the_same_bytes_for_the_same_facts_and_comes_back() {
        let header = Header {
            action: "manage_vacancy".to_owned(),
            id: "e".to_owned(),
            recorded_at: "2026-11-24T01:12:07.000000Z".to_owned(),
            request_id: "r".to_owned(),
            resource: Resource { id: "v".to_owned(), kind: "vacancy".to_owned(), revision: Some(2) },
            role: "factory_hr".to_owned(),
            touches: Some(Summary { count: 1, sha256: "00".to_owned() }),
            valid_on: "2026-11-24".to_owned(),
            ..Header::default()
        };
        let text = header.to_canonical().unwrap();
        assert_eq!(
            text,
            r#"{"action":"manage_vacancy","id":"e","recorded_at":"2026-11-24T01:12:07.000000Z","request_id":"r","resource":{"id":"v","kind":"vacancy","revision":2},"role":"factory_hr","touches":{"count":1,"sha256":"00"},"valid_on":"2026-11-24"}"#
        );
        assert_eq!(Header::parse(&text).unwrap(), header);
        assert!(Header::parse(&text.replace("\"role\"", "\"roll\"")).is_err());
    }
}
