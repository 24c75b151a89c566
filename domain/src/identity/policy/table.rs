//! What can be asked of the system, and who may do it.

use super::role::Role;

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// Everything that can be asked of the system, one name each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action { $($(#[$doc])* $name),+ }

        impl Action {
            /// All actions, in the order of the policy table.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The name, as printed in the policy table and the log.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),+ }
            }
        }

        /// The actions as types, for [`Grant`](super::Grant) and [`Scope`](super::Scope).
        pub mod act {
            use super::{Action, Act};
            $($(#[$doc])* #[derive(Clone, Copy, Debug)] pub struct $name;
            impl Act for $name { const ACTION: Action = Action::$name; })+
        }
    };
}

/// An [`Action`] as a type.
pub trait Act {
    /// Which one.
    const ACTION: Action;
}

actions! {
    /// Make or change an organisation, its sites and ports.
    ManageOrganisation,
    /// Read organisations, sites and ports: names and regions, nothing personal.
    ReadOrganisation,
    /// Make logins and memberships.
    ManageUser,
    /// Read logins and memberships.
    ReadUser,
    /// Load a classification or another release of it.
    ImportTaxonomy,
    /// Read occupations and skills.
    ReadTaxonomy,
    /// Register a person with names, documents and secrets.
    RegisterPerson,
    /// Read a person by name.
    ReadPerson,
    /// Read the numbers of a person and of their papers with the middle covered.
    ReadNumber,
    /// Read them in full, for a purpose that the log keeps.
    UncoverNumber,
    /// Record a further nationality or paper of a person, or put one in the place of a wrong record.
    RecordIdentity,
    /// Record what an authority says of a nationality, which alone takes the place of one that bars.
    SettleNationality,
    /// Say what a person wants: dates, regions, wage, shifts.
    RecordAvailability,
    /// Add a claim about a skill of a person.
    RecordSkillClaim,
    /// Read the skill record of a named person.
    ReadSkillClaim,
    /// Sign an agreement and open joint classes under it.
    ManageJointClass,
    /// Read joint classes and their counts.
    ReadJointClass,
    /// Enrol a person in a joint class, or end the enrolment.
    EnrolTrainee,
    /// Read the roster of a joint class by name.
    ReadEnrolment,
    /// Register a household and its members.
    RegisterHousehold,
    /// Read households and decisions about them.
    ReadHousehold,
    /// Decide whether a household is targeted.
    DecideTargeting,
    /// Post, change or close a vacancy.
    ManageVacancy,
    /// Read vacancies.
    ReadVacancy,
    /// Rank people for a vacancy as its factory: pseudonyms and coded counts.
    RankVacancy,
    /// Rank people for a vacancy with full reasons and the names in one's own region.
    ExplainRanking,
    /// Ask people on a vacancy's shortlist to let its factory know who they are.
    AskConsent,
    /// Read who lets one's factory know who they are, and how to reach them.
    ReadContact,
    /// Read by whom one was asked, and what one answered.
    ReadConsent,
    /// Give a consent, refuse it, or take it back.
    AnswerConsent,
    /// Say who acts for a person, and that somebody no longer does.
    ManageGuardian,
    /// Read who acts for whom.
    ReadGuardian,
    /// See which registrations may be one human being's, say whether they are, and take it back.
    SettleDuplicate,
    /// Draft a permit and its bundle.
    DraftPermit,
    /// Submit or withdraw a drafted permit.
    SubmitPermit,
    /// Read permits and their bundles.
    ReadPermit,
    /// Register a foreign worker with nationality and documents at a port.
    RegisterForeignWorker,
    /// Read the log.
    ReadAudit,
    /// Begin a new name of the log after a backup was put back. The operator's alone.
    AdoptLog,
    /// Replace the keys that seal and index secrets. The operator's alone.
    RotateKey,
    /// Erase a person: nothing but a stub stays.
    ErasePerson,
    /// Place a legal hold on a person, so that nobody erases them, and lift it.
    HoldPerson,
    /// Read everything that is held of oneself, with who has read it.
    ReadOwnData,
    /// Ask for a correction, an erasure or a review by a human, for oneself or a ward.
    AskRight,
    /// Take back what one asked for by right, for oneself or a ward, while nobody has decided.
    WithdrawRight,
    /// Read what people ask for by right: one's own, and what one decides about.
    ReadRightsRequest,
    /// Decide about a correction that a person asks for.
    DecideCorrection,
    /// Answer whoever asks that a human looks at what was decided by automation.
    DecideReview,
    /// Set for how long people's records are kept. The operator's alone.
    SetRetention,
    /// Read jobs: what is done later, and how far it is.
    ReadJob,
    /// Take a job back before it is over.
    CancelJob,
    /// Read what one is told, and say that one has read it.
    ReadNotification,
    /// Sign in and out as oneself.
    SignIn,
    /// Invite members, let them set another password, end their roles.
    ManageMember,
    /// Give a person at the desk a code by which they set a password.
    IssueSignInCode,
    /// Open a login for a person at the desk who has none.
    OpenLogin,
    /// Change one's own password and second factor, and end one's own sessions and tokens.
    ManageSignIn,
    /// Take away the second factor of a login whose owner has lost it.
    ResetSecondFactor,
    /// Say where an organisation's people sign in by OpenID Connect.
    ManageOpenId,
}

