//! What every area uses: ids, civil time, money, regions, the three-valued verdict.

pub mod canonical_json;
pub mod civil_time;
pub mod digest;
pub mod id;
pub mod money;
pub mod name_key;
pub mod ratio;
pub mod region;
pub mod unknown;
