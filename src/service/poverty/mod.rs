//! Registering households and deciding about them. Only a bureau's context gets in: each use case begins by
//! asking for the access that the store wants, before it reads anything. No person's row, revision or tie
//! changes here, so that nothing that others see of a person tells what was decided.

pub mod household;
pub mod targeting;

#[cfg(test)]
mod tests;
