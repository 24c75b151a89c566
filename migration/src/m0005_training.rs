//! Agreements of a school and a factory, the joint classes under them, and who is enrolled.

use crate::table::Table;

pub(crate) fn tables() -> Vec<Table> {
    vec![
        Table::new("agreement")
            .id()
            .parent("school_id", "organisation")
            .parent("factory_id", "organisation")
            .texts(&["title_zh", "title_en"])
            .date("valid_from")
            .date("valid_until")
            .null()
            .revision()
            .index(&["school_id"])
            .index(&["factory_id"]),
        Table::new("joint_class")
            .id()
            .parent("agreement_id", "agreement")
            .parent("school_id", "organisation")
            .parent("factory_id", "organisation")
            .parent("occupation_id", "occupation")
            .texts(&["reference", "title_zh", "title_en"])
            .date("starts_on")
            .date("ends_on")
            .integer_in("seats", 1..=500)
            .choice("status", &["planned", "running", "finished"])
            .revision()
            .unique(&["school_id", "reference"])
            .check("period", "ends_on >= starts_on")
            .index(&["agreement_id"])
            .index(&["factory_id"])
            .index(&["occupation_id"]),
        Table::new("class_module")
            .id()
            .parent("joint_class_id", "joint_class")
            .parent("skill_id", "skill")
            .integer_in("level", 1..=7)
            .integer_from("hours", 1)
            .unique(&["joint_class_id", "skill_id"]),
        Table::new("enrolment")
            .id()
            .parent("joint_class_id", "joint_class")
            .parent("person_id", "person")
            .parent("school_id", "organisation")
            .choice("status", &["enrolled", "finished", "withdrawn"])
            .date("enrolled_on")
            .date("ended_on")
            .null()
            .revision()
            .unique(&["joint_class_id", "person_id"])
            .index(&["person_id"])
            .index(&["school_id"]),
    ]
}
