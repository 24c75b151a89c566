//! What of a number is shown to who only has to recognise it.

/// Letters and digits that stay at the end of a short number.
const SHORT_TAIL: usize = 2;
/// A number of fewer characters is short.
const LONG_FROM: usize = 8;

/// A phone number with its middle covered: `138****1234`. A short one keeps its last two characters.
#[must_use]
pub fn masked_phone(number: &str) -> String {
    masked(number, 3, 4)
}

/// A number of a person or a document with its middle covered: `2106**********0045`.
#[must_use]
pub fn masked_number(number: &str) -> String {
    masked(number, 4, 4)
}

/// The first and the last characters, the rest covered one by one. At least a third of it is covered always.
fn masked(number: &str, head: usize, tail: usize) -> String {
    let letters: Vec<char> = number.trim().chars().collect();
    let count = letters.len();
    let (head, tail) = match count {
        0..LONG_FROM => (0, SHORT_TAIL.min(count / 2)),
        _ if (head + tail) * 3 > count * 2 => (count / 4, count / 4),
        _ => (head, tail),
    };
    let shown = |n: usize| n < head || n >= count - tail;
    letters.iter().enumerate().map(|(n, letter)| if shown(n) { *letter } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_covered() {
        assert_eq!(masked_phone("13812341234"), "138****1234");
        assert_eq!(masked_number("210603199903070045"), "2106**********0045");
        assert_eq!(masked_number("N7654321"), "N7****21");
        assert_eq!(masked_phone("+86 138 1234 1234"), "+86**********1234");
    }

    #[test]
    fn of_a_short_one_little_is_left_and_of_none_nothing() {
        assert_eq!((masked_phone("110").as_str(), masked_phone("").as_str()), ("**0", ""));
        assert_eq!(masked_number("AB12345"), "*****45");
        assert_eq!(masked_phone("丹东二三四五六七八"), "丹东*****七八");
    }

    #[test]
    fn a_third_is_covered_whatever_the_length() {
        for count in 1..40 {
            let number = "7".repeat(count);
            let covered = masked_number(&number).chars().filter(|letter| *letter == '*').count();
            assert!(covered * 3 >= count, "{count}: {covered}");
        }
    }
}
