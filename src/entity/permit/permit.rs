//! Applications for a labour permit.

use sea_orm::entity::prelude::*;

/// A labour permit that is drafted, submitted or withdrawn; no row grants one. The id is random, as the
/// person's is.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "permit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: Uuid,
    pub employer_id: Uuid,
    pub port_id: Uuid,
    pub vacancy_id: Option<Uuid>,
    #[sea_orm(unique)]
    pub reference: String,
    /// `draft`, `submitted` or `withdrawn`.
    pub status: String,
    pub starts_on: Date,
    /// The last day, included.
    pub ends_on: Date,
    /// Raised by every change, from 1.
    pub revision: i64,
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    pub person: BelongsTo<crate::entity::person::person::Entity>,
    #[sea_orm(belongs_to, from = "employer_id", to = "id")]
    pub employer: BelongsTo<crate::entity::organisation::organisation::Entity>,
    #[sea_orm(belongs_to, from = "port_id", to = "id")]
    pub port: BelongsTo<crate::entity::organisation::port::Entity>,
    #[sea_orm(belongs_to, from = "vacancy_id", to = "id")]
    pub vacancy: BelongsTo<Option<crate::entity::hiring::vacancy::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
