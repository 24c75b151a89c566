//! The keys of an installation: what seals secrets, indexes them blindly, and authenticates the log. The master
//! key seals other keys alone, one for each person and one for each subject of the log; a new master key takes
//! over without touching what those sealed.
//!
//! Each key has a name, which stands beside what it made. A name that is not known is looked for in the key file
//! again, so that a running process follows a rotation.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use ballast_domain::base::digest::Digest;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ed25519_dalek::{Signer as _, SigningKey};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

pub use crate::outside::key_file::KeyError;
use crate::outside::key_file::{self, KeyFile, OldKey, Stamp};
use crate::outside::random::Random;

/// Bytes of a nonce, which stand before the ciphertext.
const NONCE_BYTES: usize = 24;
/// The names of keys that nobody keeps.
const EPHEMERAL: (&str, &str) = ("k-ephemeral", "i-first");

/// The keys of an installation.
pub struct Keys {
    path: Option<PathBuf>,
    ring: RwLock<Arc<Ring>>,
    log_key: [u8; 32],
    checkpoint_key: SigningKey,
}

/// The named keys as this process knows them. None is forgotten while it runs: what was read a moment ago may be
/// sealed under a key that the file has given up meanwhile.
#[derive(Clone)]
struct Ring {
    stamp: Option<Stamp>,
    sealing: String,
    indexing: String,
    ciphers: BTreeMap<String, XChaCha20Poly1305>,
    indexes: BTreeMap<String, [u8; 32]>,
    /// The names that are in the file beside the two in use.
    old: Vec<(Purpose, String)>,
}

/// What a named key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// It seals the keys of people and of the log's subjects.
    Seal,
    /// It makes the digests by which secrets are looked up.
    Index,
}

impl Purpose {
    /// The code that is stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Seal => "seal",
            Self::Index => "index",
        }
    }
}

/// The key of one person or of one subject of the log. Destroying it erases what it sealed.
pub struct SubjectKey(XChaCha20Poly1305);

/// A [`SubjectKey`] as it is stored: under which master key, and the sealed bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedKey {
    /// The name of the master key.
    pub key_id: String,
    /// Nonce, then cipher text with its tag.
    pub sealed: Vec<u8>,
}

