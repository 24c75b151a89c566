//! A permit's card and the list of those that do not hold, as signed texts that are checked without a network: JSON
//! Web Signatures in compact form (RFC 7515), with Ed25519 (RFC 8037), over JSON Web Tokens (RFC 7519). `nbf` and
//! `exp` are the beginning of the first day and of the day after the last one in Asia/Shanghai.
//!
//! The keys are a file of their own, one JSON object a key: `{"kid", "x", "from", "until"}`, as the issuer publishes it.

use ballast_domain::base::civil_time::{Instant, shanghai_date};
use ballast_domain::permit::card::{Card, Key, LISTED_BYTES, LISTED_MAX, StatusList};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, Duration, Utc};
use ed25519_dalek::{Signature, VerifyingKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The longest text of a card: what a QR code of this size can hold is more than twice as long.
pub const CARD_BYTES_MAX: usize = 1200;
/// The longest list.
pub const LIST_BYTES_MAX: usize = LISTED_MAX * LISTED_BYTES * 2 + 1024;
/// The longest file of keys.
pub const KEYS_BYTES_MAX: usize = 64 * 1024;
/// The media type of a card in its header.
const CARD: &str = "permit-card+jwt";
/// The media type of a list in its header.
const LIST: &str = "permit-status+jwt";

/// Why a text is no card, no list or no file of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It is longer than any that is made.
    #[error("it is too long")]
    TooLong,
    /// It has not the form.
    #[error("it has not the form")]
    Malformed,
    /// It is signed in another way than these are.
    #[error("it is signed in an unknown way")]
    OtherAlgorithm,
}

/// A text whose form is right, and the key that its signature holds by, if it holds by one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed<'k, T> {
    /// What it says.
    pub content: T,
    /// None where no key of that name signed exactly this.
    pub key: Option<&'k Key>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    kid: String,
    typ: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct CardClaims {
    jti: Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
    reference: String,
    name: String,
    employer: String,
    post: String,
    area: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct ListClaims {
    iat: i64,
    exp: i64,
    /// Names of [`LISTED_BYTES`] bytes each, sorted, one after the other.
    stopped: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct KeyClaims {
    kid: String,
    x: String,
    from: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<DateTime<Utc>>,
}

/// The text of a card. `sign` gives the Ed25519 signature of what it is given.
#[must_use]
pub fn write_card(card: &Card, key_id: &str, sign: impl FnOnce(&[u8]) -> [u8; 64]) -> String {
    let claims = CardClaims {
        jti: card.version,
        iat: card.issued_at.timestamp(),
        nbf: card.begins().timestamp(),
        exp: card.ends_before().timestamp(),
        reference: card.reference.clone(),
        name: card.holder.clone(),
        employer: card.employer.clone(),
        post: card.post.clone(),
        area: card.area.clone(),
    };
    write(CARD, key_id, &claims, sign)
}

/// The text of a list.
#[must_use]
pub fn write_list(list: &StatusList, key_id: &str, sign: impl FnOnce(&[u8]) -> [u8; 64]) -> String {
    let claims = ListClaims {
        iat: list.issued_at.timestamp(),
        exp: list.stale_from.timestamp(),
        stopped: BASE64.encode(list.stopped().concat()),
    };
    write(LIST, key_id, &claims, sign)
}

fn write<T: Serialize>(typ: &str, key_id: &str, claims: &T, sign: impl FnOnce(&[u8]) -> [u8; 64]) -> String {
    let header = Header { alg: "EdDSA".to_owned(), kid: key_id.to_owned(), typ: typ.to_owned() };
    // Both are structures of strings and numbers: they have a JSON form.
    let part = |json: Result<Vec<u8>, serde_json::Error>| BASE64.encode(json.unwrap_or_default());
    let text = format!("{}.{}", part(serde_json::to_vec(&header)), part(serde_json::to_vec(claims)));
    let signature = BASE64.encode(sign(text.as_bytes()));
    format!("{text}.{signature}")
}

/// Reads a card and looks for the key that signed it.
///
/// # Errors
/// [`Problem`] for what is no card at all. A card whose signature does not hold is one, without a key.
pub fn read_card<'k>(text: &str, keys: &'k [Key]) -> Result<Signed<'k, Card>, Problem> {
    let Signed { content: claims, key } = read::<CardClaims>(text, CARD, CARD_BYTES_MAX, keys)?;
    let (begins, ends_before) = (instant(claims.nbf)?, instant(claims.exp)?);
    let card = Card {
        version: claims.jti,
        reference: claims.reference,
        holder: claims.name,
        employer: claims.employer,
        post: claims.post,
        area: claims.area,
        starts_on: shanghai_date(begins),
        ends_on: shanghai_date(ends_before - Duration::days(1)),
        issued_at: instant(claims.iat)?,
    };
    let whole_days = card.begins() == begins && card.ends_before() == ends_before && begins < ends_before;
    if whole_days { Ok(Signed { content: card, key }) } else { Err(Problem::Malformed) }
}

