//! The log: one entry for every change, what it touched, and whose data was read. The ids of people and
//! things in it are no foreign keys, so that the log outlives what it is about.

use crate::table::Table;

pub(crate) fn tables() -> Vec<Table> {
    vec![
        Table::new("audit_entry")
            .identity("seq")
            .check("seq", "seq >= 1")
            .uuid("id")
            .unique(&["id"])
            .instant("recorded_at")
            .uuid("actor_user_id")
            .null()
            .text("actor_role")
            .uuid("organisation_id")
            .null()
            .texts(&["action", "resource_kind"])
            .uuid("resource_id")
            .texts(&["request_id", "header"])
            .append_only(),
        Table::new("audit_touch")
            .text("kind")
            .uuid("resource_id")
            .bigint("revision")
            .check("revision", "revision >= 1")
            .bigint("seq")
            .foreign_key("seq", "audit_entry", "seq")
            .primary_key(&["kind", "resource_id", "revision"])
            .index(&["seq"])
            .append_only(),
        Table::new("audit_subject")
            .uuid("person_id")
            .bigint("seq")
            .foreign_key("seq", "audit_entry", "seq")
            .primary_key(&["person_id", "seq"])
            .index(&["seq"])
            .append_only(),
    ]
}
