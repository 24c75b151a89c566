//! The bundle of documents behind a permit: its weakest expiry decides (check C8).

use crate::base::civil_time::CivilDate;

/// A part of the bundle. The first three go with the person, not with an employer; the others follow the selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// A passport or border pass.
    TravelDocument,
    /// The health certificate.
    HealthCertificate,
    /// The training certificate.
    TrainingCertificate,
    /// The work registration, bound to employer, post and area.
    WorkRegistration,
    /// The temporary residence.
    TemporaryResidence,
    /// The accident insurance.
    AccidentInsurance,
    /// The contract in both languages.
    BilingualContract,
    /// The place in the quota.
    QuotaLine,
}

impl Part {
    /// All parts that are asked for before a selection.
    pub const ALL: [Self; 3] = [Self::TravelDocument, Self::HealthCertificate, Self::TrainingCertificate];

    /// All eight, which a permit rests on.
    pub const BUNDLE: [Self; 8] = [
        Self::TravelDocument,
        Self::HealthCertificate,
        Self::TrainingCertificate,
        Self::WorkRegistration,
        Self::TemporaryResidence,
        Self::AccidentInsurance,
        Self::BilingualContract,
        Self::QuotaLine,
    ];

    /// The stable code, also the key of its name in the locale files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TravelDocument => "travel_document",
            Self::HealthCertificate => "health_certificate",
            Self::TrainingCertificate => "training_certificate",
            Self::WorkRegistration => "work_registration",
            Self::TemporaryResidence => "temporary_residence",
            Self::AccidentInsurance => "accident_insurance",
            Self::BilingualContract => "bilingual_contract",
            Self::QuotaLine => "quota_line",
        }
    }

    /// The part of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::BUNDLE.into_iter().find(|part| part.code() == code)
    }
}

/// How sure anybody is that a document is what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verification {
    /// Nobody has looked.
    Unverified,
    /// An officer has held it.
    Sighted,
    /// Its issuer has confirmed it.
    Confirmed,
}

impl Verification {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unverified => "unverified",
            Self::Sighted => "sighted",
            Self::Confirmed => "confirmed",
        }
    }

    /// The verification of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Unverified, Self::Sighted, Self::Confirmed].into_iter().find(|v| v.code() == code)
    }

    /// Whether a document of this kind is evidence of anything but its existence.
    #[must_use]
    pub fn counts(self) -> bool {
        self >= Self::Sighted
    }
}

/// One document that no later one supersedes. An end that is not recorded is unknown, not unlimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Document {
    /// Which part of the bundle it fills.
    pub part: Part,
    /// First day of validity.
    pub valid_from: Option<CivilDate>,
    /// Last day of validity, to its end.
    pub valid_until: Option<CivilDate>,
}

/// What the documents of one part say about one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// One covers the day; this is its last day.
    Covers(CivilDate),
    /// There is none, or its end is not recorded.
    Unknown,
    /// The best one ended before the day.
    Ended(CivilDate),
    /// The earliest one begins only after the day.
    Begins(CivilDate),
}

impl Finding {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Covers(_) => "covers",
            Self::Unknown => "unknown",
            Self::Ended(_) => "ended",
            Self::Begins(_) => "begins",
        }
    }

    /// The day that it turns on: the last one covered, the last one of what ended, the first one of what
    /// begins.
    #[must_use]
    pub fn day(self) -> Option<CivilDate> {
        match self {
            Self::Covers(day) | Self::Ended(day) | Self::Begins(day) => Some(day),
            Self::Unknown => None,
        }
    }
}

/// The best that the documents of `part` say about `day`: covering beats unknown, unknown beats ended.
#[must_use]
pub fn find(documents: &[Document], part: Part, day: CivilDate) -> Finding {
    let of_part = || documents.iter().filter(|d| d.part == part);
    let begun = |d: &&Document| d.valid_from.is_none_or(|from| from <= day);
    let covering = of_part().filter(begun).filter_map(|d| d.valid_until).filter(|until| *until >= day).max();
    if let Some(until) = covering {
        return Finding::Covers(until);
    }
    if of_part().all(|d| d.valid_until.is_some() && begun(&d)) {
        return of_part().filter_map(|d| d.valid_until).max().map_or(Finding::Unknown, Finding::Ended);
    }
    let open_end = of_part().filter(begun).any(|d| d.valid_until.is_none());
    let begins = of_part()
        .filter(|d| d.valid_until.is_some())
        .filter_map(|d| d.valid_from)
        .filter(|from| *from > day)
        .min();
    match begins {
        Some(from) if !open_end => Finding::Begins(from),
        _ => Finding::Unknown,
    }
}

