//! The list of what is personal: every column of both databases is in it or is of nobody, the document says the same,
//! and an erasure leaves of each declared column what the list says.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use ballast::entity::exchange::mail_outbox;
use ballast::entity::identity::{
    half_session, mail_address, open_id_link, passkey, passkey_challenge, recovery_code, session,
    sign_in_link, totp, user,
};
use ballast::entity::organisation::master_key;
use ballast::entity::permit::permit;
use ballast::entity::person::{
    consent, duplicate_case, duplicate_move, guardian, person as person_row, person_link,
};
use ballast::outside::keys::SealedKey;
use ballast::service::Ctx;
use ballast::service::batch::Mode;
use ballast::service::exchange::job::{NewJob, enqueue};
use ballast::service::identity::session::hash_token;
use ballast::service::identity::user::{NewUser, create_user};
use ballast::service::person::rights_request::{NewRight, ask_right};
use ballast::service::poverty::household::{NewHousehold, NewMember, register_households};
use ballast::service::poverty::targeting::{NewTargeting, decide_targeting};
use ballast::store::audit::audit_entry;
use ballast::store::person::personal::{
    COLUMNS_OF_NOBODY, Erased, Group, OF_NOBODY, Shown, TABLES, Table, Whose, find,
};
use ballast_domain::base::id::{PersonId, UserId};
use ballast_domain::exchange::job::Kind as JobKind;
use ballast_domain::identity::policy::Actor;
use ballast_domain::person::retention::Period;
use ballast_domain::person::rights_request::{Field as Wrong, Kind as RightKind};
use chrono::Duration;
use sea_orm::{
    ActiveModelTrait as _, ConnectionTrait as _, DatabaseConnection, DbBackend, EntityTrait as _,
    IntoActiveModel as _, Statement, Value,
};
use serde_json::json;
use uuid::Uuid;

use super::erasure::unique;
use crate::harness::{PASSWORD, Template, TestApp, TestDatabase, now};
use crate::schema_drift::{live_columns, live_tables};
use crate::service::day;

/// Tables in which nobody has a row before being erased, or nobody can say whose a row is.
const EMPTY_BEFORE: [&str; 3] = ["audit_erasure", "erasure", "sign_in_failure"];
/// Where the document has the list.
const BEGIN: &str = "<!-- the list of personal columns, printed by a test -->\n";
const END: &str = "<!-- the end of the list -->\n";

#[tokio::test]
async fn every_column_is_declared_or_is_of_nobody() {
    let database = TestDatabase::create(Template::Empty).await;
    let owner = database.owner().await;
    let (mut undeclared, mut there) = (Vec::new(), BTreeSet::new());
    for name in live_tables(&owner).await.unwrap() {
        let columns: BTreeSet<String> = live_columns(&owner, &name).await.unwrap().into_keys().collect();
        there.insert(name.clone());
        there.extend(columns.iter().map(|column| format!("{name}.{column}")));
        let of_nobody = |what: &str| OF_NOBODY.iter().any(|(known, _)| *known == what);
        let declared = find(&name);
        if of_nobody(&name) {
            assert!(declared.is_none(), "{name} is declared, and of nobody");
            continue;
        }
        for column in columns {
            let full = format!("{name}.{column}");
            let known = declared.map_or(0, |table| declarations(table, &column));
            assert!(known <= 1, "{full} is declared {known} times");
            let general = COLUMNS_OF_NOBODY.iter().any(|(known, _)| *known == column);
            if known == 0 && !of_nobody(&full) && !(general && declared.is_some()) {
                undeclared.push(full);
            }
        }
    }
    assert!(
        undeclared.is_empty(),
        "say in src/store/person/personal/tables.rs what these hold, or why they are of nobody:\n{}",
        undeclared.join("\n")
    );
    let named = TABLES.iter().flat_map(|table| {
        let columns = table.groups.iter().flat_map(|group| group.columns);
        columns.map(|column| format!("{}.{column}", table.name)).chain([table.name.to_owned()])
    });
    let named = named.chain(OF_NOBODY.iter().map(|(what, _)| (*what).to_owned()));
    let gone: Vec<String> = named.filter(|what| !there.contains(what)).collect();
    assert!(gone.is_empty(), "not there any more: {gone:?}");
    assert!(OF_NOBODY.is_sorted_by_key(|(what, _)| *what), "the list is sorted");
    assert!(OF_NOBODY.iter().chain(COLUMNS_OF_NOBODY).all(|(_, reason)| !reason.is_empty()));
}

