//! Who acts for whom.

use ballast_domain::base::id::{GuardianId, PersonId};
use ballast_domain::person::guardian::Basis;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use crate::api::scalar::{Cursor, Limit, Reference};
use crate::api::{Tag, page};
use crate::http::answer::{Created, Done};
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::once;
use crate::service::person::guardian::{self as guardians, GuardianView, NewGuardian};

/// Guardians.
pub struct GuardianApi;

/// What a guardianship rests on.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum GuardianBasis {
    /// A mother or a father of a minor.
    Parent,
    /// Another relative of a minor, where the parents cannot.
    Relative,
    /// Whom a court, a committee or a civil affairs office appointed for a minor.
    Appointed,
    /// A court found that an adult cannot decide alone. It does not end by age.
    Incapacity,
}

/// Somebody who is to act for a person.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct GuardianInput {
    /// The name with which the guardian signs in; a login with the role `guardian`.
    login: Reference,
    /// What it rests on.
    basis: GuardianBasis,
    /// The last day, where it is known from the start. A minor's 18th birthday ends it in any case; without a birth
    /// date it stays until somebody ends it.
    valid_until: Option<chrono::NaiveDate>,
}

/// Who acts for whom.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct Guardian {
    /// Id.
    id: Uuid,
    /// Id of the ward.
    person_id: Uuid,
    /// The ward's name, if you may read it today.
    person_name: Option<String>,
    /// Id of the guardian's login.
    user_id: Uuid,
    /// As the guardian is shown.
    guardian_name: String,
    /// What it rests on.
    basis: GuardianBasis,
    /// The first day.
    valid_from: chrono::NaiveDate,
    /// The last day, by whichever comes first: what somebody set, or the day before the ward comes of age; absent
    /// while no end is known.
    valid_until: Option<chrono::NaiveDate>,
    /// Whether it holds today.
    holds: bool,
}

/// A page of guardianships.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct GuardianList {
    /// The guardianships.
    items: Vec<Guardian>,
    /// Where the next page begins; absent at the end.
    next_cursor: Option<String>,
    /// The rows of all pages, if they were to be counted.
    total: Option<u64>,
}

/// The guardianship that was made.
#[derive(Debug, Object)]
struct GuardianCreated {
    /// Id.
    id: Uuid,
}

#[OpenApi(tag = "Tag::Person")]
impl GuardianApi {
    /// List who acts for whom
    ///
    /// As far as you may know it: of people whose record you keep, of yourself, and those for whom you act. Those
    /// that have ended too. The reading is logged.
    #[oai(path = "/guardians", method = "get", operation_id = "list_guardians")]
    async fn list(
        &self,
        caller: Caller,
        /// Of one ward.
        person_id: Query<Option<Uuid>>,
        /// Rows at most, 1 to 200; 50 when nobody says.
        limit: Query<Option<Limit>>,
        /// Where the page begins, from the page before.
        cursor: Query<Option<Cursor>>,
        /// Whether to count the rows of all pages.
        with_total: Query<Option<bool>>,
    ) -> Result<Json<GuardianList>, Problem> {
        let ctx = caller.ctx();
        let request = page::request(ctx, limit.0, cursor.0, with_total.0)?;
        let found = guardians::list_guardians(ctx, person_id.0.map(PersonId), request).await?;
        let (next_cursor, total) = (page::cursor(ctx, &found), found.total);
        let items = found.items.into_iter().map(Guardian::from).collect();
        Ok(Json(GuardianList { items, next_cursor, total }))
    }

    /// Read one guardianship
    ///
    /// The reading is logged.
    #[oai(path = "/guardians/:id", method = "get", operation_id = "get_guardian")]
    async fn get(&self, caller: Caller, id: Path<Uuid>) -> Result<Json<Guardian>, Problem> {
        Ok(Json(guardians::get_guardian(caller.ctx(), GuardianId(id.0)).await?.into()))
    }

    /// Let somebody act for a person
    ///
    /// From today on. The guardian reads the person's record and answers factories for the person.
    #[oai(path = "/people/:id/guardians", method = "post", operation_id = "create_guardian")]
    async fn create(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Json<GuardianInput>,
    ) -> Result<Created<GuardianCreated>, Problem> {
        let (ctx, ward, body) = (caller.ctx(), PersonId(id.0), body.0);
        let new = NewGuardian {
            login: body.login.into(),
            basis: Basis::from(body.basis).code().to_owned(),
            valid_until: body.valid_until,
        };
        let work = async { guardians::make_guardian(ctx, ward, new).await.map(|id| vec![id]) };
        let made = once(ctx, "guardian", work).await?;
        Ok(Created { body: GuardianCreated { id: made.one()? }, replayed: made.replayed })
    }

    /// End a guardianship
    ///
    /// It does not hold any more today. The end is a record of its own with an id of its own.
    #[oai(path = "/guardians/:id/ending", method = "post", operation_id = "create_guardian_ending")]
    async fn end(&self, caller: Caller, id: Path<Uuid>) -> Result<Done, Problem> {
        let (ctx, id) = (caller.ctx(), GuardianId(id.0));
        let work = async { guardians::end_guardian(ctx, id).await.map(|id| vec![id]) };
        Ok(Done { replayed: once(ctx, "guardian", work).await?.replayed })
    }
}

impl From<GuardianBasis> for Basis {
    fn from(basis: GuardianBasis) -> Self {
        match basis {
            GuardianBasis::Parent => Self::Parent,
            GuardianBasis::Relative => Self::Relative,
            GuardianBasis::Appointed => Self::Appointed,
            GuardianBasis::Incapacity => Self::Incapacity,
        }
    }
}

impl From<Basis> for GuardianBasis {
    fn from(basis: Basis) -> Self {
        match basis {
            Basis::Parent => Self::Parent,
            Basis::Relative => Self::Relative,
            Basis::Appointed => Self::Appointed,
            Basis::Incapacity => Self::Incapacity,
        }
    }
}

impl From<GuardianView> for Guardian {
    fn from(view: GuardianView) -> Self {
        Self {
            id: view.id.0,
            person_id: view.person.0,
            person_name: view.person_name,
            user_id: view.user.0,
            guardian_name: view.guardian_name,
            basis: view.basis.into(),
            valid_from: view.valid_from,
            valid_until: view.valid_until,
            holds: view.holds,
        }
    }
}
