//! An issuer of OpenID Connect of the tests' own, on this machine, that can be made to lie.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::harness::{OPEN_ID_SECRET, now};

/// What we are called there.
pub const CLIENT: &str = "ballast";

/// How a token is signed.
#[derive(Clone)]
pub enum Signed {
    /// By the key that the issuer publishes (ES256).
    ByItsKey,
    /// By another one that calls itself the same.
    ByAnother,
    /// Not at all, and saying so.
    Not,
    /// By a secret (HS256).
    BySecret(Vec<u8>),
}

/// What the issuer gives for a code, once.
struct Granted {
    token: String,
    challenge: String,
}

/// What it knows.
struct Known {
    url: String,
    key: SigningKey,
    kid: String,
    /// Who it says it is.
    calls_itself: String,
    codes: BTreeMap<String, Granted>,
    /// The paths that it was asked for.
    asked: Vec<String>,
    /// What stands in the metadata besides.
    besides: Value,
}

/// The issuer; it ends with this.
pub struct Issuer {
    /// Its address.
    pub url: String,
    known: Arc<Mutex<Known>>,
    _serving: JoinSet<()>,
}

impl Issuer {
    /// One that listens.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let known = Arc::new(Mutex::new(Known {
            calls_itself: url.clone(),
            url: url.clone(),
            key: SigningKey::from_slice(&[3; 32]).unwrap(),
            kid: "one".to_owned(),
            codes: BTreeMap::new(),
            asked: Vec::new(),
            besides: json!({}),
        }));
        let (mut serving, served) = (JoinSet::new(), known.clone());
        serving.spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                answer(stream, &served).await;
            }
        });
        Self { url, known, _serving: serving }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap()
    }

    /// From now on it signs by another key.
    pub fn change_key(&self, seed: u8, kid: &str) {
        let mut known = self.known();
        known.key = SigningKey::from_slice(&[seed; 32]).unwrap();
        kid.clone_into(&mut known.kid);
    }

    /// From now on it says that it is another one.
    pub fn call_itself(&self, name: &str) {
        name.clone_into(&mut self.known().calls_itself);
    }

    /// From now on its metadata say this too.
    pub fn say(&self, besides: Value) {
        self.known().besides = besides;
    }

    /// The paths that it was asked for.
    pub fn asked(&self) -> Vec<String> {
        self.known().asked.clone()
    }

    /// The public half of its key, as it is published.
    pub fn public_key(&self) -> Vec<u8> {
        self.known().key.verifying_key().to_sec1_point(false).as_bytes().to_vec()
    }

    /// Lets somebody in who was sent with this address: gives the code and the state that they bring back. What the token
    /// says can be made otherwise.
    pub fn let_in(
        &self,
        sent_to: &str,
        subject: &str,
        signed: &Signed,
        otherwise: impl FnOnce(&mut Value),
    ) -> (String, String) {
        let asked = query(sent_to);
        assert_eq!((asked["response_type"].as_str(), asked["scope"].as_str()), ("code", "openid"));
        assert_eq!((asked["client_id"].as_str(), asked["code_challenge_method"].as_str()), (CLIENT, "S256"));
        let mut known = self.known();
        let at = now().timestamp();
        let mut claims = json!({
            "iss": known.url, "aud": CLIENT, "sub": subject, "nonce": asked["nonce"], "iat": at, "exp": at + 300,
        });
        otherwise(&mut claims);
        let token = known.token(&claims, signed);
        let code = format!("code-{}", known.codes.len());
        let challenge = asked["code_challenge"].clone();
        known.codes.insert(code.clone(), Granted { token, challenge });
        (code, asked["state"].clone())
    }
}

