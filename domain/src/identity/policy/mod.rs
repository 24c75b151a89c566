//! The one place that says who may do what. `Role` is named nowhere else.
//!
//! [`rule`] is one `match` without a wildcard, so a new action cannot be forgotten. [`authorise`] turns a
//! rule that holds into a [`Grant`], bound to one row at one revision, which the store's mutating functions
//! demand. [`scope`] turns it into a [`Scope`], which every read folds into its query. Neither can be made
//! outside this file.

mod role;
mod table;

use std::marker::PhantomData;

use uuid::Uuid;

use crate::base::id::{OrganisationId, PersonId, UserId};
use crate::base::region::RegionCode;
use crate::organisation::organisation::OrganisationKind;
pub use role::Role;
pub use table::{Act, Action, Rule, act, rule};

/// One role of a user, in one organisation or (administrator, trainee) in none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The role.
    pub role: Role,
    /// The organisation, and the region that it answers for.
    pub organisation: Option<(OrganisationId, RegionCode)>,
}

impl Membership {
    /// A membership as the database keeps it; `None` for a code that is no role.
    #[must_use]
    pub fn parse(role: &str, organisation: Option<(OrganisationId, RegionCode)>) -> Option<Self> {
        Role::parse(role).map(|role| Self { role, organisation })
    }
}

/// The codes of all roles, in the order of the policy table.
#[must_use]
pub fn role_codes() -> [&'static str; Role::ALL.len()] {
    Role::ALL.map(Role::code)
}

/// Whether a role is held in an organisation (`true`) or in none; `None` for a code that is no role.
#[must_use]
pub fn role_needs_organisation(code: &str) -> Option<bool> {
    Role::parse(code).map(|role| !role.held_in().is_empty())
}

/// Whether a role can be held in an organisation of a kind: a factory's login is never an official's, whoever
/// makes it. `false` for a code that is no role, and for roles that are held in none.
#[must_use]
pub fn role_fits(code: &str, kind: OrganisationKind) -> bool {
    Role::parse(code).is_some_and(|role| role.held_in().contains(&kind))
}

/// Whether a role lets its holder do no more than what is about themselves and their wards; `false` for a code that is
/// no role.
#[must_use]
pub fn role_is_of_a_person(code: &str) -> bool {
    matches!(Role::parse(code), Some(Role::Trainee | Role::ForeignWorker | Role::Guardian))
}

/// The role in which a person's own login is opened.
#[must_use]
pub fn role_of_person(foreign_worker: bool) -> &'static str {
    if foreign_worker { Role::ForeignWorker.code() } else { Role::Trainee.code() }
}

/// Who asks: a user with the memberships that are valid today, or the operator at the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    user: Option<UserId>,
    person: Option<PersonId>,
    others: Vec<PersonId>,
    wards: Vec<PersonId>,
    memberships: Vec<Membership>,
}

impl Actor {
    /// A signed-in user.
    #[must_use]
    pub fn user(user: UserId, person: Option<PersonId>, memberships: Vec<Membership>) -> Self {
        Self { user: Some(user), person, others: Vec::new(), wards: Vec::new(), memberships }
    }

    /// The same user, who is the guardian of these people today. It counts only with a membership whose rule is
    /// [`Rule::Ward`].
    #[must_use]
    pub fn with_wards(self, wards: Vec<PersonId>) -> Self {
        Self { wards, ..self }
    }

    /// The same user, whose person has these registrations beside the one that the login is of: an official found them
    /// to be one human being. What is about oneself is about each of them.
    #[must_use]
    pub fn with_others(self, others: Vec<PersonId>) -> Self {
        Self { others, ..self }
    }

    /// Whose guardian this user is.
    #[must_use]
    pub fn wards(&self) -> &[PersonId] {
        &self.wards
    }

