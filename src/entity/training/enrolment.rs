//! Who is in which joint class.

use sea_orm::entity::prelude::*;

/// A person in a joint class. The id is random, as the person's is.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "enrolment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub joint_class_id: Uuid,
    pub person_id: Uuid,
    /// The class's school.
    pub school_id: Uuid,
    /// `enrolled`, `finished` or `withdrawn`.
    pub status: String,
    pub enrolled_on: Date,
    pub ended_on: Option<Date>,
    /// Raised by every change, from 1.
    pub revision: i64,
    #[sea_orm(belongs_to, from = "joint_class_id", to = "id")]
    pub joint_class: BelongsTo<super::joint_class::Entity>,
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    pub person: BelongsTo<crate::entity::person::person::Entity>,
    #[sea_orm(belongs_to, from = "school_id", to = "id")]
    pub school: BelongsTo<crate::entity::organisation::organisation::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
