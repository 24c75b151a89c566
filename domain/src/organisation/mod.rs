//! Schools, factories, bureaus and their places: kinds, and the code that names them in China's registers.

pub mod credit_code;
pub mod organisation;
pub mod site;
