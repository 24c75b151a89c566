//! Agreements, joint classes, and who is enrolled.

pub mod agreement;
pub mod enrolment;
pub mod joint_class;
