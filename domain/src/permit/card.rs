//! The card that a permit's holder carries, and what an inspector without a network may conclude from it.
//!
//! A card says what was true when it was issued; whether it still is, a status list says, and that list grows old.
//! A card can be copied: that it is genuine does not say that whoever shows it is its holder, so the face is
//! compared each time.

use crate::base::civil_time::{CivilDate, Instant, shanghai_instant};
use crate::base::digest::Digest;
use uuid::Uuid;

/// What a card says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The version of the permit that it stands for.
    pub version: Uuid,
    /// The permit's reference.
    pub reference: String,
    /// The holder's name as the travel document has it.
    pub holder: String,
    /// The employer.
    pub employer: String,
    /// The occupation.
    pub post: String,
    /// Where the permit holds: the site or the area.
    pub area: String,
    /// First day.
    pub starts_on: CivilDate,
    /// Last day, to its end in Asia/Shanghai.
    pub ends_on: CivilDate,
    /// When the card was made.
    pub issued_at: Instant,
}

impl Card {
    /// The first instant of validity.
    #[must_use]
    pub fn begins(&self) -> Instant {
        day_begins(self.starts_on)
    }

    /// The first instant that is past the validity: the beginning of the day after the last one.
    #[must_use]
    pub fn ends_before(&self) -> Instant {
        day_begins(self.ends_on) + chrono::Duration::days(1)
    }
}

fn day_begins(day: CivilDate) -> Instant {
    shanghai_instant(day.and_time(chrono::NaiveTime::MIN))
}

/// A key that signs cards or lists, and when it did so rightly. What a key signed outside its window proves
/// nothing: that is how a leaked one is given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its name, as signatures carry it.
    pub id: String,
    /// Ed25519 (RFC 8032).
    pub public: [u8; 32],
    /// From when on.
    pub from: Instant,
    /// From when on no more; none while it is in use.
    pub until: Option<Instant>,
}

impl Key {
    /// Whether the key signed rightly at an instant.
    #[must_use]
    pub fn holds_at(&self, at: Instant) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// Which versions do not hold though their term does: suspended, revoked, ended or replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusList {
    /// When it was made.
    pub issued_at: Instant,
    /// From when on it is too old to say that a permit stands.
    pub stale_from: Instant,
    /// What [`listed`] gives for each of them, sorted.
    stopped: Vec<[u8; LISTED_BYTES]>,
}

/// Bytes by which a version is named on a list.
pub const LISTED_BYTES: usize = 16;
/// The most versions on a list.
pub const LISTED_MAX: usize = 100_000;

/// What names a version on a list: enough of its digest that two are never alike, and nothing about it.
#[must_use]
pub fn listed(version: Uuid) -> [u8; LISTED_BYTES] {
    let Digest(digest) = Digest::of_parts([b"permit_version".as_slice(), version.as_bytes()]);
    let mut name = [0; LISTED_BYTES];
    name.copy_from_slice(digest.split_at(LISTED_BYTES).0);
    name
}

impl StatusList {
    /// A list of these versions, in whichever order.
    #[must_use]
    pub fn new(issued_at: Instant, stale_from: Instant, mut stopped: Vec<[u8; LISTED_BYTES]>) -> Self {
        stopped.sort_unstable();
        stopped.dedup();
        Self { issued_at, stale_from, stopped }
    }

    /// The versions on it, sorted.
    #[must_use]
    pub fn stopped(&self) -> &[[u8; LISTED_BYTES]] {
        &self.stopped
    }

    fn stops(&self, version: Uuid) -> bool {
        self.stopped.binary_search(&listed(version)).is_ok()
    }
}

/// What a card is worth to whoever holds it against a list, at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It stands. The face on the document is still to be compared.
    Valid,
    /// No key of the issuer made it, or it was changed.
    Forged,
    /// The key that made it was not, or no longer, in use then.
    KeyNotInUse,
    /// Its term has not begun.
    NotYet,
    /// Its term is over.
    Expired,
    /// The list names it: suspended, revoked, ended or replaced.
    Stopped,
    /// There is no list that can be believed: whether it was stopped is unknown.
    StatusUnknown,
    /// The list is too old to say that it was not stopped.
    StatusStale,
}

impl Verdict {
    /// All there are.
    pub const ALL: [Self; 8] = [
        Self::Valid,
        Self::Forged,
        Self::KeyNotInUse,
        Self::NotYet,
        Self::Expired,
        Self::Stopped,
        Self::StatusUnknown,
        Self::StatusStale,
    ];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Forged => "forged",
            Self::KeyNotInUse => "key_not_in_use",
            Self::NotYet => "not_yet",
            Self::Expired => "expired",
            Self::Stopped => "stopped",
            Self::StatusUnknown => "status_unknown",
            Self::StatusStale => "status_stale",
        }
    }
}

