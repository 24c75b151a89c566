//! Text from outside: length, control characters, the folded key that searches and sorts use.

use super::error::Field;
use crate::words::Arg;

/// The longest name or title, in characters.
pub const NAME_CHARS_MAX: usize = 120;
/// The longest reference, in characters.
pub const REFERENCE_CHARS_MAX: usize = 40;

/// Checks a text and trims it. NUL and control characters are refused here: PostgreSQL cannot store the
/// first, and no name has the others.
pub fn clean(problems: &mut Vec<Field>, pointer: &str, text: &str, chars_max: usize) -> String {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        problems.push(Field::new(pointer, "required"));
    } else if trimmed.chars().count() > chars_max {
        let max = Arg::Int(i64::try_from(chars_max).unwrap_or(i64::MAX));
        problems.push(Field::new(pointer, "too_long").with("max", max));
    } else if trimmed.chars().any(char::is_control) {
        problems.push(Field::new(pointer, "control_character"));
    }
    trimmed.to_owned()
}

/// The key by which a name is found: lower case, single spaces.
#[must_use]
pub fn search_key(name: &str) -> String {
    name.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}
