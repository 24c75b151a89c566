//! Skills and how they lie under broader ones. Knows nothing of occupations or of people.

use super::{Label, Uri};

/// A skill, a piece of knowledge, or a group of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skill {
    /// Its permanent address.
    pub uri: Uri,
    /// What sort of thing it is.
    pub kind: SkillKind,
    /// How widely it can be used, in the words of its classification (ESCO: transversal, cross-sector,
    /// sector-specific, occupation-specific).
    pub reuse_level: Option<String>,
    /// The closest ESCO skill, for a skill of another classification.
    pub esco_uri: Option<Uri>,
    /// The CSCO code that it stands for, for a skill of another classification.
    pub csco_code: Option<String>,
    /// How it fades when it is not used, where that is known.
    pub decay_class: Option<DecayClass>,
    /// Names and texts, those of one language and kind in the order to show.
    pub labels: Vec<Label>,
}

/// What sort of thing a skill is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkillKind {
    /// Something one knows.
    Knowledge,
    /// Something one can do.
    Competence,
    /// A heading over others, which nobody holds.
    Group,
    /// The classification does not say.
    Unknown,
}

impl SkillKind {
    /// The name under which this kind is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            SkillKind::Knowledge => "knowledge",
            SkillKind::Competence => "competence",
            SkillKind::Group => "group",
            SkillKind::Unknown => "unknown",
        }
    }
}

/// How a skill fades when it is not used. The half-lives are the matcher's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DecayClass {
    /// Mostly in how exact the work is: fades fastest.
    Accuracy,
    /// Mostly in how fast the work is: fades slowest.
    Speed,
    /// In both.
    Mixed,
}

impl DecayClass {
    /// The name under which this class is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            DecayClass::Accuracy => "accuracy",
            DecayClass::Speed => "speed",
            DecayClass::Mixed => "mixed",
        }
    }
}

/// A skill lies under a broader one. A skill may lie under several: the whole is a graph without cycles, not
/// a tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Broader {
    /// The narrower skill.
    pub skill: Uri,
    /// The broader one.
    pub broader: Uri,
}
