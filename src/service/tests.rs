//! A small town for the tests of use cases that stand beside them: two regions with a bureau each, a school, a
//! factory, a login of each role and a few people. On SQLite, in a folder of its own.

use std::sync::Arc;

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{OrganisationId, PersonId, UserId};
use ballast_domain::identity::policy::Actor;
use ballast_domain::matching::profile::Profile;
use migration::MigratorTrait as _;

use super::batch::Mode;
use super::identity::user::{NewUser, create_user};
use super::organisation::organisation::{NewOrganisation, register_organisations};
use super::organisation::region::{NewRegion, load_regions};
use super::person::person::{NewPerson, register_people};
use super::{App, Ctx, Error};
use crate::outside::clock::Clock;
use crate::outside::keys::Keys;
use crate::outside::metrics::Metrics;
use crate::outside::random::Random;
use crate::store::Db;
use crate::store::identity::user;
use crate::words::Locale;

/// A civil date.
pub(crate) fn day(year: i32, month: u32, day: u32) -> CivilDate {
    CivilDate::from_ymd_opt(year, month, day).unwrap()
}

/// Who and what is there. The bureau answers for 2106, the other one for 2102.
pub(crate) struct Town {
    pub app: Arc<App>,
    pub bureau: OrganisationId,
    pub other_bureau: OrganisationId,
    pub school: OrganisationId,
    pub factory: OrganisationId,
    /// People whom the bureau registered.
    pub people: Vec<PersonId>,
    /// Somebody whom only the other bureau knows.
    pub stranger: PersonId,
    _folder: tempfile::TempDir,
}

impl Town {
    pub async fn build() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("town.db").display());
        let db = Db::open(&url, true, None).await.unwrap();
        migration::Migrator::up(db.owner(), None).await.unwrap();
        let random = Random::seeded(7);
        let at = chrono::DateTime::parse_from_rfc3339("2026-11-24T01:12:07Z").unwrap().to_utc();
        let app = Arc::new(App {
            db,
            clock: Clock::Fixed(at),
            keys: Keys::ephemeral(&random),
            random,
            profile: (no_profile(), String::new()),
            demonstration: false,
            passwords: Default::default(),
            require_second_factor: false,
            relying_party: None,
            open_id: Default::default(),
            mailer: None,
            people: crate::service::matching::catalogue::Catalogue::default(),
            occupations: Default::default(),
            log: crate::service::audit::Log::new(crate::outside::witness::Witness::default()),
            running: Default::default(),
            metrics: Metrics::default(),
            limits: crate::service::Limits::default(),
            erasures: Default::default(),
        });
        crate::service::organisation::master_key::name_first(&app).await.unwrap();
        let ctx = Ctx::operator(app.clone(), Locale::En);
        let regions = ["210604101", "21", "2106", "210604", "2102", "210202"].map(region).to_vec();
        load_regions(&ctx, regions, Mode::Commit).await.unwrap();
        let kinds = [("bureau", "2106"), ("bureau", "2102"), ("school", "210604"), ("factory", "210604")];
        let new = kinds.map(|(kind, region)| organisation(kind, region)).to_vec();
        let ids = register_organisations(&ctx, new, Mode::Commit).await.unwrap();
        let [bureau, other_bureau, school, factory] = ids.try_into().unwrap();
        let people = ["林秋实", "林晚晴", "林小满", "赵春和"].map(|name| person(name, "210604")).to_vec();
        let people = register_people(&ctx, bureau, people, Mode::Commit).await.unwrap();
        let stranger = vec![person("孙远航", "210202")];
        let stranger = register_people(&ctx, other_bureau, stranger, Mode::Commit).await.unwrap();
        Self { app, bureau, other_bureau, school, factory, people, stranger: stranger[0], _folder: folder }
    }

    /// The operator at the command line.
    pub fn operator(&self) -> Ctx {
        Ctx::operator(self.app.clone(), Locale::En)
    }

    /// A new login as it would ask.
    pub async fn user(&self, role: &str, organisation: Option<OrganisationId>) -> Ctx {
        let new = NewUser {
            login: format!("{role}-{}", organisation.map_or("none".to_owned(), |id| id.to_string())),
            display_name: role.to_owned(),
            password: "correct horse battery".to_owned(),
            role: role.to_owned(),
            organisation,
            person: None,
        };
        let new = NewUser { login: new.login.chars().take(40).collect(), ..new };
        let id = create_user(&self.operator(), new).await.unwrap();
        Ctx { actor: self.actor(id).await, ..self.operator() }
    }

    /// A login as the policy sees it.
    pub async fn actor(&self, id: UserId) -> Actor {
        let db = self.app.db.reader();
        let row = user::get(db, id).await.unwrap();
        user::load_actor(db, &row, self.operator().today()).await.unwrap()
    }
}

/// Nothing here ranks anybody.
fn no_profile() -> Profile {
    Profile {
        name: "none".to_owned(),
        version: 1,
        skill_points: 0,
        certificate_points: 0,
        wage_steps: Vec::new(),
        distance_points: [0; 6],
        dormitory_points: 0,
        shift_points: 0,
        class_points: (0, 0),
        evidence_permille: [0; 5],
        decay_permille: [Vec::new(), Vec::new(), Vec::new()],
    }
}

pub(crate) fn region(code: &str) -> NewRegion {
    NewRegion { code: code.to_owned(), name_zh: format!("地区{code}"), name_en: format!("Region {code}") }
}

pub(crate) fn organisation(kind: &str, region: &str) -> NewOrganisation {
    NewOrganisation {
        kind: kind.to_owned(),
        name_zh: format!("{kind}单位"),
        name_en: format!("A {kind}"),
        credit_code: None,
        region: region.to_owned(),
    }
}

fn person(name: &str, home: &str) -> NewPerson {
    NewPerson { name: name.to_owned(), home_region: Some(home.to_owned()), ..NewPerson::default() }
}

/// The wrong fields of an answer, as `pointer code`, in order.
pub(crate) fn problems<T: std::fmt::Debug>(answer: Result<T, Error>) -> Vec<String> {
    match answer {
        Err(Error::Invalid(fields)) => {
            let mut found: Vec<String> =
                fields.iter().map(|field| format!("{} {}", field.pointer, field.code)).collect();
            found.sort();
            found
        }
        other => panic!("not a list of wrong fields: {other:?}"),
    }
}
