//! A clearance: that a screening found nothing in the way of one act on one version of one permit, on one day.
//!
//! Only the engine makes one, it cannot be copied, and it is used up by what it allows. Whoever reads one back out of a
//! database can prove by its MAC that the engine made it, with a key that the database does not hold.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::fact::Name;
use crate::base::canonical_json::Json;
use crate::base::civil_time::CivilDate;
use crate::base::digest::Digest;
use crate::base::id::PermitId;

/// Says what the MAC is of, so that the key's other uses cannot be taken for it.
const PURPOSE: &[u8] = b"ballast/clearance/1\0";

/// What a clearance allows. Each consumes one of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// Approval in principle.
    Approval,
    /// The permit becomes active.
    Activation,
    /// A new version after the old.
    Renewal,
    /// Another employer, post or area.
    Transfer,
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 4] = [Self::Approval, Self::Activation, Self::Renewal, Self::Transfer];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::Activation => "activation",
            Self::Renewal => "renewal",
            Self::Transfer => "transfer",
        }
    }

    /// The act of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.code() == code)
    }
}

/// Who holds the key that a MAC is made with.
pub trait MacKey {
    /// HMAC-SHA-256 (RFC 2104) of the bytes.
    fn mac(&self, bytes: &[u8]) -> [u8; 32];
    /// Whether it is that of the bytes, in constant time.
    fn holds(&self, bytes: &[u8], mac: &[u8; 32]) -> bool;
}

/// A key of 32 bytes.
pub struct HmacKey([u8; 32]);

impl HmacKey {
    /// The key of some bytes, which come from outside the database.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn over(&self, bytes: &[u8]) -> Option<Hmac<Sha256>> {
        // HMAC takes keys of every length.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(PURPOSE);
        mac.update(bytes);
        Some(mac)
    }
}

impl MacKey for HmacKey {
    fn mac(&self, bytes: &[u8]) -> [u8; 32] {
        self.over(bytes).map_or([0; 32], |mac| mac.finalize().into_bytes().into())
    }

    fn holds(&self, bytes: &[u8], mac: &[u8; 32]) -> bool {
        self.over(bytes).is_some_and(|over| over.verify_slice(mac).is_ok())
    }
}

/// What a clearance is bound to, and what holds when it is used: the two must be the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bindings {
    /// What it allows.
    pub act: Act,
    /// On which permit.
    pub permit: PermitId,
    /// On which version of it.
    pub version: i64,
    /// On which day, in Asia/Shanghai.
    pub on: CivilDate,
    /// For work from which day.
    pub start: CivilDate,
    /// By which pack.
    pub pack: Digest,
    /// By which sanctions lists.
    pub list: Digest,
    /// By which facts, at which revisions.
    pub revisions: BTreeMap<Name, i64>,
    /// Everything that is known of them.
    pub facts: Digest,
    /// Who checked, as a person.
    pub checker: String,
    /// Who approves, as a person.
    pub approver: String,
}

impl Bindings {
    /// What differs, in a fixed order.
    fn differences(&self, present: &Self) -> Vec<Difference> {
        [
            (Difference::Act, self.act == present.act),
            (Difference::Permit, self.permit == present.permit),
            (Difference::Version, self.version == present.version),
            (Difference::Day, self.on == present.on),
            (Difference::Start, self.start == present.start),
            (Difference::Pack, self.pack == present.pack),
            (Difference::List, self.list == present.list),
            (Difference::Facts, self.revisions == present.revisions && self.facts == present.facts),
            (Difference::Officers, self.checker == present.checker && self.approver == present.approver),
            (Difference::OnePerson, present.checker != present.approver),
        ]
        .into_iter()
        .filter_map(|(difference, same)| (!same).then_some(difference))
        .collect()
    }

    fn json(&self, receipt: Digest) -> Json {
        let revisions =
            self.revisions.iter().map(|(name, n)| (name.code().to_owned(), Json::Integer(*n))).collect();
        Json::object([
            ("act", Json::text(self.act.code())),
            ("permit", Json::text(self.permit)),
            ("version", Json::Integer(self.version)),
            ("on", Json::text(self.on)),
            ("start", Json::text(self.start)),
            ("pack", Json::text(self.pack)),
            ("list", Json::text(self.list)),
            ("revisions", Json::Map(revisions)),
            ("facts", Json::text(self.facts)),
            ("checker", Json::text(&self.checker)),
            ("approver", Json::text(&self.approver)),
            ("receipt", Json::text(receipt)),
        ])
    }
}

/// Why a clearance does not allow what is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// It allows another act.
    Act,
    /// It is of another permit.
    Permit,
    /// It is of another version.
    Version,
    /// It is of another day.
    Day,
    /// The work begins on another day.
    Start,
    /// The rules have changed.
    Pack,
    /// The lists have changed.
    List,
    /// A fact has changed, came, or went.
    Facts,
    /// Other officers.
    Officers,
    /// One person in both roles.
    OnePerson,
    /// The engine did not make it.
    Forged,
}

