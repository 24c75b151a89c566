//! Lists: pages that fit together, in every order, counted, with cursors that hold for one list alone.

use ballast::entity::hiring::vacancy;
use ballast::entity::identity::user;
use ballast::entity::organisation::organisation;
use ballast::entity::permit::permit;
use ballast::entity::person::person;
use ballast::entity::poverty::household;
use ballast::entity::training::joint_class;
use ballast::store::page::{ORDERS, Order, PageRequest};
use poem::http::Method;
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, QueryTrait, Statement};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Identity, Operation, TestApp, operations};

/// The operations that answer with a page.
fn lists() -> Vec<Operation> {
    let pages =
        |operation: &Operation| operation.method == Method::GET && parameter(operation, "cursor").is_some();
    let lists: Vec<Operation> = operations().into_iter().filter(pages).collect();
    assert!(lists.len() >= 14, "only {} lists", lists.len());
    lists
}

fn parameter<'o>(operation: &'o Operation, name: &str) -> Option<&'o Value> {
    operation.said["parameters"].as_array()?.iter().find(|parameter| parameter["name"] == name)
}

/// The orders that the document offers of a list.
fn sorts(operation: &Operation) -> Vec<String> {
    let Some(sort) = parameter(operation, "sort") else { return Vec::new() };
    let schema = &sort["schema"];
    let document = crate::harness::document();
    let name = schema["$ref"].as_str().or(schema["allOf"][0]["$ref"].as_str()).expect("an enumeration");
    let values = document.pointer(name.trim_start_matches('#')).expect("a schema")["enum"].as_array();
    values.unwrap().iter().map(|value| value.as_str().unwrap().to_owned()).collect()
}

/// Whoever sees the most of a list.
async fn reader<'a>(app: &'a TestApp, path: &str) -> Identity<'a> {
    let mut best = None;
    for who in app.everyone() {
        let answer = who.get(path).await;
        if answer.status == 200 {
            let rows = answer.json()["items"].as_array().unwrap().len();
            best = best.filter(|(most, _)| *most >= rows).or(Some((rows, who)));
        }
    }
    best.expect("somebody may read the list").1
}

/// A second vacancy of the factory, which starts later than the first.
async fn post_another(app: &TestApp) -> Value {
    let path = format!("/api/v1/vacancies/{}", app.town.home.vacancy);
    let mut vacancy = app.factory().get(&path).await.expect_status(200).json();
    let body = vacancy.as_object_mut().unwrap();
    for shown in ["id", "organisation_id", "region", "currency", "status", "revision"] {
        body.remove(shown);
    }
    body.insert("reference".to_owned(), "second".into());
    body.insert("starts_on".to_owned(), "2027-03-01".into());
    app.factory().post("/api/v1/vacancies", vacancy).await.expect_status(201).json()
}

/// What tells the rows of a list apart.
fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// A list, page by page.
async fn walked(who: &Identity<'_>, path: &str, query: &str, limit: usize) -> (Vec<String>, Vec<u64>) {
    let (mut seen, mut totals, mut cursor) = (Vec::new(), Vec::new(), String::new());
    loop {
        let asked = format!("{path}?limit={limit}&with_total=true{query}{cursor}");
        let page = who.get(&asked).await.expect_status(200).json();
        seen.extend(ids(&page));
        totals.push(page["total"].as_u64().expect("a total"));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return (seen, totals),
        }
    }
}

#[tokio::test]
async fn the_pages_of_every_list_fit_together_in_every_order_and_are_counted() {
    let app = TestApp::start().await;
    for operation in lists() {
        let path = operation.path_in(&app.town.home);
        let who = reader(&app, &path).await;
        let first = who.get(&path).await.expect_status(200).json();
        assert!(first.get("total").is_none(), "{path} counts without being asked");
        let mut by_id = walked(&who, &path, "", 200).await.0;
        // Entries of the log come with each reading; what was there before stays where it was.
        if operation.id == "list_audit_entries" {
            continue;
        }
        for sort in [String::new()].into_iter().chain(sorts(&operation)) {
            let query = if sort.is_empty() { String::new() } else { format!("&sort={sort}") };
            let (whole, _) = walked(&who, &path, &query, 200).await;
            let (pieces, totals) = walked(&who, &path, &query, 2).await;
            assert_eq!(pieces, whole, "{path} {query}");
            assert!(totals.iter().all(|total| *total == whole.len() as u64), "{path}: {totals:?}");
            if !sort.is_empty() && !sort.starts_with('-') {
                let (mut reversed, _) = walked(&who, &path, &format!("&sort=-{sort}"), 2).await;
                reversed.reverse();
                assert_eq!(reversed, whole, "{path} by {sort} from the end");
            }
            let mut sorted = whole;
            sorted.sort_unstable();
            by_id.sort_unstable();
            assert_eq!(sorted, by_id, "{path} {query} has the same rows");
        }
    }
}

