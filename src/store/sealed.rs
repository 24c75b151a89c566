//! Rows that hold something sealed by a key of the installation: which are under another key than the one in use, and
//! sealing them again.

use ballast_domain::identity::policy::{Grant, act};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::entity::exchange::mail_outbox;
use crate::entity::identity::{mail_address, open_id_provider, totp};
use crate::entity::person::person_key;
use crate::store::{Error, Tx};

/// What is sealed of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRow {
    /// Which row.
    pub id: Uuid,
    /// The key that sealed it.
    pub key_id: String,
    /// Nonce, then cipher text with its tag.
    pub sealed: Vec<u8>,
}

/// A table with the columns `key_id` and `sealed`.
pub trait Sealed: EntityTrait {
    /// The noun, as the log names it.
    const NOUN: &'static str;
    /// What names a row.
    const ID: Self::Column;
    /// The key that sealed it.
    const KEY_ID: Self::Column;
    /// What is sealed.
    const SEALED: Self::Column;

    /// What is sealed of a row; none while there is nothing.
    fn of(row: Self::Model) -> Option<SealedRow>;
}

macro_rules! sealed {
    ($($noun:ident by $id:ident/$field:ident: $of:expr,)*) => {
        $(impl Sealed for $noun::Entity {
            const NOUN: &'static str = stringify!($noun);
            const ID: Self::Column = $noun::Column::$id;
            const KEY_ID: Self::Column = $noun::Column::KeyId;
            const SEALED: Self::Column = $noun::Column::Sealed;

            fn of(row: Self::Model) -> Option<SealedRow> {
                let held: Option<(String, Vec<u8>)> = ($of)(row.key_id, row.sealed);
                let (key_id, sealed) = held?;
                Some(SealedRow { id: row.$field, key_id, sealed })
            }
        })*
    };
}

sealed! {
    person_key by PersonId/person_id: |key, sealed| Some((key, sealed)),
    totp by UserId/user_id: |key, sealed| Some((key, sealed)),
    mail_address by UserId/user_id: |key, sealed| Some((key, sealed)),
    mail_outbox by Id/id: |key: Option<String>, sealed: Option<Vec<u8>>| key.zip(sealed),
    open_id_provider by Id/id: |key, sealed| Some((key, sealed)),
}

/// Some rows that another key of the installation than this one seals.
///
/// # Errors
/// What the database says.
pub async fn list_under_others<E: Sealed>(
    db: &impl ConnectionTrait,
    key_id: &str,
    rows: u64,
) -> Result<Vec<SealedRow>, Error> {
    let query = E::find().filter(E::KEY_ID.ne(key_id)).order_by_asc(E::ID).limit(rows);
    Ok(query.all(db).await?.into_iter().filter_map(E::of).collect())
}

/// Seals a row under another key of the installation. One that was sealed anew or went meanwhile is left alone; what it
/// says stays the same, and so does its revision.
///
/// # Errors
/// What the database says.
pub async fn update_if_unchanged<E: Sealed>(
    tx: &Tx,
    _grant: &Grant<act::RotateKey>,
    row: &SealedRow,
    key_id: &str,
    sealed: Vec<u8>,
) -> Result<(), Error> {
    E::update_many()
        .col_expr(E::KEY_ID, Expr::value(key_id))
        .col_expr(E::SEALED, Expr::value(sealed))
        .filter(E::ID.eq(row.id))
        .filter(E::SEALED.eq(row.sealed.clone()))
        .exec(tx.conn())
        .await?;
    Ok(())
}
