//! Whom the database knows twice, and how often an organisation asks with a number that somebody may have.

use sea_orm_migration::async_trait;
use sea_orm_migration::prelude::{ConnectionTrait, DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::table::Table;

pub(crate) fn tables() -> Vec<Table> {
    vec![
        // One row for each organisation and day: several processes count in it together.
        Table::new("number_attempt")
            .parent("organisation_id", "organisation")
            .date("on_day")
            .integer_from("attempts", 0)
            .primary_key(&["organisation_id", "on_day"])
            .index(&["on_day"]),
    ]
}

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0028_duplicate"
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
        for table in tables().iter().rev() {
            let drop = format!("DROP TABLE \"{}\"", table.name);
            manager.get_connection().execute_unprepared(&drop).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
