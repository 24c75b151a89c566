//! What the log proves over the API: to be checked with the rules alone, by whoever may read the log.

use ballast::format::audit::checkpoint::{Checkpoint, parse_verifier_key};
use ballast::service::audit::export::verify_file;
use ballast::service::audit::sequencer::seal_all;
use ballast_domain::audit::merkle::{empty_root, leaf_hash, verify_consistency, verify_inclusion};
use ballast_domain::audit::verify::is_leaf_of;
use ballast_domain::base::digest::Digest;
use serde_json::{Value, json};

use crate::harness::{Identity, TestApp, seal_and_sign};

const CHECKPOINTS: &str = "/api/v1/audit-checkpoints";

/// Closes the factory's vacancy; the id of its entry and its leaf, as the receipt has them.
async fn closed(app: &TestApp) -> (String, String) {
    let closure = format!("/api/v1/vacancies/{}/closure", app.town.home.vacancy);
    let answer = app.factory().post(&closure, json!({})).await.expect_status(200);
    let (entry, leaf) = answer.header("ballast-receipt").split_once(' ').unwrap();
    (entry.to_owned(), leaf.to_owned())
}

fn proof_of(entry: impl std::fmt::Display) -> String {
    format!("/api/v1/audit-entries/{entry}/proof")
}

fn digest(value: &Value) -> Digest {
    Digest::parse(value.as_str().unwrap()).unwrap()
}

fn digests(value: &Value) -> Vec<Digest> {
    value.as_array().unwrap().iter().map(digest).collect()
}

/// A checkpoint that the API gives, its note opened with its key.
async fn latest(who: &Identity<'_>) -> (Value, Checkpoint) {
    let given = who.get(&format!("{CHECKPOINTS}/latest")).await.expect_status(200).json();
    let key = parse_verifier_key(given["key"].as_str().unwrap()).unwrap();
    let opened = Checkpoint::open(given["note"].as_str().unwrap(), &key).unwrap();
    assert_eq!(given["origin"], opened.origin.as_str());
    assert_eq!((given["size"].as_u64(), digest(&given["root"])), (Some(opened.size), opened.root));
    (given, opened)
}

#[tokio::test]
async fn a_proof_is_checked_with_the_rules_alone_and_a_changed_byte_breaks_it() {
    let app = TestApp::start().await;
    let auditor = app.administrator();
    auditor.get(&format!("{CHECKPOINTS}/latest")).await.expect_problem(404, "not_found");
    let (entry, leaf) = closed(&app).await;
    let path = proof_of(&entry);
    let early = auditor.get(&path).await.expect_problem(409, "entry_not_sealed");
    assert_eq!(early.header("retry-after"), "1");
    seal_all(&app.app).await.unwrap();
    let early = auditor.get(&path).await.expect_problem(409, "entry_not_signed");
    assert_eq!(early.header("retry-after"), "15");
    let note = seal_and_sign(&app.app).await;

    let answer = auditor.get(&path).await.expect_status(200);
    let proof = answer.json();
    let (given, signed) = latest(&auditor).await;
    assert_eq!((&proof["checkpoint"], &given["note"]), (&json!(note), &json!(note)));
    let header = proof["header"].as_str().unwrap();
    let (index, way) = (proof["index"].as_u64().unwrap(), digests(&proof["path"]));
    assert_eq!(proof["leaf_hash"], leaf.as_str(), "it is the entry of the receipt");
    assert!(header.contains(&entry) && header.contains("ManageVacancy"), "{header}");

    let holds = |header: &str, index: u64, way: &[Digest], root: Digest| {
        is_leaf_of(header, digest(&proof["leaf_hash"]))
            && verify_inclusion(leaf_hash(header.as_bytes()), index, signed.size, way, root)
    };
    assert!(holds(header, index, &way, signed.root));
    assert!(!holds(&header.replacen("ManageVacancy", "ManageVacancz", 1), index, &way, signed.root));
    assert!(!holds(header, index - 1, &way, signed.root));
    assert!(!holds(header, index, &way[1..], signed.root));
    for part in 0..way.len() {
        let mut other = way.clone();
        other[part].0[31] ^= 1;
        assert!(!holds(header, index, &other, signed.root), "hash {part}");
    }
    let mut root = signed.root;
    root.0[0] ^= 1;
    assert!(!holds(header, index, &way, root));
    // The answer is the file that the command line checks.
    let lines = answer.text().lines().map(|line| Ok(line.to_owned())).collect::<Vec<_>>();
    let report = verify_file(lines.into_iter(), given["key"].as_str()).unwrap();
    assert_eq!((report.findings, report.size), (Vec::new(), signed.size));
}

