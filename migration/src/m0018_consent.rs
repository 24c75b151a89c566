//! Whether people let a factory know who they are.

use crate::table::Table;

pub(crate) fn tables() -> Vec<Table> {
    vec![
        Table::new("consent")
            .id()
            .parent("person_id", "person")
            .parent("organisation_id", "organisation")
            .parent("vacancy_id", "vacancy")
            .choice("purpose", &["contact"])
            .choice("state", &["asked", "given", "refused", "withdrawn"])
            .instant("asked_at")
            .instant("answered_at")
            .null()
            .check("answered", "(state = 'asked') = (answered_at IS NULL)")
            .revision()
            .unique(&["vacancy_id", "person_id", "purpose"])
            .index(&["person_id"]),
    ]
}
