//! Households.

use ballast_domain::base::id::{HouseholdId, OrganisationId, PersonId};
use ballast_domain::identity::policy::Action;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use super::targeting::Targeting;
use crate::api::scalar::{Cursor, Limit, Reference, RegionDigits};
use crate::api::{Tag, page};
use crate::http::answer::{CreatedRow, Revised, Shown};
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::batch::{Mode, of_one};
use crate::service::page::{HOUSEHOLDS_BY_REGISTRATION, Order};
use crate::service::poverty::household::{self as households, HouseholdView, NewHousehold, NewMember};
use crate::service::{Error, once};

/// Households.
pub struct HouseholdApi;

/// What a member is to the head of the household.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum HouseholdRelation {
    /// The head; exactly one.
    Head,
    /// Married to the head.
    Spouse,
    /// A child of the head or of the spouse.
    Child,
    /// A parent of the head or of the spouse.
    Parent,
    /// Anybody else who lives with them.
    Other,
}

impl HouseholdRelation {
    fn code(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Spouse => "spouse",
            Self::Child => "child",
            Self::Parent => "parent",
            Self::Other => "other",
        }
    }
}

/// A person of a household to register.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct HouseholdMemberInput {
    /// Id of a person whom you may read.
    person_id: Uuid,
    /// What the person is to the head.
    relation: HouseholdRelation,
    /// Since when.
    valid_from: chrono::NaiveDate,
}

/// A household to register.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct HouseholdInput {
    /// Your own name for it, unique within your bureau.
    reference: Reference,
    /// Code of the region where it lives, inside your bureau's region.
    region: RegionDigits,
    /// When it was registered.
    registered_on: chrono::NaiveDate,
    /// Who belongs to it, at most 30; exactly one is the head.
    #[oai(validator(max_items = 30))]
    members: Vec<HouseholdMemberInput>,
}

/// A person of a household.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct HouseholdMember {
    /// Id of the person.
    person_id: Uuid,
    /// The name; absent when the person has moved out of your reach.
    name: Option<String>,
    /// What the person is to the head: `head`, `spouse`, `child`, `parent` or `other`.
    relation: String,
    /// Since when.
    valid_from: chrono::NaiveDate,
}

/// A household.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct Household {
    /// Id.
    id: Uuid,
    /// Id of the bureau that registered it.
    bureau_id: Uuid,
    /// The bureau's own name for it.
    reference: String,
    /// Code of the region where it lives.
    region: String,
    /// When it was registered.
    registered_on: chrono::NaiveDate,
    /// Who belongs to it today, the head first.
    members: Vec<HouseholdMember>,
    /// The decision that stands; absent before the first.
    targeting: Option<Targeting>,
    /// Revision.
    revision: i64,
}

/// In which order households come.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
enum HouseholdSort {
    /// By the day of registration.
    #[oai(rename = "registered_on")]
    Registration,
    /// By the day of registration, the latest first.
    #[oai(rename = "-registered_on")]
    RegistrationReversed,
}

/// A page of households.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct HouseholdList {
    /// The households.
    items: Vec<Household>,
    /// Where the next page begins; absent at the end.
    next_cursor: Option<String>,
    /// The rows of all pages, if they were to be counted.
    total: Option<u64>,
}

#[OpenApi(prefix_path = "/households", tag = "Tag::Poverty")]
impl HouseholdApi {
    /// List the households in your bureau's region
    ///
    /// The reading is logged.
    #[oai(path = "/", method = "get", operation_id = "list_households")]
    async fn list(
        &self,
        caller: Caller,
        /// Rows at most, 1 to 200; 50 when nobody says.
        limit: Query<Option<Limit>>,
        /// Where the page begins, from the page before.
        cursor: Query<Option<Cursor>>,
        /// Whether to count the rows of all pages.
        with_total: Query<Option<bool>>,
        /// The order.
        sort: Query<Option<HouseholdSort>>,
        /// Only those in this region or below it.
        region: Query<Option<RegionDigits>>,
    ) -> Result<Json<HouseholdList>, Problem> {
        let request = page::request(caller.ctx(), limit.0, cursor.0, with_total.0)?.by(sort.0);
        let page = households::list_households(caller.ctx(), page::region(region.0)?, request).await?;
        let total = page.total;
        let next_cursor = page::cursor(caller.ctx(), &page);
        let items = page.items.into_iter().map(Household::from).collect();
        Ok(Json(HouseholdList { items, next_cursor, total }))
    }

    /// Register a household
    #[oai(path = "/", method = "post", operation_id = "create_household")]
    async fn create(
        &self,
        caller: Caller,
        body: Json<HouseholdInput>,
    ) -> Result<CreatedRow<Household>, Problem> {
        let ctx = caller.ctx();
        let bureau: OrganisationId =
            ctx.actor.acting_organisation(Action::RegisterHousehold).ok_or(Error::Denied)?;
        let new = vec![body.0.into()];
        let work = households::register_households(ctx, bureau, new, Mode::Commit);
        let made = once(ctx, "household", work).await.map_err(of_one)?;
        let row = households::get_household(ctx, made.one()?).await?.into();
        Ok(CreatedRow { row, replayed: made.replayed })
    }

    /// Read a household with its members
    ///
    /// The reading is logged.
    #[oai(path = "/:id", method = "get", operation_id = "get_household")]
    async fn get(&self, caller: Caller, id: Path<Uuid>) -> Result<Shown<Household>, Problem> {
        Ok(Shown(households::get_household(caller.ctx(), HouseholdId(id.0)).await?.into()))
    }
}

impl Revised for Household {
    fn revision(&self) -> i64 {
        self.revision
    }
}

impl From<HouseholdSort> for Order {
    fn from(sort: HouseholdSort) -> Self {
        match sort {
            HouseholdSort::Registration => HOUSEHOLDS_BY_REGISTRATION,
            HouseholdSort::RegistrationReversed => HOUSEHOLDS_BY_REGISTRATION.reversed(),
        }
    }
}

impl From<HouseholdInput> for NewHousehold {
    fn from(body: HouseholdInput) -> Self {
        let member = |member: HouseholdMemberInput| NewMember {
            person: PersonId(member.person_id),
            relation: member.relation.code().to_owned(),
            valid_from: member.valid_from,
        };
        Self {
            reference: body.reference.into(),
            region: body.region.into(),
            registered_on: body.registered_on,
            members: body.members.into_iter().map(member).collect(),
        }
    }
}

impl From<HouseholdView> for Household {
    fn from(view: HouseholdView) -> Self {
        let member = |member: households::MemberView| HouseholdMember {
            person_id: member.person.0,
            name: member.name,
            relation: member.relation,
            valid_from: member.valid_from,
        };
        Self {
            id: view.id.0,
            bureau_id: view.bureau.0,
            reference: view.reference,
            region: view.region,
            registered_on: view.registered_on,
            members: view.members.into_iter().map(member).collect(),
            targeting: view.targeting.map(Targeting::from),
            revision: view.revision,
        }
    }
}
