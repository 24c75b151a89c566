//! Mails that wait to be sent, where logins are written to, and when somebody last showed a password.

use sea_orm_migration::async_trait;
use sea_orm_migration::prelude::{ConnectionTrait, DbErr, MigrationName, MigrationTrait, SchemaManager};
use sea_orm_migration::sea_orm::DbBackend;

use crate::table::Table;

/// Tables that remember when the password was shown again. Null while it was not.
const CONFIRMED: [&str; 2] = ["session", "api_token"];

pub(crate) fn tables() -> Vec<Table> {
    vec![mail_address(), mail_outbox()]
}

/// One a login.
fn mail_address() -> Table {
    Table::new("mail_address")
        .parent("user_id", "user")
        .primary_key(&["user_id"])
        .text("key_id")
        .foreign_key("key_id", "master_key", "key_id")
        .bytes("sealed")
        .instant("created_at")
        .revision()
        .index(&["key_id"])
}

/// What a mail says is kept no longer than it waits.
fn mail_outbox() -> Table {
    Table::new("mail_outbox")
        .id()
        .parent("user_id", "user")
        .null()
        .choice("template", &["invitation", "reset", "forgotten"])
        .choice("locale", &["zh-CN", "en"])
        .text("key_id")
        .null()
        .foreign_key("key_id", "master_key", "key_id")
        .bytes("sealed")
        .null()
        .choice("state", &["waiting", "sent", "failed"])
        .integer_from("tries", 0)
        .uuid("created_by")
        .null()
        .instant("created_at")
        .instant("expires_at")
        .instant("ended_at")
        .null()
        .revision()
        .check("sealed", "(state = 'waiting') = (sealed IS NOT NULL)")
        .check("key", "(key_id IS NULL) = (sealed IS NULL)")
        .check("ended", "(state = 'waiting') = (ended_at IS NULL)")
        .index(&["user_id"])
        .index(&["key_id"])
        .index(&["expires_at"])
}

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0020_mail_outbox"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let kind = match backend {
            DbBackend::Sqlite => "timestamp_with_timezone_text",
            _ => "timestamp with time zone",
        };
        for table in CONFIRMED {
            let add = format!("ALTER TABLE \"{table}\" ADD COLUMN \"confirmed_at\" {kind}");
            manager.get_connection().execute_unprepared(&add).await?;
        }
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
        for table in CONFIRMED {
            let drop = format!("ALTER TABLE \"{table}\" DROP COLUMN \"confirmed_at\"");
            manager.get_connection().execute_unprepared(&drop).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
