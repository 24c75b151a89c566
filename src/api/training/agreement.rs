//! Agreements of schools with factories.

use ballast_domain::base::id::{AgreementId, OrganisationId};
use ballast_domain::identity::policy::Action;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::api::scalar::{Cursor, Limit, Name};
use crate::api::{Tag, page};
use crate::http::answer::{CreatedRow, Revised, Shown};
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::batch::{Mode, of_one};
use crate::service::training::agreement::{self as agreements, AgreementView, NewAgreement};
use crate::service::{Error, once};

/// Agreements.
pub struct AgreementApi;

/// An agreement to sign.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct AgreementInput {
    /// Id of the factory.
    factory: Uuid,
    /// Title in Chinese.
    title_zh: Name,
    /// Title in English.
    title_en: Name,
    /// First day.
    valid_from: chrono::NaiveDate,
    /// Last day, if there is one.
    valid_until: Option<chrono::NaiveDate>,
}

/// An agreement.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct Agreement {
    /// Id.
    id: Uuid,
    /// Id of the school.
    school: Uuid,
    /// Id of the factory.
    factory: Uuid,
    /// Title in Chinese.
    title_zh: String,
    /// Title in English.
    title_en: String,
    /// First day.
    valid_from: chrono::NaiveDate,
    /// Last day, if there is one.
    valid_until: Option<chrono::NaiveDate>,
    /// Revision.
    revision: i64,
}

/// A page of agreements.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct AgreementList {
    /// The agreements.
    items: Vec<Agreement>,
    /// Where the next page begins; absent at the end.
    next_cursor: Option<String>,
    /// The rows of all pages, if they were to be counted.
    total: Option<u64>,
}

#[OpenApi(prefix_path = "/agreements", tag = "Tag::Training")]
impl AgreementApi {
    /// List agreements
    ///
    /// A school and a factory see those to which they are a party, a bureau those that touch its region.
    #[oai(path = "/", method = "get", operation_id = "list_agreements")]
    async fn list(
        &self,
        caller: Caller,
        /// Rows at most, 1 to 200; 50 when nobody says.
        limit: Query<Option<Limit>>,
        /// Where the page begins, from the page before.
        cursor: Query<Option<Cursor>>,
        /// Whether to count the rows of all pages.
        with_total: Query<Option<bool>>,
    ) -> Result<Json<AgreementList>, Problem> {
        let request = page::request(caller.ctx(), limit.0, cursor.0, with_total.0)?;
        let page = agreements::list_agreements(caller.ctx(), request).await?;
        let total = page.total;
        let next_cursor = page::cursor(caller.ctx(), &page);
        Ok(Json(AgreementList {
            items: page.items.into_iter().map(Agreement::from).collect(),
            next_cursor,
            total,
        }))
    }

    /// Sign an agreement with a factory
    #[oai(path = "/", method = "post", operation_id = "create_agreement")]
    async fn create(
        &self,
        caller: Caller,
        body: Json<AgreementInput>,
    ) -> Result<CreatedRow<Agreement>, Problem> {
        let ctx = caller.ctx();
        let school = ctx.actor.acting_organisation(Action::ManageJointClass).ok_or(Error::Denied)?;
        let work = agreements::sign_agreements(ctx, school, vec![body.0.into()], Mode::Commit);
        let made = once(ctx, "agreement", work).await.map_err(of_one)?;
        let row = agreements::get_agreement(ctx, made.one()?).await?.into();
        Ok(CreatedRow { row, replayed: made.replayed })
    }

    /// Read an agreement
    #[oai(path = "/:id", method = "get", operation_id = "get_agreement")]
    async fn get(&self, caller: Caller, id: Path<Uuid>) -> Result<Shown<Agreement>, Problem> {
        Ok(Shown(agreements::get_agreement(caller.ctx(), AgreementId(id.0)).await?.into()))
    }
}

impl Revised for Agreement {
    fn revision(&self) -> i64 {
        self.revision
    }
}

impl From<AgreementInput> for NewAgreement {
    fn from(body: AgreementInput) -> Self {
        Self {
            factory: OrganisationId(body.factory),
            title_zh: body.title_zh.into(),
            title_en: body.title_en.into(),
            valid_from: body.valid_from,
            valid_until: body.valid_until,
        }
    }
}

impl From<AgreementView> for Agreement {
    fn from(view: AgreementView) -> Self {
        Self {
            id: view.id.0,
            school: view.school.0,
            factory: view.factory.0,
            title_zh: view.title_zh,
            title_en: view.title_en,
            valid_from: view.valid_from,
            valid_until: view.valid_until,
            revision: view.revision,
        }
    }
}
