//! Occupations and skills of several frameworks, their names, and how they hang together.

use crate::table::Table;

pub(crate) fn tables() -> Vec<Table> {
    vec![
        Table::new("framework")
            .id()
            .choice("code", &["house", "esco", "csco"])
            .texts(&["version", "title", "licence", "source_sha256"])
            .instant("imported_at")
            .unique(&["code", "version"]),
        Table::new("occupation")
            .id()
            .parent("framework_id", "framework")
            .text("uri")
            .text("code")
            .null()
            .text("isco_group")
            .null()
            .integer("skill_level")
            .null()
            // Not `skill_level`: the name would be that of the level of `occupation_skill`.
            .check("isco_skill_level", "skill_level BETWEEN 1 AND 4")
            .text("esco_uri")
            .null()
            .text("csco_code")
            .null()
            .revision()
            .unique(&["framework_id", "uri"]),
        Table::new("skill")
            .id()
            .parent("framework_id", "framework")
            .text("uri")
            .choice("kind", &["knowledge", "competence", "group", "unknown"])
            .text("reuse_level")
            .null()
            .text("esco_uri")
            .null()
            .text("csco_code")
            .null()
            .choice("decay_class", &["accuracy", "speed", "mixed"])
            .null()
            .revision()
            .unique(&["framework_id", "uri"]),
        Table::new("label")
            .uuid("subject_id")
            .text("language")
            .choice("kind", &["preferred", "alternative", "description"])
            .integer("ordinal")
            .choice("subject", &["occupation", "skill"])
            .text("text")
            .primary_key(&["subject_id", "language", "kind", "ordinal"]),
        Table::new("occupation_skill")
            .parent("occupation_id", "occupation")
            .parent("skill_id", "skill")
            .choice("relation", &["essential", "optional"])
            .integer_in("level", 1..=7)
            .null()
            .primary_key(&["occupation_id", "skill_id", "relation"])
            .index(&["skill_id"]),
        Table::new("skill_broader")
            .parent("skill_id", "skill")
            .parent("broader_id", "skill")
            .primary_key(&["skill_id", "broader_id"])
            .index(&["broader_id"]),
    ]
}