fn declarations(table: &Table, column: &str) -> usize {
    let path = usize::from(table.whose.column() == Some(column));
    path + table.groups.iter().filter(|group| group.columns.contains(&column)).count()
}

#[test]
fn the_document_has_the_list_as_it_is() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/privacy.md");
    let document = fs::read_to_string(path).unwrap();
    let (before, rest) = document.split_once(BEGIN).expect("the document has the mark of the list");
    let (said, after) = rest.split_once(END).expect("the document has the mark of its end");
    let list = list();
    if said == list {
        return;
    }
    let new = Path::new(env!("CARGO_TARGET_TMPDIR")).join("privacy.md");
    fs::write(&new, format!("{before}{BEGIN}{list}{END}{after}")).unwrap();
    panic!(
        "docs/privacy.md lists other columns than the code. If that is meant: cp {} docs/privacy.md",
        new.display()
    );
}

fn list() -> String {
    let mut text =
        String::from("| columns | kind | basis | kept | when the person is erased | in the export |\n");
    text.push_str("|---|---|---|---|---|---|\n");
    for table in TABLES {
        let path = table.whose.column().map(|column| format!(", by `{column}`")).unwrap_or_default();
        if table.groups.is_empty() {
            let _ = writeln!(
                text,
                "| `{}`{path} | log | {} | {} | stays: ids alone | no |",
                table.name,
                table.basis.code(),
                kept(table)
            );
        }
        for group in table.groups {
            let _ = writeln!(
                text,
                "| `{}`{path}: {} | {} | {} | {} | {} | {} |",
                table.name,
                group.columns.join(", "),
                group.class.code().replace('_', "-"),
                table.basis.code(),
                kept(table),
                erased(group),
                exported(group)
            );
        }
    }
    text
}

fn kept(table: &Table) -> String {
    match table.retention.period() {
        Period::AfterLastTie => "as the installation sets it".to_owned(),
        Period::WithPerson => "with the person".to_owned(),
        Period::UntilEnded => "until it has ended".to_owned(),
        Period::Days(days) => format!("{days} days"),
        Period::ForGood => "for good".to_owned(),
    }
}

fn erased(group: &Group) -> String {
    match group.erased {
        Erased::RowGoes => "deleted".to_owned(),
        Erased::Emptied => "emptied".to_owned(),
        Erased::ByAge => "goes by age".to_owned(),
        Erased::Stays(why) => format!("stays: {why}"),
    }
}

fn exported(group: &Group) -> String {
    match group.shown {
        Shown::AsIs => "yes".to_owned(),
        Shown::Opened => "opened".to_owned(),
        Shown::Reading => "as who read what".to_owned(),
        Shown::Withheld(reason) => format!("no: {}", reason.code().replace('_', " ")),
    }
}

