//! The values before and after a change, and the keys under which they are kept. Erasing a subject destroys
//! both; what was committed to stays.

use std::collections::HashMap;

use ballast_domain::identity::policy::{Grant, act};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::entity::audit::{audit_commitment, audit_detail, audit_erasure, audit_key};
use crate::store::{Error, Tx};

/// Ids of one question.
const CHUNK: usize = 10_000;

/// The keys of these subjects, as they are stored.
///
/// # Errors
/// What the database says.
pub async fn list_keys(
    db: &impl ConnectionTrait,
    subjects: &[Uuid],
) -> Result<HashMap<Uuid, audit_key::Model>, Error> {
    let mut keys = HashMap::new();
    for chunk in subjects.chunks(CHUNK) {
        let rows = audit_key::Entity::find()
            .filter(audit_key::Column::SubjectId.is_in(chunk.iter().copied()))
            .all(db)
            .await?;
        keys.extend(rows.into_iter().map(|row| (row.subject_id, row)));
    }
    Ok(keys)
}

/// Which of these subjects were erased.
///
/// # Errors
/// What the database says.
pub async fn list_erased(db: &impl ConnectionTrait, subjects: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    let mut erased = Vec::new();
    for chunk in subjects.chunks(CHUNK) {
        let rows: Vec<Uuid> = audit_erasure::Entity::find()
            .select_only()
            .column(audit_erasure::Column::SubjectId)
            .filter(audit_erasure::Column::SubjectId.is_in(chunk.iter().copied()))
            .into_tuple()
            .all(db)
            .await?;
        erased.extend(rows);
    }
    Ok(erased)
}

/// Stores keys of subjects that have none. Where another transaction was first, its key stays: read them again.
///
/// # Errors
/// What the database says.
pub async fn insert_keys_if_new(tx: &Tx, keys: Vec<audit_key::Model>) -> Result<(), Error> {
    let mut keys = keys.into_iter().map(audit_key::ActiveModel::from).peekable();
    while keys.peek().is_some() {
        let chunk: Vec<audit_key::ActiveModel> = keys.by_ref().take(CHUNK).collect();
        audit_key::Entity::insert_many(chunk.into_iter().map(sea_orm::ActiveModelTrait::reset_all))
            .on_conflict(OnConflict::column(audit_key::Column::SubjectId).do_nothing().to_owned())
            .exec_without_returning(tx.conn())
            .await?;
    }
    Ok(())
}

/// Some keys that another key of the installation than this one seals.
///
/// # Errors
/// What the database says.
pub async fn list_keys_under_others(
    db: &impl ConnectionTrait,
    key_id: &str,
    rows: u64,
) -> Result<Vec<audit_key::Model>, Error> {
    let under_others = audit_key::Entity::find().filter(audit_key::Column::KeyId.ne(key_id));
    Ok(under_others.order_by_asc(audit_key::Column::SubjectId).limit(rows).all(db).await?)
}

/// Seals a key under another key of the installation. One that changed or went meanwhile is left alone.
///
/// # Errors
/// What the database says.
pub async fn update_key_if_unchanged(
    tx: &Tx,
    _grant: &Grant<act::RotateKey>,
    row: &audit_key::Model,
    key_id: &str,
    sealed: Vec<u8>,
) -> Result<(), Error> {
    audit_key::Entity::update_many()
        .col_expr(audit_key::Column::KeyId, Expr::value(key_id))
        .col_expr(audit_key::Column::Sealed, Expr::value(sealed))
        .filter(audit_key::Column::SubjectId.eq(row.subject_id))
        .filter(audit_key::Column::KeyId.eq(row.key_id.as_str()))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// The values of some entries.
///
/// # Errors
/// What the database says.
pub async fn list_of(db: &impl ConnectionTrait, seqs: &[i64]) -> Result<Vec<audit_detail::Model>, Error> {
    Ok(audit_detail::Entity::find()
        .filter(audit_detail::Column::Seq.is_in(seqs.iter().copied()))
        .all(db)
        .await?)
}

/// What some entries committed to.
///
/// # Errors
/// What the database says.
pub async fn list_commitments(
    db: &impl ConnectionTrait,
    seqs: &[i64],
) -> Result<Vec<audit_commitment::Model>, Error> {
    Ok(audit_commitment::Entity::find()
        .filter(audit_commitment::Column::Seq.is_in(seqs.iter().copied()))
        .all(db)
        .await?)
}

/// Destroys the key and the values of a subject. `seq` is the entry that says so, in the same transaction.
///
/// # Errors
/// [`Error::Duplicate`] when the subject was erased before.
pub async fn delete_all_of(tx: &Tx, subject: Uuid, seq: i64) -> Result<u64, Error> {
    let erasure = audit_erasure::ActiveModel { subject_id: Set(subject), seq: Set(seq) };
    audit_erasure::Entity::insert(erasure).exec_without_returning(tx.conn()).await?;
    let gone = audit_detail::Entity::delete_many()
        .filter(audit_detail::Column::SubjectId.eq(subject))
        .exec(tx.conn())
        .await?;
    audit_key::Entity::delete_by_id(subject).exec(tx.conn()).await?;
    Ok(gone.rows_affected)
}
