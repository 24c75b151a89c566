//! Releases of a taxonomy.

use sea_orm::entity::prelude::*;

/// One release of one taxonomy: our own, ESCO or the Chinese occupations.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "framework")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `house`, `esco` or `csco`.
    pub code: String,
    pub version: String,
    pub title: String,
    pub licence: String,
    /// Of the file that was read, in hexadecimal.
    pub source_sha256: String,
    pub imported_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
