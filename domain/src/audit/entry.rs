//! What an entry of the log commits to besides its header: the rows that it touched, the people that it
//! showed, the values before and after.
//!
//! The header holds one digest of each, so that none can be changed, added or removed later, while the values
//! themselves can be erased.

use uuid::Uuid;

use crate::base::digest::Digest;
use crate::base::id::PersonId;

/// A resource and the revision that a change brought it to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Touch {
    /// The noun.
    pub kind: &'static str,
    /// The row.
    pub id: Uuid,
    /// Its revision after the change.
    pub revision: i64,
}

/// The digest of the rows that an entry touched: (kind, row, revision), in any order.
#[must_use]
pub fn touches_digest<'t>(touches: impl IntoIterator<Item = (&'t str, Uuid, i64)>) -> Digest {
    let mut sorted: Vec<(&str, Uuid, i64)> = touches.into_iter().collect();
    sorted.sort_unstable();
    let bytes: Vec<(&[u8], [u8; 16], [u8; 8])> = sorted
        .into_iter()
        .map(|(kind, id, revision)| (kind.as_bytes(), id.into_bytes(), revision.to_be_bytes()))
        .collect();
    Digest::of_parts(
        bytes.iter().flat_map(|(kind, id, revision)| [*kind, id.as_slice(), revision.as_slice()]),
    )
}

/// The digest of the people whom a reading showed, in any order.
#[must_use]
pub fn subjects_digest(people: &[PersonId]) -> Digest {
    let mut sorted = people.to_vec();
    sorted.sort_unstable();
    Digest::of_parts(sorted.iter().map(|person| person.0.as_bytes().as_slice()))
}

/// What stays of a value that may be erased: SHA-256 over a salt of 32 bytes and the value. Without the salt
/// nothing can be guessed from it.
#[must_use]
pub fn commitment(salt: &[u8; 32], payload: &[u8]) -> Digest {
    Digest::of(&[salt.as_slice(), payload].concat())
}

/// The digest of an entry's commitments: (whose value, commitment), in any order.
#[must_use]
pub fn commitments_digest(commitments: impl IntoIterator<Item = (Uuid, Digest)>) -> Digest {
    let mut sorted: Vec<(Uuid, Digest)> = commitments.into_iter().collect();
    sorted.sort_unstable();
    Digest::of_parts(
        sorted.iter().flat_map(|(subject, digest)| [subject.as_bytes().as_slice(), digest.0.as_slice()]),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_rows_and_people_does_not_matter_and_everything_else_does() {
        let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let one = touches_digest([("person", a, 1), ("vacancy", b, 2)]);
        assert_eq!(one, touches_digest([("vacancy", b, 2), ("person", a, 1)]));
        for other in [
            vec![("person", a, 1)],
            vec![("person", a, 2), ("vacancy", b, 2)],
            vec![("person", b, 1), ("vacancy", b, 2)],
            vec![("permit", a, 1), ("vacancy", b, 2)],
        ] {
            assert_ne!(one, touches_digest(other));
        }
        let (p, q) = (PersonId(a), PersonId(b));
        assert_eq!(subjects_digest(&[p, q]), subjects_digest(&[q, p]));
        assert_ne!(subjects_digest(&[p, q]), subjects_digest(&[p]));
    }

    #[test]
    fn a_commitment_hides_its_value_behind_the_salt() {
        assert_ne!(commitment(&[0; 32], b"x"), commitment(&[1; 32], b"x"));
        assert_ne!(commitment(&[0; 32], b"x"), commitment(&[0; 32], b"y"));
    }
}
