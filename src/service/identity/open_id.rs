//! OpenID Connect, as far as an issuer is asked something: where it is, who somebody is that comes back from it. Which
//! login that opens is said in `open_id_link`.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use ballast_domain::base::civil_time::Instant;
use ballast_domain::identity::open_id::LEEWAY_SECONDS;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreIdToken, CoreIdTokenVerifier,
    CoreJwsSigningAlgorithm, CoreProviderMetadata,
};
use openidconnect::url::Url;
use openidconnect::{
    AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, HttpRequest,
    HttpResponse, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError,
    TokenResponse as _,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::entity::identity::open_id_provider::Model;
use crate::outside::http_client::{FetchError, HttpClient, Reach};
use crate::outside::keys::hex;
use crate::service::{App, Error};

/// For how long what an issuer says of itself is remembered, in minutes.
const REMEMBERED_MINUTES: i64 = 10;
/// The most issuers that are remembered.
const ISSUERS_MAX: usize = 64;
/// The longest address of an issuer, and the longest name of an account there, in bytes.
pub(super) const ISSUER_BYTES_MAX: usize = 500;
const SUBJECT_BYTES_MAX: usize = 255;
/// How a token may be signed: by a key that its issuer publishes. Neither not at all nor by a secret that both sides know.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 8] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// An answer to come.
type Asking = Pin<Box<dyn Future<Output = Result<HttpResponse, FetchError>> + Send>>;

/// What asks issuers, and what they said lately.
#[derive(Debug)]
pub struct OpenId {
    http: HttpClient,
    reach: Reach,
    /// The address at which people open our pages, without a path; none where nobody could come back.
    origin: Option<String>,
    known: Mutex<BTreeMap<String, Known>>,
}

#[derive(Clone, Debug)]
struct Known {
    said: Arc<CoreProviderMetadata>,
    at: Instant,
}

impl OpenId {
    /// For the address at which people open our pages.
    #[must_use]
    pub fn new(public_url: Option<&str>, reach: Reach) -> Self {
        let origin =
            public_url.and_then(|url| Url::parse(url).ok()).map(|url| url.origin().ascii_serialization());
        Self { http: HttpClient::new(reach), reach, origin, known: Mutex::default() }
    }

    /// Whether people can come back from elsewhere.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        self.origin.is_some()
    }

    /// A page of ours as others see it.
    #[must_use]
    pub fn address(&self, path: &str) -> Option<String> {
        self.origin.as_deref().map(|origin| format!("{origin}{path}"))
    }

    /// Whether an address is one that people and we may be sent to: over TLS, or on this machine in development.
    pub(super) fn takes(&self, url: &Url) -> bool {
        let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let scheme =
            url.scheme() == "https" || (url.scheme() == "http" && here && self.reach == Reach::Private);
        scheme && url.host_str().is_some() && url.username().is_empty() && url.password().is_none()
    }

    /// What the library asks by. Each answer has a client of its own, and so borrows nothing.
    fn asking(&self) -> impl Fn(HttpRequest) -> Asking {
        let http = self.http.clone();
        move |request| {
            let http = http.clone();
            Box::pin(async move { http.send(request).await })
        }
    }

    fn remembered(&self, issuer: &str, now: Instant) -> Option<Known> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |known: &&Known| now - known.at < Duration::minutes(REMEMBERED_MINUTES);
        known.get(issuer).filter(fresh).cloned()
    }

    fn remember(&self, issuer: &str, said: Known) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= ISSUERS_MAX {
            known.clear();
        }
        known.insert(issuer.to_owned(), said);
    }
}

impl Default for OpenId {
    fn default() -> Self {
        Self::new(None, Reach::Public)
    }
}

/// What somebody takes along to an issuer and has to bring back.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Asked {
    /// What the issuer gives back as it is.
    pub(super) state: String,
    /// What its token has to have.
    nonce: String,
    /// What the code alone is worth nothing without (RFC 7636).
    verifier: String,
}

