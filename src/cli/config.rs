//! The settings: the file `ballast.toml` in the data folder, then `BALLAST_…` in the environment, then the
//! command line. Read once.

use std::path::PathBuf;

use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use serde::{Deserialize, Serialize};

use super::output::Failure;
use crate::outside::witness::Witness;

/// The data folder when nobody names one.
pub const DATA_DIR_DEFAULT: &str = "ballast-data";
/// The address when nobody names one.
pub const LISTEN_DEFAULT: &str = "127.0.0.1:8080";

/// What an installation is told from outside.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// `sqlite:PATH` or `postgres://…`; a file in the data folder when not given.
    pub database_url: Option<String>,
    /// The address to serve at.
    pub listen: String,
    /// Folders of witnesses, to which every checkpoint of the log is given besides the data folder's own.
    #[serde(default)]
    pub witness_dirs: Vec<PathBuf>,
}

/// The settings and the folder that they hold for.
#[derive(Clone, Debug)]
pub struct Config {
    /// The data folder.
    pub data_dir: PathBuf,
    /// The settings.
    pub settings: Settings,
}

impl Config {
    /// Reads file, environment and command line, the later over the earlier; `default_dir` is the folder when
    /// nobody names one.
    ///
    /// # Errors
    /// [`Failure`] that names the setting.
    pub fn read(
        data_dir: Option<PathBuf>,
        database_url: Option<String>,
        default_dir: &str,
    ) -> Result<Self, Failure> {
        let environment: Option<PathBuf> = Env::var("BALLAST_DATA_DIR").map(PathBuf::from);
        let data_dir = data_dir.or(environment).unwrap_or_else(|| PathBuf::from(default_dir));
        let mut figment = Figment::new()
            .merge(Serialized::default("listen", LISTEN_DEFAULT))
            .merge(Toml::file(data_dir.join("ballast.toml")))
            .merge(Env::prefixed("BALLAST_").only(&["database_url", "listen"]));
        if let Some(url) = database_url {
            figment = figment.merge(Serialized::default("database_url", url));
        }
        let settings = figment.extract().map_err(|e| Failure::new(format!("the settings are wrong: {e}")))?;
        Ok(Self { data_dir, settings })
    }

    /// The database to open.
    #[must_use]
    pub fn database_url(&self) -> String {
        let file = || format!("sqlite:{}", self.data_dir.join("ballast.sqlite").display());
        self.settings.database_url.clone().unwrap_or_else(file)
    }

    /// Where checkpoints of the log are kept: the data folder's own, then those of the witnesses.
    #[must_use]
    pub fn witness(&self) -> Witness {
        let own = self.data_dir.join("checkpoints");
        Witness::new([vec![own], self.settings.witness_dirs.clone()].concat())
    }

    /// The key file.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        self.data_dir.join("keys.toml")
    }
}
