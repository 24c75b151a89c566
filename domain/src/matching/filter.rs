//! Who is feasible for a vacancy; what keeps the others out, what is not known, and what would unlock them.

use crate::base::civil_time::{CivilDate, age_on, comes_of_age};
use crate::base::id::SkillId;
use crate::base::money::Minor;
use crate::base::region::RegionCode;
use crate::base::unknown::Verdict;
use crate::matching::candidate::Candidate;
use crate::matching::query::{Query, Requirement, Vacancy};
use crate::permit::bar;
use crate::permit::bundle::{Document, Part};
use crate::record::skill_claim::{Claim, DecayClass, EvidenceKind};

/// Why a person is not feasible, with what was needed and what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A legal bar.
    Bar(bar::Finding),
    /// Younger on the start date than the post allows.
    UnderPostAge {
        /// Years that the post asks.
        needed: i32,
        /// Years on the start date.
        found: i32,
        /// The first day on which it fits.
        from: CivilDate,
    },
    /// Free only after the start date.
    AvailableLater {
        /// The first free day.
        from: CivilDate,
    },
    /// No longer free on the start date.
    AvailableUntil {
        /// The last free day.
        until: CivilDate,
    },
    /// The place is outside the regions wished, and no dormitory bridges it.
    Place {
        /// Where the work is.
        site: RegionCode,
    },
    /// Wishes more than the ceiling.
    Wage {
        /// The ceiling, in minor units.
        ceiling: Minor,
        /// The wish, in minor units.
        wish: Minor,
    },
    /// An essential skill is proved to be below its floor.
    Floor {
        /// Which skill.
        skill: SkillId,
        /// The level needed.
        needed: u8,
        /// The level proved.
        found: u8,
    },
}

/// The coded reasons that a factory sees, in counts of bands. None says more than the post itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// an essential skill is below the floor.
    Floor,
    /// the dates do not fit.
    Dates,
    /// the place does not fit.
    Place,
    /// the wage does not fit.
    Wage,
    /// not clearable for this post.
    Clearance,
    /// below the minimum age.
    Age,
}

impl Code {
    /// All codes, in the order shown.
    pub const ALL: [Self; 6] =
        [Self::Floor, Self::Dates, Self::Place, Self::Wage, Self::Clearance, Self::Age];

    /// As printed.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Floor => "R-11",
            Self::Dates => "R-21",
            Self::Place => "R-31",
            Self::Wage => "R-41",
            Self::Clearance => "R-51",
            Self::Age => "R-61",
        }
    }
}

impl Reason {
    /// The code under which a factory's panel counts it.
    #[must_use]
    pub fn code(self) -> Code {
        match self {
            Self::Bar(bar::Finding::UnderAge { .. }) | Self::UnderPostAge { .. } => Code::Age,
            Self::Bar(_) => Code::Clearance,
            Self::AvailableLater { .. } | Self::AvailableUntil { .. } => Code::Dates,
            Self::Place { .. } => Code::Place,
            Self::Wage { .. } => Code::Wage,
            Self::Floor { .. } => Code::Floor,
        }
    }
}

/// What has to be found out before a person can be called qualified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// A legal check lacks its evidence.
    Check(bar::Finding),
    /// No birth date, and the post has a minimum age of its own.
    Age,
    /// Nothing recorded about what the person wants.
    Availability,
    /// No region recorded, or no word on a dormitory that would bridge the distance.
    Place,
    /// No least wage recorded.
    Wage,
    /// An essential skill without proof.
    Skill(SkillId),
    /// Some legal check, to those who may not know which: see [`Question::for_factory`].
    Clearance,
}

impl Question {
    /// What a factory is told: neither a nationality nor a document, only that the port has to look.
    #[must_use]
    pub fn for_factory(self) -> Self {
        match self {
            Self::Check(bar::Finding::AgeUnknown) => Self::Age,
            Self::Check(_) | Self::Clearance => Self::Clearance,
            Self::Age | Self::Availability | Self::Place | Self::Wage | Self::Skill(_) => self,
        }
    }
}

