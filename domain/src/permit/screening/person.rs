//! Checks of the person: C1, C2, C4, C6a, C6b, C7.

use super::fact::{Facts, Name, Paper};
use super::finding::{Consequence, Unlock, Weighing};
use crate::base::civil_time::{age_on, comes_of_age};
use crate::person::nationality::{self, Country, Doubt, Evidence, Finding};

/// What the records and the papers amount to; none while either is unknown.
///
/// A paper alone proves nothing, since nobody may have looked at it; it can bar, and it can contradict. A paper whose
/// machine-readable zone says another country than its print contradicts itself. Only an authority's word settles that.
pub(super) fn standing(facts: &Facts) -> Option<Finding> {
    let records = facts.nationalities();
    let papers = facts.papers();
    let countries = |papers: &[Paper]| -> Vec<Country> {
        papers.iter().flat_map(|p| [p.printed, p.machine_readable]).flatten().collect()
    };
    let named = countries(papers.unwrap_or_default());
    if named.contains(&Country::KP) {
        return Some(Finding::Barred);
    }
    let weighed = nationality::weigh(records.unwrap_or_default(), facts.country(Name::PersonBirthplace));
    if weighed == Finding::Barred {
        return Some(weighed);
    }
    let (records, _) = (records?, papers?);
    let authority = records.iter().any(|record| record.evidence == Evidence::Authority);
    let other = |country: &Country| match weighed {
        Finding::Local => *country != Country::CN,
        Finding::Foreign(proved) => *country != proved,
        Finding::Barred | Finding::Unproved(_) => false,
    };
    let differ = named.iter().any(|country| Some(country) != named.first());
    if !authority && (differ || named.iter().any(other)) {
        return Some(Finding::Unproved(Doubt::Contradicted));
    }
    Some(weighed)
}

/// Whether the person is proved to be foreign; none while nothing is proved.
pub(super) fn is_foreign(facts: &Facts) -> Option<bool> {
    match standing(facts)? {
        Finding::Local => Some(false),
        Finding::Foreign(_) | Finding::Barred => Some(true),
        Finding::Unproved(_) => None,
    }
}

fn doubt_code(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Missing => "nationality_missing",
        Doubt::Declared => "nationality_declared",
        Doubt::Contradicted => "nationality_contradicted",
        Doubt::Birthplace => "nationality_birthplace",
    }
}

/// Says what is not proved.
fn unproved(w: &mut Weighing<'_>, standing: Option<Finding>) {
    match standing {
        None => {
            for name in [Name::PersonNationalities, Name::PersonPapers] {
                if w.facts.get(name).is_none() {
                    w.missing(name);
                }
            }
        }
        Some(Finding::Unproved(doubt)) => {
            let name = match doubt {
                Doubt::Birthplace => Name::PersonBirthplace,
                Doubt::Contradicted => Name::PersonPapers,
                Doubt::Missing | Doubt::Declared => Name::PersonNationalities,
            };
            w.unknown(doubt_code(doubt), name);
        }
        Some(Finding::Local | Finding::Foreign(_) | Finding::Barred) => {}
    }
}

/// C1. The status of the person is not asked: none is outside the bar.
pub(super) fn c1(w: &mut Weighing<'_>) {
    match standing(w.facts) {
        Some(Finding::Barred) => w.bar("dprk", Name::PersonNationalities, None, Unlock::Nothing),
        other => unproved(w, other),
    }
}

/// C2. It never bars: it does not pass until a nationality is proved.
pub(super) fn c2(w: &mut Weighing<'_>) {
    unproved(w, standing(w.facts));
}

/// C4. Suspends, and never deletes.
pub(super) fn c4(w: &mut Weighing<'_>) {
    let barred = standing(w.facts);
    match (w.facts.flag(Name::CaseLive), barred) {
        (Some(false), _) | (_, Some(Finding::Local | Finding::Foreign(_))) => {}
        (Some(true), Some(Finding::Barred)) => {
            w.bar("dprk_live", Name::CaseLive, None, Unlock::Nothing);
            // Who may be protected is not sent back: only a known "no" leads to repatriation.
            w.consequence = Some(match w.facts.flag(Name::PersonProtectionClaim) {
                Some(false) => Consequence::SuspendAndRepatriate,
                Some(true) | None => Consequence::SuspendAndProtect,
            });
        }
        (None, Some(Finding::Barred)) => w.missing(Name::CaseLive),
        (live, doubtful) => {
            if live.is_none() {
                w.missing(Name::CaseLive);
            }
            unproved(w, doubtful);
        }
    }
}

