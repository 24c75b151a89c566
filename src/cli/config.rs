//! The settings: the file `ballast.toml` in the data folder, then `BALLAST_…` in the environment, then the
//! command line. Read once.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::output::Failure;
use crate::http::rate::Ticks;
use crate::http::server::TlsFiles;
use crate::http::settings::{self, ForwardedHeader, HttpSettings, Rates, Times};
use crate::outside::http_client::Reach;
use crate::outside::mail::{MailServer, Mailer, Tls};
use crate::outside::witness::Witness;
use crate::service::Limits;
use crate::service::identity::open_id::OpenId;
use crate::service::identity::passkey::RelyingParty;
use crate::service::identity::password::Cost;
use crate::service::person::number_attempt::NUMBERS_PER_DAY;

/// The data folder when nobody names one.
pub const DATA_DIR_DEFAULT: &str = "ballast-data";
/// The address when nobody names one.
pub const LISTEN_DEFAULT: &str = "127.0.0.1:8080";

const X_FORWARDED: &str = "x-forwarded-for";
const FORWARDED: &str = "forwarded";
const STARTTLS: &str = "starttls";
/// The settings that the environment may have too, as `BALLAST_…`.
const FROM_ENVIRONMENT: [&str; 25] = [
    "address_requests_per_minute",
    "argon2_lanes",
    "argon2_memory_kib",
    "argon2_passes",
    "cors_origins",
    "database_url",
    "forwarded_header",
    "listen",
    "metrics_listen",
    "numbers_per_day",
    "outgoing_private_addresses",
    "public_url",
    "quota_packs",
    "requests_per_minute",
    "require_second_factor",
    "sign_ins_per_minute",
    "smtp_from",
    "smtp_host",
    "smtp_password",
    "smtp_port",
    "smtp_tls",
    "smtp_user",
    "tls_cert",
    "tls_key",
    "trusted_proxies",
];

/// What an installation is told from outside.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// `sqlite:PATH` or `postgres://…`; a file in the data folder when not given.
    pub database_url: Option<String>,
    /// The address to serve at.
    pub listen: String,
    /// The address at which the measurements can be read; none by default.
    pub metrics_listen: Option<String>,
    /// A PEM file with the certificate, and those that vouch for it behind it.
    pub tls_cert: Option<PathBuf>,
    /// A PEM file with the certificate's key.
    pub tls_key: Option<PathBuf>,
    /// The networks of the proxies that are believed, `10.0.0.0/8`.
    pub trusted_proxies: Vec<String>,
    /// Which header they write: `x-forwarded-for` or `forwarded`.
    pub forwarded_header: String,
    /// The origins whose pages may call the API, `https://app.example`.
    pub cors_origins: Vec<String>,
    /// Requests a minute of one token or session; 0 is without limit.
    pub requests_per_minute: u32,
    /// Requests a minute of one address; 0 is without limit.
    pub address_requests_per_minute: u32,
    /// Attempts to sign in a minute from one address; 0 is without limit.
    pub sign_ins_per_minute: u32,
    /// Numbers of people (citizen numbers, passports) with which an organisation may come in a day; 0 is without limit.
    pub numbers_per_day: u32,
    /// Memory that hashing one password takes, in KiB. A hash that took less is made anew at the next sign-in.
    pub argon2_memory_kib: u32,
    /// Passes over that memory.
    pub argon2_passes: u32,
    /// Lanes that could be worked on at once.
    pub argon2_lanes: u32,
    /// The address at which people open the pages, `https://ballast.example`: passkeys hold for it alone.
    pub public_url: Option<String>,
    /// For development: whether the server may ask other servers on this machine, in the clear too, and in private networks.
    pub outgoing_private_addresses: bool,
    /// Whether officials and administrators have to set up a second factor. A demonstration asks nobody.
    pub require_second_factor: bool,
    /// The mail server; no mails without one.
    pub smtp_host: Option<String>,
    /// Its port; 587, 465 or 25 by `smtp_tls`.
    pub smtp_port: Option<u16>,
    /// `starttls`, `implicit`, or `none` for a mail server on the machine itself.
    pub smtp_tls: String,
    /// The name to sign in with at the mail server.
    pub smtp_user: Option<String>,
    /// The password to it.
    pub smtp_password: Option<String>,
    /// Who writes: `noreply@ballast.example`.
    pub smtp_from: Option<String>,
    /// Folders of witnesses, to which every checkpoint of the log is given besides the data folder's own.
    #[serde(default)]
    pub witness_dirs: Vec<PathBuf>,
    /// A folder with quota packs besides those of the binary.
    pub quota_packs: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            database_url: None,
            listen: LISTEN_DEFAULT.to_owned(),
            metrics_listen: None,
            tls_cert: None,
            tls_key: None,
            trusted_proxies: Vec::new(),
            forwarded_header: X_FORWARDED.to_owned(),
            cors_origins: Vec::new(),
            requests_per_minute: settings::REQUESTS_PER_MINUTE,
            address_requests_per_minute: settings::ADDRESS_REQUESTS_PER_MINUTE,
            sign_ins_per_minute: settings::SIGN_INS_PER_MINUTE,
            numbers_per_day: NUMBERS_PER_DAY,
            argon2_memory_kib: Cost::default().memory_kib,
            argon2_passes: Cost::default().passes,
            argon2_lanes: Cost::default().lanes,
            public_url: None,
            outgoing_private_addresses: false,
            require_second_factor: true,
            smtp_host: None,
            smtp_port: None,
            smtp_tls: STARTTLS.to_owned(),
            smtp_user: None,
            smtp_password: None,
            smtp_from: None,
            witness_dirs: Vec::new(),
            quota_packs: None,
        }
    }
}

