//! Registrations of one human being: what was said of two of them, which one stands for which, and what that narrowed.

use sea_orm_migration::async_trait;
use sea_orm_migration::prelude::{ConnectionTrait, DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::table::Table;

pub(crate) fn tables() -> Vec<Table> {
    vec![
        // What was said of two people; the lower id first. One word about a pair stands at a time.
        Table::new("duplicate_case")
            .id()
            .parent("person_a_id", "person")
            .parent("person_b_id", "person")
            .check("order", "person_a_id < person_b_id")
            .choice("cause", &["number", "name"])
            .choice("state", &["same", "different", "undone"])
            .parent("survivor_id", "person")
            .null()
            .text("reason")
            // At which revisions of the two it was said: where a fact has changed since, they are asked about again.
            .bigint("revision_a")
            .bigint("revision_b")
            // The how-manieth it is of those that make one of the same people: they are taken back from the last on.
            .integer_from("step", 0)
            .parent("decided_by", "user")
            .null()
            .instant("decided_at")
            .parent("undone_by", "user")
            .null()
            .instant("undone_at")
            .null()
            .check("undone", "(state = 'undone') = (undone_at IS NOT NULL)")
            .revision()
            .unique_where("standing", &["person_a_id", "person_b_id"], "state <> 'undone'")
            .index(&["person_b_id"]),
        // Whoever stands for a person; nobody stands for one who stands for others.
        Table::new("person_link")
            .parent("person_id", "person")
            .parent("survivor_id", "person")
            .parent("case_id", "duplicate_case")
            .check("other", "person_id <> survivor_id")
            .primary_key(&["person_id"])
            .index(&["survivor_id"])
            .index(&["case_id"]),
        // What a case narrowed, so that it can be as it was.
        Table::new("duplicate_move")
            .parent("case_id", "duplicate_case")
            .parent("person_id", "person")
            .choice("kind", &["consent", "person_tie"])
            .uuid("row_id")
            .text("before")
            .instant("before_at")
            .null()
            // The row's revision after it: where that is another, somebody has said something since.
            .bigint("revision")
            .primary_key(&["case_id", "kind", "row_id"])
            .index(&["person_id"]),
    ]
}

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0030_duplicate"
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
            let drop = format!("DROP TABLE \"{}\"", table.name());
            manager.get_connection().execute_unprepared(&drop).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
