//! For how long an installation keeps what no law that we know of gives a figure for.

use crate::table::Table;

pub(crate) fn tables() -> Vec<Table> {
    vec![
        Table::new("retention")
            .id()
            .choice("class", &["record"])
            .unique(&["class"])
            .integer_in("days", 1..=36_500)
            .null()
            .revision(),
    ]
}
