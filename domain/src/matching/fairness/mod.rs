//! Whether shortlists treat groups alike: figures about recorded shortlists, for officials. Nothing here ranks
//! anybody, and no ranking reads anything from here: a flag is a lead for a person, never a change of an order.
//!
//! [`selection`] has rates and the four-fifths rule, [`interval`] and [`significance`] say how far they can be
//! trusted, [`suppression`] keeps small groups covered, [`exposure`] weighs ranks, [`ranked_group`] is the test of ranked
//! group fairness (FA*IR) and [`rerank`] what keeping to it would cost, [`report`] puts them together.
//! [`outcome`] makes up outcomes of known truth, and [`weight_fit`] proposes weights from outcomes.
//!
//! Every decision is made on exact fractions; what is irrational is bounded, on the side that is stated. The same input
//! gives the same digits on every machine.

pub mod exposure;
pub mod interval;
pub mod outcome;
pub mod ranked_group;
pub mod report;
pub mod rerank;
pub mod selection;
pub mod significance;
pub mod suppression;
pub mod weight_fit;
