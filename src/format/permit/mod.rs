//! Permits outside the database: the signed text on a card, and the signed list of those that do not hold.

pub mod card;
pub mod card_pdf;
