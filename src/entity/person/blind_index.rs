//! By what secrets are looked up.

use sea_orm::entity::prelude::*;

/// The digest of one sealed value under one index key.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "blind_index")]
pub struct Model {
    /// `person_secret.citizen_number` or `identity_document.number`.
    pub place: String,
    /// The index key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key_id: String,
    /// The row whose value it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub row_id: Uuid,
    pub person_id: Uuid,
    /// HMAC-SHA-256 of place and folded value.
    pub digest: Vec<u8>,
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    pub person: BelongsTo<super::person::Entity>,
    #[sea_orm(belongs_to, from = "key_id", to = "key_id")]
    pub master_key: BelongsTo<crate::entity::organisation::master_key::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
