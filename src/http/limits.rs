//! The limits of a request.

use std::time::Duration;

/// The largest body: an import of 10,000 rows fits.
pub const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The longest that one request may take.
pub const REQUEST_TIME_MAX: Duration = Duration::from_secs(60);
/// How long requests may go on after the signal to stop.
pub const SHUTDOWN_TIME_MAX: Duration = Duration::from_secs(20);
/// The longest request id that is taken over from a caller.
pub const REQUEST_ID_BYTES_MAX: usize = 64;
