//! Version 1 of the API: what goes over the wire, and which use case answers. The structs hold no state, so
//! that the document needs neither a server nor a database.

pub mod identity;
pub mod page;
pub mod person;
pub mod taxonomy;

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
    /// Many rows at once from a file.
    Exchange,
    /// The log.
    Audit,
}
