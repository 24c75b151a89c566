//! Joint classes with their modules, and how many are in each. Both parties reach a class; names of trainees
//! are the enrolments' own.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{JointClassId, OrganisationId};
use ballast_domain::identity::policy::{Act, Grant, Scope, act};
use ballast_domain::training::joint_class::ClassStatus;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _,
};
use uuid::Uuid;

use crate::entity::training::{class_module, enrolment, joint_class};
use crate::store::page::{Order, Page, PageRequest};
use crate::store::{Error, Tx, batch, scope};

/// Which of these references the school has given to a class before.
///
/// # Errors
/// What the database says.
pub async fn taken_references(
    db: &impl ConnectionTrait,
    school: OrganisationId,
    references: BTreeSet<String>,
) -> Result<BTreeSet<String>, Error> {
    let rows: Vec<String> = joint_class::Entity::find()
        .select_only()
        .column(joint_class::Column::Reference)
        .filter(joint_class::Column::SchoolId.eq(school.0))
        .filter(joint_class::Column::Reference.is_in(references))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The classes in reach that a school gave these references: (reference, class).
///
/// # Errors
/// What the database says.
pub async fn ids_by_references<A: Act>(
    db: &impl ConnectionTrait,
    scope: &Scope<A>,
    school: OrganisationId,
    references: BTreeSet<String>,
) -> Result<Vec<(String, Uuid)>, Error> {
    Ok(joint_class::Entity::find()
        .select_only()
        .columns([joint_class::Column::Reference, joint_class::Column::Id])
        .filter(reach(scope))
        .filter(joint_class::Column::SchoolId.eq(school.0))
        .filter(joint_class::Column::Reference.is_in(references))
        .into_tuple()
        .all(db)
        .await?)
}

/// Keeps classes of the school that the grant is for, with their modules.
///
/// # Errors
/// [`Error::Duplicate`] when a reference is taken.
pub async fn insert_all(
    tx: &Tx,
    grant: &Grant<act::ManageJointClass>,
    classes: Vec<joint_class::Model>,
    modules: Vec<class_module::Model>,
) -> Result<(), Error> {
    if classes.iter().any(|class| class.school_id != grant.id()) {
        return Err(Error::Missing);
    }
    batch::insert_all::<joint_class::Entity, _>(tx.conn(), classes).await?;
    batch::insert_all::<class_module::Entity, _>(tx.conn(), modules).await
}

/// Classes by id, locked in the order of their ids where the database locks rows: nobody else changes their
/// rosters until this transaction ends.
///
/// # Errors
/// What the database says.
pub async fn lock_all(tx: &Tx, ids: BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, joint_class::Model>, Error> {
    let rows = joint_class::Entity::find()
        .filter(joint_class::Column::Id.is_in(ids))
        .order_by_asc(joint_class::Column::Id)
        .lock_exclusive()
        .all(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Raises the revision of a class whose roster changes, if nobody did so since it was judged: two writers
/// that counted the same free seats cannot both go on.
///
/// # Errors
/// [`Error::Stale`].
pub async fn raise_if_unchanged(
    tx: &Tx,
    grant: &Grant<act::EnrolTrainee>,
    status: &str,
) -> Result<(), Error> {
    let done = joint_class::Entity::update_many()
        .col_expr(joint_class::Column::Revision, Expr::val(grant.revision() + 1))
        .col_expr(joint_class::Column::Status, Expr::val(status))
        .filter(joint_class::Column::Id.eq(grant.id()))
        .filter(joint_class::Column::Revision.eq(grant.revision()))
        .exec(tx.conn())
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// The classes in reach: of either party, of a school or factory in the region, or one's own.
fn reach<A: Act>(reach: &Scope<A>) -> Condition {
    let mut condition = scope::start(reach);
    for party in [joint_class::Column::SchoolId, joint_class::Column::FactoryId] {
        condition = scope::own(condition, reach, (joint_class::Entity, party));
        condition = scope::organisation_region(condition, reach, (joint_class::Entity, party));
    }
    if reach.people().is_empty() {
        return condition;
    }
    let mine = scope::oneself(Condition::any(), reach, (enrolment::Entity, enrolment::Column::PersonId));
    let classes = enrolment::Entity::find()
        .select_only()
        .column(enrolment::Column::JointClassId)
        .filter(mine)
        .into_query();
    condition.add(Expr::col((joint_class::Entity, joint_class::Column::Id)).in_subquery(classes))
}

/// A class in reach.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get<A: Act>(
    db: &impl ConnectionTrait,
    scope: &Scope<A>,
    id: JointClassId,
) -> Result<joint_class::Model, Error> {
    joint_class::Entity::find_by_id(id.0).filter(reach(scope)).one(db).await?.ok_or(Error::Missing)
}

/// Which classes of those in reach; what is none asks nothing.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// How it stands with the class on a day.
    pub status: Option<(ClassStatus, CivilDate)>,
    /// The school.
    pub school: Option<Uuid>,
}

/// Classes in reach, by id when nobody asks for another order.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    scope: &Scope<act::ReadJointClass>,
    filter: &Filter,
    request: PageRequest,
) -> Result<Page<joint_class::Model>, Error> {
    let mut query = joint_class::Entity::find().filter(reach(scope));
    if let Some((status, day)) = filter.status {
        // From the days themselves, as it is shown: what was stored when the class was opened grows old.
        query = match status {
            ClassStatus::Planned => query.filter(joint_class::Column::StartsOn.gt(day)),
            ClassStatus::Running => query
                .filter(joint_class::Column::StartsOn.lte(day))
                .filter(joint_class::Column::EndsOn.gte(day)),
            ClassStatus::Finished => query.filter(joint_class::Column::EndsOn.lt(day)),
        };
    }
    if let Some(school) = filter.school {
        query = query.filter(joint_class::Column::SchoolId.eq(school));
    }
    let total = request.count(db, &query).await?;
    let query = request.turn(query, Order::id("joint_class"), db.get_database_backend());
    let rows = query.all(db).await?;
    Ok(Page::cut(rows, request, |row| row.id).of(total))
}

/// What classes teach, each class's modules by the skill's id.
///
/// # Errors
/// What the database says.
pub async fn modules_of(
    db: &impl ConnectionTrait,
    classes: BTreeSet<Uuid>,
) -> Result<BTreeMap<Uuid, Vec<class_module::Model>>, Error> {
    let rows = class_module::Entity::find()
        .filter(class_module::Column::JointClassId.is_in(classes))
        .order_by_asc(class_module::Column::JointClassId)
        .order_by_asc(class_module::Column::SkillId)
        .all(db)
        .await?;
    let mut modules: BTreeMap<Uuid, Vec<class_module::Model>> = BTreeMap::new();
    for row in rows {
        modules.entry(row.joint_class_id).or_default().push(row);
    }
    Ok(modules)
}

/// How many enrolments of classes stand where: (class, status, count).
///
/// # Errors
/// What the database says.
pub async fn counts_of(
    db: &impl ConnectionTrait,
    classes: BTreeSet<Uuid>,
) -> Result<Vec<(Uuid, String, i64)>, Error> {
    Ok(enrolment::Entity::find()
        .select_only()
        .column(enrolment::Column::JointClassId)
        .column(enrolment::Column::Status)
        .column_as(enrolment::Column::Id.count(), "persons")
        .filter(enrolment::Column::JointClassId.is_in(classes))
        .group_by(enrolment::Column::JointClassId)
        .group_by(enrolment::Column::Status)
        .into_tuple()
        .all(db)
        .await?)
}
