//! The key under which a client may send a request again (the IETF draft "The Idempotency-Key HTTP Header
//! Field"): read from a request whose body is known, handed on with the caller's context.

use std::sync::Arc;

use poem::Request;
use poem::http::Method;
use sha2::{Digest as _, Sha256};

use super::problem::Problem;
use crate::service::Retry;

/// The header of the request.
pub const KEY_HEADER: &str = "Idempotency-Key";
/// The header of an answer that tells what an earlier request made.
pub const REPLAYED_HEADER: &str = "Idempotency-Replayed";

/// The shortest and the longest key, in bytes.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 8..=128;

/// What the middleware found out while the body passed by.
#[derive(Clone, Debug)]
enum Found {
    Retry(Arc<Retry>),
    NoKey,
}

/// Notes the key of a request, if it is one that has an effect of its own each time. Only then the body is
/// hashed.
pub fn note(request: &mut Request, body: &[u8]) {
    if *request.method() != Method::POST || !request.headers().contains_key(KEY_HEADER) {
        return;
    }
    let found = key(request).map_or(Found::NoKey, |key| {
        let operation = format!("{} {}", request.method(), request.uri().path());
        let query = request.uri().query().unwrap_or_default();
        let fingerprint = fingerprint(&[operation.as_bytes(), query.as_bytes(), body]);
        let key_hash = Sha256::digest(key.as_bytes()).into();
        Found::Retry(Arc::new(Retry { key_hash, fingerprint, operation }))
    });
    request.extensions_mut().insert(found);
}

/// The one key of a request: visible ASCII characters, of a sensible length, taken as they are.
fn key(request: &Request) -> Option<&str> {
    let mut all = request.headers().get_all(KEY_HEADER).iter();
    let key = all.next()?.to_str().ok()?;
    let fits = KEY_BYTES.contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    (fits && all.next().is_none()).then_some(key)
}

/// SHA-256 of the parts, each with its length before it, so that none can reach into the next.
fn fingerprint(parts: &[&[u8]]) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

/// The key that was noted.
///
/// # Errors
/// A problem when what came is no key.
pub fn retry(request: &Request) -> poem::Result<Option<Arc<Retry>>> {
    match request.extensions().get::<Found>() {
        None => Ok(None),
        Some(Found::Retry(retry)) => Ok(Some(retry.clone())),
        Some(Found::NoKey) => Err(Problem::bad_header(KEY_HEADER, "bad_idempotency_key").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(key: &str, body: &[u8]) -> Option<Arc<Retry>> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri_str("/api/v1/ports?x=1")
            .header(KEY_HEADER, key)
            .finish();
        note(&mut request, body);
        retry(&request).ok().flatten()
    }

    #[test]
    fn a_key_has_8_to_128_visible_ascii_characters() {
        for good in ["12345678", "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", &"k".repeat(128)] {
            assert!(noted(good, b"").is_some(), "{good}");
        }
        for bad in ["", "1234567", "1234 5678", "schlüssel-1", &"k".repeat(129)] {
            assert!(noted(bad, b"").is_none(), "{bad}");
        }
    }

    #[test]
    fn another_body_has_another_fingerprint_under_the_same_key() {
        let (one, two) = (noted("12345678", b"a").unwrap(), noted("12345678", b"b").unwrap());
        assert_eq!(one.key_hash, two.key_hash);
        assert_ne!(one.fingerprint, two.fingerprint);
        assert_ne!(fingerprint(&[b"ab", b"c"]), fingerprint(&[b"a", b"bc"]));
    }

    #[test]
    fn what_only_reads_has_no_key() {
        let mut request = Request::builder().header(KEY_HEADER, "12345678").finish();
        note(&mut request, b"");
        assert!(retry(&request).unwrap().is_none());
    }
}
