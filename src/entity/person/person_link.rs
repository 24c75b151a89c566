//! Who stands for whom.

use sea_orm::entity::prelude::*;

/// A registration of a human being for which another one stands. It goes when what made it is taken back.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_link")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: Uuid,
    /// Who stands for the person; nobody stands for that one.
    pub survivor_id: Uuid,
    /// By which case the person came behind somebody.
    pub case_id: Uuid,
    #[sea_orm(belongs_to, relation_enum = "Person", from = "person_id", to = "id")]
    pub person: BelongsTo<super::person::Entity>,
    #[sea_orm(belongs_to, relation_enum = "Survivor", from = "survivor_id", to = "id")]
    pub survivor: BelongsTo<super::person::Entity>,
    #[sea_orm(belongs_to, from = "case_id", to = "id")]
    pub case: BelongsTo<super::duplicate_case::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
