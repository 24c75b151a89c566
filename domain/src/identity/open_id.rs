//! Whose logins an organisation's own sign-in opens, and what an organisation's sign-in is called.

use crate::base::id::OrganisationId;

use super::policy::role_is_of_a_person;
use crate::organisation::organisation::OrganisationKind;

/// How long somebody may take to sign in elsewhere, in seconds.
pub const SECONDS: i64 = 600;
/// How far the clocks of two servers may be apart, in seconds.
pub const LEEWAY_SECONDS: i64 = 60;
/// The most accounts elsewhere that one login is linked to.
pub const LINKS_MAX: u64 = 5;
/// The longest code of an organisation's sign-in, in characters; the shortest has two.
pub const CODE_CHARS_MAX: usize = 40;

/// Whose login it is, as an organisation sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Nobody's whom this installation has on record.
    NotOnRecord,
    /// Somebody's on record, who is not tied to the organisation.
    Stranger,
    /// Somebody's on record, who is tied to the organisation, which is of this kind.
    Tied(OrganisationKind),
}

/// Whether the sign-in of an organisation opens a login with these roles: whoever runs it could open all that the login
/// may do, so every role has to be held there. Roles of a person are held nowhere; theirs and every other login of somebody
/// on record shows what is kept of them, poverty included, so it opens to the schools and bureaus that they are tied to, and
/// to nobody who hires, finds people for factories or speaks for them. Without a role there is nothing to open.
#[must_use]
pub fn opens(organisation: OrganisationId, roles: &[(&str, Option<OrganisationId>)], owner: Owner) -> bool {
    let (held_here, on_record) = match owner {
        Owner::NotOnRecord => (true, false),
        Owner::Tied(OrganisationKind::School | OrganisationKind::Bureau) => (true, true),
        Owner::Stranger | Owner::Tied(_) => (false, false),
    };
    let theirs = |(role, held_in): &(&str, Option<OrganisationId>)| match held_in {
        Some(held_in) => held_here && *held_in == organisation,
        None => on_record && role_is_of_a_person(role),
    };
    !roles.is_empty() && roles.iter().all(theirs)
}

/// Whether a text can be the code of a sign-in, which stands in its address: small letters, digits and hyphens between.
#[must_use]
pub fn is_code(text: &str) -> bool {
    let inside = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (2..=CODE_CHARS_MAX).contains(&text.len())
        && text.bytes().all(inside)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_sign_in_opens_what_is_its_organisations_alone() {
        let organisation = |n| OrganisationId(Uuid::from_u128(n));
        let (own, other) = (Some(organisation(1)), Some(organisation(2)));
        let opens = |roles: &[(&str, Option<OrganisationId>)], owner| opens(organisation(1), roles, owner);
        let (nobody, pupil) = (Owner::NotOnRecord, Owner::Tied(OrganisationKind::School));
        assert!(opens(&[("teacher", own), ("organisation_administrator", own)], nobody));
        assert!(opens(&[("trainee", None)], pupil));
        assert!(opens(&[("trainee", None)], Owner::Tied(OrganisationKind::Bureau)));
        assert!(opens(&[("trainee", None), ("mentor", own)], pupil));
        assert!(!opens(&[], nobody), "no role, nothing to open");
        assert!(!opens(&[], pupil));
        assert!(!opens(&[("teacher", other)], nobody));
        assert!(!opens(&[("teacher", own), ("mentor", other)], nobody), "more than its own");
        assert!(!opens(&[("trainee", None)], Owner::Stranger), "not tied");
        assert!(!opens(&[("trainee", None)], nobody));
        assert!(!opens(&[("administrator", None)], nobody), "everybody's administrator");
        assert!(!opens(&[("administrator", None)], pupil));
        assert!(!opens(&[("teacher", own), ("outside_auditor", None)], pupil));
        assert!(!opens(&[("no_role", None)], pupil));
    }

    #[test]
    fn who_hires_opens_no_login_that_shows_what_is_kept_of_a_person() {
        let own = Some(OrganisationId(Uuid::from_u128(1)));
        for kind in [OrganisationKind::Factory, OrganisationKind::Agency, OrganisationKind::Association] {
            for role in [("trainee", None), ("foreign_worker", None), ("guardian", None), ("mentor", own)] {
                assert!(!opens(OrganisationId(Uuid::from_u128(1)), &[role], Owner::Tied(kind)), "{role:?}");
            }
        }
        assert!(!opens(OrganisationId(Uuid::from_u128(1)), &[("mentor", own)], Owner::Stranger));
    }

    #[test]
    fn a_code_fits_into_an_address() {
        for good in ["yl", "ya-lu", "school-7", &"a".repeat(40)] {
            assert!(is_code(good), "{good}");
        }
        for bad in ["", "y", "-yl", "yl-", "Ya", "y l", "y/l", "鸭绿", "y.l", &"a".repeat(41)] {
            assert!(!is_code(bad), "{bad}");
        }
    }
}
