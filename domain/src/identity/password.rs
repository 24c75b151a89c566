//! What a new password must be (NIST SP 800-63B, 5.1.1.2): long enough, and not one that is tried first. Nothing is
//! asked of its composition, and it does not expire.

/// The shortest, in characters. The standard asks for 8, and for 15 where nothing else is asked for.
pub const CHARS_MIN: usize = 12;
/// The longest, in characters: sentences fit.
pub const CHARS_MAX: usize = 128;
/// Names shorter than this are not looked for: they stand in too many words by chance.
const NAME_CHARS_MIN: usize = 4;
/// The name of the service, in which many begin.
const PRODUCT: [&str; 2] = ["ballast", "压舱石"];

/// Words that passwords are made of most often, in small letters, one a line; a list of our own making.
const COMMON: &str = include_str!("common_passwords.txt");

/// Why a password cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Fewer characters than [`CHARS_MIN`].
    TooShort,
    /// More characters than [`CHARS_MAX`].
    TooLong,
    /// Made of nothing but what is tried first: common passwords, digits, one key again and again, a row of keys.
    Common,
    /// Contains the login, or the name of the service.
    ContainsName,
}

/// What is wrong with a new password of somebody who signs in as `login`.
///
/// # Errors
/// The first [`Fault`].
pub fn check(password: &str, login: &str) -> Result<(), Fault> {
    let count = password.chars().count();
    if count < CHARS_MIN {
        return Err(Fault::TooShort);
    }
    if count > CHARS_MAX {
        return Err(Fault::TooLong);
    }
    let small = password.to_lowercase();
    let names = PRODUCT.into_iter().chain(std::iter::once(login).chain(login.split(['.', '@', '_', '-'])));
    let is_name = |name: &&str| name.chars().count() >= NAME_CHARS_MIN || PRODUCT.contains(name);
    if names.map(str::to_lowercase).any(|name| is_name(&name.as_str()) && small.contains(&name)) {
        return Err(Fault::ContainsName);
    }
    if is_common(&small) { Err(Fault::Common) } else { Ok(()) }
}

/// Whether nothing remains of a password but what everybody tries, with and without reading signs as the letters
/// that they are put for.
fn is_common(small: &str) -> bool {
    let bare: String = small.chars().filter(|c| c.is_alphabetic()).collect();
    let inner: String = small.trim_matches(|c: char| !c.is_alphabetic()).chars().map(letter).collect();
    let read: String = inner.chars().filter(|c| c.is_alphabetic()).collect();
    bare.is_empty() || few_signs(small) || [bare, read].iter().any(|letters| is_made_of_common(letters))
}

/// The letter that a sign or a digit is put for.
fn letter(sign: char) -> char {
    match sign {
        '0' => 'o',
        '1' | '!' | '|' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' | '+' => 't',
        other => other,
    }
}

/// Whether a password has so few different characters, or repeats so short a part, that it is guessed soon.
fn few_signs(small: &str) -> bool {
    let signs: Vec<char> = small.chars().collect();
    let mut different = signs.clone();
    different.sort_unstable();
    different.dedup();
    let repeats = |length: usize| signs.iter().zip(signs.iter().skip(length)).all(|(a, b)| a == b);
    different.len() < 5 || (1..=signs.len() / 2).any(repeats)
}

/// Whether letters are one common word or two. A sentence of many is not guessed by its words being known.
fn is_made_of_common(letters: &str) -> bool {
    let is_word = |text: &str| COMMON.lines().any(|word| word == text);
    let halves = |at: usize| letters.split_at_checked(at).is_some_and(|(a, b)| is_word(a) && is_word(b));
    is_word(letters) || (1..letters.len()).any(halves)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_characters_and_nothing_is_asked_of_composition() {
        assert_eq!(check("elf letters", "mei"), Err(Fault::TooShort));
        assert_eq!(check("twelve moles", "mei"), Ok(()));
        assert_eq!(check("九月的河水比去年慢了许多", "mei"), Ok(()));
        let signs = |count: usize| ('一'..).take(count).collect::<String>();
        assert_eq!(check(&signs(128), "mei"), Ok(()));
        assert_eq!(check(&signs(129), "mei"), Err(Fault::TooLong));
    }

    #[test]
    fn what_is_tried_first_is_refused_however_it_is_dressed_up() {
        for common in [
            "password1234",
            "P@ssw0rd2026!",
            "passwordpassword",
            "qwertyuiop12",
            "iloveyou1314",
            "123456789012",
            "000000000000",
            "abcabcabcabc",
            "woaini5201314",
            "Admin@123456",
            "letmein-letmein",
            "zhongguo1949",
        ] {
            assert_eq!(check(common, "mei"), Err(Fault::Common), "{common}");
        }
        for own in ["correct horse battery", "stone under silk", "a password for nobody else"] {
            assert_eq!(check(own, "mei"), Ok(()), "{own}");
        }
    }

    #[test]
    fn the_login_and_the_name_of_the_service_are_no_secret() {
        assert_eq!(check("shenqiaoyun and more", "shenqiaoyun"), Err(Fault::ContainsName));
        assert_eq!(check("my ZHOU.peilin key", "zhou.peilin"), Err(Fault::ContainsName));
        assert_eq!(check("only peilin knows", "zhou.peilin"), Err(Fault::ContainsName));
        assert_eq!(check("Ballast in the hull", "mei"), Err(Fault::ContainsName));
        assert_eq!(check("some meiosis talk", "mei"), Ok(()), "three letters stand anywhere");
    }
}
