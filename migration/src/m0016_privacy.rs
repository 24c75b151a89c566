//! A key for each person, look-ups apart from what they look up, keys that can be rotated, and people who can be
//! erased. What a person's key seals was sealed by the key of the installation before: rows of before cannot be
//! sealed anew here, where no key is, and are refused.

use sea_orm_migration::async_trait;
use sea_orm_migration::prelude::{ConnectionTrait, DbErr, MigrationName, MigrationTrait, SchemaManager};
use sea_orm_migration::sea_orm::{DbBackend, Statement};

use crate::m0010_audit;
use crate::table::Table;

/// Append-only tables whose rows go with the person whom they are about.
const GO_WITH_PERSON: [&str; 4] = ["nationality", "identity_document", "skill_claim", "permit_document"];
/// Tables with values that the key of the installation sealed.
const SEALED_BEFORE: [&str; 2] = ["person_secret", "identity_document"];

/// What is recorded of a person goes when an erasure says so, not before.
const PERSON_ERASED: &str = "CREATE FUNCTION person_erased() RETURNS trigger LANGUAGE plpgsql AS $$ \
    BEGIN IF EXISTS (SELECT 1 FROM erasure WHERE person_id = OLD.person_id) THEN RETURN OLD; END IF; \
    RAISE EXCEPTION 'append_only: %', TG_TABLE_NAME \
    USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME; END $$";
/// A subject's key may be sealed under another key of the installation, and changes in no other way.
const AUDIT_KEY_SEALED: &str = "CREATE FUNCTION audit_key_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ \
    BEGIN IF NEW.subject_id = OLD.subject_id AND NEW.key_id <> OLD.key_id THEN RETURN NEW; END IF; \
    RAISE EXCEPTION 'append_only: %', TG_TABLE_NAME \
    USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME; END $$";

/// The tables that this migration makes, parents first.
pub(crate) fn tables() -> Vec<Table> {
    vec![master_key(), audit_key(), person_key(), blind_index(), erasure(), legal_hold()]
}

/// A table of before as this migration leaves it; none for one that is made anew.
pub(crate) fn left(table: Table) -> Option<Table> {
    match table.name() {
        // It is among those that are made anew.
        "audit_key" => None,
        name if GO_WITH_PERSON.contains(&name) => Some(table.never_changed()),
        _ => Some(table),
    }
}

/// The names of the keys in use. A key cannot go while a row names it, and no row can name one that is gone.
fn master_key() -> Table {
    Table::new("master_key").text("key_id").choice("purpose", &["seal", "index"]).primary_key(&["key_id"])
}

fn audit_key() -> Table {
    Table::new("audit_key")
        .uuid("subject_id")
        .text("key_id")
        .foreign_key("key_id", "master_key", "key_id")
        .bytes("sealed")
        .primary_key(&["subject_id"])
        .index(&["key_id"])
        .sealed_again("audit_key_sealed", "NEW.subject_id IS NOT OLD.subject_id OR NEW.key_id = OLD.key_id")
        .and_then(|backend| m0010_audit::goes_when_erased("audit_key", backend))
}

fn person_key() -> Table {
    Table::new("person_key")
        .parent("person_id", "person")
        .primary_key(&["person_id"])
        .text("key_id")
        .foreign_key("key_id", "master_key", "key_id")
        .bytes("sealed")
        .revision()
        .index(&["key_id"])
}

fn blind_index() -> Table {
    Table::new("blind_index")
        .choice("place", &["person_secret.citizen_number", "identity_document.number"])
        .text("key_id")
        .foreign_key("key_id", "master_key", "key_id")
        .uuid("row_id")
        .index(&["row_id"])
        .parent("person_id", "person")
        .bytes("digest")
        .primary_key(&["key_id", "row_id"])
        .index(&["place", "digest"])
        .index(&["person_id"])
}

/// The id of the entry is no foreign key, so that it can be named before it is sealed.
fn erasure() -> Table {
    Table::new("erasure")
        .parent("person_id", "person")
        .primary_key(&["person_id"])
        .instant("requested_at")
        .instant("erased_at")
        .uuid("entry_id")
        .append_only()
}

fn legal_hold() -> Table {
    Table::new("legal_hold")
        .id()
        .parent("person_id", "person")
        .choice("reason", &["court", "investigation", "complaint", "audit"])
        .parent("placed_by", "user")
        .null()
        .date("valid_from")
        .date("valid_until")
        .null()
        .revision()
        .index(&["person_id"])
}

