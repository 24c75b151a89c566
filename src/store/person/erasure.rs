//! Taking a person out of the database: every row that is about them and nobody else goes, the rest points at a
//! stub. The row of the erasure comes first, since the append-only tables let go of nobody without it.

use ballast_domain::base::civil_time::{CivilDate, Instant};
use ballast_domain::base::id::PersonId;
use ballast_domain::identity::policy::{Grant, act};
use sea_orm::sea_query::{Expr, ExprTrait as _, LikeExpr, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _,
};
use uuid::Uuid;

use crate::entity::exchange::{idempotency_key, job, job_attempt, mail_outbox, notification};
use crate::entity::identity::{
    api_token, half_session, mail_address, open_id_link, passkey, passkey_challenge, recovery_code, session,
    sign_in_link, totp, user,
};
use crate::entity::permit::{permit, permit_document};
use crate::entity::person::{
    availability, availability_region, blind_index, consent, duplicate_case, duplicate_move, erasure,
    guardian, identity_document, legal_hold, nationality, person, person_key, person_link, person_secret,
    person_tie, rights_request,
};
use crate::entity::record::skill_claim;
use crate::store::person::person_link::groups_of;
use crate::store::{Error, Tx, batch};

/// The people who were erased, as a part of a query.
#[must_use]
pub fn erased() -> SelectStatement {
    erasure::Entity::find().select_only().column(erasure::Column::PersonId).into_query()
}

/// Which of these people were erased.
///
/// # Errors
/// What the database says.
pub async fn list_erased(db: &impl ConnectionTrait, people: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    let mut found = Vec::new();
    for chunk in people.chunks(10_000) {
        let rows = erasure::Entity::find().filter(erasure::Column::PersonId.is_in(chunk.to_vec()));
        found.extend(rows.all(db).await?.into_iter().map(|row| row.person_id));
    }
    Ok(found)
}

/// The person's row, locked: who is storing something about them is waited for.
///
/// # Errors
/// [`Error::Missing`], also for who was erased.
pub async fn lock_person(tx: &Tx, id: PersonId) -> Result<person::Model, Error> {
    let row = person::Entity::find_by_id(id.0).filter(person::Column::ErasedAt.is_null());
    row.lock_exclusive().one(tx.conn()).await?.ok_or(Error::Missing)
}

/// The logins of a person, whatever their state.
///
/// # Errors
/// What the database says.
pub async fn list_logins(db: &impl ConnectionTrait, id: PersonId) -> Result<Vec<user::Model>, Error> {
    Ok(user::Entity::find().filter(user::Column::PersonId.eq(id.0)).all(db).await?)
}

/// The reason of a hold on a person, by whichever registration, that is open on a day.
///
/// # Errors
/// What the database says.
pub async fn find_hold(
    db: &impl ConnectionTrait,
    id: PersonId,
    day: CivilDate,
) -> Result<Option<String>, Error> {
    let not_ended = Condition::any()
        .add(legal_hold::Column::ValidUntil.is_null())
        .add(legal_hold::Column::ValidUntil.gte(day));
    let all = groups_of(db, &[id.0]).await?.all(&[id.0]);
    let open = legal_hold::Entity::find().filter(legal_hold::Column::PersonId.is_in(all)).filter(not_ended);
    Ok(open.one(db).await?.map(|row| row.reason))
}

/// The reference of a permit of a person, by whichever registration, that is not withdrawn.
///
/// # Errors
/// What the database says.
pub async fn find_permit(db: &impl ConnectionTrait, id: PersonId) -> Result<Option<String>, Error> {
    let all = groups_of(db, &[id.0]).await?.all(&[id.0]);
    let standing = permit::Entity::find()
        .filter(permit::Column::PersonId.is_in(all))
        .filter(permit::Column::Status.ne("withdrawn"));
    Ok(standing.one(db).await?.map(|row| row.reference))
}

