//! The second factor of a login: codes by time, codes for when the telephone is gone, and the short time between a
//! password and a code.

use crate::table::Table;

pub(crate) fn tables() -> Vec<Table> {
    vec![totp(), recovery_code(), half_session()]
}

/// One a login. Until it is confirmed it counts for nothing.
fn totp() -> Table {
    Table::new("totp")
        .parent("user_id", "user")
        .primary_key(&["user_id"])
        .text("key_id")
        .foreign_key("key_id", "master_key", "key_id")
        .bytes("sealed")
        .bigint("last_step")
        .check("last_step", "last_step >= 0")
        .instant("created_at")
        .instant("confirmed_at")
        .null()
        .revision()
        .index(&["key_id"])
}

fn recovery_code() -> Table {
    Table::new("recovery_code")
        .id()
        .parent("user_id", "user")
        .bytes("code_hash")
        .unique(&["user_id", "code_hash"])
        .instant("created_at")
        .instant("used_at")
        .null()
}

fn half_session() -> Table {
    Table::new("half_session")
        .id()
        .parent("user_id", "user")
        .bytes("token_hash")
        .unique(&["token_hash"])
        .text("label")
        .integer_in("tries", 0..=5)
        .instant("created_at")
        .instant("expires_at")
        .index(&["user_id"])
        .index(&["expires_at"])
}
