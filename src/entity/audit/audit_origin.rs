//! Under which name the log is signed.

use sea_orm::entity::prelude::*;

/// A name of the log, from a leaf on; a restore begins a new one. Append-only.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_origin")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub from_index: i64,
    #[sea_orm(unique)]
    pub origin: String,
    pub begun_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
