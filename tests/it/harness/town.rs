//! A small town in two regions: in each a bureau, a school, a factory, a port, the people tied to them, a joint
//! class, a vacancy, a foreign worker with a drafted permit, and households of which one is targeted. The same on
//! every run. Everything that has a use case is made by it, as the operator.

use std::sync::Arc;

use ballast::entity::audit::audit_entry as log_entry;
use ballast::entity::organisation::{organisation, port, site};
use ballast::entity::{exchange, hiring, identity, permit, person, poverty, record, taxonomy, training};
use ballast::format::taxonomy::house;
use ballast::service::audit::audit_entry::Changes;
use ballast::service::batch::Mode;
use ballast::service::exchange::job::{NewJob, enqueue};
use ballast::service::exchange::notification::{Notice, notify_in};
use ballast::service::hiring::vacancy::{NewVacancy, post_vacancies};
use ballast::service::identity::session::{SESSION_HOURS, TOKEN_PREFIX, hash_token};
use ballast::service::identity::user::{self, NewUser};
use ballast::service::organisation::country::{NewCountry, load_countries};
use ballast::service::organisation::organisation::{NewOrganisation, register_organisations};
use ballast::service::organisation::port::{NewPort, register_ports};
use ballast::service::organisation::region::{NewRegion, load_regions};
use ballast::service::organisation::site::{NewSite, register_sites};
use ballast::service::permit::permit::{NewPermit, draft_permits};
use ballast::service::person::availability::NewAvailability;
use ballast::service::person::foreign_worker::{
    NewForeignWorker, NewNationality, NewTravelDocument, register_foreign_workers,
};
use ballast::service::person::guardian::{NewGuardian, make_guardian};
use ballast::service::person::person::{NewPerson, register_people};
use ballast::service::poverty::household::{NewHousehold, NewMember, register_households};
use ballast::service::poverty::targeting::{NewTargeting, decide_targeting};
use ballast::service::record::skill_claim::{NewSkillClaim, record_skill_claims};
use ballast::service::taxonomy::{framework::import_framework, occupation, skill};
use ballast::service::training::agreement::{NewAgreement, sign_agreements};
use ballast::service::training::enrolment::{NewEnrolment, enrol_trainees};
use ballast::service::training::joint_class::{NewJointClass, open_joint_classes};
use ballast::service::{App, Ctx};
use ballast::store::audit::audit_entry;
use ballast::store::identity::user as store;
use ballast::words::{Arg, Locale};
use ballast_domain::base::id::{
    OccupationId, OrganisationId, PersonId, PortId, SiteId, SkillId, UserId, VacancyId,
};
use ballast_domain::exchange::job::Kind as JobKind;
use ballast_domain::exchange::notification::Kind as NotificationKind;
use ballast_domain::identity::policy::{Action, Actor};
use ballast_domain::matching::candidate::Shifts;
use ballast_domain::matching::query::Requirement;
use ballast_domain::record::skill_claim::EvidenceKind;
use ballast_domain::training::joint_class::PlannedModule;
use chrono::{Duration, NaiveDate};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use super::app::{PASSWORD, now};
use super::identity::{cookie, login, token};
use super::open_id;
use super::records::{different, request};
use super::rows::put;

/// What the town is drawn from.
pub const SEED: u64 = 7;
/// The town's people, in the order in which the school registers them. The first has a login.
const PEOPLE: [&str; 4] = ["Bai", "Cui", "Dou", "Fan"];
/// The foreign worker.
const WORKER: &str = "Hoa";
/// Whose household is targeted, as numbers of [`PEOPLE`], in each world.
const TARGETED: [usize; 2] = [1, 2];

/// Two worlds that differ in who is poor, and in nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum World {
    /// The household of the second person is targeted.
    A,
    /// That of the third is.
    B,
}

/// One of the two regions. What belongs to one is out of reach of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Region 2190.
    Home,
    /// Region 2290, in another province.
    Other,
}

