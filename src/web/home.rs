//! tmp
use poem::handler;
/// tmp
#[handler]
pub fn home() -> &'static str {
    ""
}
