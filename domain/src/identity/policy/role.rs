//! What a membership lets its holder be, and where it can be held.

use crate::organisation::organisation::OrganisationKind;

/// What a membership lets its holder be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Runs the installation: organisations, users, taxonomy. Sees no personal data by that.
    Administrator,
    /// Runs the logins of one organisation. Sees no personal data by that.
    OrganisationAdministrator,
    /// Enrols and certifies a school's trainees.
    SchoolRegistrar,
    /// Teaches and assesses a school's trainees.
    Teacher,
    /// Posts a factory's vacancies and hires.
    FactoryHr,
    /// Trains the trainees of a joint class in a factory.
    Mentor,
    /// Finds places for people, for an agency.
    Agent,
    /// The desk of a labour bureau: registers, reads and explains in the bureau's region, and decides nothing that
    /// is a duty of its own.
    LabourOfficial,
    /// Decides which households are targeted.
    TargetingOfficer,
    /// Checks a permit before somebody else approves it.
    PermitChecker,
    /// Approves a permit that somebody else has checked.
    PermitApprover,
    /// Keeps the quotas of a region.
    QuotaOfficer,
    /// Audits in a bureau's region.
    Auditor,
    /// Knows the households of a village, and registers them.
    VillageCadre,
    /// Registers foreign workers at a port.
    PortDesk,
    /// Verifies the log from outside. Sees no personal data by that.
    OutsideAuditor,
    /// A person with a login of their own.
    Trainee,
    /// A foreign worker with a login of their own.
    ForeignWorker,
    /// Acts for a child or a ward, and sees what they would see.
    Guardian,
}

impl Role {
    /// All roles, in the order of the policy table.
    pub const ALL: [Self; 19] = [
        Self::Administrator,
        Self::OrganisationAdministrator,
        Self::SchoolRegistrar,
        Self::Teacher,
        Self::FactoryHr,
        Self::Mentor,
        Self::Agent,
        Self::LabourOfficial,
        Self::TargetingOfficer,
        Self::PermitChecker,
        Self::PermitApprover,
        Self::QuotaOfficer,
        Self::Auditor,
        Self::VillageCadre,
        Self::PortDesk,
        Self::OutsideAuditor,
        Self::Trainee,
        Self::ForeignWorker,
        Self::Guardian,
    ];

    /// The stable code, as kept in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::OrganisationAdministrator => "organisation_administrator",
            Self::SchoolRegistrar => "school_registrar",
            Self::Teacher => "teacher",
            Self::FactoryHr => "factory_hr",
            Self::Mentor => "mentor",
            Self::Agent => "agent",
            Self::LabourOfficial => "labour_official",
            Self::TargetingOfficer => "targeting_officer",
            Self::PermitChecker => "permit_checker",
            Self::PermitApprover => "permit_approver",
            Self::QuotaOfficer => "quota_officer",
            Self::Auditor => "auditor",
            Self::VillageCadre => "village_cadre",
            Self::PortDesk => "port_desk",
            Self::OutsideAuditor => "outside_auditor",
            Self::Trainee => "trainee",
            Self::ForeignWorker => "foreign_worker",
            Self::Guardian => "guardian",
        }
    }

    /// The role of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// The kinds of organisation in which the role is held; empty for one that is held in none.
    pub(super) fn held_in(self) -> &'static [OrganisationKind] {
        use OrganisationKind::{Agency, Bureau, Factory, School};
        match self {
            Self::Administrator
            | Self::OutsideAuditor
            | Self::Trainee
            | Self::ForeignWorker
            | Self::Guardian => &[],
            Self::OrganisationAdministrator => &OrganisationKind::ALL,
            Self::SchoolRegistrar | Self::Teacher => &[School],
            Self::FactoryHr | Self::Mentor => &[Factory],
            Self::Agent => &[Agency],
            Self::LabourOfficial
            | Self::TargetingOfficer
            | Self::PermitChecker
            | Self::PermitApprover
            | Self::QuotaOfficer
            | Self::Auditor
            | Self::VillageCadre
            | Self::PortDesk => &[Bureau],
        }
    }

    /// Whether the role opens so much that a password alone is not enough for it: officials, and whoever runs logins.
    pub(super) fn needs_second_factor(self) -> bool {
        match self {
            Self::Administrator
            | Self::OrganisationAdministrator
            | Self::LabourOfficial
            | Self::TargetingOfficer
            | Self::PermitChecker
            | Self::PermitApprover
            | Self::QuotaOfficer
            | Self::Auditor
            | Self::VillageCadre
            | Self::PortDesk => true,
            Self::SchoolRegistrar
            | Self::Teacher
            | Self::FactoryHr
            | Self::Mentor
            | Self::Agent
            | Self::OutsideAuditor
            | Self::Trainee
            | Self::ForeignWorker
            | Self::Guardian => false,
        }
    }
}
