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
/// How deeply lists and objects of a body may be nested.
pub const BODY_DEPTH_MAX: usize = 16;
/// The longest that a body may take to arrive.
pub const BODY_TIME_MAX: Duration = Duration::from_secs(30);
/// How long a connection may stand still, also in the middle of a request's headers.
pub const IDLE_TIME_MAX: Duration = Duration::from_secs(75);
/// The longest from a request's first byte to its answer's: a body and a request may each take their longest, and the
/// headers the rest. Whoever sends them byte by byte holds a connection no longer.
pub const ANSWER_TIME_MAX: Duration = Duration::from_secs(100);
/// The most headers of a request.
pub const HEADERS_MAX: usize = 64;
/// The most bytes of all headers of a request together, names and values.
pub const HEADER_BYTES_MAX: usize = 16 * 1024;
/// The longest path and query.
pub const URL_BYTES_MAX: usize = 4 * 1024;
/// The most faults of one request that are told.
pub const FAULTS_MAX: usize = 100;
