//! What every use case gets: the installation, who asks, and in which request.

use std::sync::Arc;

use ballast_domain::base::civil_time::{CivilDate, Instant, shanghai_date};
use ballast_domain::base::id::{AuditEntryId, PersonId};
use ballast_domain::identity::policy::{self, Act, Action, Actor, Grant, PovertyAccess, Scope, Target};
use ballast_domain::matching::profile::Profile;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::error::Error;
use crate::outside::clock::Clock;
use crate::outside::keys::{Keys, hex};
use crate::outside::metrics::Metrics;
use crate::outside::random::Random;
use crate::store::audit::audit_entry::{self, NewEntry, Touch};
use crate::store::{Db, Tx};
use crate::words::Locale;

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
    /// How many passwords may be hashed at once.
    pub hashing: Semaphore,
    /// What is measured.
    pub metrics: Metrics,
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
}

impl Ctx {
    /// The operator at the command line.
    #[must_use]
    pub fn operator(app: Arc<App>, locale: Locale) -> Self {
        let request_id = format!("cli-{}", app.fresh_request_id());
        Self { app, actor: Actor::operator(), request_id, locale }
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

    /// Judges one row. A row out of reach is not found.
    ///
    /// # Errors
    /// [`Error::Denied`] or [`Error::NotFound`].
    pub fn authorise<A: Act>(&self, target: &Target) -> Result<Grant<A>, Error> {
        self.require(A::ACTION)?;
        policy::authorise(&self.actor, target).map_err(|policy::Denied { .. }| Error::NotFound)
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
        Ok(self.app.db.write_tx().await?)
    }

    /// Writes the entry of a change into its own transaction.
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
        self.append(tx, action, resource, touches, &[]).await
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
        let tx = self.write_tx().await?;
        self.append(&tx, action, resource, &[], subjects).await?;
        Ok(tx.commit().await?)
    }

    async fn append(
        &self,
        tx: &Tx,
        action: Action,
        (resource_kind, resource_id): (&'static str, Uuid),
        touches: &[Touch],
        subjects: &[PersonId],
    ) -> Result<AuditEntryId, Error> {
        let now = self.now();
        let id = AuditEntryId(self.app.random.timed_id(now));
        let role = self.actor.role_codes().join(" ");
        let header = serde_json::json!({
            "action": action.name(),
            "actor": self.actor.user_id().map(|u| u.to_string()),
            "id": id.to_string(),
            "recorded_at": now.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
            "request_id": self.request_id,
            "resource": { "id": resource_id.to_string(), "kind": resource_kind },
            "role": role,
            "subjects": subjects.len(),
            "touches": touches.len(),
        });
        let entry = NewEntry {
            id,
            recorded_at: now,
            user: self.actor.user_id(),
            role,
            organisation: self.actor.acting_organisation(action),
            action: action.name(),
            resource_kind,
            resource_id,
            request_id: self.request_id.clone(),
            header: header.to_string(),
        };
        audit_entry::insert(tx, entry, touches, subjects).await?;
        Ok(id)
    }
}
