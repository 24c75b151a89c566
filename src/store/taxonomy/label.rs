//! Names and texts of occupations and skills.

use ballast_domain::identity::policy::{Grant, Scope, act};
use sea_orm::sea_query::{Expr, ExprTrait as _, LikeExpr, SelectStatement};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _,
};
use uuid::Uuid;

use super::IDS_MAX;
use crate::entity::taxonomy::{label, occupation, skill};
use crate::store::{Error, Tx, batch, scope};

/// A text to be found inside a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// What the name holds, A to Z in lower case.
    pub text: String,
    /// Whether the name must begin with it.
    pub begins: bool,
    /// In names of this language only (a BCP 47 tag).
    pub language: Option<&'static str>,
}

/// The subjects of one sort (`occupation` or `skill`) that have such a name. Letters A to Z are compared
/// whatever their case; other letters as they are, on both databases alike.
pub(super) fn subjects_with(search: &Search, subject: &str, backend: DbBackend) -> SelectStatement {
    let folded = match backend {
        // The collation says which letters have two cases; SQLite knows A to Z only.
        DbBackend::Postgres => Expr::cust(r#"LOWER("label"."text" COLLATE "C")"#),
        _ => Expr::cust(r#"LOWER("label"."text")"#),
    };
    let escaped = search.text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let pattern = if search.begins { format!("{escaped}%") } else { format!("%{escaped}%") };
    let mut query = label::Entity::find()
        .select_only()
        .column(label::Column::SubjectId)
        .filter(label::Column::Subject.eq(subject))
        .filter(label::Column::Kind.is_in(["preferred", "alternative"]))
        .filter(folded.like(LikeExpr::new(pattern).escape('\\')));
    if let Some(language) = search.language {
        query = query.filter(label::Column::Language.eq(language));
    }
    query.into_query()
}

/// A name or text of an occupation or a skill.
#[derive(Clone, Debug, FromQueryResult)]
pub struct LabelText {
    /// Whose.
    pub subject_id: Uuid,
    /// BCP 47 tag.
    pub language: String,
    /// `preferred`, `alternative` or `description`.
    pub kind: String,
    /// The text.
    pub text: String,
}

/// All names and texts of one occupation or skill, in their order, and the names to show of others.
///
/// # Errors
/// What the database says.
pub async fn list_of_one_and_preferred(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadTaxonomy>,
    one: Uuid,
    others: &[Uuid],
) -> Result<Vec<LabelText>, Error> {
    let others = others.iter().copied().filter(|id| *id != one);
    let subjects: Vec<Uuid> = std::iter::once(one).chain(others).collect();
    let mut rows = Vec::new();
    for chunk in subjects.chunks(IDS_MAX) {
        let query = label::Entity::find()
            .select_only()
            .columns([label::Column::SubjectId, label::Column::Language, label::Column::Kind])
            .column(label::Column::Text)
            .filter(scope::start(reach))
            .filter(label::Column::SubjectId.is_in(chunk.to_vec()))
            .filter(label::Column::SubjectId.eq(one).or(label::Column::Kind.eq("preferred")));
        rows.extend(in_order(query).into_model::<LabelText>().all(db).await?);
    }
    Ok(rows)
}

/// The names to show of these occupations and skills: (subject, language, text).
///
/// # Errors
/// What the database says.
pub async fn list_preferred(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadTaxonomy>,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, String, String)>, Error> {
    let mut rows = Vec::new();
    for chunk in ids.chunks(IDS_MAX) {
        let found: Vec<(Uuid, String, String)> = label::Entity::find()
            .select_only()
            .columns([label::Column::SubjectId, label::Column::Language, label::Column::Text])
            .filter(scope::start(reach))
            .filter(label::Column::Kind.eq("preferred"))
            .filter(label::Column::SubjectId.is_in(chunk.to_vec()))
            .into_tuple()
            .all(db)
            .await?;
        rows.extend(found);
    }
    Ok(rows)
}

/// The addresses of these occupations and skills.
///
/// # Errors
/// What the database says.
pub async fn list_uris(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ReadTaxonomy>,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, String)>, Error> {
    let mut rows: Vec<(Uuid, String)> = Vec::new();
    for chunk in ids.chunks(IDS_MAX) {
        let skills = skill::Entity::find()
            .select_only()
            .columns([skill::Column::Id, skill::Column::Uri])
            .filter(scope::start(reach))
            .filter(skill::Column::Id.is_in(chunk.to_vec()));
        rows.extend(skills.into_tuple::<(Uuid, String)>().all(db).await?);
        let occupations = occupation::Entity::find()
            .select_only()
            .columns([occupation::Column::Id, occupation::Column::Uri])
            .filter(scope::start(reach))
            .filter(occupation::Column::Id.is_in(chunk.to_vec()));
        rows.extend(occupations.into_tuple::<(Uuid, String)>().all(db).await?);
    }
    Ok(rows)
}

/// All names and texts of a classification, in their order.
///
/// # Errors
/// What the database says.
pub async fn load(tx: &Tx, grant: &Grant<act::ImportTaxonomy>) -> Result<Vec<label::Model>, Error> {
    let occupations = occupation::Entity::find()
        .select_only()
        .column(occupation::Column::Id)
        .filter(occupation::Column::FrameworkId.eq(grant.id()))
        .into_query();
    let skills = skill::Entity::find()
        .select_only()
        .column(skill::Column::Id)
        .filter(skill::Column::FrameworkId.eq(grant.id()))
        .into_query();
    let mut rows = Vec::new();
    for subjects in [occupations, skills] {
        let query = label::Entity::find().filter(label::Column::SubjectId.in_subquery(subjects));
        rows.extend(in_order(query).all(tx.conn()).await?);
    }
    Ok(rows)
}

fn in_order(query: sea_orm::Select<label::Entity>) -> sea_orm::Select<label::Entity> {
    query
        .order_by_asc(label::Column::SubjectId)
        .order_by_asc(label::Column::Language)
        .order_by_asc(label::Column::Kind)
        .order_by_asc(label::Column::Ordinal)
}

/// Takes away all names of these subjects and gives some of them new ones.
///
/// # Errors
/// What the database says.
pub async fn replace(
    tx: &Tx,
    _grant: &Grant<act::ImportTaxonomy>,
    subjects: &[Uuid],
    rows: Vec<label::Model>,
) -> Result<(), Error> {
    for chunk in subjects.chunks(IDS_MAX) {
        label::Entity::delete_many()
            .filter(label::Column::SubjectId.is_in(chunk.to_vec()))
            .exec(tx.conn())
            .await?;
    }
    batch::insert_all::<label::Entity, _>(tx.conn(), rows).await
}
