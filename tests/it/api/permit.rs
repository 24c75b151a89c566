//! Registering, drafting and handing in over HTTP.

use serde_json::json;

use crate::harness::TestApp;

#[tokio::test]
async fn a_worker_is_registered_drafted_and_handed_in() {
    let app = TestApp::start().await;
    let (place, official) = (&app.town.home, app.official());
    let worker = json!({
        "port_id": place.port, "name": "Linh", "birth_date": "1998-02-03", "birth_country": "VN",
        "travel_document": {
            "kind": "passport", "country": "VN", "number": "N1", "valid_until": "2033-12-31",
            "verification": "sighted",
        },
        "nationality": { "country": "VN", "evidence": "document" },
    });
    let made = official.post("/api/v1/foreign-workers", worker.clone()).await.expect_status(201).json();
    let again = official.post("/api/v1/foreign-workers", worker).await.expect_status(422).json();
    assert_eq!(again["errors"][0]["pointer"], "/travel_document/number");

    let papers = format!("/api/v1/people/{}/permit-documents", made["id"].as_str().unwrap());
    let paper = json!({
        "kind": "health_certificate", "issuer": "Port clinic", "valid_until": "2027-06-30",
        "verification": "confirmed",
    });
    official.post(&papers, paper.clone()).await.expect_status(201);
    let listed = official.get(&papers).await.expect_status(200).json();
    assert_eq!(listed["items"][0]["issuer"], "Port clinic");
    app.factory().get(&papers).await.expect_status(404);
    app.factory().post(&papers, paper).await.expect_status(404);

    let permit = json!({
        "employer_id": place.factory.0, "person_id": made["id"], "port_id": place.port, "reference": "H-1",
        "starts_on": "2027-01-01", "ends_on": "2027-12-31",
    });
    let drafted = official.post("/api/v1/permits", permit).await.expect_status(201).json();
    let path = format!("/api/v1/permits/{}", drafted["id"].as_str().unwrap());
    let shown = app.factory().get(&path).await.expect_status(200);
    let seen = shown.json();
    assert_eq!(seen["bars"][0]["code"], "document_unknown");
    assert_eq!(seen["bundle"][1]["day"], "2027-06-30");
    assert!(seen.get("person_id").is_none() && !seen.to_string().contains("clinic"), "{seen}");

    let step = format!("{path}/submission");
    app.factory().post(&step, json!({})).await.expect_problem(428, "precondition_required");
    app.factory().step(&step, "\"9-0\"").await.expect_problem(412, "stale");
    let submitted = app.factory().step(&step, shown.header("etag")).await.expect_status(200);
    let (tag, submitted) = (submitted.header("etag").to_owned(), submitted.json());
    assert_eq!((&submitted["status"], &submitted["revision"]), (&json!("submitted"), &json!(2)));
    official.step(&step, &tag).await.expect_status(409);
    let drafts = app.factory().get("/api/v1/permits?status=draft").await.expect_status(200).json();
    assert_eq!(drafts["items"].as_array().unwrap().len(), 1);
    app.factory().get("/api/v1/permits?status=approved").await.expect_status(400);
    official.step(&format!("{path}/withdrawal"), &tag).await.expect_status(200);
    for door in ["approval", "activation", "clearance"] {
        official.step(&format!("{path}/{door}"), "\"3-0\"").await.expect_status(404);
    }
}
