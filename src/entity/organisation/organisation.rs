//! Schools, factories, bureaus, agencies and associations.

use sea_orm::entity::prelude::*;

/// An organisation.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organisation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `school`, `factory`, `bureau`, `agency` or `association`.
    pub kind: String,
    pub name_zh: String,
    /// The key by which lists are sorted by the Chinese name: by its pinyin.
    pub name_zh_key: String,
    pub name_en: String,
    /// Unified social credit code, 18 characters.
    #[sea_orm(unique)]
    pub credit_code: Option<String>,
    pub region_code: String,
    /// `active` or `closed`.
    pub status: String,
    /// The key of the pseudonyms under which this organisation sees people; 32 bytes.
    pub pseudonym_key: Vec<u8>,
    /// Raised by every change, from 1.
    pub revision: i64,
    #[sea_orm(belongs_to, from = "region_code", to = "code")]
    pub region: BelongsTo<super::region::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
