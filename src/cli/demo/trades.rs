//! What people of the city can do: the occupations of the house taxonomy as trades, and skill records that
//! hang together.

use std::collections::BTreeMap;

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{OccupationId, PersonId, SkillId};
use ballast_domain::record::skill_claim::EvidenceKind;
use ballast_domain::taxonomy::{Language, RelationKind, occupation_id, preferred_label, skill_id};
use chrono::{Days, Months};

use super::choices::Choices;
use crate::format::taxonomy::{Parsed, house};
use crate::service::Error;
use crate::service::record::skill_claim::NewSkillClaim;

/// The most claims of one person.
pub const CLAIMS_MAX: usize = 8;

/// A skill that a trade asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// Which skill.
    pub skill: SkillId,
    /// Whether nobody works in the trade without it.
    pub essential: bool,
    /// The level asked for.
    pub level: u8,
}

/// An occupation with what it asks for, essential skills first.
#[derive(Clone, Debug)]
pub struct Trade {
    /// The occupation.
    pub occupation: OccupationId,
    /// Its names, Chinese and English.
    pub names: (String, String),
    /// What it asks for.
    pub needs: Vec<Need>,
}

/// The trades by the key of their occupation.
#[derive(Debug)]
pub struct Trades(BTreeMap<String, Trade>);

impl Trades {
    /// The trades of a taxonomy of the house.
    #[must_use]
    pub fn of(parsed: &Parsed) -> Self {
        let mut trades = BTreeMap::new();
        for occupation in &parsed.content.occupations {
            let key = occupation.uri.strip_prefix(house::OCCUPATION_URI_PREFIX).unwrap_or(&occupation.uri);
            let label = |language| preferred_label(&occupation.labels, language).unwrap_or(key).to_owned();
            let mut needs: Vec<Need> = parsed
                .content
                .relations
                .iter()
                .filter(|relation| relation.occupation == occupation.uri)
                .map(|relation| Need {
                    skill: skill_id(&relation.skill),
                    essential: relation.kind == RelationKind::Essential,
                    level: relation.level.map_or(2, |level| level.get()),
                })
                .collect();
            needs.sort_by_key(|need| (!need.essential, std::cmp::Reverse(need.level)));
            let trade = Trade {
                occupation: occupation_id(&occupation.uri),
                names: (label(Language::Chinese), label(Language::English)),
                needs,
            };
            trades.insert(key.to_owned(), trade);
        }
        Self(trades)
    }

    /// A trade by its key.
    ///
    /// # Errors
    /// [`Error::Internal`] for a key that the taxonomy does not have.
    pub fn get(&self, key: &str) -> Result<&Trade, Error> {
        self.0.get(key).ok_or_else(|| Error::Internal(format!("the taxonomy has no occupation `{key}`")))
    }
}

/// How far somebody has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// Can do all of it, with papers.
    Master,
    /// Has finished training.
    Graduate,
    /// Has worked in it without many papers.
    Worker,
    /// Is learning it.
    Learner,
    /// Says so.
    Starter,
}

impl Grade {
    /// One of them, as they are spread over the trainees.
    pub fn draw(choices: &mut Choices) -> Self {
        choices.weighted(&[
            (5, Self::Master),
            (33, Self::Graduate),
            (24, Self::Worker),
            (26, Self::Learner),
            (12, Self::Starter),
        ])
    }

    /// Percent of cases in which an essential and another skill is recorded.
    fn coverage(self) -> (usize, usize) {
        match self {
            Self::Master => (100, 100),
            Self::Graduate => (93, 50),
            Self::Worker => (80, 35),
            Self::Learner => (62, 22),
            Self::Starter => (40, 15),
        }
    }

    fn evidence(self, choices: &mut Choices) -> EvidenceKind {
        use EvidenceKind::{Assessed, Certified, Observed, Own, Trained};
        match self {
            Self::Master => choices.weighted(&[(60, Certified), (40, Assessed)]),
            Self::Graduate => {
                choices.weighted(&[(32, Certified), (38, Assessed), (14, Observed), (16, Trained)])
            }
            Self::Worker => choices.weighted(&[(12, Certified), (20, Assessed), (45, Observed), (23, Own)]),
            Self::Learner => choices.weighted(&[(22, Assessed), (50, Trained), (12, Observed), (16, Own)]),
            Self::Starter => choices.weighted(&[(15, Trained), (85, Own)]),
        }
    }

    fn level(self, asked: u8, choices: &mut Choices) -> i32 {
        let step: i32 = match self {
            Self::Master => choices.weighted(&[(70, 0), (30, 1)]),
            Self::Graduate => choices.weighted(&[(14, -1), (62, 0), (24, 1)]),
            Self::Worker => choices.weighted(&[(8, -2), (30, -1), (42, 0), (20, 1)]),
            Self::Learner => choices.weighted(&[(25, -2), (50, -1), (25, 0)]),
            Self::Starter => choices.weighted(&[(60, -2), (40, -1)]),
        };
        (i32::from(asked) + step).clamp(1, 7)
    }
}

