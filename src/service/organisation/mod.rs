//! Making and reading organisations, their sites and ports, and the regions and countries they lie in.

pub mod country;
pub mod installation;
pub mod master_key;
pub mod organisation;
pub mod port;
pub mod region;
pub mod site;

#[cfg(test)]
mod tests;
