//! What a person asks for by right: that something wrong is corrected (PIPL art. 46), that they are erased (art. 47),
//! that a human looks at what was decided by automation (art. 24).

/// The longest reason or answer, in characters.
pub const TEXT_CHARS_MAX: usize = 1000;
/// The most requests of one person that wait at once.
pub const WAITING_MAX: u64 = 10;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A field is wrong, and this is right.
    Correction,
    /// To be erased.
    Erasure,
    /// A human is to look at what a ranking says about oneself and a vacancy.
    Review,
}

/// What can be corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The name in the person's own script.
    Name,
    /// The name in Latin letters.
    NameLatin,
    /// The birth date.
    BirthDate,
    /// `female` or `male`.
    Sex,
    /// The region where the person lives.
    HomeRegion,
    /// A nationality that is recorded, or one that is not.
    Nationality,
    /// A paper that says who the person is.
    IdentityDocument,
    /// What is recorded that the person can do.
    SkillClaim,
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Nobody has decided.
    Asked,
    /// It was done as asked; a review: the person was right.
    Accepted,
    /// It was not done, and the answer says why; a review: what was decided stands.
    Refused,
    /// Whoever asked took it back before anybody decided.
    Withdrawn,
}

/// What is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// As asked.
    Accept,
    /// Not, for a reason.
    Refuse,
}

/// Why a decision cannot be taken, or a request taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It was decided before, and that stands.
    DecidedBefore,
    /// Whoever asked has taken it back.
    Withdrawn,
    /// Whoever asked is owed an answer in words.
    NoAnswer,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Correction, Self::Erasure, Self::Review];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Correction => "correction",
            Self::Erasure => "erasure",
            Self::Review => "review",
        }
    }

    /// The kind of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

impl Field {
    /// All fields.
    pub const ALL: [Self; 8] = [
        Self::Name,
        Self::NameLatin,
        Self::BirthDate,
        Self::Sex,
        Self::HomeRegion,
        Self::Nationality,
        Self::IdentityDocument,
        Self::SkillClaim,
    ];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::NameLatin => "name_latin",
            Self::BirthDate => "birth_date",
            Self::Sex => "sex",
            Self::HomeRegion => "home_region",
            Self::Nationality => "nationality",
            Self::IdentityDocument => "identity_document",
            Self::SkillClaim => "skill_claim",
        }
    }

    /// The field of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.code() == code)
    }

    /// Whether a citizen number says it (GB 11643): then it is as right as the number, and only that could be wrong.
    #[must_use]
    pub const fn follows_from_citizen_number(self) -> bool {
        match self {
            Self::BirthDate | Self::Sex => true,
            Self::Name
            | Self::NameLatin
            | Self::HomeRegion
            | Self::Nationality
            | Self::IdentityDocument
            | Self::SkillClaim => false,
        }
    }

    /// Whether it is recorded in rows that nobody changes: what is wrong is put right by a further row, which takes more
    /// than what the person asks for (what somebody has seen, who vouches). It is recorded first and decided then.
    #[must_use]
    pub const fn is_recorded_in_rows(self) -> bool {
        match self {
            Self::Nationality | Self::IdentityDocument | Self::SkillClaim => true,
            Self::Name | Self::NameLatin | Self::BirthDate | Self::Sex | Self::HomeRegion => false,
        }
    }
}

impl State {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Asked, Self::Accepted, Self::Refused, Self::Withdrawn];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// Decides whether a decision can be taken, and where the request stands after it. A refusal and every answer to a
/// review say why in words.
///
/// # Errors
/// [`Refusal`].
pub fn decide(kind: Kind, state: State, decision: Decision, answer: &str) -> Result<State, Refusal> {
    waits(state)?;
    let owed = decision == Decision::Refuse || kind == Kind::Review;
    if owed && answer.trim().is_empty() {
        return Err(Refusal::NoAnswer);
    }
    Ok(match decision {
        Decision::Accept => State::Accepted,
        Decision::Refuse => State::Refused,
    })
}

/// Decides whether a request can be taken back, and where it stands then.
///
/// # Errors
/// [`Refusal`].
pub fn withdraw(state: State) -> Result<State, Refusal> {
    waits(state).map(|()| State::Withdrawn)
}

fn waits(state: State) -> Result<(), Refusal> {
    match state {
        State::Asked => Ok(()),
        State::Accepted | State::Refused => Err(Refusal::DecidedBefore),
        State::Withdrawn => Err(Refusal::Withdrawn),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_back() {
        assert!(Kind::ALL.into_iter().all(|kind| Kind::parse(kind.code()) == Some(kind)));
        assert!(Field::ALL.into_iter().all(|field| Field::parse(field.code()) == Some(field)));
        assert!(State::ALL.into_iter().all(|state| State::parse(state.code()) == Some(state)));
        assert_eq!((Kind::parse("x"), Field::parse("ethnicity"), State::parse("x")), (None, None, None));
    }

    #[test]
    fn what_was_decided_is_not_decided_again() {
        for kind in Kind::ALL {
            for state in [State::Accepted, State::Refused] {
                for decision in [Decision::Accept, Decision::Refuse] {
                    assert_eq!(decide(kind, state, decision, "why"), Err(Refusal::DecidedBefore));
                }
            }
        }
    }

    #[test]
    fn what_waits_can_be_taken_back_once() {
        assert_eq!(withdraw(State::Asked), Ok(State::Withdrawn));
        for state in [State::Accepted, State::Refused] {
            assert_eq!(withdraw(state), Err(Refusal::DecidedBefore));
        }
        assert_eq!(withdraw(State::Withdrawn), Err(Refusal::Withdrawn));
        for kind in Kind::ALL {
            assert_eq!(decide(kind, State::Withdrawn, Decision::Accept, "why"), Err(Refusal::Withdrawn));
        }
    }

    #[test]
    fn a_refusal_and_a_review_say_why() {
        use Decision::{Accept, Refuse};
        for kind in Kind::ALL {
            assert_eq!(decide(kind, State::Asked, Refuse, "  "), Err(Refusal::NoAnswer));
            assert_eq!(decide(kind, State::Asked, Refuse, "why"), Ok(State::Refused));
            assert_eq!(decide(kind, State::Asked, Accept, "why"), Ok(State::Accepted));
        }
        assert_eq!(decide(Kind::Correction, State::Asked, Accept, ""), Ok(State::Accepted));
        assert_eq!(decide(Kind::Erasure, State::Asked, Accept, ""), Ok(State::Accepted));
        assert_eq!(decide(Kind::Review, State::Asked, Accept, ""), Err(Refusal::NoAnswer));
    }
}
