//! Use cases.

pub mod audit;
mod exchange;
mod hiring;
mod matching;
mod permit;
mod person;
mod record;
mod taxonomy;
mod training;

use ballast::service::Error;
use ballast::service::page::PageRequest;
use chrono::NaiveDate;

/// As many rows as one page has.
const ALL: PageRequest = PageRequest { limit: 200, after: None, order: None, total: false };

/// A civil date.
fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// What was refused: every wrong field with its code, or the code of the rule under `refused`.
fn refused<T: std::fmt::Debug>(answer: Result<T, Error>) -> Vec<(String, &'static str)> {
    match answer {
        Err(Error::Invalid(fields)) => fields.into_iter().map(|f| (f.pointer, f.code)).collect(),
        Err(Error::Refused(why)) => vec![("refused".to_owned(), why.code)],
        Err(Error::Duplicate(code)) => vec![("duplicate".to_owned(), code)],
        other => panic!("neither a wrong field nor a refusal: {other:?}"),
    }
}

/// What is expected of [`refused`], written shorter.
fn named<const N: usize>(expected: [(&str, &'static str); N]) -> Vec<(String, &'static str)> {
    expected.map(|(pointer, code)| (pointer.to_owned(), code)).to_vec()
}
