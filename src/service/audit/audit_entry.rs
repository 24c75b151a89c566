//! The log, as officials and administrators read it.

use ballast_domain::base::civil_time::Instant;
use ballast_domain::identity::policy::act;
use uuid::Uuid;

use crate::service::page::{Page, PageRequest};
use crate::service::{Ctx, Error};
use crate::store::audit::audit_entry as store;
pub use crate::store::audit::audit_entry::Filter as AuditFilter;

/// One entry: pseudonymous ids only.
#[derive(Clone, Debug)]
pub struct AuditEntryView {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub recorded_at: Instant,
    /// Who; none for the operator.
    pub user_id: Option<Uuid>,
    /// In which roles.
    pub role: String,
    /// What.
    pub action: String,
    /// To which noun.
    pub resource_kind: String,
    /// To which row.
    pub resource_id: Uuid,
    /// In which request.
    pub request_id: String,
}

/// The newest entries in the actor's reach.
///
/// # Errors
/// [`Error::Denied`] for those who may not read the log.
pub async fn list_audit_entries(
    ctx: &Ctx,
    filter: &AuditFilter<'_>,
    request: PageRequest,
) -> Result<Page<AuditEntryView>, Error> {
    let scope = ctx.scope::<act::ReadAudit>()?;
    let page = store::list(ctx.app.db.reader(), &scope, filter, request).await?;
    Ok(page.map(|row| AuditEntryView {
        id: row.id,
        recorded_at: row.recorded_at,
        user_id: row.actor_user_id,
        role: row.actor_role,
        action: row.action,
        resource_kind: row.resource_kind,
        resource_id: row.resource_id,
        request_id: row.request_id,
    }))
}
