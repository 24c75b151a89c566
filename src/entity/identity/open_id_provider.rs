//! Organisations' own providers of OpenID Connect.

use sea_orm::entity::prelude::*;

/// Where the people of an organisation sign in instead of here.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "open_id_provider")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub organisation_id: Uuid,
    /// What stands in its address here.
    #[sea_orm(unique)]
    pub code: String,
    /// The issuer's address.
    pub issuer: String,
    /// What we are called there.
    pub client_id: String,
    pub key_id: String,
    /// The secret by which we are known there, sealed by the master key for this row.
    pub sealed: Vec<u8>,
    /// `on` or `off`.
    pub status: String,
    /// Raised by every change, from 1.
    pub revision: i64,
    #[sea_orm(belongs_to, from = "organisation_id", to = "id")]
    pub organisation: BelongsTo<super::super::organisation::organisation::Entity>,
    #[sea_orm(belongs_to, from = "key_id", to = "key_id")]
    pub master_key: BelongsTo<super::super::organisation::master_key::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
