//! A request by right that whoever asked takes back, and corrections of what is recorded in rows that nobody changes.

use sea_orm_migration::async_trait;
use sea_orm_migration::prelude::{ConnectionTrait, DbErr, MigrationName, MigrationTrait, SchemaManager};
use sea_orm_migration::sea_orm::DbBackend;

use crate::m0024_rights;
use crate::table::Table;

/// What can be corrected.
const FIELDS: [&str; 8] = [
    "name",
    "name_latin",
    "birth_date",
    "sex",
    "home_region",
    "nationality",
    "identity_document",
    "skill_claim",
];

/// The table as this migration leaves it: the same columns, longer lists.
fn rights_request() -> Table {
    Table::new("rights_request")
        .id()
        .parent("person_id", "person")
        .choice("kind", &["correction", "erasure", "review"])
        .choice("field", &FIELDS)
        .null()
        .text("value")
        .null()
        .parent("vacancy_id", "vacancy")
        .null()
        .text("reason")
        .choice("state", &["asked", "accepted", "refused", "withdrawn"])
        .parent("asked_by", "user")
        .null()
        .instant("asked_at")
        .parent("decided_by", "user")
        .null()
        .instant("decided_at")
        .null()
        .text("answer")
        .null()
        .revision()
        .check("correction", "(kind = 'correction') = (field IS NOT NULL)")
        .check("value_field", "(field IS NULL) = (value IS NULL)")
        .check("review", "(kind = 'review') = (vacancy_id IS NOT NULL)")
        .check("decided", "(state = 'asked') = (decided_at IS NULL)")
        .index(&["person_id"])
        .index(&["vacancy_id"])
        .index(&["state", "kind"])
}

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0029_rights"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (backend, table) = (manager.get_database_backend(), rights_request());
        let statements = match backend {
            // What the application's role may do with the table stays as it is.
            DbBackend::Postgres => {
                let alter = "ALTER TABLE \"rights_request\"";
                let before = m0024_rights::tables();
                let gone = before.iter().flat_map(Table::checks);
                let gone = gone.map(|(name, _)| format!("{alter} DROP CONSTRAINT \"{name}\""));
                let made = table.checks().into_iter().map(|(_, check)| format!("{alter} ADD {check}"));
                gone.chain(made).collect()
            }
            // SQLite cannot change a CHECK. Nothing refers to a request.
            _ => {
                let mut statements = vec![
                    "CREATE TABLE \"rights_request_before\" AS SELECT * FROM \"rights_request\"".to_owned(),
                    "DROP TABLE \"rights_request\"".to_owned(),
                ];
                statements.extend(table.create(backend));
                statements.push(
                    "INSERT INTO \"rights_request\" SELECT * FROM \"rights_request_before\"".to_owned(),
                );
                statements.push("DROP TABLE \"rights_request_before\"".to_owned());
                statements
            }
        };
        for statement in statements {
            manager.get_connection().execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    /// The lists stay: a newer request would not fit into the shorter ones.
    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
