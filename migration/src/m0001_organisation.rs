//! The installation itself, countries and regions, organisations, their sites, and the border ports.

use crate::table::Table;

pub(crate) fn tables() -> Vec<Table> {
    vec![
        Table::new("installation")
            .integer("id")
            .primary_key(&["id"])
            .check("id", "id = 1")
            .boolean("demonstration")
            .instant("as_of")
            .null()
            .instant("created_at"),
        Table::new("country")
            .text("code")
            .primary_key(&["code"])
            .check("code", "length(code) = 2")
            .texts(&["name_zh", "name_en"]),
        Table::new("region")
            .text("code")
            .primary_key(&["code"])
            .check("code", "length(code) IN (2, 4, 6, 9, 12)")
            .texts(&["name_zh", "name_en"])
            .parent_code("parent_code", "region")
            .null()
            .index(&["parent_code"]),
        Table::new("organisation")
            .id()
            .choice("kind", &["school", "factory", "bureau", "agency", "association"])
            .texts(&["name_zh", "name_en"])
            .text("credit_code")
            .null()
            .unique(&["credit_code"])
            .parent_code("region_code", "region")
            .choice("status", &["active", "closed"])
            .bytes("pseudonym_key")
            .revision()
            .index(&["region_code"]),
        Table::new("site")
            .id()
            .parent("organisation_id", "organisation")
            .choice("kind", &["plant", "idle_plant", "campus", "dormitory", "office"])
            .texts(&["name_zh", "name_en"])
            .parent_code("region_code", "region")
            .revision()
            .index(&["organisation_id"]),
        Table::new("port")
            .id()
            .texts(&["name_zh", "name_en"])
            .parent_code("region_code", "region")
            .parent("bureau_id", "organisation")
            .revision()
            .index(&["bureau_id"]),
    ]
}
