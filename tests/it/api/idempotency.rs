//! A request that is sent again under its key is carried out once. Every operation that makes something is driven
//! here: one that is missing fails.

use std::collections::BTreeSet;

use ballast::entity::exchange::idempotency_key;
use poem::Body;
use poem::http::Method;
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use serde_json::{Value, json};

use crate::api::body_id;
use crate::api::second_factor::enrol;
use crate::harness::{Answer, Identity, PASSWORD, TestApp, operations};

/// Operations that are not carried out once, and why.
const WITHOUT_KEY: [(&str, &str); 13] = [
    (
        "create_person_login",
        "the code is shown once and kept nowhere; the person has a login the second time",
    ),
    ("create_invitation", "the link is shown once and kept nowhere; the login is taken the second time"),
    ("create_password_reset", "the link is shown once and kept nowhere; another one takes its place"),
    ("create_password_reset_request", "nobody has signed in; asking twice is two mails, within a budget"),
    ("create_sign_in_code", "the code is shown once and kept nowhere; another one takes its place"),
    ("create_own_token", "the secret is shown once and kept nowhere; one that nobody got can be ended"),
    ("create_totp_enrolment", "the secret is shown once; one that nobody got counts for nothing"),
    ("create_totp_confirmation", "the recovery codes are shown once; who did not get them makes new ones"),
    ("create_recovery_codes", "likewise"),
    ("create_job_cancellation", "a job is taken back once, and saying it again changes nothing"),
    ("create_notification_reading", "saying it again changes nothing"),
    ("create_number_reading", "it reads; each time that somebody looks is an entry of its own"),
    ("create_token", "the secret is shown once and kept nowhere; a second token does no harm"),
];

/// Sends requests twice, and remembers which operations were driven.
struct Driver<'a> {
    app: &'a TestApp,
    driven: BTreeSet<&'static str>,
    swapped: BTreeSet<(String, &'static str)>,
}

impl Driver<'_> {
    async fn keys(&self) -> u64 {
        idempotency_key::Entity::find().count(self.app.app.db.reader()).await.unwrap()
    }

    /// Sends it, and sends it again: the answer is the same, and there is one effect.
    async fn twice(
        &mut self,
        operation: &'static str,
        who: &Identity<'_>,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let said =
            operations().into_iter().find(|known| known.id == operation).expect("it is in the document");
        assert_eq!(
            said.header("Idempotency-Key"),
            Some(false),
            "{operation} does not say that it takes a key"
        );
        let (key, kept) = (format!("key-of-{operation}-{}", self.keys().await), self.keys().await);
        let headers = [headers, &[("idempotency-key", key.as_str())]].concat();
        let path = format!("/api/v1{path}");
        let send = || who.send_raw(Method::POST, &path, &headers, Body::from_string(body.to_owned()));
        let first = send().await;
        assert!(first.status.is_success(), "{operation}: {}", first.text());
        assert_eq!(first.header("idempotency-replayed"), "", "{operation}");
        assert_eq!(self.keys().await, kept + 1, "{operation} leaves its key: {}", first.text());
        let again = send().await;
        assert_eq!((again.status, again.text()), (first.status, first.text()), "{operation}");
        assert_eq!(again.header("etag"), first.header("etag"), "{operation}");
        assert_eq!(again.header("idempotency-replayed"), "true", "{operation}");
        assert_eq!(self.keys().await, kept + 1, "{operation}");
        self.driven.insert(operation);
        first
    }

    async fn json(&mut self, operation: &'static str, who: &Identity<'_>, path: &str, body: Value) -> Value {
        self.swapped.extend(body_id::swap(self.app, operation, who, path, &body).await);
        let kind = [("content-type", "application/json")];
        let answer = self.twice(operation, who, path, &kind, &body.to_string()).await;
        if answer.body.is_empty() { Value::Null } else { answer.json() }
    }

    async fn step(&mut self, operation: &'static str, who: &Identity<'_>, path: &str, row: &str) {
        let tag = who.get(&format!("/api/v1{row}")).await.expect_status(200).header("etag").to_owned();
        self.twice(operation, who, path, &[("if-match", &tag)], "").await;
    }
}

