//! The people that the matcher ranks, kept in memory and up with the log.
//!
//! It is filled from one snapshot at a place of the feed, and follows from there: whoever the feed says has
//! changed is read again. An overlap is harmless, since what is read is the present state. Dates are no part of
//! it: they are looked at on the day of the question.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use ballast_domain::base::id::PersonId;
use ballast_domain::identity::policy::{Grant, Target, act};
use ballast_domain::matching::candidate::Candidate;
use tokio::sync::Mutex;

use crate::service::audit::sequencer::seal_all;
use crate::service::{App, Ctx, Error};
use crate::store::audit::{audit_leaf, feed};
use crate::store::matching::candidate as store;

/// Leaves of one stretch of the feed.
const STRETCH: u64 = 4096;

/// Everybody who may seek work, as known at a place of the log.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// How many entries of the log are in it.
    pub position: u64,
    /// In the order of their ids.
    pub candidates: Vec<Arc<Candidate>>,
}

impl People {
    /// Somebody, if he or she seeks work.
    #[must_use]
    pub fn find(&self, id: PersonId) -> Option<&Candidate> {
        let at = self.candidates.binary_search_by_key(&id, |candidate| candidate.id).ok()?;
        self.candidates.get(at).map(AsRef::as_ref)
    }

    /// The same with some people read again; who is asked for and not there seeks no work any more.
    fn with(&self, asked: &BTreeSet<PersonId>, read: Vec<Candidate>, position: u64) -> Self {
        let stays = self.candidates.iter().filter(|candidate| !asked.contains(&candidate.id));
        let mut candidates: Vec<Arc<Candidate>> = stays.cloned().collect();
        candidates.extend(read.into_iter().map(Arc::new));
        candidates.sort_unstable_by_key(|candidate| candidate.id);
        Self { position, candidates }
    }
}

/// Where a process keeps them. Readers hold what they got; nobody waits for a change.
#[derive(Debug, Default)]
pub struct Catalogue {
    people: RwLock<Option<Arc<People>>>,
    turn: Mutex<()>,
}

impl Catalogue {
    fn get(&self) -> Option<Arc<People>> {
        self.people.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, people: People) -> Arc<People> {
        let people = Arc::new(people);
        *self.people.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&people));
        people
    }
}

/// Everybody as known now: what is committed is sealed and followed first. Where sealing does not work, what
/// is known stays, and its position says how old it is.
///
/// # Errors
/// What the database says.
pub async fn current(ctx: &Ctx) -> Result<Arc<People>, Error> {
    if let Err(error) = seal_all(&ctx.app).await {
        tracing::error!(?error, "entries of the log could not be sealed: a shortlist may be old");
    }
    follow(ctx).await
}

/// Brings the people in memory up to the end of the log.
///
/// # Errors
/// What the database says.
pub async fn follow(ctx: &Ctx) -> Result<Arc<People>, Error> {
    let catalogue = &ctx.app.people;
    let _turn = catalogue.turn.lock().await;
    let grant = grant(ctx)?;
    let Some(mut people) = catalogue.get() else { return fill(ctx, &grant).await };
    let size = audit_leaf::find_head(ctx.app.db.reader()).await?.map_or(0, |head| head.size);
    while people.position < size {
        let db = ctx.app.db.snapshot().await?;
        let stretch = feed::list_from(&db, people.position, size, STRETCH).await?;
        let touched = stretch.touched.keys().map(|(kind, id)| (kind.as_str(), *id));
        let asked = store::find_people_of(&db, touched).await?;
        people = if asked.is_empty() {
            let candidates = people.candidates.clone();
            catalogue.put(People { position: stretch.position, candidates })
        } else {
            let read = store::load_some(&db, &grant, &asked).await?;
            catalogue.put(people.with(&asked, read, stretch.position))
        };
    }
    Ok(people)
}

async fn fill(ctx: &Ctx, grant: &Grant<act::RankVacancy>) -> Result<Arc<People>, Error> {
    let db = ctx.app.db.snapshot().await?;
    let position = audit_leaf::find_head(&db).await?.map_or(0, |head| head.size);
    let candidates = store::load_all(&db, grant).await?.into_iter().map(Arc::new).collect();
    Ok(ctx.app.people.put(People { position, candidates }))
}

/// How many entries of the log are in the people in memory.
#[must_use]
pub fn position(app: &App) -> u64 {
    app.people.get().map_or(0, |people| people.position)
}

/// The catalogue is the machinery's own: it is filled for whoever asks next, and who asks is shown what they
/// may see.
fn grant(ctx: &Ctx) -> Result<Grant<act::RankVacancy>, Error> {
    Ctx::of_machinery(Arc::clone(&ctx.app)).authorise(&Target::default())
}
