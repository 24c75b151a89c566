//! What an installation is told about its surroundings: proxies, other origins, rates.

use std::num::NonZeroU32;
use std::time::Duration;

use ipnet::IpNet;

use super::limits::{ANSWER_TIME_MAX, BODY_TIME_MAX, IDLE_TIME_MAX, REQUEST_TIME_MAX};
use super::rate::Ticks;

/// Requests of one page or program a minute when nobody says, for one token or session.
pub const REQUESTS_PER_MINUTE: u32 = 1_200;
/// The same for one address, behind which a whole office may sit.
pub const ADDRESS_REQUESTS_PER_MINUTE: u32 = 6_000;
/// Attempts to sign in a minute from one address when nobody says.
pub const SIGN_INS_PER_MINUTE: u32 = 60;

/// Which header a trusted proxy writes. Only one is believed: a proxy that writes one of them passes the other on
/// as its client sent it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For` and `X-Forwarded-Proto`.
    #[default]
    XForwarded,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// How many requests a minute are answered; none means without limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// Of one token or session.
    pub credential: Option<NonZeroU32>,
    /// Of one address.
    pub address: Option<NonZeroU32>,
    /// Attempts to sign in from one address.
    pub sign_in: Option<NonZeroU32>,
}

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// A body, to arrive.
    pub body: Duration,
    /// A request, to be answered once its body is there.
    pub request: Duration,
    /// A connection, to stand still.
    pub idle: Duration,
    /// From a request's first byte to its answer's.
    pub answer: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self { body: BODY_TIME_MAX, request: REQUEST_TIME_MAX, idle: IDLE_TIME_MAX, answer: ANSWER_TIME_MAX }
    }
}

/// How requests are met.
#[derive(Clone, Debug, Default)]
pub struct HttpSettings {
    /// The networks of the proxies whose word about the client counts.
    pub trusted_proxies: Vec<IpNet>,
    /// The header that they write.
    pub forwarded_header: ForwardedHeader,
    /// The origins whose pages may call the API, as browsers write them; none by default.
    pub cors_origins: Vec<String>,
    /// How many requests a minute.
    pub rates: Rates,
    /// What the rates are measured by.
    pub ticks: Ticks,
    /// How long things may take; a test has no time for what is sensible.
    pub times: Times,
}
