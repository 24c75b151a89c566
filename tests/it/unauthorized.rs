//! Every operation of the document, asked by those who may not: by nobody, with a token that is worth nothing, and
//! for the rows of another tenant.

use poem::http::Method;

use crate::harness::{Answer, Identity, Operation, Side, TestApp, assert_golden, operations, seal_and_sign};

/// A row that nobody has.
const UNKNOWN: &str = "00000000-0000-4000-8000-00000000ffff";

async fn ask(who: &Identity<'_>, operation: &Operation, path: &str) -> Answer {
    // Who may not change a row learns nothing from the revision either: it is another one than the row's.
    let seen = (operation.header("If-Match") == Some(true)).then_some(("if-match", "\"77-0\""));
    who.send_with(operation.method.clone(), path, seen.as_slice(), operation.body()).await
}

#[tokio::test]
async fn nobody_reaches_anything_but_the_kept_list() {
    let app = TestApp::start().await;
    let (mut public, nobody) = (String::new(), app.nobody());
    for operation in operations() {
        let path = operation.path_in(&app.town.home);
        let protected = operation.said["security"].as_array().is_some_and(|schemes| !schemes.is_empty());
        if !protected {
            public.push_str(&format!("{} {} {}\n", operation.id, operation.method, operation.path));
            continue;
        }
        for worthless in [nobody.clone(), nobody.with_token("blst_0"), nobody.with_token("")] {
            ask(&worthless, &operation, &path).await.expect_problem(401, "unauthenticated");
            // Nor does a row that is not there, or a body that cannot be read, answer otherwise.
            ask(&worthless, &operation, &operation.path_with(UNKNOWN))
                .await
                .expect_problem(401, "unauthenticated");
            if operation.body().is_some() {
                let bad = worthless.send(operation.method.clone(), &path, Some("?".into())).await;
                bad.expect_problem(401, "unauthenticated");
            }
        }
    }
    assert_golden("public_operations.txt", &public);
}

/// What a tenant may see of another one is kept in a list. Everything else answers as if it were not there: the
/// same as for a row that nobody has.
#[tokio::test]
async fn the_rows_of_another_tenant_are_as_if_they_were_not_there() {
    let app = TestApp::start().await;
    seal_and_sign(&app.app).await;
    let mut seen = String::new();
    for operation in operations().into_iter().filter(Operation::names_a_row) {
        for who in app.tenants(Side::Other) {
            let foreign = ask(&who, &operation, &operation.path_in(&app.town.home)).await;
            let unknown = ask(&who, &operation, &operation.path_with(UNKNOWN)).await;
            assert!(matches!(unknown.status.as_u16(), 403 | 404), "{}: {}", unknown.asked, unknown.text());
            if foreign.status.is_success() && operation.method == Method::GET {
                seen.push_str(&format!("{} {}\n", operation.id, who.role));
                continue;
            }
            let (status, code) = if foreign.status == 403 { (403, "denied") } else { (404, "not_found") };
            let foreign = foreign.expect_problem(status, code);
            assert_eq!(foreign.without_request_id(), unknown.without_request_id(), "{}", foreign.asked);
        }
    }
    assert_golden("read_by_others.txt", &seen);
}

/// Or the sweep above would pass over rows that are not there for anyone.
#[tokio::test]
async fn those_to_whom_a_row_belongs_reach_it() {
    let app = TestApp::start().await;
    seal_and_sign(&app.app).await;
    for operation in operations().into_iter().filter(Operation::names_a_row) {
        if operation.method != Method::GET {
            continue;
        }
        let path = operation.path_in(&app.town.home);
        let mut reached = false;
        for who in app.everyone() {
            reached |= ask(&who, &operation, &path).await.status.is_success();
        }
        assert!(reached, "{} {path} is out of everybody's reach", operation.id);
    }
}

#[tokio::test]
async fn an_id_that_is_none_is_a_row_that_is_not_there() {
    let app = TestApp::start().await;
    for operation in operations().into_iter().filter(Operation::names_a_row) {
        for who in app.tenants(Side::Home) {
            let unknown = ask(&who, &operation, &operation.path_with(UNKNOWN)).await;
            if unknown.status == 404 {
                let malformed = ask(&who, &operation, &operation.path_with("no-id")).await;
                assert_eq!(malformed.without_request_id(), unknown.without_request_id(), "{}", unknown.asked);
            }
        }
    }
}
