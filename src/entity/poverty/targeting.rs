//! Targeting decisions.

use sea_orm::entity::prelude::*;

/// A decision on whether a household is targeted, and why. Append-only; versioned: the next decision
/// supersedes.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "targeting")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub household_id: Uuid,
    /// `targeted`, `not_targeted` or `exited`.
    pub outcome: String,
    /// `income`, `illness`, `disability`, `schooling`, `disaster` or `relocation`.
    pub cause: String,
    pub decided_on: Date,
    /// The user who decided.
    pub decided_by: Uuid,
    pub recorded_at: DateTimeUtc,
    /// The row that this one takes the place of.
    #[sea_orm(unique)]
    pub supersedes_id: Option<Uuid>,
    #[sea_orm(belongs_to, from = "household_id", to = "id")]
    pub household: BelongsTo<super::household::Entity>,
    #[sea_orm(belongs_to, from = "decided_by", to = "id")]
    pub decider: BelongsTo<crate::entity::identity::user::Entity>,
    #[sea_orm(self_ref, relation_enum = "Supersedes", from = "supersedes_id", to = "id")]
    pub supersedes: BelongsTo<Option<Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
