//! The schema of Ballast, in order, on SQLite and PostgreSQL alike. It is the truth about the tables; it
//! depends on nothing of ours and knows no rule but those that a database can hold.
//!
//! Column types, names of constraints and triggers come from one small builder; a migration lists tables.

use sea_orm_migration::async_trait;
pub use sea_orm_migration::prelude::MigratorTrait;
use sea_orm_migration::prelude::{DbErr, IntoSchemaManagerConnection, MigrationTrait, SchemaManager};
use sea_orm_migration::sea_orm::{EntityTrait, QueryOrder};
use sea_orm_migration::seaql_migrations;
use std::collections::BTreeSet;
use table::{Area, Table};

mod m0000_append_only;
mod m0001_organisation;
mod m0002_person;
mod m0003_identity;
mod m0004_taxonomy;
mod m0005_training;
mod m0006_record;
mod m0007_poverty;
mod m0008_hiring;
mod m0009_permit;
mod m0010_audit;
mod m0011_exchange;
mod m0012_idempotency;
mod m0013_lists;
mod m0014_name_keys;
mod m0015_roles;
mod m0016_privacy;
mod m0017_sign_in;
mod m0018_consent;
mod m0019_sign_in_link;
mod m0020_mail_outbox;
mod m0021_open_id;
mod m0022_second_factor;
mod m0023_passkey;
mod m0024_rights;
mod m0025_retention;
mod m0027_guardian;
mod m0028_duplicate;
mod m0029_rights;
mod m0030_duplicate;
mod table;

/// The areas, each after those that its tables refer to.
const AREAS: [Area; 16] = [
    Area { name: "m0001_organisation", tables: m0001_organisation::tables },
    Area { name: "m0002_person", tables: m0002_person::tables },
    Area { name: "m0003_identity", tables: m0003_identity::tables },
    Area { name: "m0004_taxonomy", tables: m0004_taxonomy::tables },
    Area { name: "m0005_training", tables: m0005_training::tables },
    Area { name: "m0006_record", tables: m0006_record::tables },
    Area { name: "m0007_poverty", tables: m0007_poverty::tables },
    Area { name: "m0008_hiring", tables: m0008_hiring::tables },
    Area { name: "m0009_permit", tables: m0009_permit::tables },
    Area { name: "m0010_audit", tables: m0010_audit::tables },
    Area { name: "m0011_exchange", tables: m0011_exchange::tables },
    Area { name: "m0012_idempotency", tables: m0012_idempotency::tables },
    Area { name: "m0018_consent", tables: m0018_consent::tables },
    Area { name: "m0019_sign_in_link", tables: m0019_sign_in_link::tables },
    Area { name: "m0024_rights", tables: m0024_rights::tables },
    Area { name: "m0025_retention", tables: m0025_retention::tables },
];

/// The areas whose tables refer to what came after the first ones.
const LATER: [Area; 3] = [
    Area { name: "m0022_second_factor", tables: m0022_second_factor::tables },
    Area { name: "m0023_passkey", tables: m0023_passkey::tables },
    Area { name: "m0021_open_id", tables: m0021_open_id::tables },
];

/// Every migration, in the order in which they are applied. Each runs in a transaction on both databases.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut migrations: Vec<Box<dyn MigrationTrait>> = vec![Box::new(m0000_append_only::Migration)];
        migrations.extend(AREAS.map(|area| Box::new(area) as Box<dyn MigrationTrait>));
        migrations.push(Box::new(m0013_lists::Migration));
        migrations.push(Box::new(m0014_name_keys::Migration));
        migrations.push(Box::new(m0015_roles::Migration));
        migrations.push(Box::new(m0016_privacy::Migration));
        migrations.push(Box::new(m0017_sign_in::Migration));
        migrations.extend(LATER.map(|area| Box::new(area) as Box<dyn MigrationTrait>));
        migrations.push(Box::new(m0027_guardian::Migration));
        migrations.push(Box::new(m0028_duplicate::Migration));
        migrations.push(Box::new(m0020_mail_outbox::Migration));
        migrations.push(Box::new(m0030_duplicate::Migration));
        migrations.push(Box::new(m0029_rights::Migration));
        migrations
    }
}

