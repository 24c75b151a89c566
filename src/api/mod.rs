//! Version 1 of the API: what goes over the wire, and which use case answers. The structs hold no state, so
//! that the document needs neither a server nor a database.

pub mod audit;
pub mod document;
pub mod exchange;
pub mod hiring;
pub mod identity;
pub mod matching;
pub mod organisation;
pub mod page;
pub mod permit;
pub mod person;
pub mod poverty;
pub mod record;
pub mod scalar;
pub mod taxonomy;
pub mod training;

pub use document::{document, serve_document};
use poem_openapi::{OpenApi, OpenApiService};

/// The chapters of the document.
#[derive(poem_openapi::Tags)]
pub enum Tag {
    /// Logins, tokens, roles.
    Identity,
    /// Schools, factories, bureaus, sites, ports.
    Organisation,
    /// People and what they want.
    Person,
    /// Skill records.
    Record,
    /// Occupations and skills.
    Taxonomy,
    /// Joint classes and enrolments.
    Training,
    /// Households and decisions about them.
    Poverty,
    /// Vacancies.
    Hiring,
    /// Ranked people for a vacancy.
    Matching,
    /// Foreign workers and their permits.
    Permit,
    /// Many rows at once from a file, work that is done later, what you were told.
    Exchange,
    /// The log.
    Audit,
}

/// Every operation, under `/api/v1`.
#[must_use]
pub fn service() -> OpenApiService<impl OpenApi, ()> {
    let identity = (
        identity::token::TokenApi,
        identity::user::UserApi,
        identity::session::SessionApi,
        identity::api_token::OwnTokenApi,
        (identity::password::PasswordApi, identity::mail_address::MailAddressApi),
        identity::second_factor::SecondFactorApi,
        identity::second_factor::SecondFactorResetApi,
        identity::sign_in_link::SignInLinkApi,
        (identity::open_id_link::OpenIdLinkApi, identity::open_id_provider::OpenIdProviderApi),
    );
    let organisation = (
        organisation::organisation::OrganisationApi,
        organisation::site::SiteApi,
        organisation::port::PortApi,
        organisation::region::RegionApi,
        organisation::country::CountryApi,
    );
    let people = (
        person::person::PersonApi,
        person::foreign_worker::ForeignWorkerApi,
        person::consent::ConsentApi,
        (person::consent::ContactApi, person::duplicate_case::DuplicateCaseApi),
        person::erasure::ErasureApi,
        person::guardian::GuardianApi,
        person::legal_hold::LegalHoldApi,
        (
            person::number::NumberApi,
            person::identity_document::IdentityDocumentApi,
            person::personal_data::PersonalDataApi,
            person::rights_request::RightsRequestApi,
        ),
        record::skill_claim::SkillClaimApi,
    );
    let taxonomy =
        (taxonomy::framework::FrameworkApi, taxonomy::occupation::OccupationApi, taxonomy::skill::SkillApi);
    let training = (
        training::agreement::AgreementApi,
        training::joint_class::JointClassApi,
        training::enrolment::EnrolmentApi,
    );
    let poverty = (poverty::household::HouseholdApi, poverty::targeting::TargetingApi);
    let hiring = (hiring::vacancy::VacancyApi, matching::shortlist::ShortlistApi);
    let permit = (permit::permit::PermitApi, permit::permit_document::PermitDocumentApi);
    let exchange =
        (exchange::import_run::ImportApi, exchange::job::JobApi, exchange::notification::NotificationApi);
    let all = (
        identity,
        organisation,
        people,
        taxonomy,
        training,
        poverty,
        hiring,
        permit,
        exchange,
        (audit::audit_entry::AuditEntryApi, audit::checkpoint::AuditCheckpointApi),
    );
    OpenApiService::new(all, "Ballast", env!("CARGO_PKG_VERSION"))
        .description("Joint classes, skill records, permits and vacancies, and the ranked shortlist.")
        .server("/api/v1")
}
