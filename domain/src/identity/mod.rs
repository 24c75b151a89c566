//! Who somebody is and what that lets them do.

pub mod policy;
