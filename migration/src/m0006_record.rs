//! What people can do, by whose word and since when.

use crate::table::Table;

pub(crate) fn tables() -> Vec<Table> {
    vec![
        Table::new("skill_claim")
            .id()
            .parent("person_id", "person")
            .parent("skill_id", "skill")
            .integer_in("level", 0..=7)
            .choice("evidence", &["self", "trained", "assessed", "certified", "observed"])
            .date("achieved_on")
            .date("last_used_on")
            .null()
            .date("valid_until")
            .null()
            .choice("decay_class", &["accuracy", "speed", "mixed"])
            .choice("status", &["active", "suspended", "revoked"])
            .parent("organisation_id", "organisation")
            .null()
            .parent("enrolment_id", "enrolment")
            .null()
            .supersedes()
            .instant("recorded_at")
            .check("voucher", "evidence = 'self' OR organisation_id IS NOT NULL")
            .index(&["person_id"])
            .index(&["skill_id"])
            .index(&["organisation_id"])
            .index(&["enrolment_id"])
            .append_only(),
    ]
}
