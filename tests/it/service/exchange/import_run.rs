//! A file is tried without a trace, kept as a whole, or refused by row and column with nothing changed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use ballast::entity;
use ballast::service::batch::Mode;
use ballast::service::exchange::import_run::{ImportReport, Kind, Outcome, Owner, RowOutcome, import};
use ballast::service::{Ctx, Error};
use ballast_domain::base::id::{OrganisationId, PortId};
use poem::Body;
use poem::http::Method;
use sea_orm::ConnectionTrait as _;

use crate::harness::{Answer, Identity, Place, TestApp};

/// A citizen number that is well formed.
const NUMBER: &str = "210604200803170024";

/// A heading and one trainee, called 林小满, in GB 18030.
fn in_gb18030() -> Vec<u8> {
    let name = [0xC1, 0xD6, 0xD0, 0xA1, 0xC2, 0xFA];
    [b"name,home_region,sex\r\n".as_slice(), &name, b",219001,female\r\n"].concat()
}

/// How many rows each table has.
async fn counts(app: &TestApp) -> BTreeMap<String, i64> {
    let db = app.app.db.reader();
    let mut counts = BTreeMap::new();
    for table in entity::tables() {
        let sql = format!("SELECT COUNT(*) AS n FROM \"{}\"", table.name);
        let row = db.query_one_raw(sea_orm::Statement::from_string(db.get_database_backend(), sql)).await;
        counts.insert(table.name, row.unwrap().unwrap().try_get("", "n").unwrap());
    }
    counts
}

/// The tables that gained rows, and how many.
fn gained(before: &BTreeMap<String, i64>, after: &BTreeMap<String, i64>) -> Vec<(String, i64)> {
    let difference = |(table, count): (&String, &i64)| (table.clone(), count - before[table]);
    after.iter().map(difference).filter(|(_, more)| *more != 0).collect()
}

async fn brought(
    ctx: &Ctx,
    kind: Kind,
    organisation: OrganisationId,
    file: impl AsRef<[u8]>,
    mode: Mode,
) -> ImportReport {
    let owner = Owner { organisation, port: None };
    import(ctx, kind, owner, file.as_ref(), mode).await.expect("a report")
}

/// (row, column, code) of every problem.
fn named(report: &ImportReport) -> Vec<(usize, &str, &str)> {
    let told = report.problems.iter();
    told.map(|p| (p.row.unwrap_or(0), p.column.as_deref().unwrap_or(""), p.code)).collect()
}

/// A heading and `rows` trainees, whose names are their numbers.
fn trainees(rows: usize, region: &str) -> String {
    let mut file =
        "name,birth_date,sex,phone,home_region,available_from,regions,wage_min,shifts\n".to_owned();
    for n in 0..rows {
        let day = 1 + n % 28;
        writeln!(file, "甲{n},2007-05-{day:02},female,1380000{n:05},{region},2026-12-01,{region},4200,day")
            .unwrap();
    }
    file
}

/// A small file of each kind that belongs to a place.
fn files(place: &Place) -> [(Kind, OrganisationId, String); 6] {
    let (second, third) = (place.people[1], place.people[2]);
    let county = format!("{}01", place.region);
    [
        (Kind::Trainees, place.school, trainees(3, &county)),
        (
            Kind::SkillClaims,
            place.school,
            format!(
                "person,skill,level,evidence,achieved_on\n{second},lockstitch,5,trained,2026-07-01\n\
                 {third},read-spec-sheet,2,observed,2026-07-01\n"
            ),
        ),
        (Kind::ClassRosters, place.school, format!("joint_class,person\nC-1,{second}\nC-1,{third}\n")),
        (
            Kind::Households,
            place.bureau,
            format!("reference,region,registered_on,person,relation\nN-1,{county},2026-03-01,{},head\n", place.worker),
        ),
        (
            Kind::Vacancies,
            place.factory,
            "reference,site,occupation,title_zh,title_en,headcount,wage_min,wage_max,starts_on,shifts,requirements\n\
             N-1,Plant Home,lockstitch-sewer,平缝工,Sewer,2,4200,5200.50,2026-12-15,day,\
             lockstitch:essential:3:2:300;read-spec-sheet:optional:2:0:110\n"
                .to_owned(),
        ),
        (
            Kind::ForeignWorkers,
            place.bureau,
            "name,document_kind,document_country,document_number,document_verification,nationality,\
             nationality_evidence,training_issuer,training_verification\n\
             Linh,passport,VN,C900,sighted,VN,document,Port school,sighted\n"
                .to_owned(),
        ),
    ]
}

