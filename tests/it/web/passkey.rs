//! Passkeys, with a device of the tests' own that can be made to lie.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use poem::http::header::SET_COOKIE;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::harness::{Answer, Identity, PASSWORD, PUBLIC_URL, TestApp};
use crate::web::encoded;

const REGISTER: &str = "/account/second-factor/passkeys";
const ENTER: &str = "/sign-in/passkey";
/// Somebody is there, and they are who they should be.
const VERIFIED: u8 = 0b0000_0101;
/// Somebody is there.
const PRESENT: u8 = 0b0000_0001;

/// A device that keeps one key.
#[derive(Clone)]
struct Device {
    key: SigningKey,
    id: Vec<u8>,
    /// Whose key it is, as it was told.
    owner: String,
    counter: u32,
    flags: u8,
    origin: String,
}

impl Device {
    fn new(seed: u8) -> Self {
        Self {
            key: SigningKey::from_slice(&[seed; 32]).unwrap(),
            id: vec![seed; 16],
            owner: String::new(),
            counter: 7,
            flags: VERIFIED,
            origin: PUBLIC_URL.to_owned(),
        }
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> Vec<u8> {
        let said =
            json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false });
        said.to_string().into_bytes()
    }

    fn authenticator_data(&self, rp: &str, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(rp.as_bytes()).to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// The answer to a question for a new key.
    fn create(&mut self, options: &Value) -> String {
        self.owner = options["user"]["id"].as_str().unwrap().to_owned();
        let attested = 0b0100_0000;
        let mut data = self.authenticator_data(options["rp"]["id"].as_str().unwrap(), self.flags | attested);
        data.extend([0; 16]);
        data.extend([0, 16]);
        data.extend(&self.id);
        let point = self.key.verifying_key().to_sec1_point(false);
        // COSE: EC2, ES256, P-256, x, y.
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(point.x().unwrap());
        data.extend([0x22, 0x58, 0x20]);
        data.extend(point.y().unwrap());
        // CBOR: fmt none, attStmt empty, authData.
        let mut object = vec![0xa3];
        object.extend(b"\x63fmt\x64none\x67attStmt\xa0\x68authData\x58");
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(&data);
        let client = self.client_data("webauthn.create", &options["challenge"]);
        self.said(&json!({
            "attestationObject": URL_SAFE_NO_PAD.encode(object),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
        }))
    }

    /// The answer to a question of the sign-in page.
    fn get(&mut self, options: &Value) -> String {
        self.counter += 1;
        let data = self.authenticator_data(options["rpId"].as_str().unwrap(), self.flags);
        let client = self.client_data("webauthn.get", &options["challenge"]);
        let signed = [data.clone(), Sha256::digest(&client).to_vec()].concat();
        let signature: Signature = self.key.sign(&signed);
        self.said(&json!({
            "authenticatorData": URL_SAFE_NO_PAD.encode(data),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
            "signature": URL_SAFE_NO_PAD.encode(signature.to_der().as_bytes()),
            "userHandle": self.owner,
        }))
    }

    fn said(&self, response: &Value) -> String {
        let id = URL_SAFE_NO_PAD.encode(&self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response }).to_string()
    }
}

/// The question and its options.
fn question(answer: Answer) -> (String, Value) {
    let asked = answer.expect_status(200).json();
    let options = serde_json::from_str(asked["options"].as_str().unwrap()).unwrap();
    (asked["id"].as_str().unwrap().to_owned(), options)
}

/// A form token of somebody, also of who has to set up a second factor.
async fn form_token(who: &Identity<'_>) -> String {
    let page = who.page("/account/second-factor").await.expect_status(200).text();
    page.split_once("name=\"csrf\" value=\"").unwrap().1.split_once('"').unwrap().0.to_owned()
}

async fn keep(who: &Identity<'_>, challenge: &str, credential: &str) -> Answer {
    let csrf = form_token(who).await;
    let fields = format!("csrf={csrf}&name=Phone&challenge={challenge}&credential={}", encoded(credential));
    who.submit(REGISTER, &[], &fields).await
}

async fn ask_new(who: &Identity<'_>) -> (String, Value) {
    let csrf = form_token(who).await;
    question(who.submit(&format!("{REGISTER}/challenge"), &[], &format!("csrf={csrf}")).await)
}

