//! Which nationality is proved, by what evidence: checks C1 and C2.
//!
//! Evidence decides, never ethnicity, and a birthplace is evidence that must be answered, not a nationality.

use crate::permit::bundle::Verification;

/// A country by its ISO 3166-1 alpha-2 code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// China.
    pub const CN: Self = Self(*b"CN");
    /// The Democratic People's Republic of Korea.
    pub const KP: Self = Self(*b"KP");

    /// Reads two capital ASCII letters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.as_bytes() {
            [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Some(Self([*a, *b])),
            _ => None,
        }
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("")
    }
}

impl std::fmt::Debug for Country {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a recorded nationality rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// The person's word, or a document that nobody has seen.
    Declared,
    /// A document that an officer has sighted or the issuer has confirmed.
    Document,
    /// A statement of the state concerned, or a court's.
    Authority,
}

impl Evidence {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Declared => "self_declared",
            Self::Document => "document",
            Self::Authority => "authority",
        }
    }

    /// The evidence of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Declared, Self::Document, Self::Authority].into_iter().find(|e| e.code() == code)
    }

    /// What a recorded evidence is worth. A document counts only when it is of the same country and somebody
    /// has seen it; else there is no more than the person's word. That word stays a record: it can still bar.
    #[must_use]
    pub fn worth(self, country: Country, document: Option<(Country, Verification)>) -> Self {
        match (self, document) {
            (Self::Document, Some((of, verification))) if of == country && verification.counts() => self,
            (Self::Document, _) => Self::Declared,
            (Self::Declared | Self::Authority, _) => self,
        }
    }
}

/// One recorded nationality that no later record supersedes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Of which country.
    pub country: Country,
    /// By what evidence.
    pub evidence: Evidence,
}

/// Whether a record counts only by the word of an authority, on top of what it takes to be recorded: what an authority
/// said is not replaced by less, and neither is a record that bars (C1), which a desk could else talk away.
#[must_use]
pub fn needs_authority(before: Option<Record>, new: Record) -> bool {
    let lifts = before.is_some_and(|before| {
        (before.country == Country::KP && new.country != Country::KP)
            || before.evidence == Evidence::Authority
    });
    lifts || new.evidence == Evidence::Authority
}

/// Why no nationality is proved (C2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Doubt {
    /// Nothing is recorded.
    Missing,
    /// Only the person's own word.
    Declared,
    /// Documents name different countries and no authority has said which holds.
    Contradicted,
    /// Born in the DPRK, with no proof of another nationality.
    Birthplace,
}

/// What the records amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A Chinese citizen, proved: a local person.
    Local,
    /// A foreign national, proved, with one of the countries.
    Foreign(Country),
    /// Some record names the DPRK (C1). A record made in error is superseded, never ignored.
    Barred,
    /// Not proved (C2).
    Unproved(Doubt),
}

/// Weighs all standing records of one person and the birthplace.
///
/// Source: UN Security Council resolutions 2375 (2017) §17 and 2397 (2017) §8, which turn on nationality in
/// whatever status income is earned.
#[must_use]
pub fn weigh(records: &[Record], birthplace: Option<Country>) -> Finding {
    if records.iter().any(|r| r.country == Country::KP) {
        return Finding::Barred;
    }
    let proved_by = |evidence| records.iter().filter(move |r| r.evidence == evidence).map(|r| r.country);
    let by_authority = proved_by(Evidence::Authority).min();
    let by_document = proved_by(Evidence::Document).min();
    let contradicted = by_authority.is_none() && proved_by(Evidence::Document).max() != by_document;
    if contradicted {
        return Finding::Unproved(Doubt::Contradicted);
    }
    let local = |evidence| proved_by(evidence).any(|c| c == Country::CN);
    match by_authority.or(by_document) {
        Some(_) if local(Evidence::Authority) || (by_authority.is_none() && local(Evidence::Document)) => {
            Finding::Local
        }
        Some(country) => Finding::Foreign(country),
        None if birthplace == Some(Country::KP) => Finding::Unproved(Doubt::Birthplace),
        None if records.is_empty() => Finding::Unproved(Doubt::Missing),
        None => Finding::Unproved(Doubt::Declared),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(code: &str, evidence: Evidence) -> Record {
        Record { country: Country::parse(code).unwrap(), evidence }
    }

    #[test]
    fn any_record_of_the_dprk_bars_whatever_else_is_proved() {
        for evidence in [Evidence::Declared, Evidence::Document, Evidence::Authority] {
            let records = [record("CN", Evidence::Authority), record("KP", evidence)];
            assert_eq!(weigh(&records, None), Finding::Barred);
        }
    }

    #[test]
    fn a_word_alone_proves_nothing() {
        assert_eq!(weigh(&[], None), Finding::Unproved(Doubt::Missing));
        assert_eq!(weigh(&[record("VN", Evidence::Declared)], None), Finding::Unproved(Doubt::Declared));
    }

    #[test]
    fn documents_that_disagree_prove_nothing_until_an_authority_speaks() {
        let mut records = vec![record("VN", Evidence::Document), record("MM", Evidence::Document)];
        assert_eq!(weigh(&records, None), Finding::Unproved(Doubt::Contradicted));
        records.push(record("MM", Evidence::Authority));
        assert_eq!(weigh(&records, None), Finding::Foreign(Country::parse("MM").unwrap()));
    }

    #[test]
    fn a_document_proves_only_its_own_country_and_only_when_somebody_saw_it() {
        let [vn, mm] = ["VN", "MM"].map(|code| Country::parse(code).unwrap());
        let worth = |document| Evidence::Document.worth(vn, document);
        assert_eq!(worth(Some((vn, Verification::Sighted))), Evidence::Document);
        assert_eq!(worth(Some((vn, Verification::Confirmed))), Evidence::Document);
        for nothing in [None, Some((vn, Verification::Unverified)), Some((mm, Verification::Confirmed))] {
            assert_eq!(worth(nothing), Evidence::Declared, "{nothing:?}");
        }
        assert_eq!(Evidence::Authority.worth(vn, None), Evidence::Authority);
    }

    #[test]
    fn what_bars_and_what_an_authority_said_gives_way_to_an_authority_alone() {
        use Evidence::{Authority, Declared, Document};
        let needs = |before: Option<(&str, Evidence)>, code: &str, evidence: Evidence| {
            needs_authority(before.map(|(code, evidence)| record(code, evidence)), record(code, evidence))
        };
        for evidence in [Declared, Document, Authority] {
            assert!(needs(Some(("KP", evidence)), "CN", Document), "a bar is not talked away");
            assert!(needs(Some(("VN", Authority)), "MM", evidence));
            assert!(needs(None, "CN", Authority), "what an authority says is not any desk's to say");
        }
        for evidence in [Declared, Document] {
            assert!(!needs(None, "KP", evidence), "what bars is always recorded");
            assert!(!needs(Some(("VN", evidence)), "KP", Declared));
            assert!(!needs(Some(("KP", evidence)), "KP", Declared), "it bars as before");
            assert!(!needs(Some(("VN", evidence)), "MM", Document));
        }
    }

    #[test]
    fn a_dprk_birthplace_asks_for_proof_and_proof_answers_it() {
        let born = Some(Country::KP);
        assert_eq!(weigh(&[record("MM", Evidence::Declared)], born), Finding::Unproved(Doubt::Birthplace));
        assert_eq!(weigh(&[record("CN", Evidence::Document)], born), Finding::Local);
    }
}
