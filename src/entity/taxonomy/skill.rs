//! Skills.

use sea_orm::entity::prelude::*;

/// A skill of one framework.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "skill")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub framework_id: Uuid,
    /// What the framework itself calls it.
    pub uri: String,
    /// `knowledge`, `competence`, `group` or `unknown`.
    pub kind: String,
    /// How widely the skill is used, in the framework's own words.
    pub reuse_level: Option<String>,
    /// The nearest skill of ESCO.
    pub esco_uri: Option<String>,
    pub csco_code: Option<String>,
    /// How the skill fades without use: `accuracy`, `speed` or `mixed`.
    pub decay_class: Option<String>,
    /// Raised by every change, from 1.
    pub revision: i64,
    #[sea_orm(belongs_to, from = "framework_id", to = "id")]
    pub framework: BelongsTo<super::framework::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
