//! What does not fit the document never reaches an operation, and everything that is wrong is told at once.

use poem::Body;
use poem::http::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Operation, TestApp, operations};

const JSON: (&str, &str) = ("content-type", "application/json");

/// The places and codes of what is wrong, in order of the places.
fn told(answer: &Answer) -> Vec<(String, String)> {
    let body = answer.json();
    let errors = body["errors"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut told: Vec<_> = errors.map(|error| (text(&error["pointer"]), text(&error["code"]))).collect();
    told.sort_unstable();
    told
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(place, code)| ((*place).to_owned(), (*code).to_owned())).collect()
}

/// Operations that take JSON, with a body that fits.
fn taking_json() -> Vec<(Operation, Value)> {
    let all: Vec<_> = operations()
        .into_iter()
        .filter_map(|operation| operation.body().map(|body| (operation, body)))
        .collect();
    assert!(all.len() > 15, "only {} operations take JSON", all.len());
    all
}

#[tokio::test]
async fn no_operation_takes_a_parameter_that_it_does_not_know() {
    let app = TestApp::start().await;
    for operation in operations() {
        let path = operation.path_in(&app.town.home);
        let asked = format!("{path}?colour=red&limmit=5");
        let answer = app.official().send(operation.method.clone(), &asked, operation.body()).await;
        let answer = answer.expect_problem(400, "unknown_parameter");
        let expected = [("colour", "unknown_parameter"), ("limmit", "unknown_parameter")];
        assert_eq!(told(&answer), pairs(&expected), "{}", operation.id);
    }
}

#[tokio::test]
async fn every_wrong_parameter_is_named() {
    let app = TestApp::start().await;
    let asked = "/api/v1/vacancies?limit=0&cursor=%00&status=shut&with_total=1&starts_from=2026-02-30\
                 &occupation_id=x&region=%ff&sort=wage&colour=red&limit=3";
    let answer = app.official().get(asked).await.expect_problem(400, "bad_parameter");
    let expected = [
        ("colour", "unknown_parameter"),
        ("cursor", "control_character"),
        ("limit", "out_of_range"),
        ("limit", "repeated_parameter"),
        ("occupation_id", "bad_id"),
        ("region", "bad_encoding"),
        ("sort", "unknown_choice"),
        ("starts_from", "bad_date"),
        ("status", "unknown_choice"),
        ("with_total", "not_boolean"),
    ];
    assert_eq!(told(&answer), pairs(&expected));
    for limit in ["201", "-1", "99999999999999999999", "1.0", "ten", ""] {
        let answer = app.official().get(&format!("/api/v1/people?limit={limit}")).await;
        answer.expect_problem(400, "bad_parameter");
    }
}

#[tokio::test]
async fn a_filter_that_stands_for_nothing_is_a_wrong_parameter() {
    let app = TestApp::start().await;
    for (path, wrong) in [
        ("regions?parent", ["", "0", "21060", "910604"]),
        ("vacancies?region", ["", "0", "21060", "910604"]),
        ("skills?label", ["", "+", "%E3%80%80", "%07a"]),
        ("occupations?label", ["", "+", "%E3%80%80", "%07a"]),
    ] {
        let name = path.split('?').nth(1).unwrap();
        for text in wrong {
            let answer = app.official().get(&format!("/api/v1/{path}={text}")).await;
            let answer = answer.expect_problem(400, "bad_parameter");
            assert_eq!(answer.json()["errors"][0]["pointer"], name, "{path}={text}");
        }
    }
    for path in ["regions?parent=21", "vacancies?region=210604", "skills?label=a+b", "people?name="] {
        app.official().get(&format!("/api/v1/{path}")).await.expect_status(200);
    }
}

#[tokio::test]
async fn what_a_rule_finds_is_told_of_fields_that_the_body_has() {
    let app = TestApp::start().await;
    let (_, mut body) =
        taking_json().into_iter().find(|(operation, _)| operation.id == "create_vacancy").unwrap();
    let nothing = "00000000-0000-4000-8000-00000000ffff";
    body["site_id"] = json!(nothing);
    body["occupation_id"] = json!(nothing);
    body["requirements"][0]["skill_id"] = json!(nothing);
    let answer = app.factory().post("/api/v1/vacancies", body).await.expect_problem(422, "invalid");
    let told = told(&answer);
    for expected in [
        ("/occupation_id", "unknown_occupation"),
        ("/requirements/0/skill_id", "unknown_skill"),
        ("/site_id", "unknown_site"),
    ] {
        assert!(told.contains(&pairs(&[expected])[0]), "{told:?}");
    }
}

