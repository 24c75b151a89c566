//! Households that a bureau registered, who belongs to them, and what was decided about them. These tables
//! hang on `person` and nothing hangs on them.

use crate::table::Table;

pub(crate) fn tables() -> Vec<Table> {
    vec![
        Table::new("household")
            .id()
            .parent("bureau_id", "organisation")
            .text("reference")
            .parent_code("region_code", "region")
            .date("registered_on")
            .revision()
            .unique(&["bureau_id", "reference"])
            .index(&["region_code"]),
        Table::new("household_member")
            .id()
            .parent("household_id", "household")
            .parent("person_id", "person")
            .choice("relation", &["head", "spouse", "child", "parent", "other"])
            .date("valid_from")
            .date("valid_until")
            .null()
            .instant("recorded_at")
            .unique(&["household_id", "person_id", "valid_from"])
            .index(&["person_id"]),
        Table::new("targeting")
            .id()
            .parent("household_id", "household")
            .choice("outcome", &["targeted", "not_targeted", "exited"])
            .choice("cause", &["income", "illness", "disability", "schooling", "disaster", "relocation"])
            .date("decided_on")
            .parent("decided_by", "user")
            .instant("recorded_at")
            .supersedes()
            .index(&["household_id"])
            .append_only(),
    ]
}
