//! One human being under two logins decides nothing about themself.

use ballast::entity::identity::user::{Column, Entity};
use ballast_domain::base::id::PersonId;
use poem::http::Method;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use crate::api::duplicate;
use crate::harness::{Identity, TestApp};

/// From now on a login of the town is that person's second one.
pub(super) async fn name_person(app: &TestApp, login: &str, person: PersonId) {
    let done = Entity::update_many()
        .col_expr(Column::PersonId, Expr::value(person.0))
        .filter(Column::Login.eq(login))
        .exec(&app.owner().await)
        .await;
    assert_eq!(done.unwrap().rows_affected, 1, "{login}");
}

async fn decide(who: &Identity<'_>, path: &str, body: Value) -> crate::harness::Answer {
    let seen = who.get(path).await.expect_status(200);
    let tag = seen.header("etag").to_owned();
    let headers = [("if-match", tag.as_str())];
    who.send_with(Method::POST, &format!("{path}/decision"), &headers, Some(body)).await
}

#[tokio::test]
async fn nobody_decides_about_themself_under_another_login() {
    let app = TestApp::start().await;
    let (place, person) = (&app.town.home, app.town.home.trainee);
    for login in ["home.labour_official", "home.targeting_officer", "home.auditor", "home.school_registrar"] {
        name_person(&app, login, person).await;
    }
    let request = format!("/api/v1/rights-requests/{}", place.rights_request);
    for who in [app.official(), app.school()] {
        decide(&who, &request, json!({ "decision": "accept" })).await.expect_problem(409, "about_oneself");
    }
    let whole = format!("/api/v1/people/{person}");
    let of = |end: &str| format!("{whole}/{end}");
    let hold = json!({ "reason": "court" });
    app.auditor().post(&of("legal-holds"), hold.clone()).await.expect_problem(409, "about_oneself");
    let tag = app.official().get(&whole).await.expect_status(200).header("etag").to_owned();
    app.official().step(&of("erasure"), &tag).await.expect_problem(409, "about_oneself");
    let guardian = json!({ "login": "other.guardian", "basis": "relative" });
    app.school().post(&of("guardians"), guardian).await.expect_problem(409, "about_oneself");

    let household = format!("/api/v1/households/{}/targetings", place.households[0]);
    let decision = json!({ "outcome": "targeted", "cause": "income", "decided_on": "2026-11-20" });
    let refused = app.targeting_officer().post(&household, decision.clone()).await;
    refused.expect_problem(409, "about_oneself");
    let claim =
        json!({ "skill": place.skill, "level": 5, "evidence": "assessed", "achieved_on": "2026-10-01" });
    let refused = app.school().post(&of("skill-claims"), claim.clone()).await.expect_status(422).json();
    assert_eq!(refused["errors"][0]["code"], "about_oneself", "{refused}");

    // About others they decide as before.
    let another = place.people[1];
    let of = |end: &str| format!("/api/v1/people/{another}/{end}");
    app.auditor().post(&of("legal-holds"), hold).await.expect_status(201);
    app.school().post(&of("skill-claims"), claim).await.expect_status(201);
    let household = format!("/api/v1/households/{}/targetings", place.households[1]);
    app.targeting_officer().post(&household, decision).await.expect_status(201);
}

#[tokio::test]
async fn nobody_settles_a_pair_of_which_they_are_one() {
    let app = TestApp::start().await;
    let pair = duplicate::twice(&app).await;
    let case = duplicate::merge(&app, pair).await;
    name_person(&app, "home.labour_official", PersonId(pair[1])).await;
    duplicate::take_back(&app, case).await.expect_problem(409, "about_oneself");
    let app = TestApp::start().await;
    let [one, other] = duplicate::twice(&app).await;
    name_person(&app, "home.labour_official", PersonId(other)).await;
    for pair in [[one, other], [other, one]] {
        duplicate::say(&app.official(), "same", pair).await.expect_problem(409, "about_oneself");
    }
}

#[tokio::test]
async fn nobody_makes_their_other_login_a_guardian() {
    let app = TestApp::start().await;
    let (ward, second) = (app.town.home.trainee, app.town.home.people[2]);
    name_person(&app, "home.school_registrar", second).await;
    name_person(&app, "other.guardian", second).await;
    let body = json!({ "login": "other.guardian", "basis": "relative" });
    let path = format!("/api/v1/people/{ward}/guardians");
    let refused = app.school().post(&path, body.clone()).await.expect_status(422).json();
    assert_eq!(refused["errors"][0]["code"], "guardian_by_oneself", "{refused}");
    app.official().post(&path, body).await.expect_status(201);
}

/// Who is known twice finds the other registration on their own page, and all that is held of it.
#[tokio::test]
async fn the_other_registration_is_on_ones_own_page() {
    let app = TestApp::start().await;
    let pair = duplicate::twice(&app).await;
    name_person(&app, "home.trainee", PersonId(pair[1])).await;
    let other = format!("/people/{}/my-data", pair[0]);
    app.trainee().page(&other).await.expect_status(404);
    assert!(!app.trainee().page("/my-data").await.expect_status(200).text().contains(&other));
    duplicate::merge(&app, pair).await;
    let page = app.trainee().page("/my-data").await.expect_status(200).text();
    assert!(page.contains(&format!("href=\"{other}\"")), "{page}");
    let page = app.trainee().page(&other).await.expect_status(200).text();
    assert!(page.contains("李小梅") && page.contains("href=\"/my-data\""), "{page}");
    app.other_trainee().page(&other).await.expect_status(404);
}
