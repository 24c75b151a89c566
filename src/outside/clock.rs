//! The one source of time. Everything else takes time as an argument.

use ballast_domain::base::civil_time::{Instant, to_micros};

/// Where "now" comes from.
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A demonstration or a test stands still at this instant.
    Fixed(Instant),
}

impl Clock {
    /// Now, cut to microseconds, which is what both databases keep.
    #[must_use]
    pub fn now(&self) -> Instant {
        match self {
            #[expect(clippy::disallowed_methods, reason = "this is the place that the ban points to")]
            Self::System => to_micros(chrono::Utc::now()),
            Self::Fixed(at) => to_micros(*at),
        }
    }
}
