//! What people can do, by whose word and since when.

pub mod skill_claim;
