//! The bars that count before a selection: C1, C2, C6a, C8 of the checks for a permit.
//!
//! Each gives a verdict of three values with what it needed and found. An unknown never passes.

use super::bundle::{self, Document, Part};
use crate::base::civil_time::{CivilDate, age_on, comes_of_age};
use crate::base::unknown::Verdict;
use crate::person::nationality::{self, Country, Doubt};

/// Nobody works before this age (Labour Law of the PRC, art. 15).
pub const WORKING_AGE: i32 = 16;
/// No foreigner works before this age (rules on the employment of foreigners, 1996, art. 7).
pub const FOREIGN_WORKING_AGE: i32 = 18;

/// What the law has to know of a person, whatever the post.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Standing records of nationality.
    pub nationalities: &'a [nationality::Record],
    /// Country of birth, where known.
    pub birthplace: Option<Country>,
    /// Date of birth, where known.
    pub birth_date: Option<CivilDate>,
    /// Standing documents of the person-bound parts.
    pub documents: &'a [Document],
}

/// What one check found. Its verdict follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// C1: some record of the DPRK.
    Dprk,
    /// C2: no nationality is proved.
    NationalityUnproved(Doubt),
    /// C6a: too young on the start date.
    UnderAge {
        /// Years that the law asks.
        needed: i32,
        /// Years on the start date.
        found: i32,
        /// The first lawful day.
        from: CivilDate,
    },
    /// C6a: no birth date.
    AgeUnknown,
    /// C8: a part of the bundle is missing or has no recorded end.
    DocumentUnknown(Part),
    /// C8: a part ends before the start date.
    DocumentEnded(Part, CivilDate),
    /// C8: a part begins after the start date.
    DocumentBegins(Part, CivilDate),
}

impl Finding {
    /// The check's id in the published list.
    #[must_use]
    pub fn check(self) -> &'static str {
        match self {
            Self::Dprk => "C1",
            Self::NationalityUnproved(_) => "C2",
            Self::UnderAge { .. } | Self::AgeUnknown => "C6a",
            Self::DocumentUnknown(_) | Self::DocumentEnded(..) | Self::DocumentBegins(..) => "C8",
        }
    }

    /// The stable code of what was found, also the key of its words. Codes hold no figures: a birth date or a
    /// country never follows from one, but for the DPRK.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Dprk => "dprk",
            Self::NationalityUnproved(Doubt::Missing) => "nationality_missing",
            Self::NationalityUnproved(Doubt::Declared) => "nationality_declared",
            Self::NationalityUnproved(Doubt::Contradicted) => "nationality_contradicted",
            Self::NationalityUnproved(Doubt::Birthplace) => "nationality_birthplace",
            Self::UnderAge { .. } => "under_age",
            Self::AgeUnknown => "age_unknown",
            Self::DocumentUnknown(_) => "document_unknown",
            Self::DocumentEnded(..) => "document_ended",
            Self::DocumentBegins(..) => "document_begins",
        }
    }

    /// The part of the bundle that it is about, if it is about one.
    #[must_use]
    pub fn part(self) -> Option<Part> {
        match self {
            Self::DocumentUnknown(part) | Self::DocumentEnded(part, _) | Self::DocumentBegins(part, _) => {
                Some(part)
            }
            Self::Dprk | Self::NationalityUnproved(_) | Self::UnderAge { .. } | Self::AgeUnknown => None,
        }
    }

    /// Bar or unknown. A check that passes finds nothing.
    #[must_use]
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Dprk | Self::UnderAge { .. } | Self::DocumentEnded(..) | Self::DocumentBegins(..) => {
                Verdict::Bar
            }
            Self::NationalityUnproved(_) | Self::AgeUnknown | Self::DocumentUnknown(_) => Verdict::Unknown,
        }
    }
}

/// Whether the person is proved to be foreign; `None` while no nationality is proved.
#[must_use]
pub fn is_foreign(facts: &Facts<'_>) -> Option<bool> {
    match nationality::weigh(facts.nationalities, facts.birthplace) {
        nationality::Finding::Local => Some(false),
        nationality::Finding::Foreign(_) | nationality::Finding::Barred => Some(true),
        nationality::Finding::Unproved(_) => None,
    }
}

/// Runs the four checks for work that begins on `start`, and reports each finding that is not a pass.
pub fn screen(facts: &Facts<'_>, start: CivilDate, mut report: impl FnMut(Finding)) {
    let weighed = nationality::weigh(facts.nationalities, facts.birthplace);
    match weighed {
        nationality::Finding::Barred => report(Finding::Dprk),
        nationality::Finding::Unproved(doubt) => report(Finding::NationalityUnproved(doubt)),
        nationality::Finding::Local | nationality::Finding::Foreign(_) => {}
    }
    let foreign = matches!(weighed, nationality::Finding::Foreign(_) | nationality::Finding::Barred);
    let needed = if foreign { FOREIGN_WORKING_AGE } else { WORKING_AGE };
    match facts.birth_date {
        None => report(Finding::AgeUnknown),
        Some(birth) if age_on(birth, start) < needed => report(Finding::UnderAge {
            needed,
            found: age_on(birth, start),
            from: comes_of_age(birth, needed),
        }),
        Some(_) => {}
    }
    if foreign {
        for part in Part::ALL {
            match bundle::find(facts.documents, part, start) {
                bundle::Finding::Covers(_) => {}
                bundle::Finding::Unknown => report(Finding::DocumentUnknown(part)),
                bundle::Finding::Ended(until) => report(Finding::DocumentEnded(part, until)),
                bundle::Finding::Begins(from) => report(Finding::DocumentBegins(part, from)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::nationality::Evidence;

    fn date(y: i32, m: u32, d: u32) -> CivilDate {
        CivilDate::from_ymd_opt(y, m, d).unwrap()
    }

    fn findings(facts: &Facts<'_>, start: CivilDate) -> Vec<Finding> {
        let mut found = Vec::new();
        screen(facts, start, |f| found.push(f));
        found
    }

    #[test]
    fn seventeen_may_work_as_a_local_and_not_as_a_foreigner() {
        let start = date(2026, 12, 1);
        let birth_date = Some(date(2009, 6, 1));
        let of = |code: &str| {
            vec![nationality::Record { country: Country::parse(code).unwrap(), evidence: Evidence::Document }]
        };
        let documents: Vec<Document> = Part::ALL
            .into_iter()
            .map(|part| Document { part, valid_from: None, valid_until: Some(date(2027, 6, 1)) })
            .collect();
        let local = of("CN");
        let facts = Facts { nationalities: &local, birthplace: None, birth_date, documents: &documents };
        assert_eq!(findings(&facts, start), []);
        let foreign = of("VN");
        let facts = Facts { nationalities: &foreign, birthplace: None, birth_date, documents: &documents };
        let expected = Finding::UnderAge { needed: 18, found: 17, from: date(2027, 6, 1) };
        assert_eq!(findings(&facts, start), [expected]);
    }

    #[test]
    fn nothing_known_passes_nothing() {
        let facts = Facts { nationalities: &[], birthplace: None, birth_date: None, documents: &[] };
        let found = findings(&facts, date(2026, 12, 1));
        assert_eq!(found, [Finding::NationalityUnproved(Doubt::Missing), Finding::AgeUnknown]);
        assert!(found.iter().all(|f| f.verdict() == Verdict::Unknown));
    }
}
