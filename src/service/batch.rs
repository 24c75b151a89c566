//! Many of a kind at once: the same use case for one row of the API and for ten thousand of an import.
//!
//! All or nothing. A problem's pointer begins with the row's number from 0, `/16/birth_date`.

use super::{Error, Field, Refusal};
use crate::store::Tx;
use crate::words::Arg;

/// The most rows of one batch.
pub const ROWS_MAX: usize = 10_000;

/// Whether a batch is kept, or only tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Tried against the database and taken back.
    Validate,
    /// Kept.
    Commit,
}

/// Refuses an empty or too long batch.
///
/// # Errors
/// [`Error::Invalid`].
pub fn check_size(rows: usize) -> Result<(), Error> {
    let max = Arg::Int(i64::try_from(ROWS_MAX).unwrap_or(i64::MAX));
    match rows {
        0 => Err(Error::field("", "no_rows")),
        n if n > ROWS_MAX => Err(Error::Invalid(vec![Field::new("", "too_many_rows").with("max", max)])),
        _ => Ok(()),
    }
}

/// Keeps a batch's transaction or takes it back: a trial goes all the way to the database.
///
/// # Errors
/// What the database says.
pub async fn finish(tx: Tx, mode: Mode) -> Result<(), Error> {
    match mode {
        Mode::Commit => tx.commit().await?,
        Mode::Validate => tx.rollback().await?,
    }
    Ok(())
}

/// Moves the problems of a batch to where a body keeps it: `/0/code` is `/items/0/code`.
#[must_use]
pub fn of_items(error: Error) -> Error {
    match error {
        Error::Invalid(fields) => Error::Invalid(
            fields
                .into_iter()
                .map(|field| Field { pointer: format!("/items{}", field.pointer), ..field })
                .collect(),
        ),
        error => error,
    }
}

/// Moves the problems of a batch of one to where a single body has its fields: `/0/name` is `/name`.
#[must_use]
pub fn of_one(error: Error) -> Error {
    match error {
        Error::Invalid(fields) => Error::Invalid(
            fields
                .into_iter()
                .map(|field| Field {
                    pointer: field.pointer.strip_prefix("/0").unwrap_or(&field.pointer).to_owned(),
                    ..field
                })
                .collect(),
        ),
        error => error,
    }
}

/// The problems of a batch as an error, if there are any. What only a rule refuses is wrong with one row of
/// many; to a batch of one it is the answer itself. Problems are told in the order of the rows.
///
/// # Errors
/// [`Error::Refused`] for one row whose problems are all among the `refusals`; else [`Error::Invalid`].
pub fn settle(rows: usize, mut problems: Vec<Field>, refusals: &[&str]) -> Result<(), Error> {
    if rows == 1
        && problems.iter().all(|problem| refusals.contains(&problem.code))
        && let Some(first) = problems.first()
    {
        return Err(Error::Refused(Refusal { code: first.code, args: first.args.clone() }));
    }
    problems.sort_by_key(|problem| row_of(&problem.pointer));
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// The row's number at the beginning of a pointer.
fn row_of(pointer: &str) -> Option<usize> {
    pointer.split('/').nth(1)?.parse().ok()
}

/// The same for a batch of one of which a part was in the address: what is not there under an address is not
/// found, and no wrong field of the body. What else is wrong with it is about the request as a whole.
#[must_use]
pub fn of_address(error: Error, pointer: &str, code: &str) -> Error {
    match of_one(error) {
        Error::Invalid(fields) if fields.iter().any(|f| f.pointer == pointer && f.code == code) => {
            Error::NotFound
        }
        Error::Invalid(fields) => {
            let whole = |field: Field| match field.pointer == pointer {
                true => Field { pointer: String::new(), ..field },
                false => field,
            };
            Error::Invalid(fields.into_iter().map(whole).collect())
        }
        error => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_the_address_is_not_told_of_a_field_of_the_body() {
        let wrong = |fields: &[(&str, &'static str)]| {
            Error::Invalid(fields.iter().map(|(pointer, code)| Field::new(*pointer, code)).collect())
        };
        let told = |error| match of_address(error, "/class", "unknown_class") {
            Error::Invalid(fields) => fields.into_iter().map(|field| (field.pointer, field.code)).collect(),
            _ => Vec::new(),
        };
        let both = wrong(&[("/0/person", "unknown_person"), ("/0/class", "class_over")]);
        let expected = [("/person", "unknown_person"), ("", "class_over")];
        assert_eq!(told(both), expected.map(|(pointer, code)| (pointer.to_owned(), code)));
        let missing = wrong(&[("/0/person", "unknown_person"), ("/0/class", "unknown_class")]);
        assert!(matches!(of_address(missing, "/class", "unknown_class"), Error::NotFound));
    }
}
