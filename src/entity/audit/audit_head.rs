//! How far the log is sealed.

use sea_orm::entity::prelude::*;

/// The one row with size and root of the tree. Only grows.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_head")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    /// Always 1.
    pub id: i32,
    pub size: i64,
    pub root: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}
