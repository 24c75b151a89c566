//! Two registrations of what may be one human being: what an official says of them, what stands in the way, and what is
//! believed of whoever two registrations are of.

use crate::base::civil_time::CivilDate;
use crate::person::consent::State;
use crate::person::nationality::Country;

/// Why two people look like one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// A citizen number or a document's number is equal.
    Number,
    /// Name and birth date are equal.
    Name,
}

impl Cause {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Name => "name",
        }
    }

    /// The cause of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Number, Self::Name].into_iter().find(|cause| cause.code() == code)
    }
}

/// What was said of two people.
///
/// ```text
///  same ──────┐
///             ├──> undone
///  different ─┘
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseState {
    /// They are one: one registration stands for both.
    Same,
    /// They are two, and are not asked about again while nothing about them changes.
    Different,
    /// What was said was taken back.
    Undone,
}

impl CaseState {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Same, Self::Different, Self::Undone];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Different => "different",
            Self::Undone => "undone",
        }
    }

    /// The state of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// What stands in the way of two registrations becoming one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Conflicts {
    /// Both are in a household today, and whoever decides reads the households of both.
    pub households_in_reach: bool,
    /// Both are in a household today, wherever it is.
    pub households: bool,
    /// Both have a permit that is not withdrawn.
    pub permits: bool,
}

/// Why two people cannot become one yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Both are in a household that whoever decides reads anyway: the targeting officer settles that first.
    Households,
    /// Another desk settles something first. It is not told whether that is about households or permits, since whoever
    /// decides may read neither.
    Elsewhere,
}

/// Whether one registration can stand for both.
///
/// # Errors
/// [`Refusal`].
pub fn may_merge(conflicts: Conflicts) -> Result<(), Refusal> {
    if conflicts.households && conflicts.households_in_reach {
        return Err(Refusal::Households);
    }
    if conflicts.households || conflicts.permits {
        return Err(Refusal::Elsewhere);
    }
    Ok(())
}

/// What an answer to a factory becomes when the same human being has said `other` to the same question under another
/// registration; none when it stays. Only a no counts: who was asked twice and has answered once has answered. A no
/// takes back what was given, and leaves what is not answered as if it never would be: that is what the factory may see
/// anyway.
#[must_use]
pub fn narrowed(own: State, other: State) -> Option<State> {
    match (own, other) {
        (State::Given, State::Refused | State::Withdrawn) => Some(State::Withdrawn),
        (State::Asked, State::Refused | State::Withdrawn) => Some(State::Refused),
        (State::Given | State::Asked, State::Given | State::Asked)
        | (State::Refused | State::Withdrawn, _) => None,
    }
}

/// The birth date of whoever has several registrations: of two that differ the later one, by which nobody is older than
/// they may be; of one that is known and one that is not the known one.
#[must_use]
pub fn birth_date(dates: impl IntoIterator<Item = Option<CivilDate>>) -> Option<CivilDate> {
    dates.into_iter().flatten().max()
}

/// The birthplace of whoever has several registrations. The one that asks for proof of another nationality is not lost;
/// else the first that is known.
#[must_use]
pub fn birthplace(places: impl IntoIterator<Item = Option<Country>>) -> Option<Country> {
    let known: Vec<Country> = places.into_iter().flatten().collect();
    known.iter().find(|country| **country == Country::KP).or(known.first()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_households_are_settled_first_and_who_does_not_read_them_learns_no_more_than_that_something_is() {
        let both = Conflicts { households: true, ..Conflicts::default() };
        assert_eq!(may_merge(Conflicts::default()), Ok(()));
        assert_eq!(may_merge(both), Err(Refusal::Elsewhere));
        assert_eq!(may_merge(Conflicts { permits: true, ..Conflicts::default() }), Err(Refusal::Elsewhere));
        assert_eq!(may_merge(Conflicts { households_in_reach: true, ..both }), Err(Refusal::Households));
    }

    #[test]
    fn only_a_no_narrows_and_it_looks_like_what_a_person_may_do_anyway() {
        use State::{Asked, Given, Refused, Withdrawn};
        for (own, other, after) in [
            (Given, Refused, Some(Withdrawn)),
            (Given, Withdrawn, Some(Withdrawn)),
            (Asked, Refused, Some(Refused)),
            (Asked, Withdrawn, Some(Refused)),
            (Given, Asked, None),
            (Asked, Given, None),
            (Given, Given, None),
            (Refused, Given, None),
            (Withdrawn, Refused, None),
        ] {
            assert_eq!(narrowed(own, other), after, "{own:?} {other:?}");
        }
    }

    #[test]
    fn nobody_grows_older_or_loses_a_birthplace() {
        let day = |year| CivilDate::from_ymd_opt(year, 3, 1);
        assert_eq!(birth_date([day(2004), day(2009)]), day(2009));
        assert_eq!(birth_date([None, day(2004)]), day(2004));
        assert_eq!(birth_date([None, None]), None);
        assert_eq!(birthplace([Some(Country::CN), Some(Country::KP)]), Some(Country::KP));
        assert_eq!(birthplace([None, Some(Country::CN)]), Some(Country::CN));
        assert_eq!(birthplace([None]), None);
    }
}