impl Difference {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Act => "act",
            Self::Permit => "permit",
            Self::Version => "version",
            Self::Day => "day",
            Self::Start => "start",
            Self::Pack => "pack",
            Self::List => "list",
            Self::Facts => "facts",
            Self::Officers => "officers",
            Self::OnePerson => "one_person",
            Self::Forged => "forged",
        }
    }
}

/// That nothing is in the way.
///
/// Nobody but the engine makes one:
///
/// ```compile_fail,E0451
/// use ballast_domain::permit::screening::clearance::{Bindings, Clearance};
/// use ballast_domain::base::digest::Digest;
/// fn forge(bound: Bindings) -> Clearance {
///     Clearance { bound, receipt: Digest([0; 32]), mac: [0; 32] }
/// }
/// ```
///
/// nor by the function that the engine has:
///
/// ```compile_fail,E0624
/// use ballast_domain::base::digest::Digest;
/// use ballast_domain::permit::screening::clearance::{Bindings, Clearance, HmacKey};
/// fn forge(bound: Bindings, key: &HmacKey) -> Clearance {
///     Clearance::mint(bound, Digest([0; 32]), key)
/// }
/// ```
///
/// nobody has two of one:
///
/// ```compile_fail,E0599
/// use ballast_domain::permit::screening::clearance::Clearance;
/// fn double(one: &Clearance) -> Clearance {
///     one.clone()
/// }
/// ```
///
/// and it is used once:
///
/// ```compile_fail,E0382
/// use ballast_domain::permit::screening::clearance::{Approved, Bindings, Clearance, HmacKey};
/// fn twice(one: Clearance, now: &Bindings, key: &HmacKey) {
///     let _ = Approved::from(one, now, key);
///     let _ = Approved::from(one, now, key);
/// }
/// ```
///
/// What compiles is one use:
///
/// ```
/// use ballast_domain::permit::screening::clearance::{Approved, Bindings, Clearance, HmacKey};
/// fn once(one: Clearance, now: &Bindings, key: &HmacKey) -> bool {
///     Approved::from(one, now, key).is_ok()
/// }
/// ```
#[derive(Debug)]
#[must_use]
pub struct Clearance {
    bound: Bindings,
    receipt: Digest,
    mac: [u8; 32],
}

impl Clearance {
    /// For the engine alone, after every check has passed.
    pub(super) fn mint(bound: Bindings, receipt: Digest, key: &impl MacKey) -> Self {
        let mac = key.mac(bound.json(receipt).to_string().as_bytes());
        Self { bound, receipt, mac }
    }

    /// What it is bound to.
    #[must_use]
    pub fn bound(&self) -> &Bindings {
        &self.bound
    }

    /// The digest of the screening's receipt.
    #[must_use]
    pub fn receipt(&self) -> Digest {
        self.receipt
    }

    /// The bytes to keep, in canonical JSON.
    #[must_use]
    pub fn canonical(&self) -> String {
        self.bound.json(self.receipt).to_string()
    }

    /// The MAC to keep beside them.
    #[must_use]
    pub fn mac(&self) -> [u8; 32] {
        self.mac
    }
}

/// Whether bytes that were kept are those of a clearance that the engine made.
#[must_use]
pub fn verify(canonical: &[u8], mac: &[u8; 32], key: &impl MacKey) -> bool {
    key.holds(canonical, mac)
}

/// What an approving transaction writes: an act that a clearance allows. There is no other way to one.
///
/// ```compile_fail,E0451
/// use ballast_domain::permit::screening::clearance::{Approved, Bindings};
/// use ballast_domain::base::digest::Digest;
/// fn forge(bound: Bindings) -> Approved {
///     Approved { bound, receipt: Digest([0; 32]), canonical: String::new(), mac: [0; 32] }
/// }
/// ```
#[derive(Debug)]
pub struct Approved {
    bound: Bindings,
    receipt: Digest,
    canonical: String,
    mac: [u8; 32],
}

impl Approved {
    /// Uses a clearance up, whatever becomes of it. `present` is what the approving transaction reads under its locks.
    ///
    /// # Errors
    /// Everything that differs from what was screened.
    pub fn from(
        clearance: Clearance,
        present: &Bindings,
        key: &impl MacKey,
    ) -> Result<Self, Vec<Difference>> {
        let canonical = clearance.canonical();
        let mut differences = clearance.bound.differences(present);
        if !verify(canonical.as_bytes(), &clearance.mac, key) {
            differences.push(Difference::Forged);
        }
        if !differences.is_empty() {
            return Err(differences);
        }
        let Clearance { bound, receipt, mac } = clearance;
        Ok(Self { bound, receipt, canonical, mac })
    }

    /// What is allowed, and what it rests on.
    #[must_use]
    pub fn bound(&self) -> &Bindings {
        &self.bound
    }

    /// The digest of the screening's receipt.
    #[must_use]
    pub fn receipt(&self) -> Digest {
        self.receipt
    }

    /// The clearance as it is kept: its bytes and their MAC.
    #[must_use]
    pub fn kept(&self) -> (&str, [u8; 32]) {
        (&self.canonical, self.mac)
    }
}