#[tokio::test]
async fn people_come_by_name_and_vacancies_by_their_start() {
    let app = TestApp::start().await;
    let texts = |page: &Value, field: &str| -> Vec<String> {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| item[field].as_str().unwrap().to_lowercase()).collect()
    };
    let people = app.official().get("/api/v1/people?sort=name").await.expect_status(200).json();
    let names = texts(&people, "name");
    assert!(names.len() > 2 && names.is_sorted(), "{names:?}");
    // By their characters alone 王 would stand before 钱, and 李 before both.
    for name in ["王芳", "钱敏", "李明", "an na"] {
        app.school().post("/api/v1/people", json!({ "name": name })).await.expect_status(201);
    }
    let people = app.school().get("/api/v1/people?sort=name&limit=200").await.expect_status(200).json();
    let mut names = texts(&people, "name");
    names.retain(|name| ["王芳", "钱敏", "李明", "an na"].contains(&name.as_str()));
    assert_eq!(names, ["an na", "李明", "钱敏", "王芳"]);
    post_another(&app).await;
    for (sort, last) in [("starts_on", 1), ("-starts_on", 0)] {
        let path = format!("/api/v1/vacancies?sort={sort}");
        let starts = texts(&app.factory().get(&path).await.expect_status(200).json(), "starts_on");
        assert_eq!((starts.len(), starts[last].as_str()), (2, "2027-03-01"), "{sort}: {starts:?}");
    }
}

#[tokio::test]
async fn a_cursor_holds_for_one_list_one_order_and_one_user() {
    let app = TestApp::start().await;
    let official = app.official();
    let page = official.get("/api/v1/people?limit=1&sort=name").await.expect_status(200).json();
    let cursor = page["next_cursor"].as_str().expect("more than one person").to_owned();
    official.get(&format!("/api/v1/people?limit=2&sort=name&cursor={cursor}")).await.expect_status(200);
    official.get(&format!("/api/v1/people?cursor={cursor}&sort=name&lang=en")).await.expect_status(200);
    let mut changed = cursor.clone();
    changed.replace_range(40..41, if cursor[40..41] == *"0" { "1" } else { "0" });
    let chosen = format!("{}{}", Uuid::from_u128(7).simple(), &cursor[32..]);
    for path in [
        format!("/api/v1/people?cursor={cursor}"),
        format!("/api/v1/people?sort=-name&cursor={cursor}"),
        format!("/api/v1/people?sort=name&name=a&cursor={cursor}"),
        format!("/api/v1/permits?sort=name&cursor={cursor}").replace("sort=name&", ""),
        format!("/api/v1/people?sort=name&cursor={changed}"),
        format!("/api/v1/people?sort=name&cursor={chosen}"),
        "/api/v1/people?sort=name&cursor=0".to_owned(),
    ] {
        official.get(&path).await.expect_problem(400, "bad_cursor");
    }
    let other = format!("/api/v1/people?limit=1&sort=name&cursor={cursor}");
    app.school().get(&other).await.expect_problem(400, "bad_cursor");
}

#[tokio::test]
async fn filters_leave_only_what_was_asked_for() {
    let app = TestApp::start().await;
    let (administrator, factory) = (app.administrator(), app.factory());
    let one = post_another(&app).await;
    let region = one["region"].as_str().unwrap();
    let count = async |query: &str| {
        let answer = factory.get(&format!("/api/v1/vacancies?{query}")).await.expect_status(200);
        answer.json()["items"].as_array().unwrap().len()
    };
    assert_eq!(count("").await, 2);
    for (query, expected) in [
        (format!("region={region}"), 2),
        (format!("region={}", &region[..2]), 2),
        ("region=81".to_owned(), 0),
        (format!("occupation_id={}", one["occupation_id"].as_str().unwrap()), 2),
        (format!("occupation_id={}", Uuid::from_u128(9)), 0),
        ("starts_from=2027-03-01".to_owned(), 1),
        ("starts_from=2027-03-02".to_owned(), 0),
        ("starts_until=2027-02-28".to_owned(), 1),
        ("status=closed".to_owned(), 0),
    ] {
        assert_eq!(count(&query).await, expected, "{query}");
    }
    factory.get("/api/v1/vacancies?region=99").await.expect_problem(400, "bad_parameter");
    let users = async |role: &str| {
        let answer = administrator.get(&format!("/api/v1/users?role={role}&limit=200")).await;
        answer.expect_status(200).json()["items"].clone()
    };
    let factories = users("factory_hr").await;
    let factories = factories.as_array().unwrap();
    assert!(
        factories.len() >= 2
            && factories.iter().all(|user| {
                user["roles"].as_array().unwrap().iter().any(|role| role["role"] == "factory_hr")
            })
    );
    let classes = async |query: &str| {
        let answer = app.school().get(&format!("/api/v1/joint-classes?{query}")).await.expect_status(200);
        answer.json()["items"].as_array().unwrap().clone()
    };
    let all_classes = classes("").await;
    let mut parts = 0;
    for status in ["planned", "running", "finished"] {
        let found = classes(&format!("status={status}")).await;
        assert!(found.iter().all(|class| class["status"] == status), "{found:?}");
        parts += found.len();
    }
    assert_eq!(parts, all_classes.len());
}

