//! The key file: what encrypts secrets, indexes them blindly, and names the key in use.
//!
//! It lives beside the database, mode 0600, and is never in it. Losing it loses every secret; a backup of
//! the database without it is worth nothing to a thief, nor to its owner.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use ballast_domain::base::digest::Digest;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ed25519_dalek::{Signer as _, SigningKey};
use hmac::{Hmac, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::outside::random::Random;

/// Bytes of a nonce, which stand before the ciphertext.
const NONCE_BYTES: usize = 24;

/// The keys of an installation.
pub struct Keys {
    key_id: String,
    cipher: XChaCha20Poly1305,
    index_key: [u8; 32],
    log_key: [u8; 32],
    checkpoint_key: SigningKey,
}

/// The key under which the log keeps the values about one subject. Destroying it erases them.
pub struct SubjectKey(XChaCha20Poly1305);

/// As the file keeps them: 64 hexadecimal digits each.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    key_id: String,
    secret_key: String,
    index_key: String,
    /// With which entries of the log are authenticated until they are sealed.
    log_key: String,
    /// The Ed25519 secret with which checkpoints of the log are signed.
    checkpoint_key: String,
}

/// Why the keys cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("the key file {path} cannot be used: {source}")]
    File {
        /// Which file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Others may read it.
    #[error("the key file {path} can be read by others: run chmod 600 on it")]
    Open {
        /// Which file.
        path: String,
    },
    /// It is not a key file.
    #[error("{path} is not a key file of ballast: {detail}")]
    Content {
        /// Which file.
        path: String,
        /// What is wrong.
        detail: String,
    },
}

/// A ciphertext does not belong where it stands, or was changed, or another key made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value cannot be opened")]
pub struct Unsealable;

impl Keys {
    /// Reads the key file, or makes one (mode 0600) when there is none.
    ///
    /// # Errors
    /// [`KeyError`] in one sentence that says what to do.
    pub fn open(path: &Path, random: &Random) -> Result<Self, KeyError> {
        let name = || path.display().to_string();
        let failed = |source| KeyError::File { path: name(), source };
        if !path.exists() {
            let file = KeyFile {
                key_id: format!("k-{}", hex(&random.bytes::<4>())),
                secret_key: hex(&random.bytes::<32>()),
                index_key: hex(&random.bytes::<32>()),
                log_key: hex(&random.bytes::<32>()),
                checkpoint_key: hex(&random.bytes::<32>()),
            };
            let text = toml::to_string(&file)
                .map_err(|e| KeyError::Content { path: name(), detail: e.to_string() })?;
            let mut out =
                fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
            out.write_all(text.as_bytes()).and_then(|()| out.sync_all()).map_err(failed)?;
        }
        if fs::metadata(path).map_err(failed)?.permissions().mode() & 0o077 != 0 {
            return Err(KeyError::Open { path: name() });
        }
        let content = |detail: String| KeyError::Content { path: name(), detail };
        let text = fs::read_to_string(path).map_err(failed)?;
        let file: KeyFile = toml::from_str(&text).map_err(|e| content(e.message().to_owned()))?;
        let key = |field: &str, text: &str| {
            unhex(text).ok_or_else(|| content(format!("{field} is not 64 hexadecimal digits")))
        };
        Ok(Self {
            cipher: XChaCha20Poly1305::new(&key("secret_key", &file.secret_key)?.into()),
            index_key: key("index_key", &file.index_key)?,
            log_key: key("log_key", &file.log_key)?,
            checkpoint_key: SigningKey::from_bytes(&key("checkpoint_key", &file.checkpoint_key)?),
            key_id: file.key_id,
        })
    }

    /// Keys that nobody keeps: for a demonstration's seed and for tests.
    #[must_use]
    pub fn ephemeral(random: &Random) -> Self {
        Self {
            key_id: "k-ephemeral".to_owned(),
            cipher: XChaCha20Poly1305::new(&random.bytes::<32>().into()),
            index_key: random.bytes(),
            log_key: random.bytes(),
            checkpoint_key: SigningKey::from_bytes(&random.bytes()),
        }
    }

    /// The name of the key that seals now; it is stored with each ciphertext.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Seals a value for one place, `table|column|row`. Opening it anywhere else fails.
    ///
    /// # Errors
    /// [`Unsealable`] when the value is too long for the cipher.
    pub fn seal(&self, place: &str, value: &str, random: &Random) -> Result<Vec<u8>, Unsealable> {
        seal_with(&self.cipher, &self.associated_data(place), value.as_bytes(), random)
    }

    /// Opens what [`Keys::seal`] sealed for the same place.
    ///
    /// # Errors
    /// [`Unsealable`] when anything differs.
    pub fn unseal(&self, place: &str, sealed: &[u8]) -> Result<String, Unsealable> {
        let opened = unseal_with(&self.cipher, &self.associated_data(place), sealed)?;
        String::from_utf8(opened).map_err(|_aead| Unsealable)
    }

