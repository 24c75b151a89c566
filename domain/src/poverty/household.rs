//! Who belongs to a household: one head, and the others by what they are to the head.

/// What a member is to the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// The head, in whose name the household is registered.
    Head,
    /// Married to the head.
    Spouse,
    /// A child of the head or of the spouse.
    Child,
    /// A parent of the head or of the spouse.
    Parent,
    /// Anybody else who lives with them.
    Other,
}

impl Relation {
    /// All relations.
    pub const ALL: [Self; 5] = [Self::Head, Self::Spouse, Self::Child, Self::Parent, Self::Other];

    /// The stable code, as kept in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Spouse => "spouse",
            Self::Child => "child",
            Self::Parent => "parent",
            Self::Other => "other",
        }
    }

    /// The relation of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|relation| relation.code() == code)
    }
}

/// The most members of one household.
pub const MEMBERS_MAX: usize = 30;

/// Why these people are no household.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody is the head.
    NoHead,
    /// More than one is.
    SeveralHeads,
    /// More than [`MEMBERS_MAX`].
    TooMany,
}

/// Whether members with these relations make a household.
///
/// # Errors
/// The first [`Refusal`].
pub fn decide(relations: &[Relation]) -> Result<(), Refusal> {
    if relations.len() > MEMBERS_MAX {
        return Err(Refusal::TooMany);
    }
    match relations.iter().filter(|relation| **relation == Relation::Head).count() {
        0 => Err(Refusal::NoHead),
        1 => Ok(()),
        _ => Err(Refusal::SeveralHeads),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_has_exactly_one_head() {
        use Relation::{Child, Head, Spouse};
        assert_eq!(decide(&[]), Err(Refusal::NoHead));
        assert_eq!(decide(&[Spouse, Child]), Err(Refusal::NoHead));
        assert_eq!(decide(&[Head]), Ok(()));
        assert_eq!(decide(&[Child, Head, Child]), Ok(()));
        assert_eq!(decide(&[Head, Head]), Err(Refusal::SeveralHeads));
    }

    #[test]
    fn a_household_ends_at_thirty_members() {
        let mut relations = vec![Relation::Other; MEMBERS_MAX - 1];
        relations.push(Relation::Head);
        assert_eq!(decide(&relations), Ok(()));
        relations.push(Relation::Other);
        assert_eq!(decide(&relations), Err(Refusal::TooMany));
    }
}