impl Settings {
    /// What the server has to know of its surroundings.
    ///
    /// # Errors
    /// [`Failure`] that names the setting.
    pub fn http(&self) -> Result<HttpSettings, Failure> {
        let wrong = |name: &str, text: &str, form: &str| {
            Failure::new(format!("the settings are wrong: {name} has {text:?}, which is not {form}"))
        };
        let network = |text: &String| {
            let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
            network.map_err(|_not| wrong("trusted_proxies", text, "an address or a network like 10.0.0.0/8"))
        };
        if let Some(origin) = self.cors_origins.iter().find(|origin| !is_origin(origin)) {
            return Err(wrong(
                "cors_origins",
                origin,
                "an origin like https://app.example, in small letters",
            ));
        }
        Ok(HttpSettings {
            trusted_proxies: self.trusted_proxies.iter().map(network).collect::<Result<_, _>>()?,
            forwarded_header: match self.forwarded_header.as_str() {
                X_FORWARDED => ForwardedHeader::XForwarded,
                FORWARDED => ForwardedHeader::Forwarded,
                other => return Err(wrong("forwarded_header", other, "x-forwarded-for or forwarded")),
            },
            cors_origins: self.cors_origins.clone(),
            rates: Rates {
                credential: NonZeroU32::new(self.requests_per_minute),
                address: NonZeroU32::new(self.address_requests_per_minute),
                sign_in: NonZeroU32::new(self.sign_ins_per_minute),
            },
            ticks: Ticks::default(),
            times: Times::default(),
        })
    }

    /// What the installation may be asked at most.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits { numbers_per_day: NonZeroU32::new(self.numbers_per_day) }
    }

    /// What hashing a password costs.
    ///
    /// # Errors
    /// [`Failure`] when argon2 cannot work at it.
    pub fn password_cost(&self) -> Result<Cost, Failure> {
        let (memory_kib, passes, lanes) = (self.argon2_memory_kib, self.argon2_passes, self.argon2_lanes);
        let cost = Cost { memory_kib, passes, lanes };
        let what = "the settings are wrong: argon2_memory_kib is at least 8 a lane, argon2_passes and argon2_lanes 1";
        if cost.is_possible() { Ok(cost) } else { Err(Failure::new(what)) }
    }

    /// What devices with passkeys know the installation by; none without an address.
    ///
    /// # Errors
    /// [`Failure`] for an address at which browsers have no passkeys.
    pub fn relying_party(&self) -> Result<Option<RelyingParty>, Failure> {
        let Some(url) = &self.public_url else { return Ok(None) };
        let what = format!(
            "the settings are wrong: public_url has {url:?}, which is not https:// with a name (http:// on localhost alone)"
        );
        RelyingParty::at(url).map(Some).ok_or_else(|| Failure::new(what))
    }

    /// What asks the issuers at which organisations' people sign in.
    #[must_use]
    pub fn open_id(&self) -> OpenId {
        let reach = if self.outgoing_private_addresses { Reach::Private } else { Reach::Public };
        OpenId::new(self.public_url.as_deref(), reach)
    }

    /// What hands mails over; none without a mail server.
    ///
    /// # Errors
    /// [`Failure`] that names the setting.
    pub fn mailer(&self) -> Result<Option<Mailer>, Failure> {
        let Some(host) = &self.smtp_host else { return Ok(None) };
        let wrong = |what: &str| Failure::new(format!("the settings are wrong: {what}"));
        let (Some(from), Some(public_url)) = (&self.smtp_from, &self.public_url) else {
            return Err(wrong("smtp_host needs smtp_from, and public_url for the links in mails"));
        };
        let credentials = match (&self.smtp_user, &self.smtp_password) {
            (None, None) => None,
            (Some(user), Some(password)) => Some((user.clone(), password.clone())),
            _ => return Err(wrong("smtp_user and smtp_password belong together")),
        };
        let tls = match self.smtp_tls.as_str() {
            STARTTLS => Tls::StartTls,
            "implicit" => Tls::Implicit,
            "none" => Tls::None,
            _ => return Err(wrong("smtp_tls is starttls, implicit or none")),
        };
        if tls == Tls::None && credentials.is_some() {
            return Err(wrong("smtp_tls = none would send smtp_password in the clear"));
        }
        let server = MailServer {
            host: host.clone(),
            port: self.smtp_port,
            tls,
            credentials,
            from: from.clone(),
            public_url: public_url.clone(),
        };
        Mailer::new(server)
            .map(Some)
            .map_err(|name| wrong(&format!("{name} is no address of mails or hosts")))
    }

    /// The files of the certificate, if TLS is to be spoken.
    ///
    /// # Errors
    /// [`Failure`] when one of the two is missing.
    pub fn tls(&self) -> Result<Option<TlsFiles<'_>>, Failure> {
        match (&self.tls_cert, &self.tls_key) {
            (None, None) => Ok(None),
            (Some(certificate), Some(key)) => Ok(Some(TlsFiles { certificate, key })),
            _ => Err(Failure::new("the settings are wrong: tls_cert and tls_key belong together")),
        }
    }
}