/// A value to look for: under which index key, and the digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexDigest {
    /// The name of the index key.
    pub key_id: String,
    /// HMAC-SHA-256.
    pub digest: Vec<u8>,
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
        if !path.exists() {
            key_file::create(path, &key_file::fresh(random))?;
        }
        let stamp = key_file::stamp(path)?;
        let file = key_file::read(path)?;
        let key = |field, text: &str| key_of(path, field, text);
        Ok(Self {
            log_key: key("log_key", &file.log_key)?,
            checkpoint_key: SigningKey::from_bytes(&key("checkpoint_key", &file.checkpoint_key)?),
            ring: RwLock::new(Arc::new(Ring::read(path, stamp, &file)?)),
            path: Some(path.to_owned()),
        })
    }

    /// Keys that nobody keeps: for tests.
    #[must_use]
    pub fn ephemeral(random: &Random) -> Self {
        let (sealing, indexing) = (EPHEMERAL.0.to_owned(), EPHEMERAL.1.to_owned());
        let cipher = XChaCha20Poly1305::new(&random.bytes::<32>().into());
        Self {
            path: None,
            ring: RwLock::new(Arc::new(Ring {
                stamp: None,
                ciphers: BTreeMap::from([(sealing.clone(), cipher)]),
                indexes: BTreeMap::from([(indexing.clone(), random.bytes())]),
                sealing,
                indexing,
                old: Vec::new(),
            })),
            log_key: random.bytes(),
            checkpoint_key: SigningKey::from_bytes(&random.bytes()),
        }
    }

    fn ring(&self) -> Arc<Ring> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The ring, read again if the file is another one now. A file that cannot be read leaves it as it is.
    fn fresh_ring(&self) -> Arc<Ring> {
        let known = self.ring();
        let Some(path) = &self.path else { return known };
        match self.read_again(path, &known) {
            Ok(ring) => ring,
            Err(error) => {
                tracing::error!(%error, "the key file cannot be read again");
                known
            }
        }
    }

    fn read_again(&self, path: &Path, known: &Arc<Ring>) -> Result<Arc<Ring>, KeyError> {
        let stamp = key_file::stamp(path)?;
        if known.stamp == Some(stamp) {
            return Ok(Arc::clone(known));
        }
        let read = Ring::read(path, stamp, &key_file::read(path)?)?;
        let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        let mut merged =
            Ring { ciphers: ring.ciphers.clone(), indexes: ring.indexes.clone(), ..read.clone() };
        merged.ciphers.extend(read.ciphers);
        merged.indexes.extend(read.indexes);
        *ring = Arc::new(merged);
        Ok(Arc::clone(&ring))
    }

    /// The name of the key that is in use now for a purpose.
    #[must_use]
    pub fn current(&self, purpose: Purpose) -> String {
        let ring = self.fresh_ring();
        match purpose {
            Purpose::Seal => ring.sealing.clone(),
            Purpose::Index => ring.indexing.clone(),
        }
    }

    /// The keys of the file besides those in use: what their rows have to leave.
    #[must_use]
    pub fn old(&self, purpose: Purpose) -> Vec<String> {
        let ring = self.fresh_ring();
        ring.old.iter().filter(|(of, _)| *of == purpose).map(|(_, name)| name.clone()).collect()
    }

    /// Whether a key of this name is known, in the file or since it was.
    #[must_use]
    pub fn knows(&self, purpose: Purpose, key_id: &str) -> bool {
        let ring = self.fresh_ring();
        match purpose {
            Purpose::Seal => ring.ciphers.contains_key(key_id),
            Purpose::Index => ring.indexes.contains_key(key_id),
        }
    }

    /// Keeps other processes from changing the keys while the answer is held.
    ///
    /// # Errors
    /// [`KeyError::Held`], [`KeyError::Ephemeral`].
    pub fn hold(&self) -> Result<File, KeyError> {
        key_file::hold(self.path.as_deref().ok_or(KeyError::Ephemeral)?)
    }

    /// A name for a key that is to come.
    #[must_use]
    pub fn name_of_new(purpose: Purpose, random: &Random) -> String {
        key_file::name_of_new(if purpose == Purpose::Seal { "k" } else { "i" }, random)
    }

    /// Puts a new key into the file, from now on in use; the one before stays, as an old one.
    ///
    /// # Errors
    /// [`KeyError`]; the file is as it was then.
    pub fn add(&self, purpose: Purpose, key_id: &str, random: &Random) -> Result<(), KeyError> {
        let path = self.path.as_deref().ok_or(KeyError::Ephemeral)?;
        let mut file = key_file::read(path)?;
        let key = hex(&random.bytes::<32>());
        let (name, in_use, old) = match purpose {
            Purpose::Seal => (&mut file.key_id, &mut file.secret_key, &mut file.old_secret_keys),
            Purpose::Index => (&mut file.index_key_id, &mut file.index_key, &mut file.old_index_keys),
        };
        let key_id = std::mem::replace(name, key_id.to_owned());
        old.push(OldKey { key_id, key: std::mem::replace(in_use, key) });
        key_file::replace(path, &file)?;
        self.fresh_ring();
        Ok(())
    }

    /// Takes the old keys of a purpose out of the file.
    ///
    /// # Errors
    /// [`KeyError`]; the file is as it was then.
    pub fn drop_old(&self, purpose: Purpose) -> Result<(), KeyError> {
        let path = self.path.as_deref().ok_or(KeyError::Ephemeral)?;
        let mut file = key_file::read(path)?;
        match purpose {
            Purpose::Seal => file.old_secret_keys.clear(),
            Purpose::Index => file.old_index_keys.clear(),
        }
        key_file::replace(path, &file)?;
        self.fresh_ring();
        Ok(())
    }

    /// A new key for one subject, and how it is stored: sealed for `place`, `table|column|row`.
    ///
    /// # Errors
    /// [`Unsealable`], which 32 bytes never are.
    pub fn make_subject_key(
        &self,
        place: &str,
        random: &Random,
    ) -> Result<(SubjectKey, SealedKey), Unsealable> {
        let key: [u8; 32] = random.bytes();
        let sealed = self.fresh_ring().seal(place, &key, random)?;
        Ok((SubjectKey(XChaCha20Poly1305::new(&key.into())), sealed))
    }

    /// A subject's key again.
    ///
    /// # Errors
    /// [`Unsealable`] when anything differs.
    pub fn open_subject_key(
        &self,
        place: &str,
        key_id: &str,
        sealed: &[u8],
    ) -> Result<SubjectKey, Unsealable> {
        let key = self.open_raw(place, key_id, sealed)?;
        Ok(SubjectKey(XChaCha20Poly1305::new(&key.into())))
    }

    /// The same key under the master key that is in use now.
    ///
    /// # Errors
    /// [`Unsealable`] when anything differs.
    pub fn seal_again(
        &self,
        place: &str,
        key_id: &str,
        sealed: &[u8],
        random: &Random,
    ) -> Result<SealedKey, Unsealable> {
        let key = self.open_raw(place, key_id, sealed)?;
        self.fresh_ring().seal(place, &key, random)
    }

    fn open_raw(&self, place: &str, key_id: &str, sealed: &[u8]) -> Result<[u8; 32], Unsealable> {
        let known = self.ring();
        let ring = if known.ciphers.contains_key(key_id) { known } else { self.fresh_ring() };
        let cipher = ring.ciphers.get(key_id).ok_or(Unsealable)?;
        let opened = unseal_with(cipher, &format!("{place}|{key_id}"), sealed)?;
        opened.try_into().map_err(|_length| Unsealable)
    }

    /// What an entry of the log is authenticated with until it is sealed: HMAC-SHA-256 over its leaf hash.
    #[must_use]
    pub fn log_mac(&self, leaf: &Digest) -> [u8; 32] {
        mac(&self.log_key, &[b"audit_entry", &leaf.0])
    }

    /// What proves that a cursor of a list was given by us. It outlives a rotation.
    #[must_use]
    pub fn cursor_mac(&self, text: &str) -> [u8; 32] {
        mac(&self.log_key, &[b"cursor", text.as_bytes()])
    }

    /// What machinery signs or hides for one use of its own: HMAC-SHA-256 over the use's name and a text.
    #[must_use]
    pub fn own_mac(&self, used_for: &'static str, text: &str) -> [u8; 32] {
        mac(&self.log_key, &[used_for.as_bytes(), text.as_bytes()])
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

    /// Values for an equal search without opening anything: HMAC-SHA-256 over column and value, under the index
    /// key in use (which is first, and the one to store) and under every other that rows may still have.
    #[must_use]
    pub fn index_digests(&self, column: &str, value: &str) -> Vec<IndexDigest> {
        let ring = self.fresh_ring();
        let others = ring.indexes.keys().filter(|name| **name != ring.indexing);
        let named =
            std::iter::once(&ring.indexing).chain(others).filter_map(|name| ring.indexes.get_key_value(name));
        let digest = |(name, key): (&String, &[u8; 32])| IndexDigest {
            key_id: name.clone(),
            digest: mac(key, &[column.as_bytes(), value.as_bytes()]).to_vec(),
        };
        named.map(digest).collect()
    }
}

