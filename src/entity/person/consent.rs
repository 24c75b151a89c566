//! Consents.

use sea_orm::entity::prelude::*;

/// A factory's request to know who a person is, for one vacancy, and the person's answer.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consent")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: Uuid,
    /// Who asks.
    pub organisation_id: Uuid,
    pub vacancy_id: Uuid,
    /// `contact`: name and how to reach the person.
    pub purpose: String,
    /// `asked`, `given`, `refused` or `withdrawn`.
    pub state: String,
    pub asked_at: DateTimeUtc,
    /// When it came to stand as it does; null until the first answer.
    pub answered_at: Option<DateTimeUtc>,
    /// Raised by every change, from 1.
    pub revision: i64,
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    pub person: BelongsTo<super::person::Entity>,
    #[sea_orm(belongs_to, from = "organisation_id", to = "id")]
    pub organisation: BelongsTo<crate::entity::organisation::organisation::Entity>,
    #[sea_orm(belongs_to, from = "vacancy_id", to = "id")]
    pub vacancy: BelongsTo<crate::entity::hiring::vacancy::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
