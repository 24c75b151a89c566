//! The weights of a ranking: versioned data, every number an integer.

use crate::base::region::Distance;
use crate::record::skill_claim::{DecayClass, EvidenceKind};

/// What a full score is.
pub const SCORE_MAX: u32 = 1000;
/// One whole, for evidence and decay.
pub const PERMILLE: u32 = 1000;
/// The months that a decay table covers; later months count as the last one.
pub const DECAY_MONTHS: usize = 61;

/// A ranking profile. [`Profile::check`] says whether it adds up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Its version, counted from 1.
    pub version: u32,
    /// Points for all skills together; a vacancy's weights share them out.
    pub skill_points: u32,
    /// Points when every essential skill is certified.
    pub certificate_points: u32,
    /// (the wage wished as basis points of the ceiling, at most; points), rising in the first.
    pub wage_steps: Vec<(u32, u32)>,
    /// Points for a home in the same village, township, county, city, province, elsewhere.
    pub distance_points: [u32; 6],
    /// Points when the post has a dormitory and the person would live in it.
    pub dormitory_points: u32,
    /// Points when every shift of the post is taken.
    pub shift_points: u32,
    /// Points for (enrolled in, finished) a joint class of this factory.
    pub class_points: (u32, u32),
    /// How far each kind of evidence counts, per mille, in the order of [`EvidenceKind::ALL`].
    pub evidence_permille: [u32; 5],
    /// What is left after whole months without use, per mille, in the order of [`DecayClass::ALL`].
    pub decay_permille: [Vec<u32>; 3],
}

/// Why a profile does not add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The best possible sum is not [`SCORE_MAX`].
    Sum {
        /// What it is.
        found: u32,
    },
    /// A share is over one whole, or a decay table rises or has the wrong length.
    Share,
    /// The steps for the wage are not in order, or fall short of the ceiling.
    WageSteps,
}

impl Profile {
    /// Checks the sums that every explanation relies on.
    ///
    /// # Errors
    /// The first [`Problem`].
    pub fn check(&self) -> Result<(), Problem> {
        let best_wage = self.wage_steps.iter().map(|(_, points)| *points).max().unwrap_or(0);
        let parts = [
            self.skill_points,
            self.certificate_points,
            best_wage,
            self.place_points_max(),
            self.shift_points,
            self.class_points_max(),
        ];
        // Saturating: figures from a file must not wrap round to the right sum.
        let found = parts.into_iter().fold(0u32, u32::saturating_add);
        if found != SCORE_MAX {
            return Err(Problem::Sum { found });
        }
        let falls = |table: &Vec<u32>| {
            table.len() == DECAY_MONTHS
                && table.first() == Some(&PERMILLE)
                && table.is_sorted_by(|a, b| a >= b)
        };
        let shares = self.evidence_permille.iter().all(|p| *p <= PERMILLE);
        if !shares || !self.decay_permille.iter().all(falls) {
            return Err(Problem::Share);
        }
        let rising = self.wage_steps.is_sorted_by(|a, b| a.0 < b.0 && a.1 >= b.1);
        if !rising || self.wage_steps.last().map(|s| s.0) != Some(10_000) {
            return Err(Problem::WageSteps);
        }
        Ok(())
    }

    /// How far a kind of evidence counts, per mille.
    #[must_use]
    pub fn evidence(&self, kind: EvidenceKind) -> u32 {
        let [own, trained, observed, assessed, certified] = self.evidence_permille;
        match kind {
            EvidenceKind::Own => own,
            EvidenceKind::Trained => trained,
            EvidenceKind::Observed => observed,
            EvidenceKind::Assessed => assessed,
            EvidenceKind::Certified => certified,
        }
    }

    /// What is left of a skill after whole months without use, per mille.
    #[must_use]
    pub fn decay(&self, class: DecayClass, months: u32) -> u32 {
        let [accuracy, speed, mixed] = &self.decay_permille;
        let table = match class {
            DecayClass::Accuracy => accuracy,
            DecayClass::Speed => speed,
            DecayClass::Mixed => mixed,
        };
        let month = usize::try_from(months).unwrap_or(usize::MAX).min(DECAY_MONTHS - 1);
        table.get(month).copied().unwrap_or(0)
    }

    /// Points for a distance.
    #[must_use]
    pub fn distance(&self, distance: Distance) -> u32 {
        let [village, township, county, city, province, elsewhere] = self.distance_points;
        match distance {
            Distance::Village => village,
            Distance::Township => township,
            Distance::County => county,
            Distance::City => city,
            Distance::Province => province,
            Distance::Elsewhere => elsewhere,
        }
    }

    /// The most that a wage can add.
    #[must_use]
    pub fn wage_points_max(&self) -> u32 {
        self.wage_steps.first().map_or(0, |(_, points)| *points)
    }

    /// The most that the place can add.
    #[must_use]
    pub fn place_points_max(&self) -> u32 {
        self.distance_points.into_iter().max().unwrap_or(0).max(self.dormitory_points)
    }

    /// The most that a joint class can add.
    #[must_use]
    pub fn class_points_max(&self) -> u32 {
        self.class_points.0.max(self.class_points.1)
    }
}