/// Closes the ties of a person the day before this one, and leaves of the person a stub, if nobody has changed
/// it since it was judged.
///
/// # Errors
/// [`Error::Stale`].
pub async fn reduce_if_unchanged(
    tx: &Tx,
    grant: &Grant<act::ErasePerson>,
    now: Instant,
    day: CivilDate,
) -> Result<(), Error> {
    let before = day.pred_opt().unwrap_or(day);
    person_tie::Entity::update_many()
        .col_expr(person_tie::Column::ValidUntil, Expr::value(before))
        .col_expr(person_tie::Column::Revision, Expr::col(person_tie::Column::Revision).add(1))
        .filter(person_tie::Column::PersonId.eq(grant.id()))
        .filter(person_tie::Column::ValidUntil.gte(day))
        .exec(tx.conn())
        .await?;
    let (nothing, none) = (Expr::value(""), Expr::value(None::<String>));
    let done = person::Entity::update_many()
        .col_expr(person::Column::Name, nothing.clone())
        .col_expr(person::Column::NameLatin, none.clone())
        .col_expr(person::Column::SearchKey, nothing.clone())
        .col_expr(person::Column::NameKey, nothing)
        .col_expr(person::Column::BirthDate, Expr::value(None::<CivilDate>))
        .col_expr(person::Column::Sex, none.clone())
        .col_expr(person::Column::BirthCountryCode, none.clone())
        .col_expr(person::Column::HomeRegionCode, none)
        .col_expr(person::Column::ForeignWorker, Expr::value(false))
        .col_expr(person::Column::ErasedAt, Expr::value(now))
        .col_expr(person::Column::Revision, Expr::col(person::Column::Revision).add(1))
        .filter(person::Column::Id.eq(grant.id()))
        .filter(person::Column::Revision.eq(grant.revision()))
        .filter(person::Column::ErasedAt.is_null())
        .exec(tx.conn())
        .await?;
    if done.rows_affected == 0 { Err(Error::Stale) } else { Ok(()) }
}

/// Locks and empties a login of the person; whoever is signed in with it is signed out.
///
/// # Errors
/// What the database says.
pub async fn empty_login(tx: &Tx, _grant: &Grant<act::ErasePerson>, login: Uuid) -> Result<(), Error> {
    user::Entity::update_many()
        .col_expr(user::Column::Login, Expr::value(format!("erased-{}", login.simple())))
        .col_expr(user::Column::DisplayName, Expr::value(""))
        .col_expr(user::Column::PasswordHash, Expr::value(None::<String>))
        .col_expr(user::Column::Status, Expr::value("locked"))
        .col_expr(user::Column::Locale, Expr::value(None::<String>))
        .col_expr(user::Column::Revision, Expr::col(user::Column::Revision).add(1))
        .filter(user::Column::Id.eq(login))
        .exec(tx.conn())
        .await?;
    let db = tx.conn();
    session::Entity::delete_many().filter(session::Column::UserId.eq(login)).exec(db).await?;
    api_token::Entity::delete_many().filter(api_token::Column::UserId.eq(login)).exec(db).await?;
    totp::Entity::delete_by_id(login).exec(db).await?;
    mail_address::Entity::delete_by_id(login).exec(db).await?;
    mail_outbox::Entity::delete_many().filter(mail_outbox::Column::UserId.eq(login)).exec(db).await?;
    recovery_code::Entity::delete_many().filter(recovery_code::Column::UserId.eq(login)).exec(db).await?;
    passkey::Entity::delete_many().filter(passkey::Column::UserId.eq(login)).exec(db).await?;
    passkey_challenge::Entity::delete_many()
        .filter(passkey_challenge::Column::UserId.eq(login))
        .exec(db)
        .await?;
    open_id_link::Entity::delete_many().filter(open_id_link::Column::UserId.eq(login)).exec(db).await?;
    half_session::Entity::delete_many().filter(half_session::Column::UserId.eq(login)).exec(db).await?;
    sign_in_link::Entity::delete_many().filter(sign_in_link::Column::UserId.eq(login)).exec(db).await?;
    notification::Entity::delete_many().filter(notification::Column::UserId.eq(login)).exec(db).await?;
    idempotency_key::Entity::delete_many().filter(idempotency_key::Column::UserId.eq(login)).exec(db).await?;
    Ok(())
}