/// How an issuer's answer is read.
pub(super) struct Answered<'a> {
    /// What was taken along.
    pub(super) asked: Asked,
    /// The code that was brought back.
    pub(super) code: &'a str,
    /// The secret by which we are known there.
    pub(super) secret: String,
}

/// Where to send somebody to sign in, and what they take along.
///
/// # Errors
/// A refusal when the issuer does not answer as one does, and where nobody could come back.
pub(super) async fn ask(app: &App, provider: &Model) -> Result<(String, Asked), Error> {
    let random = || hex(&app.random.bytes::<32>());
    let (state, nonce, verifier) = (random(), random(), PkceCodeVerifier::new(random()));
    let asked = Asked { state: state.clone(), nonce: nonce.clone(), verifier: verifier.secret().clone() };
    let said = discover(app, &provider.issuer, false).await?;
    let client = CoreClient::from_provider_metadata(
        CoreProviderMetadata::clone(&said),
        ClientId::new(provider.client_id.clone()),
        None,
    );
    let (url, _, _) = client
        .set_redirect_uri(way_back(app, provider)?)
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            move || CsrfToken::new(state),
            move || Nonce::new(nonce),
        )
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .url();
    if !app.open_id.takes(&url) {
        tracing::warn!(issuer = provider.issuer, "an issuer sends people to an address that is not taken");
        return Err(silent());
    }
    Ok((url.to_string(), asked))
}

/// What the issuer calls whoever came back.
///
/// # Errors
/// [`Error::WrongCredentials`] for whatever does not fit, uniformly; a refusal when the issuer does not answer.
pub(super) async fn subject(app: &App, provider: &Model, answered: Answered<'_>) -> Result<String, Error> {
    let said = discover(app, &provider.issuer, false).await?;
    let client = CoreClient::from_provider_metadata(
        CoreProviderMetadata::clone(&said),
        ClientId::new(provider.client_id.clone()),
        Some(ClientSecret::new(answered.secret)),
    );
    let client = client.set_redirect_uri(way_back(app, provider)?).set_auth_type(manner(&said));
    let asking = app.open_id.asking();
    let exchange = client
        .exchange_code(AuthorizationCode::new(answered.code.to_owned()))
        .map_err(|error| unreadable(&provider.issuer, &error))?
        .set_pkce_verifier(PkceCodeVerifier::new(answered.asked.verifier));
    let tokens = exchange.request_async(&asking).await.map_err(|error| match error {
        RequestTokenError::Request(error) => unreadable(&provider.issuer, &error),
        error => {
            tracing::info!(issuer = provider.issuer, %error, "an issuer gives no token for a code");
            Error::WrongCredentials
        }
    })?;
    let token = tokens.id_token().ok_or(Error::WrongCredentials)?;
    let (nonce, now) = (Nonce::new(answered.asked.nonce), app.clock.now());
    let found = match judge(&said, provider, &nonce, token, now) {
        // Its keys may be others by now.
        Err(ClaimsVerificationError::SignatureVerification(_)) => {
            judge(&*discover(app, &provider.issuer, true).await?, provider, &nonce, token, now)
        }
        found => found,
    };
    found.map_err(|error| {
        tracing::info!(issuer = provider.issuer, %error, "a token is refused");
        Error::WrongCredentials
    })
}