/// An origin as browsers write it. A star is none: whoever wants everybody to call has to name them.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.:[]".contains(&byte);
    !host.is_empty() && host.bytes().all(plain)
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
            .merge(Serialized::defaults(Settings::default()))
            .merge(Toml::file(data_dir.join("ballast.toml")))
            .merge(Env::prefixed("BALLAST_").only(&FROM_ENVIRONMENT));
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

    /// Where erasures are journaled.
    #[must_use]
    pub fn erasure_journal(&self) -> PathBuf {
        self.data_dir.join("erasures.jsonl")
    }

    /// The key file.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        self.data_dir.join("keys.toml")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Result<HttpSettings, String> {
        let figment =
            Figment::new().merge(Serialized::defaults(Settings::default())).merge(Toml::string(text));
        let settings: Settings = figment.extract().map_err(|e| e.to_string())?;
        settings.http().map_err(|failure| failure.to_string())
    }

    #[test]
    fn what_is_said_of_the_surroundings_is_read_or_refused_by_name() {
        let good = told(
            "trusted_proxies = ['10.0.0.0/8', '::1']\ncors_origins = ['https://app.example:8443']\n\
             forwarded_header = 'forwarded'\nrequests_per_minute = 0\n",
        );
        let good = good.unwrap();
        assert_eq!((good.trusted_proxies.len(), good.rates.credential), (2, None));
        assert_eq!(good.forwarded_header, ForwardedHeader::Forwarded);
        assert_eq!(good.rates.sign_in, NonZeroU32::new(settings::SIGN_INS_PER_MINUTE));
        for (text, named) in [
            ("trusted_proxies = ['ten']", "trusted_proxies"),
            ("cors_origins = ['*']", "cors_origins"),
            ("cors_origins = ['https://app.example/']", "cors_origins"),
            ("forwarded_header = 'via'", "forwarded_header"),
            ("listem = 'x'", "listem"),
        ] {
            let refused = told(text).unwrap_err();
            assert!(refused.contains(named), "{text}: {refused}");
        }
    }

    #[test]
    fn passkeys_need_an_address_at_which_browsers_have_them() {
        let at =
            |url: &str| Settings { public_url: Some(url.to_owned()), ..Settings::default() }.relying_party();
        assert!(at("https://ballast.example").unwrap().is_some());
        let refused = at("http://10.0.0.7:8080").unwrap_err().to_string();
        assert!(refused.contains("public_url"), "{refused}");
        assert!(Settings::default().relying_party().unwrap().is_none());
    }

    #[test]
    fn a_mail_server_is_told_whole_or_refused_by_name() {
        let whole = "smtp_host = 'mail.example'\nsmtp_from = 'noreply@ballast.example'\n\
                     public_url = 'https://ballast.example'\n";
        let told = |more: &str| {
            let figment = Figment::new().merge(Serialized::defaults(Settings::default()));
            let figment = figment.merge(Toml::string(&format!("{whole}{more}")));
            let settings: Settings = figment.extract().unwrap();
            settings.mailer().map_err(|failure| failure.to_string())
        };
        for good in
            ["", "smtp_tls = 'implicit'\nsmtp_user = 'a'\nsmtp_password = 'b'\n", "smtp_tls = 'none'\n"]
        {
            assert!(told(good).unwrap().is_some(), "{good}");
        }
        for (text, named) in [
            ("smtp_tls = 'maybe'\n", "smtp_tls"),
            ("smtp_user = 'a'\n", "smtp_password"),
            ("smtp_tls = 'none'\nsmtp_user = 'a'\nsmtp_password = 'b'\n", "in the clear"),
        ] {
            assert!(told(text).unwrap_err().contains(named), "{text}");
        }
        let alone = Settings { smtp_host: Some("mail.example".to_owned()), ..Settings::default() };
        assert!(alone.mailer().unwrap_err().to_string().contains("smtp_from"));
        let (host, url) = (alone.smtp_host.clone(), Some("https://ballast.example".to_owned()));
        let nobody = Settings {
            smtp_host: host,
            smtp_from: Some("noreply".to_owned()),
            public_url: url,
            ..Settings::default()
        };
        assert!(nobody.mailer().unwrap_err().to_string().contains("smtp_from"));
        assert!(Settings::default().mailer().unwrap().is_none());
    }

    #[test]
    fn a_certificate_without_its_key_is_refused() {
        let one = Settings { tls_cert: Some(PathBuf::from("cert.pem")), ..Settings::default() };
        assert!(one.tls().is_err());
        assert!(Settings::default().tls().unwrap().is_none());
    }
}
