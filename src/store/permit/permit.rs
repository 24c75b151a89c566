//! Permits that are asked for. A permit is reached through its employer, the desk of its port, a region, or
//! as the person that it is about. No function here can write a status that the domain does not know.

use std::collections::BTreeMap;

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{OrganisationId, PermitId, PersonId, PortId, VacancyId};
use ballast_domain::base::region::RegionCode;
use ballast_domain::identity::policy::{Act, Grant, Scope, Target, act};
use ballast_domain::permit::draft::Status;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, JoinType, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, RelationTrait as _, Select,
};
use uuid::Uuid;

use crate::entity::hiring::vacancy;
use crate::entity::organisation::{organisation, port};
use crate::entity::permit::permit::{Column, Entity, Model, Relation};
use crate::store::page::{Order, Page, PageRequest};
use crate::store::person::person::lock_living;
use crate::store::{Error, Tx, batch, scope};

/// What a draft has to know of an employer.
#[derive(Clone, Debug)]
pub struct EmployerFacts {
    /// The kind of organisation, as a code.
    pub kind: String,
    /// Whether it is in business.
    pub active: bool,
    /// Where it lies.
    pub region: RegionCode,
}

/// A port and the bureau that keeps its desk.
#[derive(Clone, Copy, Debug)]
pub struct PortFacts {
    /// The bureau.
    pub bureau: OrganisationId,
    /// The region that the bureau answers for.
    pub bureau_region: RegionCode,
}

/// The employer of a draft.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get_employer(db: &impl ConnectionTrait, id: OrganisationId) -> Result<EmployerFacts, Error> {
    let row = organisation::Entity::find_by_id(id.0).one(db).await?.ok_or(Error::Missing)?;
    Ok(EmployerFacts { region: region(&row.region_code)?, active: row.status == "active", kind: row.kind })
}

/// The ports among these ids.
///
/// # Errors
/// What the database says.
pub async fn find_ports(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = PortId>,
) -> Result<BTreeMap<PortId, PortFacts>, Error> {
    let rows: Vec<(Uuid, Uuid, String)> = port::Entity::find()
        .select_only()
        .columns([port::Column::Id, port::Column::BureauId])
        .column(organisation::Column::RegionCode)
        .join(JoinType::InnerJoin, port::Relation::Organisation.def())
        .filter(port::Column::Id.is_in(ids.into_iter().map(|id| id.0)))
        .into_tuple()
        .all(db)
        .await?;
    rows.into_iter()
        .map(|(id, bureau, code)| {
            let facts = PortFacts { bureau: OrganisationId(bureau), bureau_region: region(&code)? };
            Ok((PortId(id), facts))
        })
        .collect()
}

/// Those of these vacancies that are the employer's and open.
///
/// # Errors
/// What the database says.
pub async fn open_vacancies(
    db: &impl ConnectionTrait,
    employer: OrganisationId,
    ids: Vec<VacancyId>,
) -> Result<Vec<VacancyId>, Error> {
    let rows: Vec<Uuid> = vacancy::Entity::find()
        .select_only()
        .column(vacancy::Column::Id)
        .filter(vacancy::Column::OrganisationId.eq(employer.0))
        .filter(vacancy::Column::Status.eq("open"))
        .filter(vacancy::Column::Id.is_in(ids.into_iter().map(|id| id.0)))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(VacancyId).collect())
}

/// A permit to draft. It has no status of its own choosing.
#[derive(Clone, Debug)]
pub struct NewDraft {
    /// Its id.
    pub id: Uuid,
    /// Who would work.
    pub person: PersonId,
    /// The desk.
    pub port: PortId,
    /// For which vacancy, if for one.
    pub vacancy: Option<VacancyId>,
    /// The employer's number for it.
    pub reference: String,
    /// First day.
    pub starts_on: CivilDate,
    /// Last day, included.
    pub ends_on: CivilDate,
}

