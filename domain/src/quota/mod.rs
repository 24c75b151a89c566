//! Quotas for foreign workers: dated packs of typed rules, the facts of a case, and the answer with every step to it.
//!
//! Rules are data with a citation. A family is a type with a formula of its own; there is no language of expressions.
//! What a rule is not told it does not guess: the answer is then unknown, and names what is missing.

pub mod answer;
pub mod case;
pub mod ceiling;
pub mod consistency;
pub mod demand;
pub mod evaluate;
pub mod excess;
pub mod facts;
pub mod headcount;
pub mod insured_share;
pub mod intern_share;
pub mod labour_market_test;
pub mod levy;
pub mod minimum_locals;
pub mod nationalisation;
pub mod pack;
pub mod point_score;
pub mod pool;
pub mod share;
pub mod trace;
pub mod tree;
pub mod window;
pub mod worked_example;