impl Action {
    /// Whether it decides about a person, which is for another human being than that person and those who act for
    /// them, whatever their roles reach.
    #[must_use]
    pub fn is_for_another(self) -> bool {
        matches!(
            self,
            Self::DecideTargeting
                | Self::ManageGuardian
                | Self::RecordIdentity
                | Self::SettleNationality
                | Self::OpenLogin
                | Self::ErasePerson
                | Self::HoldPerson
                | Self::DecideCorrection
                | Self::DecideReview
        )
    }
}

/// How far a role's power over an action reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Not at all.
    Never,
    /// Rows of the membership's own organisation, or shared with it.
    Own,
    /// People with an open tie to the membership's organisation, and rows that hang on them.
    Tied,
    /// Rows in the region of the membership's bureau.
    Region,
    /// Rows about the actor's own person, or of the actor's own login.
    Oneself,
    /// Rows about the actor's own person, and about those whose guardian the actor is today.
    Ward,
    /// Every row.
    Any,
}

/// The whole policy: for each action what everybody may, and who may more or less than that. One `match` without a
/// wildcard, so that the compiler finds an action that is missing.
#[must_use]
pub fn rule(role: Role, action: Action) -> Rule {
    use Role::{
        Administrator, Agent, Auditor, FactoryHr, ForeignWorker, Guardian, LabourOfficial, Mentor,
        OrganisationAdministrator, OutsideAuditor, PermitApprover, PermitChecker, PortDesk, QuotaOfficer,
        SchoolRegistrar, TargetingOfficer, Teacher, Trainee, VillageCadre,
    };
    use Rule::{Any, Never, Oneself, Own, Region, Tied, Ward};
    let (everybody, others): (Rule, &[(Role, Rule)]) = match action {
        Action::ManageOrganisation => (Never, &[(Administrator, Any)]),
        Action::ReadOrganisation => (Any, &[]),
        Action::ManageUser => (Never, &[(Administrator, Any)]),
        Action::ReadUser => (
            Own,
            &[
                (Administrator, Any),
                (OutsideAuditor, Never),
                (Trainee, Oneself),
                (ForeignWorker, Oneself),
                (Guardian, Oneself),
            ],
        ),
        Action::ImportTaxonomy => (Never, &[(Administrator, Any)]),
        Action::ReadTaxonomy => (Any, &[]),
        Action::RegisterPerson => (Never, &[(SchoolRegistrar, Own), (LabourOfficial, Own)]),
        Action::ReadPerson => (
            Never,
            &[
                (SchoolRegistrar, Tied),
                (Teacher, Tied),
                (LabourOfficial, Region),
                (TargetingOfficer, Region),
                (PermitChecker, Region),
                (PermitApprover, Region),
                (VillageCadre, Region),
                (PortDesk, Tied),
                (Trainee, Oneself),
                (ForeignWorker, Oneself),
                (Guardian, Ward),
            ],
        ),
        Action::ReadNumber => (
            Never,
            &[
                (SchoolRegistrar, Tied),
                (LabourOfficial, Region),
                (TargetingOfficer, Region),
                (PermitChecker, Region),
                (PermitApprover, Region),
                (PortDesk, Tied),
            ],
        ),
        Action::UncoverNumber => (
            Never,
            &[
                (SchoolRegistrar, Tied),
                (LabourOfficial, Region),
                (TargetingOfficer, Region),
                (PermitChecker, Region),
                (PortDesk, Tied),
            ],
        ),
        Action::RecordIdentity => {
            (Never, &[(SchoolRegistrar, Tied), (LabourOfficial, Region), (PortDesk, Tied)])
        }
        Action::SettleNationality => (Never, &[(LabourOfficial, Region)]),
        Action::RecordAvailability => (
            Never,
            &[
                (SchoolRegistrar, Tied),
                (LabourOfficial, Region),
                (Trainee, Oneself),
                (ForeignWorker, Oneself),
                (Guardian, Ward),
            ],
        ),
        Action::RecordSkillClaim => {
            (Never, &[(SchoolRegistrar, Tied), (Teacher, Tied), (Trainee, Oneself), (ForeignWorker, Oneself)])
        }
        Action::ReadSkillClaim => (
            Never,
            &[
                (SchoolRegistrar, Tied),
                (Teacher, Tied),
                (LabourOfficial, Region),
                (Trainee, Oneself),
                (ForeignWorker, Oneself),
                (Guardian, Ward),
            ],
        ),
        Action::ManageJointClass => (Never, &[(SchoolRegistrar, Own)]),
        Action::ReadJointClass => (
            Never,
            &[
                (SchoolRegistrar, Own),
                (Teacher, Own),
                (FactoryHr, Own),
                (Mentor, Own),
                (LabourOfficial, Region),
                (Trainee, Oneself),
                (Guardian, Ward),
            ],
        ),
        Action::EnrolTrainee => (Never, &[(SchoolRegistrar, Own)]),
        Action::ReadEnrolment => (
            Never,
            &[
                (SchoolRegistrar, Own),
                (Teacher, Own),
                (LabourOfficial, Region),
                (Trainee, Oneself),
                (Guardian, Ward),
            ],
        ),
        Action::RegisterHousehold => {
            (Never, &[(LabourOfficial, Own), (TargetingOfficer, Own), (VillageCadre, Own)])
        }
        Action::ReadHousehold => {
            (Never, &[(LabourOfficial, Region), (TargetingOfficer, Region), (VillageCadre, Region)])
        }
        Action::DecideTargeting => (Never, &[(TargetingOfficer, Region)]),
        Action::ManageVacancy => (Never, &[(FactoryHr, Own)]),
        Action::ReadVacancy => (
            Never,
            &[
                (SchoolRegistrar, Any),
                (Teacher, Any),
                (FactoryHr, Own),
                (Mentor, Own),
                (Agent, Any),
                (LabourOfficial, Region),
                (PortDesk, Region),
                (Trainee, Any),
                (ForeignWorker, Any),
                (Guardian, Any),
            ],
        ),
        Action::RankVacancy => (Never, &[(FactoryHr, Own), (LabourOfficial, Region)]),
        Action::ExplainRanking => (Never, &[(LabourOfficial, Region)]),
        Action::AskConsent | Action::ReadContact => (Never, &[(FactoryHr, Own)]),
        Action::ReadConsent | Action::AnswerConsent => {
            (Never, &[(Trainee, Oneself), (ForeignWorker, Oneself), (Guardian, Ward)])
        }
        Action::ManageGuardian => (Never, &[(SchoolRegistrar, Tied), (LabourOfficial, Region)]),
        Action::ReadGuardian => (
            Never,
            &[
                (SchoolRegistrar, Tied),
                (LabourOfficial, Region),
                (Trainee, Oneself),
                (ForeignWorker, Oneself),
                (Guardian, Oneself),
            ],
        ),
        Action::SettleDuplicate => (Never, &[(LabourOfficial, Region)]),
        Action::DraftPermit => (Never, &[(FactoryHr, Own), (LabourOfficial, Region), (PortDesk, Region)]),
        Action::SubmitPermit => (Never, &[(FactoryHr, Own), (LabourOfficial, Region)]),
        Action::ReadPermit => (
            Never,
            &[
                (FactoryHr, Own),
                (LabourOfficial, Region),
                (PermitChecker, Region),
                (PermitApprover, Region),
                (QuotaOfficer, Region),
                (Auditor, Region),
                (PortDesk, Region),
                (Trainee, Oneself),
                (ForeignWorker, Oneself),
            ],
        ),
        Action::RegisterForeignWorker => (Never, &[(LabourOfficial, Own), (PortDesk, Own)]),
        Action::ReadAudit => (
            Never,
            &[(Administrator, Any), (LabourOfficial, Region), (Auditor, Region), (OutsideAuditor, Any)],
        ),
        Action::AdoptLog | Action::RotateKey | Action::SetRetention => (Never, &[]),
        Action::ErasePerson => (Never, &[(LabourOfficial, Region)]),
        Action::HoldPerson => (Never, &[(Auditor, Region)]),
        Action::ReadOwnData | Action::AskRight | Action::WithdrawRight => {
            (Never, &[(Trainee, Oneself), (ForeignWorker, Oneself), (Guardian, Ward)])
        }
        Action::ReadRightsRequest => (
            Never,
            &[
                (SchoolRegistrar, Tied),
                (LabourOfficial, Region),
                (PortDesk, Tied),
                (Trainee, Oneself),
                (ForeignWorker, Oneself),
                (Guardian, Ward),
            ],
        ),
        Action::DecideCorrection => {
            (Never, &[(SchoolRegistrar, Tied), (LabourOfficial, Region), (PortDesk, Tied)])
        }
        Action::DecideReview => (Never, &[(LabourOfficial, Region)]),
        Action::ReadJob => (Oneself, &[(Administrator, Any)]),
        Action::CancelJob => (Never, &[(Administrator, Any)]),
        Action::ReadNotification => (Oneself, &[]),
        Action::ManageMember | Action::ManageOpenId => {
            (Never, &[(Administrator, Any), (OrganisationAdministrator, Own)])
        }
        Action::IssueSignInCode => {
            (Never, &[(SchoolRegistrar, Tied), (LabourOfficial, Region), (PortDesk, Tied)])
        }
        Action::OpenLogin => (Never, &[(SchoolRegistrar, Tied), (LabourOfficial, Tied), (PortDesk, Tied)]),
        Action::SignIn | Action::ManageSignIn => (Oneself, &[]),
        Action::ResetSecondFactor => (Never, &[(Administrator, Any), (OrganisationAdministrator, Own)]),
    };
    others.iter().find(|(other, _)| *other == role).map_or(everybody, |(_, rule)| *rule)
}
