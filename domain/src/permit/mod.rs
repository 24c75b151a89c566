//! Foreign workers' permits: the legal bars around them and the states that a permit may have so far.

pub mod bar;
pub mod bundle;
pub mod card;
pub mod draft;
pub mod expiry;
pub mod life;
pub mod mrz;
pub mod screening;
