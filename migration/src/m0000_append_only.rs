//! The functions that triggers of PostgreSQL call. SQLite's triggers need none.

use sea_orm_migration::async_trait;
use sea_orm_migration::prelude::{ConnectionTrait, DbErr, MigrationName, MigrationTrait, SchemaManager};
use sea_orm_migration::sea_orm::DbBackend;

/// SQLSTATE 23001 tells a refused change from a violated CHECK without reading the message.
const APPEND_ONLY: &str = "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$ \
    BEGIN RAISE EXCEPTION 'append_only: %', TG_TABLE_NAME \
    USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME; END $$";

/// An entry of the log waits to be sealed from the moment that it is there, whoever wrote it.
const AUDIT_WAITS: &str = "CREATE FUNCTION audit_waits() RETURNS trigger LANGUAGE plpgsql AS $$ \
    BEGIN INSERT INTO audit_pending (seq) VALUES (NEW.seq); RETURN NULL; END $$";

/// What waits to be sealed goes when its leaf is there, not before.
const AUDIT_SEALED: &str = "CREATE FUNCTION audit_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ \
    BEGIN IF EXISTS (SELECT 1 FROM audit_leaf WHERE seq = OLD.seq) THEN RETURN OLD; END IF; \
    RAISE EXCEPTION 'append_only: %', TG_TABLE_NAME \
    USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME; END $$";

/// A value before or after a change, and the key to it, go when an erasure says so, not before.
const AUDIT_ERASED: &str = "CREATE FUNCTION audit_erased() RETURNS trigger LANGUAGE plpgsql AS $$ \
    BEGIN IF EXISTS (SELECT 1 FROM audit_erasure WHERE subject_id = OLD.subject_id) THEN RETURN OLD; END IF; \
    RAISE EXCEPTION 'append_only: %', TG_TABLE_NAME \
    USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME; END $$";

/// The log's head only moves forward.
const AUDIT_GROWS: &str = "CREATE FUNCTION audit_grows() RETURNS trigger LANGUAGE plpgsql AS $$ \
    BEGIN IF TG_OP = 'UPDATE' AND NEW.id = OLD.id AND NEW.size > OLD.size THEN RETURN NEW; END IF; \
    RAISE EXCEPTION 'append_only: %', TG_TABLE_NAME \
    USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME; END $$";

/// Each with the statement that drops it.
const FUNCTIONS: [(&str, &str); 5] = [
    (APPEND_ONLY, "DROP FUNCTION append_only()"),
    (AUDIT_WAITS, "DROP FUNCTION audit_waits()"),
    (AUDIT_SEALED, "DROP FUNCTION audit_sealed()"),
    (AUDIT_ERASED, "DROP FUNCTION audit_erased()"),
    (AUDIT_GROWS, "DROP FUNCTION audit_grows()"),
];

/// Makes the functions, and drops them.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0000_append_only"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (create, _) in FUNCTIONS {
            on_postgresql(manager, create).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (_, drop) in FUNCTIONS {
            on_postgresql(manager, drop).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

async fn on_postgresql(manager: &SchemaManager<'_>, statement: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}
