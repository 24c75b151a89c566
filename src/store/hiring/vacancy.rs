//! Vacancies with what they ask for. The requirements of a vacancy are append-only rows of the vacancy.

use std::collections::{BTreeSet, HashMap};

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{OrganisationId, VacancyId};
use ballast_domain::base::region::RegionCode;
use ballast_domain::identity::policy::{Act, Grant, Scope, Target, act};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use uuid::Uuid;

use crate::entity::hiring::{vacancy, vacancy_requirement};
use crate::entity::organisation::site;
use crate::store::page::{Order, Page, PageRequest};
use crate::store::{Error, Tx, batch, scope};

/// A vacancy, where it is, and what it asks for in its own order.
#[derive(Clone, Debug)]
pub struct VacancyRows {
    /// The vacancy.
    pub vacancy: vacancy::Model,
    /// Its site.
    pub site: site::Model,
    /// Its requirements.
    pub requirements: Vec<vacancy_requirement::Model>,
}

impl VacancyRows {
    /// What the policy has to know.
    #[must_use]
    pub fn target(&self) -> Target {
        Target {
            id: self.vacancy.id,
            revision: self.vacancy.revision,
            organisations: vec![OrganisationId(self.vacancy.organisation_id)],
            tied: Vec::new(),
            regions: RegionCode::parse(&self.site.region_code).into_iter().collect(),
            person: None,
            concerned: Vec::new(),
            user: None,
        }
    }
}

/// Which of these references the organisation has given to a vacancy before.
///
/// # Errors
/// What the database says.
pub async fn taken_references(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    references: BTreeSet<String>,
) -> Result<BTreeSet<String>, Error> {
    let rows: Vec<String> = vacancy::Entity::find()
        .select_only()
        .column(vacancy::Column::Reference)
        .filter(vacancy::Column::OrganisationId.eq(organisation.0))
        .filter(vacancy::Column::Reference.is_in(references))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Posts vacancies of the organisation that the grant is for.
///
/// # Errors
/// [`Error::Duplicate`] when a reference is taken.
pub async fn insert_all(
    tx: &Tx,
    grant: &Grant<act::ManageVacancy>,
    vacancies: Vec<vacancy::Model>,
    requirements: Vec<vacancy_requirement::Model>,
) -> Result<(), Error> {
    if vacancies.iter().any(|row| row.organisation_id != grant.id()) {
        return Err(Error::Missing);
    }
    batch::insert_all::<vacancy::Entity, _>(tx.conn(), vacancies).await?;
    batch::insert_all::<vacancy_requirement::Entity, _>(tx.conn(), requirements).await
}

fn reach<A: Act>(reach: &Scope<A>) -> Condition {
    let condition = scope::start(reach);
    let condition = scope::own(condition, reach, (vacancy::Entity, vacancy::Column::OrganisationId));
    scope::region(condition, reach, (site::Entity, site::Column::RegionCode))
}

/// A vacancy in reach.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get<A: Act>(
    db: &impl ConnectionTrait,
    scope: &Scope<A>,
    id: VacancyId,
) -> Result<VacancyRows, Error> {
    let query = vacancy::Entity::find_by_id(id.0).find_also_related(site::Entity).filter(reach(scope));
    let found = query.one(db).await?.ok_or(Error::Missing)?;
    with_requirements(db, vec![found]).await?.pop().ok_or(Error::Missing)
}

/// Which vacancies of those in reach; what is none asks nothing.
#[derive(Clone, Debug, Default)]
pub struct Filter<'f> {
    /// `open` or `closed`.
    pub status: Option<&'f str>,
    /// The occupation.
    pub occupation: Option<Uuid>,
    /// The region that the site lies in.
    pub region: Option<RegionCode>,
    /// The earliest first day of work.
    pub starts_from: Option<CivilDate>,
    /// The latest first day of work.
    pub starts_until: Option<CivilDate>,
}

impl Filter<'_> {
    fn condition(&self) -> Condition {
        let equal = self.status.map(|status| vacancy::Column::Status.eq(status));
        let occupation = self.occupation.map(|id| vacancy::Column::OccupationId.eq(id));
        let region = self.region.map(|region| {
            let (from, until) = region.range();
            site::Column::RegionCode.gte(from).and(site::Column::RegionCode.lt(until))
        });
        let from = self.starts_from.map(|day| vacancy::Column::StartsOn.gte(day));
        let until = self.starts_until.map(|day| vacancy::Column::StartsOn.lte(day));
        [equal, occupation, region, from, until].into_iter().flatten().fold(Condition::all(), Condition::add)
    }
}

