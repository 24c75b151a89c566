//! Sessions of the pages and tokens of the API. Only hashes are kept. These rows are machinery: they are
//! exempt from the log; signing in is told there by the service.

use ballast_domain::base::civil_time::{CivilDate, Instant};
use ballast_domain::base::id::{OrganisationId, PersonId, UserId};
use ballast_domain::base::region::RegionCode;
use ballast_domain::identity::policy::{Actor, Grant, Membership, Scope, act};
use sea_orm::sea_query::{Expr, ExprTrait as _, SimpleExpr};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, Condition, ConnectionTrait, EntityTrait as _, FromQueryResult,
    IntoActiveModel as _, JoinType, QueryFilter as _, QueryOrder as _, QuerySelect as _, RelationDef, Select,
};
use uuid::Uuid;

use super::user::on;
use super::{passkey, totp};
use crate::entity::identity::{api_token, membership, session, user};
use crate::entity::organisation::organisation;
use crate::store::person::{guardian, person_link};
use crate::store::{Error, Tx, batch, scope};

/// Opens a session.
///
/// # Errors
/// What the database says.
pub async fn insert_session(tx: &Tx, row: session::Model) -> Result<(), Error> {
    let row: session::ActiveModel = row.into_active_model().reset_all();
    session::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Whom a session or a token stands for.
#[derive(Clone, Debug)]
pub struct Holder {
    /// What the policy knows.
    pub actor: Actor,
    /// As shown.
    pub display_name: String,
    /// The tag of the language chosen, if any.
    pub locale: Option<String>,
    /// The row of the session or the token.
    pub held_id: Uuid,
    /// What a token may be used for; none without limit.
    pub scopes: Option<String>,
    /// The last day on which it was used.
    pub last_used_on: Option<CivilDate>,
    /// Whether the login has a second factor.
    pub second_factor: bool,
    /// When the session or the token was got.
    pub created_at: Instant,
    /// When the password was shown again with it.
    pub confirmed_at: Option<Instant>,
}

/// A user with one membership, or with none.
#[derive(Debug, FromQueryResult)]
struct HeldRow {
    held_id: Uuid,
    expires_at: Instant,
    scopes: Option<String>,
    last_used_on: Option<CivilDate>,
    id: Uuid,
    person_id: Option<Uuid>,
    display_name: String,
    locale: Option<String>,
    role: Option<String>,
    organisation_id: Option<Uuid>,
    organisation_status: Option<String>,
    region_code: Option<String>,
    second_factor: bool,
    created_at: Instant,
    confirmed_at: Option<Instant>,
}

/// Whose session this is, while it lasts and the login is not locked; with the memberships that are valid on
/// `day`, in organisations that are active. One statement, and one more for who may have wards: every request of a
/// page asks it.
///
/// # Errors
/// What the database says; [`Error::Corrupt`] for an unknown role or region.
pub async fn find_session(
    db: &impl ConnectionTrait,
    hash: &[u8],
    now: Instant,
    day: CivilDate,
) -> Result<Option<Holder>, Error> {
    let its_user: RelationDef =
        session::Entity::belongs_to(user::Entity).from(session::Column::UserId).to(user::Column::Id).into();
    let query = user::Entity::find()
        .select_only()
        .columns([session::Column::ExpiresAt, session::Column::LastUsedOn])
        .columns([session::Column::CreatedAt, session::Column::ConfirmedAt])
        .column_as(session::Column::Id, "held_id")
        .column_as(Expr::val(None::<String>), "scopes")
        .join_rev(JoinType::InnerJoin, its_user)
        .filter(session::Column::TokenHash.eq(hash));
    holder(db, query, now, day).await
}

/// Whose token this is, while it lasts, nobody revoked it and the login is not locked; otherwise as
/// [`find_session`]. One statement: every request of the API asks it.
///
/// # Errors
/// What the database says; [`Error::Corrupt`] for an unknown role or region.
pub async fn find_token(
    db: &impl ConnectionTrait,
    hash: &[u8],
    now: Instant,
    day: CivilDate,
) -> Result<Option<Holder>, Error> {
    let its_user: RelationDef = api_token::Entity::belongs_to(user::Entity)
        .from(api_token::Column::UserId)
        .to(user::Column::Id)
        .into();
    let query = user::Entity::find()
        .select_only()
        .columns([api_token::Column::ExpiresAt, api_token::Column::Scopes, api_token::Column::LastUsedOn])
        .columns([api_token::Column::CreatedAt, api_token::Column::ConfirmedAt])
        .column_as(api_token::Column::Id, "held_id")
        .join_rev(JoinType::InnerJoin, its_user)
        .filter(api_token::Column::TokenHash.eq(hash))
        .filter(api_token::Column::RevokedAt.is_null());
    holder(db, query, now, day).await
}

async fn holder(
    db: &impl ConnectionTrait,
    query: Select<user::Entity>,
    now: Instant,
    day: CivilDate,
) -> Result<Option<Holder>, Error> {
    let its_memberships = membership::Entity::belongs_to(user::Entity)
        .from(membership::Column::UserId)
        .to(user::Column::Id)
        .on_condition(move |_membership, _user| on(day));
    let its_organisation = membership::Entity::belongs_to(organisation::Entity)
        .from(membership::Column::OrganisationId)
        .to(organisation::Column::Id);
    let rows: Vec<HeldRow> = query
        .columns([user::Column::Id, user::Column::PersonId, user::Column::DisplayName, user::Column::Locale])
        .columns([membership::Column::Role, membership::Column::OrganisationId])
        .column_as(organisation::Column::Status, "organisation_status")
        .column(organisation::Column::RegionCode)
        .column_as(has_second_factor(), "second_factor")
        .join_rev(JoinType::LeftJoin, its_memberships.into())
        .join(JoinType::LeftJoin, its_organisation.into())
        .filter(user::Column::Status.eq("active"))
        .order_by_asc(membership::Column::Id)
        .into_model()
        .all(db)
        .await?;
    let Some(first) = rows.first().filter(|row| row.expires_at > now) else { return Ok(None) };
    let mut memberships = Vec::with_capacity(rows.len());
    for row in &rows {
        memberships.extend(membership_of(row)?);
    }
    let actor = Actor::user(UserId(first.id), first.person_id.map(PersonId), memberships);
    Ok(Some(Holder {
        actor: person_link::find_others_of(db, guardian::find_wards_of(db, actor, day).await?).await?,
        display_name: first.display_name.clone(),
        locale: first.locale.clone(),
        held_id: first.held_id,
        scopes: first.scopes.clone(),
        last_used_on: first.last_used_on,
        second_factor: first.second_factor,
        created_at: first.created_at,
        confirmed_at: first.confirmed_at,
    }))
}

/// Whether a login shows something beside its password.
fn has_second_factor() -> SimpleExpr {
    let totp = user::Column::Id.in_subquery(totp::confirmed());
    totp.or(user::Column::Id.in_subquery(passkey::owners()))
}

/// Which of these logins show something beside their password, for who may take it away.
///
/// # Errors
/// What the database says.
pub async fn list_with_second_factor(
    db: &impl ConnectionTrait,
    _reach: &Scope<act::ResetSecondFactor>,
    users: &[UserId],
) -> Result<Vec<UserId>, Error> {
    let those = user::Entity::find().select_only().column(user::Column::Id);
    let those = those.filter(user::Column::Id.is_in(users.iter().map(|id| id.0))).filter(has_second_factor());
    let ids: Vec<Uuid> = those.into_tuple().all(db).await?;
    Ok(ids.into_iter().map(UserId).collect())
}

/// The membership of a row; none where the user has none, or the organisation is not active.
fn membership_of(row: &HeldRow) -> Result<Option<Membership>, Error> {
    let Some(role) = &row.role else { return Ok(None) };
    if row.organisation_status.as_deref().is_some_and(|status| status != "active") {
        return Ok(None);
    }
    let region = row
        .region_code
        .as_deref()
        .map(|code| RegionCode::parse(code).ok_or(Error::Corrupt("organisation.region_code")));
    let organisation = row.organisation_id.map(OrganisationId).zip(region.transpose()?);
    Membership::parse(role, organisation).map(Some).ok_or(Error::Corrupt("membership.role"))
}

/// Closes a session. Closing one that is closed already is no error.
///
/// # Errors
/// What the database says.
pub async fn delete_session(tx: &Tx, hash: &[u8]) -> Result<(), Error> {
    session::Entity::delete_many().filter(session::Column::TokenHash.eq(hash)).exec(tx.conn()).await?;
    Ok(())
}

/// Sessions in reach that last, newest first.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ManageSignIn>,
    now: Instant,
    limit: u64,
) -> Result<Vec<session::Model>, Error> {
    let own = scope::login(scope::start(reach), reach, (session::Entity, session::Column::UserId));
    let query = session::Entity::find().filter(own).filter(session::Column::ExpiresAt.gt(now));
    Ok(query.order_by_desc(session::Column::Id).limit(limit).all(db).await?)
}

