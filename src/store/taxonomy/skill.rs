//! Skills and the broader ones that they lie under.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::identity::policy::{Grant, Scope, act};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QuerySelect as _, QueryTrait as _,
};
use uuid::Uuid;

use super::IDS_MAX;
use super::label::{Search, subjects_with};
use crate::entity::hiring::vacancy_requirement;
use crate::entity::record::skill_claim;
use crate::entity::taxonomy::{skill, skill_broader};
use crate::entity::training::class_module;
use crate::store::page::{Order, Page, PageRequest};
use crate::store::{Error, Tx, batch, scope};

/// Rows of one upsert, below the parameters that SQLite takes.
const ROWS_MAX: usize = 2_000;

/// Which skills a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those of this classification.
    pub framework: Option<Uuid>,
    /// Those with such a name.
    pub search: Option<Search>,
    /// Those of this kind.
    pub kind: Option<&'static str>,
}

/// Skills by id.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadTaxonomy>,
    filter: &Filter,
    request: PageRequest,
) -> Result<Page<skill::Model>, Error> {
    let mut query = skill::Entity::find().filter(scope::start(reach));
    if let Some(framework) = filter.framework {
        query = query.filter(skill::Column::FrameworkId.eq(framework));
    }
    if let Some(search) = &filter.search {
        let named = subjects_with(search, "skill", db.get_database_backend());
        query = query.filter(skill::Column::Id.in_subquery(named));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(skill::Column::Kind.eq(kind));
    }
    let total = request.count(db, &query).await?;
    let query = request.turn(query, Order::id("skill"), db.get_database_backend());
    let rows = query.all(db).await?;
    Ok(Page::cut(rows, request, |row| row.id).of(total))
}

/// A skill.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadTaxonomy>,
    id: Uuid,
) -> Result<skill::Model, Error> {
    skill::Entity::find_by_id(id).filter(scope::start(reach)).one(db).await?.ok_or(Error::Missing)
}

/// How each of these skills fades, where its framework says so. Skills that are not there are left out.
///
/// # Errors
/// What the database says.
pub async fn decay_classes(
    db: &impl ConnectionTrait,
    skills: &BTreeSet<Uuid>,
) -> Result<BTreeMap<Uuid, Option<String>>, Error> {
    let ids: Vec<Uuid> = skills.iter().copied().collect();
    let mut found = BTreeMap::new();
    for chunk in ids.chunks(IDS_MAX) {
        let rows: Vec<(Uuid, Option<String>)> = skill::Entity::find()
            .select_only()
            .column(skill::Column::Id)
            .column(skill::Column::DecayClass)
            .filter(skill::Column::Id.is_in(chunk.to_vec()))
            .into_tuple()
            .all(db)
            .await?;
        found.extend(rows);
    }
    Ok(found)
}

/// Skills with one of these addresses.
///
/// # Errors
/// What the database says.
pub async fn find_by_uris(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadTaxonomy>,
    uris: &[String],
) -> Result<Vec<skill::Model>, Error> {
    let mut rows = Vec::new();
    for chunk in uris.chunks(IDS_MAX) {
        let named = skill::Column::Uri.is_in(chunk.to_vec());
        rows.extend(skill::Entity::find().filter(scope::start(reach)).filter(named).all(db).await?);
    }
    Ok(rows)
}

/// The rows in which a skill is the narrower or the broader one.
///
/// # Errors
/// What the database says.
pub async fn list_broader(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadTaxonomy>,
    end: Uuid,
) -> Result<Vec<skill_broader::Model>, Error> {
    let either = Condition::any()
        .add(skill_broader::Column::SkillId.eq(end))
        .add(skill_broader::Column::BroaderId.eq(end));
    Ok(skill_broader::Entity::find().filter(scope::start(reach)).filter(either).all(db).await?)
}

/// All skills of a classification.
///
/// # Errors
/// What the database says.
pub async fn load(tx: &Tx, grant: &Grant<act::ImportTaxonomy>) -> Result<Vec<skill::Model>, Error> {
    let query = skill::Entity::find().filter(skill::Column::FrameworkId.eq(grant.id()));
    Ok(query.all(tx.conn()).await?)
}

