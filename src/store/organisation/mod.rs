//! Organisations, their sites and ports, and the regions and countries that everything lies in.

pub mod country;
pub mod installation;
pub mod master_key;
pub mod organisation;
pub mod port;
pub mod region;
pub mod site;
