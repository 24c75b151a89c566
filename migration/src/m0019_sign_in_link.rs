//! Ways in that work once: invitations, links for another password, codes of a desk.

use crate::table::Table;

pub(crate) fn tables() -> Vec<Table> {
    vec![
        Table::new("sign_in_link")
            .id()
            .parent("user_id", "user")
            .choice("kind", &["invitation", "reset", "code"])
            .bytes("secret_hash")
            .unique(&["secret_hash"])
            .uuid("created_by")
            .null()
            .instant("created_at")
            .instant("expires_at")
            .instant("used_at")
            .null()
            .integer_from("tries", 0)
            .index(&["user_id"])
            .index(&["expires_at"]),
    ]
}
