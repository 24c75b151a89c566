//! Codes that take the place of a second factor, each once: how they look, and how what was typed is read. The letters
//! are Crockford's thirty-two, so that nobody mistakes one for another.

/// How many a login gets at a time.
pub const COUNT: usize = 10;
/// With so many left, or fewer, it is time for new ones.
pub const FEW: u64 = 2;
/// Letters of a code: 60 bits.
pub const LETTERS: usize = 12;
/// Letters between two hyphens.
const GROUP: usize = 4;
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The code that random bytes make, as it is shown: `7QKD-0M2V-XR9T`.
#[must_use]
pub fn write(random: [u8; LETTERS]) -> String {
    let mut code = String::with_capacity(LETTERS + LETTERS / GROUP);
    for (n, byte) in random.iter().enumerate() {
        if n > 0 && n % GROUP == 0 {
            code.push('-');
        }
        let letter = ALPHABET.get(usize::from(byte % 32)).copied().unwrap_or(b'0');
        code.push(char::from(letter));
    }
    code
}

/// What was typed as it is compared: small letters, hyphens, spaces and letters that look alike make no difference.
/// `None` for what cannot be a code.
#[must_use]
pub fn fold(typed: &str) -> Option<String> {
    let mut folded = String::with_capacity(LETTERS);
    for letter in typed.chars().filter(|letter| !letter.is_whitespace() && *letter != '-') {
        let letter = match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let known = u8::try_from(letter).is_ok_and(|byte| ALPHABET.contains(&byte));
        if !known || folded.len() == LETTERS {
            return None;
        }
        folded.push(letter);
    }
    (folded.len() == LETTERS).then_some(folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_was_written_however_it_is_typed() {
        let code = write([0, 31, 32, 255, 1, 2, 3, 4, 10, 18, 20, 22]);
        assert_eq!(code, "0Z0Z-1234-AJMP");
        assert_eq!(fold(&code).as_deref(), Some("0Z0Z1234AJMP"));
        assert_eq!(fold(" oz0z i234 ajmp ").as_deref(), Some("0Z0Z1234AJMP"));
    }

    #[test]
    fn what_cannot_be_a_code_is_none() {
        for typed in ["", "123456", "0Z0Z-1234-AJM", "0Z0Z-1234-AJMPQ", "0Z0Z-1234-AJM!", "0Z0Z-1234-AJMU"] {
            assert_eq!(fold(typed), None, "{typed}");
        }
    }
}