/// Completed years on the first day of the work.
fn age(w: &mut Weighing<'_>) -> Option<i64> {
    let (birth, start) = (w.facts.date(Name::PersonBirthDate), w.facts.date(Name::CaseStart));
    for (name, known) in [(Name::PersonBirthDate, birth), (Name::CaseStart, start)] {
        if known.is_none() {
            w.missing(name);
        }
    }
    Some(i64::from(age_on(birth?, start?)))
}

fn too_young(w: &mut Weighing<'_>, age: i64, needed: i64) {
    let day = w.facts.date(Name::PersonBirthDate).zip(i32::try_from(needed).ok());
    let unlock = day.map_or(Unlock::Nothing, |(birth, years)| Unlock::Day(comes_of_age(birth, years)));
    w.bar("under_age", Name::PersonBirthDate, Some(format!("{age} < {needed}")), unlock);
}

/// C6a. Between the two ages the nationality decides, and while none is proved nobody can say.
pub(super) fn c6a(w: &mut Weighing<'_>) {
    let (Some(anyone), Some(foreign)) = (w.parameter("age_min"), w.parameter("foreign_age_min")) else {
        return;
    };
    let Some(age) = age(w) else { return };
    match is_foreign(w.facts) {
        _ if age < anyone => too_young(w, age, anyone),
        _ if age >= foreign.max(anyone) => {}
        Some(true) => too_young(w, age, foreign),
        Some(false) => {}
        None => w.missing(Name::PersonNationalities),
    }
}

/// C6b.
pub(super) fn c6b(w: &mut Weighing<'_>) {
    let (Some(adult), Some(most)) = (w.parameter("adult_age"), w.parameter("movements_a_minute_max")) else {
        return;
    };
    let known = w.facts.date(Name::PersonBirthDate).zip(w.facts.date(Name::CaseStart));
    if known.is_some_and(|(birth, start)| i64::from(age_on(birth, start)) >= adult) {
        return;
    }
    if age(w).is_none() {
        return;
    }
    w.must(Name::MinorRegistered, true, "minor_unregistered", Unlock::Cure);
    w.must(Name::MinorMedical, true, "minor_no_medical", Unlock::Cure);
    w.must(Name::MinorProhibitedTask, false, "minor_prohibited_task", Unlock::Cure);
    w.must(Name::MinorNightWork, false, "minor_night_work", Unlock::Cure);
    match (w.facts.flag(Name::MinorForcedPosture), w.facts.number(Name::MinorMovements)) {
        (Some(false), _) => {}
        (_, Some(found)) if found <= most => {}
        (Some(true), Some(_)) => {
            w.bar("minor_movements", Name::MinorMovements, Some(format!("≤ {most}")), Unlock::Cure);
        }
        (Some(true), None) => w.missing(Name::MinorMovements),
        (None, _) => w.missing(Name::MinorForcedPosture),
    }
}

/// C7. The caps of interns are a question of the quota.
pub(super) fn c7(w: &mut Weighing<'_>) {
    match w.facts.code(Name::CaseEngagement) {
        None => return w.missing(Name::CaseEngagement),
        Some("intern") => {}
        Some(_) => return,
    }
    let Some(needed) = w.parameter("age_min") else { return };
    if let Some(age) = age(w)
        && age < needed
    {
        too_young(w, age, needed);
    }
    w.must(Name::InternFirstYear, false, "intern_first_year", Unlock::Nothing);
    w.must(Name::InternThroughAgent, false, "intern_through_agent", Unlock::Nothing);
    w.at_most(Name::InternFees, "fees_minor_max", "intern_fees", Unlock::Cure);
    w.at_most(Name::InternLabourLevel, "labour_level_max", "intern_labour_level", Unlock::Cure);
}
