//! Labour permits that are asked for, and the documents that belong to one. No status grants a permit yet:
//! without the checks that must come first, none may exist.

use crate::table::Table;

pub(crate) fn tables() -> Vec<Table> {
    let documents = [
        "health_certificate",
        "training_certificate",
        "work_registration",
        "temporary_residence",
        "accident_insurance",
        "contract",
    ];
    vec![
        Table::new("permit")
            .id()
            .parent("person_id", "person")
            .parent("employer_id", "organisation")
            .parent("port_id", "port")
            .parent("vacancy_id", "vacancy")
            .null()
            .text("reference")
            .unique(&["reference"])
            .choice("status", &["draft", "submitted", "withdrawn"])
            .date("starts_on")
            .date("ends_on")
            .revision()
            .check("period", "ends_on >= starts_on")
            .index(&["person_id"])
            .index(&["employer_id"])
            .index(&["port_id"])
            .index(&["vacancy_id"]),
        Table::new("permit_document")
            .id()
            .parent("person_id", "person")
            .parent("permit_id", "permit")
            .null()
            .choice("kind", &documents)
            .text("issuer")
            .date("valid_from")
            .null()
            .date("valid_until")
            .null()
            .choice("verification", &["unverified", "sighted", "confirmed"])
            .instant("recorded_at")
            .supersedes()
            .check(
                "permit",
                "kind IN ('health_certificate', 'training_certificate') OR permit_id IS NOT NULL",
            )
            .index(&["person_id"])
            .index(&["permit_id"])
            .append_only(),
    ]
}