/// A session in reach.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get(
    db: &impl ConnectionTrait,
    reach: &Scope<act::ManageSignIn>,
    id: Uuid,
) -> Result<session::Model, Error> {
    let own = scope::login(scope::start(reach), reach, (session::Entity, session::Column::UserId));
    session::Entity::find_by_id(id).filter(own).one(db).await?.ok_or(Error::Missing)
}

/// Ends one session.
///
/// # Errors
/// What the database says.
pub async fn delete(tx: &Tx, grant: &Grant<act::ManageSignIn>) -> Result<(), Error> {
    session::Entity::delete_by_id(grant.id()).exec(tx.conn()).await?;
    Ok(())
}

/// Ends every session of the login but the one with this hash; says how many.
///
/// # Errors
/// What the database says.
pub async fn delete_others(tx: &Tx, grant: &Grant<act::ManageSignIn>, kept: &[u8]) -> Result<u64, Error> {
    let others = session::Entity::delete_many().filter(session::Column::UserId.eq(grant.id()));
    Ok(others.filter(session::Column::TokenHash.ne(kept)).exec(tx.conn()).await?.rows_affected)
}

/// Ends every session of a login whose second factor is lost.
///
/// # Errors
/// What the database says.
pub async fn delete_all(tx: &Tx, grant: &Grant<act::ResetSecondFactor>) -> Result<(), Error> {
    session::Entity::delete_many().filter(session::Column::UserId.eq(grant.id())).exec(tx.conn()).await?;
    Ok(())
}

