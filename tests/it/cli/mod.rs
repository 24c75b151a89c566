//! The program itself, as an operator runs it: what it says on the way out, and with which code. A data folder
//! keeps its SQLite database, so most of these run on that alone.

mod data;
mod fairness;
mod installation;
mod log;
mod permit;
mod privacy;
mod quota;
mod worker;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use ballast::cli::config::{Config, Settings};
use ballast::cli::open;
use ballast::service::Ctx;
use ballast::words::Locale;
use tempfile::TempDir;

use crate::harness::TestDatabase;

/// A data folder that goes with the test, and the program on it.
struct Installation {
    folder: TempDir,
    data_dir: PathBuf,
    /// A database elsewhere; the data folder's own file when there is none.
    url: Option<String>,
}

/// What the program said.
#[derive(Debug)]
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Installation {
    fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("ballast-cli-").tempdir().unwrap();
        let data_dir = folder.path().join("data");
        Self { folder, data_dir, url: None }
    }

    /// The same program told to use another folder.
    fn at(self, data_dir: PathBuf) -> Self {
        Self { data_dir, ..self }
    }

    /// The same data folder with another database.
    fn on(self, database: &TestDatabase) -> Self {
        Self { url: Some(database.url()), ..self }
    }

    fn run(&self, arguments: &[&str]) -> Said {
        self.run_with(arguments, "")
    }

    /// Runs the program in an environment without settings; gives it `input` to read.
    fn run_with(&self, arguments: &[&str], input: &str) -> Said {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ballast"))
            .args(arguments)
            .arg("--data-dir")
            .arg(&self.data_dir)
            .args(self.url.iter().flat_map(|url| ["--database-url", url]))
            .env_clear()
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that ends before it has read everything is not at fault.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Said { code: status.code(), out: text(stdout), err: text(stderr) }
    }

    /// The operator, in this process: to put something in, and to look.
    async fn operator(&self) -> Ctx {
        let settings = Settings { database_url: self.url.clone(), ..Settings::default() };
        let config = Config { data_dir: self.data_dir.clone(), settings };
        open::operator(&config, Locale::En).await.unwrap()
    }
}

impl Said {
    /// Panics unless the program did what it was told, and complained of nothing.
    fn done(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (Some(0), ""), "{}", self.out);
        self.out
    }

    /// Panics unless the program failed in one sentence, which holds these words; gives its detail lines.
    fn failed(self, words: &[&str]) -> Vec<String> {
        let Self { code, out, err } = &self;
        assert_eq!(*code, Some(1), "{out}\n{err}");
        assert!(!err.contains("panicked") && !err.contains("RUST_BACKTRACE"), "{err}");
        let mut lines = err.lines();
        let sentence = lines.next().expect("a sentence");
        assert!(sentence.starts_with("ballast: "), "{err}");
        for word in words {
            assert!(sentence.contains(word), "{word:?} is not in {sentence:?}");
        }
        let details: Vec<String> = lines.map(str::to_owned).collect();
        assert!(details.iter().all(|line| line.starts_with("  ")), "more than one sentence: {err}");
        details
    }
}