#[tokio::test]
async fn whatever_is_made_is_made_once_under_its_key() {
    let app = TestApp::start().await;
    let mut driver = Driver { app: &app, driven: BTreeSet::new(), swapped: BTreeSet::new() };
    installation(&mut driver).await;
    people(&mut driver).await;
    consents(&mut driver).await;
    rights(&mut driver).await;
    work(&mut driver).await;
    files(&mut driver).await;
    assert_eq!(driver.swapped, body_id::to_try(), "each id in a body was another tenant's once");
    let exempt: BTreeSet<&str> = WITHOUT_KEY.iter().map(|(operation, _)| *operation).collect();
    let all: BTreeSet<String> = operations()
        .into_iter()
        .filter(|operation| operation.method == Method::POST)
        .map(|operation| operation.id)
        .collect();
    let known: BTreeSet<String> = driver.driven.union(&exempt).map(|id| (*id).to_owned()).collect();
    assert_eq!(all, known, "drive what is new here, or say why not in WITHOUT_KEY");
    for operation in operations().iter().filter(|operation| exempt.contains(operation.id.as_str())) {
        assert!(operation.header("Idempotency-Key").is_none(), "{} needs no exemption", operation.id);
    }
}

async fn installation(driver: &mut Driver<'_>) {
    let (admin, place) = (driver.app.administrator(), &driver.app.town.home);
    let names = |name: &str| json!({ "name_zh": name, "name_en": name });
    let named = |mut more: Value, name: &str| {
        more.as_object_mut().unwrap().extend(names(name).as_object().unwrap().clone());
        more
    };
    let items = |item: Value| json!({ "items": [item] });
    driver
        .json("create_regions", &admin, "/regions", items(named(json!({ "code": "219003" }), "Third")))
        .await;
    driver
        .json("create_countries", &admin, "/countries", items(named(json!({ "code": "MN" }), "Mongolia")))
        .await;
    let school = named(json!({ "kind": "school", "region": "219001" }), "Second school");
    driver.json("create_organisation", &admin, "/organisations", school).await;
    let site =
        named(json!({ "organisation_id": place.factory.0, "kind": "plant", "region": "219001" }), "Second");
    driver.json("create_site", &admin, "/sites", site).await;
    let port = named(json!({ "region": "219001", "bureau_id": place.bureau.0 }), "Second port");
    driver.json("create_port", &admin, "/ports", port).await;
    let user = json!({
        "login": "home.second", "display_name": "Second", "password": "correct horse battery",
        "role": "factory_hr", "organisation_id": place.factory.0,
    });
    let second = driver.json("create_user", &admin, "/users", user).await["id"].clone();
    let second = format!("/users/{}", second.as_str().unwrap());
    let role = json!({ "role": "factory_hr", "organisation_id": place.factory.0 });
    let ending = json!({
        "role": "factory_hr", "organisation_id": place.factory.0, "last_day": "2026-11-23",
    });
    admin.post(&format!("/api/v1{second}/membership-endings"), ending).await.expect_status(204);
    driver.json("create_membership", &admin, &format!("{second}/memberships"), role).await;
    let provider = json!({
        "code": "school", "issuer": "https://login.example", "client_id": "ballast", "client_secret": "x",
        "enabled": true,
    });
    let path = format!("/organisations/{}/open-id-providers", place.school.0);
    driver.json("create_open_id_provider", &admin, &path, provider).await;
    let (_, codes) = enrol(&admin).await;
    let removal = json!({ "code": codes[0] });
    driver.json("create_totp_removal", &admin, "/me/second-factors/totp-removals", removal).await;
    enrol(&driver.app.factory()).await;
    let reset = format!("/users/{}/second-factor-resets", place.user);
    driver.twice("create_second_factor_reset", &admin, &reset, &[], "").await;
    let ending = json!({
        "role": "factory_hr", "organisation_id": place.factory.0, "last_day": "2026-12-31",
    });
    let path = format!("/users/{}/membership-endings", place.user);
    driver.json("create_membership_ending", &admin, &path, ending).await;
    let shown = json!({ "password": PASSWORD });
    driver.json("create_password_confirmation", &admin, "/me/password-confirmations", shown).await;
    let address = json!({ "mail_address": "chief@example.com" });
    driver.json("create_mail_address_change", &admin, "/me/mail-address-changes", address).await;
    let change = json!({ "current_password": PASSWORD, "new_password": "another horse entirely" });
    driver.json("create_password_change", &admin, "/me/password-changes", change).await;
}

