//! Organisations, their sites and ports, regions and countries.

pub mod country;
pub mod organisation;
pub mod port;
pub mod region;
pub mod site;