#[tokio::test]
async fn a_trial_of_any_kind_changes_nothing_and_a_kept_file_exactly_its_rows() {
    let app = TestApp::start().await;
    let (ctx, home) = (app.operator(), &app.town.home);
    // Besides the entry in the log and what it touches.
    let made: [(Kind, &[(&str, i64)]); 6] = [
        (
            Kind::Trainees,
            &[
                ("availability", 3),
                ("availability_region", 3),
                ("person", 3),
                ("person_key", 3),
                ("person_secret", 3),
                ("person_tie", 3),
            ],
        ),
        (Kind::SkillClaims, &[("skill_claim", 2)]),
        (Kind::ClassRosters, &[("enrolment", 2), ("person_tie", 2)]),
        (Kind::Households, &[("household", 1), ("household_member", 1)]),
        (Kind::Vacancies, &[("vacancy", 1), ("vacancy_requirement", 2)]),
        (
            Kind::ForeignWorkers,
            &[
                ("blind_index", 1),
                ("identity_document", 1),
                ("nationality", 1),
                ("permit_document", 1),
                ("person", 1),
                ("person_key", 1),
                ("person_tie", 1),
            ],
        ),
    ];
    for ((kind, organisation, file), (of, rows)) in files(home).into_iter().zip(made) {
        assert_eq!(kind, of);
        let owner = Owner { organisation, port: Some(PortId(home.port)) };
        let before = counts(&app).await;
        let tried = import(&ctx, kind, owner, file.as_bytes(), Mode::Validate).await.unwrap();
        assert_eq!(named(&tried), [], "{kind:?}");
        assert!(tried.results.iter().all(|row| row.outcome == RowOutcome::Accepted && row.id.is_none()));
        assert_eq!(gained(&before, &counts(&app).await), [], "{kind:?} left a trace");

        let kept = import(&ctx, kind, owner, file.as_bytes(), Mode::Commit).await.unwrap();
        assert_eq!((kept.outcome, kept.rows), (Outcome::Accepted, file.lines().count() - 1), "{kind:?}");
        assert!(kept.results.iter().all(|row| row.id.is_some()), "{kind:?}");
        let more = gained(&before, &counts(&app).await);
        let more: Vec<_> = more.iter().map(|(table, n)| (table.as_str(), *n)).collect();
        let mut expected = vec![("audit_entry", 1), ("audit_pending", 1)];
        expected.extend_from_slice(rows);
        expected.sort_unstable();
        // What the log keeps of each row beside its entry.
        let hangs_on = ["audit_touch", "audit_commitment", "audit_detail", "audit_key"];
        let (kept, others): (Vec<_>, Vec<_>) = more.into_iter().partition(|(t, _)| hangs_on.contains(t));
        assert_eq!(others, expected, "{kind:?}");
        assert!(kept.iter().any(|(table, _)| *table == "audit_touch"), "{kind:?} is in the log");
    }
}

#[tokio::test]
async fn a_wrong_row_is_named_and_nothing_is_changed() {
    let app = TestApp::start().await;
    let ctx = app.operator();
    let before = counts(&app).await;
    let sound = trainees(20, "219001");
    // What cannot be read, and what only the use case can judge.
    for (was, wrong, column, code) in [
        ("甲15,2007-05-16", "甲15,16.5.2007", "birth_date", "bad_date"),
        ("甲15,2007-05-16", "甲15,2027-05-16", "birth_date", "date_out_of_range"),
        ("甲15,2007-05-16,female", "甲15,2007-05-16,f", "sex", "unknown_choice"),
    ] {
        let file = sound.replace(was, wrong);
        assert_ne!(file, sound);
        let report = brought(&ctx, Kind::Trainees, app.town.home.school, file, Mode::Commit).await;
        assert_eq!(named(&report), [(17, column, code)]);
        assert_eq!((report.outcome, report.rows), (Outcome::Rejected, 20));
        for result in &report.results {
            let expected = if result.row == 17 { RowOutcome::Rejected } else { RowOutcome::Held };
            assert_eq!((result.outcome, result.id), (expected, None), "row {}", result.row);
        }
    }
    assert_eq!(gained(&before, &counts(&app).await), []);
}

