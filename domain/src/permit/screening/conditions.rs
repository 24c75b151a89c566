//! Checks of the papers, the place and the conditions of the work: C8 to C16.

use super::clearance::Act;
use super::fact::Name;
use super::finding::{Consequence, Unlock, Weighing};
use super::person::is_foreign;
use crate::base::civil_time::CivilDate;
use crate::base::unknown::Verdict;
use crate::permit::bundle::{self, Finding, Part};

/// The first day of the work.
fn start(w: &mut Weighing<'_>) -> Option<CivilDate> {
    let start = w.facts.date(Name::CaseStart);
    if start.is_none() {
        w.missing(Name::CaseStart);
    }
    start
}

/// Whether the person needs a permit: a proved local needs none; who is not proved to be local does.
fn needs_permit(w: &Weighing<'_>) -> bool {
    is_foreign(w.facts) != Some(false)
}

/// C8.
pub(super) fn c8(w: &mut Weighing<'_>) {
    if !needs_permit(w) {
        return;
    }
    let end = w.facts.date(Name::CaseEnd);
    if end.is_none() {
        w.missing(Name::CaseEnd);
    }
    let Some(start) = start(w) else { return };
    let Some(documents) = w.facts.documents() else { return w.missing(Name::BundleDocuments) };
    for part in Part::BUNDLE {
        let name = Name::BundleDocuments;
        let said = |day: CivilDate| Some(format!("{}: {day}", part.code()));
        match bundle::find(documents, part, start) {
            Finding::Covers(_) => {}
            Finding::Unknown => {
                w.unknown("document_unknown", name);
                name_part(w, part.code().to_owned());
            }
            Finding::Ended(until) => {
                w.bar("document_ended", name, Some(format!("≥ {start}")), Unlock::Cure);
                name_part(w, said(until).unwrap_or_default());
            }
            Finding::Begins(from) => {
                w.bar("document_begins", name, Some(format!("≤ {start}")), Unlock::Day(from));
                name_part(w, said(from).unwrap_or_default());
            }
        }
    }
    let Some(end) = end else { return };
    if end < start {
        w.bar("term_ends_before_start", Name::CaseEnd, Some(format!("≥ {start}")), Unlock::Cure);
    }
    if let Some((part, weakest)) = bundle::weakest_of(&Part::BUNDLE, documents, start)
        && end > weakest
    {
        let needed = format!("≤ {weakest} ({})", part.code());
        w.bar("term_beyond_bundle", Name::CaseEnd, Some(needed), Unlock::Cure);
    }
}

/// Says the part instead of the whole bundle.
fn name_part(w: &mut Weighing<'_>, found: String) {
    if let Some(last) = w.reasons.last_mut() {
        last.found = Some(found);
    }
}

/// C9.
pub(super) fn c9(w: &mut Weighing<'_>) {
    if !needs_permit(w) {
        return;
    }
    match w.facts.code(Name::QuotaDecision) {
        None => w.missing(Name::QuotaDecision),
        Some("granted") => {}
        Some(_) => w.bar("quota_refused", Name::QuotaDecision, None, Unlock::Cure),
    }
    w.must(Name::MarketTestPassed, true, "market_test_failed", Unlock::Cure);
    let until = w.facts.date(Name::MarketTestUntil);
    match (until, start(w)) {
        (None, _) => w.missing(Name::MarketTestUntil),
        (Some(until), Some(start)) if until < start => {
            w.bar("market_test_ended", Name::MarketTestUntil, Some(format!("≥ {start}")), Unlock::Cure);
        }
        (Some(_), _) => {}
    }
}

/// C10a. A transfer starts from the one permit that there is.
pub(super) fn c10a(w: &mut Weighing<'_>) {
    let most = i64::from(w.act == Act::Transfer);
    match w.facts.number(Name::PersonOtherPermits) {
        None => w.missing(Name::PersonOtherPermits),
        Some(found) if found > most => {
            w.bar("permit_elsewhere", Name::PersonOtherPermits, Some(format!("≤ {most}")), Unlock::Cure);
        }
        Some(_) => {}
    }
}

/// C10b.
pub(super) fn c10b(w: &mut Weighing<'_>) {
    w.must(Name::PersonOtherContract, false, "contract_elsewhere", Unlock::Cure);
    w.must(Name::PersonOtherLocal, false, "local_elsewhere", Unlock::Cure);
}

/// C11.
pub(super) fn c11(w: &mut Weighing<'_>) {
    if !needs_permit(w) {
        return;
    }
    for (at, scope, code) in [
        (Name::AssignmentSite, Name::ScopeSites, "site_out_of_scope"),
        (Name::AssignmentPost, Name::ScopePosts, "post_out_of_scope"),
        (Name::AssignmentArea, Name::ScopeAreas, "area_out_of_scope"),
    ] {
        match (w.facts.text(at), w.facts.texts(scope)) {
            (Some(at), Some(scope)) if scope.contains(at) => {}
            (Some(_), Some(covered)) => {
                let covered: Vec<&str> = covered.iter().map(String::as_str).collect();
                w.bar(code, at, Some(covered.join(", ")), Unlock::Cure);
            }
            (None, _) => w.missing(at),
            (_, None) => w.missing(scope),
        }
    }
}

