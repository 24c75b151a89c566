//! Who somebody is and what that lets them do.

pub mod confirmation;
pub mod half_session;
pub mod lock_out;
pub mod mail_address;
pub mod open_id;
pub mod password;
pub mod policy;
pub mod recovery_code;
pub mod sign_in_link;
pub mod token_scope;
