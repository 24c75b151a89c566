//! Checks of the procedure itself: C19 and C20.

use super::check::Check;
use super::fact::Name;
use super::finding::{NO_RULE, Reason, Unlock, Weighing};
use super::pack::Pack;
use crate::base::civil_time::CivilDate;
use crate::base::unknown::Verdict;

/// C19: each rule holds on the date of the question and on the first day of the work, with all that it needs.
pub(super) fn c19(w: &mut Weighing<'_>, pack: &Pack, on: CivilDate) {
    let start = w.facts.date(Name::CaseStart);
    if start.is_none() {
        w.missing(Name::CaseStart);
    }
    for day in [Some(on), start.filter(|start| *start != on)].into_iter().flatten() {
        for check in Check::ALL {
            w.reasons.extend(broken(pack, check, day));
        }
    }
}

/// What a check lacks on a day.
pub(super) fn broken(pack: &Pack, check: Check, day: CivilDate) -> Option<Reason> {
    let lacks = match pack.rule(check, day) {
        None => format!("{} {day}", check.code()),
        Some(rule) => format!("{} {} {day}", check.code(), rule.missing()?),
    };
    Some(Reason {
        code: NO_RULE,
        verdict: Verdict::Bar,
        facts: Vec::new(),
        found: None,
        needed: Some(lacks),
        unlock: Unlock::Rule,
    })
}

/// C20: by person, not by login.
pub(super) fn c20(w: &mut Weighing<'_>) {
    let Some(least) = w.parameter("signatures_min") else { return };
    let officers = [Name::CaseChecker, Name::CaseApprover].map(|name| (name, w.facts.text(name)));
    for (name, officer) in officers {
        match (officer, w.facts.texts(Name::RulesEditors)) {
            (None, _) => w.missing(name),
            (Some(officer), Some(editors)) if editors.contains(officer) => {
                w.bar("officer_edits_rules", name, None, Unlock::Cure);
            }
            (Some(_), _) => {}
        }
    }
    if w.facts.texts(Name::RulesEditors).is_none() {
        w.missing(Name::RulesEditors);
    }
    if let [(_, Some(checker)), (_, Some(approver))] = officers
        && checker == approver
    {
        w.bar("same_person", Name::CaseApprover, None, Unlock::Cure);
    }
    for (name, code) in [(Name::RulesSigners, "rules_unsigned"), (Name::ListsSigners, "lists_unsigned")] {
        match w.facts.texts(name).map(|signers| i64::try_from(signers.len()).unwrap_or(i64::MAX)) {
            None => w.missing(name),
            Some(signers) if signers < least => w.bar(code, name, Some(format!("≥ {least}")), Unlock::Cure),
            Some(_) => {}
        }
    }
}
