//! What comes round by itself. The rules are in the code; the database remembers when each is due next, so
//! that of several processes one puts the job in.

use ballast_domain::base::civil_time::Instant;
use ballast_domain::exchange::job_schedule::SCHEDULES;

use super::job::{NewJob, enqueue};
use crate::entity::exchange::job_schedule::Model;
use crate::service::{Ctx, Error};
use crate::store::audit::audit_entry;
use crate::store::exchange::job_schedule as store;

/// Puts in what is due and says when something is due next. What was due while no process ran is put in once.
///
/// # Errors
/// What the database says.
pub async fn put_in_due(ctx: &Ctx) -> Result<Option<Instant>, Error> {
    let known = store::list_all(ctx.app.db.reader()).await?;
    let mut next = Vec::new();
    for (name, kind, rule) in SCHEDULES {
        let now = ctx.now();
        let (code, coming) = (rule.code(), rule.next_after(now));
        let Some(seen) = known.iter().find(|row| row.name == name) else {
            let tx = ctx.write_tx().await?;
            audit_entry::exempt(&tx);
            let (name, kind) = (name.to_owned(), kind.code().to_owned());
            store::insert_if_missing(&tx, Model { name, kind, rule: code, next_due_at: coming }).await?;
            tx.commit().await?;
            next.push(coming);
            continue;
        };
        let due = seen.next_due_at <= now;
        if !due && seen.rule == code {
            next.push(seen.next_due_at);
            continue;
        }
        let tx = ctx.write_tx().await?;
        audit_entry::exempt(&tx);
        // Another process that was first has put it in.
        if store::advance_if_unchanged(&tx, seen, &code, coming).await? && due {
            let key = format!("{name}@{}", seen.next_due_at.to_rfc3339());
            enqueue(ctx, &tx, NewJob { unique_key: Some(key), ..NewJob::of(kind) }).await?;
        }
        tx.commit().await?;
        next.push(coming);
    }
    Ok(next.into_iter().min())
}
