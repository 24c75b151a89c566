//! Agreements and plans of classes are checked field by field.

use ballast::service::Error;
use ballast::service::batch::Mode;
use ballast::service::training::agreement::{NewAgreement, list_agreements, sign_agreements};
use ballast::service::training::joint_class::{
    JointClassFilter, NewJointClass, list_joint_classes, open_joint_classes,
};
use ballast_domain::base::id::{AgreementId, OccupationId};
use uuid::Uuid;

use super::plan;
use crate::harness::TestApp;
use crate::service::{ALL, day, named, refused};

#[tokio::test]
async fn every_wrong_field_of_every_plan_is_named() {
    let app = TestApp::start().await;
    let (ctx, unknown) = (app.school().ctx().await, Uuid::from_u128(1));
    let mut early = NewJointClass { seats: 501, starts_on: day(2025, 8, 1), ..plan(&app, "X", 5).await };
    early.title_zh = " ".to_owned();
    early.modules[1].skill = early.modules[0].skill;
    let nowhere = NewJointClass {
        agreement: AgreementId(unknown),
        occupation: OccupationId(unknown),
        ..plan(&app, "X", 5).await
    };
    let theirs =
        NewJointClass { agreement: AgreementId(app.town.other.agreement), ..plan(&app, "Y", 5).await };
    let new = vec![early, nowhere, theirs];
    let mut found = refused(open_joint_classes(&ctx, app.town.home.school, new, Mode::Commit).await);
    found.sort();
    let expected = [
        ("/0/modules/1/skill", "doubled"),
        ("/0/seats", "count_out_of_range"),
        ("/0/starts_on", "outside_agreement"),
        ("/0/title_zh", "required"),
        ("/1/agreement", "unknown_agreement"),
        ("/1/occupation", "unknown_occupation"),
        ("/1/reference", "doubled"),
        ("/2/agreement", "unknown_agreement"),
    ];
    assert_eq!(found, named(expected));
    assert_eq!(
        list_joint_classes(&ctx, &JointClassFilter::default(), ALL).await.unwrap().items.len(),
        1,
        "nothing was opened"
    );
}

#[tokio::test]
async fn a_reference_is_taken_once_by_each_school() {
    let app = TestApp::start().await;
    let (ctx, school) = (app.school().ctx().await, app.town.home.school);
    let again = open_joint_classes(&ctx, school, vec![plan(&app, "C-1", 5).await], Mode::Commit).await;
    assert_eq!(refused(again), named([("refused", "reference_taken")]));
    let plan = plan(&app, "C-2", 5).await;
    open_joint_classes(&ctx, school, vec![plan], Mode::Commit).await.unwrap();
}

#[tokio::test]
async fn an_agreement_is_between_a_school_and_a_factory() {
    let app = TestApp::start().await;
    let (home, ctx) = (&app.town.home, app.school().ctx().await);
    let bad = NewAgreement {
        factory: app.town.other.school,
        title_zh: "协议".to_owned(),
        title_en: String::new(),
        valid_from: day(2026, 9, 1),
        valid_until: Some(day(2026, 8, 1)),
    };
    let mut found = refused(sign_agreements(&ctx, home.school, vec![bad.clone()], Mode::Commit).await);
    found.sort();
    let expected =
        [("/0/factory", "unknown_factory"), ("/0/title_en", "required"), ("/0/valid_until", "before_start")];
    assert_eq!(found, named(expected));
    let stranger =
        sign_agreements(&app.other_school().ctx().await, home.school, vec![bad], Mode::Commit).await;
    assert!(matches!(stranger, Err(Error::NotFound)), "{stranger:?}");
    let ids = |found: Vec<ballast::service::training::agreement::AgreementView>| {
        found.into_iter().map(|agreement| agreement.id.0).collect::<Vec<_>>()
    };
    let factory = list_agreements(&app.factory().ctx().await, ALL).await.unwrap().items;
    assert_eq!(ids(factory), [home.agreement], "either party reads it");
    let stranger = list_agreements(&app.other_school().ctx().await, ALL).await.unwrap().items;
    assert_eq!(ids(stranger), [app.town.other.agreement], "and nobody else");
}
