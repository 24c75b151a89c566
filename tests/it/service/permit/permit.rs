//! A permit can be drafted, handed in and taken back, and by no door approved.

use ballast::service::batch::Mode;
use ballast::service::page::PageRequest;
use ballast::service::permit::permit::{
    NewPermit, draft_permits, get_permit, list_permits, submit_permit, withdraw_permit,
};
use ballast::service::{Ctx, Error, Seen};
use ballast::store::permit::permit as store;
use ballast_domain::base::id::{OrganisationId, PermitId, PersonId, PortId, VacancyId};
use ballast_domain::base::unknown::Verdict;
use ballast_domain::identity::policy::act;
use ballast_domain::permit::draft::Status;
use chrono::NaiveDate;
use sea_orm::ConnectionTrait as _;

use crate::harness::{Place, TestApp, is_sqlite};
use crate::service::person::foreign_worker::{register, worker};

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn draft(place: &Place, person: PersonId, reference: &str) -> NewPermit {
    NewPermit {
        person,
        port: PortId(place.port),
        vacancy: Some(VacancyId(place.vacancy)),
        reference: reference.to_owned(),
        starts_on: day(2027, 1, 1),
        ends_on: day(2027, 12, 31),
    }
}

async fn draft_one(ctx: &Ctx, employer: OrganisationId, new: NewPermit) -> Result<PermitId, Error> {
    Ok(draft_permits(ctx, employer, vec![new], Mode::Commit).await?[0])
}

fn fields<T: std::fmt::Debug>(error: Result<T, Error>) -> Vec<(String, &'static str)> {
    match error {
        Err(Error::Invalid(fields)) => fields.into_iter().map(|f| (f.pointer, f.code)).collect(),
        other => panic!("not refused for its fields: {other:?}"),
    }
}

#[tokio::test]
async fn a_factory_drafts_only_for_people_who_are_tied_to_it() {
    let app = TestApp::start().await;
    let (place, ctx) = (&app.town.home, app.factory().ctx().await);
    draft_one(&ctx, place.factory, draft(place, place.worker, "F-1")).await.unwrap();
    let stranger = register(&app.official().ctx().await, place, vec![worker("VN", "N1")]).await.unwrap()[0];
    let refused = draft_one(&ctx, place.factory, draft(place, stranger, "F-2")).await;
    assert_eq!(fields(refused), [("/0/person_id".to_owned(), "unknown_person")]);
    let other = draft_one(&ctx, app.town.other.factory, draft(place, place.worker, "F-3")).await;
    assert!(matches!(other, Err(Error::NotFound)), "another factory's name is not to be used");
    let school = draft_one(&app.school().ctx().await, place.factory, draft(place, place.worker, "F-4")).await;
    assert!(matches!(school, Err(Error::Denied)));
}

#[tokio::test]
async fn an_official_drafts_for_people_and_factories_in_reach() {
    let app = TestApp::start().await;
    let (place, other, ctx) = (&app.town.home, &app.town.other, app.official().ctx().await);
    let person = register(&ctx, place, vec![worker("VN", "N1")]).await.unwrap()[0];
    draft_one(&ctx, place.factory, draft(place, person, "O-1")).await.unwrap();
    let refused = draft_one(&ctx, place.factory, draft(place, other.worker, "O-2")).await;
    assert_eq!(fields(refused), [("/0/person_id".to_owned(), "unknown_person")]);
    let refused = draft_one(&ctx, other.factory, draft(other, person, "O-3")).await;
    assert!(matches!(refused, Err(Error::NotFound)));
    let refused = draft_one(&ctx, place.bureau, draft(place, person, "O-4")).await;
    assert_eq!(fields(refused), [("/employer_id".to_owned(), "not_a_factory")]);
}

