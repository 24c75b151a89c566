//! Agreements, joint classes and who is in them.

mod enrolment;
mod joint_class;

use ballast::service::batch::Mode;
use ballast::service::training::joint_class::{NewJointClass, open_joint_classes};
use ballast_domain::base::id::{AgreementId, JointClassId, OccupationId, SkillId};
use ballast_domain::training::joint_class::PlannedModule;

use super::day;
use crate::harness::TestApp;

/// A class of the home school under its agreement with the home factory: two modules, running.
async fn plan(app: &TestApp, reference: &str, seats: i32) -> NewJointClass {
    let home = &app.town.home;
    let second = ballast::service::taxonomy::skill::find_by_key(&app.operator(), "overlock").await.unwrap();
    let module = |skill, level| PlannedModule { skill, level, hours: 80 };
    NewJointClass {
        agreement: AgreementId(home.agreement),
        occupation: OccupationId(home.occupation),
        reference: reference.to_owned(),
        title_zh: "班".to_owned(),
        title_en: "Class".to_owned(),
        starts_on: day(2026, 10, 1),
        ends_on: day(2026, 12, 20),
        seats,
        modules: vec![module(SkillId(home.skill), 3), module(second.expect("the house knows it"), 4)],
    }
}

/// Opens such a class.
async fn class(app: &TestApp, reference: &str, seats: i32) -> JointClassId {
    let (ctx, new) = (app.school().ctx().await, plan(app, reference, seats).await);
    open_joint_classes(&ctx, app.town.home.school, vec![new], Mode::Commit).await.unwrap()[0]
}