/// Inserts drafts of one employer, each with a grant for its person too, and gives them as they are now.
///
/// # Errors
/// [`Error::Missing`] for a draft whose grant is for somebody else; [`Error::Duplicate`] for a reference that
/// is taken.
pub async fn insert_drafts(
    tx: &Tx,
    employer: &Grant<act::DraftPermit>,
    people: &[Grant<act::DraftPermit>],
    drafts: Vec<NewDraft>,
) -> Result<Vec<Model>, Error> {
    if !people.iter().map(Grant::id).eq(drafts.iter().map(|draft| draft.person.0)) {
        return Err(Error::Missing);
    }
    let row = |draft: NewDraft| Model {
        id: draft.id,
        person_id: draft.person.0,
        employer_id: employer.id(),
        port_id: draft.port.0,
        vacancy_id: draft.vacancy.map(|id| id.0),
        reference: draft.reference,
        status: Status::Draft.code().to_owned(),
        starts_on: draft.starts_on,
        ends_on: draft.ends_on,
        revision: 1,
    };
    let rows: Vec<Model> = drafts.into_iter().map(row).collect();
    let people: Vec<Uuid> = rows.iter().map(|row| row.person_id).collect();
    lock_living(tx, &people).await?;
    batch::insert_all::<Entity, _>(tx.conn(), rows.clone()).await?;
    Ok(rows)
}

/// Moves a permit to another status, if nobody has changed it since it was judged.
///
/// # Errors
/// [`Error::Stale`].
pub async fn update_status_if_unchanged(
    tx: &Tx,
    grant: &Grant<act::SubmitPermit>,
    status: Status,
) -> Result<(), Error> {
    let done = Entity::update_many()
        .col_expr(Column::Status, Expr::value(status.code()))
        .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
        .filter(Column::Id.eq(grant.id()))
        .filter(Column::Revision.eq(grant.revision()))
        .exec(tx.conn())
        .await?;
    if done.rows_affected == 0 { Err(Error::Stale) } else { Ok(()) }
}

/// A permit with where its parties lie.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The permit.
    pub permit: Model,
    /// The bureau that keeps the port's desk.
    pub bureau: OrganisationId,
    /// Where the employer and the port lie.
    pub regions: Vec<RegionCode>,
}

impl Placed {
    /// What the policy has to know of it.
    #[must_use]
    pub fn target(&self) -> Target {
        Target {
            id: self.permit.id,
            revision: self.permit.revision,
            organisations: vec![OrganisationId(self.permit.employer_id)],
            tied: vec![self.bureau],
            regions: self.regions.clone(),
            person: Some(PersonId(self.permit.person_id)),
            concerned: Vec::new(),
            user: None,
        }
    }
}

/// What the policy and the rules have to know of one permit.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get_target(db: &impl ConnectionTrait, id: PermitId) -> Result<(Target, Status), Error> {
    let permit = Entity::find_by_id(id.0).one(db).await?.ok_or(Error::Missing)?;
    let status = Status::parse(&permit.status).ok_or(Error::Corrupt("permit.status"))?;
    let placed = place(db, vec![permit]).await?.pop().ok_or(Error::Missing)?;
    Ok((placed.target(), status))
}

/// A permit in reach.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get<A: Act>(db: &impl ConnectionTrait, scope: &Scope<A>, id: PermitId) -> Result<Placed, Error> {
    let row = in_reach(scope).filter(Column::Id.eq(id.0)).one(db).await?.ok_or(Error::Missing)?;
    place(db, vec![row]).await?.pop().ok_or(Error::Missing)
}

/// Permits in reach, by id.
///
/// # Errors
/// What the database says.
pub async fn list<A: Act>(
    db: &impl ConnectionTrait,
    scope: &Scope<A>,
    status: Option<Status>,
    request: PageRequest,
) -> Result<Page<Placed>, Error> {
    let mut query = in_reach(scope);
    if let Some(status) = status {
        query = query.filter(Column::Status.eq(status.code()));
    }
    let total = request.count(db, &query).await?;
    let query = request.turn(query, Order::id("permit"), db.get_database_backend());
    let rows = query.all(db).await?;
    let page = Page::cut(rows, request, |row| row.id).of(total);
    let (next, total) = (page.next, page.total);
    Ok(Page { items: place(db, page.items).await?, next, total })
}