/// The town.
#[derive(Clone, Debug)]
pub struct Town {
    /// What the identities without `other_` belong to.
    pub home: Place,
    /// What the others belong to.
    pub other: Place,
}

/// One side of the town.
#[derive(Clone, Debug)]
pub struct Place {
    /// The prefecture's code; counties are this with `01` and `02`.
    pub region: &'static str,
    /// The labour bureau, which answers for the region.
    pub bureau: OrganisationId,
    /// The school.
    pub school: OrganisationId,
    /// The factory.
    pub factory: OrganisationId,
    /// The factory's plant.
    pub plant: Uuid,
    /// The bureau's port.
    pub port: Uuid,
    /// Everyone whom the school registered; all live in the region. The fourth has applied to the factory.
    pub people: Vec<PersonId>,
    /// The first of them, a minor, who has a login and a guardian and is in the joint class.
    pub trainee: PersonId,
    /// A foreign worker with a passport and no other paper, whom the bureau registered and the factory placed.
    pub worker: PersonId,
    /// School and factory signed it.
    pub agreement: Uuid,
    /// Under it; running.
    pub joint_class: Uuid,
    /// The trainee in it.
    pub enrolment: Uuid,
    /// The trainee's claim to the skill.
    pub skill_claim: Uuid,
    /// An open vacancy of the factory.
    pub vacancy: Uuid,
    /// A drafted permit for the worker.
    pub permit: Uuid,
    /// The factory asks the trainee, who has not answered, to know who they are.
    pub consent: Uuid,
    /// Somebody acts for the trainee.
    pub guardian: Uuid,
    /// The third and the fourth of the people were looked at and are two.
    pub duplicate_case: Uuid,
    /// The trainee asks for a correction, which nobody has decided.
    pub rights_request: Uuid,
    /// One household for each of the people.
    pub households: Vec<Uuid>,
    /// Work that was put in in the name of the factory's HR.
    pub job: Uuid,
    /// Something that the factory's HR was told.
    pub notification: Uuid,
    /// The login of the factory's HR.
    pub user: Uuid,
    /// A page session of the factory's HR, and a token of theirs.
    pub session: Uuid,
    /// The token.
    pub token: Uuid,
    /// Where the factory's people could sign in besides.
    pub open_id_provider: Uuid,
    /// A passkey of nobody: who signs in with one is asked for it, so the town's logins have none.
    pub passkey: Uuid,
    /// What the vacancy and the class are for; the same on both sides.
    pub occupation: Uuid,
    /// What they ask for and teach.
    pub skill: Uuid,
    /// The classification that both are in.
    pub framework: Uuid,
    /// The first entry of the log, which the operator wrote.
    pub entry: Uuid,
}

impl Side {
    /// Both.
    const ALL: [Self; 2] = [Self::Home, Self::Other];

    fn region(self) -> &'static str {
        match self {
            Self::Home => "2190",
            Self::Other => "2290",
        }
    }

    fn county(self) -> String {
        format!("{}01", self.region())
    }

    /// A name that tells on which side something is, and is there once.
    fn name(self, what: &str) -> String {
        match self {
            Self::Home => format!("{what} Home"),
            Self::Other => format!("{what} Other"),
        }
    }
}

/// The only row of a table for which a column has a value.
macro_rules! the {
    ($db:expr, $table:path, $column:ident = $value:expr) => {{
        use $table as table;
        let found = table::Entity::find().filter(table::Column::$column.eq($value)).all($db).await.unwrap();
        let [row] = <[table::Model; 1]>::try_from(found).expect(concat!("one row by ", stringify!($column)));
        row
    }};
}

impl Town {
    /// Finds who and what is there.
    pub async fn find(db: &impl ConnectionTrait) -> Self {
        Self { home: Place::find(db, Side::Home).await, other: Place::find(db, Side::Other).await }
    }
}

