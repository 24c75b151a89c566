//! `ballast permit`: what can be said of permits from files alone. Opens no database.

use clap::Subcommand;

use super::output::Failure;
use super::permit_card;
use crate::outside::clock::Clock;
use crate::words::{Locale, Words};

/// Permits.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check a permit's card without a network. Exit code 1 unless it stands.
    Verify(permit_card::Verify),
    /// Draw a permit's card as PDF: one page of the size of a bank card, one of A4.
    Print(permit_card::Print),
}

/// Runs the subcommand.
///
/// # Errors
/// [`Failure`] that says what to do.
pub fn run(locale: Locale, command: &Command) -> Result<(), Failure> {
    let words = Words(locale);
    match command {
        Command::Verify(args) => permit_card::verify(words, args, Clock::System.now()),
        Command::Print(args) => permit_card::print_card(words, args),
    }
}
