//! The journal of erasures: who was erased, outside the database, so that a backup of before can be put back
//! without bringing anybody back. It has ids and times, and no name.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use ballast_domain::base::civil_time::Instant;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where the lines go; nowhere for an installation that keeps no folder.
#[derive(Clone, Debug, Default)]
pub struct ErasureJournal(Option<PathBuf>);

/// One line.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct JournalLine {
    /// Who.
    pub person: Uuid,
    /// The entry of the log that says so.
    pub entry: Uuid,
    /// When it was asked for.
    pub requested_at: Instant,
    /// Whether it came to nothing: the database did not keep it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub void: bool,
}

impl ErasureJournal {
    /// A journal in this file, which is made with the first line.
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        Self(Some(path))
    }

    /// Adds a line; when it answers, the line is on the disk.
    ///
    /// # Errors
    /// What the system says.
    pub fn append(&self, line: &JournalLine) -> io::Result<()> {
        let Some(path) = &self.0 else { return Ok(()) };
        let is_new = !path.exists();
        let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
        let text = serde_json::to_string(line)?;
        file.write_all(format!("{text}\n").as_bytes())?;
        file.sync_all()?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if is_new { File::open(folder.unwrap_or(Path::new(".")))?.sync_all() } else { Ok(()) }
    }

    /// The lines that hold, oldest first. A last line that was broken off is none: its erasure was not kept.
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::InvalidData`] for a line that is none.
    pub fn read(&self) -> io::Result<Vec<JournalLine>> {
        let Some(path) = &self.0 else { return Ok(Vec::new()) };
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let whole = text.rfind('\n').map_or("", |end| text.get(..end).unwrap_or_default());
        let mut lines: Vec<JournalLine> = Vec::new();
        for line in whole.lines().filter(|line| !line.is_empty()) {
            let line: JournalLine = serde_json::from_str(line)?;
            if line.void {
                lines.retain(|known| known.entry != line.entry);
            } else {
                lines.push(line);
            }
        }
        Ok(lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_hold_are_read_again_and_others_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("erasures.jsonl");
        let journal = ErasureJournal::at(path.clone());
        assert!(journal.read().unwrap().is_empty());
        let line = |n: u128, void| JournalLine {
            person: Uuid::from_u128(n),
            entry: Uuid::from_u128(100 + n),
            requested_at: Instant::default(),
            void,
        };
        journal.append(&line(1, false)).unwrap();
        journal.append(&line(2, false)).unwrap();
        journal.append(&line(2, true)).unwrap();
        assert_eq!(journal.read().unwrap(), [line(1, false)]);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"person\":\"0000").unwrap();
        assert_eq!(journal.read().unwrap(), [line(1, false)], "a line that was broken off");
        file.write_all(b"\n").unwrap();
        assert!(journal.read().is_err(), "a line that was changed");
        assert!(ErasureJournal::default().read().unwrap().is_empty());
    }
}
