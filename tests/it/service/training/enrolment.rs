//! Seats are not oversold, and finishing a class writes what was learnt.

use ballast::entity::person::person_tie;
use ballast::service::batch::Mode;
use ballast::service::person::person::{NewPerson, register_people};
use ballast::service::record::skill_claim::list_skill_claims;
use ballast::service::training::enrolment::{
    NewEnrolment, enrol_trainees, finish_enrolments, list_enrolments, withdraw_enrolment,
};
use ballast::service::training::joint_class::{JointClassFilter, get_joint_class, list_joint_classes};
use ballast::service::{Error, Seen};
use ballast_domain::base::id::{EnrolmentId, JointClassId, PersonId};
use ballast_domain::record::skill_claim::{DecayClass, EvidenceKind};
use futures_util::future::join_all;
use sea_orm::EntityTrait as _;
use uuid::Uuid;

use super::class;
use crate::harness::TestApp;
use crate::service::{ALL, day, named, refused};

const NOBODY: Uuid = Uuid::from_u128(77);

fn rows(class: JointClassId, people: &[PersonId]) -> Vec<NewEnrolment> {
    people.iter().map(|person| NewEnrolment { joint_class: class, person: *person }).collect()
}

#[tokio::test]
async fn a_batch_that_does_not_fit_enrols_nobody() {
    let app = TestApp::start().await;
    let (home, school, class) = (&app.town.home, app.school().ctx().await, class(&app, "C-2", 2).await);
    let enrol = |rows, mode| enrol_trainees(&school, home.school, rows, mode);
    let full = enrol(rows(class, &home.people[..3]), Mode::Commit).await;
    assert_eq!(refused(full), named([("/2/joint_class", "class_full")]));
    let mut wrong = rows(class, &[home.people[0], home.people[0], PersonId(NOBODY)]);
    wrong.push(NewEnrolment { joint_class: JointClassId(NOBODY), person: home.people[1] });
    let expected = [
        ("/1/person", "doubled"),
        ("/2/person", "unknown_person"),
        ("/3/joint_class", "unknown_joint_class"),
    ];
    assert_eq!(refused(enrol(wrong, Mode::Commit).await), named(expected));
    enrol(rows(class, &home.people[..1]), Mode::Validate).await.unwrap();
    assert_eq!(get_joint_class(&school, class).await.unwrap().enrolled, 0);
}

#[tokio::test]
async fn a_taken_seat_is_taken_until_somebody_leaves() {
    let app = TestApp::start().await;
    let (home, school, class) = (&app.town.home, app.school().ctx().await, class(&app, "C-2", 2).await);
    let enrol = |rows| enrol_trainees(&school, home.school, rows, Mode::Commit);
    let enrolled = enrol(rows(class, &home.people[..2])).await.unwrap();
    assert_eq!(refused(enrol(rows(class, &home.people[2..3])).await), named([("refused", "class_full")]));
    let again = enrol(rows(class, &home.people[..1])).await;
    assert_eq!(refused(again), named([("refused", "already_enrolled")]));
    withdraw_enrolment(&school, enrolled[1], &Seen::Whatever, day(2026, 11, 24)).await.unwrap();
    let twice = withdraw_enrolment(&school, enrolled[1], &Seen::Whatever, day(2026, 11, 24)).await;
    assert_eq!(refused(twice), named([("refused", "enrolment_ended")]));
    enrol(rows(class, &home.people[2..3])).await.unwrap();
    assert_eq!(get_joint_class(&school, class).await.unwrap().enrolled, 2);
}

#[tokio::test]
async fn only_the_school_enrols_and_only_its_own_people() {
    let app = TestApp::start().await;
    let (home, other, class) = (&app.town.home, &app.town.other, class(&app, "C-2", 2).await);
    let stranger = app.other_school().ctx().await;
    let mine = || rows(class, &home.people[2..3]);
    let own = enrol_trainees(&stranger, other.school, mine(), Mode::Commit).await;
    assert_eq!(
        refused(own),
        named([("/0/person", "unknown_person"), ("/0/joint_class", "unknown_joint_class")])
    );
    let borrowed = enrol_trainees(&stranger, home.school, mine(), Mode::Commit).await;
    assert_eq!(refused(borrowed), named([("/0/joint_class", "unknown_joint_class")]));
    let (school, new) = (app.school().ctx().await, rows(class, &other.people[..1]));
    let theirs = enrol_trainees(&school, home.school, new, Mode::Commit);
    assert_eq!(refused(theirs.await), named([("/0/person", "unknown_person")]));
    let factory = enrol_trainees(&app.factory().ctx().await, home.school, mine(), Mode::Commit).await;
    assert!(matches!(factory, Err(Error::Denied)), "{factory:?}");
}

