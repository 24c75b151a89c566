//! Households and decisions about them. Every function wants a
//! [`PovertyAccess`](ballast_domain::identity::policy::PovertyAccess), which a factory's or a school's context
//! cannot make, and nothing outside this folder reads or writes these tables. Nothing here changes a person.

pub mod household;
pub mod targeting;