impl Ring {
    fn read(path: &Path, stamp: Stamp, file: &KeyFile) -> Result<Self, KeyError> {
        let mut ciphers = BTreeMap::new();
        let mut indexes = BTreeMap::new();
        let mut old = Vec::new();
        let sealing = key_of(path, "secret_key", &file.secret_key)?;
        ciphers.insert(file.key_id.clone(), XChaCha20Poly1305::new(&sealing.into()));
        indexes.insert(file.index_key_id.clone(), key_of(path, "index_key", &file.index_key)?);
        for OldKey { key_id, key } in &file.old_secret_keys {
            let key = key_of(path, "old_secret_keys", key)?;
            ciphers.insert(key_id.clone(), XChaCha20Poly1305::new(&key.into()));
            old.push((Purpose::Seal, key_id.clone()));
        }
        for OldKey { key_id, key } in &file.old_index_keys {
            indexes.insert(key_id.clone(), key_of(path, "old_index_keys", key)?);
            old.push((Purpose::Index, key_id.clone()));
        }
        let (sealing, indexing) = (file.key_id.clone(), file.index_key_id.clone());
        Ok(Self { stamp: Some(stamp), sealing, indexing, ciphers, indexes, old })
    }

    fn seal(&self, place: &str, value: &[u8], random: &Random) -> Result<SealedKey, Unsealable> {
        let cipher = self.ciphers.get(&self.sealing).ok_or(Unsealable)?;
        let sealed = seal_with(cipher, &format!("{place}|{}", self.sealing), value, random)?;
        Ok(SealedKey { key_id: self.sealing.clone(), sealed })
    }
}

