//! Reading occupations, which a process remembers until something of them has changed.

use ballast::format::taxonomy::{Parsed, house};
use ballast::service::taxonomy::framework::{Outcome, import_framework};
use ballast_domain::base::id::SkillId;
use ballast_domain::taxonomy::{Level, skill_id};
use serde_json::Value;

use crate::harness::{TestApp, World, statements_of};

/// An occupation as the API shows it.
async fn read(app: &TestApp, path: &str) -> Value {
    app.school().get(path).await.expect_status(200).json()
}

/// The address of an occupation that asks for something, and the first skill that it asks for.
async fn with_a_skill(app: &TestApp) -> (String, SkillId) {
    let list = app.school().get("/api/v1/occupations?limit=200").await.expect_status(200).json();
    for item in list["items"].as_array().unwrap() {
        let path = format!("/api/v1/occupations/{}", item["id"].as_str().unwrap());
        if let Some(skill) = read(app, &path).await["skills"].get(0) {
            return (path, SkillId(skill["id"].as_str().unwrap().parse().unwrap()));
        }
    }
    panic!("no occupation asks for anything");
}

async fn import(app: &TestApp, parsed: &Parsed) {
    let report = import_framework(&app.operator(), parsed, [8; 32]).await.unwrap();
    assert_eq!(report.outcome, Outcome::Changed);
}

#[tokio::test]
async fn who_has_read_an_occupation_sees_the_next_release_of_it_and_of_its_skills() {
    let app = TestApp::start().await;
    let other_process = app.beside().await;
    let (path, skill) = with_a_skill(&app).await;
    let before = read(&app, &path).await;
    assert_eq!(read(&app, &path).await, before, "remembered and read alike");
    assert_eq!(read(&other_process, &path).await, before);

    // Another name of the skill does not raise the occupation's own revision.
    let mut parsed = house::parse(house::EMBEDDED).unwrap();
    let renamed = parsed.content.skills.iter_mut().find(|s| skill_id(&s.uri) == skill).unwrap();
    renamed.labels.iter_mut().for_each(|label| label.text.push_str(" renamed"));
    import(&app, &parsed).await;
    let of_skill = |view: &Value| {
        let skills = view["skills"].as_array().unwrap();
        skills.iter().find(|s| s["id"] == skill.to_string()).unwrap().clone()
    };
    for app in [&app, &other_process] {
        let after = read(app, &path).await;
        assert_eq!(after["occupation"]["revision"], before["occupation"]["revision"]);
        let label = of_skill(&after)["label"].as_str().unwrap().to_owned();
        assert_eq!(label, format!("{} renamed", of_skill(&before)["label"].as_str().unwrap()));
    }

    // What it asks for does.
    let level = if of_skill(&before)["level"] == 7 { 6 } else { 7 };
    for relation in &mut parsed.content.relations {
        if skill_id(&relation.skill) == skill {
            relation.level = Level::new(level);
        }
    }
    import(&app, &parsed).await;
    for app in [&app, &other_process] {
        let after = read(app, &path).await;
        assert_ne!(after["occupation"]["revision"], before["occupation"]["revision"]);
        assert_eq!(of_skill(&after)["level"], level);
    }
}

#[tokio::test]
async fn an_occupation_that_was_read_before_takes_one_statement_besides_who_asks() {
    let app = TestApp::start_in(World::A).await;
    let (path, _) = with_a_skill(&app).await;
    let (_, statements) = statements_of(read(&app, &path)).await;
    assert_eq!(statements.len(), 2, "{statements:?}");
}
