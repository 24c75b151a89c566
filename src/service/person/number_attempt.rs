//! How many numbers of people an organisation may come with in a day. Whether a number is known elsewhere is never
//! answered; the budget bounds what could be learnt in any other way.

use ballast_domain::base::civil_time::shanghai_instant;
use ballast_domain::base::id::OrganisationId;

use crate::service::{Ctx, Error};
use crate::store::audit::audit_entry;
use crate::store::person::number_attempt as store;

/// Numbers an organisation and day when nobody says: two files of the most rows.
pub const NUMBERS_PER_DAY: u32 = 20_000;

/// Counts numbers of an organisation before anything is looked up, whatever becomes of the request: tried, refused
/// and repeated ones count alike. Several processes count together.
///
/// # Errors
/// [`Error::Spent`] when they are more than are left of the day; none of them is counted then.
pub async fn spend(ctx: &Ctx, organisation: OrganisationId, numbers: usize) -> Result<(), Error> {
    let Some(most) = ctx.app.limits.numbers_per_day else { return Ok(()) };
    if numbers == 0 {
        return Ok(());
    }
    let (day, limit) = (ctx.today(), most.get());
    let fits = |figure: u32| i32::try_from(figure).unwrap_or(i32::MAX);
    let more = i32::try_from(numbers).unwrap_or(i32::MAX);
    let tx = ctx.write_tx().await?;
    let within = store::add_if_within(&tx, organisation, day, more, fits(limit)).await?;
    audit_entry::exempt(&tx);
    tx.commit().await?;
    if within {
        return Ok(());
    }
    let tomorrow = day.succ_opt().unwrap_or(day).and_time(chrono::NaiveTime::MIN);
    let seconds = (shanghai_instant(tomorrow) - ctx.now()).num_seconds() + 1;
    Err(Error::Spent { limit, seconds: u32::try_from(seconds).unwrap_or(1) })
}