/// Permits in reach that are drafted or submitted, by id, after one of them.
///
/// # Errors
/// What the database says.
pub async fn list_standing<A: Act>(
    db: &impl ConnectionTrait,
    scope: &Scope<A>,
    after: Option<PermitId>,
    limit: u64,
) -> Result<Vec<Placed>, Error> {
    let mut query = in_reach(scope).filter(is_standing());
    if let Some(after) = after {
        query = query.filter(Column::Id.gt(after.0));
    }
    place(db, query.order_by_asc(Column::Id).limit(limit).all(db).await?).await
}

/// How many permits in reach are drafted or submitted.
///
/// # Errors
/// What the database says.
pub async fn find_standing_count<A: Act>(db: &impl ConnectionTrait, scope: &Scope<A>) -> Result<u64, Error> {
    Ok(in_reach(scope).filter(is_standing()).count(db).await?)
}

fn is_standing() -> Condition {
    Condition::all().add(Column::Status.is_in([Status::Draft.code(), Status::Submitted.code()]))
}

/// Whom each of these permits is about: for papers that hang on a permit.
///
/// # Errors
/// What the database says.
pub async fn people_of(
    db: &impl ConnectionTrait,
    permits: Vec<PermitId>,
) -> Result<BTreeMap<PermitId, PersonId>, Error> {
    let rows: Vec<(Uuid, Uuid)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::PersonId])
        .filter(Column::Id.is_in(permits.into_iter().map(|id| id.0)))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(permit, person)| (PermitId(permit), PersonId(person))).collect())
}

fn in_reach<A: Act>(reach: &Scope<A>) -> Select<Entity> {
    Entity::find()
        .join(JoinType::InnerJoin, Relation::Port.def())
        .join(JoinType::InnerJoin, Relation::Organisation.def())
        .filter(condition(reach))
}

fn condition<A: Act>(reach: &Scope<A>) -> Condition {
    let condition = scope::start(reach);
    let condition = scope::own(condition, reach, (Entity, Column::EmployerId));
    let condition = scope::by_bureau(condition, reach, (port::Entity, port::Column::BureauId));
    let condition = scope::region(condition, reach, (port::Entity, port::Column::RegionCode));
    let condition = scope::region(condition, reach, (organisation::Entity, organisation::Column::RegionCode));
    scope::oneself(condition, reach, (Entity, Column::PersonId))
}

async fn place(db: &impl ConnectionTrait, permits: Vec<Model>) -> Result<Vec<Placed>, Error> {
    let ports: Vec<Uuid> = permits.iter().map(|permit| permit.port_id).collect();
    let employers: Vec<Uuid> = permits.iter().map(|permit| permit.employer_id).collect();
    let ports: BTreeMap<Uuid, port::Model> = port::Entity::find()
        .filter(port::Column::Id.is_in(ports))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let employers: BTreeMap<Uuid, String> = organisation::Entity::find()
        .select_only()
        .columns([organisation::Column::Id, organisation::Column::RegionCode])
        .filter(organisation::Column::Id.is_in(employers))
        .into_tuple::<(Uuid, String)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    permits
        .into_iter()
        .map(|permit| {
            let port = ports.get(&permit.port_id).ok_or(Error::Missing)?;
            let employer = employers.get(&permit.employer_id).ok_or(Error::Missing)?;
            let regions = vec![region(employer)?, region(&port.region_code)?];
            Ok(Placed { bureau: OrganisationId(port.bureau_id), regions, permit })
        })
        .collect()
}

fn region(code: &str) -> Result<RegionCode, Error> {
    RegionCode::parse(code).ok_or(Error::Corrupt("region.code"))
}
