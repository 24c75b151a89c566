//! What people ask for by right: a correction, an erasure, a review by a human.

use crate::table::Table;

pub(crate) fn tables() -> Vec<Table> {
    vec![
        Table::new("rights_request")
            .id()
            .parent("person_id", "person")
            .choice("kind", &["correction", "erasure", "review"])
            .choice("field", &["name", "name_latin", "birth_date", "sex", "home_region"])
            .null()
            .text("value")
            .null()
            .parent("vacancy_id", "vacancy")
            .null()
            .text("reason")
            .choice("state", &["asked", "accepted", "refused"])
            .parent("asked_by", "user")
            .null()
            .instant("asked_at")
            .parent("decided_by", "user")
            .null()
            .instant("decided_at")
            .null()
            .text("answer")
            .null()
            .revision()
            .check("correction", "(kind = 'correction') = (field IS NOT NULL)")
            .check("value_field", "(field IS NULL) = (value IS NULL)")
            .check("review", "(kind = 'review') = (vacancy_id IS NOT NULL)")
            .check("decided", "(state = 'asked') = (decided_at IS NULL)")
            .index(&["person_id"])
            .index(&["vacancy_id"])
            .index(&["state", "kind"]),
    ]
}
