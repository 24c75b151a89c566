//! Unified social credit codes (GB 32100-2015): department, kind, six digits of region, nine characters of
//! organisation, and a check character over 31 characters.

/// The characters of a code by their value: the digits, and the capital letters but I, O, S, V and Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weights of the first 17 characters: 3 to the power of the place, modulo 31.
const WEIGHTS: [u32; 17] = weights();

const fn weights() -> [u32; 17] {
    let mut weights = [1; 17];
    let mut place = 1;
    while place < 17 {
        weights[place] = weights[place - 1] * 3 % 31;
        place += 1;
    }
    weights
}

/// A code that is well formed and whose check character fits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode(String);

/// Why a text is no such code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Not 18 characters of the alphabet, or letters where the region's digits should be.
    Form,
    /// The check character does not fit.
    Check,
}

impl CreditCode {
    /// Reads a code; small letters are taken as capitals.
    ///
    /// # Errors
    /// [`Problem`].
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let text = text.trim().to_ascii_uppercase();
        let (body, check) = text.split_at_checked(17).ok_or(Problem::Form)?;
        let region = body.get(2..8).ok_or(Problem::Form)?;
        let expected = check_character(body).ok_or(Problem::Form)?;
        let check = match check.as_bytes() {
            [one] if ALPHABET.contains(one) => *one,
            _ => return Err(Problem::Form),
        };
        if !region.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Problem::Form);
        }
        if check == expected { Ok(Self(text)) } else { Err(Problem::Check) }
    }

    /// The 18 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The check character of the first 17; `None` when they are not 17 characters of the alphabet.
#[must_use]
pub fn check_character(body: &str) -> Option<u8> {
    if body.len() != WEIGHTS.len() {
        return None;
    }
    let sum = body.bytes().zip(WEIGHTS).try_fold(0, |sum, (byte, weight)| {
        let value = ALPHABET.iter().position(|known| *known == byte)?;
        Some(sum + u32::try_from(value).ok()? * weight)
    })?;
    ALPHABET.get(usize::try_from((31 - sum % 31) % 31).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Printed in explanations of the standard.
    const KNOWN: &str = "91350100M000100Y43";

    #[test]
    fn a_known_code_fits_in_either_case_and_keeps_capitals() {
        assert_eq!(CreditCode::parse(KNOWN).unwrap().as_str(), KNOWN);
        assert_eq!(CreditCode::parse(" 91350100m000100y43 ").unwrap().as_str(), KNOWN);
    }

    #[test]
    fn every_single_changed_character_is_found() {
        for place in 0..KNOWN.len() {
            for other in ALPHABET {
                let mut bytes = KNOWN.as_bytes().to_vec();
                if bytes[place] == *other {
                    continue;
                }
                bytes[place] = *other;
                let text = String::from_utf8(bytes).unwrap();
                assert!(CreditCode::parse(&text).is_err(), "{text}");
            }
        }
    }

    #[test]
    fn every_two_neighbours_exchanged_are_found() {
        for place in 0..KNOWN.len() - 1 {
            let mut bytes = KNOWN.as_bytes().to_vec();
            bytes.swap(place, place + 1);
            let text = String::from_utf8(bytes).unwrap();
            assert!(text == KNOWN || CreditCode::parse(&text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_remainder_of_nothing_is_checked_by_zero() {
        assert_eq!(check_character("00000000000000000"), Some(b'0'));
        assert!(CreditCode::parse("000000000000000000").is_ok());
    }

    #[test]
    fn what_is_not_of_the_form_is_told_apart_from_a_wrong_check() {
        for bad in [
            "",
            "91350100M000100Y4",
            "91350100M000100Y433",
            "91350100I000100Y43",
            "9135010OM000100Y43",
            "9135A100M000100Y43",
            "91350100M000100Y4Z",
            "统一社会信用代码",
            "91350100M000100Y4三",
        ] {
            assert_eq!(CreditCode::parse(bad), Err(Problem::Form), "{bad}");
        }
        assert_eq!(CreditCode::parse("91350100M000100Y44"), Err(Problem::Check));
    }
}
