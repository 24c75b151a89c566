//! The papers of a permit's bundle.

use sea_orm::entity::prelude::*;

/// A document of a permit's bundle. Append-only; versioned: a renewal or correction supersedes.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "permit_document")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: Uuid,
    /// Null only for a certificate that is the person's whatever the permit.
    pub permit_id: Option<Uuid>,
    /// `health_certificate`, `training_certificate`, `work_registration`, `temporary_residence`,
    /// `accident_insurance` or `contract`.
    pub kind: String,
    pub issuer: String,
    pub valid_from: Option<Date>,
    /// The last day, included; null means not known.
    pub valid_until: Option<Date>,
    /// `unverified`, `sighted` or `confirmed`.
    pub verification: String,
    pub recorded_at: DateTimeUtc,
    /// The row that this one takes the place of.
    #[sea_orm(unique)]
    pub supersedes_id: Option<Uuid>,
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    pub person: BelongsTo<crate::entity::person::person::Entity>,
    #[sea_orm(belongs_to, from = "permit_id", to = "id")]
    pub permit: BelongsTo<Option<super::permit::Entity>>,
    #[sea_orm(self_ref, relation_enum = "Supersedes", from = "supersedes_id", to = "id")]
    pub supersedes: BelongsTo<Option<Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
