//! A small town in two regions: in each a bureau, a school, a factory, a port, the people tied to them, a joint
//! class, a vacancy, a permit, and households of which one is targeted. The same on every run.
//!
//! What has a use case is made by it; the rest is put in row by row, whole and consistent.

use std::sync::Arc;

use ballast::entity::organisation::{country, organisation, port, region, site};
use ballast::entity::poverty::{household, household_member, targeting};
use ballast::entity::taxonomy::{framework, label, occupation, skill};
use ballast::entity::training::{agreement, class_module, enrolment, joint_class};
use ballast::entity::{hiring, identity, permit, person, record};
use ballast::service::batch::Mode;
use ballast::service::identity::session::{SESSION_HOURS, TOKEN_PREFIX, hash_token};
use ballast::service::identity::user::{self, NewUser};
use ballast::service::person::availability::NewAvailability;
use ballast::service::person::person::{NewPerson, register_people};
use ballast::service::{App, Ctx};
use ballast::words::Locale;
use ballast_domain::base::id::{OrganisationId, PersonId};
use ballast_domain::matching::candidate::Shifts;
use chrono::{Duration, NaiveDate};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait,
    IntoActiveModel, ModelTrait, QueryFilter as _,
};
use uuid::Uuid;

use super::app::{PASSWORD, now};
use super::identity::{login, token};

/// What the town is drawn from.
pub const SEED: u64 = 7;
/// The town's people, in the order in which the school registers them. The first has a login.
const PEOPLE: [&str; 4] = ["Bai", "Cui", "Dou", "Fan"];
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
    /// The first of them, who has a login and is in the joint class.
    pub trainee: PersonId,
    /// A foreign worker whom the bureau registered and the factory placed.
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
    /// One household for each of the people.
    pub households: Vec<Uuid>,
    /// What the vacancy and the class are for; the same on both sides.
    pub occupation: Uuid,
    /// What they ask for and teach.
    pub skill: Uuid,
}

impl Side {
    fn base(self) -> u128 {
        match self {
            Self::Home => 1000,
            Self::Other => 2000,
        }
    }

    fn id(self, number: u128) -> Uuid {
        Uuid::from_u128(self.base() + number)
    }

    fn region(self) -> &'static str {
        match self {
            Self::Home => "2190",
            Self::Other => "2290",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Home => "Home",
            Self::Other => "Other",
        }
    }
}

impl Town {
    /// Finds who and what is there.
    pub async fn find(db: &impl ConnectionTrait) -> Self {
        Self { home: Place::find(db, Side::Home).await, other: Place::find(db, Side::Other).await }
    }
}

impl Place {
    fn new(side: Side, people: Vec<PersonId>) -> Self {
        Self {
            region: side.region(),
            bureau: OrganisationId(side.id(1)),
            school: OrganisationId(side.id(2)),
            factory: OrganisationId(side.id(3)),
            plant: side.id(13),
            port: side.id(14),
            trainee: people[0],
            people,
            worker: PersonId(side.id(40)),
            agreement: side.id(20),
            joint_class: side.id(21),
            enrolment: side.id(23),
            skill_claim: side.id(24),
            vacancy: side.id(30),
            permit: side.id(43),
            households: (0..PEOPLE.len()).map(|n| side.id(50 + n as u128)).collect(),
            occupation: Uuid::from_u128(2),
            skill: Uuid::from_u128(3),
        }
    }

    async fn find(db: &impl ConnectionTrait, side: Side) -> Self {
        let mut people = Vec::new();
        for name in PEOPLE {
            let name = full_name(side, name);
            let found = person::person::Entity::find().filter(person::person::Column::Name.eq(&name));
            people.push(PersonId(found.one(db).await.unwrap().expect("the town's people are there").id));
        }
        Self::new(side, people)
    }

    /// The row of this side that a parameter of a path names, by the part of the path before it.
    pub fn row(&self, noun: &str, _parameter: &str) -> Option<String> {
        let id = match noun {
            "people" | "persons" => self.trainee.0,
            "foreign-workers" => self.worker.0,
            "organisations" => self.factory.0,
            "sites" => self.plant,
            "ports" => self.port,
            "agreements" => self.agreement,
            "joint-classes" => self.joint_class,
            "enrolments" => self.enrolment,
            "skill-claims" => self.skill_claim,
            "vacancies" => self.vacancy,
            "permits" => self.permit,
            "households" => *self.households.first()?,
            "occupations" => self.occupation,
            "skills" => self.skill,
            _ => return None,
        };
        Some(id.to_string())
    }
}

