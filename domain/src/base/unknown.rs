//! The three-valued verdict. Missing evidence is never a pass, a failure or a zero.

/// What a check says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The evidence is there and meets the rule.
    Pass,
    /// The evidence that the rule needs is missing or contradicts itself.
    Unknown,
    /// The evidence is there and breaks the rule.
    Bar,
}

impl Verdict {
    /// The verdict of two checks together: a bar outweighs an unknown, an unknown a pass.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.max(other)
    }
}
