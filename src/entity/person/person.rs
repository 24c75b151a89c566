//! People, and nothing of any programme.

use sea_orm::entity::prelude::*;

/// A person. The id is random: an ordered one would tell who was registered together.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// As written in the person's own script.
    pub name: String,
    pub name_latin: Option<String>,
    /// The folded name by which lists are searched.
    pub search_key: String,
    /// The key by which lists are sorted: Chinese names by their pinyin.
    pub name_key: String,
    pub birth_date: Option<Date>,
    /// `female` or `male`.
    pub sex: Option<String>,
    /// Evidence about nationality, not nationality.
    pub birth_country_code: Option<String>,
    pub home_region_code: Option<String>,
    /// A port registered the person as a foreign worker. It says which desk keeps the record; nationality
    /// decides the law.
    pub foreign_worker: bool,
    /// Raised by every change, from 1.
    pub revision: i64,
    /// Since when nothing but this stub is kept of the person.
    pub erased_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "birth_country_code", to = "code")]
    pub birth_country: BelongsTo<Option<crate::entity::organisation::country::Entity>>,
    #[sea_orm(belongs_to, from = "home_region_code", to = "code")]
    pub home_region: BelongsTo<Option<crate::entity::organisation::region::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