#[tokio::test]
async fn every_body_refuses_what_is_of_another_kind() {
    let app = TestApp::start().await;
    let official = app.official();
    for (operation, body) in taking_json() {
        let path = operation.path_in(&app.town.home);
        for (name, value) in body.as_object().unwrap() {
            let other = if value.is_string() { json!(7) } else { json!("7") };
            let mut wrong = body.clone();
            wrong[name] = other;
            wrong["colour"] = json!("red");
            let answer = official.send(operation.method.clone(), &path, Some(wrong)).await;
            let answer = answer.expect_problem(400, "bad_body");
            let told = told(&answer);
            let place = format!("/{name}");
            assert!(told.iter().any(|(at, code)| *at == place && code.starts_with("not_")), "{told:?}");
            assert!(told.contains(&("/colour".to_owned(), "unknown_field".to_owned())), "{told:?}");
        }
        for wrong in [json!([]), json!(null), json!("x"), json!([body.clone()])] {
            let answer = official.send(operation.method.clone(), &path, Some(wrong)).await;
            assert_eq!(told(&answer.expect_problem(400, "bad_body")), pairs(&[("", "not_object")]));
        }
    }
}

#[tokio::test]
async fn every_body_refuses_a_key_twice_and_what_stands_behind_it() {
    let app = TestApp::start().await;
    for (operation, body) in taking_json() {
        let path = operation.path_in(&app.town.home);
        let text = body.to_string();
        let Some((name, value)) = body.as_object().unwrap().iter().next() else { continue };
        let twice = format!("{},\"{name}\":{value}}}", &text[..text.len() - 1]);
        for (body, expected) in [
            (twice, vec![(format!("/{name}"), "doubled_key".to_owned())]),
            (format!("{text} x"), pairs(&[("", "not_json")])),
            (format!("{text}{text}"), pairs(&[("", "not_json")])),
        ] {
            let raw = Body::from_string(body);
            let answer = app.official().send_raw(operation.method.clone(), &path, &[JSON], raw).await;
            assert_eq!(told(&answer.expect_problem(400, "bad_body")), expected, "{}", operation.id);
        }
    }
}

#[tokio::test]
async fn what_can_be_read_and_breaks_a_limit_is_told_as_a_wrong_value() {
    let app = TestApp::start().await;
    let (_, mut body) =
        taking_json().into_iter().find(|(operation, _)| operation.id == "create_vacancy").unwrap();
    body["title_zh"] = json!("长".repeat(121));
    body["title_en"] = json!("tab\there");
    body["reference"] = json!("");
    body["headcount"] = json!(0);
    body["wage_min_minor"] = json!(-1);
    body["shifts"] = json!(["day", "day"]);
    body["requirements"] = json!([]);
    let answer = app.factory().post("/api/v1/vacancies", body.clone()).await.expect_problem(422, "invalid");
    let expected = [
        ("/headcount", "out_of_range"),
        ("/reference", "required"),
        ("/requirements", "too_few"),
        ("/shifts/1", "doubled"),
        ("/title_en", "control_character"),
        ("/title_zh", "too_long"),
        ("/wage_min_minor", "out_of_range"),
    ];
    assert_eq!(told(&answer), pairs(&expected));
    // One that cannot be read at all makes the whole a bad body, and the others are told with it.
    body["headcount"] = json!(1.5);
    let answer = app.factory().post("/api/v1/vacancies", body).await.expect_problem(400, "bad_body");
    assert_eq!(told(&answer).len(), expected.len());
    assert!(told(&answer).contains(&("/headcount".to_owned(), "not_integer".to_owned())));
}

