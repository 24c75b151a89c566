//! The key file as it stands on the disk: which named keys there are, and how a new one is put in without a moment
//! at which the file is not whole.
//!
//! It lives beside the database, mode 0600, and is never in it. Losing it loses every secret; a backup of
//! the database without it is worth nothing to a thief, nor to its owner.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::outside::keys::hex;
use crate::outside::random::Random;

/// The name of the index key in files from before index keys had names.
const FIRST_INDEX_KEY: &str = "i-first";

/// As the file keeps them: keys are 64 hexadecimal digits each.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyFile {
    /// The name of the key that seals.
    pub key_id: String,
    pub secret_key: String,
    /// The name of the key that indexes.
    #[serde(default = "first_index_key")]
    pub index_key_id: String,
    pub index_key: String,
    /// With which entries of the log are authenticated until they are sealed.
    pub log_key: String,
    /// The Ed25519 secret with which checkpoints of the log are signed.
    pub checkpoint_key: String,
    /// Keys under which rows may still be sealed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub old_secret_keys: Vec<OldKey>,
    /// Keys under which rows may still be looked up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub old_index_keys: Vec<OldKey>,
}

/// A key that is on its way out.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OldKey {
    pub key_id: String,
    pub key: String,
}

fn first_index_key() -> String {
    FIRST_INDEX_KEY.to_owned()
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
        source: io::Error,
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
    /// Another process is changing it.
    #[error("the keys of {path} are being changed by another process: wait until it has ended")]
    Held {
        /// Which file.
        path: String,
    },
    /// The keys are in no file.
    #[error("these keys are in no file and cannot be changed")]
    Ephemeral,
}

/// By which a changed file is known: its place on the disk, its length, its time.
pub(super) type Stamp = (u64, u64, i64, i64);

fn failed(path: &Path) -> impl Fn(io::Error) -> KeyError {
    move |source| KeyError::File { path: path.display().to_string(), source }
}

/// The stamp of the file as it is now.
pub(super) fn stamp(path: &Path) -> Result<Stamp, KeyError> {
    let found = fs::metadata(path).map_err(failed(path))?;
    Ok((found.ino(), found.len(), found.mtime(), found.mtime_nsec()))
}

/// A fresh key file.
pub(super) fn fresh(random: &Random) -> KeyFile {
    KeyFile {
        key_id: name_of_new("k", random),
        secret_key: hex(&random.bytes::<32>()),
        index_key_id: name_of_new("i", random),
        index_key: hex(&random.bytes::<32>()),
        log_key: hex(&random.bytes::<32>()),
        checkpoint_key: hex(&random.bytes::<32>()),
        old_secret_keys: Vec::new(),
        old_index_keys: Vec::new(),
    }
}

/// A name for a key: it tells nothing of the key.
pub(super) fn name_of_new(begin: &str, random: &Random) -> String {
    format!("{begin}-{}", hex(&random.bytes::<4>()))
}

/// Makes the file where there is none.
pub(super) fn create(path: &Path, file: &KeyFile) -> Result<(), KeyError> {
    let mut out = OpenOptions::new();
    let mut out = out.write(true).create_new(true).mode(0o600).open(path).map_err(failed(path))?;
    let text = text_of(path, file)?;
    out.write_all(text.as_bytes()).and_then(|()| out.sync_all()).map_err(failed(path))
}

/// Puts another file in its place: whoever reads it finds the one or the other, whole.
pub(super) fn replace(path: &Path, file: &KeyFile) -> Result<(), KeyError> {
    let fresh = beside(path, "new");
    match fs::remove_file(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&fresh)(error)),
        _ => {}
    }
    create(&fresh, file)?;
    fs::rename(&fresh, path).map_err(failed(path))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed(path))
}

/// Reads the file.
pub(super) fn read(path: &Path) -> Result<KeyFile, KeyError> {
    let name = || path.display().to_string();
    if fs::metadata(path).map_err(failed(path))?.permissions().mode() & 0o077 != 0 {
        return Err(KeyError::Open { path: name() });
    }
    let text = fs::read_to_string(path).map_err(failed(path))?;
    toml::from_str(&text).map_err(|e| KeyError::Content { path: name(), detail: e.message().to_owned() })
}

/// Keeps other processes from changing the file while the answer is held.
pub(super) fn hold(path: &Path) -> Result<File, KeyError> {
    let lock = beside(path, "lock");
    let held = OpenOptions::new().create(true).append(true).mode(0o600).open(&lock).map_err(failed(&lock))?;
    match held.try_lock() {
        Ok(()) => Ok(held),
        Err(_other_process) => Err(KeyError::Held { path: path.display().to_string() }),
    }
}

fn beside(path: &Path, end: &str) -> PathBuf {
    PathBuf::from(format!("{}.{end}", path.display()))
}

fn text_of(path: &Path, file: &KeyFile) -> Result<String, KeyError> {
    toml::to_string(file)
        .map_err(|e| KeyError::Content { path: path.display().to_string(), detail: e.to_string() })
}