/// A device of somebody, registered.
async fn registered(who: &Identity<'_>, seed: u8) -> Device {
    let mut device = Device::new(seed);
    let (challenge, options) = ask_new(who).await;
    let answer = keep(who, &challenge, &device.create(&options)).await;
    assert!(matches!(answer.status.as_u16(), 201 | 303), "{}", answer.text());
    device
}

async fn ask(app: &TestApp) -> (String, Value) {
    question(app.nobody().submit(&format!("{ENTER}/challenge"), &[], "").await)
}

async fn enter(app: &TestApp, challenge: &str, credential: &str) -> Answer {
    let fields = format!("challenge={challenge}&credential={}&next=%2Fvacancies", encoded(credential));
    app.nobody().submit(ENTER, &[], &fields).await
}

/// Signs in with a device, from question to answer.
async fn sign_in(app: &TestApp, device: &mut Device) -> Answer {
    let (challenge, options) = ask(app).await;
    enter(app, &challenge, &device.get(&options)).await
}

fn session(answer: &Answer) -> Option<String> {
    let all = answer.headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().unwrap());
    let mut own = all.filter_map(|cookie| cookie.strip_prefix("ballast_session="));
    own.next().map(|rest| rest.split(';').next().unwrap().to_owned())
}

/// Panics unless nobody was let in, told as one tells everybody.
fn refused(answer: Answer) {
    let answer = answer.expect_status(401);
    assert!(session(&answer).is_none() && answer.text().contains("name=\"password\""));
}

#[tokio::test]
async fn a_passkey_signs_in_by_itself_and_counts_as_both_factors() {
    let app = TestApp::start_strict().await;
    let official = app.official();
    let (challenge, options) = ask_new(&official).await;
    assert_eq!(options["rp"]["id"], "ballast.example");
    let selection = &options["authenticatorSelection"];
    assert_eq!(
        (&selection["residentKey"], &selection["userVerification"]),
        (&json!("required"), &json!("required"))
    );
    let mut device = Device::new(1);
    let made = keep(&official, &challenge, &device.create(&options)).await.expect_status(201).text();
    assert_eq!(made.matches("<li class=\"code\">").count(), 10, "recovery codes come with the first factor");
    assert!(made.contains("Phone"));
    let answer = sign_in(&app, &mut device).await.expect_status(303);
    assert_eq!(answer.header("location"), "/vacancies");
    let signed_in = app.nobody().with_cookie(&session(&answer).unwrap());
    signed_in.page("/vacancies").await.expect_status(200);
    // A password alone is half by now.
    let fields = format!("login=home.labour_official&password={}", encoded(PASSWORD));
    let half = app.nobody().submit("/sign-in", &[], &fields).await.expect_status(303);
    assert!(half.header("location").starts_with("/sign-in/second-factor"));
    // A second one, by a name of its own; the device that has one is told not to make another.
    let (challenge, options) = ask_new(&signed_in).await;
    assert_eq!(options["excludeCredentials"].as_array().unwrap().len(), 1);
    let mut second = Device::new(2);
    keep(&signed_in, &challenge, &second.create(&options)).await.expect_status(303);
    sign_in(&app, &mut second).await.expect_status(303);
    sign_in(&app, &mut device).await.expect_status(303);
}

#[tokio::test]
async fn what_does_not_fit_lets_nobody_in() {
    let app = TestApp::start_strict().await;
    let mut device = registered(&app.official(), 1).await;
    sign_in(&app, &mut device).await.expect_status(303);

    let mut elsewhere = Device { origin: "https://ballast.example.evil".to_owned(), ..device.clone() };
    refused(sign_in(&app, &mut elsewhere).await);
    let mut unverified = Device { flags: PRESENT, ..device.clone() };
    refused(sign_in(&app, &mut unverified).await);
    let mut back = Device { counter: 2, ..device.clone() };
    refused(sign_in(&app, &mut back).await);
    let mut copied = Device { counter: device.counter - 1, ..device.clone() };
    refused(sign_in(&app, &mut copied).await);
    let mut foreign = Device { key: Device::new(9).key, ..device.clone() };
    refused(sign_in(&app, &mut foreign).await);
    let mut unknown = Device { owner: device.owner.clone(), ..Device::new(9) };
    refused(sign_in(&app, &mut unknown).await);
    let mut anothers = Device { owner: registered(&app.administrator(), 3).await.owner, ..device.clone() };
    refused(sign_in(&app, &mut anothers).await);

    // An answer is good once, to its own question, for five minutes.
    let (challenge, options) = ask(&app).await;
    let answer = device.get(&options);
    enter(&app, &challenge, &answer).await.expect_status(303);
    refused(enter(&app, &challenge, &answer).await);
    let (other, _) = ask(&app).await;
    refused(enter(&app, &other, &answer).await);
    let (challenge, options) = ask(&app).await;
    let (late, soon) = (app.strict(Duration::seconds(300)).await, app.strict(Duration::seconds(299)).await);
    refused(enter(&late, &challenge, &device.get(&options)).await);
    let (challenge, options) = ask(&app).await;
    enter(&soon, &challenge, &device.get(&options)).await.expect_status(303);
    refused(enter(&app, "00000000-0000-4000-8000-00000000ffff", "{}").await);
}

