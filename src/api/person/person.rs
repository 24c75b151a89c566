//! People and what they want.

use ballast_domain::base::id::{OrganisationId, PersonId};
use ballast_domain::identity::policy::Action;
use ballast_domain::matching::candidate::Shifts;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use crate::api::scalar::{Cursor, Limit, Name, NameStart, Reference, RegionDigits};
use crate::api::{Tag, page};
use crate::http::answer::{self, Revised, Shown, Told};
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::batch::{Mode, of_one};
use crate::service::page::{Order, PEOPLE_BY_NAME};
use crate::service::person::availability::{self as wishes, AvailabilityView, NewAvailability};
use crate::service::person::person::{self as people, NewPerson, PersonView};
use crate::service::{Error, once};

/// People.
pub struct PersonApi;

/// A shift.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq, Hash)]
#[oai(rename_all = "snake_case")]
pub enum Shift {
    /// By day.
    Day,
    /// In the evening.
    Evening,
    /// At night.
    Night,
}

/// What a person wants.
#[derive(Clone, Debug, Object)]
#[oai(deny_unknown_fields, skip_serializing_if_is_none)]
pub struct Availability {
    /// First day.
    pub from: chrono::NaiveDate,
    /// Last day, if there is one.
    pub until: Option<chrono::NaiveDate>,
    /// Codes of the regions where the person would work.
    #[oai(validator(max_items = 20, max_length = 12))]
    pub regions: Vec<String>,
    /// Least monthly wage in fen, if said.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000000000")))]
    pub wage_min_minor: Option<i64>,
    /// Shifts taken.
    #[oai(validator(max_items = 3, unique_items))]
    pub shifts: Vec<Shift>,
    /// Whether a dormitory is wished, if said.
    pub dormitory: Option<bool>,
}

/// A local person to register. The nationality is proved by the citizen number, which the registrar has seen
/// on the card.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct PersonInput {
    /// As on the identity card.
    name: Name,
    /// In Latin letters.
    name_latin: Option<Name>,
    /// Birth date; taken from the citizen number when that is given.
    birth_date: Option<chrono::NaiveDate>,
    /// `female` or `male`; taken from the citizen number when that is given.
    sex: Option<Reference>,
    /// Code of the region where the person lives.
    home_region: Option<RegionDigits>,
    /// Citizen number (GB 11643). Kept encrypted, never shown again.
    citizen_number: Option<Reference>,
    /// Phone number. Kept encrypted.
    phone: Option<Reference>,
    /// What the person wants.
    availability: Option<Availability>,
}

/// A person, for those who may know the name.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct Person {
    /// Id.
    id: Uuid,
    /// As written in the person's own script.
    name: String,
    /// In Latin letters.
    name_latin: Option<String>,
    /// Birth date.
    birth_date: Option<chrono::NaiveDate>,
    /// `female` or `male`.
    sex: Option<String>,
    /// Code of the region where the person lives.
    home_region: Option<String>,
    /// Whether a port registered the person.
    foreign_worker: bool,
    /// Revision.
    revision: i64,
}

/// In which order people come.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
enum PersonSort {
    /// By name.
    #[oai(rename = "name")]
    Name,
    /// By name, from the end.
    #[oai(rename = "-name")]
    NameReversed,
}

/// A page of people.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct PersonList {
    /// The people.
    items: Vec<Person>,
    /// Where the next page begins; absent at the end.
    next_cursor: Option<String>,
    /// The rows of all pages, if they were to be counted.
    total: Option<u64>,
}

/// The id of what was made.
#[derive(Debug, Object)]
struct Created {
    /// Id.
    id: Uuid,
}

/// What a person said last.
#[derive(Debug, Object)]
struct RecordedAvailability {
    /// How often the person has said something.
    version: i32,
    /// When this was recorded (UTC).
    recorded_at: chrono::DateTime<chrono::Utc>,
    /// What was said.
    said: Availability,
}

