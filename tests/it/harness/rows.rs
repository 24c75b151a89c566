//! Rows that go in past the use cases.

use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait as _, ConnectionTrait, EntityTrait, IntoActiveModel, ModelTrait,
};

/// Puts a row in as it is.
pub async fn put<M>(db: &impl ConnectionTrait, model: M)
where
    M: ModelTrait + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
    M::Entity: EntityTrait<Model = M>,
    <M::Entity as EntityTrait>::ActiveModel: ActiveModelBehavior + Send,
{
    let row = model.into_active_model().reset_all();
    M::Entity::insert(row).exec_without_returning(db).await.expect("a row of the town goes in");
}