/// The record of one person in one trade: at least one claim, at most [`CLAIMS_MAX`].
pub fn record(
    choices: &mut Choices,
    person: PersonId,
    trade: &Trade,
    grade: Grade,
    today: CivilDate,
) -> Vec<NewSkillClaim> {
    let (essential, other) = grade.coverage();
    let mut claims = Vec::new();
    for need in &trade.needs {
        if choices.chance(if need.essential { essential } else { other }) {
            claims.push(claim(choices, person, *need, grade, today));
        }
    }
    if claims.is_empty()
        && let Some(need) = trade.needs.first()
    {
        claims.push(claim(choices, person, *need, grade, today));
    }
    claims.truncate(CLAIMS_MAX);
    claims
}

fn claim(
    choices: &mut Choices,
    person: PersonId,
    need: Need,
    grade: Grade,
    today: CivilDate,
) -> NewSkillClaim {
    let evidence = grade.evidence(choices);
    // Now and then an examination shows that somebody cannot do it at all.
    let absent = evidence == EvidenceKind::Assessed && grade != Grade::Master && choices.chance(5);
    let level = if absent { 0 } else { grade.level(need.level, choices) };
    let months = match grade {
        Grade::Master => choices.between(1, 10),
        Grade::Graduate => choices.between(1, 26),
        Grade::Worker => choices.between(4, 44),
        Grade::Learner | Grade::Starter => choices.between(0, 12),
    };
    let achieved_on = before(today, months, choices.between(0, 27));
    let idle = match grade {
        Grade::Master => choices.between(0, 2),
        Grade::Graduate | Grade::Learner => choices.between(0, 8),
        Grade::Worker | Grade::Starter => choices.between(0, 16),
    };
    let used = before(today, idle.min(months), 0).max(achieved_on);
    let expires = evidence == EvidenceKind::Certified && choices.chance(60);
    NewSkillClaim {
        person,
        skill: need.skill,
        level,
        evidence,
        achieved_on,
        last_used_on: (!absent && choices.chance(85)).then_some(used),
        valid_until: expires.then(|| after_months(achieved_on, if choices.chance(25) { 12 } else { 36 })),
        decay: None,
        supersedes: None,
    }
}

/// Months and days before a date.
pub fn before(date: CivilDate, months: i64, days: i64) -> CivilDate {
    let months = Months::new(u32::try_from(months).unwrap_or(0));
    let days = Days::new(u64::try_from(days).unwrap_or(0));
    date.checked_sub_months(months).and_then(|d| d.checked_sub_days(days)).unwrap_or(date)
}

/// Days after a date; before it when negative.
pub fn after(date: CivilDate, days: i64) -> CivilDate {
    let step = Days::new(days.unsigned_abs());
    let moved = if days < 0 { date.checked_sub_days(step) } else { date.checked_add_days(step) };
    moved.unwrap_or(date)
}

/// Months after a date.
pub fn after_months(date: CivilDate, months: u32) -> CivilDate {
    date.checked_add_months(Months::new(months)).unwrap_or(date)
}

#[cfg(test)]
mod tests {
    use ballast_domain::record::skill_claim::{Claim, DecayClass, check};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn every_record_is_sound_and_within_its_size() {
        let today = CivilDate::from_ymd_opt(2026, 11, 24).unwrap();
        let trades = Trades::of(&house::parse(house::EMBEDDED).unwrap());
        let mut choices = Choices::new(3);
        let mut absent = 0;
        for key in ["lockstitch-sewer", "loom-operator", "quality-inspector", "packer"] {
            let trade = trades.get(key).unwrap();
            assert!(trade.needs.is_sorted_by_key(|need| !need.essential), "{key}");
            for _ in 0..400 {
                let grade = Grade::draw(&mut choices);
                let claims = record(&mut choices, PersonId(Uuid::nil()), trade, grade, today);
                assert!((1..=CLAIMS_MAX).contains(&claims.len()));
                for new in claims {
                    absent += usize::from(new.level == 0);
                    let claim = Claim {
                        skill: new.skill,
                        level: u8::try_from(new.level).unwrap(),
                        evidence: new.evidence,
                        achieved_on: new.achieved_on,
                        last_used_on: new.last_used_on.unwrap_or(new.achieved_on),
                        valid_until: new.valid_until,
                        decay: DecayClass::Mixed,
                    };
                    assert_eq!(check(&claim, today), Ok(()), "{new:?}");
                }
            }
        }
        assert!(absent > 0);
        assert!(trades.get("astronaut").is_err());
    }
}
