//! Erasing people whose records are past the period that the installation has set.

use uuid::Uuid;

use super::run::{Step, Work};
use crate::service::person::retention::erase_over_in;
use crate::service::{Ctx, Error};
use crate::store::Tx;
use crate::store::audit::audit_entry;

/// Looks at some people. Where the next step begins is kept by somebody who stays: whoever was erased is not found
/// again, and their id is left nowhere.
///
/// # Errors
/// What the database says; [`Error::Internal`] when the journal of erasures cannot be written.
pub async fn records(ctx: &Ctx, tx: &Tx, work: &mut Work) -> Result<Step, Error> {
    audit_entry::exempt(tx);
    let after = work.checkpoint.as_deref().and_then(|id| Uuid::try_parse(id).ok());
    let turn = erase_over_in(ctx, tx, after).await?;
    work.advance(turn.erased);
    work.checkpoint = turn.skipped.map(|id| id.to_string());
    Ok(if turn.more { Step::More } else { Step::Done })
}