#[tokio::test]
async fn every_problem_of_every_row_is_told_in_the_files_own_words() {
    let app = TestApp::start().await;
    let (ctx, home) = (app.operator(), &app.town.home);
    let wishes = "name,available_from,available_until,regions,wage_min\nA,2026-12-01,2026-11-01,9999,4200\n";
    let report = brought(&ctx, Kind::Trainees, home.school, wishes, Mode::Commit).await;
    assert_eq!(named(&report), [(2, "available_until", "before_start"), (2, "regions", "unknown_region")]);

    let person = home.people[1];
    let claims = format!(
        "person,skill,level,evidence,achieved_on,decay\n{person},lockstitch,9,seen,2026-01-01,\n\
         {person},no-such,3,trained,2026-01-01,slow\n"
    );
    let report = brought(&ctx, Kind::SkillClaims, home.school, claims, Mode::Commit).await;
    let mut problems = named(&report);
    problems.sort_unstable();
    assert_eq!(
        problems,
        [
            (2, "evidence", "unknown_choice"),
            (2, "level", "level_off_scale"),
            (3, "decay", "unknown_choice"),
            (3, "skill", "unknown_skill"),
        ]
    );

    // The use case alone would take the row with what stands in for the evidence.
    let before = counts(&app).await;
    let claims = format!("person,skill,level,evidence,achieved_on\n{person},lockstitch,3,seen,2026-01-01\n");
    let report = brought(&ctx, Kind::SkillClaims, home.school, claims, Mode::Commit).await;
    assert_eq!(named(&report), [(2, "evidence", "unknown_choice")]);
    assert_eq!(gained(&before, &counts(&app).await), []);

    let [.., (_, _, vacancies), _] = files(home);
    let vacancies = vacancies
        .replace("Plant Home", "Plant Other")
        .replace("N-1", "V-1")
        .replace("read-spec-sheet:optional:2:0", "no-such:optional:2:1");
    let report = brought(&ctx, Kind::Vacancies, home.factory, vacancies, Mode::Commit).await;
    let mut problems = named(&report);
    problems.sort_unstable();
    assert_eq!(
        problems,
        [
            (2, "reference", "reference_taken"),
            (2, "requirements", "floor_out_of_range"),
            (2, "requirements", "unknown_skill"),
            (2, "site", "unknown_site"),
        ]
    );
    let parts = report.problems.iter().filter_map(|problem| problem.part.as_deref());
    assert_eq!(parts.collect::<Vec<_>>(), ["no-such", "no-such"]);
}

#[tokio::test]
async fn a_household_is_told_by_the_rows_of_its_members() {
    let app = TestApp::start().await;
    let (ctx, home) = (app.operator(), &app.town.home);
    let file = format!(
        "reference,region,registered_on,person,relation,member_from\n\
         N-1,219001,2026-03-01,{worker},head,\n\
         N-2,229001,2027-03-01,nobody,head,\n\
         N-2,229001,2027-03-01,{taken},head,2027-04-01\n",
        worker = home.worker,
        taken = home.people[0],
    );
    let report = brought(&ctx, Kind::Households, home.bureau, file, Mode::Commit).await;
    assert_eq!(
        named(&report),
        [
            (3, "person", "unknown_person"),
            (3, "region", "outside_bureau"),
            (3, "registered_on", "date_out_of_range"),
            (3, "relation", "several_heads"),
            (4, "member_from", "date_out_of_range"),
            (4, "person", "in_another_household"),
        ]
    );
    let outcomes: Vec<RowOutcome> = report.results.iter().map(|row| row.outcome).collect();
    assert_eq!(outcomes, [RowOutcome::Held, RowOutcome::Rejected, RowOutcome::Rejected]);
}

#[tokio::test]
async fn a_certificate_is_told_by_its_own_columns_and_the_port_apart_from_the_file() {
    let app = TestApp::start().await;
    let (ctx, home) = (app.operator(), &app.town.home);
    let [.., (kind, organisation, file)] = files(home);
    let file = file.replace("Port school,sighted", "Port school,seen").replace("sighted,VN", "unverified,VN");
    let owner = Owner { organisation, port: Some(PortId(home.port)) };
    let report = import(&ctx, kind, owner, file.as_bytes(), Mode::Commit).await.unwrap();
    assert_eq!(
        named(&report),
        [(2, "nationality_evidence", "evidence_not_seen"), (2, "training_verification", "unknown_choice")]
    );
    for (port, code) in [(None, "required"), (Some(PortId(app.town.other.port)), "unknown_port")] {
        let refused = import(&ctx, kind, Owner { organisation, port }, file.as_bytes(), Mode::Commit).await;
        let Err(Error::Invalid(fields)) = refused else { panic!("the port is passed over") };
        assert_eq!((fields[0].pointer.as_str(), fields[0].code), ("port_id", code));
    }
}

