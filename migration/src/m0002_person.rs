//! People, what is known about them apart from any programme, and which organisation is tied to them.

use crate::table::Table;

pub(crate) fn tables() -> Vec<Table> {
    let mut tables = vec![person(), person_secret(), person_tie(), identity_document(), nationality()];
    tables.extend([availability(), availability_region()]);
    tables
}

fn person() -> Table {
    Table::new("person")
        .id()
        .text("name")
        .text("name_latin")
        .null()
        .text("search_key")
        .date("birth_date")
        .null()
        .choice("sex", &["female", "male"])
        .null()
        .parent_code("birth_country_code", "country")
        .null()
        .parent_code("home_region_code", "region")
        .null()
        .boolean("foreign_worker")
        .revision()
        .index(&["search_key", "id"])
        .index(&["home_region_code"])
}

fn person_secret() -> Table {
    Table::new("person_secret")
        .id()
        .parent("person_id", "person")
        .choice("kind", &["citizen_number", "phone", "bank_account"])
        .text("key_id")
        .bytes("sealed")
        .bytes("blind_index")
        .null()
        .revision()
        .unique(&["person_id", "kind"])
        .index(&["kind", "blind_index"])
}

fn person_tie() -> Table {
    Table::new("person_tie")
        .id()
        .parent("organisation_id", "organisation")
        .parent("person_id", "person")
        .choice("basis", &["enrolment", "application", "placement", "supervision", "registration"])
        .date("valid_from")
        .date("valid_until")
        .revision()
        .unique(&["organisation_id", "person_id", "basis", "valid_from"])
        .index(&["organisation_id", "person_id", "valid_until"])
        .index(&["person_id"])
}

fn identity_document() -> Table {
    Table::new("identity_document")
        .id()
        .parent("person_id", "person")
        .choice("kind", &["citizen_card", "passport", "border_pass"])
        .parent_code("country_code", "country")
        .text("key_id")
        .bytes("number_sealed")
        .bytes("number_blind_index")
        .date("valid_from")
        .null()
        .date("valid_until")
        .null()
        .choice("verification", &["unverified", "sighted", "confirmed"])
        .instant("recorded_at")
        .supersedes()
        .index(&["person_id"])
        .index(&["kind", "number_blind_index"])
        .append_only()
}

fn nationality() -> Table {
    Table::new("nationality")
        .id()
        .parent("person_id", "person")
        .parent_code("country_code", "country")
        .choice("evidence", &["self_declared", "document", "authority"])
        .parent("document_id", "identity_document")
        .null()
        .instant("recorded_at")
        .supersedes()
        .index(&["person_id"])
        .append_only()
}

fn availability() -> Table {
    Table::new("availability")
        .id()
        .parent("person_id", "person")
        .integer_from("version", 1)
        .date("available_from")
        .date("available_until")
        .null()
        .bigint("wage_min_minor")
        .null()
        .check("wage_min_minor", "wage_min_minor >= 0")
        .boolean("shift_day")
        .boolean("shift_evening")
        .boolean("shift_night")
        .boolean("dormitory")
        .null()
        .instant("recorded_at")
        .unique(&["person_id", "version"])
        .check("period", "available_until >= available_from")
}

fn availability_region() -> Table {
    Table::new("availability_region")
        .parent("availability_id", "availability")
        .parent_code("region_code", "region")
        .primary_key(&["availability_id", "region_code"])
}
