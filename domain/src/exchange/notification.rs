//! What people are told, by code. The words are in the locale files under `notification-<code>`; what they
//! name is codes, references, figures and days, nothing that the reader could not see on the page that the
//! notification leads to, and never anything of a household.

/// Notices are kept for so many days, read or not.
pub const KEPT_DAYS: i64 = 365;

/// What a notification is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A permit was submitted: for the officials of its port.
    PermitSubmitted,
    /// An enrolment was finished: for the trainee.
    EnrolmentFinished,
    /// A document of a permit's bundle will end: for those who can act.
    DocumentExpires,
    /// A factory asks a person to let it know who they are: for the person.
    ConsentAsked,
    /// A person asks for a correction, an erasure or a review: for those who decide.
    RightAsked,
    /// What a person asked for by right is decided: for the person.
    RightDecided,
    /// An administrator took the second factor of a login away: for whose it was.
    SecondFactorReset,
    /// A password was set by a link or a code: for whose login it is.
    PasswordSet,
    /// A mail with a link did not get out: for whoever caused it, and was not shown the link.
    MailFailed,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::PermitSubmitted,
        Self::EnrolmentFinished,
        Self::DocumentExpires,
        Self::ConsentAsked,
        Self::RightAsked,
        Self::RightDecided,
        Self::SecondFactorReset,
        Self::PasswordSet,
        Self::MailFailed,
    ];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::PermitSubmitted => "permit_submitted",
            Self::EnrolmentFinished => "enrolment_finished",
            Self::DocumentExpires => "document_expires",
            Self::ConsentAsked => "consent_asked",
            Self::RightAsked => "right_asked",
            Self::RightDecided => "right_decided",
            Self::SecondFactorReset => "second_factor_reset",
            Self::PasswordSet => "password_set",
            Self::MailFailed => "mail_failed",
        }
    }

    /// The kind of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}
