//! Erasing the values that the log keeps about somebody. The entries stay, and the log still verifies.

use ballast_domain::base::id::AuditEntryId;
use ballast_domain::identity::policy::Action;
use uuid::Uuid;

use super::audit_entry::{self, Event};
use crate::service::{Ctx, Error};
use crate::store::Tx;
use crate::store::audit::audit_detail;

/// Destroys the key and the values of a subject and writes the entry that says so, in the caller's
/// transaction: whoever erases a person calls it. From then on nothing about the subject is kept.
///
/// # Errors
/// A refusal for a subject that was erased before.
pub async fn erase_values_in(
    ctx: &Ctx,
    tx: &Tx,
    action: Action,
    kind: &'static str,
    subject: Uuid,
) -> Result<AuditEntryId, Error> {
    if !audit_detail::list_erased(tx.conn(), &[subject]).await?.is_empty() {
        return Err(Error::refused("erased_before"));
    }
    let (id, seq) = audit_entry::write(ctx, tx, Event::new(action, (kind, subject))).await?;
    audit_detail::delete_all_of(tx, subject, seq).await?;
    Ok(id)
}
