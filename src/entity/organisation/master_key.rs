//! The names of the installation's keys.

use sea_orm::entity::prelude::*;

/// A key of the key file that rows name. The key itself is in no table.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "master_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key_id: String,
    /// `seal` or `index`.
    pub purpose: String,
}

impl ActiveModelBehavior for ActiveModel {}
