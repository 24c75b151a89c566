//! A node that dies in the middle of a request. Two real processes serve one database; the first is killed again
//! and again, at every moment between the request and its answer, and the second is asked the same once more.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use ballast::entity::identity::api_token;
use ballast::entity::organisation::port;
use ballast::service::identity::session::hash_token;
use ballast::store::Db;
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _,
    QueryFilter as _,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Template, TestDatabase, Town, token_of, write_keys};

/// A token that is good at whatever time the real clock shows.
const TOKEN: &str = "blst_00000000000000000000000000000000000000000000000000000000000000c4";

/// One `ballast serve`; killed when it goes.
struct Node {
    process: Child,
    address: String,
}

impl Node {
    fn start(url: &str, folder: &Path) -> Self {
        write_keys(folder);
        let mut process = Command::new(env!("CARGO_BIN_EXE_ballast"))
            .args(["serve", "--listen", "127.0.0.1:0", "--database-url", url, "--data-dir"])
            .arg(folder)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().trim_start_matches("http://").trim_end_matches('/').to_owned();
        assert!(address.starts_with("127.0.0.1:"), "a node serves: {line:?}");
        Self { process, address }
    }

    /// Sends a port to register, and does not wait.
    fn send(&self, key: &str, body: &Value) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let body = body.to_string();
        let request = format!(
            "POST /api/v1/ports HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {TOKEN}\r\nIdempotency-Key: {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            body.len(),
        );
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }

    /// Kills it as the kernel does when memory is short: nothing of it runs any more afterwards.
    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What came before the connection broke.
fn heard(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    // A connection that breaks has said what it said.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// A token of the administrator that does not expire while the test runs.
async fn admit(database: &TestDatabase) {
    let owner = database.owner().await;
    let known = api_token::Column::TokenHash.eq(hash_token(&token_of("home.administrator")));
    let row = api_token::Entity::find().filter(known).one(&owner).await.unwrap().unwrap();
    let expires_at: DateTime<Utc> = "2999-01-01T00:00:00Z".parse().unwrap();
    let mine = api_token::Model { id: Uuid::from_u128(7), token_hash: hash_token(TOKEN), expires_at, ..row };
    mine.into_active_model().reset_all().insert(&owner).await.unwrap();
    owner.close().await.unwrap();
}

async fn ports(db: &Db, name: &str) -> u64 {
    port::Entity::find().filter(port::Column::NameEn.eq(name)).count(db.reader()).await.unwrap()
}

/// When the first node dies: after so many looks into the database, or when a look shows the port.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Death {
    AfterLooks(u32),
    AtCommit,
}

#[tokio::test]
async fn a_request_that_is_cut_off_by_a_crash_is_carried_out_once_by_the_node_that_is_asked_again() {
    let database = TestDatabase::create(Template::Town).await;
    admit(&database).await;
    let db = database.open(None).await;
    let bureau = Town::find(db.reader()).await.home.bureau;
    let folder = tempfile::tempdir().unwrap();
    let (url, mortal) = (database.url(), folder.path().join("mortal"));
    let survivor = Node::start(&url, &folder.path().join("survivor"));
    let deaths = (0..14).map(|n| Death::AfterLooks(n * n)).chain([Death::AtCommit; 10]);
    let (mut died, mut unheard) = (0, 0);
    for (n, death) in deaths.enumerate() {
        let (name, key) = (format!("Port {n}"), format!("key-{n:08}"));
        let body = json!({ "name_zh": name, "name_en": name, "region": "219001", "bureau_id": bureau.0 });
        let node = Node::start(&url, &mortal);
        let stream = node.send(&key, &body);
        match death {
            Death::AfterLooks(looks) => {
                for _ in 0..looks {
                    ports(&db, &name).await;
                }
            }
            Death::AtCommit => while ports(&db, &name).await == 0 {},
        }
        node.kill();
        died += 1;
        let (committed, first) = (ports(&db, &name).await, heard(stream));
        if death == Death::AtCommit {
            assert_eq!(committed, 1, "it was there before the node died");
        }

        let again = heard(survivor.send(&key, &body));
        assert!(again.starts_with("HTTP/1.1 201"), "{again}");
        assert_eq!(ports(&db, &name).await, 1, "round {n}: {first:?}");
        let replayed = again.to_ascii_lowercase().contains("idempotency-replayed: true");
        // A server of its own may still carry out a COMMIT that the dead node sent: then too it is a replay.
        assert!(replayed || committed == 0, "round {n}: {again}");
        let bytes = |answer: &str| answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned());
        if first.is_empty() && committed == 1 {
            unheard += 1;
        } else if !first.is_empty() {
            assert_eq!(bytes(&first), bytes(&again), "round {n}");
        }
    }
    assert!(died >= 20, "{died} deaths");
    assert!(unheard > 0, "in no round was the effect there and its answer lost");
}
