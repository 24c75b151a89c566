//! What people ask for by right.

use sea_orm::entity::prelude::*;

/// A correction, an erasure or a review by a human that a person asks for, and what became of it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rights_request")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: Uuid,
    /// `correction`, `erasure` or `review`.
    pub kind: String,
    /// What is wrong: `name`, `name_latin`, `birth_date`, `sex` or `home_region`. Of a correction.
    pub field: Option<String>,
    /// What would be right; empty for nothing.
    pub value: Option<String>,
    /// For which vacancy a human is to look. Of a review.
    pub vacancy_id: Option<Uuid>,
    /// Why, in the person's words.
    pub reason: String,
    /// `asked`, `accepted` or `refused`.
    pub state: String,
    /// The login that asked: the person's, or a guardian's.
    pub asked_by: Option<Uuid>,
    pub asked_at: DateTimeUtc,
    /// The login that decided.
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
    /// Why it was decided so.
    pub answer: Option<String>,
    /// Raised by every change, from 1.
    pub revision: i64,
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    pub person: BelongsTo<super::person::Entity>,
    #[sea_orm(belongs_to, from = "vacancy_id", to = "id")]
    pub vacancy: BelongsTo<Option<crate::entity::hiring::vacancy::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