/// Ends every session of a login, and every token of this name.
///
/// # Errors
/// What the database says.
pub async fn delete_all_of(tx: &Tx, user: UserId, token_name: &str, now: Instant) -> Result<(), Error> {
    session::Entity::delete_many().filter(session::Column::UserId.eq(user.0)).exec(tx.conn()).await?;
    let ended = api_token::Entity::update_many().col_expr(api_token::Column::RevokedAt, Expr::val(now));
    let ended = ended.filter(api_token::Column::UserId.eq(user.0));
    let ended = ended.filter(api_token::Column::Name.eq(token_name));
    ended.filter(api_token::Column::RevokedAt.is_null()).exec(tx.conn()).await?;
    Ok(())
}

/// Remembers that the password was shown again with the session or the token of this hash.
///
/// # Errors
/// What the database says.
pub async fn confirm(
    tx: &Tx,
    _grant: &Grant<act::ManageSignIn>,
    hash: &[u8],
    now: Instant,
) -> Result<(), Error> {
    let session = session::Entity::update_many().col_expr(session::Column::ConfirmedAt, Expr::value(now));
    session.filter(session::Column::TokenHash.eq(hash)).exec(tx.conn()).await?;
    let token = api_token::Entity::update_many().col_expr(api_token::Column::ConfirmedAt, Expr::value(now));
    token.filter(api_token::Column::TokenHash.eq(hash)).exec(tx.conn()).await?;
    Ok(())
}

/// Remembers the day on which a session was used.
///
/// # Errors
/// What the database says.
pub async fn record_use(tx: &Tx, id: Uuid, day: CivilDate) -> Result<(), Error> {
    let used = session::Entity::update_many().col_expr(session::Column::LastUsedOn, Expr::value(day));
    used.filter(session::Column::Id.eq(id)).exec(tx.conn()).await?;
    Ok(())
}

fn ended(column: impl ColumnTrait, before: Instant) -> Condition {
    Condition::all().add(column.lt(before))
}

/// How many sessions and tokens ended before an instant.
///
/// # Errors
/// What the database says.
pub async fn find_ended_count(db: &impl ConnectionTrait, before: Instant) -> Result<u64, Error> {
    let sessions = batch::find_count::<session::Entity>(db, ended(session::Column::ExpiresAt, before));
    let tokens = batch::find_count::<api_token::Entity>(db, ended(api_token::Column::ExpiresAt, before));
    Ok(sessions.await? + tokens.await?)
}

/// Deletes some sessions and tokens that ended before an instant; says how many, or none when there was none.
///
/// # Errors
/// What the database says.
pub async fn delete_ended(tx: &Tx, before: Instant, rows: u64) -> Result<Option<u64>, Error> {
    let which = ended(session::Column::ExpiresAt, before);
    let gone = batch::delete_some::<session::Entity>(tx, session::Column::Id, which, rows).await?;
    if gone.is_some() {
        return Ok(gone);
    }
    let which = ended(api_token::Column::ExpiresAt, before);
    batch::delete_some::<api_token::Entity>(tx, api_token::Column::Id, which, rows).await
}
