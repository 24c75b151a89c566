//! Organisations, their sites and ports, and the regions and countries that everything lies in.

pub mod region;
