//! More roles than a database of before knows: its list is made anew from the table's description.

use sea_orm_migration::async_trait;
use sea_orm_migration::prelude::{ConnectionTrait, DbErr, MigrationName, MigrationTrait, SchemaManager};
use sea_orm_migration::sea_orm::DbBackend;

use crate::m0003_identity::membership;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0015_roles"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let statements = match backend {
            // What the application's role may do with the table stays as it is.
            DbBackend::Postgres => {
                let renewed = |(name, check): (&str, &str)| {
                    let alter = "ALTER TABLE \"membership\"";
                    [format!("{alter} DROP CONSTRAINT \"{name}\""), format!("{alter} ADD {check}")]
                };
                membership().checks().into_iter().flat_map(renewed).collect()
            }
            // SQLite cannot change a CHECK. Nothing refers to a membership.
            _ => {
                let mut statements = vec![
                    "CREATE TABLE \"membership_before\" AS SELECT * FROM \"membership\"".to_owned(),
                    "DROP TABLE \"membership\"".to_owned(),
                ];
                statements.extend(membership().create(backend));
                statements.push("INSERT INTO \"membership\" SELECT * FROM \"membership_before\"".to_owned());
                statements.push("DROP TABLE \"membership_before\"".to_owned());
                statements
            }
        };
        for statement in statements {
            manager.get_connection().execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    /// The list stays: a membership of a newer role would not fit into the shorter one.
    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
