//! The matcher's answers in words: reasons, questions, unlocks, addends and their working. Every door that
//! shows one (page, API, terminal) says the same.

use std::collections::HashMap;

use ballast_domain::base::id::SkillId;
use ballast_domain::base::region::Distance;
use ballast_domain::matching::filter::{Code, Question, Reason, Unlock};
use ballast_domain::matching::rank::Standing;
use ballast_domain::matching::score::{Addend, Component, Working};
use ballast_domain::permit::bar::Finding;
use ballast_domain::permit::nationality::Doubt;

use super::{Arg, Words};

/// The names that an answer needs, in the language of the words.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Of skills.
    pub skills: HashMap<SkillId, String>,
    /// Of regions, by code.
    pub regions: HashMap<String, String>,
}

/// The name of a skill, or its id where the classification has none.
#[must_use]
pub fn skill(names: &Names, id: SkillId) -> String {
    names.skills.get(&id).cloned().unwrap_or_else(|| id.to_string())
}

/// The name of a region, or its code.
#[must_use]
pub fn region(names: &Names, code: &str) -> String {
    names.regions.get(code).cloned().unwrap_or_else(|| code.to_owned())
}

/// The rule behind a reason: a check of the permit list, or the factory's code.
#[must_use]
pub fn reason_rule(reason: Reason) -> &'static str {
    match reason {
        Reason::Bar(finding) => finding.check(),
        Reason::UnderPostAge { .. }
        | Reason::AvailableLater { .. }
        | Reason::AvailableUntil { .. }
        | Reason::Place { .. }
        | Reason::Wage { .. }
        | Reason::Floor { .. } => reason.code().code(),
    }
}

/// Why somebody is not feasible: what was needed, what was found.
#[must_use]
pub fn reason(words: Words, names: &Names, reason: Reason) -> String {
    match reason {
        Reason::Bar(finding) => check(words, finding),
        Reason::UnderPostAge { needed, found, from } => words.ta(
            "reason-under_post_age",
            &[("needed", int(needed)), ("found", int(found)), ("from", words.date(from).into())],
        ),
        Reason::AvailableLater { from } => {
            words.ta("reason-available_later", &[("from", words.date(from).into())])
        }
        Reason::AvailableUntil { until } => {
            words.ta("reason-available_until", &[("until", words.date(until).into())])
        }
        Reason::Place { site } => words.ta("reason-place", &[("site", region(names, site.as_str()).into())]),
        Reason::Wage { ceiling, wish } => words.ta(
            "reason-wage",
            &[("ceiling", words.money(ceiling).into()), ("wish", words.money(wish).into())],
        ),
        Reason::Floor { skill: id, needed, found } => words.ta(
            "reason-floor",
            &[("skill", skill(names, id).into()), ("needed", int(needed)), ("found", int(found))],
        ),
    }
}

/// What a legal check found.
fn check(words: Words, finding: Finding) -> String {
    let part = |part: ballast_domain::permit::bundle::Part| words.t(&format!("document-{}", part.code()));
    match finding {
        Finding::Dprk => words.t("check-dprk"),
        Finding::NationalityUnproved(doubt) => words.t(match doubt {
            Doubt::Missing => "check-nationality_missing",
            Doubt::Declared => "check-nationality_declared",
            Doubt::Contradicted => "check-nationality_contradicted",
            Doubt::Birthplace => "check-nationality_birthplace",
        }),
        Finding::UnderAge { needed, found, from } => words.ta(
            "check-under_age",
            &[("needed", int(needed)), ("found", int(found)), ("from", words.date(from).into())],
        ),
        Finding::AgeUnknown => words.t("check-age_unknown"),
        Finding::DocumentUnknown(which) => {
            words.ta("check-document_unknown", &[("document", part(which).into())])
        }
        Finding::DocumentEnded(which, until) => words.ta(
            "check-document_ended",
            &[("document", part(which).into()), ("until", words.date(until).into())],
        ),
        Finding::DocumentBegins(which, from) => words.ta(
            "check-document_begins",
            &[("document", part(which).into()), ("from", words.date(from).into())],
        ),
    }
}

