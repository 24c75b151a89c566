//! What was acknowledged is in the log, whoever dies. Many writers ask three real processes on one database, which
//! are killed at random moments: while they write, while they seal and while they sign.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ballast::entity::audit::{audit_entry, audit_leaf, audit_pending};
use ballast::entity::organisation::port;
use ballast::format::audit::checkpoint::Checkpoint;
use ballast::outside::random::Random;
use ballast::outside::witness::Witness;
use ballast::service::Ctx;
use ballast::service::audit::checkpoint::{Signing, sign_head};
use ballast::service::audit::export::{export_log, verify_file};
use ballast::service::audit::sequencer::seal_all;
use ballast::service::audit::verify::verify_log;
use ballast::store::audit::audit_leaf::list_range_hashes;
use ballast::words::Locale;
use ballast_domain::audit::merkle::{inclusion_ranges, leaf_hash, verify_inclusion};
use ballast_domain::base::digest::Digest;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::harness::{
    App, Node, Template, TestDatabase, Town, admit, get, heard, installation_with, post, random_seed,
};

/// Processes at once.
const NODES: usize = 3;
/// How often one of them is killed.
const KILLS: usize = 24;
/// Writers at once.
const WRITERS: u64 = 32;
/// Answers between one kill and the next are at most so many.
const ANSWERS_BETWEEN_KILLS: usize = 24;

/// What a writer was told: an entry of the log, and its leaf hash.
type Receipt = (Uuid, String);

/// What the writers share.
struct Shared {
    /// Where each node listens; nobody does while it is dead.
    addresses: Mutex<Vec<String>>,
    administrator: String,
    official: String,
    bureau: Uuid,
    stop: AtomicBool,
    answers: AtomicUsize,
    told: Mutex<Told>,
}

/// What the writers were told.
#[derive(Default)]
struct Told {
    receipts: Vec<Receipt>,
    /// Ports whose registration was answered, with a receipt or as one that had been registered before.
    ports: BTreeSet<String>,
    /// Requests that were cut off and sent again.
    cut_off: usize,
}

/// A number below another, at random.
fn below(random: &Random, end: usize) -> usize {
    usize::from(u16::from_be_bytes(random.bytes())) % end
}

