//! Whether a person lets one factory know who they are (PIPL art. 23: separate consent for each recipient and
//! purpose; art. 15: it can be withdrawn at any time, as easily as it was given).

/// Where a request for consent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// The factory asked; the person has not answered.
    Asked,
    /// The person consents.
    Given,
    /// The person does not consent. Whoever asked is not told: it looks like no answer.
    Refused,
    /// The person takes the consent back.
    Withdrawn,
}

impl State {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Asked, Self::Given, Self::Refused, Self::Withdrawn];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Given => "given",
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

/// What the person says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Yes.
    Give,
    /// No, or no longer.
    Refuse,
}

/// Where the request stands after an answer; none where it says nothing new. Everything can be changed at any
/// time.
#[must_use]
pub const fn after(state: State, answer: Answer) -> Option<State> {
    match (state, answer) {
        (State::Asked | State::Refused | State::Withdrawn, Answer::Give) => Some(State::Given),
        (State::Asked, Answer::Refuse) => Some(State::Refused),
        (State::Given, Answer::Refuse) => Some(State::Withdrawn),
        (State::Given, Answer::Give) | (State::Refused | State::Withdrawn, Answer::Refuse) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_consent_can_be_given_and_taken_back_at_any_time() {
        for state in State::ALL {
            let given = after(state, Answer::Give).unwrap_or(state);
            assert_eq!(given, State::Given, "{state:?}");
            let not = after(state, Answer::Refuse).unwrap_or(state);
            assert_ne!(not, State::Given, "{state:?}");
            assert_eq!(State::parse(state.code()), Some(state));
        }
        assert_eq!(
            after(State::Given, Answer::Refuse),
            Some(State::Withdrawn),
            "not as if it was never given"
        );
        assert_eq!(State::parse("maybe"), None);
    }
}
