//! Jobs: nothing is lost, nothing is done under a lease that is over, and everybody sees what is theirs.

use std::cell::Cell;
use std::sync::Arc;

use ballast::entity::exchange::{idempotency_key, job, job_attempt, job_schedule, notification};
use ballast::entity::identity::{api_token, session, sign_in_link};
use ballast::service::exchange::job::run::{Claimed, Turn, claim_next, run_claimed, run_next};
use ballast::service::exchange::job::{NewJob, cancel_job, enqueue};
use ballast::service::exchange::job_schedule::put_in_due;
use ballast::service::{App, Ctx};
use ballast::store::audit::audit_entry;
use ballast_domain::base::id::JobId;
use ballast_domain::exchange::job::Kind;
use chrono::Duration;
use poem::http::Method;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::json;
use tokio::task::JoinSet;

use super::{at, drain, later, turn, worker};
use crate::harness::{TestApp, code_of};

/// The town's sessions and tokens end after twelve hours: 34 logins, one of each.
const ENDED: i64 = 68;

/// The town without the jobs that it brings.
async fn idle_town() -> TestApp {
    let app = TestApp::start().await;
    assert_eq!(drain(&app.app).await, 2, "the town brings two jobs");
    app
}

async fn put_in(app: &Arc<App>, new: NewJob) -> JobId {
    let ctx = Ctx::of_machinery(app.clone());
    let tx = ctx.write_tx().await.unwrap();
    let id = enqueue(&ctx, &tx, new).await.unwrap();
    audit_entry::exempt(&tx);
    tx.commit().await.unwrap();
    id
}

fn sweep(rows: u64) -> NewJob {
    NewJob { payload: json!({ "rows": rows }), ..NewJob::of(Kind::SweepSessions) }
}

async fn row(app: &App, id: JobId) -> job::Model {
    job::Entity::find_by_id(id.0).one(app.db.reader()).await.unwrap().expect("the job is there")
}

async fn outcomes(app: &App, id: JobId) -> Vec<String> {
    let tries = job_attempt::Entity::find()
        .filter(job_attempt::Column::JobId.eq(id.0))
        .order_by_asc(job_attempt::Column::LeaseToken);
    let tries = tries.all(app.db.reader()).await.unwrap();
    tries.into_iter().map(|row| row.outcome.unwrap_or_else(|| "goes on".to_owned())).collect()
}

async fn sessions_and_tokens(app: &App) -> i64 {
    let db = app.db.reader();
    let tokens = api_token::Entity::find().count(db).await.unwrap();
    i64::try_from(session::Entity::find().count(db).await.unwrap() + tokens).unwrap()
}

async fn jobs(app: &App) -> u64 {
    job::Entity::find().count(app.db.reader()).await.unwrap()
}

async fn claim(app: &Arc<App>) -> Claimed {
    claim_next(app, &worker(app)).await.unwrap().expect("a job is due")
}

#[tokio::test]
async fn a_job_is_there_with_its_transaction_and_never_was_without() {
    let app = idle_town().await;
    let (ctx, before) = (app.operator(), jobs(&app.app).await);
    let tx = ctx.write_tx().await.unwrap();
    enqueue(&ctx, &tx, NewJob::of(Kind::SweepJobs)).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(jobs(&app.app).await, before);
    let id = put_in(&app.app, NewJob::of(Kind::SweepJobs)).await;
    assert_eq!(row(&app.app, id).await.state, "queued");
    assert!(matches!(turn(&app.app).await, Turn::Done(done) if done == id));
    assert_eq!(row(&app.app, id).await.state, "done");
    assert!(matches!(turn(&app.app).await, Turn::Idle), "it is done once");
}

#[tokio::test]
async fn a_committed_job_wakes_a_waiting_worker_and_a_rolled_back_one_does_not() {
    let app = idle_town().await;
    let ctx = app.operator();
    // The town's own jobs have left a permit.
    let waits = ballast::service::exchange::job::waits(&app.app);
    let woken = || async {
        tokio::select! { biased; () = waits.notified() => true, () = async {} => false }
    };
    woken().await;
    let tx = ctx.write_tx().await.unwrap();
    enqueue(&ctx, &tx, NewJob::of(Kind::SweepJobs)).await.unwrap();
    assert!(!woken().await, "not before it can be seen");
    tx.rollback().await.unwrap();
    assert!(!woken().await);
    put_in(&app.app, NewJob::of(Kind::SweepJobs)).await;
    assert!(woken().await);
}