/// A person of whom every table has something, and a token of theirs.
pub async fn known_everywhere(app: &TestApp) -> (PersonId, String) {
    let person = unique(app).await;
    let (place, owner, path) = (&app.town.home, app.owner().await, format!("/api/v1/people/{person}"));
    let claim =
        json!({ "skill": place.skill, "level": 5, "evidence": "assessed", "achieved_on": "2026-10-01" });
    app.school().post(&format!("{path}/skill-claims"), claim).await.expect_status(201);
    let class = format!("/api/v1/joint-classes/{}/enrolments", place.joint_class);
    app.school().post(&class, json!({ "person": person.0 })).await.expect_status(201);
    let paper = json!({
        "kind": "health_certificate", "issuer": "Clinic", "valid_until": "2027-06-30", "verification": "confirmed",
    });
    app.official().post(&format!("{path}/permit-documents"), paper).await.expect_status(201);
    let auditor = app.auditor();
    auditor.post(&format!("{path}/legal-holds"), json!({ "reason": "audit" })).await.expect_status(201);
    auditor.post(&format!("{path}/legal-hold-lifting"), json!({})).await.expect_status(204);
    app.official().get(&path).await.expect_status(200);
    household(app, person).await;
    let asked = consent::Model {
        id: Uuid::from_u128(71),
        person_id: person.0,
        organisation_id: place.factory.0,
        vacancy_id: place.vacancy,
        purpose: "contact".to_owned(),
        state: "asked".to_owned(),
        asked_at: now(),
        answered_at: None,
        revision: 1,
    };
    consent::Entity::insert(asked.into_active_model().reset_all()).exec(&owner).await.unwrap();
    let withdrawn = permit::Model {
        id: Uuid::from_u128(72),
        person_id: person.0,
        employer_id: place.factory.0,
        port_id: place.port,
        vacancy_id: None,
        reference: "P-72".to_owned(),
        status: "withdrawn".to_owned(),
        starts_on: day(2027, 1, 1),
        ends_on: day(2027, 12, 31),
        revision: 1,
    };
    permit::Entity::insert(withdrawn.into_active_model().reset_all()).exec(&owner).await.unwrap();
    let wrong = NewRight {
        kind: RightKind::Correction,
        field: Some(Wrong::Name),
        value: Some("欧阳环".to_owned()),
        vacancy: None,
        reason: "It is written in another way".to_owned(),
    };
    ask_right(&app.operator(), person, &wrong).await.unwrap();
    known_twice(app, &owner, person).await;
    let token = sign_in(app, person).await;
    // What a school does not ask of a local person.
    let more = "UPDATE \"person\" SET birth_country_code = 'VN', foreign_worker = true WHERE id = $1";
    let backend = owner.get_database_backend();
    owner.execute_raw(Statement::from_sql_and_values(backend, more, [person.0.into()])).await.unwrap();
    (person, token)
}

/// Another registration of the person, which stands for both.
async fn known_twice(app: &TestApp, owner: &DatabaseConnection, person: PersonId) {
    let official = app.official().ctx().await.actor.user_id().map(|user| user.0);
    let row = person_row::Entity::find_by_id(person.0).one(owner).await.unwrap().unwrap();
    let survivor = person_row::Model { id: Uuid::max(), ..row };
    person_row::Entity::insert(survivor.into_active_model().reset_all()).exec(owner).await.unwrap();
    let case = duplicate_case::Model {
        id: Uuid::from_u128(82),
        person_a_id: person.0,
        person_b_id: Uuid::max(),
        cause: "number".to_owned(),
        state: "undone".to_owned(),
        survivor_id: Some(Uuid::max()),
        reason: "欧阳鹮 twice".to_owned(),
        revision_a: 1,
        revision_b: 1,
        step: 1,
        decided_by: official,
        decided_at: now(),
        undone_by: official,
        undone_at: Some(now()),
        revision: 2,
    };
    duplicate_case::Entity::insert(case.into_active_model().reset_all()).exec(owner).await.unwrap();
    let (person_id, case_id) = (person.0, Uuid::from_u128(82));
    let link = person_link::Model { person_id, survivor_id: Uuid::max(), case_id };
    person_link::Entity::insert(link.into_active_model().reset_all()).exec(owner).await.unwrap();
    let narrowed = duplicate_move::Model {
        case_id,
        person_id,
        kind: "consent".to_owned(),
        row_id: Uuid::from_u128(71),
        before: "given".to_owned(),
        before_at: Some(now()),
        revision: 2,
    };
    duplicate_move::Entity::insert(narrowed.into_active_model().reset_all()).exec(owner).await.unwrap();
}