    /// The person that this user is, by every registration; the one of the login first.
    pub fn oneself(&self) -> impl Iterator<Item = PersonId> + '_ {
        self.person.iter().chain(&self.others).copied()
    }

    /// Whether this user is a person, by whichever registration.
    #[must_use]
    pub fn is_person(&self, person: PersonId) -> bool {
        self.oneself().any(|own| own == person)
    }

    /// Whether any membership reaches wards: then they are worth looking up.
    #[must_use]
    pub fn may_have_wards(&self) -> bool {
        self.memberships.iter().any(|m| m.role == Role::Guardian)
    }

    /// Whoever holds the machine and its keys. Holds every role over every row, and is named in the log as
    /// the operator.
    #[must_use]
    pub fn operator() -> Self {
        Self { user: None, person: None, others: Vec::new(), wards: Vec::new(), memberships: Vec::new() }
    }

    /// The login, or none for the operator.
    #[must_use]
    pub fn user_id(&self) -> Option<UserId> {
        self.user
    }

    /// The person that this user is.
    #[must_use]
    pub fn person_id(&self) -> Option<PersonId> {
        self.person
    }

    /// Whether a person is the human being behind this login, or one for whom they act.
    #[must_use]
    pub fn is_or_guards(&self, person: PersonId) -> bool {
        self.is_person(person) || self.wards.contains(&person)
    }

    /// Whether a row is about this actor or about whom they act for.
    #[must_use]
    pub fn is_concerned(&self, target: &Target) -> bool {
        target.person.iter().chain(&target.concerned).any(|person| self.is_or_guards(*person))
    }

    /// Whether the same human being is behind both, as far as it is recorded: one login, or two that name one
    /// person. Of two logins that name none, nobody knows it.
    #[must_use]
    pub fn is_same_human(&self, other: &Self) -> bool {
        (self.user.is_some() && self.user == other.user)
            || self.oneself().any(|person| other.is_person(person))
    }

    /// Whether this is the operator at the command line.
    #[must_use]
    pub fn is_operator(&self) -> bool {
        self.user.is_none()
    }

    /// The codes of the roles held, for display and the log.
    #[must_use]
    pub fn role_codes(&self) -> Vec<&'static str> {
        if self.is_operator() {
            return vec!["operator"];
        }
        self.memberships.iter().map(|m| m.role.code()).collect()
    }

    /// Whether a password alone is not enough for what this actor may do, where the installation asks for more.
    #[must_use]
    pub fn needs_second_factor(&self) -> bool {
        self.memberships.iter().any(|m| m.role.needs_second_factor())
    }

    /// The organisation of the first membership that has one: whose page this is.
    #[must_use]
    pub fn home_organisation(&self) -> Option<OrganisationId> {
        self.memberships.iter().find_map(|m| m.organisation.map(|(id, _)| id))
    }

    /// Whether any role of this actor may do this to any row at all: for menus, and for doors that should
    /// not be shown.
    #[must_use]
    pub fn may(&self, action: Action) -> bool {
        self.is_operator() || self.memberships.iter().any(|m| rule(m.role, action) != Rule::Never)
    }

    /// The organisation in whose name this actor does an action to rows of its own; the first that may.
    #[must_use]
    pub fn acting_organisation(&self, action: Action) -> Option<OrganisationId> {
        self.memberships
            .iter()
            .filter(|m| rule(m.role, action) != Rule::Never)
            .find_map(|m| m.organisation.map(|(id, _)| id))
    }
}

/// What the policy has to know of a row: whose it is, where it lies, whom it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// The row.
    pub id: Uuid,
    /// Its revision as it was read; 0 for a row that does not exist yet.
    pub revision: i64,
    /// The organisations that own or share it.
    pub organisations: Vec<OrganisationId>,
    /// The organisations with an open tie to the person that it is about.
    pub tied: Vec<OrganisationId>,
    /// Where it lies.
    pub regions: Vec<RegionCode>,
    /// The person that it is about.
    pub person: Option<PersonId>,
    /// Others whom it concerns, as the members of a household.
    pub concerned: Vec<PersonId>,
    /// The login that it belongs to.
    pub user: Option<UserId>,
}

/// The policy said no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denied {
    /// To what.
    pub action: Action,
    /// Whether the row is in reach, and concerns the actor.
    pub oneself: bool,
}

/// Proof that an actor may do `A` to one row at one revision. Only [`authorise`] makes one.
#[derive(Debug)]
pub struct Grant<A> {
    id: Uuid,
    revision: i64,
    act: PhantomData<A>,
}

