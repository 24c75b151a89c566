//! Joint classes.

pub mod joint_class;