/// What a card is worth at `now`. `key` is the one that its signature was checked with, none where no signature held;
/// so is `list`: none where no list was at hand or its signature did not hold.
#[must_use]
pub fn judge(card: &Card, key: Option<&Key>, list: Option<&StatusList>, now: Instant) -> Verdict {
    let Some(key) = key else { return Verdict::Forged };
    if !key.holds_at(card.issued_at) || card.issued_at > now {
        return Verdict::KeyNotInUse;
    }
    // A list that names the card holds however old it is: what was stopped does not stand again by itself.
    if list.is_some_and(|list| list.stops(card.version)) {
        return Verdict::Stopped;
    }
    if now >= card.ends_before() {
        return Verdict::Expired;
    }
    if now < card.begins() {
        return Verdict::NotYet;
    }
    match list {
        None => Verdict::StatusUnknown,
        // One from the future is from a clock that is wrong, here or there.
        Some(list) if list.issued_at > now || now >= list.stale_from => Verdict::StatusStale,
        Some(_) => Verdict::Valid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Duration, TimeZone as _, Utc};

    fn at(day: u32, hour: u32, second: u32) -> Instant {
        Utc.with_ymd_and_hms(2026, 12, day, hour, 0, second).unwrap()
    }

    fn card() -> Card {
        let day = |d| CivilDate::from_ymd_opt(2026, 12, d).unwrap();
        Card {
            version: Uuid::from_u128(7),
            reference: "LJ-P-2026-03187".to_owned(),
            holder: "NGUYEN THI HOA".to_owned(),
            employer: "Jiangkou Yunfan Apparel".to_owned(),
            post: "Sewing machine operator".to_owned(),
            area: "Plant 2".to_owned(),
            starts_on: day(2),
            ends_on: day(20),
            issued_at: at(1, 8, 0),
        }
    }

    fn key() -> Key {
        Key { id: "c-1".to_owned(), public: [0; 32], from: at(1, 0, 0), until: Some(at(10, 0, 0)) }
    }

    fn list(stopped: Vec<[u8; LISTED_BYTES]>) -> StatusList {
        StatusList::new(at(9, 0, 0), at(10, 0, 0), stopped)
    }

    #[test]
    fn it_holds_to_the_end_of_its_last_day_and_from_the_beginning_of_its_first() {
        let fresh = |now: Instant| StatusList::new(now, now + Duration::days(1), Vec::new());
        let judged = |now| judge(&card(), Some(&key()), Some(&fresh(now)), now);
        let end = at(20, 16, 0);
        assert_eq!(judged(end - Duration::milliseconds(100)), Verdict::Valid, "23:59:59.9 in Shanghai");
        assert_eq!(judged(end), Verdict::Expired);
        let begin = at(1, 16, 0);
        assert_eq!(judged(begin), Verdict::Valid);
        assert_eq!(judged(begin - Duration::milliseconds(100)), Verdict::NotYet);
    }

    #[test]
    fn an_old_list_says_no_more_that_it_stands_and_still_that_it_was_stopped() {
        let open = list(Vec::new());
        assert_eq!(judge(&card(), Some(&key()), Some(&open), at(9, 12, 0)), Verdict::Valid);
        assert_eq!(judge(&card(), Some(&key()), Some(&open), at(10, 0, 0)), Verdict::StatusStale);
        assert_eq!(judge(&card(), Some(&key()), Some(&open), at(8, 0, 0)), Verdict::StatusStale);
        let stopped = list(vec![listed(Uuid::from_u128(8)), listed(Uuid::from_u128(7))]);
        for now in [at(9, 12, 0), at(10, 0, 1)] {
            assert_eq!(judge(&card(), Some(&key()), Some(&stopped), now), Verdict::Stopped);
        }
        let others = list(vec![listed(Uuid::from_u128(8))]);
        assert_eq!(judge(&card(), Some(&key()), Some(&others), at(9, 12, 0)), Verdict::Valid);
        assert_eq!(judge(&card(), Some(&key()), None, at(9, 12, 0)), Verdict::StatusUnknown);
    }

    #[test]
    fn what_a_key_signed_outside_its_window_proves_nothing() {
        let open = list(Vec::new());
        let issued = |issued_at| Card { issued_at, ..card() };
        for (issued_at, expected) in [
            (at(1, 0, 0), Verdict::Valid),
            (at(1, 0, 0) - Duration::microseconds(1), Verdict::KeyNotInUse),
            (at(10, 0, 0), Verdict::KeyNotInUse),
        ] {
            let judged = judge(&issued(issued_at), Some(&key()), Some(&open), at(9, 12, 0));
            assert_eq!(judged, expected, "{issued_at}");
        }
        assert_eq!(judge(&card(), None, Some(&open), at(9, 12, 0)), Verdict::Forged);
        let tomorrow = judge(&issued(at(9, 13, 0)), Some(&key()), Some(&open), at(9, 12, 0));
        assert_eq!(tomorrow, Verdict::KeyNotInUse, "issued later than now");
    }

    #[test]
    fn codes_are_alone() {
        let codes: std::collections::BTreeSet<_> = Verdict::ALL.map(Verdict::code).into_iter().collect();
        assert_eq!(codes.len(), Verdict::ALL.len());
    }
}
