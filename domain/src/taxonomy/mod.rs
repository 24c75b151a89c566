//! Occupations and skills of a classification as plain values, and the exact difference between two releases.
//! Knows neither files nor tables.
//!
//! A release is a [`Content`]. Two invariants hold in what the readers of this project return, and
//! [`Content::sort`] restores the first: everything is in order of URI, and a URI occurs at most once.

pub mod difference;
pub mod framework;
pub mod occupation;
pub mod skill;

use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

pub use difference::{Difference, difference};
pub use framework::{Framework, FrameworkCode, framework_id};
pub use occupation::{Level, Occupation, Relation, RelationKind, isco_skill_level, occupation_id};
pub use skill::{Broader, DecayClass, Skill, SkillKind, skill_id};

/// The permanent address of a concept, shared between a concept and the relations that point to it.
pub type Uri = Arc<str>;

/// The id that follows from a permanent name: the first 16 bytes of SHA-256 over noun and name, as a UUID of
/// version 8 (RFC 9562, section 5.8). The same name has the same id in every installation and on either
/// database, and no two nouns share one.
fn id_of(noun: &str, name: &str) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(noun.as_bytes());
    hash.update([0]);
    hash.update(name.as_bytes());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
    Builder::from_custom_bytes(bytes).into_uuid()
}

/// One release of a classification: everything that an import writes and a comparison reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Which classification this is, in which version, under which licence.
    pub framework: Framework,
    /// Occupations in order of URI.
    pub occupations: Vec<Occupation>,
    /// Skills and groups of skills in order of URI.
    pub skills: Vec<Skill>,
    /// Which occupation asks for which skill, in order of occupation, then skill. Both ends exist here.
    pub relations: Vec<Relation>,
    /// Which skill lies under which broader one, in order of skill, then broader. Both ends exist here.
    pub broader: Vec<Broader>,
}

impl Content {
    /// An empty release of `framework`.
    pub fn new(framework: Framework) -> Content {
        Content {
            framework,
            occupations: Vec::new(),
            skills: Vec::new(),
            relations: Vec::new(),
            broader: Vec::new(),
        }
    }

    /// Puts everything in order of URI, so that equal releases are equal values whatever order they came in.
    pub fn sort(&mut self) {
        self.occupations.sort_by(|a, b| a.uri.cmp(&b.uri));
        self.skills.sort_by(|a, b| a.uri.cmp(&b.uri));
        self.relations.sort_by(|a, b| (&a.occupation, &a.skill).cmp(&(&b.occupation, &b.skill)));
        self.broader.sort();
    }
}

/// The languages of labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Simplified Chinese, `zh-CN`.
    Chinese,
    /// English, `en`.
    English,
}

impl Language {
    /// The BCP 47 tag.
    pub fn as_str(self) -> &'static str {
        match self {
            Language::Chinese => "zh-CN",
            Language::English => "en",
        }
    }

    /// The language of a tag; nothing for another one.
    pub fn parse(tag: &str) -> Option<Language> {
        [Language::Chinese, Language::English].into_iter().find(|language| language.as_str() == tag)
    }
}

/// What a label is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LabelKind {
    /// The name to show. At most one in each language.
    Preferred,
    /// Another name, for searching.
    Alternative,
    /// A text of a sentence or more.
    Description,
}

impl LabelKind {
    /// The name under which this kind is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            LabelKind::Preferred => "preferred",
            LabelKind::Alternative => "alternative",
            LabelKind::Description => "description",
        }
    }

    /// The kind stored under a name; nothing for a name that is none.
    pub fn parse(name: &str) -> Option<LabelKind> {
        [LabelKind::Preferred, LabelKind::Alternative, LabelKind::Description]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

/// A name or text of a concept. Within a language and kind, the order in the list is the order to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Its language.
    pub language: Language,
    /// What it is for.
    pub kind: LabelKind,
    /// The text, never empty, without blanks at its ends.
    pub text: String,
}

impl Label {
    /// The label of this language and kind.
    pub fn new(language: Language, kind: LabelKind, text: impl Into<String>) -> Label {
        Label { language, kind, text: text.into() }
    }
}

/// The name to show in a language, where there is one.
pub fn preferred_label(labels: &[Label], language: Language) -> Option<&str> {
    labels
        .iter()
        .find(|label| label.language == language && label.kind == LabelKind::Preferred)
        .map(|label| label.text.as_str())
}

/// Which end of a relation does not exist in its release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MissingEnd {
    /// The end that the relation starts from: the occupation, or the narrower skill.
    From,
    /// The end that it points to: the skill, or the broader skill.
    To,
    /// Neither end exists.
    Both,
}

/// Something wrong with a release that does not stop it from being read: it is reported, and what is wrong is
/// left out or read as unknown. Rows are counted as a spreadsheet counts them: the heading is row 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// A relation between occupation and skill of which an end does not exist. Left out.
    DanglingRelation {
        /// The occupation that the row names.
        occupation: Uri,
        /// The skill that the row names.
        skill: Uri,
        /// Which of them is missing.
        missing: MissingEnd,
        /// Where it stands.
        row: usize,
    },
    /// A relation between a skill and a broader one of which an end does not exist. Left out.
    DanglingBroader {
        /// The skill that the row names.
        skill: Uri,
        /// The broader skill that the row names.
        broader: Uri,
        /// Which of them is missing.
        missing: MissingEnd,
        /// Where it stands.
        row: usize,
    },
    /// The same pair of occupation and skill a second time. The first row counts.
    DoubledRelation {
        /// The occupation.
        occupation: Uri,
        /// The skill.
        skill: Uri,
        /// Where the repetition stands.
        row: usize,
    },
    /// One code or URI on several rows. The first row counts.
    DoubledCode {
        /// The code or URI.
        code: String,
        /// All rows on which it stands, in order.
        rows: Vec<usize>,
    },
    /// A skill that does not say whether it is knowledge or competence. Read as [`SkillKind::Unknown`].
    MissingSkillType {
        /// The skill.
        skill: Uri,
        /// Where it stands.
        row: usize,
    },
}