async fn household(app: &TestApp, person: PersonId) {
    let (ctx, place) = (app.operator(), &app.town.home);
    let member = NewMember { person, relation: "head".to_owned(), valid_from: day(2026, 3, 1) };
    let new = NewHousehold {
        reference: "H-71".to_owned(),
        region: "219001".to_owned(),
        registered_on: day(2026, 3, 1),
        members: vec![member],
    };
    let made = register_households(&ctx, place.bureau, vec![new], Mode::Commit).await.unwrap();
    let decided = NewTargeting {
        household: made[0],
        outcome: "targeted".to_owned(),
        cause: "income".to_owned(),
        decided_on: day(2026, 4, 1),
    };
    let officer = app.targeting_officer().ctx().await.actor.user_id();
    decide_targeting(&ctx, vec![decided], officer, Mode::Commit).await.unwrap();
}

/// A login of the person, and what machinery keeps for it.
/// What a login proves itself with besides its password, and what is under way.
async fn factors(owner: &DatabaseConnection, user_id: Uuid) {
    let key_id = master_key::Entity::find().one(owner).await.unwrap().unwrap().key_id;
    let later = now() + Duration::minutes(5);
    let by_time = totp::Model {
        user_id,
        key_id,
        sealed: vec![9; 40],
        last_step: 7,
        created_at: now(),
        confirmed_at: Some(now()),
        revision: 1,
    };
    totp::Entity::insert(by_time.into_active_model().reset_all()).exec(owner).await.unwrap();
    let code = recovery_code::Model {
        id: Uuid::from_u128(77),
        user_id,
        code_hash: vec![10; 32],
        created_at: now(),
        used_at: Some(now()),
    };
    recovery_code::Entity::insert(code.into_active_model().reset_all()).exec(owner).await.unwrap();
    let key = passkey::Model {
        id: Uuid::from_u128(78),
        user_id,
        name: "Phone".to_owned(),
        credential_id: vec![11; 32],
        credential: "{}".to_owned(),
        counter: 3,
        created_at: now(),
        last_used_on: Some(day(2026, 11, 24)),
    };
    passkey::Entity::insert(key.into_active_model().reset_all()).exec(owner).await.unwrap();
    let elsewhere = open_id_link::Model {
        id: Uuid::from_u128(82),
        user_id,
        issuer: "https://login.example".to_owned(),
        subject_hash: vec![12; 32],
        created_at: now(),
        last_used_on: Some(day(2026, 11, 24)),
    };
    open_id_link::Entity::insert(elsewhere.into_active_model().reset_all()).exec(owner).await.unwrap();
    let half = half_session::Model {
        id: Uuid::from_u128(79),
        user_id,
        token_hash: hash_token("79"),
        label: "firefox/linux".to_owned(),
        tries: 1,
        created_at: now(),
        expires_at: later,
    };
    half_session::Entity::insert(half.into_active_model().reset_all()).exec(owner).await.unwrap();
    let challenge = passkey_challenge::Model {
        id: Uuid::from_u128(80),
        user_id: Some(user_id),
        state: "{}".to_owned(),
        created_at: now(),
        expires_at: later,
    };
    let link = sign_in_link::Model {
        id: Uuid::from_u128(81),
        user_id,
        kind: "reset".to_owned(),
        secret_hash: hash_token("81"),
        created_by: Some(user_id),
        created_at: now(),
        expires_at: later,
        used_at: Some(now()),
        tries: 1,
    };
    sign_in_link::Entity::insert(link.into_active_model().reset_all()).exec(owner).await.unwrap();
    passkey_challenge::Entity::insert(challenge.into_active_model().reset_all()).exec(owner).await.unwrap();
}

/// Where a login is written to, a mail that waits and one that was sent.
async fn mails(app: &TestApp, owner: &DatabaseConnection, user_id: Uuid) {
    let keys = &app.app.keys;
    let place = format!("mail_address|sealed|{user_id}");
    let SealedKey { key_id, sealed } =
        keys.seal_own_key(&place, b"ouyang@example.com", &app.app.random).unwrap();
    let address = mail_address::Model {
        user_id,
        key_id: key_id.clone(),
        sealed: sealed.clone(),
        created_at: now(),
        revision: 1,
    };
    mail_address::Entity::insert(address.into_active_model().reset_all()).exec(owner).await.unwrap();
    for (n, state) in [(82, "waiting"), (83, "sent")] {
        let waits = state == "waiting";
        let mail = mail_outbox::Model {
            id: Uuid::from_u128(n),
            user_id: Some(user_id),
            template: "reset".to_owned(),
            locale: "en".to_owned(),
            key_id: waits.then(|| key_id.clone()),
            sealed: waits.then(|| sealed.clone()),
            state: state.to_owned(),
            tries: 1,
            created_by: Some(user_id),
            created_at: now(),
            expires_at: now() + Duration::hours(1),
            ended_at: (!waits).then(now),
            revision: 1,
        };
        mail_outbox::Entity::insert(mail.into_active_model().reset_all()).exec(owner).await.unwrap();
    }
}