async fn people(driver: &mut Driver<'_>) {
    let (school, official, place) = (driver.app.school(), driver.app.official(), &driver.app.town.home);
    let person = json!({ "name": "Gao", "birth_date": "2003-04-05", "home_region": "219001" });
    let person = driver.json("create_person", &school, "/people", person).await["id"].clone();
    let wishes = json!({ "from": "2026-12-01", "regions": ["2190"], "shifts": ["day"] });
    let path = format!("/people/{}/availability", place.trainee);
    driver.json("create_availability", &school, &path, wishes).await;
    let claim = json!({
        "skill": place.skill, "level": 5, "evidence": "assessed", "achieved_on": "2026-10-01",
    });
    let path = format!("/people/{}/skill-claims", place.people[1]);
    driver.json("create_skill_claim", &school, &path, claim).await;
    let household = json!({
        "reference": "H-9", "region": "219001", "registered_on": "2026-11-01",
        "members": [{ "person_id": person, "relation": "head", "valid_from": "2026-11-01" }],
    });
    let household = driver.json("create_household", &official, "/households", household).await;
    let path = format!("/households/{}/targetings", household["id"].as_str().unwrap());
    let decision = json!({ "outcome": "targeted", "cause": "income", "decided_on": "2026-11-20" });
    driver.json("create_targeting", &driver.app.targeting_officer(), &path, decision).await;
    let second = json!({
        "login": "home.guardian.two", "display_name": "Second guardian", "password": "correct horse battery",
        "role": "guardian",
    });
    driver.app.administrator().post("/api/v1/users", second).await.expect_status(201);
    let guardian = json!({ "login": "home.guardian.two", "basis": "relative" });
    let path = format!("/people/{}/guardians", place.trainee);
    let guardian = driver.json("create_guardian", &school, &path, guardian).await;
    let path = format!("/guardians/{}/ending", guardian["id"].as_str().unwrap());
    driver.json("create_guardian_ending", &school, &path, json!({})).await;
    let leaver = format!("/people/{}", place.people[2]);
    let (auditor, hold) = (driver.app.auditor(), json!({ "reason": "complaint" }));
    driver.json("create_legal_hold", &auditor, &format!("{leaver}/legal-holds"), hold).await;
    driver
        .json("create_legal_hold_lifting", &auditor, &format!("{leaver}/legal-hold-lifting"), json!({}))
        .await;
    duplicates(driver).await;
    // Somebody else: an erasure deletes what is kept of other requests about the person.
    let leaver = format!("/people/{}", place.people[3]);
    driver.step("create_person_erasure", &official, &format!("{leaver}/erasure"), &leaver).await;
}

async fn duplicates(driver: &mut Driver<'_>) {
    let (school, official) = (driver.app.school(), driver.app.official());
    let person = json!({ "name": "Twice", "birth_date": "2001-02-03", "home_region": "219001" });
    let mut ids = Vec::new();
    for who in [&school, &official] {
        let made = who.post("/api/v1/people", person.clone()).await.expect_status(201).json();
        ids.push(made["id"].clone());
    }
    let same = json!({ "verdict": "same", "person_id": ids[0], "other_id": ids[1] });
    let case = driver.json("create_duplicate_case", &official, "/duplicate-cases", same).await;
    let path = format!("/duplicate-cases/{}", case["id"].as_str().unwrap());
    let tag = official.get(&format!("/api/v1{path}")).await.expect_status(200).header("etag").to_owned();
    let path = format!("{path}/withdrawal");
    let headers = [("if-match", tag.as_str())];
    driver.twice("create_duplicate_case_withdrawal", &official, &path, &headers, "").await;
}

