//! Signed heads of the log.

use sea_orm::entity::prelude::*;

/// A head that was signed and given out, as a signed note. Append-only.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "checkpoint")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub origin: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub size: i64,
    pub signed_at: DateTimeUtc,
    pub note: String,
}

impl ActiveModelBehavior for ActiveModel {}
