//! Agreements, joint classes, enrolments.

pub mod agreement;
pub mod enrolment;
pub mod joint_class;
