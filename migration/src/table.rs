//! One description of a table, and its SQL on both databases. It knows how the two differ (types, identity
//! columns, triggers) and how constraints are named; it does not know any table of ours.
//!
//! Names follow from the description: `pk_<table>`, `uq_<table>_<columns>`, `fk_<table>_<column>`,
//! `ck_<table>_<what>`, `ix_<table>_<columns>`, `tr_<table>_<event>`. The declared types are those that
//! sea-orm derives from an entity, so that a drift test can compare them to the letter.

use sea_orm_migration::async_trait;
use sea_orm_migration::prelude::{ConnectionTrait, DbErr, MigrationName, MigrationTrait, SchemaManager};
use sea_orm_migration::sea_orm::DbBackend;

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Integer,
    Bigint,
    Identity,
    Boolean,
    Bytes,
    Date,
    Instant,
    Uuid,
}

impl Kind {
    fn declared(self, backend: DbBackend) -> &'static str {
        let sqlite = backend == DbBackend::Sqlite;
        match self {
            Self::Text => "varchar",
            Self::Integer => "integer",
            Self::Bigint | Self::Identity if sqlite => "integer",
            Self::Bigint | Self::Identity => "bigint",
            Self::Boolean => "boolean",
            Self::Bytes if sqlite => "varbinary_blob",
            Self::Bytes => "bytea",
            Self::Date if sqlite => "date_text",
            Self::Date => "date",
            Self::Instant if sqlite => "timestamp_with_timezone_text",
            Self::Instant => "timestamp with time zone",
            Self::Uuid if sqlite => "uuid_text",
            Self::Uuid => "uuid",
        }
    }
}

struct Column {
    name: &'static str,
    kind: Kind,
    nullable: bool,
}

struct Index {
    name: String,
    unique: bool,
    columns: &'static [&'static str],
    condition: Option<&'static str>,
}

/// A table to be: its columns in order, its constraints, and whether rows may ever change.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    columns: Vec<Column>,
    primary_key: &'static [&'static str],
    uniques: Vec<Vec<&'static str>>,
    constraints: Vec<String>,
    indexes: Vec<Index>,
    keeping: Keeping,
    extra: Option<fn(DbBackend) -> Vec<String>>,
}

/// What may become of a row once it is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keeping {
    /// It may change and go.
    Free,
    /// It never changes, and goes only when the table's own trigger allows it.
    NeverChanged,
    /// It changes only by being sealed under another key: on PostgreSQL a function lets such an update through, on
    /// SQLite every other one meets a condition. It goes only when the table's own trigger allows it.
    SealedAgain { function: &'static str, refused: &'static str },
    /// It neither changes nor goes.
    AppendOnly,
}