/// All rows of a classification that say under which broader ones its skills lie.
///
/// # Errors
/// What the database says.
pub async fn load_broader(
    tx: &Tx,
    grant: &Grant<act::ImportTaxonomy>,
) -> Result<Vec<skill_broader::Model>, Error> {
    let own = skill::Entity::find()
        .select_only()
        .column(skill::Column::Id)
        .filter(skill::Column::FrameworkId.eq(grant.id()))
        .into_query();
    let query = skill_broader::Entity::find().filter(skill_broader::Column::SkillId.in_subquery(own));
    Ok(query.all(tx.conn()).await?)
}

/// Inserts skills, or brings them to these values where they are there already. The import's lock on the
/// classification keeps other imports away; nothing else writes here.
///
/// # Errors
/// [`Error::Missing`] when one belongs to another classification.
pub async fn put(tx: &Tx, grant: &Grant<act::ImportTaxonomy>, rows: Vec<skill::Model>) -> Result<(), Error> {
    if rows.iter().any(|row| row.framework_id != grant.id()) {
        return Err(Error::Missing);
    }
    let mut rows = rows.into_iter().map(|row| row.into_active_model().reset_all()).peekable();
    while rows.peek().is_some() {
        let chunk: Vec<skill::ActiveModel> = rows.by_ref().take(ROWS_MAX).collect();
        skill::Entity::insert_many(chunk)
            .on_conflict(
                OnConflict::column(skill::Column::Id)
                    .update_columns([
                        skill::Column::Uri,
                        skill::Column::Kind,
                        skill::Column::ReuseLevel,
                        skill::Column::EscoUri,
                        skill::Column::CscoCode,
                        skill::Column::DecayClass,
                        skill::Column::Revision,
                    ])
                    .to_owned(),
            )
            .exec_without_returning(tx.conn())
            .await?;
    }
    Ok(())
}

/// Takes away all rows of these skills that say under which broader ones its skills lie, and inserts others.
///
/// # Errors
/// What the database says.
pub async fn replace_broader(
    tx: &Tx,
    _grant: &Grant<act::ImportTaxonomy>,
    skills: &[Uuid],
    rows: Vec<skill_broader::Model>,
) -> Result<(), Error> {
    for chunk in skills.chunks(IDS_MAX) {
        skill_broader::Entity::delete_many()
            .filter(skill_broader::Column::SkillId.is_in(chunk.to_vec()))
            .exec(tx.conn())
            .await?;
    }
    batch::insert_all::<skill_broader::Entity, _>(tx.conn(), rows).await
}

/// Takes skills away, after everything that points to them.
///
/// # Errors
/// [`Error::Dangling`] when something still does.
pub async fn remove(tx: &Tx, grant: &Grant<act::ImportTaxonomy>, ids: &[Uuid]) -> Result<(), Error> {
    for chunk in ids.chunks(IDS_MAX) {
        skill::Entity::delete_many()
            .filter(skill::Column::FrameworkId.eq(grant.id()))
            .filter(skill::Column::Id.is_in(chunk.to_vec()))
            .exec(tx.conn())
            .await?;
    }
    Ok(())
}

/// Those of these skills that somebody's record, a class or a vacancy names: they cannot be taken away.
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
        let rows: Vec<Uuid> = skill_claim::Entity::find()
            .select_only()
            .column(skill_claim::Column::SkillId)
            .distinct()
            .filter(skill_claim::Column::SkillId.is_in(chunk.to_vec()))
            .into_tuple()
            .all(tx.conn())
            .await?;
        found.extend(rows);
        let rows: Vec<Uuid> = class_module::Entity::find()
            .select_only()
            .column(class_module::Column::SkillId)
            .distinct()
            .filter(class_module::Column::SkillId.is_in(chunk.to_vec()))
            .into_tuple()
            .all(tx.conn())
            .await?;
        found.extend(rows);
        let rows: Vec<Uuid> = vacancy_requirement::Entity::find()
            .select_only()
            .column(vacancy_requirement::Column::SkillId)
            .distinct()
            .filter(vacancy_requirement::Column::SkillId.is_in(chunk.to_vec()))
            .into_tuple()
            .all(tx.conn())
            .await?;
        found.extend(rows);
    }
    Ok(found)
}