#[OpenApi(prefix_path = "/people", tag = "Tag::Person")]
impl PersonApi {
    /// List the people in your reach
    ///
    /// A school sees people with an open tie to it, a bureau those of its region. The reading is logged.
    #[oai(path = "/", method = "get", operation_id = "list_people")]
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
        sort: Query<Option<PersonSort>>,
        /// The beginning of the name.
        name: Query<Option<NameStart>>,
    ) -> Result<Json<PersonList>, Problem> {
        let request = page::request(caller.ctx(), limit.0, cursor.0, with_total.0)?.by(sort.0);
        let page = people::list_people(caller.ctx(), name.0.as_ref().map(NameStart::as_str), request).await?;
        let total = page.total;
        let next_cursor = page::cursor(caller.ctx(), &page);
        Ok(Json(PersonList { items: page.items.into_iter().map(Person::from).collect(), next_cursor, total }))
    }

    /// Register a person
    #[oai(path = "/", method = "post", operation_id = "create_person")]
    async fn create(
        &self,
        caller: Caller,
        body: Json<PersonInput>,
    ) -> Result<answer::Created<Created>, Problem> {
        let ctx = caller.ctx();
        let organisation: OrganisationId =
            ctx.actor.acting_organisation(Action::RegisterPerson).ok_or(Error::Denied)?;
        let work = people::register_people(ctx, organisation, vec![body.0.into()], Mode::Commit);
        let made = once(ctx, "person", work).await.map_err(of_one)?;
        Ok(answer::Created { body: Created { id: made.one()? }, replayed: made.replayed })
    }

    /// Read a person
    ///
    /// The reading is logged.
    #[oai(path = "/:id", method = "get", operation_id = "get_person")]
    async fn get(&self, caller: Caller, id: Path<Uuid>) -> Result<Shown<Person>, Problem> {
        Ok(Shown(people::get_person(caller.ctx(), PersonId(id.0)).await?.into()))
    }

    /// Read what a person wants
    #[oai(path = "/:id/availability", method = "get", operation_id = "get_availability")]
    async fn get_availability(
        &self,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Result<Json<RecordedAvailability>, Problem> {
        let found = wishes::get_availability(caller.ctx(), PersonId(id.0)).await?;
        Ok(Json(found.ok_or(Error::NotFound)?.into()))
    }

    /// Record what a person wants now
    ///
    /// What was said before is kept as an older version.
    #[oai(path = "/:id/availability", method = "post", operation_id = "create_availability")]
    async fn record_availability(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Json<Availability>,
    ) -> Result<Told<RecordedAvailability>, Problem> {
        let (ctx, id) = (caller.ctx(), PersonId(id.0));
        let work =
            async { wishes::record_availability(ctx, id, body.0.into()).await.map(|_version| vec![id]) };
        let made = once(ctx, "availability", work).await?;
        let found = wishes::get_availability(ctx, id).await?;
        Ok(Told { body: found.ok_or(Error::NotFound)?.into(), replayed: made.replayed })
    }
}

impl Revised for Person {
    fn revision(&self) -> i64 {
        self.revision
    }
}

impl From<PersonSort> for Order {
    fn from(sort: PersonSort) -> Self {
        match sort {
            PersonSort::Name => PEOPLE_BY_NAME,
            PersonSort::NameReversed => PEOPLE_BY_NAME.reversed(),
        }
    }
}

impl From<Availability> for NewAvailability {
    fn from(body: Availability) -> Self {
        let has = |shift| body.shifts.contains(&shift);
        Self {
            from: body.from,
            until: body.until,
            shifts: Shifts { day: has(Shift::Day), evening: has(Shift::Evening), night: has(Shift::Night) },
            regions: body.regions,
            wage_min_minor: body.wage_min_minor,
            dormitory: body.dormitory,
        }
    }
}

/// The shifts of a set, as the API names them.
pub(crate) fn shifts(set: Shifts) -> Vec<Shift> {
    [(set.day, Shift::Day), (set.evening, Shift::Evening), (set.night, Shift::Night)]
        .into_iter()
        .filter_map(|(has, shift)| has.then_some(shift))
        .collect()
}

impl From<AvailabilityView> for RecordedAvailability {
    fn from(view: AvailabilityView) -> Self {
        let said = view.said;
        Self {
            version: view.version,
            recorded_at: view.recorded_at,
            said: Availability {
                from: said.from,
                until: said.until,
                regions: said.regions,
                wage_min_minor: said.wage_min_minor,
                shifts: shifts(said.shifts),
                dormitory: said.dormitory,
            },
        }
    }
}

impl From<PersonInput> for NewPerson {
    fn from(body: PersonInput) -> Self {
        Self {
            name: body.name.into(),
            name_latin: body.name_latin.map(String::from),
            birth_date: body.birth_date,
            sex: body.sex.map(String::from),
            home_region: body.home_region.map(String::from),
            citizen_number: body.citizen_number.map(String::from),
            phone: body.phone.map(String::from),
            availability: body.availability.map(NewAvailability::from),
        }
    }
}

impl From<PersonView> for Person {
    fn from(view: PersonView) -> Self {
        Self {
            id: view.id.0,
            name: view.name,
            name_latin: view.name_latin,
            birth_date: view.birth_date,
            sex: view.sex,
            home_region: view.home_region,
            foreign_worker: view.foreign_worker,
            revision: view.revision,
        }
    }
}
