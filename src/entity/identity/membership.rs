//! Roles of users in organisations.

use sea_orm::entity::prelude::*;

/// A role of a user, for one organisation unless the role needs none. Versioned by its dates.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "membership")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    /// Null only for an administrator or a trainee.
    pub organisation_id: Option<Uuid>,
    /// `administrator`, `school_registrar`, `factory_hr`, `labour_official` or `trainee`.
    pub role: String,
    pub valid_from: Date,
    /// The last day, included; null means without end.
    pub valid_until: Option<Date>,
    /// Raised by every change, from 1.
    pub revision: i64,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
    #[sea_orm(belongs_to, from = "organisation_id", to = "id")]
    pub organisation: BelongsTo<Option<crate::entity::organisation::organisation::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