/// One change after which a reason no longer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlock {
    /// The post starts on this day or later.
    StartOn(CivilDate),
    /// The person stays free until this day or later.
    StayAvailable(CivilDate),
    /// A document that covers this day.
    Renew(Part, CivilDate),
    /// The person agrees to work in this region.
    AcceptRegion(RegionCode),
    /// The ceiling rises to this wage, in minor units.
    RaiseCeiling(Minor),
    /// The skill is assessed at this level.
    Assess(SkillId, u8),
}

/// What the claims about one skill amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known<'a> {
    /// The claim that adds the most points.
    pub best: Option<&'a Claim>,
    /// The highest level that somebody else than the person stands behind.
    pub proved: Option<u8>,
    /// Whether one of the claims that count is a certificate, be it the best or not.
    pub certified: bool,
}

/// Weighs the claims about one skill: a newer formal result replaces what is older; of the rest, the claim
/// that adds the most counts, and the highest level that is proved decides about a floor.
pub(super) fn known<'a>(query: &Query<'_>, candidate: &'a Candidate, requirement: &Requirement) -> Known<'a> {
    let about = || candidate.claims.iter().filter(|c| c.skill == requirement.skill && c.stands_on(query.day));
    // Most people have no claim about most skills: one look over the claims tells.
    if about().next().is_none() {
        return Known { best: None, proved: None, certified: false };
    }
    let newest_formal = about().filter(|c| c.evidence.is_formal()).map(|c| c.achieved_on).max();
    let counting = || about().filter(|c| newest_formal.is_none_or(|formal| c.achieved_on >= formal));
    let weight = |c: &&Claim| {
        let product = super::score::product(query, requirement, c);
        // The last two never add points; without them two claims could tie and the order of the input show.
        (product, c.evidence, c.level, c.achieved_on, c.last_used_on, c.decay, c.valid_until)
    };
    Known {
        best: counting().max_by_key(weight),
        proved: counting().filter(|c| c.evidence.proves()).map(|c| c.level).max(),
        certified: counting().any(|c| c.evidence == EvidenceKind::Certified),
    }
}

/// What the filters say of a person: each reason and each question, in a fixed order, and how many essential
/// skills are proved.
pub(super) fn examine(
    query: &Query<'_>,
    candidate: &Candidate,
    mut reason: impl FnMut(Reason),
    mut question: impl FnMut(Question),
) -> u32 {
    let vacancy = query.vacancy;
    bar::screen(&candidate.legal_facts(), vacancy.starts_on, |finding| match finding.verdict() {
        Verdict::Bar => reason(Reason::Bar(finding)),
        Verdict::Unknown => question(Question::Check(finding)),
        Verdict::Pass => {}
    });
    if let Some(needed) = vacancy.age_min {
        match candidate.birth_date {
            Some(birth) if age_on(birth, vacancy.starts_on) < needed => reason(Reason::UnderPostAge {
                needed,
                found: age_on(birth, vacancy.starts_on),
                from: comes_of_age(birth, needed),
            }),
            Some(_) => {}
            None => question(Question::Age),
        }
    }
    examine_wishes(vacancy, candidate, &mut reason, &mut question);
    let mut proved = 0;
    for requirement in vacancy.requirements.iter().filter(|r| r.essential) {
        let skill = requirement.skill;
        match known(query, candidate, requirement).proved {
            Some(found) if found < requirement.floor => {
                reason(Reason::Floor { skill, needed: requirement.floor, found });
            }
            Some(_) => proved += 1,
            None => question(Question::Skill(skill)),
        }
    }
    proved
}

fn examine_wishes(
    vacancy: &Vacancy,
    candidate: &Candidate,
    reason: &mut impl FnMut(Reason),
    question: &mut impl FnMut(Question),
) {
    let Some(wishes) = &candidate.availability else {
        question(Question::Availability);
        return;
    };
    if wishes.from > vacancy.starts_on {
        reason(Reason::AvailableLater { from: wishes.from });
    }
    match wishes.until {
        Some(until) if until < vacancy.starts_on => reason(Reason::AvailableUntil { until }),
        _ => {}
    }
    let near = wishes.regions.iter().any(|region| region.contains(&vacancy.site));
    let dormitory = if vacancy.dormitory { wishes.dormitory } else { Some(false) };
    match dormitory {
        Some(false) if !near && !wishes.regions.is_empty() => reason(Reason::Place { site: vacancy.site }),
        Some(false) | None if !near => question(Question::Place),
        _ => {}
    }
    match wishes.wage_min_minor {
        Some(wish) if wish > vacancy.wage_max_minor => {
            reason(Reason::Wage { ceiling: vacancy.wage_max_minor, wish });
        }
        Some(_) => {}
        None => question(Question::Wage),
    }
}

