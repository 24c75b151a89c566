//! Ids in a body: one of another tenant's row answers as one that nobody has.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Identity, Operation, Place, TestApp, document, operations};

/// A row that nobody has.
const UNKNOWN: &str = "00000000-0000-4000-8000-00000000ffff";

/// What an id in a body may name.
enum Named {
    /// A row of a tenant: this one, of that side of the town.
    Tenant(fn(&Place) -> Uuid),
    /// What everybody reads, or whoever may call at all.
    Everybody,
    /// A row that the town does not have: a test of its own makes one.
    Paper,
}
use Named::{Everybody, Paper, Tenant};

/// Every id in the body of every operation.
const BODY_IDS: [(&str, &str, Named); 31] = [
    ("create_agreement", "/factory", Everybody),
    ("create_duplicate_case", "/other_id", Tenant(|place| place.trainee.0)),
    ("create_duplicate_case", "/person_id", Tenant(|place| place.trainee.0)),
    ("create_enrolment", "/person", Tenant(|place| place.trainee.0)),
    ("create_foreign_worker", "/port_id", Tenant(|place| place.port)),
    ("create_household", "/members/0/person_id", Tenant(|place| place.trainee.0)),
    ("create_identity_document", "/supersedes_id", Paper),
    ("create_invitation", "/organisation_id", Everybody),
    ("create_joint_class", "/agreement", Tenant(|place| place.agreement)),
    ("create_joint_class", "/modules/0/skill", Everybody),
    ("create_joint_class", "/occupation", Everybody),
    ("create_membership", "/organisation_id", Everybody),
    ("create_membership_ending", "/organisation_id", Everybody),
    ("create_nationality", "/document_id", Paper),
    ("create_nationality", "/supersedes_id", Paper),
    ("create_permit", "/employer_id", Tenant(|place| place.factory.0)),
    ("create_permit", "/person_id", Tenant(|place| place.worker.0)),
    ("create_permit", "/port_id", Everybody),
    ("create_permit", "/vacancy_id", Tenant(|place| place.vacancy)),
    ("create_permit_document", "/permit_id", Tenant(|place| place.permit)),
    ("create_permit_document", "/supersedes_id", Paper),
    ("create_port", "/bureau_id", Everybody),
    ("create_rights_request", "/vacancy_id", Everybody),
    ("create_site", "/organisation_id", Everybody),
    ("create_skill_claim", "/skill", Everybody),
    ("create_skill_claim", "/supersedes", Tenant(|place| place.skill_claim)),
    ("create_user", "/organisation_id", Everybody),
    ("create_user", "/person_id", Everybody),
    ("create_vacancy", "/occupation_id", Everybody),
    ("create_vacancy", "/requirements/0/skill_id", Everybody),
    ("create_vacancy", "/site_id", Tenant(|place| place.plant)),
];

/// Sends a body that is right but for one id, for each that names a tenant's row: the other side's row, and one that
/// nobody has. Gives the places that it tried.
pub async fn swap(
    app: &TestApp,
    operation: &str,
    who: &Identity<'_>,
    path: &str,
    body: &Value,
) -> Vec<(String, &'static str)> {
    let mut tried = Vec::new();
    for (of, pointer, named) in &BODY_IDS {
        let Tenant(row) = named else { continue };
        if *of != operation {
            continue;
        }
        let path = format!("/api/v1{path}");
        let with = async |id: Value| {
            let mut body = body.clone();
            put(&mut body, pointer, id);
            who.post(&path, body).await
        };
        let foreign = with(json!(row(&app.town.other))).await;
        let unknown = with(json!(UNKNOWN)).await;
        assert!(unknown.status.is_client_error(), "{of} {pointer}: {}", unknown.text());
        assert_eq!(foreign.status, unknown.status, "{of} {pointer}: {}", foreign.text());
        assert_eq!(foreign.without_request_id(), unknown.without_request_id(), "{of} {pointer}");
        tried.push((operation.to_owned(), *pointer));
    }
    tried
}

/// Sets a value that may not be there yet.
fn put(body: &mut Value, pointer: &str, value: Value) {
    if let Some(place) = body.pointer_mut(pointer) {
        *place = value;
    } else {
        let object = body.as_object_mut().expect("an id at the top of the body");
        object.insert(pointer.trim_start_matches('/').to_owned(), value);
    }
}

/// All places that have to be tried.
pub fn to_try() -> BTreeSet<(String, &'static str)> {
    let tenants = BODY_IDS.iter().filter(|(_, _, named)| matches!(named, Tenant(_)));
    tenants.map(|(operation, pointer, _)| ((*operation).to_owned(), *pointer)).collect()
}

#[tokio::test]
async fn a_paper_of_another_tenant_is_not_superseded() {
    let app = TestApp::start().await;
    let paper = json!({
        "kind": "health_certificate", "issuer": "Port clinic", "valid_until": "2027-06-30",
        "verification": "confirmed",
    });
    let of = |place: &Place| format!("/api/v1/people/{}/permit-documents", place.worker);
    let made = app.other_official().post(&of(&app.town.other), paper.clone()).await.expect_status(201).json();
    let with = async |id: &Value| {
        let mut paper = paper.clone();
        put(&mut paper, "/supersedes_id", id.clone());
        app.official().post(&of(&app.town.home), paper).await
    };
    let (foreign, unknown) = (with(&made["id"]).await, with(&json!(UNKNOWN)).await);
    assert!(unknown.status.is_client_error(), "{}", unknown.text());
    assert_eq!(foreign.without_request_id(), unknown.without_request_id());
}

#[test]
fn every_id_in_a_body_is_in_the_list() {
    let known: BTreeSet<(String, String)> = BODY_IDS
        .iter()
        .map(|(operation, pointer, _)| ((*operation).to_owned(), (*pointer).to_owned()))
        .collect();
    let mut said = BTreeSet::new();
    for Operation { id, said: operation, .. } in operations() {
        for content in operation["requestBody"]["content"].as_object().into_iter().flatten() {
            ids(&content.1["schema"], "", &mut |pointer| {
                said.insert((id.clone(), pointer));
            });
        }
    }
    assert_eq!(said, known);
}

fn ids(schema: &Value, pointer: &str, found: &mut impl FnMut(String)) {
    if let Some(name) = schema["$ref"].as_str() {
        let named = document().pointer(name.trim_start_matches('#')).expect("a reference to a schema");
        return ids(named, pointer, found);
    }
    if schema["format"] == "uuid" {
        found(pointer.to_owned());
    }
    for all in ["allOf", "anyOf", "oneOf"] {
        schema[all].as_array().into_iter().flatten().for_each(|part| ids(part, pointer, found));
    }
    for (name, part) in schema["properties"].as_object().into_iter().flatten() {
        ids(part, &format!("{pointer}/{name}"), found);
    }
    if schema["items"].is_object() {
        ids(&schema["items"], &format!("{pointer}/0"), found);
    }
}