/// The tables as the migrations leave them, parents first.
fn tables() -> Vec<Table> {
    let before = AREAS.iter().flat_map(|area| (area.tables)()).filter_map(m0016_privacy::left);
    let after = m0027_guardian::tables().into_iter().chain(m0028_duplicate::tables());
    let after = after.chain(m0030_duplicate::tables());
    let later = LATER.iter().flat_map(|area| (area.tables)());
    let before = before.chain(m0016_privacy::tables()).chain(m0017_sign_in::tables());
    before.chain(later).chain(after).chain(m0020_mail_outbox::tables()).collect()
}

/// The PostgreSQL statements by which the owner of the tables gives an application's role what it needs and
/// no more: all four verbs on ordinary tables, only SELECT and INSERT on append-only ones, SELECT on the list
/// of migrations. They can be run again after every migration. The role must exist, and must not be the owner.
///
/// # Errors
/// `DbErr::Custom` if the name is not `[a-z_][a-z0-9_]*` of at most 63 characters.
pub fn grants(role: &str) -> Result<Vec<String>, DbErr> {
    let follows = |byte: u8| byte == b'_' || byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let starts_well = role.bytes().next().is_some_and(|byte| follows(byte) && !byte.is_ascii_digit());
    if !starts_well || !role.bytes().all(follows) || role.len() > 63 {
        return Err(DbErr::Custom(format!("{role:?} is not a role name: use a-z, 0-9 and _")));
    }
    let mut statements = vec![format!(
        "DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO \"{role}\"', current_schema()); END $$"
    )];
    statements.extend(tables().iter().flat_map(|table| table.grants(role)));
    statements.push(format!("REVOKE ALL ON TABLE \"seaql_migrations\" FROM \"{role}\""));
    statements.push(format!("GRANT SELECT ON TABLE \"seaql_migrations\" TO \"{role}\""));
    Ok(statements)
}

/// The migrations that the database has and this binary does not: if there is one, the database is newer
/// than the binary. It creates nothing, so a role that may only read can ask.
///
/// # Errors
/// What the database says.
pub async fn unknown<'c, C: IntoSchemaManagerConnection<'c>>(db: C) -> Result<Vec<String>, DbErr> {
    let known = known();
    Ok(applied(db).await?.into_iter().filter(|name| !known.contains(name)).collect())
}

/// The migrations that this binary has and the database does not. It creates nothing either.
///
/// # Errors
/// What the database says.
pub async fn pending<'c, C: IntoSchemaManagerConnection<'c>>(db: C) -> Result<Vec<String>, DbErr> {
    let applied: BTreeSet<String> = applied(db).await?.into_iter().collect();
    Ok(known().into_iter().filter(|name| !applied.contains(name)).collect())
}

fn known() -> BTreeSet<String> {
    Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect()
}

async fn applied<'c, C: IntoSchemaManagerConnection<'c>>(db: C) -> Result<Vec<String>, DbErr> {
    let manager = SchemaManager::new(db);
    if !manager.has_table("seaql_migrations").await? {
        return Ok(Vec::new());
    }
    let query = seaql_migrations::Entity::find().order_by_asc(seaql_migrations::Column::Version);
    Ok(query.all(manager.get_connection()).await?.into_iter().map(|row| row.version).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_name_cannot_carry_sql() {
        assert!(grants("ballast_app").is_ok());
        for name in ["", "1a", "Ballast", "a b", "a\"; DROP TABLE person; --", "é", &"a".repeat(64)] {
            assert!(grants(name).is_err(), "{name}");
        }
    }

    #[test]
    fn append_only_tables_are_only_read_and_added_to() {
        let granted = grants("app").unwrap();
        assert!(granted.contains(&"GRANT SELECT, INSERT ON TABLE \"audit_entry\" TO \"app\"".to_owned()));
        assert!(
            granted
                .contains(&"GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE \"person\" TO \"app\"".to_owned())
        );
    }
}
