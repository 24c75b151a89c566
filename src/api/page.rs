//! Pages of lists on the wire: `limit` and an opaque `cursor`.

use uuid::Uuid;

use crate::service::page::{LIMIT_DEFAULT, LIMIT_MAX, Page, PageRequest};
use crate::service::{Error, Field};
use crate::words::Arg;

/// Reads `limit` and `cursor`.
///
/// # Errors
/// [`Error::Invalid`].
pub fn request(limit: Option<u64>, cursor: Option<&str>) -> Result<PageRequest, Error> {
    let limit = limit.unwrap_or(LIMIT_DEFAULT);
    let mut problems = Vec::new();
    if !(1..=LIMIT_MAX).contains(&limit) {
        let max = Arg::Int(i64::try_from(LIMIT_MAX).unwrap_or(i64::MAX));
        problems.push(Field::new("limit", "limit_out_of_range").with("max", max));
    }
    let after = cursor.map(Uuid::try_parse).transpose();
    if after.is_err() {
        problems.push(Field::new("cursor", "bad_cursor"));
    }
    match after {
        Ok(after) if problems.is_empty() => Ok(PageRequest { limit, after }),
        _ => Err(Error::Invalid(problems)),
    }
}

/// The cursor of the next page.
pub fn cursor<T>(page: &Page<T>) -> Option<String> {
    page.next.map(|id| id.simple().to_string())
}
