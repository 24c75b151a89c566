//! Skills, what they lie under, and which occupations ask for them.

use ballast_domain::base::id::SkillId;
use ballast_domain::taxonomy::SkillKind;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use super::framework::{FrameworkChoice, LanguageChoice, RelationChoice, WireLabel, search};
use crate::api::scalar::{Cursor, Limit, SearchText};
use crate::api::{Tag, page};
use crate::http::answer::{Revised, Shown};
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::taxonomy::skill::{
    self as skills, AskingOccupation, NearSkill, SkillFilter, SkillSummary, SkillView,
};

/// Skills.
pub struct SkillApi;

/// What sort of thing a skill is.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename = "SkillKind", rename_all = "snake_case")]
enum SkillKindChoice {
    /// Something one knows.
    Knowledge,
    /// Something one can do.
    Competence,
    /// A heading over others, which nobody holds.
    Group,
    /// The classification does not say.
    Unknown,
}

/// A skill of a classification.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct Skill {
    /// Id, the same in every installation.
    id: Uuid,
    /// Its classification.
    framework: FrameworkChoice,
    /// Its permanent address.
    uri: String,
    /// Its name in the language of the request; in the other one, or the address, where it has none.
    label: String,
    /// What sort of thing it is.
    kind: SkillKindChoice,
    /// How widely it can be used, in the words of its classification.
    reuse_level: Option<String>,
    /// How it fades without use: `accuracy`, `speed` or `mixed`.
    decay_class: Option<String>,
    /// Address of the closest ESCO skill.
    esco_uri: Option<String>,
    /// The CSCO code that it stands for.
    csco_code: Option<String>,
    /// Revision.
    revision: i64,
}

/// A page of skills.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct SkillList {
    /// The skills, by id.
    items: Vec<Skill>,
    /// Where the next page begins; absent at the end.
    next_cursor: Option<String>,
    /// The rows of all pages, if they were to be counted.
    total: Option<u64>,
}

/// A broader or narrower skill.
#[derive(Debug, Object)]
struct SkillNeighbour {
    /// Id.
    id: Uuid,
    /// Its name in the language of the request.
    label: String,
}

/// An occupation that asks for a skill.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct SkillOccupation {
    /// Id of the occupation.
    id: Uuid,
    /// Its name in the language of the request.
    label: String,
    /// Whether it can do without the skill.
    relation: RelationChoice,
    /// At which level, 1 to 7, where the classification says so.
    level: Option<i32>,
}

/// A skill with its names, its neighbours and the occupations that ask for it.
#[derive(Debug, Object)]
struct SkillDetail {
    /// The skill.
    skill: Skill,
    /// Names and texts in every language.
    labels: Vec<WireLabel>,
    /// What it lies under.
    broader: Vec<SkillNeighbour>,
    /// What lies under it.
    narrower: Vec<SkillNeighbour>,
    /// Occupations that ask for it, those that cannot do without it first.
    occupations: Vec<SkillOccupation>,
}

#[OpenApi(prefix_path = "/skills", tag = "Tag::Taxonomy")]
impl SkillApi {
    /// List skills
    #[oai(path = "/", method = "get", operation_id = "list_skills")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the request")]
    async fn list(
        &self,
        caller: Caller,
        /// Rows at most, 1 to 200; 50 when nobody says.
        limit: Query<Option<Limit>>,
        /// Where the page begins, from the page before.
        cursor: Query<Option<Cursor>>,
        /// Whether to count the rows of all pages.
        with_total: Query<Option<bool>>,
        /// Of this classification only.
        framework: Query<Option<FrameworkChoice>>,
        /// Of this kind only.
        kind: Query<Option<SkillKindChoice>>,
        /// A text inside a name, alternative names too. Letters A to Z are found whatever their case.
        label: Query<Option<SearchText>>,
        /// Look in names of this language only.
        language: Query<Option<LanguageChoice>>,
    ) -> Result<Json<SkillList>, Problem> {
        let request = page::request(caller.ctx(), limit.0, cursor.0, with_total.0)?;
        let filter = SkillFilter {
            framework: framework.0.map(Into::into),
            kind: kind.0.map(Into::into),
            search: search(label.0, language.0),
        };
        let page = skills::list_skills(caller.ctx(), &filter, request).await?;
        let total = page.total;
        let next_cursor = page::cursor(caller.ctx(), &page);
        Ok(Json(SkillList { items: page.items.into_iter().map(Skill::from).collect(), next_cursor, total }))
    }

    /// Read a skill
    #[oai(path = "/:id", method = "get", operation_id = "get_skill")]
    async fn get(&self, caller: Caller, id: Path<Uuid>) -> Result<Shown<SkillDetail>, Problem> {
        Ok(Shown(skills::get_skill(caller.ctx(), SkillId(id.0)).await?.into()))
    }
}

impl Revised for SkillDetail {
    fn revision(&self) -> i64 {
        self.skill.revision
    }
}

impl From<SkillKindChoice> for SkillKind {
    fn from(choice: SkillKindChoice) -> Self {
        match choice {
            SkillKindChoice::Knowledge => Self::Knowledge,
            SkillKindChoice::Competence => Self::Competence,
            SkillKindChoice::Group => Self::Group,
            SkillKindChoice::Unknown => Self::Unknown,
        }
    }
}

impl From<SkillKind> for SkillKindChoice {
    fn from(kind: SkillKind) -> Self {
        match kind {
            SkillKind::Knowledge => Self::Knowledge,
            SkillKind::Competence => Self::Competence,
            SkillKind::Group => Self::Group,
            SkillKind::Unknown => Self::Unknown,
        }
    }
}

impl From<SkillSummary> for Skill {
    fn from(view: SkillSummary) -> Self {
        Self {
            id: view.id.0,
            framework: view.framework.into(),
            uri: view.uri,
            label: view.label,
            kind: view.kind.into(),
            reuse_level: view.reuse_level,
            decay_class: view.decay_class,
            esco_uri: view.esco_uri,
            csco_code: view.csco_code,
            revision: view.revision,
        }
    }
}

impl From<NearSkill> for SkillNeighbour {
    fn from(view: NearSkill) -> Self {
        Self { id: view.id.0, label: view.label }
    }
}

impl From<AskingOccupation> for SkillOccupation {
    fn from(view: AskingOccupation) -> Self {
        Self { id: view.id.0, label: view.label, relation: view.kind.into(), level: view.level }
    }
}

impl From<SkillView> for SkillDetail {
    fn from(view: SkillView) -> Self {
        Self {
            skill: view.summary.into(),
            labels: view.labels.into_iter().map(WireLabel::from).collect(),
            broader: view.broader.into_iter().map(SkillNeighbour::from).collect(),
            narrower: view.narrower.into_iter().map(SkillNeighbour::from).collect(),
            occupations: view.occupations.into_iter().map(SkillOccupation::from).collect(),
        }
    }
}
