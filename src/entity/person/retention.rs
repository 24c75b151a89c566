//! For how long an installation keeps what it may choose.

use sea_orm::entity::prelude::*;

/// A class of data, and for how many days it is kept.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "retention")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `record`: people, after their last tie has ended.
    #[sea_orm(unique)]
    pub class: String,
    /// Null: it is kept.
    pub days: Option<i32>,
    /// Raised by every change, from 1.
    pub revision: i64,
}

impl ActiveModelBehavior for ActiveModel {}
