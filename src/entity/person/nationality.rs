//! Nationalities and what they rest on.

use sea_orm::entity::prelude::*;

/// A nationality with its evidence; a person may have several. Append-only; versioned: a correction
/// supersedes.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "nationality")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: Uuid,
    pub country_code: String,
    /// `self_declared`, `document` or `authority`.
    pub evidence: String,
    /// The identity document that shows it.
    pub document_id: Option<Uuid>,
    pub recorded_at: DateTimeUtc,
    /// The row that this one takes the place of.
    #[sea_orm(unique)]
    pub supersedes_id: Option<Uuid>,
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    pub person: BelongsTo<super::person::Entity>,
    #[sea_orm(belongs_to, from = "country_code", to = "code")]
    pub country: BelongsTo<crate::entity::organisation::country::Entity>,
    #[sea_orm(belongs_to, from = "document_id", to = "id")]
    pub document: BelongsTo<Option<super::identity_document::Entity>>,
    #[sea_orm(self_ref, relation_enum = "Supersedes", from = "supersedes_id", to = "id")]
    pub supersedes: BelongsTo<Option<Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