async fn sign_in(app: &TestApp, person: PersonId) -> String {
    let (ctx, owner) = (app.operator(), app.owner().await);
    let new = NewUser {
        login: "ouyang".to_owned(),
        display_name: "欧阳".to_owned(),
        password: PASSWORD.to_owned(),
        role: "trainee".to_owned(),
        organisation: None,
        person: Some(person),
    };
    let login = create_user(&ctx, new).await.unwrap();
    let spoken = user::ActiveModel {
        id: sea_orm::Set(login.0),
        locale: sea_orm::Set(Some("en".to_owned())),
        ..Default::default()
    };
    user::Entity::update(spoken).exec(&owner).await.unwrap();
    let credentials = json!({ "login": "ouyang", "password": PASSWORD });
    let made = app.nobody().post("/api/v1/tokens", credentials).await.expect_status(201).json();
    let page = session::Model {
        id: Uuid::from_u128(73),
        user_id: login.0,
        token_hash: hash_token("73"),
        created_at: now(),
        expires_at: now() + Duration::hours(1),
        label: Some("firefox/linux".to_owned()),
        last_used_on: Some(day(2026, 11, 24)),
        confirmed_at: Some(now()),
    };
    session::Entity::insert(page.into_active_model().reset_all()).exec(&owner).await.unwrap();
    factors(&owner, login.0).await;
    mails(app, &owner, login.0).await;
    let acts = guardian::Model {
        id: Uuid::from_u128(76),
        person_id: person.0,
        user_id: app.guardian().ctx().await.actor.user_id().unwrap().0,
        basis: "incapacity".to_owned(),
        valid_from: day(2026, 11, 1),
        valid_until: None,
        recorded_at: now(),
        supersedes_id: None,
    };
    guardian::Entity::insert(acts.into_active_model().reset_all()).exec(&owner).await.unwrap();
    let notice = ballast::entity::exchange::notification::Model {
        id: Uuid::from_u128(74),
        user_id: login.0,
        kind: "enrolment_finished".to_owned(),
        args: json!({ "reference": "C-1" }).to_string(),
        resource_kind: "joint_class".to_owned(),
        resource_id: app.town.home.joint_class,
        dedupe_key: "74".to_owned(),
        created_at: now(),
        read_at: None,
    };
    let notice = notice.into_active_model().reset_all();
    ballast::entity::exchange::notification::Entity::insert(notice).exec(&owner).await.unwrap();
    let key = ballast::entity::exchange::idempotency_key::Model {
        user_id: login.0,
        key_hash: vec![7; 32],
        fingerprint: vec![8; 32],
        operation: "POST /api/v1/consents".to_owned(),
        outcome: "[]".to_owned(),
        entry_id: Uuid::from_u128(75),
        created_at: now(),
    };
    let key = key.into_active_model().reset_all();
    ballast::entity::exchange::idempotency_key::Entity::insert(key).exec(&owner).await.unwrap();
    let asking = Ctx { actor: Actor::user(UserId(login.0), None, Vec::new()), ..ctx.clone() };
    let tx = ctx.write_tx().await.unwrap();
    enqueue(&asking, &tx, NewJob::of(JobKind::SweepSessions)).await.unwrap();
    audit_entry::exempt(&tx);
    tx.commit().await.unwrap();
    made["token"].as_str().unwrap().to_owned()
}

/// The rows of one person in one table.
struct Held<'t> {
    table: &'t Table,
    owner: &'t DatabaseConnection,
    keys: Vec<Uuid>,
}

