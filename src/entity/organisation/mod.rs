//! Organisations, where they are, and the lists of countries and regions.

pub mod country;
pub mod installation;
pub mod master_key;
pub mod organisation;
pub mod port;
pub mod region;
pub mod site;