/// Reads a list and looks for the key that signed it.
///
/// # Errors
/// As [`read_card`].
pub fn read_list<'k>(text: &str, keys: &'k [Key]) -> Result<Signed<'k, StatusList>, Problem> {
    let Signed { content: claims, key } = read::<ListClaims>(text, LIST, LIST_BYTES_MAX, keys)?;
    let bytes = BASE64.decode(claims.stopped).ok().ok_or(Problem::Malformed)?;
    let (names, rest) = bytes.as_chunks::<LISTED_BYTES>();
    let sorted = names.is_sorted_by(|a, b| a < b);
    if !rest.is_empty() || !sorted || names.len() > LISTED_MAX {
        return Err(Problem::Malformed);
    }
    let list = StatusList::new(instant(claims.iat)?, instant(claims.exp)?, names.to_vec());
    Ok(Signed { content: list, key })
}

fn read<'k, T: DeserializeOwned>(
    text: &str,
    typ: &str,
    bytes_max: usize,
    keys: &'k [Key],
) -> Result<Signed<'k, T>, Problem> {
    if text.len() > bytes_max {
        return Err(Problem::TooLong);
    }
    let text = text.trim();
    let (signed, signature) = text.rsplit_once('.').ok_or(Problem::Malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(Problem::Malformed)?;
    let header: Header = part(header)?;
    if header.alg != "EdDSA" || header.typ != typ {
        return Err(Problem::OtherAlgorithm);
    }
    let content = part(claims)?;
    let signature = BASE64.decode(signature).ok().ok_or(Problem::Malformed)?;
    let signature = Signature::from_slice(&signature).ok().ok_or(Problem::Malformed)?;
    let holds = |key: &&Key| {
        let public = VerifyingKey::from_bytes(&key.public);
        key.id == header.kid
            && public.is_ok_and(|public| public.verify_strict(signed.as_bytes(), &signature).is_ok())
    };
    Ok(Signed { content, key: keys.iter().find(holds) })
}

fn part<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let bytes = BASE64.decode(text).ok().ok_or(Problem::Malformed)?;
    serde_json::from_slice(&bytes).ok().ok_or(Problem::Malformed)
}

fn instant(seconds: i64) -> Result<Instant, Problem> {
    DateTime::from_timestamp(seconds, 0).ok_or(Problem::Malformed)
}

/// The file of keys.
#[must_use]
pub fn write_keys(keys: &[Key]) -> String {
    let line = |key: &Key| {
        let claims =
            KeyClaims { kid: key.id.clone(), x: BASE64.encode(key.public), from: key.from, until: key.until };
        serde_json::to_string(&claims).unwrap_or_default() + "\n"
    };
    keys.iter().map(line).collect()
}

