//! Names and descriptions in every language.

use sea_orm::entity::prelude::*;

/// One name or description of an occupation or a skill.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "label")]
pub struct Model {
    /// An occupation or a skill, as `subject` says.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_id: Uuid,
    /// BCP 47 tag.
    #[sea_orm(primary_key, auto_increment = false)]
    pub language: String,
    /// `preferred`, `alternative` or `description`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// From 0, among labels of one language and kind.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ordinal: i32,
    /// `occupation` or `skill`.
    pub subject: String,
    pub text: String,
}

impl ActiveModelBehavior for ActiveModel {}
