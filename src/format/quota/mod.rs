//! Quota packs as TOML, cases as JSON, and what an evaluation says as JSON.

pub mod case_facts;
pub mod fact_shape;
pub mod json_reader;
pub mod outcome;
mod rule_family;
pub mod rule_pack;

#[cfg(test)]
mod tests;