#[tokio::test]
async fn a_key_is_kept_only_for_whom_it_was_asked_for_at_our_address_and_verified() {
    let app = TestApp::start_strict().await;
    let official = app.official();
    let refused = async |who: &Identity<'_>, challenge: &str, credential: &str| {
        let answer = keep(who, challenge, credential).await.expect_status(422);
        assert!(!answer.text().contains("<td>Phone"), "{}", answer.text());
    };
    let mut elsewhere = Device { origin: "https://evil.example".to_owned(), ..Device::new(1) };
    let (challenge, options) = ask_new(&official).await;
    refused(&official, &challenge, &elsewhere.create(&options)).await;
    let mut unverified = Device { flags: PRESENT, ..Device::new(1) };
    let (challenge, options) = ask_new(&official).await;
    refused(&official, &challenge, &unverified.create(&options)).await;
    let (challenge, options) = ask_new(&app.administrator()).await;
    refused(&official, &challenge, &Device::new(1).create(&options)).await;
    let (challenge, options) = ask(&app).await;
    let mut made = Device::new(1);
    let asked = json!({ "rp": { "id": "ballast.example" }, "user": { "id": "AA" }, "challenge": options["challenge"] });
    refused(&official, &challenge, &made.create(&asked)).await;
    refused(&official, &challenge, "no JSON").await;
    // A key that is somebody's already is nobody else's.
    registered(&official, 1).await;
    let (challenge, options) = ask_new(&app.administrator()).await;
    keep(&app.administrator(), &challenge, &Device::new(1).create(&options)).await.expect_status(409);
}

#[tokio::test]
async fn one_removes_ones_own_passkeys_and_nobody_elses() {
    let app = TestApp::start_strict().await;
    let (factory, school) = (app.factory(), app.school());
    let mut device = registered(&factory, 1).await;
    let page = factory.page("/account/second-factor?lang=en").await.expect_status(200).text();
    let path = page.split_once("action=\"/account/second-factor/passkeys/").unwrap().1;
    let path = format!("{REGISTER}/{}", path.split_once('"').unwrap().0);
    let foreign = format!("csrf={}", form_token(&school).await);
    school.submit(&path, &[], &foreign).await.expect_status(404);
    let own = format!("csrf={}", form_token(&factory).await);
    factory.submit(&path, &[], &own).await.expect_status(303);
    refused(sign_in(&app, &mut device).await);
    // It was the last second factor: the recovery codes went with it, and the password is enough again.
    let fields = format!("login=home.factory_hr&password={}", encoded(PASSWORD));
    let whole = app.nobody().submit("/sign-in", &[], &fields).await.expect_status(303);
    assert!(session(&whole).is_some());
}

#[tokio::test]
async fn without_an_address_of_its_own_nobody_is_offered_a_passkey() {
    let app = TestApp::start().await;
    let page = app.factory().page("/account/second-factor").await.expect_status(200).text();
    assert!(!page.contains("data-passkey") && !page.contains("<script"), "{page}");
    app.nobody().submit(&format!("{ENTER}/challenge"), &[], "").await.expect_status(409);
    let with = TestApp::start_strict().await;
    let page = with.nobody().page("/sign-in").await.expect_status(200).text();
    assert!(page.contains("data-passkey=\"get\"") && page.contains("hidden"), "{page}");
    assert!(page.contains("<script src=\"/assets/passkey.js?v="), "{page}");
}