impl<A: Act> Grant<A> {
    /// The row that this grant is for.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The revision at which the row was judged: a guarded update must find it unchanged.
    #[must_use]
    pub fn revision(&self) -> i64 {
        self.revision
    }
}

/// Judges one actor, one action and one row.
///
/// # Errors
/// [`Denied`] when no membership reaches the row, or when it is about the actor and [for another](Action::is_for_another). Whether that is told as 403 or 404 is the service's to
/// decide: the existence of another tenant's row is secret.
pub fn authorise<A: Act>(actor: &Actor, target: &Target) -> Result<Grant<A>, Denied> {
    let holds = actor.is_operator()
        || actor.memberships.iter().any(|membership| reaches(actor, membership, A::ACTION, target));
    let oneself = holds && A::ACTION.is_for_another() && actor.is_concerned(target);
    if holds && !oneself {
        Ok(Grant { id: target.id, revision: target.revision, act: PhantomData })
    } else {
        Err(Denied { action: A::ACTION, oneself })
    }
}

fn reaches(actor: &Actor, membership: &Membership, action: Action, target: &Target) -> bool {
    match rule(membership.role, action) {
        Rule::Never => false,
        Rule::Any => true,
        Rule::Own => membership.organisation.is_some_and(|(id, _)| target.organisations.contains(&id)),
        Rule::Tied => membership.organisation.is_some_and(|(id, _)| target.tied.contains(&id)),
        Rule::Region => membership.organisation.is_some_and(|(id, region)| {
            target.tied.contains(&id) || target.regions.iter().any(|r| region.contains(r))
        }),
        Rule::Oneself => {
            target.person.is_some_and(|person| actor.is_person(person))
                || (actor.user.is_some() && actor.user == target.user)
        }
        Rule::Ward => target.person.is_some_and(|person| actor.is_or_guards(person)),
    }
}

/// The rows that an actor may do `A` to, as parts of a query that are joined by OR. Only [`scope`] makes
/// one; an empty one reaches nothing.
#[derive(Debug)]
pub struct Scope<A> {
    every: bool,
    own: Vec<OrganisationId>,
    tied: Vec<OrganisationId>,
    regions: Vec<RegionCode>,
    people: Vec<PersonId>,
    user: Option<UserId>,
    act: PhantomData<A>,
}

impl<A: Act> Scope<A> {
    /// Whether there is no limit.
    #[must_use]
    pub fn every(&self) -> bool {
        self.every
    }
    /// Rows that these organisations own or share.
    #[must_use]
    pub fn own(&self) -> &[OrganisationId] {
        &self.own
    }
    /// People with an open tie to these organisations.
    #[must_use]
    pub fn tied(&self) -> &[OrganisationId] {
        &self.tied
    }
    /// Rows inside these regions.
    #[must_use]
    pub fn regions(&self) -> &[RegionCode] {
        &self.regions
    }
    /// Rows about these people: oneself, and whose guardian one is.
    #[must_use]
    pub fn people(&self) -> &[PersonId] {
        &self.people
    }
    /// Rows of this login.
    #[must_use]
    pub fn user(&self) -> Option<UserId> {
        self.user
    }
}

/// The rows that an actor may do `A` to.
#[must_use]
pub fn scope<A: Act>(actor: &Actor) -> Scope<A> {
    let mut scope = Scope {
        every: actor.is_operator(),
        own: Vec::new(),
        tied: Vec::new(),
        regions: Vec::new(),
        people: Vec::new(),
        user: None,
        act: PhantomData,
    };
    for membership in &actor.memberships {
        match (rule(membership.role, A::ACTION), membership.organisation) {
            (Rule::Any, _) => scope.every = true,
            (Rule::Own, Some((id, _))) => scope.own.push(id),
            (Rule::Tied, Some((id, _))) => scope.tied.push(id),
            (Rule::Region, Some((id, region))) => {
                scope.tied.push(id);
                scope.regions.push(region);
            }
            (Rule::Oneself, _) => {
                scope.people.extend(actor.oneself());
                scope.user = actor.user;
            }
            (Rule::Ward, _) => {
                scope.people.extend(actor.oneself());
                scope.people.extend(&actor.wards);
            }
            (Rule::Never, _) | (Rule::Own | Rule::Tied | Rule::Region, None) => {}
        }
    }
    scope
}

