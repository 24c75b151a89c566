//! The kinds of places that an organisation has.

/// What a place is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SiteKind {
    /// A factory at work.
    Plant,
    /// A factory that stands still.
    IdlePlant,
    /// Where a school teaches.
    Campus,
    /// Where people live.
    Dormitory,
    /// Desks.
    Office,
}

impl SiteKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Plant, Self::IdlePlant, Self::Campus, Self::Dormitory, Self::Office];

    /// The stable code, as kept in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Plant => "plant",
            Self::IdlePlant => "idle_plant",
            Self::Campus => "campus",
            Self::Dormitory => "dormitory",
            Self::Office => "office",
        }
    }

    /// The kind of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}
