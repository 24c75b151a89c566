//! Signing in by an organisation's own provider of OpenID Connect: one an organisation, and the accounts there that logins
//! are linked to.

use crate::table::Table;

pub(crate) fn tables() -> Vec<Table> {
    vec![open_id_provider(), open_id_link()]
}

fn open_id_provider() -> Table {
    Table::new("open_id_provider")
        .id()
        .parent("organisation_id", "organisation")
        .unique(&["organisation_id"])
        .text("code")
        .check("code", "length(code) BETWEEN 2 AND 40")
        .unique(&["code"])
        .text("issuer")
        .check("issuer", "length(issuer) <= 500")
        .text("client_id")
        .text("key_id")
        .foreign_key("key_id", "master_key", "key_id")
        .bytes("sealed")
        .choice("status", &["on", "off"])
        .revision()
        .index(&["key_id"])
}

fn open_id_link() -> Table {
    Table::new("open_id_link")
        .id()
        .parent("user_id", "user")
        .text("issuer")
        .bytes("subject_hash")
        .unique(&["subject_hash"])
        .instant("created_at")
        .date("last_used_on")
        .null()
        .index(&["user_id"])
}
