//! Joint classes: what finishing one says about a person's skills.

pub mod joint_class;
