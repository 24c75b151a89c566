//! The log: one entry for every change, what it touched, whose data was read, the values before and after, and
//! the hash tree over all entries. The ids of people and things in it are no foreign keys, so that the log
//! outlives what it is about.

use sea_orm_migration::sea_orm::DbBackend;

use crate::table::Table;

pub(crate) fn tables() -> Vec<Table> {
    entries().into_iter().chain(details()).chain(tree()).collect()
}

fn entries() -> [Table; 3] {
    [
        Table::new("audit_entry")
            .identity("seq")
            .check("seq", "seq >= 1")
            .uuid("id")
            .unique(&["id"])
            .instant("recorded_at")
            .uuid("actor_user_id")
            .null()
            .text("actor_role")
            .uuid("organisation_id")
            .null()
            .texts(&["action", "resource_kind"])
            .uuid("resource_id")
            .texts(&["request_id", "header"])
            .bytes("leaf_hash")
            .bytes("mac")
            .append_only(),
        Table::new("audit_touch")
            .text("kind")
            .uuid("resource_id")
            .bigint("revision")
            .check("revision", "revision >= 1")
            .bigint("seq")
            .foreign_key("seq", "audit_entry", "seq")
            .primary_key(&["kind", "resource_id", "revision"])
            .index(&["seq"])
            .append_only(),
        Table::new("audit_subject")
            .uuid("person_id")
            .bigint("seq")
            .foreign_key("seq", "audit_entry", "seq")
            .primary_key(&["person_id", "seq"])
            .index(&["seq"])
            .append_only(),
    ]
}

/// The values before and after a change, each under a key of whom it is about. What is committed to stays;
/// the value and the key can be erased.
fn details() -> [Table; 4] {
    [
        Table::new("audit_erasure")
            .uuid("subject_id")
            .bigint("seq")
            .foreign_key("seq", "audit_entry", "seq")
            .primary_key(&["subject_id"])
            .append_only(),
        Table::new("audit_commitment")
            .bigint("seq")
            .foreign_key("seq", "audit_entry", "seq")
            .uuid("subject_id")
            .bytes("digest")
            .primary_key(&["seq", "subject_id"])
            .append_only(),
        Table::new("audit_detail")
            .bigint("seq")
            .foreign_key("seq", "audit_entry", "seq")
            .uuid("subject_id")
            .bytes("salt")
            .bytes("sealed")
            .primary_key(&["seq", "subject_id"])
            .index(&["subject_id"])
            .never_changed()
            .and_then(|backend| goes_when_erased("audit_detail", backend)),
        Table::new("audit_key")
            .uuid("subject_id")
            .text("key_id")
            .bytes("sealed")
            .primary_key(&["subject_id"])
            .never_changed()
            .and_then(|backend| goes_when_erased("audit_key", backend)),
    ]
}

fn tree() -> [Table; 6] {
    [
        Table::new("audit_leaf")
            .bigint("index")
            .check("index", "\"index\" >= 0")
            .bigint("seq")
            .foreign_key("seq", "audit_entry", "seq")
            .unique(&["seq"])
            .bytes("hash")
            .primary_key(&["index"])
            .append_only(),
        Table::new("audit_node")
            .integer_in("level", 1..=63)
            .bigint("index")
            .check("index", "\"index\" >= 0")
            .bytes("hash")
            .primary_key(&["level", "index"])
            .append_only(),
        Table::new("audit_pending")
            .bigint("seq")
            .foreign_key("seq", "audit_entry", "seq")
            .primary_key(&["seq"])
            .never_changed()
            .and_then(waits_and_is_sealed),
        Table::new("audit_head")
            .integer_in("id", 1..=1)
            .bigint("size")
            .check("size", "size >= 0")
            .bytes("root")
            .primary_key(&["id"])
            .and_then(only_grows),
        Table::new("audit_origin")
            .bigint("from_index")
            .check("from_index", "from_index >= 0")
            .text("origin")
            .unique(&["origin"])
            .instant("begun_at")
            .primary_key(&["from_index"])
            .append_only(),
        Table::new("checkpoint")
            .text("origin")
            .bigint("size")
            .check("size", "size >= 0")
            .instant("signed_at")
            .text("note")
            .primary_key(&["origin", "size"])
            .append_only(),
    ]
}

/// Values of a subject go when an erasure says so.
pub(crate) fn goes_when_erased(table: &str, backend: DbBackend) -> Vec<String> {
    deletes_only(
        table,
        backend,
        "audit_erased",
        "EXISTS (SELECT 1 FROM audit_erasure WHERE subject_id = OLD.subject_id)",
    )
}

/// Every new entry waits; what waits goes when its leaf is there.
fn waits_and_is_sealed(backend: DbBackend) -> Vec<String> {
    let waits = if backend == DbBackend::Sqlite {
        "CREATE TRIGGER \"tr_audit_entry_waits\" AFTER INSERT ON \"audit_entry\" \
         BEGIN INSERT INTO audit_pending (seq) VALUES (NEW.seq); END"
    } else {
        "CREATE TRIGGER \"tr_audit_entry_waits\" AFTER INSERT ON \"audit_entry\" \
         FOR EACH ROW EXECUTE FUNCTION audit_waits()"
    };
    let mut statements = vec![waits.to_owned()];
    statements.extend(deletes_only(
        "audit_pending",
        backend,
        "audit_sealed",
        "EXISTS (SELECT 1 FROM audit_leaf WHERE seq = OLD.seq)",
    ));
    statements
}

/// A row goes only under a condition, which a function of PostgreSQL asks too.
pub(crate) fn deletes_only(table: &str, backend: DbBackend, function: &str, condition: &str) -> Vec<String> {
    if backend == DbBackend::Sqlite {
        return vec![format!(
            "CREATE TRIGGER \"tr_{table}_delete\" BEFORE DELETE ON \"{table}\" WHEN NOT {condition} \
             BEGIN SELECT RAISE(ABORT, 'append_only: {table}'); END"
        )];
    }
    vec![format!(
        "CREATE TRIGGER \"tr_{table}_delete\" BEFORE DELETE ON \"{table}\" \
         FOR EACH ROW EXECUTE FUNCTION {function}()"
    )]
}

/// The head is there once, never goes, and only grows.
fn only_grows(backend: DbBackend) -> Vec<String> {
    let table = "audit_head";
    if backend != DbBackend::Sqlite {
        return vec![
            format!(
                "CREATE TRIGGER \"tr_{table}_change\" BEFORE UPDATE OR DELETE ON \"{table}\" \
                 FOR EACH ROW EXECUTE FUNCTION audit_grows()"
            ),
            format!(
                "CREATE TRIGGER \"tr_{table}_truncate\" BEFORE TRUNCATE ON \"{table}\" \
                 FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
            ),
        ];
    }
    let refuse = "BEGIN SELECT RAISE(ABORT, 'append_only: audit_head'); END";
    vec![
        format!("CREATE TRIGGER \"tr_{table}_delete\" BEFORE DELETE ON \"{table}\" {refuse}"),
        format!(
            "CREATE TRIGGER \"tr_{table}_update\" BEFORE UPDATE ON \"{table}\" \
             WHEN NEW.size <= OLD.size OR NEW.id <> OLD.id {refuse}"
        ),
        format!(
            "CREATE TRIGGER \"tr_{table}_insert\" BEFORE INSERT ON \"{table}\" \
             WHEN EXISTS (SELECT 1 FROM \"{table}\") {refuse}"
        ),
    ]
}
