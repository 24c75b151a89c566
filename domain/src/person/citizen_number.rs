//! Chinese citizen numbers (GB 11643-1999): region, birth date, sequence, check character by ISO 7064
//! MOD 11-2.

use crate::base::civil_time::CivilDate;

/// Weights of the first 17 digits, and the check characters by remainder.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: &[u8; 11] = b"10X98765432";

/// The sex that a number tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// An even sequence.
    Female,
    /// An odd sequence.
    Male,
}

/// A number that is well formed and whose check character fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CitizenNumber {
    text: String,
    birth_date: CivilDate,
}

/// Why a text is no citizen number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Not 17 digits and a digit or X.
    Form,
    /// The eight digits are no date.
    BirthDate,
    /// The check character does not fit.
    Check,
}

impl CitizenNumber {
    /// Reads a number; a small x is taken as X.
    ///
    /// # Errors
    /// [`Problem`].
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let text = text.trim().to_ascii_uppercase();
        let (body, check) = text.split_at_checked(17).ok_or(Problem::Form)?;
        if !body.bytes().all(|b| b.is_ascii_digit()) || check.len() != 1 {
            return Err(Problem::Form);
        }
        let date = body.get(6..14).ok_or(Problem::Form)?;
        let birth_date =
            CivilDate::parse_from_str(date, "%Y%m%d").map_err(|_not_a_date| Problem::BirthDate)?;
        if check_character(body).is_none_or(|expected| check.as_bytes() != [expected]) {
            return Err(Problem::Check);
        }
        Ok(Self { text, birth_date })
    }

    /// The 18 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The birth date in it.
    #[must_use]
    pub fn birth_date(&self) -> CivilDate {
        self.birth_date
    }

    /// The sex in it.
    #[must_use]
    pub fn sex(&self) -> Sex {
        match self.text.as_bytes().get(16) {
            Some(digit) if (digit - b'0') % 2 == 1 => Sex::Male,
            _ => Sex::Female,
        }
    }
}

/// The check character of 17 digits; `None` when they are not that.
#[must_use]
pub fn check_character(body: &str) -> Option<u8> {
    if body.len() != 17 {
        return None;
    }
    let sum = body
        .bytes()
        .zip(WEIGHTS)
        .try_fold(0, |sum, (b, w)| b.is_ascii_digit().then(|| sum + u32::from(b - b'0') * w))?;
    CHECKS.get(usize::try_from(sum % 11).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_own_example_fits_and_every_changed_digit_does_not() {
        // The example that GB 11643 prints.
        let number = CitizenNumber::parse("11010519491231002x").unwrap();
        assert_eq!(number.birth_date(), CivilDate::from_ymd_opt(1949, 12, 31).unwrap());
        assert_eq!(number.sex(), Sex::Female);
        assert_eq!(CitizenNumber::parse("110105194912310021"), Err(Problem::Check));
        assert_eq!(CitizenNumber::parse("110105194913310029"), Err(Problem::BirthDate));
        assert_eq!(CitizenNumber::parse("11010519491231002"), Err(Problem::Form));
        assert_eq!(CitizenNumber::parse("一二三四五六"), Err(Problem::Form));
    }
}