/// The earliest expiry of the parts that go with the person: the last day that every one covers. `None` while any
/// part is unknown.
#[must_use]
pub fn weakest_expiry(documents: &[Document], day: CivilDate) -> Option<CivilDate> {
    weakest_of(&Part::ALL, documents, day).map(|(_, until)| until)
}

/// The part that ends first, with its last day; of two that end together the one that stands first. `None` while any
/// part is missing, or does not cover the day.
#[must_use]
pub fn weakest_of(parts: &[Part], documents: &[Document], day: CivilDate) -> Option<(Part, CivilDate)> {
    let end = |part: &Part| match find(documents, *part, day) {
        Finding::Covers(until) => Some((*part, until)),
        Finding::Unknown | Finding::Ended(_) | Finding::Begins(_) => None,
    };
    let ends: Option<Vec<(Part, CivilDate)>> = parts.iter().map(end).collect();
    ends?.into_iter().min_by_key(|(_, until)| *until)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(d: u32) -> CivilDate {
        CivilDate::from_ymd_opt(2026, 12, d).unwrap()
    }

    fn pass(from: Option<u32>, until: Option<u32>) -> Document {
        Document { part: Part::TravelDocument, valid_from: from.map(day), valid_until: until.map(day) }
    }

    #[test]
    fn a_document_is_valid_to_the_end_of_its_last_day() {
        let documents = [pass(Some(1), Some(10))];
        assert_eq!(find(&documents, Part::TravelDocument, day(10)), Finding::Covers(day(10)));
        assert_eq!(find(&documents, Part::TravelDocument, day(11)), Finding::Ended(day(10)));
    }

    #[test]
    fn missing_or_open_is_unknown_and_the_future_has_a_date() {
        assert_eq!(find(&[], Part::TravelDocument, day(1)), Finding::Unknown);
        assert_eq!(find(&[pass(None, None)], Part::TravelDocument, day(1)), Finding::Unknown);
        assert_eq!(find(&[pass(Some(5), Some(9))], Part::TravelDocument, day(1)), Finding::Begins(day(5)));
        for began in [None, Some(1)] {
            let ended_and_renewed = [pass(began, Some(2)), pass(Some(5), Some(9))];
            assert_eq!(find(&ended_and_renewed, Part::TravelDocument, day(3)), Finding::Begins(day(5)));
        }
    }

    #[test]
    fn the_weakest_part_decides() {
        let all: Vec<Document> = Part::ALL
            .into_iter()
            .zip([20, 12, 25])
            .map(|(part, until)| Document { part, valid_from: None, valid_until: Some(day(until)) })
            .collect();
        assert_eq!(weakest_expiry(&all, day(1)), Some(day(12)));
        assert_eq!(weakest_expiry(&all, day(13)), None);
        assert_eq!(weakest_expiry(all.get(..2).unwrap(), day(1)), None);
    }

    #[test]
    fn of_eight_parts_the_weakest_is_named_and_a_missing_one_is_unknown() {
        let all: Vec<Document> = Part::BUNDLE
            .into_iter()
            .zip([20, 12, 25, 20, 12, 20, 20, 20])
            .map(|(part, until)| Document { part, valid_from: None, valid_until: Some(day(until)) })
            .collect();
        assert_eq!(weakest_of(&Part::BUNDLE, &all, day(12)), Some((Part::HealthCertificate, day(12))));
        assert_eq!(weakest_of(&Part::BUNDLE, &all, day(13)), None);
        for missing in 0..all.len() {
            let mut seven = all.clone();
            seven.remove(missing);
            assert_eq!(weakest_of(&Part::BUNDLE, &seven, day(1)), None, "{missing}");
        }
        assert!(Part::BUNDLE.into_iter().all(|part| Part::parse(part.code()) == Some(part)));
    }
}
