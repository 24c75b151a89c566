//! Ways in that work once: links for who was invited or forgot a password, codes for who stands at a desk.

use chrono::Duration;

/// What a way in is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A new member sets the first password.
    Invitation,
    /// A member sets another password.
    Reset,
    /// A person without an address sets a password by what the desk reads out.
    Code,
}

/// Digits of a code: a thousand times as many as tries in a lifetime of tries could cover.
pub const CODE_DIGITS: usize = 10;
/// Wrong tries after which a code is worth nothing.
pub const TRIES_MAX: i32 = 5;

impl Kind {
    /// As the database keeps it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reset => "reset",
            Self::Code => "code",
        }
    }

    /// How long it works.
    #[must_use]
    pub fn lasts(self) -> Duration {
        match self {
            Self::Invitation => Duration::hours(72),
            Self::Reset => Duration::hours(1),
            Self::Code => Duration::minutes(15),
        }
    }
}

/// A code from random bytes: ten digits, each as likely as any other but for one part in 10⁹.
#[must_use]
pub fn code_of(random: [u8; 8]) -> String {
    format!("{:010}", u64::from_be_bytes(random) % 10_000_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_ten_digits_whatever_is_drawn() {
        for random in [[0; 8], [255; 8], *b"ballast!"] {
            let code = code_of(random);
            assert!(code.len() == CODE_DIGITS && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
        }
    }
}
