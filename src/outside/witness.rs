//! Where checkpoints of the log are kept outside of the database: folders, the installation's own first. A
//! witness is a folder that somebody else keeps (another machine's share, write-once storage).
//!
//! Each folder has `latest.checkpoint`, put into place whole, and `checkpoints.txt`, to which every checkpoint
//! is added, each behind a line of its own.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// What stands between two checkpoints of the history.
const SEPARATOR: &str = "----\n";
/// The longest history that is read back, in bytes; of a longer one the end.
const HISTORY_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// The folders.
#[derive(Clone, Debug, Default)]
pub struct Witness {
    folders: Vec<PathBuf>,
}

impl Witness {
    /// Checkpoints go to these folders.
    #[must_use]
    pub fn new(folders: Vec<PathBuf>) -> Self {
        Self { folders }
    }

    /// Offers a checkpoint to every folder. One that cannot be written does not keep it from the others.
    ///
    /// # Errors
    /// The first folder that could not take it.
    pub fn offer(&self, note: &str) -> io::Result<()> {
        let mut failed = None;
        for folder in &self.folders {
            if let Err(error) = offer_to(folder, note) {
                tracing::error!(folder = %folder.display(), %error, "a witness did not take a checkpoint");
                failed.get_or_insert(error);
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// The newest checkpoint of each folder that has one.
    ///
    /// # Errors
    /// A folder that is there and cannot be read: what it would say must not be passed over.
    pub fn latest(&self) -> io::Result<Vec<String>> {
        let mut notes = Vec::new();
        for folder in &self.folders {
            match fs::read_to_string(folder.join("latest.checkpoint")) {
                Ok(note) => notes.push(note),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(notes)
    }

    /// Every checkpoint of every folder, the newest of each among them.
    ///
    /// # Errors
    /// A folder that is there and cannot be read.
    pub fn history(&self) -> io::Result<Vec<String>> {
        let mut notes = self.latest()?;
        for folder in &self.folders {
            let text = match tail(&folder.join("checkpoints.txt")) {
                Ok(text) => text,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            notes.extend(text.split(SEPARATOR).filter(|note| !note.is_empty()).map(str::to_owned));
        }
        notes.sort();
        notes.dedup();
        Ok(notes)
    }
}

fn tail(path: &Path) -> io::Result<String> {
    use std::io::{Read as _, Seek as _};
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let cut = length.saturating_sub(HISTORY_BYTES_MAX);
    file.seek(io::SeekFrom::Start(cut))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    // The first note of a cut history is none.
    Ok(if cut > 0 {
        text.split_once(SEPARATOR).map_or(String::new(), |(_, rest)| rest.to_owned())
    } else {
        text
    })
}

fn offer_to(folder: &Path, note: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut history = OpenOptions::new().create(true).append(true).open(folder.join("checkpoints.txt"))?;
    history.write_all(format!("{note}{SEPARATOR}").as_bytes())?;
    history.sync_all()?;
    let fresh = folder.join("latest.checkpoint.new");
    let mut file = File::create(&fresh)?;
    file.write_all(note.as_bytes())?;
    file.sync_all()?;
    fs::rename(&fresh, folder.join("latest.checkpoint"))?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_offered_is_there_again_the_newest_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let witness = Witness::new(vec![folder.path().join("a"), folder.path().join("b")]);
        assert!(witness.latest().unwrap().is_empty());
        witness.offer("one\n").unwrap();
        witness.offer("two\n").unwrap();
        assert_eq!(witness.latest().unwrap(), ["two\n", "two\n"]);
        assert_eq!(witness.history().unwrap(), ["one\n", "two\n"]);
    }

    #[test]
    fn a_folder_that_cannot_be_written_does_not_keep_it_from_the_others() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a"), b"a file").unwrap();
        let witness = Witness::new(vec![folder.path().join("a"), folder.path().join("b")]);
        assert!(witness.offer("one\n").is_err());
        assert_eq!(fs::read_to_string(folder.path().join("b/latest.checkpoint")).unwrap(), "one\n");
    }
}
