//! Who somebody is and what that lets them do.

pub mod lock_out;
pub mod password;
pub mod policy;
pub mod sign_in_link;
pub mod token_scope;