/// All reasons, in their order.
#[must_use]
pub fn reasons(query: &Query<'_>, candidate: &Candidate) -> Vec<Reason> {
    let mut found = Vec::new();
    examine(query, candidate, |r| found.push(r), |_| {});
    found
}

/// The changes that together make every reason go away; `None` when one of them has no cure. A later start
/// can end a document or an availability that covered the first one, so the rest is asked for the later day.
#[must_use]
pub fn unlocks(query: &Query<'_>, candidate: &Candidate) -> Option<Vec<Unlock>> {
    let start = query.vacancy.starts_on;
    let later = reasons(query, candidate).into_iter().filter_map(later_start).max();
    let begin = later.unwrap_or(start).max(start);
    let mut found: Vec<Unlock> = (begin > start).then_some(Unlock::StartOn(begin)).into_iter().collect();
    let moved = Vacancy { starts_on: begin, ..query.vacancy.clone() };
    let moved = Query { vacancy: &moved, skill_points: query.skill_points.clone(), ..*query };
    for reason in reasons(&moved, candidate) {
        found.push(match reason {
            Reason::Bar(bar::Finding::DocumentEnded(part, _) | bar::Finding::DocumentBegins(part, _)) => {
                Unlock::Renew(part, begin)
            }
            Reason::AvailableUntil { .. } => Unlock::StayAvailable(begin),
            Reason::Place { site } => Unlock::AcceptRegion(site),
            Reason::Wage { wish, .. } => Unlock::RaiseCeiling(wish),
            Reason::Floor { skill, needed, .. } => Unlock::Assess(skill, needed),
            // C1 has no cure; what is not a bar is never a reason; the start was moved past the others.
            Reason::Bar(_) | Reason::UnderPostAge { .. } | Reason::AvailableLater { .. } => return None,
        });
    }
    Some(found)
}

/// The first start date at which a reason of time no longer holds.
fn later_start(reason: Reason) -> Option<CivilDate> {
    match reason {
        Reason::Bar(bar::Finding::UnderAge { from, .. })
        | Reason::Bar(bar::Finding::DocumentBegins(_, from))
        | Reason::UnderPostAge { from, .. }
        | Reason::AvailableLater { from } => Some(from),
        Reason::Bar(_)
        | Reason::AvailableUntil { .. }
        | Reason::Place { .. }
        | Reason::Wage { .. }
        | Reason::Floor { .. } => None,
    }
}

/// Carries out an unlock on the facts, as if it had happened on `day`: for what-if questions, and for the
/// test that unlocks keep their word.
pub fn apply(unlock: Unlock, vacancy: &mut Vacancy, candidate: &mut Candidate, day: CivilDate) {
    match unlock {
        Unlock::StartOn(start) => vacancy.starts_on = start,
        Unlock::RaiseCeiling(to) => vacancy.wage_max_minor = to,
        Unlock::StayAvailable(until) => {
            if let Some(wishes) = &mut candidate.availability {
                wishes.until = Some(until);
            }
        }
        Unlock::AcceptRegion(region) => {
            if let Some(wishes) = &mut candidate.availability {
                wishes.regions.push(region);
            }
        }
        Unlock::Renew(part, covers) => {
            candidate.documents.push(Document { part, valid_from: None, valid_until: Some(covers) });
        }
        Unlock::Assess(skill, level) => candidate.claims.push(Claim {
            skill,
            level,
            evidence: EvidenceKind::Assessed,
            achieved_on: day,
            last_used_on: day,
            valid_until: None,
            decay: DecayClass::Mixed,
        }),
    }
}
