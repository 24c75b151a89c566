//! What a use case can answer instead of a result. Each has a stable code; the words are in the locale files.

use crate::store;
use crate::words::Arg;

/// A code with the figures that its words need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Stable; `refusal-<code>` in the locale files.
    pub code: &'static str,
    /// Figures for the words.
    pub args: Vec<(&'static str, Arg)>,
}

/// Something wrong with one field of what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// A JSON pointer into the body, or the name of a parameter.
    pub pointer: String,
    /// Stable; `field-<code>` in the locale files.
    pub code: &'static str,
    /// Figures for the words.
    pub args: Vec<(&'static str, Arg)>,
}

/// Why there is no result.
#[derive(Debug)]
pub enum Error {
    /// Nobody is signed in, or no longer.
    Unauthenticated,
    /// Login or password is wrong; which one is not said.
    WrongCredentials,
    /// Login and password are right, and the login's second factor has to come with them.
    SecondFactorRequired,
    /// The code of the second factor is wrong, was used before, or somebody has to wait.
    WrongSecondFactor,
    /// The actor's roles need a second factor, and the login has none: it may set one up and nothing else.
    SecondFactorMissing,
    /// What is asked for outlives the session: the password has to be shown again first.
    ConfirmationNeeded,
    /// No role of the actor may do this to anything.
    Denied,
    /// The token is for less than this; its user may do more.
    InsufficientScope,
    /// The row is not there, or not in the actor's reach: nobody can tell which.
    NotFound,
    /// What was sent is wrong, all fields at once.
    Invalid(Vec<Field>),
    /// A rule of the field refuses.
    Refused(Refusal),
    /// Something with the same unique name is there already.
    Duplicate(&'static str),
    /// Somebody else changed the row first.
    Stale,
    /// A change that does not say which revision it is about.
    PreconditionRequired,
    /// Another request was carried out under the same key.
    KeyReused,
    /// The same request is at work already; ask again in a moment.
    InFlight,
    /// Not so yet, and it will be by itself: ask again after these seconds.
    NotYet {
        /// Stable; `refusal-<code>` in the locale files.
        code: &'static str,
        /// When to ask again.
        seconds: u32,
    },
    /// A day's budget is spent.
    Spent {
        /// How much a day has.
        limit: u32,
        /// Seconds until the next day.
        seconds: u32,
    },
    /// Too much at once; try later.
    Unavailable,
    /// It is done and told to the log, but the log could not seal it in time.
    Unsealed,
    /// A fault of ours. What is inside is for the log, never for a user.
    Internal(String),
}

impl Error {
    /// A refusal without figures.
    #[must_use]
    pub fn refused(code: &'static str) -> Self {
        Self::Refused(Refusal { code, args: Vec::new() })
    }

    /// A refusal with figures.
    #[must_use]
    pub fn refused_with(code: &'static str, args: Vec<(&'static str, Arg)>) -> Self {
        Self::Refused(Refusal { code, args })
    }

    /// One wrong field.
    #[must_use]
    pub fn field(pointer: impl Into<String>, code: &'static str) -> Self {
        Self::Invalid(vec![Field::new(pointer, code)])
    }
}

impl Field {
    /// A wrong field without figures.
    #[must_use]
    pub fn new(pointer: impl Into<String>, code: &'static str) -> Self {
        Self { pointer: pointer.into(), code, args: Vec::new() }
    }

    /// The same with a figure.
    #[must_use]
    pub fn with(mut self, name: &'static str, arg: Arg) -> Self {
        self.args.push((name, arg));
        self
    }
}

impl From<store::Error> for Error {
    fn from(err: store::Error) -> Self {
        match err {
            store::Error::Missing => Self::NotFound,
            store::Error::Stale => Self::Stale,
            store::Error::Busy => Self::Unavailable,
            store::Error::Duplicate(constraint) if constraint.contains("idempotency_key") => Self::InFlight,
            store::Error::Duplicate(constraint) => match unique(&constraint) {
                Some(code) => Self::Duplicate(code),
                None => Self::Internal(format!("unexpected double: {constraint}")),
            },
            store::Error::Dangling(_)
            | store::Error::Refused(_)
            | store::Error::Unaudited
            | store::Error::Corrupt(_)
            | store::Error::Db(_) => Self::Internal(err.to_string()),
        }
    }
}

/// The code of a unique constraint that a user can run into: PostgreSQL gives its name, SQLite its columns.
fn unique(constraint: &str) -> Option<&'static str> {
    const KNOWN: [(&str, &str, &str); 13] = [
        ("uq_user_login", "user.login", "login_taken"),
        ("uq_organisation_credit_code", "organisation.credit_code", "credit_code_taken"),
        ("uq_vacancy_organisation_id_reference", "vacancy.reference", "reference_taken"),
        ("uq_joint_class_school_id_reference", "joint_class.reference", "reference_taken"),
        ("uq_household_bureau_id_reference", "household.reference", "reference_taken"),
        ("uq_permit_reference", "permit.reference", "reference_taken"),
        ("uq_permit_document_supersedes_id", "permit_document.supersedes_id", "superseded_before"),
        ("uq_enrolment_joint_class_id_person_id", "enrolment.person_id", "already_enrolled"),
        ("uq_skill_claim_supersedes_id", "skill_claim.supersedes_id", "claim_superseded_before"),
        ("uq_framework_code_version", "framework.version", "version_taken"),
        ("uq_open_id_provider_code", "open_id_provider.code", "open_id_code_taken"),
        ("uq_open_id_provider_organisation_id", "open_id_provider.organisation_id", "open_id_there"),
        ("uq_open_id_link_subject_hash", "open_id_link.subject_hash", "open_id_linked"),
    ];
    KNOWN.iter().find(|(name, column, _)| constraint == *name || constraint.contains(column)).map(|k| k.2)
}
