//! Indexes for the orders of lists: the column, and the id behind it. On PostgreSQL text is indexed by its bytes,
//! which is how both databases compare it in lists.

use sea_orm_migration::async_trait;
use sea_orm_migration::prelude::{ConnectionTrait, DbErr, MigrationName, MigrationTrait, SchemaManager};
use sea_orm_migration::sea_orm::DbBackend;

/// Table, column, and whether it is text.
const ORDERS: [(&str, &str, bool); 8] = [
    ("person", "search_key", true),
    ("vacancy", "starts_on", false),
    ("organisation", "name_zh", true),
    ("organisation", "name_en", true),
    ("joint_class", "starts_on", false),
    ("permit", "starts_on", false),
    ("household", "registered_on", false),
    ("user", "login", true),
];

pub(crate) struct Migration;

/// On SQLite people have this index since their table was made, and logins are unique; on PostgreSQL those indexes
/// are not by bytes.
fn is_there(table: &str, postgres: bool) -> bool {
    matches!(table, "person" | "user") && !postgres
}

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0013_lists"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let postgres = connection.get_database_backend() == DbBackend::Postgres;
        for (table, column, text) in ORDERS.into_iter().filter(|(table, _, _)| !is_there(table, postgres)) {
            let bytes = if text && postgres { " COLLATE \"C\"" } else { "" };
            let create = format!(
                "CREATE INDEX \"ix_{table}_{column}_list\" ON \"{table}\" (\"{column}\"{bytes}, \"id\")"
            );
            connection.execute_unprepared(&create).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_connection().get_database_backend() == DbBackend::Postgres;
        for (table, column, _) in ORDERS.into_iter().filter(|(table, _, _)| !is_there(table, postgres)) {
            let drop = format!("DROP INDEX \"ix_{table}_{column}_list\"");
            manager.get_connection().execute_unprepared(&drop).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
