//! Which organisation may read which person, why and until when.

use sea_orm::entity::prelude::*;

/// A tie of an organisation to a person: the only way to read the person.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_tie")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub person_id: Uuid,
    /// `enrolment`, `application`, `placement`, `supervision` or `registration`.
    pub basis: String,
    pub valid_from: Date,
    /// The last day; 9999-12-31 while the tie is open.
    pub valid_until: Date,
    /// Raised by every change, from 1.
    pub revision: i64,
    #[sea_orm(belongs_to, from = "organisation_id", to = "id")]
    pub organisation: BelongsTo<crate::entity::organisation::organisation::Entity>,
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    pub person: BelongsTo<super::person::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