impl Place {
    async fn find(db: &impl ConnectionTrait, side: Side) -> Self {
        let bureau = the!(db, organisation, NameEn = side.name("Bureau")).id;
        let school = the!(db, organisation, NameEn = side.name("School")).id;
        let factory = the!(db, organisation, NameEn = side.name("Factory")).id;
        let hr = the!(db, identity::user, Login = login("factory_hr", side)).id;
        let mut people = Vec::new();
        for name in PEOPLE {
            people.push(PersonId(the!(db, person::person, Name = side.name(name)).id));
        }
        let agreement = the!(db, training::agreement, SchoolId = school).id;
        let joint_class = the!(db, training::joint_class, AgreementId = agreement);
        let vacancy = the!(db, hiring::vacancy, OrganisationId = factory).id;
        let requirement = the!(db, hiring::vacancy_requirement, VacancyId = vacancy);
        let households = poverty::household::Entity::find()
            .filter(poverty::household::Column::BureauId.eq(bureau))
            .order_by_asc(poverty::household::Column::Reference)
            .all(db)
            .await
            .unwrap();
        let told = log_entry::Entity::find().order_by_asc(log_entry::Column::Seq);
        let session = identity::session::Entity::find().filter(identity::session::Column::UserId.eq(hr));
        let session = session.order_by_asc(identity::session::Column::Id).one(db).await.unwrap();
        let token = identity::api_token::Entity::find().filter(identity::api_token::Column::UserId.eq(hr));
        let token = token.order_by_asc(identity::api_token::Column::Id).one(db).await.unwrap();
        Self {
            region: side.region(),
            plant: the!(db, site, NameEn = side.name("Plant")).id,
            port: the!(db, port, BureauId = bureau).id,
            worker: PersonId(the!(db, person::person, Name = side.name(WORKER)).id),
            enrolment: the!(db, training::enrolment, JointClassId = joint_class.id).id,
            skill_claim: the!(db, record::skill_claim, PersonId = people[0].0).id,
            permit: the!(db, permit::permit, EmployerId = factory).id,
            consent: the!(db, person::consent, OrganisationId = factory).id,
            guardian: the!(db, person::guardian, PersonId = people[0].0).id,
            duplicate_case: the!(db, person::duplicate_case, PersonAId = people[2].0.min(people[3].0)).id,
            rights_request: the!(db, person::rights_request, PersonId = people[0].0).id,
            job: the!(db, exchange::job, UserId = hr).id,
            notification: the!(db, exchange::notification, UserId = hr).id,
            user: hr,
            session: session.expect("the HR has a session").id,
            token: token.expect("the HR has a token").id,
            open_id_provider: the!(db, identity::open_id_provider, OrganisationId = factory).id,
            passkey: Uuid::from_u128(7),
            households: households.into_iter().map(|row| row.id).collect(),
            occupation: joint_class.occupation_id,
            skill: requirement.skill_id,
            framework: the!(db, taxonomy::framework, Code = "house").id,
            entry: told.one(db).await.unwrap().expect("the town was told").id,
            joint_class: joint_class.id,
            trainee: people[0],
            people,
            agreement,
            vacancy,
            bureau: OrganisationId(bureau),
            school: OrganisationId(school),
            factory: OrganisationId(factory),
        }
    }

