//! Signing in: by which browser, what a token is for, and how often it failed.

use sea_orm_migration::async_trait;
use sea_orm_migration::prelude::{ConnectionTrait, DbErr, MigrationName, MigrationTrait, SchemaManager};
use sea_orm_migration::sea_orm::DbBackend;

use crate::table::Table;

/// Table, column, and its type on SQLite and on PostgreSQL. Null in rows of before.
const COLUMNS: [(&str, &str, &str, &str); 4] = [
    ("session", "label", "varchar", "varchar"),
    ("session", "last_used_on", "date_text", "date"),
    ("api_token", "scopes", "varchar", "varchar"),
    ("api_token", "last_used_on", "date_text", "date"),
];

pub(crate) fn tables() -> Vec<Table> {
    vec![
        Table::new("sign_in_failure")
            .bytes("subject")
            .bytes("device")
            .integer_from("failures", 1)
            .instant("last_failed_at")
            .instant("locked_until")
            .null()
            .primary_key(&["subject", "device"])
            .index(&["last_failed_at"]),
    ]
}

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0017_sign_in"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        for (table, column, sqlite, postgres) in COLUMNS {
            let kind = if backend == DbBackend::Sqlite { sqlite } else { postgres };
            let add = format!("ALTER TABLE \"{table}\" ADD COLUMN \"{column}\" {kind}");
            manager.get_connection().execute_unprepared(&add).await?;
        }
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
        for (table, column, _, _) in COLUMNS {
            let drop = format!("ALTER TABLE \"{table}\" DROP COLUMN \"{column}\"");
            manager.get_connection().execute_unprepared(&drop).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
