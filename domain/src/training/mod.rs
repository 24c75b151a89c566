//! Agreements and joint classes: what may be opened under what, who gets a seat, and what finishing a class
//! says about a person's skills.

pub mod agreement;
pub mod joint_class;