#[tokio::test]
async fn a_unique_key_is_free_again_when_its_job_is_over() {
    let app = idle_town().await;
    let new = || NewJob { unique_key: Some("once".to_owned()), ..NewJob::of(Kind::SweepJobs) };
    let first = put_in(&app.app, new()).await;
    assert_eq!(put_in(&app.app, new()).await, first, "the standing one");
    let claimed = claim(&app.app).await;
    assert_eq!(put_in(&app.app, new()).await, first, "a running one is standing too");
    let ended = run_claimed(&app.app, &worker(&app.app), claimed, || false).await.unwrap();
    assert!(matches!(ended, Turn::Done(_)));
    let second = put_in(&app.app, new()).await;
    assert_ne!(second, first);
    let ctx = app.operator();
    let tx = ctx.write_tx().await.unwrap();
    let (one, two) = (enqueue(&ctx, &tx, new()).await.unwrap(), enqueue(&ctx, &tx, new()).await.unwrap());
    assert_eq!((one, two), (second, second), "and the transaction goes on");
    let other = NewJob { unique_key: Some("another".to_owned()), ..new() };
    let third = enqueue(&ctx, &tx, other).await.unwrap();
    audit_entry::exempt(&tx);
    tx.commit().await.unwrap();
    assert_eq!(row(&app.app, third).await.state, "queued");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_who_put_in_the_same_at_once_put_in_one() {
    let app = idle_town().await;
    let before = jobs(&app.app).await;
    let mut all = JoinSet::new();
    for _ in 0..8 {
        let app = later(&app, Duration::zero()).await;
        let new = NewJob { unique_key: Some("once".to_owned()), ..NewJob::of(Kind::SweepJobs) };
        all.spawn(async move { put_in(&app, new).await });
    }
    let ids = all.join_all().await;
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(jobs(&app.app).await, before + 1);
}

#[tokio::test]
async fn a_payload_or_a_key_that_is_too_long_is_refused() {
    let app = idle_town().await;
    let ctx = app.operator();
    let tx = ctx.write_tx().await.unwrap();
    for new in [
        NewJob { payload: json!("x".repeat(9000)), ..NewJob::of(Kind::SweepJobs) },
        NewJob { unique_key: Some("x".repeat(201)), ..NewJob::of(Kind::SweepJobs) },
    ] {
        let refused = enqueue(&ctx, &tx, new).await.unwrap_err();
        assert_eq!(code_of(&refused), "internal");
    }
}

#[tokio::test]
async fn a_job_waits_for_its_time() {
    let app = idle_town().await;
    let run_at = app.app.clock.now() + Duration::minutes(5);
    let id = put_in(&app.app, NewJob { run_at: Some(run_at), ..NewJob::of(Kind::SweepJobs) }).await;
    assert!(matches!(turn(&app.app).await, Turn::Idle));
    assert!(matches!(turn(&at(&app, run_at - Duration::microseconds(1)).await).await, Turn::Idle));
    assert!(matches!(turn(&at(&app, run_at).await).await, Turn::Done(done) if done == id));
}

#[tokio::test]
async fn a_job_that_fails_waits_longer_each_time_and_is_given_up() {
    let app = idle_town().await;
    let id = put_in(&app.app, sweep(0)).await;
    let (mut now, mut waits) = (app.app.clock.now(), Vec::new());
    loop {
        let Turn::Failed { job, again, .. } = turn(&at(&app, now).await).await else { panic!("it fails") };
        let standing = row(&app.app, id).await;
        assert_eq!((job, standing.failure.as_deref()), (id, Some("invalid")));
        if !again {
            assert_eq!((standing.state.as_str(), standing.attempts), ("failed", 5));
            break;
        }
        assert_eq!(standing.state, "queued");
        let early = at(&app, standing.run_at - Duration::microseconds(1)).await;
        assert!(matches!(turn(&early).await, Turn::Idle), "not before its time");
        waits.push(standing.run_at - now);
        now = standing.run_at;
    }
    assert_eq!(waits.len(), 4);
    assert!(waits.windows(2).all(|pair| pair[0] < pair[1]), "{waits:?}");
    assert_eq!(outcomes(&app.app, id).await, vec!["failed"; 5]);
    assert!(matches!(turn(&at(&app, now + Duration::days(9)).await).await, Turn::Idle), "that was all");
}

#[tokio::test]
async fn a_worker_whose_lease_is_over_keeps_nothing() {
    let app = idle_town().await;
    let first = later(&app, Duration::hours(13)).await;
    let id = put_in(&first, sweep(5)).await;
    let stale = claim(&first).await;
    assert_eq!(stale.id(), id);
    let soon = later(&app, Duration::hours(13) + Duration::seconds(59)).await;
    assert!(claim_next(&soon, &worker(&soon)).await.unwrap().is_none(), "the lease holds");
    let second = later(&app, Duration::hours(13) + Duration::seconds(60)).await;
    let good = claim(&second).await;
    // The first worker comes to itself, and its clock is behind.
    let told = run_claimed(&first, &worker(&first), stale.clone(), || false).await.unwrap();
    assert!(matches!(told, Turn::Lost(job) if job == id), "{told:?}");
    assert_eq!(sessions_and_tokens(&app.app).await, ENDED, "nothing of its work was kept");
    let told = run_claimed(&first, &worker(&first), stale.clone(), || true).await.unwrap();
    assert!(matches!(told, Turn::Lost(_)), "it cannot put back what it does not hold");
    assert_eq!(row(&app.app, id).await.state, "running");
    let done = run_claimed(&second, &worker(&second), good, || false).await.unwrap();
    assert!(matches!(done, Turn::Done(_)), "{done:?}");
    assert_eq!(sessions_and_tokens(&app.app).await, 0);
    let told = run_claimed(&first, &worker(&first), stale, || false).await.unwrap();
    assert!(matches!(told, Turn::Lost(_)), "nor after the end");
    let over = row(&app.app, id).await;
    assert_eq!((over.progress_done, over.progress_total), (ENDED, Some(ENDED)));
    assert_eq!(outcomes(&app.app, id).await, ["lost", "done"]);
}

#[tokio::test]
async fn links_that_were_used_or_expired_go_and_others_stay() {
    let app = idle_town().await;
    let (admin, user) = (app.administrator(), app.town.home.user);
    // The first stops to work with the second, which has expired after the hours; the invitation lasts.
    for _ in 0..2 {
        admin.post(&format!("/api/v1/users/{user}/password-resets"), json!({})).await.expect_status(201);
    }
    let new = json!({ "login": "zhou", "display_name": "Zhou", "role": "administrator" });
    let made = admin.post("/api/v1/invitations", new).await.expect_status(201).json();
    let now = later(&app, Duration::hours(2)).await;
    put_in(&now, sweep(5)).await;
    assert!(matches!(turn(&now).await, Turn::Done(_)));
    let left = sign_in_link::Entity::find().all(app.app.db.reader()).await.unwrap();
    let left: Vec<String> = left.iter().map(|link| link.user_id.to_string()).collect();
    assert_eq!(left, [made["user_id"].as_str().unwrap()]);
}

#[tokio::test]
async fn a_worker_that_is_to_stop_puts_its_job_back_and_the_next_goes_on_from_there() {
    let app = idle_town().await;
    let now = later(&app, Duration::hours(13)).await;
    let id = put_in(&now, sweep(5)).await;
    let asked = Cell::new(0);
    let after_two_steps = || {
        asked.set(asked.get() + 1);
        asked.get() > 2
    };
    let told = run_next(&now, &worker(&now), after_two_steps).await.unwrap();
    assert!(matches!(told, Turn::PutBack(job) if job == id), "{told:?}");
    let back = row(&app.app, id).await;
    assert_eq!((back.state.as_str(), back.attempts, back.lease_until), ("queued", 0, None));
    // Two steps of five.
    assert_eq!((back.progress_done, back.progress_total), (10, Some(ENDED)));
    assert_eq!(sessions_and_tokens(&app.app).await, ENDED - 10);
    assert!(matches!(turn(&now).await, Turn::Done(_)));
    assert_eq!(row(&app.app, id).await.progress_done, ENDED);
    assert_eq!(outcomes(&app.app, id).await, ["put_back", "done"]);
}

#[tokio::test]
async fn a_job_at_which_workers_die_is_given_up() {
    let app = idle_town().await;
    let id = put_in(&app.app, sweep(5)).await;
    for n in 0..5 {
        let now = later(&app, Duration::seconds(60 * n)).await;
        assert_eq!(claim(&now).await.id(), id);
    }
    let now = later(&app, Duration::seconds(300)).await;
    assert!(claim_next(&now, &worker(&now)).await.unwrap().is_none());
    let over = row(&app.app, id).await;
    assert_eq!((over.state.as_str(), over.failure.as_deref()), ("failed", Some("worker_lost")));
    assert_eq!(outcomes(&app.app, id).await, vec!["lost"; 5]);
}

#[tokio::test]
async fn a_job_that_comes_forward_is_not_given_up() {
    let app = idle_town().await;
    let mut passed = Duration::hours(13);
    let id = put_in(&later(&app, passed).await, sweep(1)).await;
    // Each worker keeps one step and then fails to come back, more often than there are tries.
    for n in 1..=8 {
        let now = later(&app, passed).await;
        let claimed = claim(&now).await;
        let asked = Cell::new(0);
        let once = || {
            asked.set(asked.get() + 1);
            asked.get() > 1
        };
        run_claimed(&now, &worker(&now), claimed, once).await.unwrap();
        let lost = claim(&now).await;
        assert_eq!((lost.id(), row(&app.app, id).await.progress_done), (id, n));
        passed += Duration::seconds(60);
    }
    assert_eq!(drain(&later(&app, passed).await).await, 1);
    assert_eq!(row(&app.app, id).await.state, "done");
}

#[tokio::test]
async fn a_job_that_was_taken_back_keeps_nothing_more() {
    let app = idle_town().await;
    let now = later(&app, Duration::hours(13)).await;
    let id = put_in(&now, sweep(5)).await;
    let claimed = claim(&now).await;
    let path = format!("/api/v1/jobs/{id}/cancellation");
    app.factory().post(&path, json!({})).await.expect_problem(403, "denied");
    let answer = app.administrator().post(&path, json!({})).await.expect_status(200).json();
    assert_eq!(answer["job"]["state"], "cancelled");
    assert_eq!(answer["attempts"][0]["outcome"], "cancelled");
    app.administrator().post(&path, json!({})).await.expect_problem(409, "job_over");
    let told = run_claimed(&now, &worker(&now), claimed, || false).await.unwrap();
    assert!(matches!(told, Turn::Lost(_)), "{told:?}");
    assert_eq!(sessions_and_tokens(&app.app).await, ENDED);
    assert!(matches!(turn(&later(&app, Duration::days(2)).await).await, Turn::Idle));
    let log = app.administrator().get("/api/v1/audit-entries?limit=200").await.expect_status(200).json();
    let told = |entry: &&serde_json::Value| entry["action"] == "CancelJob";
    let entries: Vec<_> = log["items"].as_array().unwrap().iter().filter(told).collect();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["resource_id"], id.to_string());
    let nobody = cancel_job(&app.operator(), JobId(uuid::Uuid::nil())).await.unwrap_err();
    assert_eq!(code_of(&nobody), "not_found");
}

