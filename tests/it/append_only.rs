//! Append-only means that the database itself refuses: no UPDATE, no DELETE, no row put in another's place, on
//! either database, and on PostgreSQL no TRUNCATE and no right of the application's role to try.

use ballast::entity::{
    self, TableShape, audit, hiring, identity, organisation, permit, person, poverty, record, taxonomy,
};
use sea_orm::prelude::{Date, DateTimeUtc, Uuid};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ConnectionTrait, DatabaseConnection, DbBackend, DbErr,
    EntityTrait, IntoActiveModel, ModelTrait, Statement,
};
use std::fmt::Debug;

/// The tables whose rows never change.
pub const APPEND_ONLY: [&str; 16] = [
    "audit_commitment",
    "audit_entry",
    "audit_erasure",
    "audit_leaf",
    "audit_node",
    "audit_origin",
    "checkpoint",
    "audit_touch",
    "erasure",
    "audit_subject",
    "skill_claim",
    "targeting",
    "nationality",
    "identity_document",
    "permit_document",
    "vacancy_requirement",
];

/// Those whose rows go with an erased person: the application's role may delete, and a trigger says whom.
const GO_WITH_PERSON: [&str; 4] = ["skill_claim", "nationality", "identity_document", "permit_document"];

/// Panics if a row of an append-only table can be changed, removed or put in another's place. Each of them
/// needs a row; [`seed`] makes them in a database that has none.
pub async fn assert_append_only(db: &DatabaseConnection) {
    for table in APPEND_ONLY {
        let before = rows(db, table).await;
        assert!(before > 0, "{table} has no row to try on");
        let column = second_column(table);
        let mut attempts = vec![
            format!("UPDATE \"{table}\" SET \"{column}\" = \"{column}\""),
            format!("DELETE FROM \"{table}\""),
        ];
        if db.get_database_backend() == DbBackend::Sqlite {
            attempts.push(format!("UPDATE OR REPLACE \"{table}\" SET \"{column}\" = \"{column}\""));
            attempts.push(format!("INSERT OR REPLACE INTO \"{table}\" SELECT * FROM \"{table}\""));
        } else {
            attempts.push(format!("TRUNCATE \"{table}\" CASCADE"));
        }
        for attempt in attempts {
            let error = refused(db, &attempt).await;
            assert!(error.contains("append_only: "), "{attempt}: {error}");
        }
        assert_eq!(before, rows(db, table).await, "{table} lost or gained a row");
    }
}

/// Panics if a second row with a key that is taken can be put in the place of the first, by whichever key.
/// The rows are those of [`seed`].
pub async fn assert_no_replacement(db: &DatabaseConnection) {
    let second = person::identity_document::Model { supersedes_id: Some(id(40)), ..document(id(41)) };
    put(db, second.clone()).await.expect("the first row may be superseded once");
    for id in [id(41), id(42)] {
        let third = person::identity_document::Model { id, ..second.clone() };
        let error = put(db, third).await.expect_err("superseded twice").to_string();
        let key = if id == second.id { "id" } else { "supersedes_id" };
        let told = if db.get_database_backend() == DbBackend::Sqlite {
            error.contains(&format!("UNIQUE constraint failed: identity_document.{key}"))
        } else {
            error.contains(if key == "id" {
                "pk_identity_document"
            } else {
                "uq_identity_document_supersedes_id"
            })
        };
        assert!(told, "{error}");
    }
    assert_eq!(rows(db, "identity_document").await, 2);
    if db.get_database_backend() == DbBackend::Sqlite {
        let fresh = "x'00000000000000000000000000000063'";
        for (table, key, others) in [
            ("audit_entry", "seq", "seq + 1000"),
            ("audit_entry", "id", fresh),
            ("vacancy_requirement", "id", fresh),
        ] {
            let columns = shape(table).columns.into_iter().map(|column| {
                if column.name == key { others.to_owned() } else { format!("\"{}\"", column.name) }
            });
            let columns = columns.collect::<Vec<_>>().join(", ");
            let attempt = format!("INSERT OR REPLACE INTO \"{table}\" SELECT {columns} FROM \"{table}\"");
            let error = refused(db, &attempt).await;
            assert!(error.contains(&format!("append_only: {table}; UNIQUE constraint failed: ")), "{error}");
        }
    }
}