#[tokio::test]
async fn a_roster_of_one_row_is_refused_in_the_same_terms_as_one_of_many() {
    let app = TestApp::start().await;
    let (ctx, home) = (app.operator(), &app.town.home);
    let one = format!("joint_class,person\nC-1,{}\n", home.trainee);
    let two = format!("{one}{},{}\n", home.joint_class, home.people[1]);
    for file in [one, two] {
        let report = brought(&ctx, Kind::ClassRosters, home.school, file, Mode::Commit).await;
        assert_eq!(named(&report), [(2, "person", "already_enrolled")]);
    }
}

#[tokio::test]
async fn the_rows_of_another_organisation_are_as_if_they_were_not_there() {
    let app = TestApp::start().await;
    let (home, other) = (&app.town.home, &app.town.other);
    let ctx = app.school().ctx().await;
    let answers = |row: String| {
        let ctx = ctx.clone();
        async move {
            let claims =
                format!("person,skill,level,evidence,achieved_on\n{row},lockstitch,3,trained,2026-01-01\n");
            let claims = brought(&ctx, Kind::SkillClaims, home.school, claims, Mode::Commit).await;
            let roster = format!("joint_class,person\nC-1,{row}\n");
            let roster = brought(&ctx, Kind::ClassRosters, home.school, roster, Mode::Commit).await;
            assert_eq!(named(&claims), [(2, "person", "unknown_person")]);
            assert_eq!(named(&roster), [(2, "person", "unknown_person")]);
            (claims, roster)
        }
    };
    let foreign = answers(other.people[0].to_string()).await;
    assert_eq!(foreign, answers("00000000-0000-4000-8000-00000000ffff".to_owned()).await);
    assert_eq!(foreign, answers("no id at all".to_owned()).await);
    let roster = format!("joint_class,person\n{},{}\n", other.joint_class, home.people[1]);
    let report = brought(&ctx, Kind::ClassRosters, home.school, roster, Mode::Commit).await;
    assert_eq!(named(&report), [(2, "joint_class", "unknown_joint_class")]);
}

#[tokio::test]
async fn whether_another_organisation_knows_a_citizen_number_is_not_told() {
    let app = TestApp::start().await;
    let ctx = app.operator();
    let file = format!("name,citizen_number\nA,{NUMBER}\n");
    let fresh = brought(&ctx, Kind::Trainees, app.town.home.school, &file, Mode::Validate).await;
    brought(&ctx, Kind::Trainees, app.town.other.school, &file, Mode::Commit).await;
    let known = brought(&ctx, Kind::Trainees, app.town.home.school, &file, Mode::Validate).await;
    assert_eq!((known.outcome, &known), (Outcome::Accepted, &fresh));
    let own = brought(&ctx, Kind::Trainees, app.town.other.school, &file, Mode::Validate).await;
    assert_eq!(named(&own), [(2, "citizen_number", "registered_before")]);
}

#[tokio::test]
async fn who_may_not_do_it_to_one_row_may_not_do_it_to_a_file() {
    let app = TestApp::start().await;
    let (factory, school) = (app.factory().ctx().await, app.school().ctx().await);
    let home = &app.town.home;
    for (kind, organisation, file) in files(home) {
        let owner = Owner { organisation, port: Some(PortId(home.port)) };
        if kind != Kind::Vacancies {
            // Nor does it matter whether the file could be read.
            for bytes in [file.as_bytes(), b"?"] {
                let answer = import(&factory, kind, owner, bytes, Mode::Validate).await;
                assert!(matches!(answer, Err(Error::Denied)), "{kind:?}");
            }
        }
    }
    let owner = Owner { organisation: app.town.other.school, port: None };
    let foreign =
        import(&school, Kind::Trainees, owner, trainees(1, "219001").as_bytes(), Mode::Validate).await;
    assert!(matches!(foreign, Err(Error::NotFound)));
}