impl Held<'_> {
    /// The values of a column, each as the database writes it.
    async fn values(&self, column: &str) -> Vec<Option<String>> {
        let Some(path) = self.table.whose.column().filter(|_| !self.keys.is_empty()) else {
            return Vec::new();
        };
        let backend = self.owner.get_database_backend();
        let text = if backend == DbBackend::Sqlite {
            format!("nullif(quote(\"{column}\"), 'NULL')")
        } else {
            format!("\"{column}\"::text")
        };
        let places: Vec<String> = (1..=self.keys.len()).map(|n| format!("${n}")).collect();
        let sql =
            format!("SELECT {text} FROM \"{}\" WHERE \"{path}\" IN ({})", self.table.name, places.join(", "));
        let keys: Vec<Value> = self.keys.iter().map(|key| (*key).into()).collect();
        let rows =
            self.owner.query_all_raw(Statement::from_sql_and_values(backend, sql, keys)).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }
}

async fn ids(owner: &DatabaseConnection, sql: &str, person: PersonId) -> Vec<Uuid> {
    let statement = Statement::from_sql_and_values(owner.get_database_backend(), sql, [person.0.into()]);
    let rows = owner.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// By which values of its column each table has something of a person.
async fn held<'t>(owner: &'t DatabaseConnection, person: PersonId) -> Vec<Held<'t>> {
    let mut all = Vec::new();
    for table in TABLES {
        let logins = "SELECT id FROM \"user\" WHERE person_id = $1";
        let keys = match table.whose {
            Whose::Person(_) | Whose::Pair(..) => vec![person.0],
            Whose::Login(_) => ids(owner, logins, person).await,
            Whose::Through(_, parent) => {
                ids(owner, &format!("SELECT id FROM \"{parent}\" WHERE person_id = $1"), person).await
            }
            Whose::Household(_) => {
                ids(owner, "SELECT household_id FROM household_member WHERE person_id = $1", person).await
            }
            Whose::Subject(_) => [vec![person.0], ids(owner, logins, person).await].concat(),
            Whose::Digest => Vec::new(),
        };
        all.push(Held { table, owner, keys });
    }
    all
}

/// What says nothing, in either database's words.
fn says_something(value: &str) -> bool {
    !matches!(value, "" | "''" | "0" | "false")
}

#[tokio::test]
async fn an_erasure_leaves_of_each_column_what_the_list_says() {
    let app = TestApp::start().await;
    let (person, _) = known_everywhere(&app).await;
    let owner = app.owner().await;
    let all = held(&owner, person).await;
    let mut before: BTreeMap<String, Vec<Option<String>>> = BTreeMap::new();
    for held in &all {
        let columns = held.table.groups.iter().flat_map(|group| group.columns.iter().copied());
        let columns: Vec<&str> = columns.chain(held.table.whose.column()).collect();
        for column in columns {
            let values = held.values(column).await;
            let empty = EMPTY_BEFORE.contains(&held.table.name);
            assert_eq!(values.is_empty(), empty, "give the person of this test a row in {}", held.table.name);
            before.insert(format!("{}.{column}", held.table.name), values);
        }
    }
    app.official().post(&format!("/api/v1/people/{person}/erasure"), json!({})).await.expect_status(204);
    for held in &all {
        for group in held.table.groups {
            for column in group.columns {
                let full = format!("{}.{column}", held.table.name);
                let (was, is) = (&before[&full], held.values(column).await);
                match group.erased {
                    Erased::RowGoes => assert!(is.is_empty(), "{full} is still there: {is:?}"),
                    Erased::Emptied => {
                        let said: BTreeSet<&String> =
                            was.iter().flatten().filter(|value| says_something(value)).collect();
                        assert!(!said.is_empty(), "give the person of this test a {full}");
                        assert!(is.iter().flatten().all(|value| !said.contains(value)), "{full}: {is:?}");
                    }
                    Erased::ByAge => {}
                    Erased::Stays(why) => {
                        assert!(!why.is_empty());
                        assert!(is.len() >= was.len() && !is.is_empty(), "{full} is said to stay");
                    }
                }
            }
        }
    }
}