fn key_of(path: &Path, field: &str, text: &str) -> Result<[u8; 32], KeyError> {
    let detail = || format!("{field} is not 64 hexadecimal digits");
    unhex(text).ok_or_else(|| KeyError::Content { path: path.display().to_string(), detail: detail() })
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
        write!(f, "Keys({})", self.ring().sealing)
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
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_sealed_key_opens_only_in_its_own_place_and_under_its_own_name() {
        let random = Random::seeded(1);
        let keys = Keys::ephemeral(&random);
        let (key, stored) = keys.make_subject_key("person_key|sealed|a", &random).unwrap();
        let value = key.seal("person_secret|sealed|1|a", b"13800000000", &random).unwrap();
        let opens = |keys: &Keys, place: &str, key_id: &str, sealed: &[u8]| {
            let key = keys.open_subject_key(place, key_id, sealed)?;
            key.unseal("person_secret|sealed|1|a", &value)
        };
        let SealedKey { key_id, sealed } = &stored;
        assert_eq!(opens(&keys, "person_key|sealed|a", key_id, sealed).unwrap(), b"13800000000");
        assert_eq!(opens(&keys, "person_key|sealed|b", key_id, sealed), Err(Unsealable));
        assert_eq!(opens(&keys, "person_key|sealed|a", "k-other", sealed), Err(Unsealable));
        assert_eq!(key.unseal("person_secret|sealed|2|a", &value), Err(Unsealable));
        let mut flipped = sealed.clone();
        *flipped.last_mut().unwrap() ^= 1;
        assert_eq!(opens(&keys, "person_key|sealed|a", key_id, &flipped), Err(Unsealable));
        assert_eq!(opens(&Keys::ephemeral(&random), "person_key|sealed|a", key_id, sealed), Err(Unsealable));
    }

    #[test]
    fn a_key_file_is_made_once_private_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.toml");
        let made = Keys::open(&path, &Random::System).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let (_, stored) = made.make_subject_key("p", &Random::System).unwrap();
        let again = Keys::open(&path, &Random::System).unwrap();
        assert!(again.open_subject_key("p", &stored.key_id, &stored.sealed).is_ok());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Keys::open(&path, &Random::System), Err(KeyError::Open { .. })));
    }

    #[test]
    fn a_file_of_before_keys_had_names_is_still_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.toml");
        let key = "ab".repeat(32);
        let names = ["secret_key", "index_key", "log_key", "checkpoint_key"];
        let lines: String = names.iter().map(|name| format!("{name} = \"{key}\"\n")).collect();
        fs::write(&path, format!("key_id = \"k-1\"\n{lines}")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let keys = Keys::open(&path, &Random::System).unwrap();
        assert_eq!(
            (keys.current(Purpose::Seal), keys.current(Purpose::Index)),
            ("k-1".to_owned(), "i-first".to_owned())
        );
    }

    #[test]
    fn a_running_process_follows_a_rotation_and_forgets_no_key() {
        let folder = tempfile::tempdir().unwrap();
        let (path, random) = (folder.path().join("keys.toml"), Random::System);
        let (server, command) = (Keys::open(&path, &random).unwrap(), Keys::open(&path, &random).unwrap());
        let (_, before) = server.make_subject_key("p", &random).unwrap();
        let digest = server.index_digests("c", "v").remove(0);
        command.add(Purpose::Seal, "k-2", &random).unwrap();
        command.add(Purpose::Index, "i-2", &random).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(command.old(Purpose::Seal), std::slice::from_ref(&before.key_id));
        let after = command.seal_again("p", &before.key_id, &before.sealed, &random).unwrap();
        assert_eq!(after.key_id, "k-2");
        for SealedKey { key_id, sealed } in [&before, &after] {
            assert!(server.open_subject_key("p", key_id, sealed).is_ok(), "{key_id}");
        }
        let digests = server.index_digests("c", "v");
        assert_eq!(digests.first().map(|first| first.key_id.as_str()), Some("i-2"));
        assert!(digests.contains(&digest));
        command.drop_old(Purpose::Seal).unwrap();
        assert!(command.old(Purpose::Seal).is_empty());
        assert!(server.open_subject_key("p", &before.key_id, &before.sealed).is_ok(), "read a moment ago");
        let fresh = Keys::open(&path, &random).unwrap();
        assert!(fresh.open_subject_key("p", &before.key_id, &before.sealed).is_err(), "retired");
        assert!(fresh.open_subject_key("p", &after.key_id, &after.sealed).is_ok());
    }

    #[test]
    fn two_processes_do_not_change_the_keys_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open(&folder.path().join("keys.toml"), &Random::System).unwrap();
        let held = keys.hold().unwrap();
        assert!(matches!(keys.hold(), Err(KeyError::Held { .. })));
        drop(held);
        assert!(keys.hold().is_ok());
    }

    #[test]
    fn parts_cannot_be_shifted_between_one_another() {
        assert_ne!(mac(b"k", &[b"ab", b"c"]), mac(b"k", &[b"a", b"bc"]));
    }
}
