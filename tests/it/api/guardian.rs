//! Who acts for whom: how it begins, what a guardian then reaches, and how it ends.

use ballast::service::person::person::{NewPerson, register_people};
use ballast::store::identity::user as store;
use chrono::{Duration, NaiveDate};
use serde_json::{Value, json};

use crate::harness::{Answer, Identity, TestApp};
use crate::service::audit::{codes, verified};

/// Everything about the trainee that a guardian reads.
fn of_trainee(app: &TestApp) -> Vec<String> {
    let person = format!("/api/v1/people/{}", app.town.home.trainee);
    let parts = ["", "/availability", "/skill-claims"].map(|part| format!("{person}{part}"));
    let consent = format!("/api/v1/consents/{}", app.town.home.consent);
    parts.into_iter().chain([consent]).collect()
}

async fn assert_reach(app: &TestApp, who: &Identity<'_>, reaches: bool) {
    for path in of_trainee(app) {
        let answer = who.get(&path).await;
        if reaches {
            answer.expect_status(200);
        } else {
            answer.expect_problem(404, "not_found");
        }
    }
}

async fn make(who: &Identity<'_>, ward: impl std::fmt::Display, login: &str, basis: &str) -> Answer {
    let body = json!({ "login": login, "basis": basis });
    who.post(&format!("/api/v1/people/{ward}/guardians"), body).await
}