fn full_name(side: Side, name: &str) -> String {
    format!("{name} {}", side.name())
}

/// Puts a row in as it is.
pub async fn put<M>(db: &impl ConnectionTrait, model: M)
where
    M: ModelTrait + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
    M::Entity: EntityTrait<Model = M>,
    <M::Entity as EntityTrait>::ActiveModel: ActiveModelBehavior + Send,
{
    let row = model.into_active_model().reset_all();
    M::Entity::insert(row).exec_without_returning(db).await.expect("a row of the town goes in");
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// Builds the town in an empty migrated database.
pub async fn build(app: &Arc<App>, world: World) {
    reference(app).await;
    for side in [Side::Home, Side::Other] {
        let people = organisations_and_people(app, side).await;
        let place = Place::new(side, people);
        classes(app, side, &place).await;
        hiring_and_permits(app, side, &place).await;
        logins(app, side, &place).await;
        households(app, side, &place, world).await;
    }
}

async fn reference(app: &Arc<App>) {
    let db = app.db.owner();
    for (code, zh, en) in [("CN", "中国", "China"), ("VN", "越南", "Viet Nam"), ("KP", "朝鲜", "DPR Korea")]
    {
        put(db, country::Model { code: text(code), name_zh: text(zh), name_en: text(en) }).await;
    }
    for (code, parent) in [
        ("21", None),
        ("2190", Some("21")),
        ("219001", Some("2190")),
        ("219002", Some("2190")),
        ("22", None),
        ("2290", Some("22")),
        ("229001", Some("2290")),
        ("229002", Some("2290")),
    ] {
        let name = format!("Region {code}");
        let parent_code = parent.map(text);
        put(db, region::Model { code: text(code), name_zh: name.clone(), name_en: name, parent_code }).await;
    }
    let place = Place::new(Side::Home, vec![PersonId(Uuid::nil())]);
    let framework_id = Uuid::from_u128(1);
    let framework = framework::Model {
        id: framework_id,
        code: text("house"),
        version: text("1"),
        title: text("House"),
        licence: text("CC0-1.0"),
        source_sha256: "0".repeat(64),
        imported_at: now(),
    };
    put(db, framework).await;
    let occupation = occupation::Model {
        id: place.occupation,
        framework_id,
        uri: text("sewing"),
        code: None,
        isco_group: Some(text("8153")),
        skill_level: Some(2),
        esco_uri: None,
        csco_code: None,
        revision: 1,
    };
    put(db, occupation).await;
    let skill = skill::Model {
        id: place.skill,
        framework_id,
        uri: text("lockstitch"),
        kind: text("competence"),
        reuse_level: None,
        esco_uri: None,
        csco_code: None,
        decay_class: Some(text("speed")),
        revision: 1,
    };
    put(db, skill).await;
    for (subject_id, subject, language, words) in [
        (place.occupation, "occupation", "zh-CN", "缝纫工"),
        (place.occupation, "occupation", "en", "Sewing machine operator"),
        (place.skill, "skill", "zh-CN", "平缝"),
        (place.skill, "skill", "en", "Lockstitch sewing"),
    ] {
        let (language, kind, subject) = (text(language), text("preferred"), text(subject));
        put(db, label::Model { subject_id, language, kind, ordinal: 0, subject, text: text(words) }).await;
    }
}

async fn organisations_and_people(app: &Arc<App>, side: Side) -> Vec<PersonId> {
    let db = app.db.owner();
    let county = format!("{}01", side.region());
    for (number, kind, region) in
        [(1, "bureau", side.region()), (2, "school", county.as_str()), (3, "factory", county.as_str())]
    {
        let name = format!("{} {kind}", side.name());
        let row = organisation::Model {
            id: side.id(number),
            kind: text(kind),
            name_zh: name.clone(),
            name_en: name,
            credit_code: None,
            region_code: text(region),
            status: text("active"),
            pseudonym_key: app.random.bytes::<32>().to_vec(),
            revision: 1,
        };
        put(db, row).await;
    }
    for (number, owner, kind) in [(12, 2, "campus"), (13, 3, "plant")] {
        let name = format!("{} {kind}", side.name());
        let row = site::Model {
            id: side.id(number),
            organisation_id: side.id(owner),
            kind: text(kind),
            name_zh: name.clone(),
            name_en: name,
            region_code: county.clone(),
            revision: 1,
        };
        put(db, row).await;
    }
    let port = port::Model {
        id: side.id(14),
        name_zh: format!("{} port", side.name()),
        name_en: format!("{} port", side.name()),
        region_code: format!("{}02", side.region()),
        bureau_id: side.id(1),
        revision: 1,
    };
    put(db, port).await;
    let new = PEOPLE.iter().enumerate().map(|(n, name)| NewPerson {
        name: full_name(side, name),
        birth_date: Some(day(2004, 3, 1 + u32::try_from(n).unwrap())),
        sex: Some(text("female")),
        home_region: Some(county.clone()),
        phone: Some(format!("1380000{:04}", side.base() + n as u128)),
        availability: Some(NewAvailability {
            from: day(2026, 12, 1),
            until: None,
            regions: vec![text(side.region())],
            wage_min_minor: Some(400_000),
            shifts: Shifts { day: true, evening: true, night: false },
            dormitory: Some(false),
        }),
        ..NewPerson::default()
    });
    let operator = Ctx::operator(app.clone(), Locale::En);
    let people = register_people(&operator, OrganisationId(side.id(2)), new.collect(), Mode::Commit).await;
    let people = people.expect("the school registers its people");
    put(db, tie(side.id(15), side.id(3), people[3].0, "application")).await;
    people
}

fn tie(id: Uuid, organisation: Uuid, person: Uuid, basis: &str) -> person::person_tie::Model {
    person::person_tie::Model {
        id,
        organisation_id: organisation,
        person_id: person,
        basis: text(basis),
        valid_from: day(2026, 11, 1),
        valid_until: day(9999, 12, 31),
        revision: 1,
    }
}

async fn classes(app: &Arc<App>, side: Side, place: &Place) {
    let db = app.db.owner();
    let agreement = agreement::Model {
        id: place.agreement,
        school_id: place.school.0,
        factory_id: place.factory.0,
        title_zh: text("校企协议"),
        title_en: text("Agreement"),
        valid_from: day(2026, 1, 1),
        valid_until: None,
        revision: 1,
    };
    put(db, agreement).await;
    let class = joint_class::Model {
        id: place.joint_class,
        agreement_id: place.agreement,
        school_id: place.school.0,
        factory_id: place.factory.0,
        occupation_id: place.occupation,
        reference: text("C-1"),
        title_zh: text("缝纫班"),
        title_en: text("Sewing class"),
        starts_on: day(2026, 9, 1),
        ends_on: day(2027, 6, 30),
        seats: 30,
        status: text("running"),
        revision: 1,
    };
    put(db, class).await;
    let module = class_module::Model {
        id: side.id(22),
        joint_class_id: place.joint_class,
        skill_id: place.skill,
        level: 4,
        hours: 120,
    };
    put(db, module).await;
    let enrolment = enrolment::Model {
        id: place.enrolment,
        joint_class_id: place.joint_class,
        person_id: place.trainee.0,
        school_id: place.school.0,
        status: text("enrolled"),
        enrolled_on: day(2026, 9, 1),
        ended_on: None,
        revision: 1,
    };
    put(db, enrolment).await;
    for (n, person) in place.people.iter().enumerate() {
        let claim = record::skill_claim::Model {
            id: side.id(24 + if n == 0 { 0 } else { 100 + n as u128 }),
            person_id: person.0,
            skill_id: place.skill,
            level: 3 + i32::try_from(n).unwrap(),
            evidence: text("assessed"),
            achieved_on: day(2026, 6, 1),
            last_used_on: None,
            valid_until: None,
            decay_class: text("speed"),
            status: text("active"),
            organisation_id: Some(place.school.0),
            enrolment_id: None,
            supersedes_id: None,
            recorded_at: now(),
        };
        put(db, claim).await;
    }
}

async fn hiring_and_permits(app: &Arc<App>, side: Side, place: &Place) {
    let db = app.db.owner();
    let vacancy = hiring::vacancy::Model {
        id: place.vacancy,
        organisation_id: place.factory.0,
        site_id: place.plant,
        occupation_id: place.occupation,
        reference: text("V-1"),
        title_zh: text("缝纫工"),
        title_en: text("Sewing machine operator"),
        headcount: 3,
        wage_min_minor: 420_000,
        wage_max_minor: 520_000,
        currency: text("CNY"),
        starts_on: day(2026, 12, 15),
        shift_day: true,
        shift_evening: false,
        shift_night: false,
        dormitory: true,
        age_min: None,
        seed: app.random.bytes::<32>().to_vec(),
        status: text("open"),
        closed_on: None,
        revision: 1,
    };
    put(db, vacancy).await;
    let requirement = hiring::vacancy_requirement::Model {
        id: side.id(31),
        vacancy_id: place.vacancy,
        skill_id: place.skill,
        essential: true,
        level: 4,
        floor: 3,
        weight: 1000,
        ordinal: 0,
    };
    put(db, requirement).await;
    let worker = person::person::Model {
        id: place.worker.0,
        name: full_name(side, "Hoa"),
        name_latin: None,
        search_key: full_name(side, "hoa").to_lowercase(),
        birth_date: Some(day(1996, 5, 4)),
        sex: Some(text("female")),
        birth_country_code: Some(text("VN")),
        home_region_code: None,
        foreign_worker: true,
        revision: 1,
    };
    put(db, worker).await;
    put(db, tie(side.id(41), place.bureau.0, place.worker.0, "registration")).await;
    put(db, tie(side.id(42), place.factory.0, place.worker.0, "placement")).await;
    let permit = permit::permit::Model {
        id: place.permit,
        person_id: place.worker.0,
        employer_id: place.factory.0,
        port_id: place.port,
        vacancy_id: Some(place.vacancy),
        reference: format!("P-{}", side.name()),
        status: text("draft"),
        starts_on: day(2027, 1, 1),
        ends_on: day(2027, 12, 31),
        revision: 1,
    };
    put(db, permit).await;
}

/// A login for each role, made by its use case, with a token whose text the tests know. The administrator is one
/// for both sides.
async fn logins(app: &Arc<App>, side: Side, place: &Place) {
    let operator = Ctx::operator(app.clone(), Locale::En);
    let mut roles = vec![
        ("school_registrar", Some(place.school), None),
        ("factory_hr", Some(place.factory), None),
        ("labour_official", Some(place.bureau), None),
        ("trainee", None, Some(place.trainee)),
    ];
    if side == Side::Home {
        roles.push(("administrator", None, None));
    }
    for (role, organisation, person) in roles {
        let name = login(role, side);
        let new = NewUser {
            login: name.clone(),
            display_name: format!("{} {role}", side.name()),
            password: PASSWORD.to_owned(),
            role: text(role),
            organisation,
            person,
        };
        let user = user::create_user(&operator, new).await.expect("the town's logins are made");
        let row = identity::api_token::Model {
            id: app.random.timed_id(now()),
            user_id: user.0,
            name: text("test"),
            prefix: text(TOKEN_PREFIX),
            token_hash: hash_token(&token(&name)),
            created_at: now(),
            expires_at: now() + Duration::hours(SESSION_HOURS),
            revoked_at: None,
        };
        put(app.db.owner(), row).await;
    }
}

/// A household for each of the people, with the same rows in both worlds but for one word.
async fn households(app: &Arc<App>, side: Side, place: &Place, world: World) {
    let db = app.db.owner();
    let official = login("labour_official", side);
    let official = ballast::store::identity::user::find_by_login(db, &official).await.unwrap().unwrap();
    let [in_a, in_b] = TARGETED;
    let targeted = if world == World::A { in_a } else { in_b };
    for (n, person) in place.people.iter().enumerate() {
        let household = household::Model {
            id: place.households[n],
            bureau_id: place.bureau.0,
            reference: format!("H-{n}"),
            region_code: format!("{}01", side.region()),
            registered_on: day(2026, 3, 1),
            revision: 1,
        };
        put(db, household).await;
        let member = household_member::Model {
            id: side.id(60 + n as u128),
            household_id: place.households[n],
            person_id: person.0,
            relation: text("head"),
            valid_from: day(2026, 3, 1),
            valid_until: None,
            recorded_at: now(),
        };
        put(db, member).await;
        let decision = targeting::Model {
            id: side.id(70 + n as u128),
            household_id: place.households[n],
            outcome: text(if n == targeted { "targeted" } else { "not_targeted" }),
            cause: text("income"),
            decided_on: day(2026, 4, 1),
            decided_by: official.id,
            recorded_at: now(),
            supersedes_id: None,
        };
        put(db, decision).await;
    }
}