/// What is to be found out.
#[must_use]
pub fn question(words: Words, names: &Names, question: Question) -> String {
    match question {
        Question::Check(finding) => check(words, finding),
        Question::Age => words.t("check-age_unknown"),
        Question::Availability => words.t("question-availability"),
        Question::Place => words.t("question-place"),
        Question::Wage => words.t("question-wage"),
        Question::Clearance => words.t("question-clearance"),
        Question::Skill(id) => skill(names, id),
    }
}

/// One change after which a reason no longer holds.
#[must_use]
pub fn unlock(words: Words, names: &Names, unlock: Unlock) -> String {
    match unlock {
        Unlock::StartOn(day) => words.ta("unlock-start_on", &[("day", words.date(day).into())]),
        Unlock::StayAvailable(day) => words.ta("unlock-stay_available", &[("day", words.date(day).into())]),
        Unlock::Renew(part, day) => words.ta(
            "unlock-renew",
            &[
                ("document", words.t(&format!("document-{}", part.code())).into()),
                ("day", words.date(day).into()),
            ],
        ),
        Unlock::AcceptRegion(site) => {
            words.ta("unlock-accept_region", &[("region", region(names, site.as_str()).into())])
        }
        Unlock::RaiseCeiling(to) => words.ta("unlock-raise_ceiling", &[("to", words.money(to).into())]),
        Unlock::Assess(id, level) => {
            words.ta("unlock-assess", &[("skill", skill(names, id).into()), ("level", int(level))])
        }
    }
}

/// A coded reason of a factory's panel, and what would change it.
#[must_use]
pub fn code(words: Words, code: Code) -> (String, String) {
    let key = match code {
        Code::Floor => "floor",
        Code::Dates => "dates",
        Code::Place => "place",
        Code::Wage => "wage",
        Code::Clearance => "clearance",
        Code::Age => "age",
    };
    (words.t(&format!("code-{key}")), words.t(&format!("code-{key}-change")))
}

/// What an addend is for.
#[must_use]
pub fn component(words: Words, names: &Names, component: Component) -> String {
    match component {
        Component::Skill { skill: id, .. } => skill(names, id),
        Component::Certificate => words.t("component-certificate"),
        Component::Wage => words.t("component-wage"),
        Component::Place => words.t("component-place"),
        Component::Shift => words.t("component-shift"),
        Component::JointClass => words.t("component-joint_class"),
    }
}

/// How an addend was reached, so that it can be done again by hand.
#[must_use]
pub fn working(words: Words, addend: &Addend) -> String {
    match addend.working {
        Working::Skill { points_max, have, need, evidence_permille, decay_permille, .. } => format!(
            "{points_max} × {}/{need} × {evidence_permille}/1000 × {decay_permille}/1000",
            have.min(need)
        ),
        Working::Share { points_max, part, whole } => format!("{points_max} × {part}/{whole}"),
        Working::Step { points_max } => words.ta("working-step", &[("max", int(points_max))]),
        Working::Unknown { .. } => words.t("working-unknown"),
    }
}

/// Where somebody stands.
#[must_use]
pub fn standing(words: Words, standing: Standing) -> String {
    words.t(match standing {
        Standing::Qualified => "standing-qualified",
        Standing::ToVerify => "standing-to_verify",
        Standing::Unproved => "standing-unproved",
        Standing::BelowFloor => "standing-below_floor",
        Standing::Removed => "standing-removed",
    })
}

/// How near home is.
#[must_use]
pub fn distance(words: Words, distance: Option<Distance>) -> String {
    words.t(match distance {
        Some(Distance::Village) => "distance-village",
        Some(Distance::Township) => "distance-township",
        Some(Distance::County) => "distance-county",
        Some(Distance::City) => "distance-city",
        Some(Distance::Province) => "distance-province",
        Some(Distance::Elsewhere) => "distance-elsewhere",
        None => "distance-unknown",
    })
}

fn int<N: Into<i64>>(n: N) -> Arg {
    Arg::Int(n.into())
}
