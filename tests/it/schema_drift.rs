//! The migrations and the entities say the same about every table: the same tables, columns, declared types,
//! nulls and keys, on both databases. What the migrations left is the truth; the entities are compared to it.

use ballast::entity::{self, TableShape};
use sea_orm::sea_query::{PostgresQueryBuilder, SqliteQueryBuilder, TableBuilder};
use sea_orm::{ColumnType, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, QueryResult, Statement};
use std::collections::BTreeMap;

/// A column as one line: `type`, `null` or `not null`, and its place in the primary key.
type Lines = BTreeMap<String, String>;

/// Panics with one line for each difference between the live tables and the entities.
pub async fn assert_no_drift(db: &DatabaseConnection) {
    let entities = entity::tables();
    let live = live_tables(db).await.expect("the list of tables can be read");
    let named = |name: &String| entities.iter().any(|shape| &shape.name == name);
    let mut drift: Vec<String> =
        live.iter().filter(|name| !named(name)).map(|name| format!("{name}: no entity")).collect();
    for shape in &entities {
        if !live.contains(&shape.name) {
            drift.push(format!("{}: no table", shape.name));
            continue;
        }
        let found = live_columns(db, &shape.name).await.expect("the columns of a table can be read");
        let said = said_columns(shape, db.get_database_backend());
        for column in found.keys().chain(said.keys().filter(|column| !found.contains_key(*column))) {
            let (found, said) = (found.get(column), said.get(column));
            if found != said {
                drift.push(format!("{}.{column}: database {found:?}, entity {said:?}", shape.name));
            }
        }
    }
    assert!(live.len() > 30, "only {} tables: is the database migrated?", live.len());
    assert!(drift.is_empty(), "{} differences:\n{}", drift.len(), drift.join("\n"));
}

fn said_columns(shape: &TableShape, backend: DbBackend) -> Lines {
    let line = |column: &entity::ColumnShape| {
        let key = shape.primary_key.iter().position(|key| key == &column.name);
        line(&declared(&column.column_type, backend), column.nullable, key.map(|place| place + 1))
    };
    shape.columns.iter().map(|column| (column.name.clone(), line(column))).collect()
}

fn line(declared: &str, nullable: bool, key: Option<usize>) -> String {
    let null = if nullable { "null" } else { "not null" };
    let key = key.map(|place| format!(", key {place}")).unwrap_or_default();
    format!("{declared} {null}{key}")
}

/// The type that sea-orm would declare, in the words in which the database gives it back.
fn declared(column_type: &ColumnType, backend: DbBackend) -> String {
    let mut sql = String::new();
    match backend {
        DbBackend::Sqlite => SqliteQueryBuilder.prepare_column_type(column_type, &mut sql),
        _ => PostgresQueryBuilder.prepare_column_type(column_type, &mut sql),
    }
    match (backend, sql.as_str()) {
        (DbBackend::Postgres, "varchar") => "character varying".to_owned(),
        (DbBackend::Postgres, "bool") => "boolean".to_owned(),
        _ => sql,
    }
}

/// Every table of a database but the list of migrations.
pub async fn live_tables(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT name FROM sqlite_schema WHERE type = 'table' \
             AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'seaql_migrations' ORDER BY name"
        }
        _ => {
            "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() \
             AND tablename <> 'seaql_migrations' ORDER BY tablename"
        }
    };
    query(db, sql, &[]).await?.iter().map(|row| row.try_get("", "name")).collect()
}

/// The columns of a table, each with its line.
pub async fn live_columns(db: &DatabaseConnection, table: &str) -> Result<Lines, DbErr> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT name, lower(type) AS declared, \"notnull\" = 0 AS nullable, \
             CAST(pk AS integer) AS place FROM pragma_table_info(?1) ORDER BY cid"
        }
        _ => {
            "SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS declared, \
             NOT a.attnotnull AS nullable, \
             coalesce(array_position(i.indkey::int2[], a.attnum), -1) + 1 AS place \
             FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary \
             WHERE a.attrelid = quote_ident($1)::regclass AND a.attnum > 0 AND NOT a.attisdropped"
        }
    };
    let rows = query(db, sql, &[table]).await?;
    rows.iter()
        .map(|row| {
            let name: String = row.try_get("", "name")?;
            let declared: String = row.try_get("", "declared")?;
            let place: i32 = row.try_get("", "place")?;
            let key = usize::try_from(place).ok().filter(|place| *place > 0);
            Ok((name, line(&declared, row.try_get("", "nullable")?, key)))
        })
        .collect()
}

async fn query(db: &DatabaseConnection, sql: &str, values: &[&str]) -> Result<Vec<QueryResult>, DbErr> {
    let values = values.iter().map(|value| (*value).into());
    db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await
}
