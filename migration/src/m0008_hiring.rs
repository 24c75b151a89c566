//! Vacancies and what they ask for.

use crate::table::Table;

pub(crate) fn tables() -> Vec<Table> {
    vec![
        Table::new("vacancy")
            .id()
            .parent("organisation_id", "organisation")
            .parent("site_id", "site")
            .parent("occupation_id", "occupation")
            .texts(&["reference", "title_zh", "title_en"])
            .integer_in("headcount", 1..=10_000)
            .bigint("wage_min_minor")
            .check("wage_min_minor", "wage_min_minor >= 0")
            .bigint("wage_max_minor")
            .check("wage_max_minor", "wage_max_minor >= wage_min_minor")
            .text("currency")
            .check("currency", "length(currency) = 3")
            .date("starts_on")
            .boolean("shift_day")
            .boolean("shift_evening")
            .boolean("shift_night")
            .check("shift", "shift_day OR shift_evening OR shift_night")
            .boolean("dormitory")
            .integer_in("age_min", 16..=60)
            .null()
            .bytes("seed")
            .choice("status", &["open", "closed"])
            .date("closed_on")
            .null()
            .revision()
            .unique(&["organisation_id", "reference"])
            .index(&["site_id"])
            .index(&["occupation_id"]),
        Table::new("vacancy_requirement")
            .id()
            .parent("vacancy_id", "vacancy")
            .parent("skill_id", "skill")
            .boolean("essential")
            .integer_in("level", 1..=7)
            .integer_in("floor", 0..=7)
            .check("floor_level", "\"floor\" <= level")
            .check("floor_essential", "essential = (\"floor\" >= 1)")
            .integer_in("weight", 1..=1000)
            .integer("ordinal")
            .unique(&["vacancy_id", "skill_id"])
            .index(&["skill_id"])
            .append_only(),
    ]
}
