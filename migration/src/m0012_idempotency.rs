//! Keys under which requests were carried out, so that a retry has no second effect.

use crate::table::Table;

pub(crate) fn tables() -> Vec<Table> {
    vec![
        Table::new("idempotency_key")
            .parent("user_id", "user")
            .bytes("key_hash")
            .check("key_hash", "length(key_hash) = 32")
            .bytes("fingerprint")
            .check("fingerprint", "length(fingerprint) = 32")
            .texts(&["operation", "outcome"])
            .uuid("entry_id")
            .instant("created_at")
            .primary_key(&["user_id", "key_hash"])
            .index(&["created_at"])
            .never_changed(),
    ]
}