#[tokio::test]
async fn ten_thousand_rows_come_in_and_one_more_does_not() {
    let app = TestApp::start().await;
    let (ctx, school) = (app.operator(), app.town.home.school);
    let before = counts(&app).await;
    let report = brought(&ctx, Kind::Trainees, school, trainees(10_001, "219001"), Mode::Commit).await;
    assert_eq!(named(&report), [(10_002, "", "too_many_rows")]);
    assert_eq!(gained(&before, &counts(&app).await), []);

    let started = Instant::now();
    let report = brought(&ctx, Kind::Trainees, school, trainees(10_000, "219001"), Mode::Commit).await;
    assert_eq!((named(&report), report.rows), (Vec::new(), 10_000));
    let people = gained(&before, &counts(&app).await).into_iter().find(|(table, _)| table == "person");
    assert_eq!(people, Some(("person".to_owned(), 10_000)));
    // A build for tests, on whatever machine: only that the time does not grow with the square of the rows.
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_file_of_unknown_keys_alone_is_answered_whatever_their_number() {
    let app = TestApp::start().await;
    let mut file = "name,regions,available_from\n".to_owned();
    for n in 0..4_000 {
        let codes: Vec<String> = (0..20).map(|m| format!("9{n:05}{m:02}")).collect();
        writeln!(file, "A,{},2026-12-01", codes.join(" ")).unwrap();
    }
    let report = brought(&app.operator(), Kind::Trainees, app.town.home.school, file, Mode::Validate).await;
    assert_eq!((report.problem_count, named(&report)[0]), (4_000, (2, "regions", "unknown_region")));
}

#[tokio::test]
async fn a_file_as_a_spreadsheet_saves_it_is_read() {
    let app = TestApp::start().await;
    let ctx = app.operator();
    let marked = "\u{feff}name,home_region,sex\r\n林小满,219001,female\r\n".as_bytes().to_vec();
    for bytes in [marked, in_gb18030()] {
        let report = brought(&ctx, Kind::Trainees, app.town.home.school, bytes, Mode::Commit).await;
        assert_eq!((report.outcome, report.rows), (Outcome::Accepted, 1));
    }
    let people = app.school().get("/api/v1/people?name=林小满").await.expect_status(200).json();
    assert_eq!(people["items"].as_array().unwrap().len(), 2);
}

async fn post(who: &Identity<'_>, path: &str, kind: &str, file: impl Into<Body>) -> Answer {
    who.send_raw(Method::POST, path, &[("content-type", kind), ("accept-language", "en")], file.into()).await
}

#[tokio::test]
async fn over_the_api_a_file_is_only_tried_unless_it_is_said_otherwise() {
    let app = TestApp::start().await;
    let school = app.school();
    let before = counts(&app).await;
    let path = "/api/v1/imports/trainees";
    let file = trainees(2, "219001");
    let tried = post(&school, path, "text/csv; charset=utf-8", file.clone()).await.expect_status(200).json();
    assert_eq!((&tried["mode"], &tried["outcome"]), (&"validate".into(), &"accepted".into()));
    assert_eq!(gained(&before, &counts(&app).await), []);
    let wrong = file.replace("甲1,2007-05-02", "甲1,x");
    let wrong =
        post(&school, &format!("{path}?mode=commit"), "text/csv", wrong).await.expect_status(200).json();
    assert_eq!(
        wrong["errors"],
        serde_json::json!([{
            "row": 3, "column": "birth_date", "code": "bad_date",
            "detail": "Not a date: write 2026-11-24.",
        }])
    );
    assert_eq!(wrong["results"][0]["outcome"], "held");
    let kept =
        post(&school, &format!("{path}?mode=commit"), "text/csv", file).await.expect_status(200).json();
    let id = kept["results"][1]["id"].as_str().unwrap();
    school.get(&format!("/api/v1/people/{id}")).await.expect_status(200);

    post(&school, path, "application/json", "[]").await.expect_problem(415, "unsupported_media_type");
    post(&school, "/api/v1/imports/pigs", "text/csv", "name\n").await.expect_problem(404, "not_found");
    post(&app.factory(), path, "text/csv", "name\n").await.expect_problem(403, "denied");
}

#[tokio::test]
async fn every_kind_has_a_template_that_can_be_read() {
    let app = TestApp::start().await;
    for kind in Kind::ALL {
        let path = format!("/api/v1/imports/{}/template", kind.code());
        let answer = app.school().get(&path).await.expect_status(200);
        assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(answer.text().lines().count(), 2, "{kind:?}");
        assert_eq!(answer.text(), kind.template());
    }
}
