//! A ranking profile as a TOML file, and the one that ships inside the binary.
//!
//! Every number that a ranking uses is in the file: there are no defaults, and an unknown field is an error.

use std::fmt::Write as _;
use std::num::NonZeroU32;

use ballast_domain::matching::profile::{Problem, Profile};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// The profile that ships inside the binary.
pub const EMBEDDED: &str = include_str!("../../../rules/ranking/house-1.toml");

/// Why a file is not a ranking profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not TOML, or not of this form: an unknown field, a missing one, a number that is negative or broken.
    #[error("line {line}: {detail}")]
    Form {
        /// The line, from 1; zero where the reader cannot tell.
        line: usize,
        /// What the reader says.
        detail: String,
    },
    /// Of the right form, but the numbers do not add up.
    #[error("the profile does not add up: {0:?}")]
    Sums(Problem),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    version: NonZeroU32,
    skill_points: u32,
    certificate_points: u32,
    shift_points: u32,
    wage_steps: Vec<WageStep>,
    distance_points: DistancePoints,
    dormitory: Dormitory,
    class_points: ClassPoints,
    evidence_permille: EvidencePermille,
    decay_permille: DecayPermille,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WageStep {
    wish_bp_max: u32,
    points: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DistancePoints {
    village: u32,
    township: u32,
    county: u32,
    city: u32,
    province: u32,
    elsewhere: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Dormitory {
    points: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassPoints {
    enrolled: u32,
    finished: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EvidencePermille {
    certified: u32,
    assessed: u32,
    observed: u32,
    trained: u32,
    #[serde(rename = "self")]
    own: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DecayPermille {
    accuracy: Vec<u32>,
    speed: Vec<u32>,
    mixed: Vec<u32>,
}

/// Reads a profile and checks that it adds up.
///
/// # Errors
/// [`Error::Form`] with the line, or [`Error::Sums`] with what [`Profile::check`] found.
pub fn parse(text: &str) -> Result<Profile, Error> {
    let file: File = toml::from_str(text).map_err(|error| Error::Form {
        line: error.span().map_or(0, |span| line_of(text, span.start)),
        detail: error.message().to_owned(),
    })?;
    let profile = Profile::from(file);
    profile.check().map_err(Error::Sums)?;
    Ok(profile)
}

/// The SHA-256 of the file's bytes in lower-case hex, by which a decision names the profile it used.
#[must_use]
pub fn digest(text: &str) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

impl From<File> for Profile {
    fn from(file: File) -> Self {
        let distance = file.distance_points;
        let evidence = file.evidence_permille;
        let decay = file.decay_permille;
        Self {
            name: file.name,
            version: file.version.get(),
            skill_points: file.skill_points,
            certificate_points: file.certificate_points,
            wage_steps: file.wage_steps.into_iter().map(|step| (step.wish_bp_max, step.points)).collect(),
            distance_points: [
                distance.village,
                distance.township,
                distance.county,
                distance.city,
                distance.province,
                distance.elsewhere,
            ],
            dormitory_points: file.dormitory.points,
            shift_points: file.shift_points,
            class_points: (file.class_points.enrolled, file.class_points.finished),
            evidence_permille: [
                evidence.own,
                evidence.trained,
                evidence.observed,
                evidence.assessed,
                evidence.certified,
            ],
            decay_permille: [decay.accuracy, decay.speed, decay.mixed],
        }
    }
}

#[cfg(test)]
mod tests {
    use ballast_domain::record::skill_claim::{DecayClass, EvidenceKind};

    use super::*;

    #[test]
    fn the_embedded_profile_adds_up_and_has_the_published_numbers() {
        let profile = parse(EMBEDDED).unwrap();
        assert_eq!((profile.name.as_str(), profile.version), ("house", 1));
        assert_eq!((profile.skill_points, profile.certificate_points, profile.shift_points), (740, 80, 30));
        assert_eq!((profile.wage_points_max(), profile.place_points_max()), (70, 50));
        assert_eq!(profile.class_points, (15, 30));
        let evidence = EvidenceKind::ALL.map(|kind| profile.evidence(kind));
        assert_eq!(evidence, [400, 600, 800, 900, 1000]);
        assert_eq!(DecayClass::ALL.map(|class| profile.decay(class, 3)), [726, 852, 828]);
        assert_eq!(DecayClass::ALL.map(|class| profile.decay(class, 12)), [278, 527, 469]);
    }

    #[test]
    fn the_decay_tables_are_the_half_lives_computed_anew() {
        let profile = parse(EMBEDDED).unwrap();
        for (class, half_life_months) in DecayClass::ALL.into_iter().zip([6.5, 13.0, 11.0]) {
            for month in 0..=60 {
                let half_lives = f64::from(month) / half_life_months;
                let exact = 1000.0 * 0.5f64.powf(half_lives);
                // Whole half-lives are exact in binary (four leave 62.5, which rounds up). Elsewhere a double
                // decides the rounding, as no value comes near a half.
                let far_from_half = (exact.fract() - 0.5).abs() > 1e-6;
                assert!(half_lives.fract() == 0.0 || far_from_half, "{class:?} {month}");
                let expected = (exact + 0.5).floor();
                assert!(
                    (f64::from(profile.decay(class, month)) - expected).abs() < 1e-9,
                    "{class:?} {month}"
                );
            }
            assert_eq!(profile.decay(class, 61), profile.decay(class, 60), "later months count as the last");
        }
    }

    #[test]
    fn a_profile_that_does_not_add_up_is_refused() {
        let raised = EMBEDDED.replace("certificate_points = 80", "certificate_points = 81");
        assert_eq!(parse(&raised), Err(Error::Sums(Problem::Sum { found: 1001 })));
        let wrapping = EMBEDDED
            .replace("skill_points = 740", "skill_points = 4294967295")
            .replace("certificate_points = 80", "certificate_points = 821");
        assert_eq!(parse(&wrapping), Err(Error::Sums(Problem::Sum { found: u32::MAX })));
        let boosted = EMBEDDED.replace("certified = 1000", "certified = 1001");
        assert_eq!(parse(&boosted), Err(Error::Sums(Problem::Share)));
        let short = EMBEDDED.replace("wish_bp_max = 10000", "wish_bp_max = 9999");
        assert_eq!(parse(&short), Err(Error::Sums(Problem::WageSteps)));
    }

    #[test]
    fn what_the_form_does_not_know_is_refused_with_its_line() {
        let unknown = format!("poverty_points = 10\n{EMBEDDED}");
        let Err(Error::Form { line, detail }) = parse(&unknown) else { panic!("an unknown field was read") };
        assert_eq!(line, 1);
        assert!(detail.contains("poverty_points"), "{detail}");
        for broken in [
            EMBEDDED.replace("version = 1\n", "version = 0\n"),
            EMBEDDED.replace("skill_points = 740", "skill_points = -740"),
            EMBEDDED.replace("shift_points = 30\n", ""),
        ] {
            assert!(matches!(parse(&broken), Err(Error::Form { .. })));
        }
    }

    #[test]
    fn the_digest_is_sha_256_of_the_bytes() {
        assert_eq!(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_ne!(digest(EMBEDDED), digest(&EMBEDDED.replace('\n', "\r\n")));
    }
}
