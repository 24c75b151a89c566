//! The harness itself.

use ballast_domain::identity::policy::Action;

use super::app::code_of;
use super::{Side, TestApp};

#[tokio::test]
async fn everyone_of_the_town_is_who_they_say() {
    let app = TestApp::start().await;
    for side in [Side::Home, Side::Other] {
        let place = if side == Side::Home { &app.town.home } else { &app.town.other };
        let [school, factory, official, trainee, ..] = app.tenants(side);
        for (identity, organisation) in
            [(&school, Some(place.school)), (&factory, Some(place.factory)), (&official, Some(place.bureau))]
        {
            let actor = identity.ctx().await.actor;
            assert_eq!(actor.role_codes(), [identity.role]);
            assert_eq!(actor.home_organisation(), organisation);
        }
        assert_eq!(trainee.ctx().await.actor.person_id(), Some(place.trainee));
    }
    assert_eq!(app.administrator().ctx().await.actor.role_codes(), ["administrator"]);
    for (identity, other) in [
        (app.school(), app.other_school()),
        (app.factory(), app.other_factory()),
        (app.official(), app.other_official()),
        (app.trainee(), app.other_trainee()),
    ] {
        assert_ne!(identity.ctx().await.actor, other.ctx().await.actor);
    }
}

#[tokio::test]
async fn a_bureau_finds_the_people_of_its_region_and_no_other() {
    let app = TestApp::start().await;
    for (official, place) in [(app.official(), &app.town.home), (app.other_official(), &app.town.other)] {
        let people = official.get("/api/v1/people").await.expect_status(200).json();
        let people = people["items"].as_array().unwrap();
        assert_eq!(people.len(), place.people.len() + 1, "the school's, and the worker that it registered");
        let regions = people.iter().filter_map(|person| person["home_region"].as_str());
        assert!(regions.into_iter().all(|region| region.starts_with(place.region)));
    }
}

#[tokio::test]
async fn a_use_case_refuses_whom_the_api_refuses() {
    let app = TestApp::start().await;
    let refused = app.factory().ctx().await.require(Action::RegisterPerson).unwrap_err();
    assert_eq!(code_of(&refused), "denied");
    assert!(app.operator().require(Action::RegisterPerson).is_ok());
}

#[tokio::test]
async fn two_databases_of_a_run_do_not_touch() {
    let (one, two) = (TestApp::start().await, TestApp::start().await);
    let before = two.school().get("/api/v1/people").await.expect_status(200).json();
    one.school().post("/api/v1/people", serde_json::json!({ "name": "Gao" })).await.expect_status(201);
    let names = |people: &serde_json::Value| people["items"].as_array().unwrap().len();
    assert_eq!(names(&one.school().get("/api/v1/people").await.json()), names(&before) + 1);
    assert_eq!(two.school().get("/api/v1/people").await.json(), before);
}
