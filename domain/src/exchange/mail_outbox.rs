//! Mails: what they are for, and what becomes of one.

use chrono::Duration;

/// A mail that was sent or given up is remembered for so many days, without what it said.
pub const KEPT_DAYS: i64 = 7;
/// How long somebody may wait for the mail that they asked for without having signed in, before it is sent.
pub const ASKED_LASTS: Duration = Duration::hours(1);

/// What a mail is for. Its words are in the locale files under `mail-subject-<code>` and `mail-text-<code>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// Somebody is invited.
    Invitation,
    /// An administrator lets somebody set another password.
    Reset,
    /// Somebody forgot the password and asked for a link.
    Forgotten,
}

impl Template {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Invitation, Self::Reset, Self::Forgotten];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reset => "reset",
            Self::Forgotten => "forgotten",
        }
    }

    /// The template of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|template| template.code() == code)
    }
}

/// Where a mail stands. *sent* and *failed* are the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is to be sent.
    Waiting,
    /// The mail server has taken it.
    Sent,
    /// The mail server does not want it, its tries are used up, or it came too late.
    Failed,
}

impl State {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_back() {
        for template in Template::ALL {
            assert_eq!(Template::parse(template.code()), Some(template));
        }
        assert_eq!(Template::parse("newsletter"), None);
    }
}
