//! The checks by their published ids, and how grave each is.

/// A check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// Any nationality of the DPRK, in any status.
    C1,
    /// Nationality that is not proved, or contradicted between documents.
    C2,
    /// A party of the DPRK or on a sanctions list; a wage that is paid to an organisation.
    C3,
    /// Such a holder among live permits: suspend, and open a case of protection or repatriation.
    C4,
    /// Outward processing with, or a subcontract to, the DPRK.
    C5,
    /// Age on the start date.
    C6a,
    /// Work of a local minor.
    C6b,
    /// Interns.
    C7,
    /// Dates within the earliest expiry of the bundle.
    C8,
    /// Room in every quota node, and the labour-market test.
    C9,
    /// An active permit elsewhere.
    C10a,
    /// A contract elsewhere, or counted as a local elsewhere.
    C10b,
    /// Site, post or area outside the permit's scope.
    C11,
    /// The passport in somebody else's hands.
    C12,
    /// Recruitment costs, debt, deposit.
    C13,
    /// Wage, arrears, account.
    C14,
    /// The contract's language and terms.
    C15,
    /// Indicators of forced labour.
    C16,
    /// The employer: bar, accident, unpaid levy or fine.
    C17,
    /// Import bans that the product is exposed to.
    C18,
    /// A rule that is not in force, or lacks a parameter.
    C19,
    /// Four eyes, and two signatures.
    C20,
}

impl Check {
    /// Every check, in the order of the list.
    pub const ALL: [Self; 22] = [
        Self::C1,
        Self::C2,
        Self::C3,
        Self::C4,
        Self::C5,
        Self::C6a,
        Self::C6b,
        Self::C7,
        Self::C8,
        Self::C9,
        Self::C10a,
        Self::C10b,
        Self::C11,
        Self::C12,
        Self::C13,
        Self::C14,
        Self::C15,
        Self::C16,
        Self::C17,
        Self::C18,
        Self::C19,
        Self::C20,
    ];

    /// The id in the published list, also the key of its words.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::C1 => "C1",
            Self::C2 => "C2",
            Self::C3 => "C3",
            Self::C4 => "C4",
            Self::C5 => "C5",
            Self::C6a => "C6a",
            Self::C6b => "C6b",
            Self::C7 => "C7",
            Self::C8 => "C8",
            Self::C9 => "C9",
            Self::C10a => "C10a",
            Self::C10b => "C10b",
            Self::C11 => "C11",
            Self::C12 => "C12",
            Self::C13 => "C13",
            Self::C14 => "C14",
            Self::C15 => "C15",
            Self::C16 => "C16",
            Self::C17 => "C17",
            Self::C18 => "C18",
            Self::C19 => "C19",
            Self::C20 => "C20",
        }
    }

    /// The check of an id.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|check| check.code() == code)
    }

    /// The parameters that its rule must have.
    #[must_use]
    pub fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::C6a => &["age_min", "foreign_age_min"],
            Self::C6b => &["adult_age", "movements_a_minute_max"],
            Self::C7 => &["age_min", "fees_minor_max", "labour_level_max"],
            Self::C12 => &["within_hours_max"],
            Self::C13 => &["costs_minor_max", "debt_minor_max", "deposit_minor_max"],
            Self::C14 => &["arrears_minor_max"],
            Self::C16 => &["severe_min", "others_min"],
            Self::C17 => &["unpaid_minor_max"],
            Self::C20 => &["signatures_min"],
            Self::C1
            | Self::C2
            | Self::C3
            | Self::C4
            | Self::C5
            | Self::C8
            | Self::C9
            | Self::C10a
            | Self::C10b
            | Self::C11
            | Self::C15
            | Self::C18
            | Self::C19 => &[],
        }
    }

    /// The mildest level that a rule may give it. A pack that says less is refused: no data turns a bar that the
    /// resolutions or the labour law set into advice.
    #[must_use]
    pub fn level_min(self) -> Level {
        match self {
            Self::C6b
            | Self::C10b
            | Self::C11
            | Self::C12
            | Self::C13
            | Self::C14
            | Self::C15
            | Self::C16 => Level::Stop,
            Self::C18 => Level::Warn,
            Self::C1
            | Self::C2
            | Self::C3
            | Self::C4
            | Self::C5
            | Self::C6a
            | Self::C7
            | Self::C8
            | Self::C9
            | Self::C10a
            | Self::C17
            | Self::C19
            | Self::C20 => Level::Hard,
        }
    }
}

/// How grave a bar is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The officer states why it is approved all the same.
    Warn,
    /// Must be cured first: only other facts cure it.
    Stop,
    /// Nobody can approve it.
    Hard,
}

impl Level {
    /// Every level, the mildest first.
    pub const ALL: [Self; 3] = [Self::Warn, Self::Stop, Self::Hard];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Stop => "stop",
            Self::Hard => "hard",
        }
    }

    /// The level of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.code() == code)
    }
}