#[tokio::test]
async fn the_log_is_filtered_by_row_user_and_time() {
    let app = TestApp::start().await;
    let vacancy = app.town.home.vacancy;
    app.factory()
        .post(&format!("/api/v1/vacancies/{vacancy}/closure"), serde_json::json!({}))
        .await
        .expect_status(200);
    let administrator = app.administrator();
    let entries = async |query: &str| {
        let answer = administrator.get(&format!("/api/v1/audit-entries?{query}")).await.expect_status(200);
        answer.json()["items"].as_array().unwrap().clone()
    };
    let about = entries(&format!("resource_kind=vacancy&resource_id={vacancy}")).await;
    assert_eq!(about[0]["action"], "ManageVacancy", "{about:?}");
    assert!(about.iter().all(|entry| entry["resource_id"] == vacancy.to_string()));
    let user = about[0]["user_id"].as_str().unwrap();
    assert!(entries(&format!("user_id={user}")).await.iter().all(|entry| entry["user_id"] == user));
    let at = about[0]["recorded_at"].as_str().unwrap().replace('+', "%2B");
    assert!(!entries(&format!("resource_id={vacancy}&recorded_from={at}")).await.is_empty());
    assert!(entries("recorded_until=2000-01-01T00:00:00Z").await.is_empty());
}

/// The statement of a page of a table, as the store makes it.
fn statement<E: EntityTrait>(order: Order, backend: DbBackend) -> Statement {
    let request =
        PageRequest { order: Some(order), after: Some(Uuid::from_u128(7)), ..PageRequest::default() };
    request.turn(E::find(), order, backend).build(backend)
}

#[tokio::test]
async fn every_order_walks_along_its_index() {
    let app = TestApp::start().await;
    let db = &app.app.db;
    let backend = db.backend();
    let reading = db.snapshot().await.unwrap();
    let explain = if backend == DbBackend::Postgres {
        // Of a table with a handful of rows no index would ever be worth it.
        for off in ["enable_seqscan", "enable_sort", "enable_bitmapscan"] {
            reading.execute_unprepared(&format!("SET LOCAL {off} = off")).await.unwrap();
        }
        "EXPLAIN"
    } else {
        "EXPLAIN QUERY PLAN"
    };
    for order in ORDERS.into_iter().flat_map(|order| [order, order.reversed()]) {
        let asked = match order.table {
            "person" => statement::<person::Entity>(order, backend),
            "vacancy" => statement::<vacancy::Entity>(order, backend),
            "organisation" => statement::<organisation::Entity>(order, backend),
            "joint_class" => statement::<joint_class::Entity>(order, backend),
            "permit" => statement::<permit::Entity>(order, backend),
            "household" => statement::<household::Entity>(order, backend),
            "user" => statement::<user::Entity>(order, backend),
            other => panic!("tell this test the entity of {other}"),
        };
        let sql = format!("{explain} {}", asked.sql);
        let explained = Statement::from_sql_and_values(backend, sql, asked.values.unwrap());
        let column = if backend == DbBackend::Postgres { "QUERY PLAN" } else { "detail" };
        let rows = reading.query_all_raw(explained).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.try_get("", column).unwrap()).collect();
        let plan = plan.join("\n");
        let index = match backend {
            DbBackend::Postgres => format!("ix_{}_{}_list", order.table, order.column.unwrap()),
            _ => "USING INDEX ".to_owned(),
        };
        assert!(plan.contains(&index), "{index} is not used: {}\n{plan}", asked.sql);
        assert!(!plan.contains("TEMP B-TREE") && !plan.contains("Sort "), "rows are sorted: {plan}");
    }
}
