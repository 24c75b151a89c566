//! Failed attempts to sign in.

use sea_orm::entity::prelude::*;

/// How often somebody failed in a row, by whom they said they are and by browser. Kept for a day.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_failure")]
pub struct Model {
    /// A keyed hash of what was tried: a login that may not exist.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: Vec<u8>,
    /// The browser, if it signed in as that login before; empty for all others together.
    #[sea_orm(primary_key, auto_increment = false)]
    pub device: Vec<u8>,
    pub failures: i32,
    pub last_failed_at: DateTimeUtc,
    /// Until when nobody is let in, whatever the password.
    pub locked_until: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
