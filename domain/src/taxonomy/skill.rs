//! Skills and how they lie under broader ones. Knows nothing of occupations or of people.

use super::{Label, Uri};
use crate::base::id::SkillId;

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

/// The id of the skill at an address, the same in every installation.
pub fn skill_id(uri: &str) -> SkillId {
    SkillId(super::id_of("skill", uri))
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

    /// The kind stored under a name; nothing for a name that is none.
    pub fn parse(name: &str) -> Option<SkillKind> {
        [SkillKind::Knowledge, SkillKind::Competence, SkillKind::Group, SkillKind::Unknown]
            .into_iter()
            .find(|kind| kind.as_str() == name)
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

    /// The class stored under a name; nothing for a name that is none.
    pub fn parse(name: &str) -> Option<DecayClass> {
        [DecayClass::Accuracy, DecayClass::Speed, DecayClass::Mixed]
            .into_iter()
            .find(|class| class.as_str() == name)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::taxonomy::{FrameworkCode, LabelKind, Language, RelationKind, framework_id, occupation_id};

    #[test]
    fn an_id_follows_from_the_address_and_the_noun() {
        let uri = "http://data.europa.eu/esco/skill/1";
        let id = skill_id(uri).0;
        // Written down: demonstrations and links in other systems rest on it.
        assert_eq!(id.to_string(), "143be9de-2be5-8579-b4f3-2e3a2db3e351");
        assert_eq!(id.get_version_num(), 8);
        assert_ne!(id, skill_id("http://data.europa.eu/esco/skill/2").0);
        assert_ne!(id, occupation_id(uri).0, "a label names its subject by id alone");
        assert_ne!(framework_id(FrameworkCode::Esco), framework_id(FrameworkCode::Csco));
    }

    #[test]
    fn what_is_stored_is_read_back() {
        for kind in [SkillKind::Knowledge, SkillKind::Competence, SkillKind::Group, SkillKind::Unknown] {
            assert_eq!(SkillKind::parse(kind.as_str()), Some(kind));
        }
        for class in [DecayClass::Accuracy, DecayClass::Speed, DecayClass::Mixed] {
            assert_eq!(DecayClass::parse(class.as_str()), Some(class));
        }
        for kind in [LabelKind::Preferred, LabelKind::Alternative, LabelKind::Description] {
            assert_eq!(LabelKind::parse(kind.as_str()), Some(kind));
        }
        for language in [Language::Chinese, Language::English] {
            assert_eq!(Language::parse(language.as_str()), Some(language));
        }
        for kind in [RelationKind::Essential, RelationKind::Optional] {
            assert_eq!(RelationKind::parse(kind.as_str()), Some(kind));
        }
        for code in [FrameworkCode::House, FrameworkCode::Esco, FrameworkCode::Csco] {
            assert_eq!(FrameworkCode::parse(code.as_str()), Some(code));
        }
        assert_eq!(SkillKind::parse("Knowledge"), None);
    }
}
