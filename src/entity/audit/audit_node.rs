//! The complete inner nodes of the log's tree.

use sea_orm::entity::prelude::*;

/// A node that covers 2^level leaves. Append-only.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_node")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub level: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub index: i64,
    pub hash: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}