async fn consents(driver: &mut Driver<'_>) {
    let (factory, trainee, place) = (driver.app.factory(), driver.app.trainee(), &driver.app.town.home);
    let vacancy = format!("/vacancies/{}", place.vacancy);
    let list = factory.get(&format!("/api/v1{vacancy}/shortlist")).await.expect_status(200).json();
    let asked = json!({ "pseudonyms": [list["to_verify"]["items"][0]["pseudonym"]] });
    driver.json("create_contacts", &factory, &format!("{vacancy}/contacts"), asked).await;
    let consent = format!("/consents/{}", place.consent);
    let tag = trainee.get(&format!("/api/v1{consent}")).await.expect_status(200).header("etag").to_owned();
    let headers = [("content-type", "application/json"), ("if-match", tag.as_str())];
    let answer = json!({ "answer": "give" }).to_string();
    driver.twice("create_consent_answer", &trainee, &format!("{consent}/answer"), &headers, &answer).await;
}

async fn rights(driver: &mut Driver<'_>) {
    let (trainee, official, place) = (driver.app.trainee(), driver.app.official(), &driver.app.town.home);
    let path = format!("/people/{}/rights-requests", place.trainee);
    let asked = json!({ "kind": "review", "vacancy_id": place.vacancy, "reason": "I can sew" });
    let made = driver.json("create_rights_request", &trainee, &path, asked).await;
    let path = format!("/rights-requests/{}", made["id"].as_str().unwrap());
    let tag = official.get(&format!("/api/v1{path}")).await.expect_status(200).header("etag").to_owned();
    let headers = [("content-type", "application/json"), ("if-match", tag.as_str())];
    let decision = json!({ "decision": "refuse", "answer": "The level is missing" }).to_string();
    let path = format!("{path}/decision");
    driver.twice("create_rights_request_decision", &official, &path, &headers, &decision).await;
    let worker = format!("/people/{}", place.worker);
    let claim = json!({ "country": "VN", "evidence": "self_declared" });
    driver.json("create_nationality", &official, &format!("{worker}/nationalities"), claim).await;
    let paper =
        json!({ "kind": "border_pass", "country": "VN", "number": "P77", "verification": "unverified" });
    driver.json("create_identity_document", &official, &format!("{worker}/identity-documents"), paper).await;
    let path = format!("/people/{}/rights-requests", place.trainee);
    let asked = json!({ "kind": "erasure", "reason": "I go away" });
    let made = trainee.post(&format!("/api/v1{path}"), asked).await.expect_status(201).json();
    let path = format!("/rights-requests/{}", made["id"].as_str().unwrap());
    let tag = trainee.get(&format!("/api/v1{path}")).await.expect_status(200).header("etag").to_owned();
    let headers = [("if-match", tag.as_str())];
    driver
        .twice("create_rights_request_withdrawal", &trainee, &format!("{path}/withdrawal"), &headers, "")
        .await;
}

