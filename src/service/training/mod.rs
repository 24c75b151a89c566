//! Agreements, joint classes, and enrolling and finishing in them.

pub mod agreement;
pub mod enrolment;
pub mod joint_class;
