//! Real processes that serve one database, and tokens that are good at whatever time the real clock shows.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use ballast::entity::identity::api_token;
use ballast::outside::random::Random;
use ballast::service::identity::session::hash_token;
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
};
use serde_json::Value;

use super::app::write_keys;
use super::database::TestDatabase;
use super::identity::token as token_of;

/// One `ballast serve` with the keys of the town; killed when it goes.
pub struct Node {
    process: Child,
    address: String,
}

impl Node {
    /// Starts it and waits until it listens. Nobody is refused for asking too often.
    pub fn start(url: &str, folder: &Path) -> Self {
        write_keys(folder);
        let mut process = Command::new(env!("CARGO_BIN_EXE_ballast"))
            .args(["serve", "--listen", "127.0.0.1:0", "--database-url", url, "--data-dir"])
            .arg(folder)
            .env_clear()
            .env("BALLAST_REQUESTS_PER_MINUTE", "0")
            .env("BALLAST_ADDRESS_REQUESTS_PER_MINUTE", "0")
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

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Kills it as the kernel does when memory is short: nothing of it runs any more afterwards.
    pub fn kill(mut self) {
        let ended = self.process.try_wait().unwrap();
        assert!(ended.is_none(), "a node ended by itself: {ended:?}");
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

/// Sends something to make under a key for retries, and does not wait.
///
/// # Errors
/// What the system says, for example that nobody listens there any more.
pub fn post(address: &str, path: &str, token: &str, key: &str, body: &Value) -> std::io::Result<TcpStream> {
    let body = body.to_string();
    let (key, length) = (format!("Idempotency-Key: {key}"), body.len());
    let with = format!("{key}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}");
    send(address, &format!("POST {path}"), token, &with)
}

/// Asks for something, and does not wait.
///
/// # Errors
/// What the system says, for example that nobody listens there any more.
pub fn get(address: &str, path: &str, token: &str) -> std::io::Result<TcpStream> {
    send(address, &format!("GET {path}"), token, "\r\n")
}

fn send(address: &str, request: &str, token: &str, rest: &str) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    let head = format!(
        "{request} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nConnection: close"
    );
    stream.write_all(format!("{head}\r\n{rest}").as_bytes())?;
    Ok(stream)
}

/// What came before the connection ended or broke.
pub fn heard(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    // A connection that breaks has said what it said.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// Gives somebody of the town, for example `home.administrator`, a token that does not expire while the test runs.
pub async fn admit(database: &TestDatabase, somebody: &str) -> String {
    let owner = database.owner().await;
    let fresh = token_of(&format!("lasting {somebody}"));
    let known = api_token::Column::TokenHash.eq(hash_token(&token_of(somebody)));
    let row = api_token::Entity::find().filter(known).one(&owner).await.unwrap().unwrap();
    let expires_at: DateTime<Utc> = "2999-01-01T00:00:00Z".parse().unwrap();
    let mine = api_token::Model {
        id: Random::System.secret_id(),
        token_hash: hash_token(&fresh),
        expires_at,
        ..row
    };
    mine.into_active_model().reset_all().insert(&owner).await.unwrap();
    owner.close().await.unwrap();
    fresh
}
