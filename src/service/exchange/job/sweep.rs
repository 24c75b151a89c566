//! Deleting machinery that nobody needs any more: page sessions and tokens that have ended, jobs that are
//! over, ways in that work no more, notices and mails that are old, keys of requests that nobody sends again.

use ballast_domain::base::civil_time::{CivilDate, shanghai_date};
use ballast_domain::exchange::job::KEPT_DAYS;
use ballast_domain::exchange::mail_outbox::KEPT_DAYS as MAILS_KEPT_DAYS;
use ballast_domain::exchange::notification::KEPT_DAYS as NOTICES_KEPT_DAYS;
use ballast_domain::identity::lock_out::forgotten_before;
use chrono::Duration;

use super::run::{Step, Work};
use crate::service::Error;
use crate::service::exchange::idempotency_key::KEPT_DAYS as KEYS_KEPT_DAYS;
use crate::store::Tx;
use crate::store::audit::audit_entry;
use crate::store::exchange::{idempotency_key, job, mail_outbox, notification};
use crate::store::identity::{half_session, passkey_challenge, session, sign_in_failure, sign_in_link};
use crate::store::person::number_attempt;

/// Counts of the numbers that an organisation came with are kept for so many days.
const ATTEMPTS_KEPT_DAYS: i64 = 30;

/// Deletes sessions and tokens that had ended when the job was to run, links and codes that worked no more, and failures and counts that count no more.
///
/// # Errors
/// [`Error::Invalid`] for a payload that is none; what the database says.
pub async fn sessions(tx: &Tx, work: &mut Work) -> Result<Step, Error> {
    let (rows, forgotten) = (work.rows()?, forgotten_before(work.as_of));
    audit_entry::exempt(tx);
    if work.total.is_none() {
        let ended = session::find_ended_count(tx.conn(), work.as_of).await?;
        let failures = sign_in_failure::find_old_count(tx.conn(), forgotten).await?;
        let links = sign_in_link::find_over_count(tx.conn(), work.as_of).await?;
        let halves = half_session::find_ended_count(tx.conn(), work.as_of).await?;
        let asked = passkey_challenge::find_ended_count(tx.conn(), work.as_of).await?;
        let days = number_attempt::find_old_count(tx.conn(), attempts_before(work)).await?;
        work.total = i64::try_from(ended + links + failures + halves + asked + days).ok();
    }
    if let Some(deleted) = session::delete_ended(tx, work.as_of, rows).await? {
        return Ok(told(work, Some(deleted)));
    }
    if let Some(deleted) = sign_in_link::delete_over(tx, work.as_of, rows).await? {
        return Ok(told(work, Some(deleted)));
    }
    if let Some(deleted) = half_session::delete_ended(tx, work.as_of, rows).await? {
        return Ok(told(work, Some(deleted)));
    }
    if let Some(deleted) = passkey_challenge::delete_ended(tx, work.as_of, rows).await? {
        return Ok(told(work, Some(deleted)));
    }
    if let Some(deleted) = sign_in_failure::delete_old(tx, forgotten, rows).await? {
        return Ok(told(work, Some(deleted)));
    }
    Ok(told(work, number_attempt::delete_old(tx, attempts_before(work), rows).await?))
}

/// Days before this one say nothing any more of how many numbers somebody came with.
fn attempts_before(work: &Work) -> CivilDate {
    shanghai_date(work.as_of - Duration::days(ATTEMPTS_KEPT_DAYS))
}

/// Deletes jobs that had been over for 30 days when the job was to run, notices that were a year old, and mails that were
/// sent or given up a week before or waited in vain.
///
/// # Errors
/// [`Error::Invalid`] for a payload that is none; what the database says.
pub async fn jobs(tx: &Tx, work: &mut Work) -> Result<Step, Error> {
    let rows = work.rows()?;
    let over = work.as_of - Duration::days(KEPT_DAYS);
    let old = work.as_of - Duration::days(NOTICES_KEPT_DAYS);
    let ended = work.as_of - Duration::days(MAILS_KEPT_DAYS);
    audit_entry::exempt(tx);
    if work.total.is_none() {
        let jobs = job::find_over_count(tx.conn(), over).await?;
        let notices = notification::find_old_count(tx.conn(), old).await?;
        let mails = mail_outbox::find_over_count(tx.conn(), ended, work.as_of).await?;
        work.total = i64::try_from(jobs + notices + mails).ok();
    }
    if let Some(deleted) = job::delete_over(tx, over, rows).await? {
        return Ok(told(work, Some(deleted)));
    }
    if let Some(deleted) = mail_outbox::delete_over(tx, ended, work.as_of, rows).await? {
        return Ok(told(work, Some(deleted)));
    }
    Ok(told(work, notification::delete_old(tx, old, rows).await?))
}

/// Forgets the keys of requests that were carried out more than 7 days before the job was to run.
///
/// # Errors
/// [`Error::Invalid`] for a payload that is none; what the database says.
pub async fn idempotency_keys(tx: &Tx, work: &mut Work) -> Result<Step, Error> {
    let rows = work.rows()?;
    let old = work.as_of - Duration::days(KEYS_KEPT_DAYS);
    audit_entry::exempt(tx);
    if work.total.is_none() {
        work.total = i64::try_from(idempotency_key::find_old_count(tx.conn(), old).await?).ok();
    }
    Ok(told(work, idempotency_key::delete_old(tx, old, rows).await?))
}

fn told(work: &mut Work, deleted: Option<u64>) -> Step {
    let Some(rows) = deleted else { return Step::Done };
    work.advance(rows);
    Step::More
}
