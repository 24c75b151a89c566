//! The classifications that are loaded, and the choices that occupations and skills share.

use ballast_domain::taxonomy::{FrameworkCode, LabelKind, Language, RelationKind};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use crate::api::Tag;
use crate::api::scalar::SearchText;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::taxonomy::framework as frameworks;
use crate::service::taxonomy::label::{LabelSearch, LabelView};
use crate::words::Words;

/// Classifications.
pub struct FrameworkApi;

/// A classification of occupations and skills.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename = "FrameworkCode", rename_all = "snake_case")]
pub enum FrameworkChoice {
    /// Our own garment and textile taxonomy.
    House,
    /// European Skills, Competences, Qualifications and Occupations.
    Esco,
    /// The Occupational Classification of the People's Republic of China.
    Csco,
}

/// A language of names.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename = "LabelLanguage")]
pub enum LanguageChoice {
    /// Simplified Chinese.
    #[oai(rename = "zh-CN")]
    Chinese,
    /// English.
    #[oai(rename = "en")]
    English,
}

/// What a name or text is for.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename = "LabelKind", rename_all = "snake_case")]
pub enum LabelKindChoice {
    /// The name to show.
    Preferred,
    /// Another name.
    Alternative,
    /// A text of a sentence or more.
    Description,
}

/// Whether an occupation can do without a skill.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename = "SkillRelationKind", rename_all = "snake_case")]
pub enum RelationChoice {
    /// It cannot.
    Essential,
    /// It can.
    Optional,
}

/// A name or text in one language.
#[derive(Debug, Object)]
#[oai(rename = "Label")]
pub struct WireLabel {
    /// The language.
    language: LanguageChoice,
    /// What it is for.
    kind: LabelKindChoice,
    /// The text.
    text: String,
}

/// A classification that is loaded.
#[derive(Debug, Object)]
struct Framework {
    /// Id, the same in every installation.
    id: Uuid,
    /// `house`, `esco` or `csco`.
    code: String,
    /// The release that is loaded.
    version: String,
    /// Title.
    title: String,
    /// Licence.
    licence: String,
    /// Whom to credit, to be shown wherever its content is.
    credit: String,
    /// SHA-256 of what was imported, in hexadecimal.
    source_sha256: String,
    /// When an import changed it last (UTC).
    imported_at: chrono::DateTime<chrono::Utc>,
    /// How many occupations it has.
    occupations: u64,
    /// How many skills and groups of skills it has.
    skills: u64,
}

/// The classifications that are loaded, at most one release of each.
#[derive(Debug, Object)]
struct FrameworkList {
    /// The classifications.
    items: Vec<Framework>,
}

#[OpenApi(prefix_path = "/frameworks", tag = "Tag::Taxonomy")]
impl FrameworkApi {
    /// List the classifications
    ///
    /// With the licence of each and the credit that its use asks for.
    #[oai(path = "/", method = "get", operation_id = "list_frameworks")]
    async fn list(&self, caller: Caller) -> Result<Json<FrameworkList>, Problem> {
        let words = Words(caller.ctx().locale);
        let views = frameworks::list_frameworks(caller.ctx()).await?;
        let items = views.into_iter().map(|view| Framework {
            id: view.id,
            credit: words.t(&format!("taxonomy-credit-{}", view.code)),
            code: view.code,
            version: view.version,
            title: view.title,
            licence: view.licence,
            source_sha256: view.source_sha256,
            imported_at: view.imported_at,
            occupations: view.size.occupations,
            skills: view.size.skills,
        });
        Ok(Json(FrameworkList { items: items.collect() }))
    }
}

/// The search of a list's parameters `label` and `language`.
pub(super) fn search(label: Option<SearchText>, language: Option<LanguageChoice>) -> Option<LabelSearch> {
    label.map(|text| LabelSearch { text: text.into(), begins: false, language: language.map(Language::from) })
}

impl From<FrameworkChoice> for FrameworkCode {
    fn from(choice: FrameworkChoice) -> Self {
        match choice {
            FrameworkChoice::House => Self::House,
            FrameworkChoice::Esco => Self::Esco,
            FrameworkChoice::Csco => Self::Csco,
        }
    }
}

impl From<FrameworkCode> for FrameworkChoice {
    fn from(code: FrameworkCode) -> Self {
        match code {
            FrameworkCode::House => Self::House,
            FrameworkCode::Esco => Self::Esco,
            FrameworkCode::Csco => Self::Csco,
        }
    }
}

impl From<LanguageChoice> for Language {
    fn from(choice: LanguageChoice) -> Self {
        match choice {
            LanguageChoice::Chinese => Self::Chinese,
            LanguageChoice::English => Self::English,
        }
    }
}

impl From<RelationKind> for RelationChoice {
    fn from(kind: RelationKind) -> Self {
        match kind {
            RelationKind::Essential => Self::Essential,
            RelationKind::Optional => Self::Optional,
        }
    }
}

impl From<LabelView> for WireLabel {
    fn from(view: LabelView) -> Self {
        Self {
            language: match view.language {
                Language::Chinese => LanguageChoice::Chinese,
                Language::English => LanguageChoice::English,
            },
            kind: match view.kind {
                LabelKind::Preferred => LabelKindChoice::Preferred,
                LabelKind::Alternative => LabelKindChoice::Alternative,
                LabelKind::Description => LabelKindChoice::Description,
            },
            text: view.text,
        }
    }
}
