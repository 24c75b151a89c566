//! The browsers that signed in as somebody before: each carries a signed name for every login that it was used with.
//! Nothing of it is stored, and it opens nothing: it only keeps its failures apart from those of strangers.

use crate::outside::keys::hex;
use crate::service::App;
use crate::service::identity::session::hash_token;

/// Logins of one browser that are remembered.
const LOGINS_MAX: usize = 5;
/// Days for which a browser is remembered: the longest that browsers keep a cookie.
pub const KEPT_DAYS: i64 = 400;
/// Hexadecimal digits of a name, and of its signature behind it.
const NAME_DIGITS: usize = 16;
const SIGNATURE_DIGITS: usize = 32;
/// Between the names of one cookie.
const SEPARATOR: char = '.';

/// What a browser is counted under for a login; empty for one that never signed in as that login.
#[must_use]
pub fn find(app: &App, cookie: &str, login: &str) -> Vec<u8> {
    let own = cookie.split(SEPARATOR).take(LOGINS_MAX).find(|entry| is_of(app, entry, login));
    own.and_then(|entry| entry.get(..NAME_DIGITS)).unwrap_or_default().as_bytes().to_vec()
}

/// The cookie after signing in: with a name for this login, the others behind it.
#[must_use]
pub fn remember(app: &App, cookie: &str, login: &str) -> String {
    let whole = |entry: &&str| entry.len() == NAME_DIGITS + SIGNATURE_DIGITS && entry.is_ascii();
    let kept = cookie.split(SEPARATOR).take(LOGINS_MAX).filter(whole);
    let (own, others): (Vec<&str>, Vec<&str>) = kept.partition(|entry| is_of(app, entry, login));
    let entry = own.first().map_or_else(
        || {
            let name = hex(&app.random.bytes::<8>());
            let signature = sign(app, &name, login);
            format!("{name}{signature}")
        },
        |known| (*known).to_owned(),
    );
    let rest = others.into_iter().take(LOGINS_MAX - 1).map(str::to_owned);
    std::iter::once(entry).chain(rest).collect::<Vec<_>>().join(&SEPARATOR.to_string())
}

/// Compared by their hashes, so that time tells nothing.
fn is_of(app: &App, entry: &str, login: &str) -> bool {
    let Some((name, signature)) = entry.split_at_checked(NAME_DIGITS) else { return false };
    hash_token(&sign(app, name, login)) == hash_token(signature)
}

fn sign(app: &App, name: &str, login: &str) -> String {
    let mut signature = hex(&app.keys.own_mac("device", &format!("{name}|{login}")));
    signature.truncate(SIGNATURE_DIGITS);
    signature
}