    /// The row of this side that a parameter of a path names, by the part of the path before it.
    pub fn row(&self, noun: &str, _parameter: &str) -> Option<String> {
        let id = match noun {
            "people" | "persons" => self.trainee.0,
            "foreign-workers" => self.worker.0,
            "organisations" => self.factory.0,
            "sites" => self.plant,
            "ports" => self.port,
            "regions" => return Some(self.region.to_owned()),
            "imports" => return Some(text("trainees")),
            "agreements" => self.agreement,
            "joint-classes" => self.joint_class,
            "enrolments" => self.enrolment,
            "skill-claims" => self.skill_claim,
            "vacancies" => self.vacancy,
            "permits" => self.permit,
            "consents" => self.consent,
            "guardians" => self.guardian,
            "duplicate-cases" => self.duplicate_case,
            "rights-requests" => self.rights_request,
            "households" => *self.households.first()?,
            "jobs" => self.job,
            "notifications" => self.notification,
            "audit-entries" => self.entry,
            "users" => self.user,
            "sessions" => self.session,
            "tokens" => self.token,
            // A passkey's id stands for that of any row of nobody.
            "passkeys" | "open-id-links" => self.passkey,
            "open-id-providers" => self.open_id_provider,
            "open-id" | "doors" => return Some(open_id::code_of(self.region)),
            "frameworks" => self.framework,
            "occupations" => self.occupation,
            "skills" => self.skill,
            _ => return None,
        };
        Some(id.to_string())
    }
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// The only one of a batch of one.
fn only<T>(made: Result<Vec<T>, ballast::service::Error>) -> T {
    made.expect("the town is as the rules want it").pop().expect("one")
}

/// Who works for whom on one side, while it is built.
struct Parties {
    side: Side,
    bureau: OrganisationId,
    school: OrganisationId,
    factory: OrganisationId,
    plant: SiteId,
    port: PortId,
    people: Vec<PersonId>,
}

/// The roles with a login on each side.
pub const TENANTS: [&str; 16] = [
    "school_registrar",
    "factory_hr",
    "labour_official",
    "trainee",
    "organisation_administrator",
    "teacher",
    "mentor",
    "targeting_officer",
    "permit_checker",
    "permit_approver",
    "quota_officer",
    "auditor",
    "village_cadre",
    "port_desk",
    "foreign_worker",
    "guardian",
];
/// The roles with one login for both sides.
pub const EVERYWHERE: [&str; 2] = ["administrator", "outside_auditor"];

/// Builds the town in an empty migrated database.
pub async fn build(app: &Arc<App>, world: World) {
    let ctx = Ctx::operator(app.clone(), Locale::En);
    let (occupation, skill) = reference(&ctx).await;
    for side in Side::ALL {
        let parties = parties(&ctx, side).await;
        class(&ctx, &parties, occupation, skill).await;
        let vacancy = vacancy(&ctx, &parties, occupation, skill).await;
        worker(&ctx, &parties, vacancy).await;
        consent(&ctx, &parties, vacancy).await;
        request(&ctx, parties.people[0]).await;
        let official = logins(&ctx, &parties).await;
        guardian(&ctx, &parties).await;
        households(&ctx, &parties, official, world).await;
        machinery(&ctx, &parties).await;
        open_id::provide(&ctx, parties.factory, side.region()).await;
        different(&ctx, [parties.people[2], parties.people[3]]).await;
    }
}

async fn reference(ctx: &Ctx) -> (OccupationId, SkillId) {
    let country = |(code, zh, en): (&str, &str, &str)| NewCountry {
        code: text(code),
        name_zh: text(zh),
        name_en: text(en),
    };
    let countries = [("CN", "中国", "China"), ("VN", "越南", "Viet Nam"), ("KP", "朝鲜", "DPR Korea")];
    load_countries(ctx, countries.map(country).to_vec(), Mode::Commit).await.unwrap();
    let codes = ["21", "2190", "219001", "219002", "22", "2290", "229001", "229002"];
    let region = |code: &str| NewRegion {
        code: text(code),
        name_zh: format!("地区{code}"),
        name_en: format!("Region {code}"),
    };
    load_regions(ctx, codes.map(region).to_vec(), Mode::Commit).await.unwrap();
    let parsed = house::parse(house::EMBEDDED).unwrap();
    import_framework(ctx, &parsed, [7; 32]).await.unwrap();
    let occupation = occupation::find_by_key(ctx, "yarn-spinner").await.unwrap();
    let skill = skill::find_by_key(ctx, "lockstitch").await.unwrap();
    (occupation.expect("the house knows it"), skill.expect("the house knows it"))
}

async fn parties(ctx: &Ctx, side: Side) -> Parties {
    let organisation = |kind: &str, name: &str, region: String| NewOrganisation {
        kind: text(kind),
        name_zh: side.name(name),
        name_en: side.name(name),
        credit_code: None,
        region,
    };
    let new = vec![
        organisation("bureau", "Bureau", text(side.region())),
        organisation("school", "School", side.county()),
        organisation("factory", "Factory", side.county()),
    ];
    let made = register_organisations(ctx, new, Mode::Commit).await.unwrap();
    let [bureau, school, factory] = <[OrganisationId; 3]>::try_from(made).unwrap();
    let site = |organisation, kind: &str, name: &str| NewSite {
        organisation,
        kind: text(kind),
        name_zh: side.name(name),
        name_en: side.name(name),
        region: side.county(),
    };
    let sites = vec![site(school, "campus", "Campus"), site(factory, "plant", "Plant")];
    let plant = only(register_sites(ctx, sites, Mode::Commit).await);
    let port = NewPort {
        name_zh: side.name("Port"),
        name_en: side.name("Port"),
        region: format!("{}02", side.region()),
        bureau,
    };
    let port = only(register_ports(ctx, vec![port], Mode::Commit).await);
    let new = PEOPLE.iter().enumerate().map(|(n, name)| NewPerson {
        name: side.name(name),
        // The first is seventeen.
        birth_date: Some(day(if n == 0 { 2009 } else { 2004 }, 3, 1 + u32::try_from(n).unwrap())),
        sex: Some(text("female")),
        home_region: Some(side.county()),
        phone: Some(format!("138{}0000{n}", side.region())),
        availability: Some(wishes(side)),
        ..NewPerson::default()
    });
    let people = register_people(ctx, school, new.collect(), Mode::Commit).await.unwrap();
    tie(ctx, factory, people[3], "application").await;
    Parties { side, bureau, school, factory, plant, port, people }
}

fn wishes(side: Side) -> NewAvailability {
    NewAvailability {
        from: day(2026, 12, 1),
        until: None,
        regions: vec![text(side.region())],
        wage_min_minor: Some(400_000),
        shifts: Shifts { day: true, evening: true, night: false },
        dormitory: Some(false),
    }
}

/// A tie that rests on what no use case does yet.
async fn tie(ctx: &Ctx, organisation: OrganisationId, person: PersonId, basis: &str) {
    let row = person::person_tie::Model {
        id: ctx.app.random.secret_id(),
        organisation_id: organisation.0,
        person_id: person.0,
        basis: text(basis),
        valid_from: day(2026, 11, 1),
        valid_until: day(9999, 12, 31),
        revision: 1,
    };
    put(ctx.app.db.owner(), row).await;
}

async fn class(ctx: &Ctx, parties: &Parties, occupation: OccupationId, skill: SkillId) {
    let agreement = NewAgreement {
        factory: parties.factory,
        title_zh: text("校企协议"),
        title_en: text("Agreement"),
        valid_from: day(2026, 1, 1),
        valid_until: None,
    };
    let agreement = only(sign_agreements(ctx, parties.school, vec![agreement], Mode::Commit).await);
    let class = NewJointClass {
        agreement,
        occupation,
        reference: text("C-1"),
        title_zh: text("缝纫班"),
        title_en: text("Sewing class"),
        starts_on: day(2026, 9, 1),
        ends_on: day(2027, 6, 30),
        seats: 30,
        modules: vec![PlannedModule { skill, level: 4, hours: 120 }],
    };
    let joint_class = only(open_joint_classes(ctx, parties.school, vec![class], Mode::Commit).await);
    let enrolment = NewEnrolment { joint_class, person: parties.people[0] };
    only(enrol_trainees(ctx, parties.school, vec![enrolment], Mode::Commit).await);
    let claim = |(n, person): (usize, &PersonId)| NewSkillClaim {
        person: *person,
        skill,
        level: 3 + i32::try_from(n).unwrap(),
        evidence: EvidenceKind::Assessed,
        achieved_on: day(2026, 6, 1),
        last_used_on: None,
        valid_until: None,
        decay: None,
        supersedes: None,
    };
    let claims = parties.people.iter().enumerate().map(claim).collect();
    record_skill_claims(ctx, Some(parties.school), claims, Mode::Commit).await.unwrap();
}

async fn vacancy(ctx: &Ctx, parties: &Parties, occupation: OccupationId, skill: SkillId) -> VacancyId {
    let new = NewVacancy {
        site: parties.plant,
        occupation,
        reference: text("V-1"),
        title_zh: text("缝纫工"),
        title_en: text("Sewing machine operator"),
        headcount: 3,
        wage_min_minor: 420_000,
        wage_max_minor: 520_000,
        starts_on: day(2026, 12, 15),
        shifts: Shifts { day: true, evening: false, night: false },
        dormitory: true,
        age_min: None,
        requirements: vec![Requirement { skill, essential: true, level: 4, floor: 3, weight: 1000 }],
    };
    only(post_vacancies(ctx, parties.factory, vec![new], Mode::Commit).await)
}

async fn worker(ctx: &Ctx, parties: &Parties, vacancy: VacancyId) {
    let side = parties.side;
    let new = NewForeignWorker {
        name: side.name(WORKER),
        name_latin: None,
        birth_date: Some(day(1996, 5, 4)),
        sex: Some(text("female")),
        birth_country: Some(text("VN")),
        home_region: None,
        travel_document: Some(NewTravelDocument {
            kind: text("passport"),
            country: text("VN"),
            number: format!("N{}77", side.region()),
            valid_from: Some(day(2024, 1, 1)),
            valid_until: Some(day(2033, 12, 31)),
            verification: text("sighted"),
        }),
        nationality: Some(NewNationality { country: text("VN"), evidence: text("document") }),
        documents: Vec::new(),
        phone: None,
        availability: Some(wishes(side)),
    };
    let made = register_foreign_workers(ctx, parties.bureau, parties.port, vec![new], Mode::Commit).await;
    let person = only(made);
    tie(ctx, parties.factory, person, "placement").await;
    let permit = NewPermit {
        person,
        port: parties.port,
        vacancy: Some(vacancy),
        reference: side.name("P"),
        starts_on: day(2027, 1, 1),
        ends_on: day(2027, 12, 31),
    };
    only(draft_permits(ctx, parties.factory, vec![permit], Mode::Commit).await);
}

/// A login for each role but an agency's, which the town has none of, with a token whose text the tests know; gives
/// the official's. Who belongs to no organisation and is no person is one for both sides.
async fn logins(ctx: &Ctx, parties: &Parties) -> UserId {
    let organisation = |role: &str| match role {
        "school_registrar" | "teacher" => Some(parties.school),
        "factory_hr" | "mentor" | "organisation_administrator" => Some(parties.factory),
        "trainee" | "foreign_worker" | "guardian" | "administrator" | "outside_auditor" => None,
        _ => Some(parties.bureau),
    };
    let person = |role: &str| match role {
        "trainee" => Some(parties.people[0]),
        "foreign_worker" => Some(parties.people[1]),
        "guardian" => Some(parties.people[2]),
        _ => None,
    };
    let everywhere = if parties.side == Side::Home { EVERYWHERE.as_slice() } else { &[] };
    let mut official = None;
    for role in everywhere.iter().chain(&TENANTS).copied() {
        let (organisation, person) = (organisation(role), person(role));
        let name = login(role, parties.side);
        let new = NewUser {
            login: name.clone(),
            display_name: parties.side.name(role),
            password: PASSWORD.to_owned(),
            role: text(role),
            organisation,
            person,
        };
        let user = user::create_user(ctx, new).await.expect("the town's logins are made");
        let row = identity::api_token::Model {
            id: ctx.app.random.timed_id(now()),
            user_id: user.0,
            name: text("test"),
            prefix: text(TOKEN_PREFIX),
            token_hash: hash_token(&token(&name)),
            created_at: now(),
            expires_at: now() + Duration::hours(SESSION_HOURS),
            revoked_at: None,
            scopes: None,
            last_used_on: Some(ctx.today()),
            confirmed_at: Some(now()),
        };
        put(ctx.app.db.owner(), row).await;
        let row = identity::session::Model {
            id: ctx.app.random.timed_id(now()),
            user_id: user.0,
            token_hash: hash_token(&cookie(&name)),
            created_at: now(),
            expires_at: now() + Duration::hours(SESSION_HOURS),
            label: Some(text("firefox/linux")),
            last_used_on: Some(ctx.today()),
            confirmed_at: Some(now()),
        };
        put(ctx.app.db.owner(), row).await;
        official = official.or((role == "labour_official").then_some(user));
    }
    official.unwrap()
}

/// The trainee is a minor, for whom the guardian acts.
async fn guardian(ctx: &Ctx, parties: &Parties) {
    let login = login("guardian", parties.side);
    let new = NewGuardian { login, basis: text("parent"), valid_until: None };
    make_guardian(ctx, parties.people[0], new).await.expect("the guardian has a login");
}

/// The factory's question to the trainee.
async fn consent(ctx: &Ctx, parties: &Parties, vacancy: VacancyId) {
    let row = person::consent::Model {
        id: ctx.app.random.secret_id(),
        person_id: parties.people[0].0,
        organisation_id: parties.factory.0,
        vacancy_id: vacancy.0,
        purpose: text("contact"),
        state: text("asked"),
        asked_at: now(),
        answered_at: None,
        revision: 1,
    };
    let tx = ctx.write_tx().await.unwrap();
    let mut changes = Changes::new();
    changes.created(row.person_id, &row);
    put(tx.conn(), row).await;
    ctx.record_changes(&tx, Action::AskConsent, ("vacancy", vacancy.0), &changes).await.unwrap();
    tx.commit().await.unwrap();
}

/// What the machinery keeps for the factory's HR: a job, and a notice about the worker's permit.
async fn machinery(ctx: &Ctx, parties: &Parties) {
    let hr = store::find_by_login(ctx.app.db.reader(), &login("factory_hr", parties.side)).await.unwrap();
    let hr = UserId(hr.expect("the login was made").id);
    let permit = the!(ctx.app.db.reader(), permit::permit, EmployerId = parties.factory.0);
    let asking = Ctx { actor: Actor::user(hr, None, Vec::new()), ..ctx.clone() };
    let notice = Notice {
        kind: NotificationKind::DocumentExpires,
        args: vec![
            ("reference", Arg::from(permit.reference.as_str())),
            ("part", Arg::from("travel_document")),
            ("last_day", Arg::from("2026-12-01")),
            ("days", Arg::Int(7)),
        ],
        resource: ("permit", permit.id),
        dedupe_key: text("town"),
    };
    let tx = ctx.write_tx().await.unwrap();
    enqueue(&asking, &tx, NewJob::of(JobKind::SweepJobs)).await.unwrap();
    notify_in(ctx, &tx, &[hr], &notice).await.unwrap();
    audit_entry::exempt(&tx);
    tx.commit().await.unwrap();
}

/// A household for each of the people, with the same rows in both worlds but for one word.
async fn households(ctx: &Ctx, parties: &Parties, official: UserId, world: World) {
    let new = parties.people.iter().enumerate().map(|(n, person)| NewHousehold {
        reference: format!("H-{n}"),
        region: parties.side.county(),
        registered_on: day(2026, 3, 1),
        members: vec![NewMember { person: *person, relation: text("head"), valid_from: day(2026, 3, 1) }],
    });
    let made = register_households(ctx, parties.bureau, new.collect(), Mode::Commit).await.unwrap();
    let [in_a, in_b] = TARGETED;
    let targeted = if world == World::A { in_a } else { in_b };
    let decide = |(n, household): (usize, &_)| NewTargeting {
        household: *household,
        outcome: text(if n == targeted { "targeted" } else { "not_targeted" }),
        cause: text("income"),
        decided_on: day(2026, 4, 1),
    };
    let decisions = made.iter().enumerate().map(decide).collect();
    decide_targeting(ctx, decisions, Some(official), Mode::Commit).await.unwrap();
}
