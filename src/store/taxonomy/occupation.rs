//! Occupations and the skills that they ask for.

use std::collections::BTreeSet;

use ballast_domain::identity::policy::{Grant, Scope, act};
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult,
    IntoActiveModel as _, JoinType, QueryFilter as _, QuerySelect as _, QueryTrait as _,
};
use uuid::Uuid;

use super::IDS_MAX;
use super::label::{Search, subjects_with};
use crate::entity::hiring::vacancy;
use crate::entity::taxonomy::{occupation, occupation_skill, skill};
use crate::entity::training::joint_class;
use crate::store::page::{Order, Page, PageRequest};
use crate::store::{Error, Tx, batch, scope};

/// Rows of one upsert, below the parameters that SQLite takes.
const ROWS_MAX: usize = 2_000;

/// Which occupations a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those of this classification.
    pub framework: Option<Uuid>,
    /// Those with such a name.
    pub search: Option<Search>,
}

/// Occupations by id.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadTaxonomy>,
    filter: &Filter,
    request: PageRequest,
) -> Result<Page<occupation::Model>, Error> {
    let mut query = occupation::Entity::find().filter(scope::start(reach));
    if let Some(framework) = filter.framework {
        query = query.filter(occupation::Column::FrameworkId.eq(framework));
    }
    if let Some(search) = &filter.search {
        let named = subjects_with(search, "occupation", db.get_database_backend());
        query = query.filter(occupation::Column::Id.in_subquery(named));
    }
    let total = request.count(db, &query).await?;
    let query = request.turn(query, Order::id("occupation"), db.get_database_backend());
    let rows = query.all(db).await?;
    Ok(Page::cut(rows, request, |row| row.id).of(total))
}

/// An occupation, and how far the skills have come that it asks for.
#[derive(Debug, FromQueryResult)]
pub struct Known {
    /// The occupation.
    #[sea_orm(nested)]
    pub occupation: occupation::Model,
    /// The sum of those skills' revisions.
    pub skills_revision: Option<i64>,
}

/// An occupation with what says whether anything has changed that is shown of it: revisions only grow, another name
/// raises a skill's, and what is asked for raises the occupation's own.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get_known(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadTaxonomy>,
    id: Uuid,
) -> Result<Known, Error> {
    let its_skill =
        occupation_skill::Entity::belongs_to(skill::Entity).from(occupation_skill::Column::SkillId);
    let revisions = occupation_skill::Entity::find()
        .select_only()
        // PostgreSQL adds up in numbers of any size.
        .expr(Expr::col((skill::Entity, skill::Column::Revision)).sum().cast_as("bigint"))
        .join(JoinType::InnerJoin, its_skill.to(skill::Column::Id).into())
        .filter(occupation_skill::Column::OccupationId.eq(id))
        .into_query();
    let query = occupation::Entity::find_by_id(id)
        .filter(scope::start(reach))
        .expr_as(Expr::SubQuery(None, Box::new(revisions.into())), "skills_revision");
    query.into_model().one(db).await?.ok_or(Error::Missing)
}

