//! The kinds of organisations.

/// What an organisation is here for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrganisationKind {
    /// Trains people.
    School,
    /// Hires people.
    Factory,
    /// A labour bureau, which targets, permits and audits.
    Bureau,
    /// Finds people for factories.
    Agency,
    /// Speaks for the factories of a trade.
    Association,
}

impl OrganisationKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::School, Self::Factory, Self::Bureau, Self::Agency, Self::Association];

    /// The stable code, as kept in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::School => "school",
            Self::Factory => "factory",
            Self::Bureau => "bureau",
            Self::Agency => "agency",
            Self::Association => "association",
        }
    }

    /// The kind of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}