    /// A new key for the log's values about one subject, and how it is stored: sealed for `place`.
    ///
    /// # Errors
    /// [`Unsealable`], which 32 bytes never are.
    pub fn make_subject_key(
        &self,
        place: &str,
        random: &Random,
    ) -> Result<(SubjectKey, Vec<u8>), Unsealable> {
        let key: [u8; 32] = random.bytes();
        let sealed = seal_with(&self.cipher, &self.associated_data(place), &key, random)?;
        Ok((SubjectKey(XChaCha20Poly1305::new(&key.into())), sealed))
    }

    /// A subject's key again.
    ///
    /// # Errors
    /// [`Unsealable`] when anything differs.
    pub fn open_subject_key(&self, place: &str, sealed: &[u8]) -> Result<SubjectKey, Unsealable> {
        let opened = unseal_with(&self.cipher, &self.associated_data(place), sealed)?;
        let key: [u8; 32] = opened.try_into().map_err(|_length| Unsealable)?;
        Ok(SubjectKey(XChaCha20Poly1305::new(&key.into())))
    }

    /// What an entry of the log is authenticated with until it is sealed: HMAC-SHA-256 over its leaf hash.
    #[must_use]
    pub fn log_mac(&self, leaf: &Digest) -> [u8; 32] {
        mac(&self.log_key, &[b"audit_entry", &leaf.0])
    }

    /// The Ed25519 signature (RFC 8032) of a checkpoint's text.
    #[must_use]
    pub fn sign_checkpoint(&self, text: &str) -> [u8; 64] {
        self.checkpoint_key.sign(text.as_bytes()).to_bytes()
    }

    /// The public half of the key that signs checkpoints.
    #[must_use]
    pub fn checkpoint_public_key(&self) -> [u8; 32] {
        self.checkpoint_key.verifying_key().to_bytes()
    }

    /// A look-up value for an equal search without opening anything: HMAC-SHA-256 over column and value.
    #[must_use]
    pub fn blind_index(&self, column: &str, value: &str) -> Vec<u8> {
        mac(&self.index_key, &[column.as_bytes(), value.as_bytes()]).to_vec()
    }

    fn associated_data(&self, place: &str) -> String {
        format!("{place}|{}", self.key_id)
    }
}

impl SubjectKey {
    /// Seals a value for one place.
    ///
    /// # Errors
    /// [`Unsealable`] when the value is too long for the cipher.
    pub fn seal(&self, place: &str, value: &[u8], random: &Random) -> Result<Vec<u8>, Unsealable> {
        seal_with(&self.0, place, value, random)
    }

    /// Opens what was sealed for the same place.
    ///
    /// # Errors
    /// [`Unsealable`] when anything differs.
    pub fn unseal(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, Unsealable> {
        unseal_with(&self.0, place, sealed)
    }
}

impl std::fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SubjectKey")
    }
}

fn seal_with(
    cipher: &XChaCha20Poly1305,
    aad: &str,
    value: &[u8],
    random: &Random,
) -> Result<Vec<u8>, Unsealable> {
    let nonce: [u8; NONCE_BYTES] = random.bytes();
    let payload = Payload { msg: value, aad: aad.as_bytes() };
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_aead| Unsealable)?;
    Ok([nonce.as_slice(), &sealed].concat())
}

fn unseal_with(cipher: &XChaCha20Poly1305, aad: &str, sealed: &[u8]) -> Result<Vec<u8>, Unsealable> {
    let (nonce, body) = sealed.split_at_checked(NONCE_BYTES).ok_or(Unsealable)?;
    let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_aead| Unsealable)?;
    let payload = Payload { msg: body, aad: aad.as_bytes() };
    cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_aead| Unsealable)
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({})", self.key_id)
    }
}

/// HMAC-SHA-256 over length-prefixed parts, so that no two lists of parts give the same input.
#[must_use]
pub fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("HMAC takes any key");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut out = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (n, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(n * 2..n * 2 + 2)?, 16).ok()?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_only_in_its_own_place() {
        let random = Random::seeded(1);
        let keys = Keys::ephemeral(&random);
        let sealed = keys.seal("person_secret|sealed|a", "13800000000", &random).unwrap();
        assert_eq!(keys.unseal("person_secret|sealed|a", &sealed).unwrap(), "13800000000");
        assert_eq!(keys.unseal("person_secret|sealed|b", &sealed), Err(Unsealable));
        let mut flipped = sealed.clone();
        *flipped.last_mut().unwrap() ^= 1;
        assert_eq!(keys.unseal("person_secret|sealed|a", &flipped), Err(Unsealable));
        assert_eq!(Keys::ephemeral(&random).unseal("person_secret|sealed|a", &sealed), Err(Unsealable));
    }

    #[test]
    fn a_key_file_is_made_once_private_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.toml");
        let made = Keys::open(&path, &Random::System).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let sealed = made.seal("p", "v", &Random::System).unwrap();
        assert_eq!(Keys::open(&path, &Random::System).unwrap().unseal("p", &sealed).unwrap(), "v");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Keys::open(&path, &Random::System), Err(KeyError::Open { .. })));
    }

    #[test]
    fn parts_cannot_be_shifted_between_one_another() {
        assert_ne!(mac(b"k", &[b"ab", b"c"]), mac(b"k", &[b"a", b"bc"]));
    }
}
