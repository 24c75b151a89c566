//! Occupations and the skills that they ask for.

use ballast_domain::base::id::OccupationId;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::framework::{FrameworkChoice, LanguageChoice, RelationChoice, WireLabel, search};
use crate::api::scalar::{Cursor, Limit, SearchText};
use crate::api::{Tag, page};
use crate::http::answer::{Revised, Shown};
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::taxonomy::occupation::{
    self as occupations, AskedSkill, OccupationFilter, OccupationSummary, OccupationView,
};

/// Occupations.
pub struct OccupationApi;

/// An occupation of a classification.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct Occupation {
    /// Id, the same in every installation.
    id: Uuid,
    /// Its classification.
    framework: FrameworkChoice,
    /// Its permanent address.
    uri: String,
    /// Its code in its own classification.
    code: Option<String>,
    /// Its name in the language of the request; in the other one, or the address, where it has none.
    label: String,
    /// ISCO-08 group, up to four digits.
    isco_group: Option<String>,
    /// ISCO-08 skill level, 1 to 4.
    skill_level: Option<i32>,
    /// Address of the closest ESCO occupation.
    esco_uri: Option<String>,
    /// The CSCO code that covers it.
    csco_code: Option<String>,
    /// Revision.
    revision: i64,
}

/// A page of occupations.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct OccupationList {
    /// The occupations, by id.
    items: Vec<Occupation>,
    /// Where the next page begins; absent at the end.
    next_cursor: Option<String>,
    /// The rows of all pages, if they were to be counted.
    total: Option<u64>,
}

/// A skill that an occupation asks for.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct OccupationSkill {
    /// Id of the skill.
    id: Uuid,
    /// Its name in the language of the request.
    label: String,
    /// Whether the occupation can do without it.
    relation: RelationChoice,
    /// At which level, 1 to 7, where the classification says so.
    level: Option<i32>,
}

/// An occupation with its names and the skills that it asks for.
#[derive(Debug, Object)]
struct OccupationDetail {
    /// The occupation.
    occupation: Occupation,
    /// Names and texts in every language.
    labels: Vec<WireLabel>,
    /// What it asks for, essential skills first.
    skills: Vec<OccupationSkill>,
}

#[OpenApi(prefix_path = "/occupations", tag = "Tag::Taxonomy")]
impl OccupationApi {
    /// List occupations
    #[oai(path = "/", method = "get", operation_id = "list_occupations")]
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
        /// A text inside a name, alternative names too. Letters A to Z are found whatever their case.
        label: Query<Option<SearchText>>,
        /// Look in names of this language only.
        language: Query<Option<LanguageChoice>>,
    ) -> Result<Json<OccupationList>, Problem> {
        let request = page::request(caller.ctx(), limit.0, cursor.0, with_total.0)?;
        let filter =
            OccupationFilter { framework: framework.0.map(Into::into), search: search(label.0, language.0) };
        let page = occupations::list_occupations(caller.ctx(), &filter, request).await?;
        let total = page.total;
        let next_cursor = page::cursor(caller.ctx(), &page);
        Ok(Json(OccupationList {
            items: page.items.into_iter().map(Occupation::from).collect(),
            next_cursor,
            total,
        }))
    }

    /// Read an occupation
    #[oai(path = "/:id", method = "get", operation_id = "get_occupation")]
    async fn get(&self, caller: Caller, id: Path<Uuid>) -> Result<Shown<OccupationDetail>, Problem> {
        Ok(Shown(occupations::get_occupation(caller.ctx(), OccupationId(id.0)).await?.into()))
    }
}

impl Revised for OccupationDetail {
    fn revision(&self) -> i64 {
        self.occupation.revision
    }
}

impl From<OccupationSummary> for Occupation {
    fn from(view: OccupationSummary) -> Self {
        Self {
            id: view.id.0,
            framework: view.framework.into(),
            uri: view.uri,
            code: view.code,
            label: view.label,
            isco_group: view.isco_group,
            skill_level: view.skill_level,
            esco_uri: view.esco_uri,
            csco_code: view.csco_code,
            revision: view.revision,
        }
    }
}

impl From<AskedSkill> for OccupationSkill {
    fn from(view: AskedSkill) -> Self {
        Self { id: view.id.0, label: view.label, relation: view.kind.into(), level: view.level }
    }
}

impl From<OccupationView> for OccupationDetail {
    fn from(view: OccupationView) -> Self {
        Self {
            occupation: view.summary.into(),
            labels: view.labels.into_iter().map(WireLabel::from).collect(),
            skills: view.skills.into_iter().map(OccupationSkill::from).collect(),
        }
    }
}
