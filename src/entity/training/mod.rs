//! Agreements of a school and a factory, their joint classes, and who is enrolled.

pub mod agreement;
pub mod class_module;
pub mod enrolment;
pub mod joint_class;