/// Proof that its holder may touch the poverty tables. A factory's or a school's context cannot make one.
#[derive(Debug)]
pub struct PovertyAccess(());

/// Mints [`PovertyAccess`] for those who may read households.
#[must_use]
pub fn poverty_access(actor: &Actor) -> Option<PovertyAccess> {
    actor.may(Action::ReadHousehold).then_some(PovertyAccess(()))
}

/// Proof that its holder may read the rows of the poverty tables that are about one person's own household: that
/// person's alone, not a guardian's.
#[derive(Debug)]
pub struct OwnHousehold(PersonId);

impl OwnHousehold {
    /// Whose household.
    #[must_use]
    pub fn person(&self) -> PersonId {
        self.0
    }
}

/// Mints [`OwnHousehold`] for a person whom the actor is.
#[must_use]
pub fn own_household(actor: &Actor, person: PersonId) -> Option<OwnHousehold> {
    (actor.is_person(person) && actor.may(Action::ReadOwnData)).then_some(OwnHousehold(person))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn organisation(n: u128) -> OrganisationId {
        OrganisationId(Uuid::from_u128(n))
    }

    fn member(role: Role, n: u128, region: &str) -> Actor {
        let region = RegionCode::parse(region).unwrap();
        Actor::user(
            UserId(Uuid::from_u128(9)),
            None,
            vec![Membership { role, organisation: Some((organisation(n), region)) }],
        )
    }

    #[test]
    fn an_own_row_is_reached_and_a_foreign_one_is_not() {
        let actor = member(Role::FactoryHr, 1, "210604");
        let own = Target { organisations: vec![organisation(1)], ..Target::default() };
        let foreign = Target { organisations: vec![organisation(2)], ..Target::default() };
        assert!(authorise::<act::ManageVacancy>(&actor, &own).is_ok());
        assert!(authorise::<act::ManageVacancy>(&actor, &foreign).is_err());
        assert!(authorise::<act::ManageVacancy>(&actor, &Target::default()).is_err());
    }

    #[test]
    fn a_bureau_reaches_its_region_and_those_tied_to_it_and_no_other() {
        let actor = member(Role::LabourOfficial, 1, "2106");
        let at = |code| Target { regions: vec![RegionCode::parse(code).unwrap()], ..Target::default() };
        assert!(authorise::<act::ReadPerson>(&actor, &at("210604101")).is_ok());
        assert!(authorise::<act::ReadPerson>(&actor, &at("2107")).is_err());
        let tied = Target { tied: vec![organisation(1)], ..Target::default() };
        assert!(authorise::<act::ReadPerson>(&actor, &tied).is_ok());
    }

    #[test]
    fn a_person_reaches_only_themselves() {
        let me = PersonId(Uuid::from_u128(5));
        let actor = Actor::user(
            UserId(Uuid::from_u128(9)),
            Some(me),
            vec![Membership { role: Role::Trainee, organisation: None }],
        );
        let mine = Target { person: Some(me), ..Target::default() };
        let other = Target { person: Some(PersonId(Uuid::from_u128(6))), ..Target::default() };
        assert!(authorise::<act::ReadPerson>(&actor, &mine).is_ok());
        assert!(authorise::<act::ReadPerson>(&actor, &other).is_err());
        assert!(authorise::<act::ReadPerson>(&actor, &Target::default()).is_err(), "a row about nobody");
    }

    #[test]
    fn a_login_reaches_its_own_rows_and_no_other_logins() {
        let actor = member(Role::FactoryHr, 1, "2106");
        let of = |user| Target { user, ..Target::default() };
        let own = Some(UserId(Uuid::from_u128(9)));
        assert!(authorise::<act::ReadNotification>(&actor, &of(own)).is_ok());
        assert!(authorise::<act::ReadNotification>(&actor, &of(Some(UserId(Uuid::from_u128(8))))).is_err());
        assert!(authorise::<act::ReadNotification>(&actor, &of(None)).is_err(), "a row of nobody");
        assert!(authorise::<act::ManageVacancy>(&actor, &of(own)).is_err(), "another rule than oneself");
        assert_eq!(scope::<act::ReadNotification>(&actor).user(), own);
        assert_eq!(scope::<act::ManageVacancy>(&actor).user(), None);
    }

    #[test]
    fn no_factory_school_or_trainee_touches_poverty() {
        for role in [Role::Administrator, Role::SchoolRegistrar, Role::FactoryHr, Role::Trainee] {
            assert!(poverty_access(&member(role, 1, "2106")).is_none(), "{role:?}");
        }
        assert!(poverty_access(&member(Role::LabourOfficial, 1, "2106")).is_some());
    }

    #[test]
    fn a_person_reaches_their_own_household_and_nobody_elses() {
        let me = PersonId(Uuid::from_u128(5));
        let held = |role| vec![Membership { role, organisation: None }];
        let of = |role, person| Actor::user(UserId(Uuid::from_u128(9)), person, held(role));
        let own = own_household(&of(Role::Trainee, Some(me)), me);
        assert_eq!(own.map(|own| own.person()), Some(me));
        assert!(own_household(&of(Role::Trainee, None), me).is_none());
        assert!(own_household(&of(Role::Administrator, Some(me)), me).is_none());
        let guardian = of(Role::Guardian, None).with_wards(vec![me]);
        assert!(
            own_household(&guardian, me).is_none(),
            "a ward's household is not the guardian's to read here"
        );
        assert!(own_household(&member(Role::FactoryHr, 1, "2106"), me).is_none());
    }

    #[test]
    fn who_has_two_registrations_is_oneself_by_both_and_by_no_third() {
        let [me, also, other] = [5, 6, 7].map(|n| PersonId(Uuid::from_u128(n)));
        let held = vec![Membership { role: Role::Trainee, organisation: None }];
        let actor = Actor::user(UserId(Uuid::from_u128(9)), Some(me), held).with_others(vec![also]);
        let reaches = |person| {
            let target = Target { person: Some(person), ..Target::default() };
            authorise::<act::ReadPerson>(&actor, &target).is_ok()
        };
        assert_eq!([me, also, other].map(reaches), [true, true, false]);
        assert_eq!(scope::<act::ReadPerson>(&actor).people(), [me, also]);
        assert_eq!(own_household(&actor, also).map(|own| own.person()), Some(also));
        assert!(own_household(&actor, other).is_none());
    }

    #[test]
    fn a_role_is_held_only_in_organisations_of_its_kind() {
        let fitting = |code| OrganisationKind::ALL.into_iter().filter(move |kind| role_fits(code, *kind));
        assert!(fitting("labour_official").eq([OrganisationKind::Bureau]));
        assert!(fitting("factory_hr").eq([OrganisationKind::Factory]));
        assert!(fitting("school_registrar").eq([OrganisationKind::School]));
        for none in ["administrator", "trainee", "emperor"] {
            assert_eq!(fitting(none).count(), 0, "{none}");
        }
    }

    #[test]
    fn officials_and_who_runs_logins_need_a_second_factor() {
        let needs = |role: &&Role| member(**role, 1, "2106").needs_second_factor();
        let codes: Vec<&str> = Role::ALL.iter().filter(needs).map(|role| role.code()).collect();
        let in_bureaus = Role::ALL.iter().filter(|role| role.held_in() == [OrganisationKind::Bureau]);
        for code in in_bureaus.map(|role| role.code()).chain(["administrator", "organisation_administrator"])
        {
            assert!(codes.contains(&code), "{code}");
        }
        assert_eq!(codes.len(), 10);
        assert!(!Actor::operator().needs_second_factor());
    }

    #[test]
    fn a_scope_of_nobody_reaches_nothing() {
        let nobody = Actor::user(UserId(Uuid::from_u128(9)), None, Vec::new());
        let scope = scope::<act::ReadPerson>(&nobody);
        assert!(!scope.every() && scope.own().is_empty() && scope.tied().is_empty());
        assert!(scope.regions().is_empty() && scope.people().is_empty() && scope.user().is_none());
    }
}