impl Known {
    fn token(&self, claims: &Value, signed: &Signed) -> String {
        let alg = match signed {
            Signed::ByItsKey | Signed::ByAnother => "ES256",
            Signed::Not => "none",
            Signed::BySecret(_) => "HS256",
        };
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let head = json!({ "alg": alg, "kid": self.kid, "typ": "JWT" });
        let said = format!("{}.{}", part(&head), part(claims));
        let by = |key: &SigningKey| {
            let signature: Signature = key.sign(said.as_bytes());
            signature.to_bytes().to_vec()
        };
        let signature = match signed {
            Signed::ByItsKey => by(&self.key),
            Signed::ByAnother => by(&SigningKey::from_slice(&[4; 32]).unwrap()),
            Signed::Not => Vec::new(),
            Signed::BySecret(secret) => {
                let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
                mac.update(said.as_bytes());
                mac.finalize().into_bytes().to_vec()
            }
        };
        format!("{said}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn metadata(&self) -> Value {
        let url = &self.url;
        let mut said = json!({
            "issuer": self.calls_itself,
            "authorization_endpoint": format!("{url}/authorize"),
            "token_endpoint": format!("{url}/token"),
            "jwks_uri": format!("{url}/keys"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        });
        for (name, value) in self.besides.as_object().unwrap() {
            said[name] = value.clone();
        }
        said
    }

    fn keys(&self) -> Value {
        let point = self.key.verifying_key().to_sec1_point(false);
        let coordinate = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
        json!({ "keys": [{
            "kty": "EC", "crv": "P-256", "use": "sig", "kid": self.kid,
            "x": coordinate(point.x().unwrap()), "y": coordinate(point.y().unwrap()),
        }] })
    }

    /// A token for a code, once, to us alone, from whoever asked for the code.
    fn grant(&mut self, head: &str, body: &str) -> Option<Value> {
        let sent = query(&format!("?{body}"));
        let by_header = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{OPEN_ID_SECRET}")));
        let by_header = head
            .lines()
            .any(|line| line.to_lowercase().starts_with("authorization:") && line.ends_with(&by_header));
        let by_form = sent.get("client_secret").is_some_and(|secret| secret == OPEN_ID_SECRET);
        let granted = self.codes.remove(sent.get("code")?)?;
        let digest = Sha256::digest(sent.get("code_verifier")?.as_bytes());
        let ours = (by_header || by_form) && URL_SAFE_NO_PAD.encode(digest) == granted.challenge;
        ours.then(|| json!({ "access_token": "x", "token_type": "Bearer", "id_token": granted.token }))
    }
}

async fn answer(mut stream: TcpStream, known: &Mutex<Known>) {
    let (mut read, mut buffer) = (Vec::new(), [0; 4096]);
    let (head, body) = loop {
        let came = stream.read(&mut buffer).await.unwrap_or(0);
        read.extend(&buffer[..came]);
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
            });
            if body.len() >= length.unwrap_or(0) {
                break (head.to_owned(), body.to_owned());
            }
        }
        if came == 0 {
            return;
        }
    };
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let (status, said) = {
        let mut known = known.lock().unwrap();
        known.asked.push(path.clone());
        match path.as_str() {
            "/.well-known/openid-configuration" => ("200 OK", known.metadata()),
            "/keys" => ("200 OK", known.keys()),
            "/token" => match known.grant(&head, &body) {
                Some(granted) => ("200 OK", granted),
                None => ("400 Bad Request", json!({ "error": "invalid_grant" })),
            },
            _ => ("404 Not Found", json!({})),
        }
    };
    let said = said.to_string();
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{said}",
        said.len()
    );
    let _ = stream.write_all(answer.as_bytes()).await;
}

/// The parameters of an address.
pub fn query(address: &str) -> BTreeMap<String, String> {
    let (_, query) = address.split_once('?').expect("an address with a query");
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap();
        (name.to_owned(), decoded(value))
    };
    query.split('&').map(pair).collect()
}

fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.bytes());
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            b'+' => b' ',
            other => other,
        });
    }
    String::from_utf8(bytes).unwrap()
}
