//! Checkpoints: the head of the log as a signed note (C2SP signed-note and tlog-checkpoint), which any witness
//! of transparency logs can read.
//!
//! ```text
//! ORIGIN
//! SIZE
//! BASE64(ROOT)
//!
//! — ORIGIN BASE64(KEY ID, 4 bytes; SIGNATURE, 64 bytes)
//! ```

use ballast_domain::base::digest::Digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha256};

/// The longest note that is read.
pub const NOTE_BYTES_MAX: usize = 4096;
/// The algorithm byte of Ed25519 in a key (C2SP signed-note).
const ED25519: u8 = 1;

/// How far a log went, and the root of its tree there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// How many entries.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
}

/// Why a note is no checkpoint of this log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It has not the form of a checkpoint.
    #[error("this is no checkpoint of a log")]
    Malformed,
    /// No signature on it is by the key.
    #[error("the checkpoint is not signed by the key of this log")]
    Unsigned,
}

impl Checkpoint {
    /// The text that is signed; it ends in a line feed.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64.encode(self.root.0))
    }

    /// The note: the text, an empty line, the signature line.
    #[must_use]
    pub fn note(&self, public_key: &[u8; 32], signature: &[u8; 64]) -> String {
        let id = key_id(&self.origin, public_key);
        let blob = BASE64.encode([id.as_slice(), signature].concat());
        format!("{}\n\u{2014} {} {blob}\n", self.text(), self.origin)
    }

    /// Reads a note and checks the signature that is by this key. Other signatures (witnesses add theirs) are
    /// passed over.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn open(note: &str, public_key: &[u8; 32]) -> Result<Self, NoteError> {
        let checkpoint = Self::read_unverified(note)?;
        let text = checkpoint.text();
        let key = VerifyingKey::from_bytes(public_key).map_err(|_key| NoteError::Unsigned)?;
        let id = key_id(&checkpoint.origin, public_key);
        let signed = note.lines().filter_map(|line| line.strip_prefix("\u{2014} ")).any(|line| {
            let Some((name, blob)) = line.split_once(' ') else { return false };
            let Ok(blob) = BASE64.decode(blob) else { return false };
            let Some((found, signature)) = blob.split_at_checked(4) else { return false };
            let Ok(signature) = Signature::from_slice(signature) else { return false };
            name == checkpoint.origin && found == id && key.verify_strict(text.as_bytes(), &signature).is_ok()
        });
        if signed { Ok(checkpoint) } else { Err(NoteError::Unsigned) }
    }

    /// Reads a note whoever signed it.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn read_unverified(note: &str) -> Result<Self, NoteError> {
        if note.len() > NOTE_BYTES_MAX {
            return Err(NoteError::Malformed);
        }
        let (text, _) = note.split_once("\n\n").ok_or(NoteError::Malformed)?;
        let mut lines = text.split('\n');
        let mut next = || lines.next().ok_or(NoteError::Malformed);
        let (origin, size, root) = (next()?, next()?, next()?);
        let number = size.parse::<u64>().map_err(|_digits| NoteError::Malformed)?;
        let root = BASE64.decode(root).ok().and_then(|bytes| Digest::from_slice(&bytes));
        let plain = number.to_string() == size && !origin.is_empty() && lines.next().is_none();
        match root {
            Some(root) if plain => Ok(Self { origin: origin.to_owned(), size: number, root }),
            _ => Err(NoteError::Malformed),
        }
    }
}

/// The four bytes by which a signature says whose it is.
fn key_id(name: &str, public_key: &[u8; 32]) -> [u8; 4] {
    let mut hash = Sha256::new();
    hash.update(name.as_bytes());
    hash.update([b'\n', ED25519]);
    hash.update(public_key);
    let hash: [u8; 32] = hash.finalize().into();
    let [a, b, c, d, ..] = hash;
    [a, b, c, d]
}

/// The public key as a witness is given it: `NAME+KEY ID+BASE64(01 KEY)`.
#[must_use]
pub fn verifier_key(origin: &str, public_key: &[u8; 32]) -> String {
    let id = u32::from_be_bytes(key_id(origin, public_key));
    format!("{origin}+{id:08x}+{}", BASE64.encode([[ED25519].as_slice(), public_key].concat()))
}

/// Reads a key that [`verifier_key`] wrote.
#[must_use]
pub fn parse_verifier_key(text: &str) -> Option<[u8; 32]> {
    let mut parts = text.trim().splitn(3, '+');
    let (origin, id, key) = (parts.next()?, parts.next()?, BASE64.decode(parts.next()?).ok()?);
    let (kind, public) = key.split_first()?;
    let public: [u8; 32] = public.try_into().ok()?;
    let named = u32::from_str_radix(id, 16).ok()? == u32::from_be_bytes(key_id(origin, &public));
    (*kind == ED25519 && named).then_some(public)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;

    fn signed(checkpoint: &Checkpoint, key: &SigningKey) -> String {
        let signature = key.sign(checkpoint.text().as_bytes()).to_bytes();
        checkpoint.note(&key.verifying_key().to_bytes(), &signature)
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint { origin: "ballast.example/0a".to_owned(), size: 21, root: Digest::of(b"root") }
    }

    #[test]
    fn a_note_opens_with_its_key_and_no_other() {
        let (key, other) = (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]));
        let note = signed(&checkpoint(), &key);
        let public = key.verifying_key().to_bytes();
        assert_eq!(Checkpoint::open(&note, &public), Ok(checkpoint()));
        let foreign = other.verifying_key().to_bytes();
        assert_eq!(Checkpoint::open(&note, &foreign), Err(NoteError::Unsigned));
        let larger = note.replacen("\n21\n", "\n22\n", 1);
        assert_eq!(Checkpoint::open(&larger, &public), Err(NoteError::Unsigned));
        let witnessed = format!("{note}\u{2014} witness.example {}\n", BASE64.encode([7; 68]));
        assert_eq!(Checkpoint::open(&witnessed, &public), Ok(checkpoint()));
    }

    #[test]
    fn what_is_no_checkpoint_is_said_to_be_none() {
        let root = BASE64.encode(Digest::of(b"").0);
        for text in [
            String::new(),
            "a\n1\n".to_owned(),
            format!("a\n01\n{root}\n\n"),
            format!("a\n-1\n{root}\n\n"),
            format!("\n1\n{root}\n\n"),
            format!("a\n1\n{root}=\n\n"),
            format!("a\n1\n{root}\nmore\n\n"),
            format!("a\n1\n{}\n\n", "A".repeat(NOTE_BYTES_MAX)),
        ] {
            assert_eq!(Checkpoint::read_unverified(&text), Err(NoteError::Malformed), "{text:?}");
        }
    }

    #[test]
    fn a_verifier_key_comes_back_and_a_changed_one_does_not() {
        let public = SigningKey::from_bytes(&[1; 32]).verifying_key().to_bytes();
        let text = verifier_key("ballast.example/0a", &public);
        assert_eq!(parse_verifier_key(&text), Some(public));
        assert_eq!(parse_verifier_key(&text.replacen("ballast", "bollast", 1)), None);
        assert_eq!(parse_verifier_key("x"), None);
    }
}
