//! Who may sign in, in which role for whom, and what they hold to prove it.

use crate::table::Table;

pub(crate) fn tables() -> Vec<Table> {
    vec![
        Table::new("user")
            .id()
            .text("login")
            .unique(&["login"])
            .text("display_name")
            .text("password_hash")
            .null()
            .parent("person_id", "person")
            .null()
            .choice("status", &["active", "locked"])
            .choice("locale", &["zh-CN", "en"])
            .null()
            .revision()
            .index(&["person_id"]),
        membership(),
        Table::new("session")
            .id()
            .parent("user_id", "user")
            .bytes("token_hash")
            .unique(&["token_hash"])
            .instant("created_at")
            .instant("expires_at")
            .index(&["user_id"])
            .index(&["expires_at"]),
        Table::new("api_token")
            .id()
            .parent("user_id", "user")
            .texts(&["name", "prefix"])
            .bytes("token_hash")
            .unique(&["token_hash"])
            .instant("created_at")
            .instant("expires_at")
            .instant("revoked_at")
            .null()
            .index(&["user_id"]),
    ]
}

/// A UNIQUE over three columns lets a role without an organisation in twice, since null equals nothing; the
/// second, partial one does not.
/// What a membership lets its holder be.
const ROLES: [&str; 19] = [
    "administrator",
    "organisation_administrator",
    "school_registrar",
    "teacher",
    "factory_hr",
    "mentor",
    "agent",
    "labour_official",
    "targeting_officer",
    "permit_checker",
    "permit_approver",
    "quota_officer",
    "auditor",
    "village_cadre",
    "port_desk",
    "outside_auditor",
    "trainee",
    "foreign_worker",
    "guardian",
];
/// Some roles are held in no organisation.
const OF_NO_ORGANISATION: &str = "role IN ('administrator', 'outside_auditor', 'trainee', 'foreign_worker', 'guardian') \
     OR organisation_id IS NOT NULL";

pub(crate) fn membership() -> Table {
    Table::new("membership")
        .id()
        .parent("user_id", "user")
        .parent("organisation_id", "organisation")
        .null()
        .choice("role", &ROLES)
        .date("valid_from")
        .date("valid_until")
        .null()
        .revision()
        .unique(&["user_id", "organisation_id", "role"])
        .unique_where("user_id_role", &["user_id", "role"], "organisation_id IS NULL")
        .check("organisation", OF_NO_ORGANISATION)
        .index(&["organisation_id"])
}
