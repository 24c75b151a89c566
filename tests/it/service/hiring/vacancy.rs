//! Posting and closing vacancies.

use ballast::entity::audit::{audit_entry, audit_touch};
use ballast::entity::hiring::vacancy;
use ballast::service::batch::Mode;
use ballast::service::hiring::vacancy::{
    NewVacancy, close_vacancy, find_vacancy, get_vacancy, post_vacancies,
};
use ballast::service::{Error, Seen};
use ballast_domain::base::id::{OccupationId, SiteId, SkillId, VacancyId};
use ballast_domain::matching::candidate::Shifts;
use ballast_domain::matching::query::Requirement;
use futures_util::future::join_all;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::json;
use uuid::Uuid;

use crate::harness::{Place, TestApp};
use crate::service::{day, named, refused};

/// A post like the town's, under another reference.
pub fn post(place: &Place, reference: &str) -> NewVacancy {
    NewVacancy {
        site: SiteId(place.plant),
        occupation: OccupationId(place.occupation),
        reference: reference.to_owned(),
        title_zh: "缝纫工".to_owned(),
        title_en: "Sewing machine operator".to_owned(),
        headcount: 3,
        wage_min_minor: 420_000,
        wage_max_minor: 520_000,
        starts_on: day(2026, 12, 15),
        shifts: Shifts { day: true, evening: false, night: false },
        dormitory: true,
        age_min: None,
        requirements: vec![asks(place.skill)],
    }
}

fn asks(skill: Uuid) -> Requirement {
    Requirement { skill: SkillId(skill), essential: true, level: 4, floor: 3, weight: 1000 }
}

/// The revisions at which the log says that a vacancy was touched, and by which actions.
async fn touches(app: &TestApp, id: VacancyId) -> Vec<(i64, String)> {
    let rows = audit_touch::Entity::find()
        .filter(audit_touch::Column::Kind.eq("vacancy"))
        .filter(audit_touch::Column::ResourceId.eq(id.0))
        .order_by_asc(audit_touch::Column::Revision)
        .find_also_related(audit_entry::Entity)
        .all(app.app.db.reader())
        .await
        .unwrap();
    rows.into_iter().map(|(touch, entry)| (touch.revision, entry.unwrap().action)).collect()
}

#[tokio::test]
async fn every_wrong_field_of_every_vacancy_is_named() {
    let app = TestApp::start().await;
    let (home, other, ctx) = (&app.town.home, &app.town.other, app.factory().ctx().await);
    let unknown = Uuid::from_u128(5);
    let wrong = Requirement { skill: SkillId(unknown), essential: false, level: 8, floor: 1, weight: 0 };
    let bad = NewVacancy {
        site: SiteId(other.plant),
        occupation: OccupationId(unknown),
        reference: " ".to_owned(),
        title_zh: String::new(),
        title_en: "x".repeat(500),
        headcount: 0,
        wage_min_minor: -1,
        wage_max_minor: -2,
        shifts: Shifts { day: false, evening: false, night: false },
        age_min: Some(61),
        requirements: vec![wrong, Requirement { level: 1, floor: 0, weight: 1, ..wrong }],
        ..post(home, "")
    };
    let floor = Requirement { floor: 5, ..asks(home.skill) };
    let new = vec![
        bad,
        NewVacancy { requirements: vec![floor], ..post(home, "V-1") },
        NewVacancy { requirements: Vec::new(), ..post(home, "V-1 ") },
    ];
    let mut found = refused(post_vacancies(&ctx, home.factory, new, Mode::Commit).await);
    found.sort();
    let expected = [
        ("/0/age_min", "age_min_out_of_range"),
        ("/0/headcount", "headcount_out_of_range"),
        ("/0/occupation_id", "unknown_occupation"),
        ("/0/reference", "required"),
        ("/0/requirements", "no_essential"),
        ("/0/requirements/0/floor", "floor_out_of_range"),
        ("/0/requirements/0/level", "required_level_out_of_range"),
        ("/0/requirements/0/skill_id", "unknown_skill"),
        ("/0/requirements/0/weight", "weight_out_of_range"),
        ("/0/requirements/1/skill_id", "doubled"),
        ("/0/requirements/1/skill_id", "unknown_skill"),
        ("/0/shifts", "required"),
        ("/0/site_id", "unknown_site"),
        ("/0/title_en", "too_long"),
        ("/0/title_zh", "required"),
        ("/0/wage_max_minor", "wage_max_below_min"),
        ("/0/wage_min_minor", "amount_out_of_range"),
        ("/1/reference", "reference_taken"),
        ("/1/requirements/0/floor", "floor_out_of_range"),
        ("/2/reference", "doubled"),
        ("/2/reference", "reference_taken"),
        ("/2/requirements", "no_essential"),
        ("/2/requirements", "requirement_count"),
    ];
    assert_eq!(found, named(expected));
    let left = vacancy::Entity::find().count(app.app.db.reader()).await.unwrap();
    assert_eq!(left, 2, "the town's own");
}

