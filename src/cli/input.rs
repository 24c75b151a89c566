//! Files that a command is given: read as far as they may be long.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use super::output::Failure;
use crate::words::Words;

/// The bytes of a file, or of standard input for `-`; one that is longer is cut just past the limit, so that its reader
/// says so.
///
/// # Errors
/// [`Failure`] with the file and why it cannot be read.
pub fn read(words: Words, file: &Path, bytes_max: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        io::stdin().take(bytes_max + 1).read_to_end(&mut bytes)
    } else {
        File::open(file).and_then(|open| open.take(bytes_max + 1).read_to_end(&mut bytes))
    };
    match read {
        Ok(_) => Ok(bytes),
        Err(error) => Err(unreadable(words, file, &error)),
    }
}

/// A file as text; one that is longer is cut just past the limit, so that its reader says so.
///
/// # Errors
/// As [`read`]; also for what is not UTF-8.
pub fn read_text(words: Words, file: &Path, bytes_max: u64) -> Result<String, Failure> {
    let bytes = read(words, file, bytes_max)?;
    String::from_utf8(bytes)
        .map_err(|error| unreadable(words, file, &io::Error::new(io::ErrorKind::InvalidData, error)))
}

/// That a file or a folder cannot be read, and why.
#[must_use]
pub fn unreadable(words: Words, file: &Path, error: &io::Error) -> Failure {
    let args = [("file", file.display().to_string().into()), ("detail", error.to_string().into())];
    Failure::new(words.ta("quota-file-unreadable", &args))
}