#[tokio::test]
async fn one_sees_the_jobs_in_ones_own_name_and_an_administrator_all() {
    let app = idle_town().await;
    let mine = app.town.home.job;
    let list = app.factory().get("/api/v1/jobs").await.expect_status(200).json();
    let ids: Vec<&str> =
        list["items"].as_array().unwrap().iter().map(|job| job["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [mine.to_string()]);
    assert_eq!(
        (&list["items"][0]["state"], &list["items"][0]["kind"]),
        (&json!("done"), &json!("sweep_jobs"))
    );
    let one = app.factory().get(&format!("/api/v1/jobs/{mine}")).await.expect_status(200).json();
    assert_eq!(one["attempts"].as_array().unwrap().len(), 1);
    assert!(
        app.official().get("/api/v1/jobs").await.expect_status(200).json()["items"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let all = app.administrator().get("/api/v1/jobs?state=done").await.expect_status(200).json();
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
    let page = app.administrator().page("/jobs?lang=en").await.expect_status(200).text();
    assert!(page.contains("Remove old jobs") && page.contains("href=\"/jobs\""), "{page}");
    let queued = app.administrator().page("/jobs?lang=en&state=queued").await.expect_status(200).text();
    assert!(queued.contains("Nothing here"), "{queued}");
    let home = app.factory().page("/").await.expect_status(200).text();
    assert!(!home.contains("href=\"/jobs\""), "the menu is the administrator's");
}

#[tokio::test]
async fn an_administrator_takes_a_job_back_by_a_form() {
    let app = idle_town().await;
    let later = app.app.clock.now() + Duration::days(1);
    let id = put_in(&app.app, NewJob { run_at: Some(later), ..NewJob::of(Kind::SweepJobs) }).await;
    let (admin, path) = (app.administrator(), format!("/jobs/{id}/cancellation"));
    assert!(admin.page("/jobs").await.text().contains(&path));
    admin.submit(&path, &[], "csrf=x").await.expect_status(403);
    let good = format!("csrf={}", admin.form_token().await);
    assert_eq!(admin.submit(&path, &[], &good).await.expect_status(303).header("location"), "/jobs");
    assert_eq!(row(&app.app, id).await.state, "cancelled");
    assert!(!admin.page("/jobs").await.text().contains(&path), "it is offered no more");
}

/// The kinds of the jobs that are not the town's, in order.
async fn scheduled(app: &App) -> Vec<String> {
    let query = job::Entity::find().filter(job::Column::UserId.is_null());
    let rows = query.order_by_asc(job::Column::Kind).all(app.db.reader()).await.unwrap();
    rows.into_iter().map(|row| row.kind).collect()
}

const ALL_KINDS: [&str; 5] =
    ["expiry_notices", "retention", "sweep_idempotency_keys", "sweep_jobs", "sweep_sessions"];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_comes_round_is_put_in_once_though_many_look_at_once() {
    let app = TestApp::start().await;
    let look = async |passed: Duration| {
        let mut all = JoinSet::new();
        for _ in 0..6 {
            let ctx = Ctx::of_machinery(later(&app, passed).await);
            all.spawn(async move { put_in_due(&ctx).await.unwrap() });
        }
        all.join_all().await
    };
    let next = look(Duration::zero()).await;
    assert!(scheduled(&app.app).await.is_empty(), "nothing is due on the first day");
    // 03:10 in Shanghai, the first of them.
    assert!(next.iter().all(|at| at.unwrap().to_rfc3339() == "2026-11-24T19:10:00+00:00"), "{next:?}");
    look(Duration::days(1)).await;
    assert_eq!(scheduled(&app.app).await, ALL_KINDS);
    look(Duration::days(1) + Duration::hours(1)).await;
    assert_eq!(scheduled(&app.app).await.len(), ALL_KINDS.len(), "once for a due time");
    // Nobody looked for a week: what was missed is put in once.
    look(Duration::days(8)).await;
    assert_eq!(scheduled(&app.app).await.len(), 2 * ALL_KINDS.len());
    let rows = job_schedule::Entity::find().all(app.app.db.reader()).await.unwrap();
    assert!(rows.iter().all(|row| row.next_due_at > app.app.clock.now() + Duration::days(8)));
}

#[tokio::test]
async fn a_due_time_whose_job_was_done_is_not_put_in_again() {
    let app = idle_town().await;
    put_in_due(&Ctx::of_machinery(app.app.clone())).await.unwrap();
    let next_day = later(&app, Duration::days(1)).await;
    put_in_due(&Ctx::of_machinery(next_day.clone())).await.unwrap();
    assert_eq!(drain(&next_day).await, ALL_KINDS.len());
    put_in_due(&Ctx::of_machinery(next_day.clone())).await.unwrap();
    assert_eq!(drain(&next_day).await, 0);
    assert_eq!(sessions_and_tokens(&app.app).await, 0, "the sweep was real");
}

#[tokio::test]
async fn jobs_that_are_over_for_a_month_are_deleted_with_their_tries() {
    let app = idle_town().await;
    let waiting = app.app.clock.now() + Duration::days(90);
    let waiting = put_in(&app.app, NewJob { run_at: Some(waiting), ..NewJob::of(Kind::SweepJobs) }).await;
    let month = later(&app, Duration::days(30)).await;
    put_in(&month, NewJob::of(Kind::SweepJobs)).await;
    assert_eq!(drain(&month).await, 1);
    assert_eq!(jobs(&app.app).await, 4, "to the day, they are kept");
    let after = later(&app, Duration::days(30) + Duration::seconds(1)).await;
    let last = put_in(&after, NewJob::of(Kind::SweepJobs)).await;
    assert_eq!(drain(&after).await, 1);
    assert_eq!(jobs(&app.app).await, 3, "the town's two are gone");
    assert_eq!(row(&app.app, last).await.progress_done, 2);
    assert_eq!(row(&app.app, waiting).await.state, "queued");
    let tries = job_attempt::Entity::find().count(app.app.db.reader()).await.unwrap();
    assert_eq!(tries, 2);
}

#[tokio::test]
async fn keys_of_requests_are_kept_for_seven_days() {
    let app = idle_town().await;
    for n in 0..3 {
        let key = [("idempotency-key", format!("key-0000{n}"))];
        let headers = key.each_ref().map(|(name, value)| (*name, value.as_str()));
        let body = json!({
            "name_zh": "口岸", "name_en": "Port", "region": "219001", "bureau_id": app.town.home.bureau.0,
        });
        let administrator = app.administrator();
        let made = administrator.send_with(Method::POST, "/api/v1/ports", &headers, Some(body)).await;
        made.expect_status(201);
    }
    let kept = async || idempotency_key::Entity::find().count(app.app.db.reader()).await.unwrap();
    for (passed, left, turns) in [(Duration::days(7), 3, 1), (Duration::days(7) + Duration::seconds(1), 0, 1)]
    {
        let then = later(&app, passed).await;
        let two_at_a_time =
            NewJob { payload: json!({ "rows": 2 }), ..NewJob::of(Kind::SweepIdempotencyKeys) };
        let id = put_in(&then, two_at_a_time).await;
        assert_eq!(drain(&then).await, turns);
        assert_eq!(kept().await, left);
        assert_eq!(row(&app.app, id).await.progress_done, 3 - i64::try_from(left).unwrap());
    }
}

#[tokio::test]
async fn notices_are_kept_for_a_year() {
    let app = idle_town().await;
    let told = async || notification::Entity::find().count(app.app.db.reader()).await.unwrap();
    for (passed, kept) in [(Duration::days(365), 2), (Duration::days(365) + Duration::seconds(1), 0)] {
        let then = later(&app, passed).await;
        put_in(&then, NewJob::of(Kind::SweepJobs)).await;
        assert_eq!(drain(&then).await, 1);
        assert_eq!(told().await, kept);
    }
}

#[tokio::test]
async fn a_job_of_a_newer_program_is_left_for_it() {
    use sea_orm::{ActiveModelTrait as _, IntoActiveModel as _};
    let app = idle_town().await;
    let id = put_in(&app.app, NewJob::of(Kind::SweepJobs)).await;
    let mut newer = row(&app.app, id).await.into_active_model();
    newer.kind = sea_orm::ActiveValue::Set("of_next_year".to_owned());
    newer.update(app.app.db.owner()).await.unwrap();
    assert!(matches!(turn(&app.app).await, Turn::Idle));
    assert_eq!(row(&app.app, id).await.state, "queued");
    let page = app.administrator().page("/jobs").await.expect_status(200).text();
    assert!(page.contains("of_next_year"), "{page}");
}
