//! Who acts for whom. A guardianship never changes: its end is a row that takes its place.

use sea_orm_migration::async_trait;
use sea_orm_migration::prelude::{ConnectionTrait, DbErr, MigrationName, MigrationTrait, SchemaManager};
use sea_orm_migration::sea_orm::DbBackend;

use crate::m0010_audit;
use crate::table::Table;

pub(crate) fn tables() -> Vec<Table> {
    vec![
        Table::new("guardian")
            .id()
            .parent("person_id", "person")
            .parent("user_id", "user")
            .choice("basis", &["parent", "relative", "appointed", "incapacity"])
            .date("valid_from")
            .date("valid_until")
            .null()
            .instant("recorded_at")
            .supersedes()
            .index(&["person_id"])
            .index(&["user_id"])
            .never_changed()
            .and_then(goes_with_the_ward),
    ]
}

/// The rows about an erased person go with them.
fn goes_with_the_ward(backend: DbBackend) -> Vec<String> {
    let erased = "EXISTS (SELECT 1 FROM erasure WHERE person_id = OLD.person_id)";
    m0010_audit::deletes_only("guardian", backend, "person_erased", erased)
}

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0027_guardian"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        for statement in tables().iter().flat_map(|table| table.create(backend)) {
            manager.get_connection().execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP TABLE \"guardian\"").await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
