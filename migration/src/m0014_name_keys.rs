//! Names are listed in the order of their pinyin: the keys for that, of the names that are there already too.

use pinyin::ToPinyin as _;
use sea_orm_migration::async_trait;
use sea_orm_migration::prelude::{ConnectionTrait, DbErr, MigrationName, MigrationTrait, SchemaManager};
use sea_orm_migration::sea_orm::{DbBackend, Statement};

/// Table, its name, and the key of the name.
const KEYS: [(&str, &str, &str); 2] =
    [("person", "name", "name_key"), ("organisation", "name_zh", "name_zh_key")];
/// Rows of one reading.
const CHUNK: i64 = 1_000;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0014_name_keys"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let postgres = connection.get_database_backend() == DbBackend::Postgres;
        for (table, name, key) in KEYS {
            let add = format!("ALTER TABLE \"{table}\" ADD COLUMN \"{key}\" varchar NOT NULL DEFAULT ''");
            connection.execute_unprepared(&add).await?;
            fill(connection, table, name, key).await?;
            let bytes = if postgres { " COLLATE \"C\"" } else { "" };
            let index =
                format!("CREATE INDEX \"ix_{table}_{key}_list\" ON \"{table}\" (\"{key}\"{bytes}, \"id\")");
            connection.execute_unprepared(&index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for (table, _, key) in KEYS {
            connection.execute_unprepared(&format!("DROP INDEX \"ix_{table}_{key}_list\"")).await?;
            connection.execute_unprepared(&format!("ALTER TABLE \"{table}\" DROP COLUMN \"{key}\"")).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// The key of a name as it was when this was written: each Chinese character behind its reading and tone, the rest
/// in lower case with single spaces.
fn key_of(name: &str) -> String {
    let words = name.split_whitespace().map(|word| {
        let key = word.chars().map(|character| match character.to_pinyin() {
            Some(reading) => format!("{}{character}", reading.with_tone_num_end()),
            None => character.to_lowercase().collect(),
        });
        key.collect::<String>()
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Gives every name its key; each distinct name once, since many are the same.
async fn fill(connection: &impl ConnectionTrait, table: &str, name: &str, key: &str) -> Result<(), DbErr> {
    let backend = connection.get_database_backend();
    let select = format!(
        "SELECT DISTINCT \"{name}\" FROM \"{table}\" WHERE \"{key}\" = '' AND \"{name}\" <> '' LIMIT {CHUNK}"
    );
    let update = format!("UPDATE \"{table}\" SET \"{key}\" = $1 WHERE \"{name}\" = $2");
    loop {
        let rows = connection.query_all_raw(Statement::from_string(backend, select.clone())).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            let text: String = row.try_get_by_index(0)?;
            // A name of spaces alone has no key of its own, and would be found again for ever.
            let found = Some(key_of(&text)).filter(|key| !key.is_empty()).unwrap_or_else(|| text.clone());
            let values = [found.into(), text.into()];
            connection.execute_raw(Statement::from_sql_and_values(backend, update.clone(), values)).await?;
        }
    }
}
