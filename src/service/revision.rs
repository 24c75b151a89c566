//! Which revision of a row the caller saw before asking for a change.

use super::Error;

/// What the caller says about the row's revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Nothing: the row is judged as it is found.
    Whatever,
    /// It is one of these; none fits no row.
    OneOf(Vec<i64>),
}

impl Seen {
    /// The row at one revision.
    #[must_use]
    pub fn at(revision: i64) -> Self {
        Self::OneOf(vec![revision])
    }

    /// Compares with the row as it was found in the transaction that changes it.
    ///
    /// # Errors
    /// [`Error::Stale`].
    pub fn check(&self, revision: i64) -> Result<(), Error> {
        match self {
            Self::OneOf(seen) if !seen.contains(&revision) => Err(Error::Stale),
            Self::OneOf(_) | Self::Whatever => Ok(()),
        }
    }
}
