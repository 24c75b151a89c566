//! The identity of a classification: which one, in which version, under which licence.
//! Knows nothing of its content.

use uuid::Uuid;

/// The classifications that this product can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FrameworkCode {
    /// Our own garment and textile taxonomy.
    House,
    /// European Skills, Competences, Qualifications and Occupations.
    Esco,
    /// The Occupational Classification of the People's Republic of China.
    Csco,
}

impl FrameworkCode {
    /// The name under which this classification is stored and called on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            FrameworkCode::House => "house",
            FrameworkCode::Esco => "esco",
            FrameworkCode::Csco => "csco",
        }
    }

    /// The code stored under a name; nothing for a name that is none.
    pub fn parse(name: &str) -> Option<FrameworkCode> {
        [FrameworkCode::House, FrameworkCode::Esco, FrameworkCode::Csco]
            .into_iter()
            .find(|code| code.as_str() == name)
    }
}

/// The id of a classification, whatever its release: an installation holds one release of each.
pub fn framework_id(code: FrameworkCode) -> Uuid {
    super::id_of("framework", code.as_str())
}

/// One release of a classification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Framework {
    /// Which classification.
    pub code: FrameworkCode,
    /// Its version, as its publisher writes it, without a leading `v`.
    pub version: String,
    /// Its title.
    pub title: String,
    /// Licence and credit, to be shown wherever its content is.
    pub licence: String,
}
