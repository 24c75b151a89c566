//! The form that changes a vacancy, as a browser without scripts uses it.

use std::collections::BTreeMap;

use serde_json::json;

use crate::harness::{Answer, Identity, TestApp};
use crate::web::encoded;

/// The value of each field of the form on a page.
fn fields(page: &Answer) -> BTreeMap<String, String> {
    let text = page.text();
    let (_, form) = text.split_once("/edit\">").expect("the page has the form");
    let form = form.split_once("</form>").unwrap().0;
    let attribute = |input: &str, name: &str| {
        let rest = input.split_once(&format!("{name}=\""))?.1;
        Some(rest.split_once('"').unwrap().0.to_owned())
    };
    let mut fields = BTreeMap::new();
    for input in form.split("<input").skip(1) {
        let input = input.split_once('>').unwrap().0;
        let ticked = !input.contains("type=\"checkbox\"") || input.contains(" checked");
        if let (Some(name), true) = (attribute(input, " name"), ticked) {
            fields.insert(name, attribute(input, " value").unwrap_or_default());
        }
    }
    fields
}

async fn save(who: &Identity<'_>, path: &str, fields: &BTreeMap<String, String>) -> Answer {
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    who.submit(path, &[], &pairs.join("&")).await
}

fn typed(fields: &mut BTreeMap<String, String>, name: &str, value: &str) {
    fields.insert(name.to_owned(), value.to_owned());
}

#[tokio::test]
async fn what_is_typed_into_the_form_becomes_the_vacancy() {
    let app = TestApp::start().await;
    let (factory, vacancy) = (app.factory(), format!("/vacancies/{}", app.town.home.vacancy));
    let edit = format!("{vacancy}/edit");
    assert!(factory.page(&vacancy).await.text().contains(&edit), "the vacancy leads to its form");
    let mut form = fields(&factory.page(&edit).await.expect_status(200));
    assert_eq!((form["wage_min_minor"].as_str(), form["revision"].as_str()), ("4200", "1"));
    assert!(form.contains_key("shift_day") && !form.contains_key("shift_night"), "{form:?}");
    typed(&mut form, "wage_min_minor", "4300.50");
    typed(&mut form, "shift_night", "on");
    form.remove("dormitory");
    typed(&mut form, "age_min", "18");
    let saved = save(&factory, &edit, &form).await.expect_status(303);
    assert_eq!(saved.header("location"), vacancy);
    let row = factory.get(&format!("/api/v1{vacancy}")).await.expect_status(200).json();
    let found =
        json!([row["wage_min_minor"], row["shifts"], row["dormitory"], row["age_min"], row["revision"]]);
    assert_eq!(found, json!([430_050, ["day", "night"], false, 18, 2]));
}

#[tokio::test]
async fn a_form_that_comes_too_late_keeps_what_was_typed_and_shows_what_stands_there_now() {
    let app = TestApp::start().await;
    let (factory, path) = (app.factory(), format!("/vacancies/{}/edit", app.town.home.vacancy));
    let drawn = fields(&factory.page(&path).await.expect_status(200));
    let (mut mine, mut theirs) = (drawn.clone(), drawn);
    typed(&mut theirs, "headcount", "8");
    save(&factory, &path, &theirs).await.expect_status(303);
    typed(&mut mine, "headcount", "5");
    typed(&mut mine, "title_en", "Mine & <b>only</b>");
    for language in ["en", "zh-CN"] {
        let late = save(&factory, &format!("{path}?lang={language}"), &mine).await.expect_status(412);
        let text = late.text();
        assert!(text.contains("Mine &amp; &lt;b&gt;only&lt;/b&gt;"), "{text}");
        assert!(text.contains(if language == "en" { "Now: 8." } else { "现为：8。" }), "{text}");
        assert!(!text.contains("<script"), "{text}");
        let again = fields(&late);
        assert_eq!((again["headcount"].as_str(), again["revision"].as_str()), ("5", "2"));
    }
    // Saved again it is a choice.
    typed(&mut mine, "revision", "2");
    save(&factory, &path, &mine).await.expect_status(303);
    let row = factory.get(&format!("/api/v1/vacancies/{}", app.town.home.vacancy)).await.json();
    assert_eq!((&row["headcount"], &row["revision"]), (&json!(5), &json!(3)));
    // A form that says no revision is late as well.
    mine.remove("revision");
    save(&factory, &path, &mine).await.expect_status(412);
}

#[tokio::test]
async fn what_cannot_be_is_named_at_its_field_and_nothing_is_lost() {
    let app = TestApp::start().await;
    let (factory, path) = (app.factory(), format!("/vacancies/{}/edit", app.town.home.vacancy));
    let drawn = fields(&factory.page(&path).await.expect_status(200));
    for (field, value, told) in [
        ("headcount", "many", "headcount"),
        ("headcount", "0", "headcount"),
        ("wage_max_minor", "1", "wage_max_minor"),
        ("wage_min_minor", "5,200", "wage_min_minor"),
        ("starts_on", "tomorrow", "starts_on"),
        ("title_zh", " ", "title_zh"),
        ("age_min", "99", "age_min"),
    ] {
        let mut form = drawn.clone();
        typed(&mut form, field, value);
        let wrong = save(&factory, &path, &form).await.expect_status(422);
        assert!(wrong.text().contains(&format!("href=\"#{told}\"")), "{field}={value}: {}", wrong.text());
        assert_eq!(fields(&wrong)[field], value, "what was typed stays");
    }
    let mut form = drawn.clone();
    form.remove("shift_day");
    let wrong = save(&factory, &path, &form).await.expect_status(422).text();
    assert!(wrong.contains("href=\"#shift_day\""), "{wrong}");
    let row = factory.get(&format!("/api/v1/vacancies/{}", app.town.home.vacancy)).await.json();
    assert_eq!(row["revision"], json!(1));
}

#[tokio::test]
async fn the_form_is_for_who_may_and_for_what_is_open() {
    let app = TestApp::start().await;
    let (factory, vacancy) = (app.factory(), format!("/vacancies/{}", app.town.home.vacancy));
    let path = format!("{vacancy}/edit");
    let drawn = fields(&factory.page(&path).await.expect_status(200));
    for (who, status) in
        [(app.official(), 403), (app.school(), 403), (app.trainee(), 403), (app.other_factory(), 404)]
    {
        who.page(&path).await.expect_status(status);
        let mut form = drawn.clone();
        typed(&mut form, "csrf", &who.form_token().await);
        save(&who, &path, &form).await.expect_status(status);
    }
    let mut forged = drawn.clone();
    typed(&mut forged, "csrf", "x");
    save(&factory, &path, &forged).await.expect_status(403);
    app.nobody().page(&path).await.expect_status(303);
    factory.post(&format!("/api/v1{vacancy}/closure"), json!({})).await.expect_status(200);
    factory.page(&path).await.expect_status(409);
    save(&factory, &path, &drawn).await.expect_status(409);
    assert!(!factory.page(&vacancy).await.text().contains(&path), "it is offered no more");
}
