//! Papers that say who a person is.

use sea_orm::entity::prelude::*;

/// An identity document as recorded. Append-only; versioned: a correction or renewal supersedes.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "identity_document")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: Uuid,
    /// `citizen_card`, `passport` or `border_pass`.
    pub kind: String,
    /// The country that issued it.
    pub country_code: String,
    /// Under the person's key, XChaCha20-Poly1305: nonce, then cipher text with its tag.
    pub number_sealed: Vec<u8>,
    pub valid_from: Option<Date>,
    /// The last day, included.
    pub valid_until: Option<Date>,
    /// `unverified`, `sighted` or `confirmed`.
    pub verification: String,
    pub recorded_at: DateTimeUtc,
    /// The row that this one takes the place of.
    #[sea_orm(unique)]
    pub supersedes_id: Option<Uuid>,
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    pub person: BelongsTo<super::person::Entity>,
    #[sea_orm(belongs_to, from = "country_code", to = "code")]
    pub country: BelongsTo<crate::entity::organisation::country::Entity>,
    #[sea_orm(self_ref, relation_enum = "Supersedes", from = "supersedes_id", to = "id")]
    pub supersedes: BelongsTo<Option<Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
