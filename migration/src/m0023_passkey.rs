//! Passkeys: keys that a person's devices keep, and the questions that are put to them.

use crate::table::Table;

pub(crate) fn tables() -> Vec<Table> {
    vec![passkey(), passkey_challenge()]
}

fn passkey() -> Table {
    Table::new("passkey")
        .id()
        .parent("user_id", "user")
        .text("name")
        .bytes("credential_id")
        .unique(&["credential_id"])
        .text("credential")
        .check("credential", "length(credential) <= 8192")
        .bigint("counter")
        .check("counter", "counter >= 0")
        .instant("created_at")
        .date("last_used_on")
        .null()
        .index(&["user_id"])
}

/// Asked of nobody in particular, it is for signing in.
fn passkey_challenge() -> Table {
    Table::new("passkey_challenge")
        .id()
        .parent("user_id", "user")
        .null()
        .text("state")
        .check("state", "length(state) <= 16384")
        .instant("created_at")
        .instant("expires_at")
        .index(&["user_id"])
        .index(&["expires_at"])
}