/// Says that the person is erased, and deletes every row that is about nobody else.
///
/// # Errors
/// [`Error::Duplicate`] for who was erased before.
pub async fn delete_all_of(
    tx: &Tx,
    grant: &Grant<act::ErasePerson>,
    row: erasure::Model,
) -> Result<(), Error> {
    if row.person_id != grant.id() {
        return Err(Error::Missing);
    }
    let (db, id) = (tx.conn(), row.person_id);
    batch::insert_all::<erasure::Entity, _>(db, vec![row]).await?;
    let wishes = availability::Entity::find()
        .select_only()
        .column(availability::Column::Id)
        .filter(availability::Column::PersonId.eq(id))
        .into_query();
    availability_region::Entity::delete_many()
        .filter(availability_region::Column::AvailabilityId.in_subquery(wishes))
        .exec(db)
        .await?;
    availability::Entity::delete_many().filter(availability::Column::PersonId.eq(id)).exec(db).await?;
    nationality::Entity::delete_many().filter(nationality::Column::PersonId.eq(id)).exec(db).await?;
    identity_document::Entity::delete_many()
        .filter(identity_document::Column::PersonId.eq(id))
        .exec(db)
        .await?;
    permit_document::Entity::delete_many().filter(permit_document::Column::PersonId.eq(id)).exec(db).await?;
    skill_claim::Entity::delete_many().filter(skill_claim::Column::PersonId.eq(id)).exec(db).await?;
    guardian::Entity::delete_many().filter(guardian::Column::PersonId.eq(id)).exec(db).await?;
    consent::Entity::delete_many().filter(consent::Column::PersonId.eq(id)).exec(db).await?;
    rights_request::Entity::delete_many().filter(rights_request::Column::PersonId.eq(id)).exec(db).await?;
    delete_cases(db, id).await?;
    blind_index::Entity::delete_many().filter(blind_index::Column::PersonId.eq(id)).exec(db).await?;
    person_secret::Entity::delete_many().filter(person_secret::Column::PersonId.eq(id)).exec(db).await?;
    person_key::Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

/// Deletes what was said of the person and others, and what followed from it.
async fn delete_cases(db: &impl ConnectionTrait, id: Uuid) -> Result<(), Error> {
    use duplicate_case::Column;
    let of = || Condition::any().add(Column::PersonAId.eq(id)).add(Column::PersonBId.eq(id));
    let cases = || {
        let cases = duplicate_case::Entity::find().select_only().column(Column::Id);
        cases.filter(of()).into_query()
    };
    let links = Condition::any()
        .add(person_link::Column::CaseId.in_subquery(cases()))
        .add(person_link::Column::PersonId.eq(id))
        .add(person_link::Column::SurvivorId.eq(id));
    person_link::Entity::delete_many().filter(links).exec(db).await?;
    let moves = duplicate_move::Column::CaseId.in_subquery(cases());
    let moves = moves.or(duplicate_move::Column::PersonId.eq(id));
    duplicate_move::Entity::delete_many().filter(moves).exec(db).await?;
    duplicate_case::Entity::delete_many().filter(of()).exec(db).await?;
    Ok(())
}

/// Deletes what machinery keeps and names the person in, by id or by a name as a whole value.
///
/// # Errors
/// What the database says.
pub async fn delete_traces(tx: &Tx, grant: &Grant<act::ErasePerson>, names: &[String]) -> Result<(), Error> {
    let db = tx.conn();
    let mut texts = vec![grant.id().to_string(), grant.id().simple().to_string()];
    texts.extend(names.iter().filter_map(|name| serde_json::to_string(name).ok()));
    let notices = any_holds(&[notification::Column::Args, notification::Column::DedupeKey], &texts)
        .add(notification::Column::ResourceId.eq(grant.id()));
    notification::Entity::delete_many().filter(notices).exec(db).await?;
    let keys = any_holds(&[idempotency_key::Column::Outcome, idempotency_key::Column::Operation], &texts);
    idempotency_key::Entity::delete_many().filter(keys).exec(db).await?;
    let columns = [job::Column::Payload, job::Column::Checkpoint, job::Column::UniqueKey];
    let jobs = any_holds(&columns, &texts);
    let ids = job::Entity::find().select_only().column(job::Column::Id).filter(jobs.clone()).into_query();
    job_attempt::Entity::delete_many().filter(job_attempt::Column::JobId.in_subquery(ids)).exec(db).await?;
    job::Entity::delete_many().filter(jobs).exec(db).await?;
    Ok(())
}

/// Rows one of whose columns holds one of these texts.
fn any_holds(columns: &[impl ColumnTrait], texts: &[String]) -> Condition {
    let mut condition = Condition::any();
    for text in texts {
        let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        for column in columns {
            condition = condition.add(column.like(LikeExpr::new(format!("%{escaped}%")).escape('\\')));
        }
    }
    condition
}
