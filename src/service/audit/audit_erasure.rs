//! Erasing the values that the log keeps about somebody. The entries stay, and the log still verifies.

use ballast_domain::base::id::AuditEntryId;
use uuid::Uuid;

use super::audit_entry::{self, Event};
use crate::service::exchange::idempotency_key;
use crate::service::{Ctx, Error};
use crate::store::Tx;
use crate::store::audit::audit_detail;

/// Writes the entry of an erasure and destroys the keys and the values of the subjects, in the caller's
/// transaction: whoever erases a person calls it. From then on nothing about the subjects is kept.
///
/// # Errors
/// A refusal for a subject that was erased before.
pub async fn erase_values_in(
    ctx: &Ctx,
    tx: &Tx,
    event: Event<'_>,
    subjects: &[Uuid],
) -> Result<AuditEntryId, Error> {
    if !audit_detail::list_erased(tx.conn(), subjects).await?.is_empty() {
        return Err(Error::refused("erased_before"));
    }
    let touches = event.touches;
    let (id, seq) = audit_entry::write(ctx, tx, event).await?;
    idempotency_key::keep(ctx, tx, id, touches).await?;
    for subject in subjects {
        audit_detail::delete_all_of(tx, *subject, seq).await?;
    }
    ctx.app.log.keys.forget(subjects);
    Ok(id)
}
