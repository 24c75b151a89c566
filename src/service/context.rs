//! What every use case gets: the installation, who asks, and in which request.

use std::num::NonZeroU32;
use std::sync::Arc;

use ballast_domain::base::civil_time::{CivilDate, Instant, shanghai_date};
use ballast_domain::base::id::{AuditEntryId, JobId, PersonId};
use ballast_domain::identity::confirmation::is_recent;
use ballast_domain::identity::policy::{self, Act, Action, Actor, Grant, PovertyAccess, Scope, Target};
use ballast_domain::matching::profile::Profile;
use uuid::Uuid;

use super::audit::Log;
use super::audit::audit_entry::{self, Changes, Event};
use super::audit::reading;
use super::error::Error;
use super::exchange::idempotency_key::{self, Retry, Running};
use super::identity::open_id::OpenId;
use super::identity::passkey::RelyingParty;
use super::identity::password::Passwords;
use super::matching::catalogue::Catalogue;
use super::person::number_attempt::NUMBERS_PER_DAY;
use super::taxonomy::occupation::Remembered;
use crate::outside::clock::Clock;
use crate::outside::erasure_journal::ErasureJournal;
use crate::outside::keys::{Keys, hex};
use crate::outside::mail::Mailer;
use crate::outside::metrics::Metrics;
use crate::outside::random::Random;
use crate::store::audit::audit_entry::Touch;
pub use crate::store::db::Receipts;
use crate::store::{Db, Tx};
use crate::words::Locale;

/// What an installation may be asked at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Numbers of people with which an organisation may come in a day; none is without limit.
    pub numbers_per_day: Option<NonZeroU32>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { numbers_per_day: NonZeroU32::new(NUMBERS_PER_DAY) }
    }
}

/// One installation: its database, keys, clock and settings.
#[derive(Debug)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The source of time.
    pub clock: Clock,
    /// The source of randomness.
    pub random: Random,
    /// What seals secrets.
    pub keys: Keys,
    /// The weights of the ranking, and the SHA-256 of the file that they were read from.
    pub profile: (Profile, String),
    /// Whether this is a demonstration: fixed clock, fictional people, passwords on show.
    pub demonstration: bool,
    /// Where passwords are hashed.
    pub passwords: Passwords,
    /// Whether roles that need a second factor are asked for one; never in a demonstration, whose logins are shared.
    pub require_second_factor: bool,
    /// What devices know this installation by; none where it has no address at which browsers have passkeys.
    pub relying_party: Option<RelyingParty>,
    /// What asks the issuers at which organisations' people sign in.
    pub open_id: OpenId,
    /// What hands mails over; none where there is no mail server.
    pub mailer: Option<Mailer>,
    /// The people that are ranked, in memory.
    pub people: Catalogue,
    /// What was shown of occupations lately.
    pub occupations: Remembered,
    /// What this process knows of the log: whose turn it is to seal, which readings wait, who listens.
    pub log: Log,
    /// The requests with a key for retries that are at work.
    pub running: Running,
    /// What is measured.
    pub metrics: Metrics,
    /// What it may be asked at most.
    pub limits: Limits,
    /// Who was erased, outside the database.
    pub erasures: ErasureJournal,
}

impl App {
    /// An id for a request that brings none: 16 hexadecimal digits.
    #[must_use]
    pub fn fresh_request_id(&self) -> String {
        hex(&self.random.bytes::<8>())
    }
}

/// Who asks, in which request. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// The installation.
    pub app: Arc<App>,
    /// Who asks.
    pub actor: Actor,
    /// The request that this belongs to, as in the log lines and the answer's header.
    pub request_id: String,
    /// In which language words are given.
    pub locale: Locale,
    /// The entries of the log that this request has committed.
    pub receipts: Receipts,
    /// The request's key for retries, if it has one.
    pub retry: Option<Arc<Retry>>,
    /// When whoever asks last showed the password.
    pub confirmed_at: Option<Instant>,
}

impl Ctx {
    /// The operator at the command line.
    #[must_use]
    pub fn operator(app: Arc<App>, locale: Locale) -> Self {
        let request_id = format!("cli-{}", app.fresh_request_id());
        Self {
            app,
            actor: Actor::operator(),
            request_id,
            locale,
            receipts: Receipts::default(),
            retry: None,
            confirmed_at: None,
        }
    }

    /// The machinery that puts in what comes round: named in the log as the operator.
    #[must_use]
    pub fn of_machinery(app: Arc<App>) -> Self {
        let request_id = format!("run-{}", app.fresh_request_id());
        Self {
            app,
            actor: Actor::operator(),
            request_id,
            locale: Locale::ZhCn,
            receipts: Receipts::default(),
            retry: None,
            confirmed_at: None,
        }
    }