#[tokio::test]
async fn a_vacancy_is_at_a_site_of_its_own_factory() {
    let app = TestApp::start().await;
    let (home, other, ctx) = (&app.town.home, &app.town.other, app.factory().ctx().await);
    let elsewhere = post_vacancies(&ctx, home.factory, vec![post(other, "V-2")], Mode::Commit).await;
    assert_eq!(refused(elsewhere), named([("/0/site_id", "unknown_site")]));
    let borrowed = post_vacancies(&ctx, other.factory, vec![post(other, "V-2")], Mode::Commit).await;
    assert!(matches!(borrowed, Err(Error::NotFound)), "{borrowed:?}");
    for identity in [app.school(), app.official(), app.trainee(), app.administrator()] {
        let ctx = identity.ctx().await;
        let denied = post_vacancies(&ctx, home.factory, vec![post(home, "V-2")], Mode::Commit).await;
        assert!(matches!(denied, Err(Error::Denied)), "{}: {denied:?}", identity.role);
    }
}

#[tokio::test]
async fn a_reference_is_taken_once_by_each_factory_even_at_the_same_time() {
    let app = TestApp::start().await;
    let (home, ctx) = (&app.town.home, app.factory().ctx().await);
    let taken = post_vacancies(&ctx, home.factory, vec![post(home, " V-1 ")], Mode::Commit).await;
    assert_eq!(refused(taken), named([("refused", "reference_taken")]));
    let answers = join_all((0..6).map(|_| {
        let (ctx, new) = (&ctx, vec![post(home, "V-2")]);
        async move { post_vacancies(ctx, home.factory, new, Mode::Commit).await }
    }));
    let (posted, turned_away): (Vec<_>, Vec<_>) = answers.await.into_iter().partition(Result::is_ok);
    assert_eq!(posted.len(), 1);
    // Whether the look-up or the constraint refused it, the answer has one code.
    for answer in turned_away {
        assert_eq!(refused(answer)[0].1, "reference_taken");
    }
    assert_eq!(find_vacancy(&ctx, "V-2").await.unwrap(), posted.into_iter().next().unwrap().unwrap()[0]);
}

#[tokio::test]
async fn a_trial_posts_nothing() {
    let app = TestApp::start().await;
    let (home, ctx) = (&app.town.home, app.factory().ctx().await);
    let ids = post_vacancies(&ctx, home.factory, vec![post(home, "V-2")], Mode::Validate).await.unwrap();
    assert!(matches!(get_vacancy(&ctx, ids[0]).await, Err(Error::NotFound)));
    assert_eq!(touches(&app, ids[0]).await, []);
}

#[tokio::test]
async fn closing_raises_the_revision_once_and_the_log_knows_each_step() {
    let app = TestApp::start().await;
    let (home, ctx) = (&app.town.home, app.factory().ctx().await);
    let id = post_vacancies(&ctx, home.factory, vec![post(home, "V-2")], Mode::Commit).await.unwrap()[0];
    let posted = get_vacancy(&ctx, id).await.unwrap();
    assert_eq!((posted.status.as_str(), posted.revision, posted.closed_on), ("open", 1, None));
    let closed = close_vacancy(&ctx, id, &Seen::Whatever).await.unwrap();
    let expected = ("closed", 2, Some(day(2026, 11, 24)));
    assert_eq!((closed.status.as_str(), closed.revision, closed.closed_on), expected);
    assert_eq!(
        refused(close_vacancy(&ctx, id, &Seen::Whatever).await),
        named([("refused", "vacancy_closed")])
    );
    let steps = [(1, "ManageVacancy".to_owned()), (2, "ManageVacancy".to_owned())];
    assert_eq!(touches(&app, id).await, steps, "a refused step is no step");
}

#[tokio::test]
async fn a_closed_vacancy_is_not_ranked() {
    let app = TestApp::start().await;
    let path = format!("/api/v1/vacancies/{}", app.town.home.vacancy);
    let why = format!("{path}/shortlist/people/{}", app.town.home.trainee);
    app.official().get(&why).await.expect_status(200);
    app.factory().post(&format!("{path}/closure"), json!({})).await.expect_status(200);
    for identity in [app.factory(), app.official()] {
        identity.get(&format!("{path}/shortlist")).await.expect_problem(409, "vacancy_closed");
    }
    app.official().get(&why).await.expect_problem(409, "vacancy_closed");
}

#[tokio::test]
async fn another_factorys_vacancy_is_not_there() {
    let app = TestApp::start().await;
    let (id, ctx) = (VacancyId(app.town.other.vacancy), app.factory().ctx().await);
    assert!(matches!(get_vacancy(&ctx, id).await, Err(Error::NotFound)));
    assert!(matches!(close_vacancy(&ctx, id, &Seen::Whatever).await, Err(Error::NotFound)));
    assert!(matches!(find_vacancy(&ctx, &id.to_string()).await, Err(Error::NotFound)));
    // Both factories call theirs V-1, and each finds its own.
    assert_eq!(find_vacancy(&ctx, "V-1").await.unwrap().0, app.town.home.vacancy);
    let seen = get_vacancy(&app.other_factory().ctx().await, id).await.unwrap();
    assert_eq!((seen.status.as_str(), seen.revision), ("open", 1), "and nothing happened to it");
    assert_eq!(refused(find_vacancy(&app.operator(), "V-1").await)[0].1, "reference_not_unique");
}