/// Reads a file of keys.
///
/// # Errors
/// [`Problem`]; also where it holds no key.
pub fn read_keys(text: &str) -> Result<Vec<Key>, Problem> {
    if text.len() > KEYS_BYTES_MAX {
        return Err(Problem::TooLong);
    }
    let key = |line: &str| {
        let KeyClaims { kid, x, from, until } = serde_json::from_str(line).ok().ok_or(Problem::Malformed)?;
        let public = BASE64.decode(x).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        Ok(Key { id: kid, public: public.ok_or(Problem::Malformed)?, from, until })
    };
    let keys = text.lines().filter(|line| !line.trim().is_empty()).map(key).collect::<Result<Vec<_>, _>>()?;
    if keys.is_empty() { Err(Problem::Malformed) } else { Ok(keys) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_domain::base::civil_time::CivilDate;
    use ballast_domain::permit::card::{Verdict, judge, listed};
    use chrono::TimeZone as _;
    use ed25519_dalek::{Signer as _, SigningKey};

    fn at(day: u32) -> Instant {
        Utc.with_ymd_and_hms(2026, 12, day, 0, 0, 0).unwrap()
    }

    fn signer(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn key(id: &str, seed: u8) -> Key {
        let public = signer(seed).verifying_key().to_bytes();
        Key { id: id.to_owned(), public, from: at(1), until: None }
    }

    fn card() -> Card {
        let day = |d| CivilDate::from_ymd_opt(2026, 12, d).unwrap();
        Card {
            version: Uuid::from_u128(7),
            reference: "LJ-P-2026-03187".to_owned(),
            holder: "阮氏花 NGUYEN THI HOA".to_owned(),
            employer: "江口云帆服饰".to_owned(),
            post: "缝纫工".to_owned(),
            area: "二厂".to_owned(),
            starts_on: day(2),
            ends_on: day(20),
            issued_at: at(1),
        }
    }

    fn signed(id: &str, seed: u8) -> String {
        write_card(&card(), id, |text| signer(seed).sign(text).to_bytes())
    }

    #[test]
    fn a_card_reads_back_as_it_was_and_fits_a_code() {
        let keys = [key("c-1", 1), key("c-2", 2)];
        let text = signed("c-2", 2);
        assert!(text.len() < CARD_BYTES_MAX, "{}", text.len());
        let read = read_card(&text, &keys).unwrap();
        assert_eq!(read, Signed { content: card(), key: keys.get(1) });
    }

    #[test]
    fn no_other_key_and_no_other_content_holds() {
        let keys = [key("c-1", 1)];
        let of = |text: &str| read_card(text, &keys).map(|read| read.key.is_some());
        assert_eq!(of(&signed("c-1", 1)), Ok(true));
        assert_eq!(of(&signed("c-1", 2)), Ok(false), "another secret under the name");
        assert_eq!(of(&signed("c-2", 1)), Ok(false), "the secret under another name");
        let text = signed("c-1", 1);
        let (head, signature) = text.rsplit_once('.').unwrap();
        let (header, claims) = head.split_once('.').unwrap();
        let longer = String::from_utf8(BASE64.decode(claims).unwrap()).unwrap().replace("二厂", "三厂");
        assert_eq!(of(&format!("{header}.{}.{signature}", BASE64.encode(longer))), Ok(false));
        let none = BASE64.encode(r#"{"alg":"none","kid":"c-1","typ":"permit-card+jwt"}"#);
        assert_eq!(of(&format!("{none}.{claims}.{signature}")), Err(Problem::OtherAlgorithm));
        let list = StatusList::new(at(1), at(2), Vec::new());
        let list = write_list(&list, "c-1", |text| signer(1).sign(text).to_bytes());
        assert_eq!(of(&list), Err(Problem::OtherAlgorithm), "a list is no card");
        assert_eq!(of("a.b"), Err(Problem::Malformed));
        assert_eq!(of(&"a".repeat(CARD_BYTES_MAX + 1)), Err(Problem::TooLong));
    }

    #[test]
    fn every_flipped_bit_of_a_signature_is_seen() {
        let keys = [key("c-1", 1)];
        let text = signed("c-1", 1);
        let (head, signature) = text.rsplit_once('.').unwrap();
        let bytes = BASE64.decode(signature).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut other = bytes.clone();
            if let Some(byte) = other.get_mut(bit / 8) {
                *byte ^= 1 << (bit % 8);
            }
            let read = read_card(&format!("{head}.{}", BASE64.encode(other)), &keys);
            assert!(read.is_ok_and(|read| read.key.is_none()), "bit {bit}");
        }
    }

    #[test]
    fn a_list_reads_back_and_stops_what_it_names() {
        let keys = [key("c-1", 1)];
        let list =
            StatusList::new(at(2), at(3), vec![listed(Uuid::from_u128(9)), listed(Uuid::from_u128(7))]);
        let text = write_list(&list, "c-1", |text| signer(1).sign(text).to_bytes());
        let read = read_list(&text, &keys).unwrap();
        assert_eq!(read.content, list);
        assert!(read.key.is_some());
        let verdict = judge(&card(), keys.first(), Some(&read.content), at(2));
        assert_eq!(verdict, Verdict::Stopped);
        let unsorted = ListClaims {
            iat: 0,
            exp: 0,
            stopped: BASE64.encode([[2; LISTED_BYTES], [1; LISTED_BYTES]].concat()),
        };
        let text = write(LIST, "c-1", &unsorted, |text| signer(1).sign(text).to_bytes());
        assert_eq!(read_list(&text, &keys).map(|_| ()), Err(Problem::Malformed));
    }

    #[test]
    fn keys_are_a_file_of_lines() {
        let keys = vec![Key { until: Some(at(9)), ..key("c-1", 1) }, key("c-2", 2)];
        assert_eq!(read_keys(&write_keys(&keys)), Ok(keys));
        for wrong in ["", "\n", "{}", r#"{"kid":"c","x":"AA","from":"2026-12-01T00:00:00Z"}"#] {
            assert_eq!(read_keys(wrong), Err(Problem::Malformed), "{wrong}");
        }
    }
}
