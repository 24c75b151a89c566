//! For what somebody may look at a person's numbers in full.

/// The purposes: what none of them names is no reason to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// To compare them with the paper that the person shows.
    IdentityCheck,
    /// To file a permit with the authority that asks for them.
    PermitFiling,
    /// To find a household in the register of another authority.
    HouseholdCheck,
    /// To decide about a correction that the person asks for.
    Correction,
    /// A court or an authority has asked for them.
    LegalRequest,
}

impl Purpose {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] =
        [Self::IdentityCheck, Self::PermitFiling, Self::HouseholdCheck, Self::Correction, Self::LegalRequest];

    /// As the log and the API name it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::IdentityCheck => "identity_check",
            Self::PermitFiling => "permit_filing",
            Self::HouseholdCheck => "household_check",
            Self::Correction => "correction",
            Self::LegalRequest => "legal_request",
        }
    }

    /// Which one a code names.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.code() == code)
    }
}
