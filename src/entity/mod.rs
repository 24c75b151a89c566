//! The rows of the database, one file a table, in the words of the database: ids are bare UUIDs, enums are
//! text. It knows no query and no rule; the migrations are the truth, and a test compares the two.

#![expect(
    missing_docs,
    reason = "a column is named for what it holds; what its name does not say is documented"
)]
#![expect(clippy::disallowed_methods, reason = "sea-orm's generated nested writes, which nothing calls")]

use sea_orm::{ColumnTrait, ColumnType, EntityTrait, IdenStatic, Iterable, PrimaryKeyToColumn};

pub mod audit;
pub mod exchange;
pub mod hiring;
pub mod identity;
pub mod organisation;
pub mod permit;
pub mod person;
pub mod poverty;
pub mod record;
pub mod taxonomy;
pub mod training;

/// What an entity says about its table.
#[derive(Clone, Debug)]
pub struct TableShape {
    /// The table's name.
    pub name: String,
    /// The columns in the entity's order.
    pub columns: Vec<ColumnShape>,
    /// The columns of the primary key, in order.
    pub primary_key: Vec<String>,
}

/// What an entity says about one column.
#[derive(Clone, Debug)]
pub struct ColumnShape {
    /// The column's name.
    pub name: String,
    /// The type that sea-orm would declare it with.
    pub column_type: ColumnType,
    /// Whether it may be null.
    pub nullable: bool,
}

fn shape<E: EntityTrait>() -> TableShape {
    let column = |column: E::Column| {
        let def = column.def();
        ColumnShape {
            name: column.as_str().to_owned(),
            column_type: def.get_column_type().clone(),
            nullable: def.is_null(),
        }
    };
    let key = E::PrimaryKey::iter().map(|key| key.into_column().as_str().to_owned());
    TableShape {
        name: E::default().table_name().to_owned(),
        columns: E::Column::iter().map(column).collect(),
        primary_key: key.collect(),
    }
}

macro_rules! tables {
    ($($area:ident::{$($table:ident),* $(,)?}),* $(,)?) => {
        /// The shape of every table, parents first. A table that is missing here is found by the drift test.
        pub fn tables() -> Vec<TableShape> {
            vec![$($(shape::<$area::$table::Entity>(),)*)*]
        }
    };
}

tables! {
    organisation::{installation, master_key, country, region, organisation, site, port},
    person::{person, person_key, person_secret, blind_index, person_tie, identity_document, nationality, availability, availability_region, erasure, legal_hold, consent, number_attempt, rights_request, retention},
    identity::{user, membership, session, api_token, sign_in_failure, sign_in_link, totp, recovery_code, half_session, passkey, passkey_challenge, mail_address, open_id_provider, open_id_link},
    person::{guardian, duplicate_case, person_link, duplicate_move},
    taxonomy::{framework, occupation, skill, label, occupation_skill, skill_broader},
    training::{agreement, joint_class, class_module, enrolment},
    record::{skill_claim},
    poverty::{household, household_member, targeting},
    hiring::{vacancy, vacancy_requirement},
    permit::{permit, permit_document},
    audit::{audit_entry, audit_touch, audit_subject, audit_erasure, audit_commitment, audit_detail, audit_key, audit_leaf, audit_node, audit_pending, audit_head, audit_origin, checkpoint},
    exchange::{idempotency_key, job, job_attempt, job_schedule, notification, mail_outbox},
}
