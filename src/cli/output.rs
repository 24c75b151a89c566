//! What the commands say: results on standard output, one sentence about a failure on standard error, the
//! log as lines on standard error.

use std::io::{self, IsTerminal as _, Write};
use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

use crate::http::problem;
use crate::service::Error;
use crate::words::{Locale, Words};

/// Why a command failed, in one sentence that says what to do, and details a line each.
#[derive(Debug)]
pub struct Failure {
    sentence: String,
    lines: Vec<String>,
    /// Nobody reads on (`ballast … | head`): the command ends without a word.
    unheard: bool,
}

impl Failure {
    /// A failure in one sentence.
    #[must_use]
    pub fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), lines: Vec::new(), unheard: false }
    }

    /// The same with details.
    #[must_use]
    pub fn with_lines(mut self, lines: Vec<String>) -> Self {
        self.lines = lines;
        self
    }

    /// What a use case answered, in words.
    #[must_use]
    pub fn of(error: &Error, locale: Locale) -> Self {
        let words = Words(locale);
        let lines = match error {
            Error::Invalid(fields) => fields
                .iter()
                .map(|field| format!("{}: {}", field.pointer, problem::field_detail(words, field)))
                .collect(),
            _ => Vec::new(),
        };
        let sentence = match error {
            Error::Internal(what) => format!("{} ({what})", problem::detail(words, error)),
            error => problem::detail(words, error),
        };
        Self { sentence, lines, unheard: false }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self { unheard: error.kind() == io::ErrorKind::BrokenPipe, ..Self::new(error.to_string()) }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ballast: {}", self.sentence)?;
        self.lines.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

/// Prints a failure and gives its exit code.
#[must_use]
pub fn report(failure: &Failure) -> ExitCode {
    if failure.unheard {
        return ExitCode::SUCCESS;
    }
    let _ = writeln!(io::stderr(), "{failure}");
    ExitCode::FAILURE
}

/// Starts the log on standard error; `RUST_LOG` says how much of it.
pub fn start_log() {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_unset| EnvFilter::new("warn,ballast=info"));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .try_init();
}

/// Standard output as a sink for the commands. A reader that has gone away ends the command quietly.
#[derive(Debug)]
pub struct Stdout;

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::stdout().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush()
    }
}

/// Progress of long work: one line that is written over on a terminal, nothing elsewhere.
#[derive(Debug)]
pub struct Progress {
    terminal: bool,
}

impl Progress {
    /// Looks whether anybody watches.
    #[must_use]
    pub fn new() -> Self {
        Self { terminal: io::stderr().is_terminal() }
    }

    /// Says what is being done.
    pub fn say(&self, what: &str) {
        if self.terminal {
            let _ = write!(io::stderr(), "\r\x1b[K{what} …");
        }
    }

    /// Clears the line.
    pub fn done(&self) {
        if self.terminal {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

impl Default for Progress {
    fn default() -> Self {
        Self::new()
    }
}
