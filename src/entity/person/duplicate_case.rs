//! What officials said of people who may be one.

use sea_orm::entity::prelude::*;

/// What an official said of two people. It changes once, when it is taken back.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "duplicate_case")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The lower id.
    pub person_a_id: Uuid,
    /// The higher one.
    pub person_b_id: Uuid,
    /// `number` or `name`: why they were looked at.
    pub cause: String,
    /// `same`, `different` or `undone`.
    pub state: String,
    /// Who stands for both; null for two who are different.
    pub survivor_id: Option<Uuid>,
    pub reason: String,
    /// The first one's revision when it was said.
    pub revision_a: i64,
    /// The second one's.
    pub revision_b: i64,
    /// The how-manieth it is of those that make one of the same people, from 1; 0 for two who are different.
    pub step: i32,
    /// Null for the operator.
    pub decided_by: Option<Uuid>,
    pub decided_at: DateTimeUtc,
    /// Null while it stands, and for the operator.
    pub undone_by: Option<Uuid>,
    pub undone_at: Option<DateTimeUtc>,
    /// Raised by every change, from 1.
    pub revision: i64,
    #[sea_orm(belongs_to, relation_enum = "PersonA", from = "person_a_id", to = "id")]
    pub person_a: BelongsTo<super::person::Entity>,
    #[sea_orm(belongs_to, relation_enum = "PersonB", from = "person_b_id", to = "id")]
    pub person_b: BelongsTo<super::person::Entity>,
    #[sea_orm(belongs_to, relation_enum = "Survivor", from = "survivor_id", to = "id")]
    pub survivor: BelongsTo<Option<super::person::Entity>>,
    #[sea_orm(belongs_to, relation_enum = "DecidedBy", from = "decided_by", to = "id")]
    pub decider: BelongsTo<Option<crate::entity::identity::user::Entity>>,
    #[sea_orm(belongs_to, relation_enum = "UndoneBy", from = "undone_by", to = "id")]
    pub undoer: BelongsTo<Option<crate::entity::identity::user::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