impl Table {
    /// An empty table of this name.
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            columns: Vec::new(),
            primary_key: &[],
            uniques: Vec::new(),
            constraints: Vec::new(),
            indexes: Vec::new(),
            keeping: Keeping::Free,
            extra: None,
        }
    }

    fn column(mut self, name: &'static str, kind: Kind) -> Self {
        self.columns.push(Column { name, kind, nullable: false });
        self
    }

    /// The primary key `id`, a UUID.
    pub(crate) fn id(self) -> Self {
        self.uuid("id").primary_key(&["id"])
    }

    /// The counter that every change raises, from 1: the ETag.
    pub(crate) fn revision(self) -> Self {
        self.bigint("revision").check("revision", "revision >= 1")
    }

    /// A bigint that the database counts up, and the primary key.
    pub(crate) fn identity(self, name: &'static str) -> Self {
        self.column(name, Kind::Identity)
    }

    /// A text column.
    pub(crate) fn text(self, name: &'static str) -> Self {
        self.column(name, Kind::Text)
    }

    /// Several text columns.
    pub(crate) fn texts(self, names: &[&'static str]) -> Self {
        names.iter().fold(self, |table, name| table.text(name))
    }

    /// A text column that holds one of these words.
    pub(crate) fn choice(self, name: &'static str, words: &[&str]) -> Self {
        let list = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(", ");
        self.text(name).check(name, &format!("\"{name}\" IN ({list})"))
    }

    /// A 32-bit integer.
    pub(crate) fn integer(self, name: &'static str) -> Self {
        self.column(name, Kind::Integer)
    }

    /// A 32-bit integer within a range, both ends included.
    pub(crate) fn integer_in(self, name: &'static str, range: std::ops::RangeInclusive<i32>) -> Self {
        let (least, most) = range.into_inner();
        self.integer(name).check(name, &format!("\"{name}\" BETWEEN {least} AND {most}"))
    }

    /// A 32-bit integer of at least this.
    pub(crate) fn integer_from(self, name: &'static str, least: i32) -> Self {
        self.integer(name).check(name, &format!("\"{name}\" >= {least}"))
    }

    /// A 64-bit integer.
    pub(crate) fn bigint(self, name: &'static str) -> Self {
        self.column(name, Kind::Bigint)
    }

    /// A truth value.
    pub(crate) fn boolean(self, name: &'static str) -> Self {
        self.column(name, Kind::Boolean)
    }

    /// Bytes.
    pub(crate) fn bytes(self, name: &'static str) -> Self {
        self.column(name, Kind::Bytes)
    }

    /// A civil date.
    pub(crate) fn date(self, name: &'static str) -> Self {
        self.column(name, Kind::Date)
    }

    /// A UTC instant.
    pub(crate) fn instant(self, name: &'static str) -> Self {
        self.column(name, Kind::Instant)
    }

    /// A UUID that refers to nothing the database checks.
    pub(crate) fn uuid(self, name: &'static str) -> Self {
        self.column(name, Kind::Uuid)
    }

    /// The UUID of a row of another table.
    pub(crate) fn parent(self, name: &'static str, table: &str) -> Self {
        self.uuid(name).foreign_key(name, table, "id")
    }

    /// The code of a row of another table (a country, a region).
    pub(crate) fn parent_code(self, name: &'static str, table: &str) -> Self {
        self.text(name).foreign_key(name, table, "code")
    }

    /// The row of the same table that this one takes the place of; a row is superseded at most once.
    pub(crate) fn supersedes(self) -> Self {
        let table = self.name;
        self.parent("supersedes_id", table).null().unique(&["supersedes_id"])
    }

    /// The column added last may be null.
    pub(crate) fn null(mut self) -> Self {
        if let Some(column) = self.columns.last_mut() {
            column.nullable = true;
        }
        self
    }

    /// The columns of the primary key.
    pub(crate) fn primary_key(mut self, columns: &'static [&'static str]) -> Self {
        self.primary_key = columns;
        self
    }

    /// No two rows alike in these columns (rows with a null among them never are).
    pub(crate) fn unique(mut self, columns: &[&'static str]) -> Self {
        self.uniques.push(columns.to_vec());
        self
    }

    /// No two rows alike in these columns among those that meet the condition.
    pub(crate) fn unique_where(
        mut self,
        what: &str,
        columns: &'static [&'static str],
        condition: &'static str,
    ) -> Self {
        let name = format!("uq_{}_{what}", self.name);
        self.indexes.push(Index { name, unique: true, columns, condition: Some(condition) });
        self
    }

    /// A condition on each row, in SQL that both databases read alike.
    pub(crate) fn check(mut self, what: &str, condition: &str) -> Self {
        self.constraints.push(format!("CONSTRAINT \"ck_{}_{what}\" CHECK ({condition})", self.name));
        self
    }

    /// A column that holds the key of a row of another table.
    pub(crate) fn foreign_key(mut self, column: &str, table: &str, key: &str) -> Self {
        self.constraints.push(format!(
            "CONSTRAINT \"fk_{}_{column}\" FOREIGN KEY (\"{column}\") REFERENCES \"{table}\" (\"{key}\")",
            self.name
        ));
        self
    }

    /// An index, in this order.
    pub(crate) fn index(mut self, columns: &'static [&'static str]) -> Self {
        let name = format!("ix_{}_{}", self.name, columns.join("_"));
        self.indexes.push(Index { name, unique: false, columns, condition: None });
        self
    }

    /// Triggers refuse to change or remove a row.
    pub(crate) fn append_only(mut self) -> Self {
        self.keeping = Keeping::AppendOnly;
        self
    }

    /// Triggers refuse to change a row; whether it may be removed is for statements of the table's own.
    pub(crate) fn never_changed(mut self) -> Self {
        self.keeping = Keeping::NeverChanged;
        self
    }

    /// Triggers refuse to change a row, but for its key and what that seals.
    pub(crate) fn sealed_again(mut self, function: &'static str, refused: &'static str) -> Self {
        self.keeping = Keeping::SealedAgain { function, refused };
        self
    }

    /// The table's name.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Statements of the table's own that follow those that make it.
    pub(crate) fn and_then(mut self, statements: fn(DbBackend) -> Vec<String>) -> Self {
        self.extra = Some(statements);
        self
    }

    fn counts_by_itself(&self) -> bool {
        self.columns.iter().any(|column| column.kind == Kind::Identity)
    }

    /// The statements that make the table, in order.
    pub(crate) fn create(&self, backend: DbBackend) -> Vec<String> {
        let mut lines = self.columns.iter().map(|c| self.column_line(c, backend)).collect::<Vec<_>>();
        if !self.counts_by_itself() {
            let key = quoted(self.primary_key);
            lines.push(format!("CONSTRAINT \"pk_{}\" PRIMARY KEY ({key})", self.name));
        }
        for columns in &self.uniques {
            let name = format!("uq_{}_{}", self.name, columns.join("_"));
            lines.push(format!("CONSTRAINT \"{name}\" UNIQUE ({})", quoted(columns)));
        }
        lines.extend(self.constraints.iter().cloned());
        let tail = if self.without_rowid(backend) { " WITHOUT ROWID" } else { "" };
        let mut statements =
            vec![format!("CREATE TABLE \"{}\" (\n  {}\n){tail}", self.name, lines.join(",\n  "))];
        for index in &self.indexes {
            let unique = if index.unique { "UNIQUE " } else { "" };
            let condition =
                index.condition.map(|condition| format!(" WHERE {condition}")).unwrap_or_default();
            statements.push(format!(
                "CREATE {unique}INDEX \"{}\" ON \"{}\" ({}){condition}",
                index.name,
                self.name,
                quoted(index.columns)
            ));
        }
        if self.keeping != Keeping::Free {
            statements.extend(self.triggers(backend));
        }
        statements.extend(self.extra.into_iter().flat_map(|extra| extra(backend)));
        statements
    }

    /// The conditions on rows, each by its name and as it is declared.
    pub(crate) fn checks(&self) -> Vec<(&str, &str)> {
        let named = |constraint: &'_ String| constraint.starts_with("CONSTRAINT \"ck_");
        let checks = self.constraints.iter().filter(|constraint| named(constraint));
        checks.filter_map(|check| Some((check.split('"').nth(1)?, check.as_str()))).collect()
    }

    fn column_line(&self, column: &Column, backend: DbBackend) -> String {
        let declared = column.kind.declared(backend);
        let null = if column.nullable { "" } else { " NOT NULL" };
        let identity = match (column.kind == Kind::Identity, backend) {
            (false, _) => String::new(),
            (true, DbBackend::Sqlite) => {
                format!(" CONSTRAINT \"pk_{}\" PRIMARY KEY AUTOINCREMENT", self.name)
            }
            (true, _) => {
                format!(" GENERATED ALWAYS AS IDENTITY CONSTRAINT \"pk_{}\" PRIMARY KEY", self.name)
            }
        };
        format!("\"{}\" {declared}{null}{identity}", column.name)
    }

    /// SQLite keeps a hidden `rowid` beside a key of several columns or of bytes. Without it the key is the
    /// table's own order, and `INSERT OR REPLACE` has no second key by which to remove an append-only row.
    fn without_rowid(&self, backend: DbBackend) -> bool {
        let wanted = self.keeping != Keeping::Free || self.primary_key.len() > 1;
        backend == DbBackend::Sqlite && wanted && !self.counts_by_itself()
    }

    fn triggers(&self, backend: DbBackend) -> Vec<String> {
        let table = self.name;
        let stays = self.keeping == Keeping::AppendOnly;
        let (function, when) = match self.keeping {
            Keeping::SealedAgain { function, refused } => (function, format!("WHEN {refused} ")),
            _ => ("append_only", String::new()),
        };
        if backend != DbBackend::Sqlite {
            let events = if stays { "UPDATE OR DELETE" } else { "UPDATE" };
            return vec![
                format!(
                    "CREATE TRIGGER \"tr_{table}_change\" BEFORE {events} ON \"{table}\" \
                     FOR EACH ROW EXECUTE FUNCTION {function}()"
                ),
                format!(
                    "CREATE TRIGGER \"tr_{table}_truncate\" BEFORE TRUNCATE ON \"{table}\" \
                     FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
                ),
            ];
        }
        let refuse = |event: &str, when: &str| {
            format!(
                "CREATE TRIGGER \"tr_{table}_{event}\" BEFORE {event} ON \"{table}\" {when}\
                 BEGIN SELECT RAISE(ABORT, 'append_only: {table}'); END"
            )
        };
        let mut triggers = vec![refuse("update", &when), self.replace_trigger()];
        triggers.extend(stays.then(|| refuse("delete", "")));
        triggers
    }

    /// `INSERT OR REPLACE` removes the row in its way without firing a DELETE trigger, so on SQLite a second
    /// row with the same key is refused before it is inserted. The message ends like SQLite's own, from which
    /// the constraint can be named.
    fn replace_trigger(&self) -> String {
        let table = self.name;
        let identity = self.columns.iter().filter(|column| column.kind == Kind::Identity);
        let identity = identity.map(|column| vec![column.name]);
        let declared = (!self.primary_key.is_empty()).then(|| self.primary_key.to_vec());
        let keys = identity.chain(declared).chain(self.uniques.iter().cloned());
        let refusals = keys
            .map(|key| {
                let same =
                    key.iter().map(|column| format!("\"{column}\" = NEW.\"{column}\"")).collect::<Vec<_>>();
                let named = key.iter().map(|column| format!("{table}.{column}")).collect::<Vec<_>>();
                format!(
                    "SELECT RAISE(ABORT, 'append_only: {table}; UNIQUE constraint failed: {}') \
                     WHERE EXISTS (SELECT 1 FROM \"{table}\" WHERE {});",
                    named.join(", "),
                    same.join(" AND ")
                )
            })
            .collect::<Vec<_>>();
        format!(
            "CREATE TRIGGER \"tr_{table}_insert\" BEFORE INSERT ON \"{table}\" BEGIN {} END",
            refusals.join(" ")
        )
    }

    /// What the application's role may do with this table on PostgreSQL; `role` is a checked name.
    pub(crate) fn grants(&self, role: &str) -> Vec<String> {
        let table = self.name;
        let rights = match self.keeping {
            Keeping::AppendOnly => "SELECT, INSERT",
            Keeping::NeverChanged => "SELECT, INSERT, DELETE",
            Keeping::Free | Keeping::SealedAgain { .. } => "SELECT, INSERT, UPDATE, DELETE",
        };
        let mut statements = vec![
            format!("REVOKE ALL ON TABLE \"{table}\" FROM \"{role}\""),
            format!("GRANT {rights} ON TABLE \"{table}\" TO \"{role}\""),
        ];
        for column in self.columns.iter().filter(|column| column.kind == Kind::Identity) {
            let sequence = format!("{table}_{}_seq", column.name);
            statements.push(format!("GRANT USAGE ON SEQUENCE \"{sequence}\" TO \"{role}\""));
        }
        statements
    }
}

