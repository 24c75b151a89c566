//! Why somebody must not be erased.

use sea_orm::entity::prelude::*;

/// A duty to keep what is known of a person, while it lasts.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "legal_hold")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: Uuid,
    /// `court`, `investigation`, `complaint` or `audit`.
    pub reason: String,
    /// Null for the operator.
    pub placed_by: Option<Uuid>,
    pub valid_from: Date,
    /// The last day, included; null while it lasts.
    pub valid_until: Option<Date>,
    /// Raised by every change, from 1.
    pub revision: i64,
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    pub person: BelongsTo<super::person::Entity>,
    #[sea_orm(belongs_to, from = "placed_by", to = "id")]
    pub user: BelongsTo<Option<crate::entity::identity::user::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