/// Looks at a token by the rules of OpenID Connect Core 3.1.3.7: issuer, audience, signature, times and nonce are looked at
/// by the library, what it leaves to others here.
fn judge(
    said: &CoreProviderMetadata,
    provider: &Model,
    nonce: &Nonce,
    token: &CoreIdToken,
    now: Instant,
) -> Result<String, ClaimsVerificationError> {
    let leeway = Duration::seconds(LEEWAY_SECONDS);
    let too_early = || ClaimsVerificationError::Other("it does not hold yet".to_owned());
    // As a public client, for which no shared secret is a key.
    let verifier = CoreIdTokenVerifier::new_public_client(
        ClientId::new(provider.client_id.clone()),
        said.issuer().clone(),
        said.jwks().clone(),
    )
    .set_allowed_algs(ALGORITHMS)
    .set_time_fn(move || now - leeway)
    .set_issue_time_verifier_fn(move |issued| {
        if issued > now + leeway { Err("it was issued in the future".to_owned()) } else { Ok(()) }
    });
    let claims = token.claims(&verifier, nonce)?;
    if claims.authorized_party().is_some_and(|party| **party != provider.client_id) {
        return Err(ClaimsVerificationError::InvalidAudience("it is for another party".to_owned()));
    }
    let begins = match not_before(token) {
        None => None,
        Some(said) => Some(said.as_i64().ok_or_else(too_early)?),
    };
    if begins.is_some_and(|begins| begins > (now + leeway).timestamp()) {
        return Err(too_early());
    }
    let subject = claims.subject().as_str();
    if subject.is_empty() || subject.len() > SUBJECT_BYTES_MAX {
        return Err(ClaimsVerificationError::InvalidSubject("it is no name".to_owned()));
    }
    Ok(subject.to_owned())
}

/// What a token says of when it begins to hold, which OpenID Connect does not know and JSON Web Tokens do.
fn not_before(token: &CoreIdToken) -> Option<Value> {
    let whole = token.to_string();
    let claims = URL_SAFE_NO_PAD.decode(whole.split('.').nth(1)?).ok()?;
    serde_json::from_slice::<Value>(&claims).ok()?.get("nbf").cloned()
}

/// What an issuer says of itself, with its keys. `again` asks it even if it was asked lately.
async fn discover(app: &App, issuer: &str, again: bool) -> Result<Arc<CoreProviderMetadata>, Error> {
    let (own, now) = (&app.open_id, app.clock.now());
    if let Some(known) = own.remembered(issuer, now).filter(|_| !again) {
        return Ok(known.said);
    }
    let asking = own.asking();
    let url = IssuerUrl::new(issuer.to_owned()).map_err(|error| unreadable(issuer, &error))?;
    let said = CoreProviderMetadata::discover_async(url, &asking).await;
    let said = Arc::new(said.map_err(|error| unreadable(issuer, &error))?);
    own.remember(issuer, Known { said: said.clone(), at: now });
    Ok(said)
}

/// How we show the secret: in a header, or in the form where the issuer takes it only there.
fn manner(said: &CoreProviderMetadata) -> AuthType {
    let taken = said.token_endpoint_auth_methods_supported();
    let takes = |method| taken.is_some_and(|taken| taken.contains(&method));
    let form =
        takes(CoreClientAuthMethod::ClientSecretPost) && !takes(CoreClientAuthMethod::ClientSecretBasic);
    if form { AuthType::RequestBody } else { AuthType::BasicAuth }
}

/// Where people come back to, one address a provider: an answer of one is never taken for another's.
fn way_back(app: &App, provider: &Model) -> Result<RedirectUrl, Error> {
    let address = app.open_id.address(&answer_path(&provider.code));
    let address = address.ok_or_else(|| Error::refused("open_id_off"))?;
    RedirectUrl::new(address).map_err(|error| Error::Internal(error.to_string()))
}

/// The page to which people come back from a provider.
#[must_use]
pub fn answer_path(code: &str) -> String {
    format!("/sign-in/open-id/{code}/answer")
}

/// The host of an issuer, for people.
pub(super) fn host(issuer: &str) -> String {
    let host = Url::parse(issuer).ok().and_then(|url| url.host_str().map(str::to_owned));
    host.unwrap_or_else(|| issuer.to_owned())
}

fn unreadable(issuer: &str, error: &dyn std::error::Error) -> Error {
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    tracing::warn!(issuer, %error, cause, "an issuer does not answer as one does");
    silent()
}

fn silent() -> Error {
    Error::refused("open_id_silent")
}
