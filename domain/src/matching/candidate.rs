//! What the matcher knows of one person.

use crate::base::civil_time::CivilDate;
use crate::base::id::{OrganisationId, PersonId};
use crate::base::money::Minor;
use crate::base::region::RegionCode;
use crate::permit::bar;
use crate::permit::bundle::Document;
use crate::person::nationality::{Country, Record};
use crate::record::skill_claim::Claim;

/// Shifts, as a small set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shifts {
    /// By day.
    pub day: bool,
    /// In the evening.
    pub evening: bool,
    /// At night.
    pub night: bool,
}

impl Shifts {
    /// How many shifts the set has.
    #[must_use]
    pub fn count(self) -> u32 {
        u32::from(self.day) + u32::from(self.evening) + u32::from(self.night)
    }

    /// Those in both sets.
    #[must_use]
    pub fn both(self, other: Self) -> Self {
        Self {
            day: self.day && other.day,
            evening: self.evening && other.evening,
            night: self.night && other.night,
        }
    }
}

/// What a person wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Availability {
    /// First day.
    pub from: CivilDate,
    /// Last day, where there is one.
    pub until: Option<CivilDate>,
    /// Where the person would work; a region holds those inside it.
    pub regions: Vec<RegionCode>,
    /// The least monthly wage, in minor units; `None` when the person has not said.
    pub wage_min_minor: Option<Minor>,
    /// Shifts that the person takes.
    pub shifts: Shifts,
    /// Whether the person would live in a dormitory; `None` when the person has not said.
    pub dormitory: Option<bool>,
}

/// How a person hangs together with a factory through a joint class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClassTie {
    /// Still in the class.
    Enrolled,
    /// Finished the class.
    Finished,
}

/// One person.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Who.
    pub id: PersonId,
    /// Date of birth.
    pub birth_date: Option<CivilDate>,
    /// Country of birth.
    pub birthplace: Option<Country>,
    /// Where the person lives.
    pub home: Option<RegionCode>,
    /// Standing records of nationality.
    pub nationalities: Vec<Record>,
    /// Standing person-bound documents.
    pub documents: Vec<Document>,
    /// What the person wants, as last said.
    pub availability: Option<Availability>,
    /// Standing claims about skills, in any order.
    pub claims: Vec<Claim>,
    /// Joint classes, by the factory that runs them.
    pub classes: Vec<(OrganisationId, ClassTie)>,
}

impl Candidate {
    /// What the law has to know.
    #[must_use]
    pub fn legal_facts(&self) -> bar::Facts<'_> {
        bar::Facts {
            nationalities: &self.nationalities,
            birthplace: self.birthplace,
            birth_date: self.birth_date,
            documents: &self.documents,
        }
    }
}