/// Vacancies in reach, newest first when nobody asks for another order.
///
/// # Errors
/// What the database says.
pub async fn list<A: Act>(
    db: &impl ConnectionTrait,
    scope: &Scope<A>,
    filter: &Filter<'_>,
    request: PageRequest,
) -> Result<Page<VacancyRows>, Error> {
    let query = vacancy::Entity::find()
        .find_also_related(site::Entity)
        .filter(reach(scope))
        .filter(filter.condition());
    let total = request.count(db, &query).await?;
    let query = request.turn(query, Order::id("vacancy").reversed(), db.get_database_backend());
    let rows = with_requirements(db, query.all(db).await?).await?;
    Ok(Page::cut(rows, request, |row| row.vacancy.id).of(total))
}

/// A vacancy by its reference, for the command line.
///
/// # Errors
/// [`Error::Missing`].
pub async fn find_by_reference<A: Act>(
    db: &impl ConnectionTrait,
    scope: &Scope<A>,
    reference: &str,
) -> Result<Vec<VacancyRows>, Error> {
    let query = vacancy::Entity::find().find_also_related(site::Entity).filter(reach(scope));
    let found = query.filter(vacancy::Column::Reference.eq(reference)).limit(2).all(db).await?;
    with_requirements(db, found).await
}

async fn with_requirements(
    db: &impl ConnectionTrait,
    found: Vec<(vacancy::Model, Option<site::Model>)>,
) -> Result<Vec<VacancyRows>, Error> {
    let ids: Vec<Uuid> = found.iter().map(|(row, _)| row.id).collect();
    let mut by_vacancy: HashMap<Uuid, Vec<vacancy_requirement::Model>> = HashMap::new();
    let requirements = vacancy_requirement::Entity::find()
        .filter(vacancy_requirement::Column::VacancyId.is_in(ids))
        .order_by_asc(vacancy_requirement::Column::Ordinal)
        .all(db)
        .await?;
    for row in requirements {
        by_vacancy.entry(row.vacancy_id).or_default().push(row);
    }
    found
        .into_iter()
        .map(|(vacancy, site)| {
            let requirements = by_vacancy.remove(&vacancy.id).unwrap_or_default();
            let site = site.ok_or(Error::Corrupt("vacancy.site_id"))?;
            Ok(VacancyRows { vacancy, site, requirements })
        })
        .collect()
}

/// Closes a vacancy that is open and unchanged since it was read.
///
/// # Errors
/// [`Error::Stale`].
pub async fn close(tx: &Tx, grant: &Grant<act::ManageVacancy>, on: CivilDate) -> Result<(), Error> {
    let done = vacancy::Entity::update_many()
        .col_expr(vacancy::Column::Status, Expr::val("closed"))
        .col_expr(vacancy::Column::ClosedOn, Expr::val(on))
        .col_expr(vacancy::Column::Revision, Expr::val(grant.revision() + 1))
        .filter(vacancy::Column::Id.eq(grant.id()))
        .filter(vacancy::Column::Revision.eq(grant.revision()))
        .exec(tx.conn())
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Puts what a factory may change of a vacancy in the place of what was there, if it is unchanged since it was
/// read.
///
/// # Errors
/// [`Error::Stale`].
pub async fn update_if_unchanged(
    tx: &Tx,
    grant: &Grant<act::ManageVacancy>,
    wanted: &vacancy::Model,
) -> Result<(), Error> {
    use vacancy::Column;
    let done = vacancy::Entity::update_many()
        .col_expr(Column::TitleZh, Expr::val(wanted.title_zh.as_str()))
        .col_expr(Column::TitleEn, Expr::val(wanted.title_en.as_str()))
        .col_expr(Column::Headcount, Expr::val(wanted.headcount))
        .col_expr(Column::WageMinMinor, Expr::val(wanted.wage_min_minor))
        .col_expr(Column::WageMaxMinor, Expr::val(wanted.wage_max_minor))
        .col_expr(Column::StartsOn, Expr::val(wanted.starts_on))
        .col_expr(Column::ShiftDay, Expr::val(wanted.shift_day))
        .col_expr(Column::ShiftEvening, Expr::val(wanted.shift_evening))
        .col_expr(Column::ShiftNight, Expr::val(wanted.shift_night))
        .col_expr(Column::Dormitory, Expr::val(wanted.dormitory))
        .col_expr(Column::AgeMin, Expr::val(wanted.age_min))
        .col_expr(Column::Revision, Expr::val(grant.revision() + 1))
        .filter(Column::Id.eq(grant.id()))
        .filter(Column::Revision.eq(grant.revision()))
        .exec(tx.conn())
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}
