//! What this installation is: a real one, or a demonstration whose clock stands still.

use ballast_domain::base::civil_time::Instant;
use ballast_domain::identity::policy::{Act as _, act};
use uuid::Uuid;

use crate::service::{Ctx, Error};
use crate::store::Db;
use crate::store::organisation::installation as store;

/// A declared demonstration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstallationView {
    /// Whether its people are fictional and its passwords on show.
    pub demonstration: bool,
    /// Where its clock stands.
    pub as_of: Option<Instant>,
}

/// What the database says of itself; none for a real installation.
///
/// # Errors
/// What the database says.
pub async fn find(db: &Db) -> Result<Option<InstallationView>, Error> {
    let row = store::find(db.reader()).await?;
    Ok(row.map(|row| InstallationView { demonstration: row.demonstration, as_of: row.as_of }))
}

/// Declares a demonstration: the last step of filling it, so that a half-filled one is none.
///
/// # Errors
/// [`Error::Denied`] for everyone but the operator.
pub async fn declare_demonstration(ctx: &Ctx) -> Result<(), Error> {
    if !ctx.actor.is_operator() {
        return Err(Error::Denied);
    }
    let tx = ctx.write_tx().await?;
    store::insert_demonstration(&tx, ctx.now()).await?;
    ctx.record(&tx, act::ManageOrganisation::ACTION, ("installation", Uuid::nil()), &[]).await?;
    Ok(tx.commit().await?)
}