#[tokio::test]
async fn a_roster_is_read_by_name_by_school_and_bureau_alone() {
    let app = TestApp::start().await;
    let (home, class) = (&app.town.home, JointClassId(app.town.home.joint_class));
    let (official, trainee) = (app.official().ctx().await, app.trainee().ctx().await);
    let school = app.school().ctx().await;
    enrol_trainees(&school, home.school, rows(class, &home.people[1..3]), Mode::Commit).await.unwrap();
    assert_eq!(list_enrolments(&school, class, ALL).await.unwrap().items.len(), 3);
    assert_eq!(list_enrolments(&official, class, ALL).await.unwrap().items.len(), 3);
    let own = list_enrolments(&trainee, class, ALL).await.unwrap().items;
    assert_eq!(own.iter().map(|row| row.person).collect::<Vec<_>>(), [home.trainee], "one's own line");
    let factory = list_enrolments(&app.factory().ctx().await, class, ALL).await;
    assert!(matches!(factory, Err(Error::Denied)), "{factory:?}");
    for stranger in [app.other_school(), app.other_official()] {
        let ctx = stranger.ctx().await;
        assert!(matches!(list_enrolments(&ctx, class, ALL).await, Err(Error::NotFound)));
        assert!(matches!(get_joint_class(&ctx, class).await, Err(Error::NotFound)));
        let seen = list_joint_classes(&ctx, &JointClassFilter::default(), ALL).await.unwrap().items;
        assert!(seen.iter().all(|seen| seen.id != class), "{}", stranger.role);
    }
    let counts = get_joint_class(&app.factory().ctx().await, class).await.unwrap();
    assert_eq!((counts.enrolled, counts.finished), (3, 0), "the factory sees how many");
}

#[tokio::test]
async fn finishing_writes_a_claim_for_each_module() {
    let app = TestApp::start().await;
    let (home, school, class) = (&app.town.home, app.school().ctx().await, class(&app, "C-2", 3).await);
    let new = rows(class, &home.people[..3]);
    let ids = enrol_trainees(&school, home.school, new, Mode::Commit).await.unwrap();
    withdraw_enrolment(&school, ids[1], &Seen::Whatever, day(2026, 11, 24)).await.unwrap();
    let finish = |ids, on| finish_enrolments(&school, ids, &Seen::Whatever, on, Mode::Commit);
    let today = day(2026, 11, 24);
    let wrong = finish(vec![ids[0], ids[1], ids[0], EnrolmentId(NOBODY)], today).await;
    let expected = [
        ("/1/enrolment", "enrolment_ended"),
        ("/2/enrolment", "doubled"),
        ("/3/enrolment", "unknown_enrolment"),
    ];
    assert_eq!(refused(wrong), named(expected));
    let early = finish(vec![ids[0]], day(2026, 11, 23)).await;
    assert_eq!(refused(early), named([("/0/on", "before_first_day")]));
    let stranger = app.other_school().ctx().await;
    let stolen = finish_enrolments(&stranger, vec![ids[0]], &Seen::Whatever, today, Mode::Commit).await;
    assert_eq!(refused(stolen), named([("/0/enrolment", "unknown_enrolment")]));
    assert_eq!(finish(vec![ids[0], ids[2]], today).await.unwrap().len(), 4, "two people, two modules");
    let record = list_skill_claims(&app.trainee().ctx().await, home.trainee, false, ALL).await.unwrap().items;
    let learnt: Vec<_> = record.iter().filter(|claim| claim.enrolment == Some(ids[0])).collect();
    assert_eq!(learnt.len(), 2);
    assert!(
        learnt
            .iter()
            .all(|claim| claim.evidence == EvidenceKind::Trained && claim.organisation == Some(home.school))
    );
    let sewing = learnt.iter().find(|claim| claim.skill.0 == home.skill).unwrap();
    assert_eq!(
        (sewing.level, sewing.decay),
        (3, DecayClass::Speed),
        "the plan's level, the skill's own decay"
    );
    let counts = get_joint_class(&app.factory().ctx().await, class).await.unwrap();
    assert_eq!((counts.enrolled, counts.finished), (0, 2));
}

#[tokio::test]
async fn enrolling_ties_a_person_to_the_school_once_and_to_no_factory() {
    let app = TestApp::start().await;
    let (home, school, class) = (&app.town.home, app.school().ctx().await, class(&app, "C-2", 3).await);
    // The trainee is in the town's class already.
    enrol_trainees(&school, home.school, rows(class, &home.people[..2]), Mode::Commit).await.unwrap();
    let ties = person_tie::Entity::find().all(app.app.db.reader()).await.unwrap();
    let of = |person: PersonId| {
        let ties = ties.iter().filter(move |tie| tie.person_id == person.0 && tie.basis == "enrolment");
        ties.map(|tie| tie.organisation_id).collect::<Vec<_>>()
    };
    assert_eq!(of(home.people[0]), [home.school.0], "two classes, one tie");
    assert_eq!(of(home.people[1]), [home.school.0]);
}

#[tokio::test]
async fn writers_at_the_same_time_do_not_oversell_a_class() {
    let app = TestApp::start().await;
    let (home, school, class) = (&app.town.home, app.school().ctx().await, class(&app, "C-2", 5).await);
    let new = |n| NewPerson { name: format!("Person {n}"), ..NewPerson::default() };
    let people =
        register_people(&school, home.school, (0..12).map(new).collect(), Mode::Commit).await.unwrap();
    let one = |person: &PersonId| {
        let (school, rows) = (&school, rows(class, &[*person]));
        async move { enrol_trainees(school, home.school, rows, Mode::Commit).await }
    };
    let answers = join_all(people.iter().map(one)).await;
    let (seated, turned_away): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(seated.len(), 5);
    for answer in turned_away {
        assert_eq!(refused(answer), named([("refused", "class_full")]));
    }
    assert_eq!(get_joint_class(&school, class).await.unwrap().enrolled, 5);
}
