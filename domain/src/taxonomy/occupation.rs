//! Occupations and what they ask for. Knows nothing of the people who hold a skill.

use super::{Label, Uri};
use crate::base::id::OccupationId;

/// An occupation of a classification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occupation {
    /// Its permanent address.
    pub uri: Uri,
    /// Its code in its own classification.
    pub code: Option<String>,
    /// ISCO-08 unit group, four digits (fewer where the classification is less precise).
    pub isco_group: Option<String>,
    /// ISCO-08 skill level, 1 (lowest) to 4.
    pub skill_level: Option<u8>,
    /// The closest ESCO occupation, for an occupation of another classification.
    pub esco_uri: Option<Uri>,
    /// The CSCO code that covers it, for an occupation of another classification.
    pub csco_code: Option<String>,
    /// Names and texts, those of one language and kind in the order to show.
    pub labels: Vec<Label>,
}

/// The id of the occupation at an address, the same in every installation.
pub fn occupation_id(uri: &str) -> OccupationId {
    OccupationId(super::id_of("occupation", uri))
}

/// How good somebody is, or must be, at a skill: 1 apprentice, 2 to 6 the national levels 5 to 1, 7 chief.
/// Zero, no skill at all, is not a level that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(u8);

impl Level {
    /// The lowest level that can be asked for.
    pub const MIN: u8 = 1;
    /// The highest level there is.
    pub const MAX: u8 = 7;

    /// The level of this value, or nothing outside 1 to 7.
    pub fn new(value: i64) -> Option<Level> {
        u8::try_from(value).ok().filter(|level| (Self::MIN..=Self::MAX).contains(level)).map(Level)
    }

    /// 1 to 7.
    pub fn get(self) -> u8 {
        self.0
    }
}

/// Whether an occupation cannot do without a skill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RelationKind {
    /// The occupation cannot be done without it.
    Essential,
    /// It is useful in some jobs of the occupation.
    Optional,
}

impl RelationKind {
    /// The name under which this kind is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            RelationKind::Essential => "essential",
            RelationKind::Optional => "optional",
        }
    }

    /// The kind stored under a name; nothing for a name that is none.
    pub fn parse(name: &str) -> Option<RelationKind> {
        [RelationKind::Essential, RelationKind::Optional].into_iter().find(|kind| kind.as_str() == name)
    }
}

/// An occupation asks for a skill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The occupation.
    pub occupation: Uri,
    /// The skill.
    pub skill: Uri,
    /// How badly it is needed.
    pub kind: RelationKind,
    /// At which level, where the classification says so (ESCO does not).
    pub level: Option<Level>,
}

/// The ISCO-08 skill level of an ISCO-08 group, by its major group (and by its sub-major group where that
/// decides: managers and armed forces). Nothing for a text that is no ISCO-08 group.
///
/// Source: ILO, *International Standard Classification of Occupations: ISCO-08*, volume I, table 1.
pub fn isco_skill_level(group: &str) -> Option<u8> {
    if group.is_empty() || group.len() > 4 || !group.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match group.as_bytes() {
        [b'0', b'1', ..] => Some(4),
        [b'0', b'2', ..] => Some(2),
        [b'0', b'3', ..] => Some(1),
        [b'1', b'4', ..] => Some(3),
        [b'1', b'1'..=b'3', ..] | [b'2', ..] => Some(4),
        [b'3', ..] => Some(3),
        [b'4'..=b'8', ..] => Some(2),
        [b'9', ..] => Some(1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_one_to_seven() {
        assert_eq!(Level::new(0), None);
        assert_eq!(Level::new(8), None);
        assert_eq!(Level::new(-1), None);
        assert_eq!(Level::new(263), None, "must not wrap around");
        assert_eq!(Level::new(1).map(Level::get), Some(1));
        assert_eq!(Level::new(7).map(Level::get), Some(7));
    }

    #[test]
    fn skill_levels_follow_the_groups_of_isco() {
        let levels = [
            ("1321", 4),
            ("1420", 3),
            ("2141", 4),
            ("3122", 3),
            ("4321", 2),
            ("5223", 2),
            ("7531", 2),
            ("8153", 2),
            ("9121", 1),
            ("0110", 4),
            ("0210", 2),
            ("0310", 1),
            ("81", 2),
        ];
        for (group, level) in levels {
            assert_eq!(isco_skill_level(group), Some(level), "{group}");
        }
        for group in ["", "0", "1", "04", "C815", "81530", "８１"] {
            assert_eq!(isco_skill_level(group), None, "{group}");
        }
    }
}