/// Which of these occupations are there.
///
/// # Errors
/// What the database says.
pub async fn known_ids(db: &impl ConnectionTrait, ids: BTreeSet<Uuid>) -> Result<BTreeSet<Uuid>, Error> {
    let rows: Vec<Uuid> = occupation::Entity::find()
        .select_only()
        .column(occupation::Column::Id)
        .filter(occupation::Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Occupations with one of these addresses or codes.
///
/// # Errors
/// What the database says.
pub async fn find_by_names(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadTaxonomy>,
    uris: &[String],
    codes: &[String],
) -> Result<Vec<occupation::Model>, Error> {
    let mut rows = Vec::new();
    for chunk in uris.chunks(IDS_MAX) {
        let named = occupation::Column::Uri.is_in(chunk.to_vec());
        rows.extend(occupation::Entity::find().filter(scope::start(reach)).filter(named).all(db).await?);
    }
    for chunk in codes.chunks(IDS_MAX) {
        let named = occupation::Column::Code.is_in(chunk.to_vec());
        rows.extend(occupation::Entity::find().filter(scope::start(reach)).filter(named).all(db).await?);
    }
    Ok(rows)
}

/// What an occupation asks for.
///
/// # Errors
/// What the database says.
pub async fn list_asked_by(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadTaxonomy>,
    occupation: Uuid,
) -> Result<Vec<occupation_skill::Model>, Error> {
    let own = occupation_skill::Column::OccupationId.eq(occupation);
    Ok(occupation_skill::Entity::find().filter(scope::start(reach)).filter(own).all(db).await?)
}

/// Which occupations ask for a skill.
///
/// # Errors
/// What the database says.
pub async fn list_asking_for(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadTaxonomy>,
    skill: Uuid,
) -> Result<Vec<occupation_skill::Model>, Error> {
    let asked = occupation_skill::Column::SkillId.eq(skill);
    Ok(occupation_skill::Entity::find().filter(scope::start(reach)).filter(asked).all(db).await?)
}

/// All occupations of a classification.
///
/// # Errors
/// What the database says.
pub async fn load(tx: &Tx, grant: &Grant<act::ImportTaxonomy>) -> Result<Vec<occupation::Model>, Error> {
    let query = occupation::Entity::find().filter(occupation::Column::FrameworkId.eq(grant.id()));
    Ok(query.all(tx.conn()).await?)
}

/// All rows of a classification that say which skills its occupations ask for.
///
/// # Errors
/// What the database says.
pub async fn load_relations(
    tx: &Tx,
    grant: &Grant<act::ImportTaxonomy>,
) -> Result<Vec<occupation_skill::Model>, Error> {
    let own = occupation::Entity::find()
        .select_only()
        .column(occupation::Column::Id)
        .filter(occupation::Column::FrameworkId.eq(grant.id()))
        .into_query();
    let query =
        occupation_skill::Entity::find().filter(occupation_skill::Column::OccupationId.in_subquery(own));
    Ok(query.all(tx.conn()).await?)
}

/// Inserts occupations, or brings them to these values where they are there already. The import's lock on the
/// classification keeps other imports away; nothing else writes here.
///
/// # Errors
/// [`Error::Missing`] when one belongs to another classification.
pub async fn put(
    tx: &Tx,
    grant: &Grant<act::ImportTaxonomy>,
    rows: Vec<occupation::Model>,
) -> Result<(), Error> {
    if rows.iter().any(|row| row.framework_id != grant.id()) {
        return Err(Error::Missing);
    }
    let mut rows = rows.into_iter().map(|row| row.into_active_model().reset_all()).peekable();
    while rows.peek().is_some() {
        let chunk: Vec<occupation::ActiveModel> = rows.by_ref().take(ROWS_MAX).collect();
        occupation::Entity::insert_many(chunk)
            .on_conflict(
                OnConflict::column(occupation::Column::Id)
                    .update_columns([
                        occupation::Column::Uri,
                        occupation::Column::Code,
                        occupation::Column::IscoGroup,
                        occupation::Column::SkillLevel,
                        occupation::Column::EscoUri,
                        occupation::Column::CscoCode,
                        occupation::Column::Revision,
                    ])
                    .to_owned(),
            )
            .exec_without_returning(tx.conn())
            .await?;
    }
    Ok(())
}

/// Takes away all rows of these occupations that say which skills its occupations ask for, and inserts others.
///
/// # Errors
/// What the database says.
pub async fn replace_relations(
    tx: &Tx,
    _grant: &Grant<act::ImportTaxonomy>,
    occupations: &[Uuid],
    rows: Vec<occupation_skill::Model>,
) -> Result<(), Error> {
    for chunk in occupations.chunks(IDS_MAX) {
        occupation_skill::Entity::delete_many()
            .filter(occupation_skill::Column::OccupationId.is_in(chunk.to_vec()))
            .exec(tx.conn())
            .await?;
    }
    batch::insert_all::<occupation_skill::Entity, _>(tx.conn(), rows).await
}

/// Takes occupations away, after everything that points to them.
///
/// # Errors
/// [`Error::Dangling`] when something still does.
pub async fn remove(tx: &Tx, grant: &Grant<act::ImportTaxonomy>, ids: &[Uuid]) -> Result<(), Error> {
    for chunk in ids.chunks(IDS_MAX) {
        occupation::Entity::delete_many()
            .filter(occupation::Column::FrameworkId.eq(grant.id()))
            .filter(occupation::Column::Id.is_in(chunk.to_vec()))
            .exec(tx.conn())
            .await?;
    }
    Ok(())
}

/// Those of these occupations that a joint class or a vacancy names: they cannot be taken away.
///
/// # Errors
/// What the database says.
pub async fn referenced(
    tx: &Tx,
    _grant: &Grant<act::ImportTaxonomy>,
    ids: &[Uuid],
) -> Result<BTreeSet<Uuid>, Error> {
    let mut found = BTreeSet::new();
    for chunk in ids.chunks(IDS_MAX) {
        let rows: Vec<Uuid> = joint_class::Entity::find()
            .select_only()
            .column(joint_class::Column::OccupationId)
            .distinct()
            .filter(joint_class::Column::OccupationId.is_in(chunk.to_vec()))
            .into_tuple()
            .all(tx.conn())
            .await?;
        found.extend(rows);
        let rows: Vec<Uuid> = vacancy::Entity::find()
            .select_only()
            .column(vacancy::Column::OccupationId)
            .distinct()
            .filter(vacancy::Column::OccupationId.is_in(chunk.to_vec()))
            .into_tuple()
            .all(tx.conn())
            .await?;
        found.extend(rows);
    }
    Ok(found)
}