#[tokio::test]
async fn every_wrong_field_of_every_draft_is_named() {
    let app = TestApp::start().await;
    let (place, other) = (&app.town.home, &app.town.other);
    let far = NewPermit {
        port: PortId(other.port),
        vacancy: Some(VacancyId(other.vacancy)),
        ends_on: day(2026, 12, 31),
        ..draft(place, place.worker, "R-1")
    };
    let long = NewPermit { ends_on: day(2032, 1, 3), ..draft(place, place.worker, "R-1") };
    let nowhere = NewPermit { port: PortId(place.plant), ..draft(place, place.worker, "") };
    let ctx = app.factory().ctx().await;
    let refused = fields(draft_permits(&ctx, place.factory, vec![far, long, nowhere], Mode::Commit).await);
    let expected = [
        ("/0/port_id", "port_out_of_reach"),
        ("/0/vacancy_id", "unknown_vacancy"),
        ("/0/ends_on", "before_start"),
        ("/1/reference", "doubled"),
        ("/1/ends_on", "term_too_long"),
        ("/2/reference", "required"),
        ("/2/port_id", "unknown_port"),
    ];
    assert_eq!(refused, expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    draft_one(&ctx, place.factory, draft(place, place.worker, "R-2")).await.unwrap();
    let taken = draft_one(&ctx, place.factory, draft(place, place.worker, "R-2")).await;
    assert!(matches!(taken, Err(Error::Duplicate("reference_taken"))), "{taken:?}");
}

#[tokio::test]
async fn a_permit_is_handed_in_once_and_taken_back_once() {
    let app = TestApp::start().await;
    let (place, ctx) = (&app.town.home, app.factory().ctx().await);
    let id = PermitId(place.permit);
    assert!(matches!(submit_permit(&ctx, id, &Seen::at(7)).await, Err(Error::Stale)));
    assert_eq!(submit_permit(&ctx, id, &Seen::at(1)).await.unwrap(), 2);
    let again = submit_permit(&ctx, id, &Seen::Whatever).await;
    assert!(matches!(again, Err(Error::Refused(ref why)) if why.code == "permit_past_step"), "{again:?}");
    assert!(matches!(withdraw_permit(&ctx, id, &Seen::at(1)).await, Err(Error::Stale)));
    assert_eq!(withdraw_permit(&ctx, id, &Seen::at(2)).await.unwrap(), 3);
    for step in
        [submit_permit(&ctx, id, &Seen::Whatever).await, withdraw_permit(&ctx, id, &Seen::Whatever).await]
    {
        assert!(matches!(step, Err(Error::Refused(_))), "{step:?}");
    }
    let view = get_permit(&ctx, id).await.unwrap();
    assert_eq!((view.status, view.revision), (Status::Withdrawn, 3));
}

#[tokio::test]
async fn a_permit_that_changed_since_it_was_judged_is_left_alone() {
    let app = TestApp::start().await;
    let (place, ctx) = (&app.town.home, app.factory().ctx().await);
    let id = PermitId(place.permit);
    let (target, _) = store::get_target(app.app.db.reader(), id).await.unwrap();
    let grant = ctx.authorise::<act::SubmitPermit>(&target).unwrap();
    submit_permit(&ctx, id, &Seen::Whatever).await.unwrap();
    let tx = ctx.write_tx().await.unwrap();
    let late = store::update_status_if_unchanged(&tx, &grant, Status::Withdrawn).await;
    assert!(matches!(late, Err(ballast::store::Error::Stale)), "{late:?}");
    tx.rollback().await.unwrap();
    assert_eq!(get_permit(&ctx, id).await.unwrap().status, Status::Submitted);
}

#[tokio::test]
async fn nobody_out_of_reach_finds_or_moves_a_permit() {
    let app = TestApp::start().await;
    let id = PermitId(app.town.home.permit);
    for identity in [app.other_factory(), app.other_official()] {
        let ctx = identity.ctx().await;
        assert!(matches!(get_permit(&ctx, id).await, Err(Error::NotFound)), "{}", identity.role);
        assert!(
            matches!(submit_permit(&ctx, id, &Seen::Whatever).await, Err(Error::NotFound)),
            "{}",
            identity.role
        );
        let page = list_permits(&ctx, None, PageRequest::default()).await.unwrap();
        assert!(page.items.iter().all(|permit| permit.id != id));
        assert_eq!(page.items.len(), 1, "their own");
    }
    for identity in [app.school(), app.administrator()] {
        let ctx = identity.ctx().await;
        assert!(matches!(get_permit(&ctx, id).await, Err(Error::Denied)), "{}", identity.role);
    }
    let trainee = app.trainee().ctx().await;
    assert!(matches!(get_permit(&trainee, id).await, Err(Error::NotFound)));
    assert!(list_permits(&trainee, None, PageRequest::default()).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn a_permit_shows_each_part_of_its_bundle_and_what_bars_it() {
    let app = TestApp::start().await;
    let (place, ctx) = (&app.town.home, app.official().ctx().await);
    let mut short = worker("VN", "N2");
    short.documents[0].valid_until = Some(day(2026, 12, 31));
    short.documents[1].verification = "unverified".to_owned();
    let mut barred = worker("KP", "N3");
    barred.birth_date = Some(day(2010, 6, 1));
    let people = register(&ctx, place, vec![worker("VN", "N1"), short, barred]).await.unwrap();
    let mut views = Vec::new();
    for (n, person) in people.into_iter().enumerate() {
        let id = draft_one(&ctx, place.factory, draft(place, person, &format!("B-{n}"))).await.unwrap();
        views.push(get_permit(&ctx, id).await.unwrap());
    }
    assert!(views[0].bars.is_empty(), "{:?}", views[0].bars);
    assert_eq!(views[0].covered_until, Some(day(2027, 10, 31)), "the weakest part decides");
    let parts = views[1].bundle.iter().map(|part| (part.finding, part.day)).collect::<Vec<_>>();
    let expected =
        [("covers", Some(day(2033, 12, 31))), ("ended", Some(day(2026, 12, 31))), ("unknown", None)];
    assert_eq!(parts, expected);
    assert_eq!(views[1].covered_until, None);
    let bars =
        |n: usize| views[n].bars.iter().map(|bar| (bar.check, bar.code, bar.verdict)).collect::<Vec<_>>();
    let expected = [("C8", "document_ended", Verdict::Bar), ("C8", "document_unknown", Verdict::Unknown)];
    assert_eq!(bars(1), expected);
    assert_eq!(bars(2), [("C1", "dprk", Verdict::Bar), ("C6a", "under_age", Verdict::Bar)]);
}

#[tokio::test]
async fn an_employer_learns_who_it_is_only_from_the_person() {
    let app = TestApp::start().await;
    let (place, official) = (&app.town.home, app.official().ctx().await);
    let stranger = register(&official, place, vec![worker("VN", "N1")]).await.unwrap()[0];
    let id = draft_one(&official, place.factory, draft(place, stranger, "E-1")).await.unwrap();
    assert_eq!(get_permit(&official, id).await.unwrap().person, Some(stranger));
    let factory = app.factory().ctx().await;
    let view = get_permit(&factory, id).await.unwrap();
    assert_eq!((view.person, view.bundle.len()), (None, 3), "status and expiry, and nobody's id");
    let tied = get_permit(&factory, PermitId(place.permit)).await.unwrap();
    assert_eq!(tied.person, Some(place.worker));
}

#[tokio::test]
async fn a_list_is_paged_and_filtered_by_status() {
    let app = TestApp::start().await;
    let (place, ctx) = (&app.town.home, app.factory().ctx().await);
    for n in 0..3 {
        draft_one(&ctx, place.factory, draft(place, place.worker, &format!("L-{n}"))).await.unwrap();
    }
    submit_permit(&ctx, PermitId(place.permit), &Seen::Whatever).await.unwrap();
    let drafts = list_permits(&ctx, Some(Status::Draft), PageRequest { limit: 2, ..PageRequest::default() })
        .await
        .unwrap();
    assert_eq!(drafts.items.len(), 2);
    let rest = PageRequest { limit: 2, after: drafts.next, ..PageRequest::default() };
    let rest = list_permits(&ctx, Some(Status::Draft), rest).await.unwrap();
    assert_eq!((rest.items.len(), rest.next), (1, None));
    let submitted = list_permits(&ctx, Some(Status::Submitted), PageRequest::default()).await.unwrap();
    assert_eq!(submitted.items.iter().map(|p| p.id.0).collect::<Vec<_>>(), [place.permit]);
}

#[tokio::test]
async fn the_database_itself_refuses_an_approved_permit() {
    let app = TestApp::start().await;
    let db = app.app.db.owner();
    for status in ["approved", "active", "Draft", ""] {
        let refused = db.execute_unprepared(&format!("UPDATE permit SET status = '{status}'")).await;
        let error = refused.expect_err("no permit is approved by SQL").to_string();
        assert!(error.contains("ck_permit_status"), "{error}");
        if is_sqlite() {
            let sql = format!("UPDATE OR REPLACE permit SET status = '{status}'");
            db.execute_unprepared(&sql).await.expect_err("nor by replacing the row");
        }
    }
    let columns = "person_id, employer_id, port_id, vacancy_id, starts_on, ends_on, revision";
    let id = if is_sqlite() {
        "x'000000000000000000000000000000aa'"
    } else {
        "'00000000-0000-0000-0000-0000000000aa'::uuid"
    };
    let insert = format!(
        "INSERT INTO permit (id, reference, status, {columns}) \
         SELECT {id}, 'sql', 'approved', {columns} FROM permit LIMIT 1"
    );
    let error = db.execute_unprepared(&insert).await.expect_err("nor put in").to_string();
    assert!(error.contains("ck_permit_status"), "{error}");
    let ctx = app.factory().ctx().await;
    let page = list_permits(&ctx, None, PageRequest::default()).await.unwrap();
    assert!(page.items.iter().all(|permit| permit.status == Status::Draft));
}