#[tokio::test]
async fn those_who_may_read_an_entry_get_its_proof_and_nobody_else() {
    let app = TestApp::start().await;
    let reading = app.official().get("/api/v1/people").await.expect_status(200);
    let (entry, _) = reading.header("ballast-receipt").split_once(' ').unwrap();
    seal_and_sign(&app.app).await;
    let path = proof_of(entry);
    app.official().get(&path).await.expect_status(200);
    app.administrator().get(&path).await.expect_status(200);
    app.other_official().get(&path).await.expect_problem(404, "not_found");
    for who in [app.factory(), app.school(), app.trainee()] {
        let (latest, consistency) = (format!("{CHECKPOINTS}/latest"), format!("{CHECKPOINTS}/consistency"));
        for asked in [path.as_str(), CHECKPOINTS, &latest, &consistency] {
            who.get(asked).await.expect_problem(403, "denied");
        }
    }
}

#[tokio::test]
async fn a_checkpoint_is_proved_to_continue_every_earlier_one() {
    let app = TestApp::start().await;
    let auditor = app.official();
    seal_and_sign(&app.app).await;
    let (_, first) = latest(&auditor).await;
    closed(&app).await;
    app.official().get("/api/v1/people").await.expect_status(200);
    seal_and_sign(&app.app).await;
    let (given, second) = latest(&auditor).await;
    assert!(first.size < second.size);

    let path = format!("{CHECKPOINTS}/consistency");
    let proof = auditor.get(&format!("{path}?from={}", first.size)).await.expect_status(200).json();
    assert_eq!((&proof["from"], &proof["checkpoint"]), (&json!(first.size), &given));
    let way = digests(&proof["path"]);
    let holds =
        |from: (u64, Digest), way: &[Digest]| verify_consistency(from, (second.size, second.root), way);
    assert!(holds((first.size, first.root), &way));
    let mut other = first.root;
    other.0[7] ^= 1;
    assert!(!holds((first.size, other), &way), "another log before");
    let mut changed = way.clone();
    changed[0].0[0] ^= 1;
    assert!(!holds((first.size, first.root), &changed));

    // From nothing there is nothing to prove, and to itself neither.
    let nothing = auditor.get(&path).await.expect_status(200).json();
    assert!(holds((0, empty_root()), &digests(&nothing["path"])));
    let itself = auditor.get(&format!("{path}?from={}", second.size)).await.expect_status(200).json();
    assert!(holds((second.size, second.root), &digests(&itself["path"])));

    let beyond = auditor.get(&format!("{path}?from={}", second.size + 1)).await;
    beyond.expect_problem(404, "not_found");
    let earlier = auditor.get(&format!("{path}?size={}", first.size)).await.expect_status(200).json();
    assert_eq!(earlier["checkpoint"]["size"], first.size);
    let unsigned = auditor.get(&format!("{path}?size={}", first.size - 1)).await;
    unsigned.expect_problem(404, "not_found");
}

#[tokio::test]
async fn checkpoints_come_page_by_page_the_newest_first() {
    let app = TestApp::start().await;
    let auditor = app.official();
    let none = auditor.get(&format!("{CHECKPOINTS}?with_total=true")).await.expect_status(200).json();
    assert_eq!(none, json!({ "items": [], "total": 0 }));
    let mut sizes = Vec::new();
    for _ in 0..3 {
        auditor.get("/api/v1/people").await.expect_status(200);
        seal_and_sign(&app.app).await;
        sizes.insert(0, latest(&auditor).await.1.size);
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let asked = format!("{CHECKPOINTS}?limit=2&with_total=true{cursor}");
        let page = auditor.get(&asked).await.expect_status(200).json();
        assert_eq!(page["total"], 3);
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["size"].as_u64().unwrap()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, sizes);
    let origin = latest(&auditor).await.1.origin;
    let named =
        auditor.get(&format!("{CHECKPOINTS}?origin={origin}&limit=1")).await.expect_status(200).json();
    assert_eq!(named["items"][0]["size"], sizes[0]);
    let other = auditor.get(&format!("{CHECKPOINTS}?origin=another")).await.expect_status(200).json();
    assert_eq!(other["items"], json!([]));
}