async fn listed(who: &Identity<'_>) -> Vec<Value> {
    who.get("/api/v1/guardians").await.expect_status(200).json()["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_guardian_reads_the_wards_record_until_somebody_ends_it() {
    let app = TestApp::start().await;
    let (guardian, ward) = (app.guardian(), app.town.home.trainee);
    assert_reach(&app, &guardian, true).await;
    assert_reach(&app, &app.other_guardian(), false).await;
    let own = listed(&guardian).await;
    assert_eq!(own.len(), 1);
    assert_eq!((&own[0]["person_id"], &own[0]["holds"]), (&json!(ward.0), &json!(true)));
    assert_eq!((&own[0]["person_name"], &own[0]["valid_until"]), (&json!("Bai Home"), &json!("2027-02-28")));
    assert_eq!(listed(&app.trainee()).await, own, "the ward sees who acts for them");

    let path = format!("/api/v1/guardians/{}/ending", app.town.home.guardian);
    for who in [app.trainee(), app.guardian(), app.factory(), app.administrator()] {
        who.post(&path, json!({})).await.expect_problem(403, "denied");
    }
    for who in [app.other_school(), app.other_official()] {
        who.post(&path, json!({})).await.expect_problem(404, "not_found");
    }
    app.official().post(&path, json!({})).await.expect_status(204);
    assert_reach(&app, &guardian, false).await;
    app.school().post(&path, json!({})).await.expect_problem(409, "guardian_ended");
    let own = listed(&guardian).await;
    assert_eq!((own.len(), &own[0]["holds"]), (1, &json!(false)), "{own:?}");
    assert!(own[0].get("person_name").is_none(), "whose time is over reads no name: {own:?}");

    // The same two can begin anew, the same day.
    make(&app.school(), ward, "home.guardian", "parent").await.expect_status(201);
    assert_reach(&app, &guardian, true).await;
    make(&app.official(), ward, "home.guardian", "parent").await.expect_problem(409, "guardian_already");
    assert_eq!(codes(&verified(&app.app).await), Vec::<&str>::new());
}

#[tokio::test]
async fn only_those_who_keep_the_record_say_who_acts_for_whom() {
    let app = TestApp::start().await;
    let ward = app.town.home.people[1];
    for who in app.everyone().filter(|who| !["school_registrar", "labour_official"].contains(&who.role)) {
        make(&who, ward, "home.guardian", "parent").await.expect_problem(403, "denied");
    }
    for who in [app.other_school(), app.other_official()] {
        make(&who, ward, "home.guardian", "parent").await.expect_problem(404, "not_found");
    }
    // An adult has a guardian only where a court found so.
    make(&app.school(), ward, "home.guardian", "parent").await.expect_problem(409, "ward_of_age");
    make(&app.school(), ward, "home.guardian", "incapacity").await.expect_status(201);
    let own = listed(&app.guardian()).await;
    assert!(own.iter().any(|row| row["person_id"] == json!(ward.0) && row.get("valid_until").is_none()));
}

#[tokio::test]
async fn whose_login_is_no_guardians_is_as_if_it_were_not_there() {
    let app = TestApp::start().await;
    let ward = app.town.home.trainee;
    let mut answers = Vec::new();
    for login in ["home.teacher", "home.administrator", "nobody.at.all"] {
        let answer = make(&app.school(), ward, login, "parent").await.expect_problem(422, "invalid");
        assert_eq!(answer.json()["errors"][0]["code"], "unknown_guardian");
        answers.push(answer.without_request_id());
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    let body = json!({ "login": "home.guardian", "basis": "parent", "valid_until": "2026-11-23" });
    let late = app.school().post(&format!("/api/v1/people/{ward}/guardians"), body).await;
    assert_eq!(late.expect_problem(422, "invalid").json()["errors"][0]["pointer"], "/valid_until");
    // Somebody is no ward of their own: the guardian's person is the third.
    let own = make(&app.school(), app.town.home.people[2], "home.guardian", "incapacity").await;
    assert_eq!(own.expect_problem(422, "invalid").json()["errors"][0]["code"], "guardian_of_oneself");
}

/// The trainee was born on 1 March 2009. The clock of the tests stands at 09:12:07 on 24 November 2026.
#[tokio::test]
async fn it_ends_when_the_wards_eighteenth_birthday_begins_in_shanghai() {
    let eve = Duration::days(96) + Duration::hours(14) + Duration::minutes(47) + Duration::seconds(52);
    for (by, reaches) in [(eve, true), (eve + Duration::seconds(1), false)] {
        let app = TestApp::start().await;
        let later = app.later(by).await;
        let body = json!({ "login": "home.guardian", "password": crate::harness::PASSWORD });
        let token = later.nobody().post("/api/v1/tokens", body).await.expect_status(201).json();
        let guardian = later.guardian().with_token(token["token"].as_str().unwrap());
        assert_reach(&later, &guardian, reaches).await;
    }
}

#[tokio::test]
async fn without_a_birth_date_it_stays_until_somebody_ends_it() {
    let app = TestApp::start().await;
    let new =
        NewPerson { name: "Qin".to_owned(), home_region: Some("219001".to_owned()), ..NewPerson::default() };
    let (ctx, school) = (app.school().ctx().await, app.town.home.school);
    let made = register_people(&ctx, school, vec![new], ballast::service::batch::Mode::Commit).await;
    let ward = made.unwrap()[0];
    make(&app.school(), ward, "home.guardian", "parent").await.expect_status(201);
    let db = app.app.db.reader();
    let row = store::find_by_login(db, "home.guardian").await.unwrap().unwrap();
    let day = NaiveDate::from_ymd_opt(2060, 1, 1).unwrap();
    let actor = store::load_actor(db, &row, day).await.unwrap();
    let target = |person| ballast_domain::identity::policy::Target {
        person: Some(person),
        ..ballast_domain::identity::policy::Target::default()
    };
    use ballast_domain::identity::policy::{act, authorise};
    assert!(authorise::<act::ReadPerson>(&actor, &target(ward)).is_ok());
    assert!(authorise::<act::ReadPerson>(&actor, &target(app.town.home.trainee)).is_err(), "grown up");
}

#[tokio::test]
async fn a_guardian_who_is_erased_acts_for_nobody() {
    let app = TestApp::start().await;
    let path = format!("/api/v1/people/{}/erasure", app.town.home.people[2]);
    app.official().post(&path, json!({})).await.expect_status(204);
    let seen = listed(&app.school()).await;
    let of_ward: Vec<&Value> =
        seen.iter().filter(|row| row["person_id"] == json!(app.town.home.trainee.0)).collect();
    assert_eq!((of_ward.len(), &of_ward[0]["holds"]), (1, &json!(false)), "{seen:?}");
    app.guardian().get("/api/v1/guardians").await.expect_problem(401, "unauthenticated");
    assert_eq!(codes(&verified(&app.app).await), Vec::<&str>::new());
}

#[tokio::test]
async fn a_guardian_is_told_when_a_factory_asks_the_ward() {
    let app = TestApp::start().await;
    let vacancy = json!({
        "site_id": app.town.home.plant, "occupation_id": app.town.home.occupation, "reference": "V-7",
        "title_zh": "缝纫工", "title_en": "Operator", "headcount": 2, "wage_min_minor": 420_000,
        "wage_max_minor": 500_000, "starts_on": "2026-12-15", "shifts": ["day"], "dormitory": true,
        "requirements": [
            { "skill_id": app.town.home.skill, "essential": true, "level": 3, "floor": 2, "weight": 1000 },
        ],
    });
    let made = app.factory().post("/api/v1/vacancies", vacancy).await.expect_status(201).json();
    let vacancy = format!("/api/v1/vacancies/{}", made["id"].as_str().unwrap());
    let list = app.factory().get(&format!("{vacancy}/shortlist")).await.expect_status(200).json();
    let rows = ["qualified", "to_verify"].map(|part| list[part]["items"].as_array().unwrap().clone());
    let shown: Vec<Value> = rows.concat().iter().map(|row| row["pseudonym"].clone()).collect();
    app.factory()
        .post(&format!("{vacancy}/contacts"), json!({ "pseudonyms": shown }))
        .await
        .expect_status(200);
    // The guardian's own person may be on the shortlist too: what counts is the question to the ward.
    let asked = app.trainee().get("/api/v1/consents").await.expect_status(200).json();
    let asked = asked["items"].as_array().unwrap().iter().find(|row| row["vacancy_id"] == made["id"]);
    let asked = asked.expect("the ward was asked")["id"].as_str().unwrap().to_owned();
    for who in [app.trainee(), app.guardian()] {
        let told = who.get("/api/v1/notifications").await.expect_status(200).text();
        assert_eq!(told.matches(&asked).count(), 1, "{}: {told}", who.role);
    }
    let told = app.other_guardian().get("/api/v1/notifications").await.expect_status(200).json();
    assert_eq!(told["items"], json!([]));
}

#[tokio::test]
async fn the_page_lists_adds_and_ends() {
    let app = TestApp::start().await;
    let (school, ward) = (app.school(), app.town.home.trainee);
    let found = school.page("/guardians?lang=en&name=Bai").await.expect_status(200).text();
    let page = format!("/people/{ward}/guardians");
    assert!(found.contains(&page) && found.contains("Bai Home"), "{found}");
    let csrf = format!("csrf={}", school.form_token().await);
    let end = format!("/guardians/{}/ending", app.town.home.guardian);
    assert!(school.page(&page).await.text().contains(&end));
    school.submit(&end, &[], &format!("{csrf}&person={ward}")).await.expect_status(303);
    assert!(!school.page(&page).await.text().contains(&end));
    let wrong = format!("{csrf}&login=nobody&basis=parent&valid_until=");
    let wrong = school.submit(&page, &[], &wrong).await.expect_status(422).text();
    assert!(wrong.contains("login-error") && wrong.contains("value=\"nobody\""), "{wrong}");
    school.submit(&page, &[], &format!("{csrf}&login=home.guardian&basis=parent")).await.expect_status(303);
    let own = app.guardian().page("/guardians?lang=en").await.expect_status(200).text();
    assert!(own.contains("Bai Home") && !own.contains("/ending"), "{own}");
    let ward = app.trainee().page("/guardians?lang=en").await.expect_status(200).text();
    assert!(ward.contains("guardian Home"), "{ward}");
    app.factory().page("/guardians").await.expect_status(403);
}

/// The ward's page is the guardian's to read and to ask from, as long as the guardianship holds.
#[tokio::test]
async fn a_guardian_sees_and_asks_for_the_ward_on_the_wards_page() {
    let app = TestApp::start().await;
    let (guardian, ward) = (app.guardian(), app.town.home.trainee);
    let path = format!("/people/{ward}/my-data");
    let own = guardian.page("/my-data").await.expect_status(200).text();
    assert!(own.contains(&format!("href=\"{path}\"")), "one's own page leads to the ward's: {own}");
    let page = guardian.page(&path).await.expect_status(200).text();
    assert!(page.contains("Bai Home") && page.contains(&format!("action=\"{path}/requests\"")), "{page}");
    guardian.page(&format!("{path}/export")).await.expect_status(200);
    for who in [app.other_guardian(), app.other_trainee()] {
        who.page(&path).await.expect_status(404);
        who.page(&format!("{path}/export")).await.expect_status(404);
    }
    for who in [app.factory(), app.school(), app.official()] {
        who.page(&path).await.expect_status(403);
    }
    let token = guardian.form_token().await;
    let asked = format!("csrf={token}&kind=correction&field=name_latin&value=Bai&reason=x");
    // The town has one like it; another field is another request.
    let asked = asked.replace("field=name_latin", "field=sex").replace("value=Bai", "value=male");
    let made = guardian.submit(&format!("{path}/requests"), &[], &asked).await.expect_status(303);
    assert_eq!(made.header("location"), path);
    let found = guardian.get("/api/v1/rights-requests?state=asked").await.expect_status(200).json();
    let id = found["items"][0]["id"].as_str().unwrap().to_owned();
    let back = format!("csrf={token}&revision=1&person={ward}");
    let done = guardian.submit(&format!("/rights-requests/{id}/withdrawal"), &[], &back).await;
    assert_eq!(done.expect_status(303).header("location"), path);
    let found = guardian.get(&format!("/api/v1/rights-requests/{id}")).await.expect_status(200).json();
    assert_eq!(found["state"], "withdrawn");
    let own = app.trainee().page(&path).await.expect_status(200).text();
    assert!(own.contains("/rights-requests/"), "one's own page by its long name");
    let end = format!("/api/v1/guardians/{}/ending", app.town.home.guardian);
    app.official().post(&end, json!({})).await.expect_status(204);
    guardian.page(&path).await.expect_status(404);
    let asked = guardian.submit(&format!("{path}/requests"), &[], &asked).await;
    asked.expect_status(404);
}
