//! Claims that a person has a skill.

use sea_orm::entity::prelude::*;

/// A claim that a person has a skill at a level. Append-only; versioned: a correction or renewal
/// supersedes.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "skill_claim")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: Uuid,
    pub skill_id: Uuid,
    /// 0 to 7.
    pub level: i32,
    /// `self`, `trained`, `assessed`, `certified` or `observed`.
    pub evidence: String,
    pub achieved_on: Date,
    pub last_used_on: Option<Date>,
    /// The last day, included; null means without end.
    pub valid_until: Option<Date>,
    /// How the skill fades without use: `accuracy`, `speed` or `mixed`.
    pub decay_class: String,
    /// `active`, `suspended` or `revoked`.
    pub status: String,
    /// Who vouches; null only for the person's own word.
    pub organisation_id: Option<Uuid>,
    /// The class that led to it.
    pub enrolment_id: Option<Uuid>,
    /// The row that this one takes the place of.
    #[sea_orm(unique)]
    pub supersedes_id: Option<Uuid>,
    pub recorded_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    pub person: BelongsTo<crate::entity::person::person::Entity>,
    #[sea_orm(belongs_to, from = "skill_id", to = "id")]
    pub skill: BelongsTo<crate::entity::taxonomy::skill::Entity>,
    #[sea_orm(belongs_to, from = "organisation_id", to = "id")]
    pub organisation: BelongsTo<Option<crate::entity::organisation::organisation::Entity>>,
    #[sea_orm(belongs_to, from = "enrolment_id", to = "id")]
    pub enrolment: BelongsTo<Option<crate::entity::training::enrolment::Entity>>,
    #[sea_orm(self_ref, relation_enum = "Supersedes", from = "supersedes_id", to = "id")]
    pub supersedes: BelongsTo<Option<Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
