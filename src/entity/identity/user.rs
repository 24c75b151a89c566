//! Accounts.

use sea_orm::entity::prelude::*;

/// An account that can sign in.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub login: String,
    pub display_name: String,
    /// argon2id in PHC form; null means no password sign-in.
    pub password_hash: Option<String>,
    /// The person whose account this is, where the user is one.
    pub person_id: Option<Uuid>,
    /// `active` or `locked`.
    pub status: String,
    /// `zh-CN` or `en`; null means what the browser asks for.
    pub locale: Option<String>,
    /// Raised by every change, from 1.
    pub revision: i64,
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    pub person: BelongsTo<Option<crate::entity::person::person::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
