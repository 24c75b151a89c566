//! What of a person is only kept sealed.

use sea_orm::entity::prelude::*;

/// One sealed value of a person: a citizen number, a phone number or a bank account.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_secret")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: Uuid,
    /// `citizen_number`, `phone` or `bank_account`.
    pub kind: String,
    /// Under the person's key, XChaCha20-Poly1305: nonce, then cipher text with its tag.
    pub sealed: Vec<u8>,
    /// Raised by every change, from 1.
    pub revision: i64,
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    pub person: BelongsTo<super::person::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