impl Shared {
    fn stops(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Sends a request to any node until one answers; nothing when it is over before that.
    fn ask(&self, random: &Random, send: impl Fn(&str) -> std::io::Result<TcpStream>) -> Option<String> {
        while !self.stops() {
            let address = {
                let addresses = self.addresses.lock().unwrap();
                addresses[below(random, NODES)].clone()
            };
            let Ok(stream) = send(&address) else { continue };
            let answer = heard(stream);
            let status = answer.split(' ').nth(1).unwrap_or_default();
            match (status, answer.contains("\r\n\r\n")) {
                ("200" | "201", true) => return Some(answer),
                // The same request is at work elsewhere, or another writer was in the way for too long.
                ("409" | "503", true) => {}
                (_, false) => self.told.lock().unwrap().cut_off += 1,
                _ => panic!("{answer}"),
            }
        }
        None
    }

    fn note(&self, answer: &str, port: Option<String>) {
        let lines =
            answer.lines().take_while(|line| !line.is_empty()).filter_map(|line| line.split_once(": "));
        let receipts =
            lines.filter(|(name, _)| name.eq_ignore_ascii_case("ballast-receipt")).map(|(_, value)| {
                let (entry, leaf) = value.split_once(' ').unwrap();
                (entry.parse().unwrap(), leaf.to_owned())
            });
        let mut told = self.told.lock().unwrap();
        told.receipts.extend(receipts);
        told.ports.extend(port);
        self.answers.fetch_add(1, Ordering::Relaxed);
    }

    /// Registers ports and reads people, each request until it is answered.
    fn write(&self, writer: u64, random: &Random) {
        for n in 0.. {
            let answered = if below(random, 3) == 0 {
                let answer = self.ask(random, |node| get(node, "/api/v1/people", &self.official));
                answer.map(|answer| (answer, None))
            } else {
                let (name, key) = (format!("Port {writer}-{n}"), format!("key-{writer}-{n:05}"));
                let bureau = self.bureau;
                let body =
                    json!({ "name_zh": name, "name_en": name, "region": "219001", "bureau_id": bureau });
                let send = |node: &str| post(node, "/api/v1/ports", &self.administrator, &key, &body);
                self.ask(random, send).map(|answer| (answer, Some(name)))
            };
            let Some((answer, port)) = answered else { return };
            self.note(&answer, port);
        }
    }
}

fn addresses(nodes: &[Option<Node>]) -> Vec<String> {
    nodes.iter().flatten().map(|node| node.address().to_owned()).collect()
}

/// Kills nodes and starts them again, each time when some more requests were answered.
async fn kill(random: &Random, shared: &Shared, mut nodes: Vec<Option<Node>>, start: impl Fn(usize) -> Node) {
    let mut look_again = tokio::time::interval(Duration::from_millis(1));
    for _ in 0..KILLS {
        let enough = shared.answers.load(Ordering::Relaxed) + below(random, ANSWERS_BETWEEN_KILLS);
        while shared.answers.load(Ordering::Relaxed) < enough {
            look_again.tick().await;
        }
        let node = below(random, NODES);
        nodes[node].take().unwrap().kill();
        nodes[node] = Some(start(node));
        *shared.addresses.lock().unwrap() = addresses(&nodes);
    }
    shared.stop.store(true, Ordering::Relaxed);
    // They die in the middle of the last requests, and nobody seals what they leave.
    nodes.into_iter().flatten().for_each(Node::kill);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_receipt_that_was_given_out_is_in_the_log_once_whoever_is_killed() {
    let seed = random_seed();
    eprintln!("seed {seed}");
    let database = TestDatabase::create(Template::Town).await;
    let (administrator, official) =
        (admit(&database, "home.administrator").await, admit(&database, "home.labour_official").await);
    let bureau = Town::find(database.open(None).await.reader()).await.home.bureau.0;
    let folder = tempfile::tempdir().unwrap();
    let data_dir = |node: usize| folder.path().join(format!("node-{node}"));
    let url = database.url();
    let start = |node| Node::start(&url, &data_dir(node));
    let nodes: Vec<Option<Node>> = (0..NODES).map(|node| Some(start(node))).collect();
    let shared = Arc::new(Shared {
        addresses: Mutex::new(addresses(&nodes)),
        administrator,
        official,
        bureau,
        stop: AtomicBool::new(false),
        answers: AtomicUsize::new(0),
        told: Mutex::default(),
    });
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let (shared, random) = (shared.clone(), Random::seeded(seed ^ (writer + 1)));
        writers.spawn_blocking(move || shared.write(writer, &random));
    }
    kill(&Random::seeded(seed), &shared, nodes, start).await;
    while let Some(ended) = writers.join_next().await {
        ended.unwrap();
    }

    let witnesses = (0..NODES).map(|node| data_dir(node).join("checkpoints")).collect();
    let app = installation_with(database.open(None).await, seed, Witness::new(witnesses)).await;
    let told = std::mem::take(&mut *shared.told.lock().unwrap());
    assert!(told.cut_off > 0, "the kills hit requests at work");
    assert!(told.receipts.len() > KILLS * 2, "{} receipts", told.receipts.len());
    assert_in_the_log_once(&app, &told.receipts).await;
    assert_entries_are_leaves(&app).await;
    assert_made_once(&app, &told.ports).await;
    verify_as_an_operator(&url, &data_dir(0));
}

/// Each receipt is one leaf of the tree whose signed head continues what every node has signed, and no other.
async fn assert_in_the_log_once(app: &Arc<App>, receipts: &[Receipt]) {
    let size = seal_all(app).await.unwrap();
    let Signing::Signed(note) = sign_head(app).await.unwrap() else { panic!("the nodes signed it all") };
    let head = Checkpoint::read_unverified(&note).unwrap();
    assert_eq!(head.size, size);
    let mut lines = Vec::new();
    let ctx = Ctx::operator(app.clone(), Locale::En);
    let mut write = |line: &str| {
        lines.push(line.to_owned());
        Ok(())
    };
    assert_eq!(export_log(&ctx, None, &mut write).await.unwrap(), size);
    let report = verify_file(lines.iter().cloned().map(Ok), None).unwrap();
    assert_eq!((report.findings, report.entries, report.size), (Vec::new(), size, size));

    let mut places: HashMap<Uuid, Vec<(u64, Digest)>> = HashMap::new();
    for line in &lines[1..] {
        let leaf: Value = serde_json::from_str(line).unwrap();
        let header = leaf["header"].as_str().unwrap();
        let said: Value = serde_json::from_str(header).unwrap();
        let place = (leaf["index"].as_u64().unwrap(), leaf_hash(header.as_bytes()));
        places.entry(said["id"].as_str().unwrap().parse().unwrap()).or_default().push(place);
    }
    let given: BTreeSet<&Receipt> = receipts.iter().collect();
    assert_eq!(given.len(), receipts.len(), "no receipt was given out twice");
    for (entry, told) in receipts {
        let Some(&[(index, leaf)]) = places.get(entry).map(Vec::as_slice) else {
            panic!("{entry} is in the log at {:?}", places.get(entry))
        };
        assert_eq!(leaf.to_string(), *told, "{entry}");
        let ranges = inclusion_ranges(index, head.size).unwrap();
        let path = list_range_hashes(app.db.reader(), &ranges).await.unwrap();
        assert!(verify_inclusion(leaf, index, head.size, &path, head.root), "{entry}");
    }
}

/// No leaf is without its entry, no entry without its leaf, and nothing waits.
async fn assert_entries_are_leaves(app: &App) {
    let db = app.db.reader();
    assert_eq!(audit_pending::Entity::find().count(db).await.unwrap(), 0);
    let entries = audit_entry::Entity::find().all(db).await.unwrap().into_iter().map(|row| row.seq);
    let leaves = audit_leaf::Entity::find().all(db).await.unwrap();
    let indices: BTreeSet<i64> = leaves.iter().map(|leaf| leaf.index).collect();
    assert_eq!(indices, (0..i64::try_from(leaves.len()).unwrap()).collect(), "dense from 0");
    let count = leaves.len();
    let sealed: BTreeSet<i64> = leaves.into_iter().map(|leaf| leaf.seq).collect();
    assert_eq!(sealed.len(), count, "no entry has two leaves");
    assert_eq!(entries.collect::<BTreeSet<i64>>(), sealed);
    let report = verify_log(app, &[]).await.unwrap();
    assert_eq!((report.findings, report.more, report.waiting), (Vec::new(), 0, 0));
    assert!(report.checkpoints.0 > 1, "the nodes had signed {} heads", report.checkpoints.0);
}

/// What was answered is there, and nothing is there twice.
async fn assert_made_once(app: &App, answered: &BTreeSet<String>) {
    let ours = port::Column::NameEn.like("Port %-%");
    let mut made: BTreeMap<String, u32> = BTreeMap::new();
    for row in port::Entity::find().filter(ours).all(app.db.reader()).await.unwrap() {
        *made.entry(row.name_en).or_default() += 1;
    }
    assert!(made.values().all(|count| *count == 1), "{made:?}");
    assert!(answered.iter().all(|name| made.contains_key(name)), "an answered registration is lost");
}

fn verify_as_an_operator(url: &str, data_dir: &Path) {
    let said = Command::new(env!("CARGO_BIN_EXE_ballast"))
        .args(["audit", "verify", "--database-url", url, "--data-dir"])
        .arg(data_dir)
        .env_clear()
        .output()
        .unwrap();
    let out = String::from_utf8_lossy(&said.stdout);
    assert!(said.status.success() && out.contains("Everything is as it was written"), "{out}");
}