#[tokio::test]
async fn a_change_has_the_limits_of_a_new_row() {
    let app = TestApp::start().await;
    let place = &app.town.home;
    let vacancy = format!("/api/v1/vacancies/{}", place.vacancy);
    let tag = app.factory().get(&vacancy).await.header("etag").to_owned();
    let wrong = json!({
        "title_zh": "长".repeat(121), "title_en": "nul\u{0}here", "headcount": 10_001, "wage_min_minor": -1,
        "wage_max_minor": 1_000_000_000_001_i64, "shifts": ["day", "day"], "age_min": 15
    });
    let answer = app.factory().patch(&vacancy, &tag, wrong).await.expect_problem(422, "invalid");
    let expected = [
        ("/age_min", "out_of_range"),
        ("/headcount", "out_of_range"),
        ("/shifts/1", "doubled"),
        ("/title_en", "control_character"),
        ("/title_zh", "too_long"),
        ("/wage_max_minor", "out_of_range"),
        ("/wage_min_minor", "out_of_range"),
    ];
    assert_eq!(told(&answer), pairs(&expected));
    for wage in [json!("450000"), json!(4500.5), json!(null)] {
        let answer = app.factory().patch(&vacancy, &tag, json!({ "wage_min_minor": wage })).await;
        answer.expect_problem(400, "bad_body");
    }
    let factory = format!("/api/v1/organisations/{}", place.factory);
    let tag = app.administrator().get(&factory).await.header("etag").to_owned();
    let wrong = json!({ "name_zh": "", "name_en": "tab\there" });
    let answer = app.administrator().patch(&factory, &tag, wrong).await.expect_problem(422, "invalid");
    assert_eq!(told(&answer), pairs(&[("/name_en", "control_character"), ("/name_zh", "required")]));
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_language_of_the_request() {
    let app = TestApp::start().await;
    let of = async |language: &str| {
        let asked = format!("/api/v1/people?limit=0&lang={language}");
        let answer = app.school().get(&asked).await.expect_problem(400, "bad_parameter").json();
        answer["errors"][0]["detail"].as_str().unwrap().to_owned()
    };
    assert_eq!(of("en").await, "From 1 to 200.");
    assert!(of("zh-CN").await.contains("200") && !of("zh-CN").await.is_ascii());
}

#[tokio::test]
async fn a_body_that_is_nested_without_end_is_refused() {
    let app = TestApp::start().await;
    let nested = Body::from_string("[".repeat(200_000));
    let answer = app.nobody().send_raw(Method::POST, "/api/v1/tokens", &[JSON], nested).await;
    assert_eq!(told(&answer.expect_problem(400, "bad_body")), pairs(&[("", "too_deep")]));
}

#[tokio::test]
async fn what_the_document_does_not_have_is_not_there_however_it_is_written() {
    let app = TestApp::start().await;
    for path in ["/api/v1/people/", "/api/v1//people", "/api/v1/p%65ople", "/api/v1/"] {
        app.official().get(path).await.expect_problem(404, "not_found");
    }
}

#[tokio::test]
async fn a_method_that_is_not_there_tells_which_are() {
    let app = TestApp::start().await;
    let answer = app.school().send(Method::PUT, "/api/v1/people", Some(json!({}))).await;
    let answer = answer.expect_problem(405, "method_not_allowed");
    assert_eq!(answer.header("allow"), "GET, POST, HEAD, OPTIONS");
    let page = app.factory().send_raw(Method::DELETE, "/sign-in", &[], Body::empty()).await;
    assert_eq!(page.expect_status(405).header("allow"), "GET, POST, HEAD, OPTIONS");
    for (path, allow) in [
        ("/api/v1/people", "GET, POST, HEAD, OPTIONS"),
        ("/api/v1/tokens/current", "DELETE, OPTIONS"),
        ("/sign-out", "POST, OPTIONS"),
        ("/openapi.json", "GET, HEAD, OPTIONS"),
    ] {
        let answer = app.nobody().send_raw(Method::OPTIONS, path, &[], Body::empty()).await;
        let answer = answer.expect_status(204);
        assert_eq!((answer.header("allow"), answer.body.len()), (allow, 0), "{path}");
        assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("access-control")), "{path}");
    }
    app.nobody().send_raw(Method::OPTIONS, "/api/v1/nothing", &[], Body::empty()).await.expect_status(404);
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let app = TestApp::start().await;
    for (path, status) in
        [("/api/v1/people", 200), ("/api/v1/people?x=1", 400), ("/livez", 200), ("/nothing", 404)]
    {
        let answer =
            app.school().send_raw(Method::HEAD, path, &[], Body::empty()).await.expect_status(status);
        assert_eq!(answer.body.len(), 0, "{path}");
        let got = app.school().get(path).await.expect_status(status);
        assert_eq!(answer.header("content-type"), got.header("content-type"), "{path}");
    }
}