/// C12.
pub(super) fn c12(w: &mut Weighing<'_>) {
    match w.facts.code(Name::PassportHeldBy) {
        None => w.missing(Name::PassportHeldBy),
        Some("employer" | "agent") => w.bar("passport_held", Name::PassportHeldBy, None, Unlock::Cure),
        Some(_) => {}
    }
    w.at_most(Name::PassportWithinHours, "within_hours_max", "passport_out_of_reach", Unlock::Cure);
    if w.verdict() == Verdict::Bar {
        w.consequence = Some(Consequence::Inspect);
    }
}

/// C13. The higher of the two accounts is what has to be repaid, and two accounts that differ are cleared up first.
pub(super) fn c13(w: &mut Weighing<'_>) {
    let said = [Name::CostsByWorker, Name::CostsByEmployer].map(|name| (name, w.facts.number(name)));
    for (name, amount) in said {
        if amount.is_none() {
            w.missing(name);
        }
    }
    let [(_, worker), (_, employer)] = said;
    if let (Some(worker), Some(employer)) = (worker, employer)
        && worker != employer
    {
        w.bar("accounts_differ", Name::CostsByWorker, Some(employer.to_string()), Unlock::Cure);
    }
    let Some(most) = w.parameter("costs_minor_max") else { return };
    let paid = worker.max(employer).unwrap_or(0);
    match w.facts.number(Name::CostsRepaid) {
        _ if paid <= most => {}
        None => w.missing(Name::CostsRepaid),
        Some(repaid) if paid.saturating_sub(repaid) > most => {
            w.bar("costs_unpaid", Name::CostsRepaid, Some(format!("≥ {}", paid - most)), Unlock::Cure);
        }
        Some(_) => {}
    }
    w.at_most(Name::CostsDebt, "debt_minor_max", "costs_debt", Unlock::Cure);
    w.at_most(Name::CostsDeposit, "deposit_minor_max", "costs_deposit", Unlock::Cure);
}

/// C14.
pub(super) fn c14(w: &mut Weighing<'_>) {
    let wage = w.facts.number(Name::WageMonthly);
    if wage.is_none() {
        w.missing(Name::WageMonthly);
    }
    for (floor, code) in
        [(Name::WageMinimum, "wage_below_minimum"), (Name::WageOfLocals, "wage_below_locals")]
    {
        match (w.facts.number(floor), wage) {
            (None, _) => w.missing(floor),
            (Some(least), Some(wage)) if wage < least => {
                w.bar(code, Name::WageMonthly, Some(format!("≥ {least}")), Unlock::Cure);
            }
            (Some(_), _) => {}
        }
    }
    w.at_most(Name::WageArrears, "arrears_minor_max", "wage_arrears", Unlock::Cure);
    w.must(Name::WageOwnAccount, true, "wage_other_account", Unlock::Cure);
}

/// C15.
pub(super) fn c15(w: &mut Weighing<'_>) {
    match (w.facts.texts(Name::PersonLanguages), w.facts.texts(Name::ContractLanguages)) {
        (Some(read), Some(written)) if read.is_disjoint(written) => {
            let read: Vec<&str> = read.iter().map(String::as_str).collect();
            w.bar("contract_language", Name::ContractLanguages, Some(read.join(", ")), Unlock::Cure);
        }
        (Some(_), Some(_)) => {}
        (None, _) => w.missing(Name::PersonLanguages),
        (_, None) => w.missing(Name::ContractLanguages),
    }
    w.must(Name::ContractAsOffered, true, "contract_differs", Unlock::Cure);
}

/// C16. One severe indicator, or several others.
pub(super) fn c16(w: &mut Weighing<'_>) {
    let (Some(severe_min), Some(others_min)) = (w.parameter("severe_min"), w.parameter("others_min")) else {
        return;
    };
    let (mut severe, mut others) = (Vec::new(), Vec::new());
    for name in Name::INDICATORS {
        match w.facts.code(name) {
            None => w.missing(name),
            Some("severe") => severe.push(name),
            Some("present") => others.push(name),
            Some(_) => {}
        }
    }
    let count = |names: &[Name]| i64::try_from(names.len()).unwrap_or(i64::MAX);
    for (names, least, code) in
        [(severe, severe_min, "indicator_severe"), (others, others_min, "indicators_several")]
    {
        if let Some(first) = names.first().filter(|_| count(&names) >= least) {
            w.bar(code, *first, Some(format!("< {least}")), Unlock::Cure);
            if let Some(last) = w.reasons.last_mut() {
                let codes: Vec<&str> = names.iter().map(|name| name.code()).collect();
                last.found = Some(codes.join(", "));
                last.facts = names;
            }
        }
    }
}
