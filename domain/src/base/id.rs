//! Typed ids. A person's id cannot be passed where a vacancy's is wanted.
//!
//! The bytes are a UUID: version 7 for most nouns, random (version 4) for people, enrolments, permits and
//! households, whose order of registration must not be readable.

use std::fmt;

use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )+};
}

ids! {
    /// A school, factory, bureau, agency or association.
    OrganisationId,
    /// A plant, campus, dormitory or office of an organisation.
    SiteId,
    /// A border port.
    PortId,
    /// A login.
    UserId,
    /// A human being: trainee, worker, household member.
    PersonId,
    /// A kind of job in a classification.
    OccupationId,
    /// A skill or a piece of knowledge in a classification.
    SkillId,
    /// One append-only statement about one skill of one person.
    SkillClaimId,
    /// A contract between a school and a factory.
    AgreementId,
    /// A class that a school runs with a factory.
    JointClassId,
    /// One person in one joint class.
    EnrolmentId,
    /// A correction, an erasure or a review that a person asks for.
    RightsRequestId,
    /// A household that a bureau registered.
    HouseholdId,
    /// A decision about a household.
    TargetingId,
    /// A post that a factory wants to fill.
    VacancyId,
    /// A foreign worker's permit.
    PermitId,
    /// One entry of the log.
    AuditEntryId,
    /// Work that is done later.
    JobId,
    /// Something that a user is told.
    NotificationId,
    /// A factory's request to know who a person is, and the person's answer.
    ConsentId,
    /// One login that acts for one person.
    GuardianId,
    /// What was said of two people who may be one.
    DuplicateCaseId,
}