fn quoted(columns: &[&str]) -> String {
    columns.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ")
}

/// A migration that makes the tables of one area and, on the way back, drops them.
#[derive(Clone, Copy)]
pub(crate) struct Area {
    /// The migration's name, which the database remembers: the name of its file.
    pub(crate) name: &'static str,
    /// Its tables, parents first.
    pub(crate) tables: fn() -> Vec<Table>,
}

impl MigrationName for Area {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Area {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        for statement in (self.tables)().iter().flat_map(|table| table.create(backend)) {
            manager.get_connection().execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in (self.tables)().iter().rev() {
            let statement = format!("DROP TABLE \"{}\"", table.name);
            manager.get_connection().execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_fit_postgresql() {
        let mut seen = BTreeSet::new();
        for statement in crate::tables().iter().flat_map(|table| table.create(DbBackend::Postgres)) {
            for prefix in ["CONSTRAINT ", "INDEX ", "TRIGGER "] {
                for rest in statement.split(prefix).skip(1) {
                    let name = rest.split('"').nth(1).unwrap().to_owned();
                    assert!(name.len() <= 63, "{name} is cut off by PostgreSQL");
                    assert!(seen.insert(name.clone()), "{name} is there twice");
                }
            }
        }
        assert!(seen.len() > 200);
    }

    #[test]
    fn every_table_has_a_key_and_no_default() {
        for table in crate::tables() {
            for backend in [DbBackend::Sqlite, DbBackend::Postgres] {
                let sql = table.create(backend).join(";\n");
                assert!(sql.contains(&format!("\"pk_{}\" PRIMARY KEY", table.name)), "{sql}");
                assert!(!sql.contains("DEFAULT"), "{sql}");
            }
        }
    }
}