/// Makes the tables, and takes them away.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0016_privacy"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        refuse_sealed(manager).await?;
        let mut statements =
            vec!["CREATE TABLE \"audit_key_before\" AS SELECT * FROM \"audit_key\"".to_owned()];
        statements.push("DROP TABLE \"audit_key\"".to_owned());
        if backend == DbBackend::Postgres {
            statements.extend([PERSON_ERASED, AUDIT_KEY_SEALED].map(str::to_owned));
        }
        statements.extend(tables().iter().flat_map(|table| table.create(backend)));
        let known = "SELECT DISTINCT \"key_id\", 'seal' FROM \"audit_key_before\"";
        statements.push(format!("INSERT INTO \"master_key\" (\"key_id\", \"purpose\") {known}"));
        statements.extend(put_back_keys());
        let instant = match backend {
            DbBackend::Postgres => "timestamp with time zone",
            _ => "timestamp_with_timezone_text",
        };
        statements.push(format!("ALTER TABLE \"person\" ADD COLUMN \"erased_at\" {instant}"));
        statements.extend(INDEXES.map(|(name, _)| format!("DROP INDEX \"{name}\"")));
        let columns = COLUMNS.iter();
        statements.extend(
            columns.map(|(table, column, ..)| format!("ALTER TABLE \"{table}\" DROP COLUMN \"{column}\"")),
        );
        statements.extend(GO_WITH_PERSON.iter().flat_map(|table| goes_with_person(table, backend)));
        run(manager, &statements).await
    }

    /// What was sealed meanwhile is sealed under keys that go: it cannot be opened afterwards.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let mut statements: Vec<String> =
            GO_WITH_PERSON.iter().flat_map(|table| stays(table, backend)).collect();
        for (table, column, kind, null) in COLUMNS {
            let kind = if kind == "bytes" && backend == DbBackend::Postgres { "bytea" } else { kind };
            let kind = if kind == "bytes" { "varbinary_blob" } else { kind };
            statements.push(format!("ALTER TABLE \"{table}\" ADD COLUMN \"{column}\" {kind} {null}"));
        }
        statements.extend(INDEXES.map(|(name, on)| format!("CREATE INDEX \"{name}\" ON {on}")));
        statements.push("ALTER TABLE \"person\" DROP COLUMN \"erased_at\"".to_owned());
        statements.push("CREATE TABLE \"audit_key_before\" AS SELECT * FROM \"audit_key\"".to_owned());
        let made = ["legal_hold", "erasure", "blind_index", "person_key", "audit_key", "master_key"];
        statements.extend(made.map(|table| format!("DROP TABLE \"{table}\"")));
        let before = m0010_audit::tables().into_iter().filter(|table| table.name() == "audit_key");
        statements.extend(before.flat_map(|table| table.create(backend)));
        statements.extend(put_back_keys());
        if backend == DbBackend::Postgres {
            statements.extend(["person_erased", "audit_key_sealed"].map(|f| format!("DROP FUNCTION {f}()")));
        }
        run(manager, &statements).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Columns that an own table takes the place of: table, name, type, and what they are on the way back. An empty
/// `key_id` is the mark of a row that this migration has seen before.
const COLUMNS: [(&str, &str, &str, &str); 4] = [
    ("person_secret", "key_id", "varchar", "NOT NULL DEFAULT ''"),
    ("person_secret", "blind_index", "bytes", "NULL"),
    ("identity_document", "key_id", "varchar", "NOT NULL DEFAULT ''"),
    ("identity_document", "number_blind_index", "bytes", "NOT NULL DEFAULT ''"),
];
/// Their indexes: name, and on what.
const INDEXES: [(&str, &str); 2] = [
    ("ix_person_secret_kind_blind_index", "\"person_secret\" (\"kind\", \"blind_index\")"),
    (
        "ix_identity_document_kind_number_blind_index",
        "\"identity_document\" (\"kind\", \"number_blind_index\")",
    ),
];

fn put_back_keys() -> [String; 2] {
    let columns = "\"subject_id\", \"key_id\", \"sealed\"";
    [
        format!("INSERT INTO \"audit_key\" ({columns}) SELECT {columns} FROM \"audit_key_before\""),
        "DROP TABLE \"audit_key_before\"".to_owned(),
    ]
}

fn goes_with_person(table: &str, backend: DbBackend) -> Vec<String> {
    let condition = "EXISTS (SELECT 1 FROM erasure WHERE person_id = OLD.person_id)";
    let mut statements = match backend {
        DbBackend::Postgres => vec![
            format!("DROP TRIGGER \"tr_{table}_change\" ON \"{table}\""),
            format!(
                "CREATE TRIGGER \"tr_{table}_change\" BEFORE UPDATE ON \"{table}\" \
                 FOR EACH ROW EXECUTE FUNCTION append_only()"
            ),
        ],
        _ => vec![format!("DROP TRIGGER \"tr_{table}_delete\"")],
    };
    statements.extend(m0010_audit::deletes_only(table, backend, "person_erased", condition));
    statements
}

fn stays(table: &str, backend: DbBackend) -> Vec<String> {
    if backend == DbBackend::Postgres {
        return vec![
            format!("DROP TRIGGER \"tr_{table}_delete\" ON \"{table}\""),
            format!("DROP TRIGGER \"tr_{table}_change\" ON \"{table}\""),
            format!(
                "CREATE TRIGGER \"tr_{table}_change\" BEFORE UPDATE OR DELETE ON \"{table}\" \
                 FOR EACH ROW EXECUTE FUNCTION append_only()"
            ),
        ];
    }
    vec![
        format!("DROP TRIGGER \"tr_{table}_delete\""),
        format!(
            "CREATE TRIGGER \"tr_{table}_delete\" BEFORE DELETE ON \"{table}\" \
             BEGIN SELECT RAISE(ABORT, 'append_only: {table}'); END"
        ),
    ]
}

/// Says in one sentence what to do about rows that only their old key opens.
async fn refuse_sealed(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    for table in SEALED_BEFORE {
        let sql = format!("SELECT 1 FROM \"{table}\" WHERE \"key_id\" <> '' LIMIT 1");
        let found = connection.query_one_raw(Statement::from_string(connection.get_database_backend(), sql));
        if found.await?.is_some() {
            return Err(DbErr::Custom(format!(
                "{table} has values that were sealed in another way, made by an earlier build: begin a new folder"
            )));
        }
    }
    Ok(())
}

async fn run(manager: &SchemaManager<'_>, statements: &[String]) -> Result<(), DbErr> {
    for statement in statements {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}
