//! What this data folder or database is.

use sea_orm::entity::prelude::*;

/// The single row that says what this database is.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "installation")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// Whether the people in it are fictional and the banner is shown.
    pub demonstration: bool,
    /// The fixed clock of a demonstration; null means the real one.
    pub as_of: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
