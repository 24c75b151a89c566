//! Organisations' own providers of OpenID Connect.

use ballast_domain::base::id::OrganisationId;
use ballast_domain::identity::policy::{Grant, Scope, act};
use ballast_domain::organisation::organisation::OrganisationKind;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _, Select,
};
use uuid::Uuid;

use crate::entity::identity::open_id_provider::{ActiveModel, Column, Entity, Model};
use crate::entity::organisation::organisation;
use crate::store::{Error, Tx, scope};

fn reached(reach: &Scope<act::ManageOpenId>) -> Condition {
    scope::own(scope::start(reach), reach, (Entity, Column::OrganisationId))
}

/// That of an organisation, if it is in reach and has one.
///
/// # Errors
/// What the database says.
pub async fn find_of(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ManageOpenId>,
    organisation: OrganisationId,
) -> Result<Option<Model>, Error> {
    let own = Entity::find().filter(reached(reach)).filter(Column::OrganisationId.eq(organisation.0));
    Ok(own.one(db).await?)
}

/// One in reach.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ManageOpenId>,
    id: Uuid,
) -> Result<Model, Error> {
    Entity::find_by_id(id).filter(reached(reach)).one(db).await?.ok_or(Error::Missing)
}

/// Those that are on, of organisations that are active.
fn open() -> Select<Entity> {
    let active = organisation::Entity::find()
        .select_only()
        .column(organisation::Column::Id)
        .filter(organisation::Column::Status.eq("active"))
        .into_query();
    Entity::find().filter(Column::Status.eq("on")).filter(Column::OrganisationId.in_subquery(active))
}

/// The one that is called so, if people can sign in by it. Whoever asks has not signed in yet.
///
/// # Errors
/// What the database says.
pub async fn find_open(db: &impl ConnectionTrait, code: &str) -> Result<Option<Model>, Error> {
    Ok(open().filter(Column::Code.eq(code)).one(db).await?)
}

/// Those of some organisations by which people can sign in.
///
/// # Errors
/// What the database says.
pub async fn list_open_of(
    db: &impl ConnectionTrait,
    organisations: &[OrganisationId],
) -> Result<Vec<Model>, Error> {
    let ids = organisations.iter().map(|id| id.0);
    Ok(open().filter(Column::OrganisationId.is_in(ids)).order_by_asc(Column::Code).all(db).await?)
}

/// What its organisation is here for.
///
/// # Errors
/// [`Error::Corrupt`] for an unknown kind.
pub async fn get_kind(db: &impl ConnectionTrait, row: &Model) -> Result<OrganisationKind, Error> {
    let own = organisation::Entity::find_by_id(row.organisation_id).one(db).await?.ok_or(Error::Missing)?;
    OrganisationKind::parse(&own.kind).ok_or(Error::Corrupt("organisation.kind"))
}

/// Whether there is one by which people can sign in.
///
/// # Errors
/// What the database says.
pub async fn find_whether_open(db: &impl ConnectionTrait) -> Result<bool, Error> {
    Ok(open().limit(1).count(db).await? > 0)
}

/// Keeps a new one.
///
/// # Errors
/// [`Error::Duplicate`] for an organisation that has one, and for a code that is taken; [`Error::Dangling`] for a key of
/// the installation that is not in use any more.
pub async fn insert(tx: &Tx, grant: &Grant<act::ManageOpenId>, row: Model) -> Result<(), Error> {
    if row.id != grant.id() {
        return Err(Error::Missing);
    }
    let row: ActiveModel = row.into_active_model().reset_all();
    Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Changes one, if it is unchanged since it was read.
///
/// # Errors
/// [`Error::Stale`]; as [`insert`].
pub async fn update_if_unchanged(
    tx: &Tx,
    grant: &Grant<act::ManageOpenId>,
    row: &Model,
) -> Result<(), Error> {
    let done = Entity::update_many()
        .col_expr(Column::Code, Expr::value(row.code.clone()))
        .col_expr(Column::Issuer, Expr::value(row.issuer.clone()))
        .col_expr(Column::ClientId, Expr::value(row.client_id.clone()))
        .col_expr(Column::KeyId, Expr::value(row.key_id.clone()))
        .col_expr(Column::Sealed, Expr::value(row.sealed.clone()))
        .col_expr(Column::Status, Expr::value(row.status.clone()))
        .col_expr(Column::Revision, Expr::value(grant.revision() + 1))
        .filter(Column::Id.eq(grant.id()))
        .filter(Column::Revision.eq(grant.revision()))
        .exec(tx.conn())
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Takes one away, if it is unchanged since it was read.
///
/// # Errors
/// [`Error::Stale`].
pub async fn delete_if_unchanged(tx: &Tx, grant: &Grant<act::ManageOpenId>) -> Result<(), Error> {
    let gone = Entity::delete_many().filter(Column::Id.eq(grant.id()));
    let gone = gone.filter(Column::Revision.eq(grant.revision())).exec(tx.conn()).await?;
    if gone.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}
