//! Checks of who else takes part, and of the product: C3, C5, C17, C18.

use super::check::Level;
use super::fact::{Facts, Name};
use super::finding::{Unlock, Weighing};
use super::pack::Rule;

/// C3.
pub(super) fn c3(w: &mut Weighing<'_>) {
    let parties = [
        (None, Some(Name::EmployerDprk), Name::EmployerSanctions),
        (None, Some(Name::OwnersDprk), Name::OwnersSanctions),
        (Some(Name::AgentEngaged), Some(Name::AgentDprk), Name::AgentSanctions),
        (Some(Name::DispatcherEngaged), Some(Name::DispatcherDprk), Name::DispatcherSanctions),
        (None, None, Name::PayeeSanctions),
    ];
    for (engaged, dprk, sanctions) in parties {
        match engaged.map(|name| (name, w.facts.flag(name))) {
            Some((_, Some(false))) => continue,
            Some((name, None)) => w.missing(name),
            Some((_, Some(true))) | None => {}
        }
        // Whether somebody takes part may be unknown; what is known of them then still bars.
        if let Some(dprk) = dprk {
            w.must(dprk, false, "party_dprk", Unlock::Nothing);
        }
        match w.facts.code(sanctions) {
            Some("clear") => {}
            Some("match") => w.bar("party_sanctioned", sanctions, None, Unlock::Nothing),
            Some(_) => w.unknown("party_possible_match", sanctions),
            None => w.missing(sanctions),
        }
    }
    w.must(Name::PayeeIsWorker, true, "payee_organisation", Unlock::Cure);
}

/// C5.
pub(super) fn c5(w: &mut Weighing<'_>) {
    w.must(Name::SiteOutwardProcessing, false, "dprk_outward_processing", Unlock::Cure);
    w.must(Name::SiteSubcontract, false, "dprk_subcontract", Unlock::Cure);
}

/// C17.
pub(super) fn c17(w: &mut Weighing<'_>) {
    w.must(Name::EmployerDebarred, false, "employer_debarred", Unlock::Cure);
    w.must(Name::EmployerFatalAccident, false, "employer_fatal_accident", Unlock::Cure);
    w.at_most(Name::EmployerUnpaid, "unpaid_minor_max", "employer_unpaid", Unlock::Cure);
}

/// C18.
pub(super) fn c18(w: &mut Weighing<'_>) {
    w.must(Name::ProductListed, false, "product_listed", Unlock::Cure);
    w.must(Name::ProductCoercedTransfer, false, "product_coerced_transfer", Unlock::Cure);
    match w.facts.flag(Name::ProductCotton) {
        Some(false) => {}
        Some(true) => w.must(Name::ProductCottonProved, true, "product_cotton", Unlock::Cure),
        None => w.missing(Name::ProductCotton),
    }
}

/// How grave a bar of a rule is in this case. Whoever is not known to sell at home alone exports.
pub(super) fn level(rule: &Rule, facts: &Facts) -> Level {
    match (rule.level_for_exporters, facts.flag(Name::EmployerExports)) {
        (Some(level), Some(true) | None) => level.max(rule.level),
        (Some(_), Some(false)) | (None, _) => rule.level,
    }
}