async fn work(driver: &mut Driver<'_>) {
    let (school, factory, official) = (driver.app.school(), driver.app.factory(), driver.app.official());
    let place = &driver.app.town.home;
    let agreement = json!({
        "factory": place.factory.0, "title_zh": "协议", "title_en": "Agreement", "valid_from": "2026-01-01",
    });
    let agreement = driver.json("create_agreement", &school, "/agreements", agreement).await;
    let class = json!({
        "agreement": agreement["id"], "occupation": place.occupation, "reference": "C-2", "title_zh": "班",
        "title_en": "Class", "starts_on": "2026-10-01", "ends_on": "2027-06-30", "seats": 2,
        "modules": [{ "skill": place.skill, "level": 4, "hours": 60 }],
    });
    driver.json("create_joint_class", &school, "/joint-classes", class).await;
    let path = format!("/joint-classes/{}/enrolments", place.joint_class);
    let second =
        driver.json("create_enrolment", &school, &path, json!({ "person": place.people[1].0 })).await;
    let path = format!("/enrolments/{}/withdrawal", second["id"].as_str().unwrap());
    driver.json("create_enrolment_withdrawal", &school, &path, json!({})).await;
    let path = format!("/enrolments/{}/completion", place.enrolment);
    let done = driver.json("create_enrolment_completion", &school, &path, json!({})).await;
    assert_eq!(done["skill_claims"].as_array().unwrap().len(), 1);

    let worker = json!({
        "port_id": place.port, "name": "Linh", "birth_date": "1998-02-03", "birth_country": "VN",
        "travel_document": {
            "kind": "passport", "country": "VN", "number": "N1", "valid_until": "2033-12-31",
            "verification": "sighted",
        },
    });
    driver.json("create_foreign_worker", &official, "/foreign-workers", worker).await;
    let paper = json!({
        "kind": "health_certificate", "issuer": "Port clinic", "valid_until": "2027-06-30",
        "verification": "confirmed",
    });
    let path = format!("/people/{}/permit-documents", place.worker);
    driver.json("create_permit_document", &official, &path, paper).await;
    let permit = json!({
        "person_id": place.worker.0, "port_id": place.port, "reference": "P-9", "starts_on": "2027-01-01",
        "ends_on": "2027-12-31",
    });
    driver.json("create_permit", &factory, "/permits", permit).await;
    let permit = format!("/permits/{}", place.permit);
    driver.step("create_permit_submission", &factory, &format!("{permit}/submission"), &permit).await;
    driver.step("create_permit_withdrawal", &factory, &format!("{permit}/withdrawal"), &permit).await;
    let made = driver.json("create_vacancy", &factory, "/vacancies", vacancy(driver.app, "V-9")).await;
    let vacancy = format!("/vacancies/{}", made["id"].as_str().unwrap());
    driver.step("create_vacancy_closure", &factory, &format!("{vacancy}/closure"), &vacancy).await;
}

async fn files(driver: &mut Driver<'_>) {
    let kind = [("content-type", "text/csv")];
    let trainees = "name,name_latin,citizen_number,birth_date,sex,phone,home_region,available_from,available_until,\
        regions,wage_min,shifts,dormitory\nHe,,,2004-01-02,,,219001,,,,,,\nJi,,,2004-01-03,,,219001,,,,,,\n\
        Ke,,,2004-01-04,,,219001,,,,,,\n";
    let path = "/imports/trainees?mode=commit";
    let report = driver.twice("import_rows", &driver.app.school(), path, &kind, trainees).await.json();
    let people: Vec<String> = report["results"].as_array().unwrap().iter().map(id_of).collect();
    // Rows of one household share what was made of them.
    let mut file = "reference,region,registered_on,person,relation,member_from\n".to_owned();
    for (reference, person, relation) in [("H-20", 0, "head"), ("H-20", 1, "spouse"), ("H-21", 2, "head")] {
        let person = &people[person];
        file.push_str(&format!("{reference},219001,2026-11-02,{person},{relation},2026-11-02\n"));
    }
    let path = "/imports/households?mode=commit";
    let report = driver.twice("import_rows", &driver.app.official(), path, &kind, &file).await.json();
    let ids: Vec<String> = report["results"].as_array().unwrap().iter().map(id_of).collect();
    assert!(ids[0] == ids[1] && ids[1] != ids[2], "{report}");
}

/// What was made of a row.
fn id_of(row: &Value) -> String {
    row["id"].as_str().expect("it was made").to_owned()
}

/// A vacancy of the factory at home.
pub fn vacancy(app: &TestApp, reference: &str) -> Value {
    let place = &app.town.home;
    json!({
        "site_id": place.plant, "occupation_id": place.occupation, "reference": reference, "title_zh": "缝纫工",
        "title_en": "Operator", "headcount": 2, "wage_min_minor": 420_000, "wage_max_minor": 500_000,
        "starts_on": "2026-12-15", "shifts": ["day"], "dormitory": false,
        "requirements": [
            { "skill_id": place.skill, "essential": true, "level": 4, "floor": 3, "weight": 1000 },
        ],
    })
}
