//! Numbers are covered for who has to recognise them, and opened for a purpose that the person can read.

use ballast_domain::person::number_reading::Purpose;
use serde_json::{Value, json};

use crate::harness::TestApp;

/// The trainee's phone number.
const PHONE: &str = "138219000000";
const COVERED: &str = "138*****0000";

fn path(app: &TestApp, end: &str) -> String {
    format!("/api/v1/people/{}/{end}", app.town.home.trainee)
}

fn shown(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap().iter();
    items
        .map(|item| format!("{} {}", item["kind"].as_str().unwrap(), item["number"].as_str().unwrap()))
        .collect()
}

/// The purposes for which the trainee's numbers were read in full, as the trainee reads them, the newest first.
async fn told(app: &TestApp) -> Vec<String> {
    let data = app.trainee().get(&path(app, "personal-data")).await.expect_status(200).json();
    let readings = data["readings"].as_array().unwrap().iter();
    let in_full = readings.filter(|reading| reading["purpose"] == "number_in_full");
    in_full.map(|reading| reading["uncovered_for"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn numbers_are_covered_until_somebody_says_what_for() {
    let app = TestApp::start().await;
    let school = app.school();
    let list = school.get(&path(&app, "numbers")).await.expect_status(200).json();
    assert_eq!(shown(&list), [format!("phone {COVERED}")]);
    assert_eq!(told(&app).await, Vec::<String>::new(), "covered ones are another reading");

    let readings = path(&app, "number-readings");
    for purpose in Purpose::ALL {
        let body = json!({ "purpose": purpose.code() });
        let list = school.post(&readings, body).await.expect_status(200).json();
        assert_eq!(shown(&list), [format!("phone {PHONE}")]);
    }
    let mut expected = Purpose::ALL.map(Purpose::code);
    expected.reverse();
    assert_eq!(told(&app).await, expected);
    for wrong in [json!({}), json!({ "purpose": "curiosity" }), json!({ "purpose": null })] {
        school.post(&readings, wrong).await.expect_status(400);
    }
    assert_eq!(told(&app).await.len(), expected.len(), "without a purpose nothing was read");
    app.auditor().get("/api/v1/audit-entries").await.expect_status(200);
    let findings = crate::service::audit::codes(&crate::service::audit::verified(&app.app).await);
    assert!(findings.is_empty(), "{findings:?}");
}

#[tokio::test]
async fn who_may_not_see_numbers_learns_nothing() {
    let app = TestApp::start().await;
    let (list, full) = (path(&app, "numbers"), path(&app, "number-readings"));
    let purpose = || json!({ "purpose": "identity_check" });
    for who in [app.factory(), app.administrator(), app.auditor(), app.trainee(), app.guardian()] {
        who.get(&list).await.expect_problem(403, "denied");
        who.post(&full, purpose()).await.expect_problem(403, "denied");
        who.page("/people").await.expect_status(403);
        who.page(&format!("/people/{}", app.town.home.trainee)).await.expect_status(403);
    }
    for who in [app.other_school(), app.other_official()] {
        who.get(&list).await.expect_problem(404, "not_found");
        who.post(&full, purpose()).await.expect_problem(404, "not_found");
        who.page(&format!("/people/{}", app.town.home.trainee)).await.expect_status(404);
    }
}

#[tokio::test]
async fn a_paper_is_covered_too_and_says_how_far_it_was_checked() {
    let app = TestApp::start().await;
    let path = format!("/api/v1/people/{}/numbers", app.town.home.worker);
    let list = app.official().get(&path).await.expect_status(200).json();
    let paper = list["items"].as_array().unwrap().iter().find(|item| item["kind"] == "passport").unwrap();
    let number = paper["number"].as_str().unwrap();
    assert!(number.contains('*'), "{paper}");
    assert!(paper["country"].is_string() && paper["verification"].is_string(), "{paper}");
}

#[tokio::test]
async fn the_page_opens_numbers_once_and_gives_a_code() {
    let app = TestApp::start().await;
    let (school, person) = (app.school(), app.town.home.trainee);
    let people = school.page("/people?name=bai").await.expect_status(200).text();
    assert!(people.contains("Bai Home") && people.contains(&format!("/people/{person}\"")), "{people}");
    assert!(!people.contains("Bai Other"), "{people}");
    let page = school.page(&format!("/people/{person}")).await.expect_status(200).text();
    assert!(page.contains(COVERED) && !page.contains(PHONE), "{page}");

    let token = school.form_token().await;
    let full = format!("/people/{person}/number-readings");
    school.submit(&full, &[], "purpose=identity_check").await.expect_status(403);
    let wrong = school.submit(&full, &[], &format!("csrf={token}&purpose=curiosity")).await;
    wrong.expect_status(422);
    let page = school.submit(&full, &[], &format!("csrf={token}&purpose=identity_check")).await;
    let page = page.expect_status(200).text();
    assert!(page.contains(PHONE), "{page}");
    assert_eq!(told(&app).await, ["identity_check"]);

    let codes = format!("/people/{person}/sign-in-codes");
    let page = school.submit(&codes, &[], &format!("csrf={token}")).await.expect_status(201).text();
    let code = page.split_once("<strong>").unwrap().1.split_once("</strong>").unwrap().0.to_owned();
    assert_eq!(code.chars().filter(char::is_ascii_digit).count(), 10, "{code}");
    let again = school.page(&format!("/people/{person}")).await.expect_status(200).text();
    assert!(!again.contains(&code), "it is shown once");
}
