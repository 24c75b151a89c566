//! Importing a classification, and saying which ones are here under which licence.
//!
//! An installation holds one release of each classification, and every occupation and skill has the id that
//! follows from its address. Importing another release brings the stored rows to it: the same address keeps
//! its id, and everything that points to it. What the new release lacks is taken away, but for occupations and
//! skills that somebody's record, a class or a vacancy names: these stay with their names and lose only their
//! relations. They are told of as kept, and count as no change when the same release is imported again.

use ballast_domain::base::civil_time::Instant;
use ballast_domain::identity::policy::{Act as _, Grant, Target, act};
use ballast_domain::taxonomy::difference::{Difference, Subject, difference};
use ballast_domain::taxonomy::{Framework, FrameworkCode, Problem, Uri, framework_id};
use uuid::Uuid;

use super::release::{self, Stored};
use crate::entity::taxonomy::framework;
use crate::format::taxonomy::{Counts, Parsed};
use crate::service::{Ctx, Error};
use crate::store::Tx;
use crate::store::taxonomy::framework::{self as store, Size};
use crate::store::taxonomy::{occupation as occupation_store, skill as skill_store};

/// What an import did to the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The classification was not there before.
    Loaded,
    /// What is stored is this release already. Nothing was written, not even to the log.
    Unchanged,
    /// What was stored was brought to this release.
    Changed,
}

/// What an import found and did.
#[derive(Clone, Debug)]
pub struct ImportReport {
    /// The release that was read.
    pub framework: Framework,
    /// The version that was stored before.
    pub previous_version: Option<String>,
    /// What was done.
    pub outcome: Outcome,
    /// What the files held, before anything was left out.
    pub counts: Counts,
    /// What was left out or read as unknown.
    pub problems: Vec<Problem>,
    /// What was changed; for a classification that was not there before, all of it.
    pub difference: Difference,
    /// What the release lacks and is kept all the same, because something names it. In order of address.
    pub kept: Vec<(Subject, Uri)>,
}

/// A classification that is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameworkView {
    /// Its id, the same in every installation.
    pub id: Uuid,
    /// `house`, `esco` or `csco`.
    pub code: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: String,
    /// Its licence.
    pub licence: String,
    /// SHA-256 of what was imported, in hexadecimal.
    pub source_sha256: String,
    /// When it was last changed by an import.
    pub imported_at: Instant,
    /// How much it holds.
    pub size: Size,
}

/// Brings what is stored of a classification to a release, in one transaction. `source_sha256` is that of the
/// file that was read.
///
/// # Errors
/// [`Error::Denied`]; [`Error::Refused`] with `empty_release` for a release without occupations, which would
/// take everything away.
pub async fn import_framework(
    ctx: &Ctx,
    parsed: &Parsed,
    source_sha256: [u8; 32],
) -> Result<ImportReport, Error> {
    let release = &parsed.content;
    let id = framework_id(release.framework.code);
    let grant = ctx.authorise::<act::ImportTaxonomy>(&Target { id, ..Target::default() })?;
    if release.occupations.is_empty() {
        return Err(Error::refused("empty_release"));
    }
    let row = row(id, &release.framework, source_sha256, ctx.now());
    let tx = ctx.write_tx().await?;
    let previous = store::insert_or_lock(&tx, &grant, row.clone()).await?;
    let stored = release::load(&tx, &grant, &release.framework).await?;
    let mut found = difference(&stored.content, release);
    let kept = keep_what_is_named(&tx, &grant, &stored, &mut found).await?;
    let outcome = match &previous {
        None => Outcome::Loaded,
        Some(previous) if found.is_empty() && same_heading(previous, &row) => Outcome::Unchanged,
        Some(_) => Outcome::Changed,
    };
    if outcome == Outcome::Unchanged {
        tx.rollback().await?;
    } else {
        let touches = release::apply(&tx, &grant, &stored, &found, release).await?;
        store::update(&tx, &grant, row).await?;
        ctx.record(&tx, act::ImportTaxonomy::ACTION, ("framework", id), &touches).await?;
        tx.commit().await?;
    }
    Ok(ImportReport {
        framework: release.framework.clone(),
        previous_version: previous.map(|row| row.version),
        outcome,
        counts: parsed.counts,
        problems: parsed.problems.clone(),
        difference: found,
        kept,
    })
}

fn row(id: Uuid, framework: &Framework, source_sha256: [u8; 32], now: Instant) -> framework::Model {
    framework::Model {
        id,
        code: framework.code.as_str().to_owned(),
        version: framework.version.clone(),
        title: framework.title.clone(),
        licence: framework.licence.clone(),
        source_sha256: source_sha256.iter().map(|byte| format!("{byte:02x}")).collect(),
        imported_at: now,
    }
}

/// Whether a stored classification says of itself what a release does. The file may be packed otherwise.
fn same_heading(stored: &framework::Model, release: &framework::Model) -> bool {
    (&stored.version, &stored.title, &stored.licence) == (&release.version, &release.title, &release.licence)
}

/// Moves out of the difference what would be taken away and cannot be.
async fn keep_what_is_named(
    tx: &Tx,
    grant: &Grant<act::ImportTaxonomy>,
    stored: &Stored,
    found: &mut Difference,
) -> Result<Vec<(Subject, Uri)>, Error> {
    let mut kept = Vec::new();
    let gone: Vec<Uuid> =
        found.occupations_removed.iter().filter_map(|x| stored.occupation(&x.uri)).collect();
    let named = occupation_store::referenced(tx, grant, &gone).await?;
    found.occupations_removed.retain(|x| {
        let keep = stored.occupation(&x.uri).is_some_and(|id| named.contains(&id));
        if keep {
            kept.push((Subject::Occupation, Uri::clone(&x.uri)));
        }
        !keep
    });
    let gone: Vec<Uuid> = found.skills_removed.iter().filter_map(|x| stored.skill(&x.uri)).collect();
    let named = skill_store::referenced(tx, grant, &gone).await?;
    found.skills_removed.retain(|x| {
        let keep = stored.skill(&x.uri).is_some_and(|id| named.contains(&id));
        if keep {
            kept.push((Subject::Skill, Uri::clone(&x.uri)));
        }
        !keep
    });
    Ok(kept)
}

/// The classifications that are here, by code.
///
/// # Errors
/// [`Error::Denied`].
pub async fn list_frameworks(ctx: &Ctx) -> Result<Vec<FrameworkView>, Error> {
    let scope = ctx.scope::<act::ReadTaxonomy>()?;
    let db = ctx.app.db.reader();
    let mut views = Vec::new();
    for row in store::list(db, &scope).await? {
        let size = store::size(db, &scope, &row).await?;
        views.push(FrameworkView {
            id: row.id,
            code: row.code,
            version: row.version,
            title: row.title,
            licence: row.licence,
            source_sha256: row.source_sha256,
            imported_at: row.imported_at,
            size,
        });
    }
    Ok(views)
}

/// The classification that an id belongs to; nothing for another id.
#[must_use]
pub fn code_of(id: Uuid) -> Option<FrameworkCode> {
    [FrameworkCode::House, FrameworkCode::Esco, FrameworkCode::Csco]
        .into_iter()
        .find(|code| framework_id(*code) == id)
}