/// Panics if the application's role on PostgreSQL, as which `app` is connected, can do more than the plan
/// grants: change or empty an append-only table, or touch the schema.
pub async fn assert_role_is_bounded(app: &DatabaseConnection) {
    for table in APPEND_ONLY {
        let column = second_column(table);
        for attempt in [
            format!("UPDATE \"{table}\" SET \"{column}\" = \"{column}\""),
            format!("TRUNCATE \"{table}\""),
            format!("ALTER TABLE \"{table}\" DISABLE TRIGGER ALL"),
            format!("DROP TABLE \"{table}\""),
        ] {
            denied(app, &attempt).await;
        }
        let delete = format!("DELETE FROM \"{table}\"");
        if GO_WITH_PERSON.contains(&table) {
            assert!(refused(app, &delete).await.contains("append_only: "), "{delete}");
        } else {
            denied(app, &delete).await;
        }
    }
    denied(app, "TRUNCATE \"person\" CASCADE").await;
    denied(app, "UPDATE seaql_migrations SET applied_at = 0").await;
    denied(app, "CREATE TABLE beside (id integer)").await;
    denied(app, "SET session_replication_role = replica").await;
    for allowed in ["UPDATE \"person\" SET revision = revision + 1", "SELECT version FROM seaql_migrations"] {
        app.execute_unprepared(allowed).await.expect(allowed);
    }
}

fn shape(table: &str) -> TableShape {
    entity::tables().into_iter().find(|shape| shape.name == table).expect("every table has an entity")
}

/// Not the first: PostgreSQL refuses to set an identity column before any trigger can.
fn second_column(table: &str) -> String {
    shape(table).columns[1].name.clone()
}

async fn denied(app: &DatabaseConnection, attempt: &str) {
    let error = refused(app, attempt).await;
    assert!(error.contains("permission denied") || error.contains("must be owner"), "{attempt}: {error}");
}

async fn refused(db: &DatabaseConnection, attempt: &str) -> String {
    match db.execute_unprepared(attempt).await {
        Ok(_) => panic!("{attempt} was not refused"),
        Err(error) => error.to_string(),
    }
}

async fn rows(db: &DatabaseConnection, table: &str) -> i64 {
    let sql = format!("SELECT count(*) AS n FROM \"{table}\"");
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    row.expect("a count").expect("a row").try_get("", "n").expect("a number")
}

