//! Accounts elsewhere that open logins here.

use sea_orm::entity::prelude::*;

/// An account at an issuer of OpenID Connect that a login is linked to.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "open_id_link")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    /// The issuer's address.
    pub issuer: String,
    /// A keyed hash of issuer and subject: what the issuer calls the account is kept nowhere.
    #[sea_orm(unique)]
    pub subject_hash: Vec<u8>,
    pub created_at: DateTimeUtc,
    /// The last day on which it was used; no finer, so that nobody's hours can be read off it.
    pub last_used_on: Option<Date>,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