    /// The machinery at one job: named in the log as the operator, in a request that is the job.
    #[must_use]
    pub fn of_job(app: Arc<App>, id: JobId) -> Self {
        Self { request_id: format!("job-{}", id.0.simple()), ..Self::of_machinery(app) }
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.app.clock.now()
    }

    /// Today's civil date in Asia/Shanghai.
    #[must_use]
    pub fn today(&self) -> CivilDate {
        shanghai_date(self.now())
    }

    /// Refuses at once what no role of the actor may do to anything. To be asked before any row is read, so
    /// that the answer does not depend on what is there.
    ///
    /// # Errors
    /// [`Error::Denied`].
    pub fn require(&self, action: Action) -> Result<(), Error> {
        if self.actor.may(action) { Ok(()) } else { Err(Error::Denied) }
    }

    /// Refuses who has not shown the password lately: whoever finds an open session must not be able to keep it. The
    /// operator has none.
    ///
    /// # Errors
    /// [`Error::ConfirmationNeeded`].
    pub fn require_confirmed(&self) -> Result<(), Error> {
        if self.is_confirmed() { Ok(()) } else { Err(Error::ConfirmationNeeded) }
    }

    /// Whether the password was shown lately.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        self.actor.is_operator() || is_recent(self.confirmed_at, self.now())
    }

    /// Judges one row. A row out of reach is not found.
    ///
    /// # Errors
    /// [`Error::Denied`] or [`Error::NotFound`]; a refusal for a decision about oneself.
    pub fn authorise<A: Act>(&self, target: &Target) -> Result<Grant<A>, Error> {
        self.require(A::ACTION)?;
        policy::authorise(&self.actor, target).map_err(|policy::Denied { oneself, .. }| {
            if oneself { Error::refused("about_oneself") } else { Error::NotFound }
        })
    }

    /// The rows that the actor may do `A` to.
    ///
    /// # Errors
    /// [`Error::Denied`].
    pub fn scope<A: Act>(&self) -> Result<Scope<A>, Error> {
        self.require(A::ACTION)?;
        Ok(policy::scope(&self.actor))
    }

    /// The key to the poverty tables, which a factory's context does not have.
    ///
    /// # Errors
    /// [`Error::Denied`].
    pub fn poverty(&self) -> Result<PovertyAccess, Error> {
        policy::poverty_access(&self.actor).ok_or(Error::Denied)
    }

    /// Opens a write transaction: commit it, or it never was.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when other writers are in the way for too long.
    pub async fn write_tx(&self) -> Result<Tx, Error> {
        Ok(self.app.db.write_tx().await?.with_receipts(self.receipts.clone()))
    }

    /// Writes the entry of a change into its own transaction, and beside it the request's key for retries.
    ///
    /// # Errors
    /// What the database says.
    pub async fn record(
        &self,
        tx: &Tx,
        action: Action,
        resource: (&'static str, Uuid),
        touches: &[Touch],
    ) -> Result<AuditEntryId, Error> {
        self.record_event(tx, Event { touches, ..Event::new(action, resource) }).await
    }

    /// Writes the entry of a change with the rows that it changed, before and after.
    ///
    /// # Errors
    /// What the database says.
    pub async fn record_changes(
        &self,
        tx: &Tx,
        action: Action,
        resource: (&'static str, Uuid),
        changes: &Changes,
    ) -> Result<AuditEntryId, Error> {
        self.record_event(tx, Event::new(action, resource).changing(changes)).await
    }

    /// The same with all that is to be remembered: values before and after, rules, the day for which it holds.
    ///
    /// # Errors
    /// What the database says.
    pub async fn record_event(&self, tx: &Tx, event: Event<'_>) -> Result<AuditEntryId, Error> {
        let touches = event.touches;
        let (entry, _) = audit_entry::write(self, tx, event).await?;
        idempotency_key::keep(self, tx, entry, touches).await?;
        Ok(entry)
    }

    /// Writes the entry of a reading of personal data, with everyone whom it showed. The answer waits for it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn record_reading(
        &self,
        action: Action,
        resource: (&'static str, Uuid),
        subjects: &[PersonId],
    ) -> Result<(), Error> {
        if subjects.is_empty() {
            return Ok(());
        }
        self.record_reading_of(&Event { subjects, ..Event::new(action, resource) }).await
    }

    /// The same with all that is to be remembered of it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn record_reading_of(&self, event: &Event<'_>) -> Result<(), Error> {
        reading::write(self, event).await
    }
}