/// Inserts a row as it is, and reads it back alike.
async fn put<M>(db: &DatabaseConnection, model: M) -> Result<(), DbErr>
where
    M: ModelTrait + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel> + Clone + PartialEq + Debug,
    M::Entity: EntityTrait<Model = M>,
    <M::Entity as EntityTrait>::ActiveModel: ActiveModelBehavior + Send,
{
    let stored = model.clone().into_active_model().reset_all().insert(db).await?;
    assert_eq!(stored, model);
    Ok(())
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn day() -> Date {
    Date::from_ymd_opt(2026, 3, 2).expect("a date")
}

fn now() -> DateTimeUtc {
    DateTimeUtc::from_timestamp_micros(1_772_413_200_123_456).expect("an instant")
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn document(id: Uuid) -> person::identity_document::Model {
    person::identity_document::Model {
        id,
        person_id: self::id(20),
        kind: text("passport"),
        country_code: text("VN"),
        number_sealed: vec![0, 255, 7],
        valid_from: None,
        valid_until: Some(day()),
        verification: text("sighted"),
        recorded_at: now(),
        supersedes_id: None,
    }
}

/// Panics unless the rows of a person go once an erasure says so, and nobody else's do.
pub async fn assert_the_erased_go(db: &DatabaseConnection) {
    for table in GO_WITH_PERSON {
        let others = format!("DELETE FROM \"{table}\" WHERE person_id = (SELECT person_id FROM erasure)");
        assert_eq!(db.execute_unprepared(&others).await.expect(&others).rows_affected(), 0, "{table}");
    }
    let says =
        person::erasure::Model { person_id: id(20), requested_at: now(), erased_at: now(), entry_id: id(80) };
    put(db, says).await.expect("an erasure goes in");
    for table in GO_WITH_PERSON {
        let delete = format!("DELETE FROM \"{table}\"");
        assert_eq!(db.execute_unprepared(&delete).await.expect(&delete).rows_affected(), 1, "{table}");
    }
}

/// One row of every append-only table, and what those rows hang on, in an empty migrated database.
///
/// # Errors
/// What the database says.
pub async fn seed(db: &DatabaseConnection) -> Result<(), DbErr> {
    seed_parties(db).await?;
    seed_work(db).await?;
    put(db, document(id(40))).await?;
    put(
        db,
        person::nationality::Model {
            id: id(43),
            person_id: id(20),
            country_code: text("VN"),
            evidence: text("document"),
            document_id: Some(id(40)),
            recorded_at: now(),
            supersedes_id: None,
        },
    )
    .await?;
    put(
        db,
        permit::permit_document::Model {
            id: id(44),
            person_id: id(20),
            permit_id: None,
            kind: text("health_certificate"),
            issuer: text("丹东口岸医院"),
            valid_from: Some(day()),
            valid_until: None,
            verification: text("confirmed"),
            recorded_at: now(),
            supersedes_id: None,
        },
    )
    .await?;
    seed_targeting(db).await?;
    seed_log(db).await
}

async fn seed_parties(db: &DatabaseConnection) -> Result<(), DbErr> {
    let country =
        organisation::country::Model { code: text("VN"), name_zh: text("越南"), name_en: text("Viet Nam") };
    put(db, country).await?;
    let region = organisation::region::Model {
        code: text("210600"),
        name_zh: text("丹东市"),
        name_en: text("Dandong"),
        parent_code: None,
    };
    put(db, region).await?;
    let factory = organisation::organisation::Model {
        id: id(10),
        kind: text("factory"),
        name_zh: text("柞丝绸厂"),
        name_zh_key: text("zha4柞si1丝chou2绸chang3厂"),
        name_en: text("Tussah Mill"),
        credit_code: None,
        region_code: text("210600"),
        status: text("active"),
        pseudonym_key: vec![9; 32],
        revision: 1,
    };
    put(db, factory).await?;
    let site = organisation::site::Model {
        id: id(11),
        organisation_id: id(10),
        kind: text("plant"),
        name_zh: text("一厂"),
        name_en: text("Plant One"),
        region_code: text("210600"),
        revision: 1,
    };
    put(db, site).await?;
    let worker = person::person::Model {
        id: id(20),
        name: text("Lê Thị Hoa"),
        name_latin: Some(text("Le Thi Hoa")),
        search_key: text("le thi hoa"),
        name_key: text("le thi hoa"),
        birth_date: Some(day()),
        sex: Some(text("female")),
        birth_country_code: Some(text("VN")),
        home_region_code: None,
        foreign_worker: true,
        revision: 1,
        erased_at: None,
    };
    put(db, worker.clone()).await?;
    // Somebody of whom only a stub is left.
    let stub = person::person::Model {
        id: id(21),
        name: String::new(),
        name_latin: None,
        search_key: String::new(),
        name_key: String::new(),
        erased_at: Some(now()),
        ..worker
    };
    put(db, stub).await?;
    let erased =
        person::erasure::Model { person_id: id(21), requested_at: now(), erased_at: now(), entry_id: id(81) };
    put(db, erased).await?;
    let user = identity::user::Model {
        id: id(30),
        login: text("official"),
        display_name: text("Official"),
        password_hash: None,
        person_id: None,
        status: text("active"),
        locale: Some(text("zh-CN")),
        revision: 1,
    };
    put(db, user).await
}

async fn seed_work(db: &DatabaseConnection) -> Result<(), DbErr> {
    let framework = taxonomy::framework::Model {
        id: id(50),
        code: text("house"),
        version: text("1"),
        title: text("House"),
        licence: text("CC0"),
        source_sha256: text("00"),
        imported_at: now(),
    };
    put(db, framework).await?;
    let occupation = taxonomy::occupation::Model {
        id: id(51),
        framework_id: id(50),
        uri: text("sewing"),
        code: None,
        isco_group: Some(text("8153")),
        skill_level: Some(2),
        esco_uri: None,
        csco_code: None,
        revision: 1,
    };
    put(db, occupation).await?;
    let skill = taxonomy::skill::Model {
        id: id(52),
        framework_id: id(50),
        uri: text("lockstitch"),
        kind: text("competence"),
        reuse_level: None,
        esco_uri: None,
        csco_code: None,
        decay_class: Some(text("speed")),
        revision: 1,
    };
    put(db, skill).await?;
    let claim = record::skill_claim::Model {
        id: id(53),
        person_id: id(20),
        skill_id: id(52),
        level: 4,
        evidence: text("assessed"),
        achieved_on: day(),
        last_used_on: None,
        valid_until: None,
        decay_class: text("speed"),
        status: text("active"),
        organisation_id: Some(id(10)),
        enrolment_id: None,
        supersedes_id: None,
        recorded_at: now(),
    };
    put(db, claim).await?;
    put(db, vacancy()).await?;
    let requirement = hiring::vacancy_requirement::Model {
        id: id(61),
        vacancy_id: id(60),
        skill_id: id(52),
        essential: true,
        level: 4,
        floor: 2,
        weight: 1000,
        ordinal: 0,
    };
    put(db, requirement).await
}

fn vacancy() -> hiring::vacancy::Model {
    hiring::vacancy::Model {
        id: id(60),
        organisation_id: id(10),
        site_id: id(11),
        occupation_id: id(51),
        reference: text("V-1"),
        title_zh: text("缝纫工"),
        title_en: text("Sewing machine operator"),
        headcount: 3,
        wage_min_minor: 320_000,
        wage_max_minor: 480_000,
        currency: text("CNY"),
        starts_on: day(),
        shift_day: true,
        shift_evening: false,
        shift_night: false,
        dormitory: true,
        age_min: None,
        seed: vec![3; 32],
        status: text("open"),
        closed_on: None,
        revision: 1,
    }
}

async fn seed_targeting(db: &DatabaseConnection) -> Result<(), DbErr> {
    let household = poverty::household::Model {
        id: id(70),
        bureau_id: id(10),
        reference: text("H-1"),
        region_code: text("210600"),
        registered_on: day(),
        revision: 1,
    };
    put(db, household).await?;
    let decision = poverty::targeting::Model {
        id: id(71),
        household_id: id(70),
        outcome: text("not_targeted"),
        cause: text("income"),
        decided_on: day(),
        decided_by: id(30),
        recorded_at: now(),
        supersedes_id: None,
    };
    put(db, decision).await
}

/// The entry leaves its number to the database, as every writer does.
async fn seed_log(db: &DatabaseConnection) -> Result<(), DbErr> {
    let entry = audit::audit_entry::Model {
        seq: 0,
        id: id(80),
        recorded_at: now(),
        actor_user_id: Some(id(30)),
        actor_role: text("labour_official"),
        organisation_id: None,
        action: text("target_household"),
        resource_kind: text("targeting"),
        resource_id: id(71),
        request_id: text("r-1"),
        header: text("{}"),
        leaf_hash: vec![0; 32],
        mac: vec![0; 32],
    };
    let mut row = entry.into_active_model().reset_all();
    row.seq = sea_orm::ActiveValue::NotSet;
    let seq = row.insert(db).await?.seq;
    put(db, audit::audit_touch::Model { kind: text("targeting"), resource_id: id(71), revision: 1, seq })
        .await?;
    put(db, audit::audit_subject::Model { person_id: id(20), seq }).await?;
    let digest = vec![0; 32];
    put(db, audit::audit_commitment::Model { seq, subject_id: id(20), digest: digest.clone() }).await?;
    put(db, audit::audit_erasure::Model { subject_id: id(21), seq }).await?;
    put(db, audit::audit_leaf::Model { index: 0, seq, hash: digest.clone() }).await?;
    put(db, audit::audit_node::Model { level: 1, index: 0, hash: digest }).await?;
    put(db, audit::audit_origin::Model { from_index: 0, origin: text("o"), begun_at: now() }).await?;
    let note = text("n");
    put(db, audit::checkpoint::Model { origin: text("o"), size: 1, signed_at: now(), note }).await
}
