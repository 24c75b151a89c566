//! What a person wants: dates, places, wage, shifts, dormitory.

use std::collections::BTreeSet;

use ballast_domain::base::civil_time::{CivilDate, Instant};
use ballast_domain::base::id::PersonId;
use ballast_domain::base::money::{AMOUNT_MAX_MINOR, Minor};
use ballast_domain::identity::policy::{Act as _, act};
use ballast_domain::matching::candidate::Shifts;
use uuid::Uuid;

use crate::entity::person::{availability, availability_region};
use crate::service::audit::audit_entry::Changes;
use crate::service::{Ctx, Error, Field};
use crate::store::organisation::region;
use crate::store::person::{availability as store, person};

/// The most regions that one person can name.
pub const REGIONS_MAX: usize = 20;

/// What a person says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAvailability {
    /// First day.
    pub from: CivilDate,
    /// Last day, if there is one.
    pub until: Option<CivilDate>,
    /// Codes of regions; none is unknown, not anywhere.
    pub regions: Vec<String>,
    /// Least monthly wage in minor units, if said.
    pub wage_min_minor: Option<Minor>,
    /// Shifts taken.
    pub shifts: Shifts,
    /// Whether a dormitory is wished, if said.
    pub dormitory: Option<bool>,
}

/// What a person said last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AvailabilityView {
    /// How often the person has said something.
    pub version: i32,
    /// What was said.
    pub said: NewAvailability,
    /// When it was recorded.
    pub recorded_at: Instant,
}

/// Checks the parts that need no database; the pointer is the parent's.
pub(super) fn check(problems: &mut Vec<Field>, pointer: &str, new: &NewAvailability) {
    let mut wrong = |field: &str, code| problems.push(Field::new(format!("{pointer}/{field}"), code));
    if new.until.is_some_and(|until| until < new.from) {
        wrong("until", "before_start");
    }
    if new.wage_min_minor.is_some_and(|wage| !(0..=AMOUNT_MAX_MINOR).contains(&wage)) {
        wrong("wage_min_minor", "amount_out_of_range");
    }
    if new.regions.len() > REGIONS_MAX {
        wrong("regions", "too_many");
    }
    if new.regions.iter().collect::<BTreeSet<_>>().len() != new.regions.len() {
        wrong("regions", "doubled");
    }
}

/// The rows of one saying.
pub(super) fn rows(
    id: Uuid,
    person: Uuid,
    version: i32,
    new: &NewAvailability,
    recorded_at: Instant,
) -> (availability::Model, Vec<availability_region::Model>) {
    let row = availability::Model {
        id,
        person_id: person,
        version,
        available_from: new.from,
        available_until: new.until,
        wage_min_minor: new.wage_min_minor,
        shift_day: new.shifts.day,
        shift_evening: new.shifts.evening,
        shift_night: new.shifts.night,
        dormitory: new.dormitory,
        recorded_at,
    };
    let region =
        |code: &String| availability_region::Model { availability_id: id, region_code: code.clone() };
    (row, new.regions.iter().map(region).collect())
}

/// Records what a person wants now. What was said before is kept.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Invalid`].
pub async fn record_availability(ctx: &Ctx, id: PersonId, new: NewAvailability) -> Result<i32, Error> {
    ctx.require(act::RecordAvailability::ACTION)?;
    let mut problems = Vec::new();
    check(&mut problems, "", &new);
    let asked: BTreeSet<String> = new.regions.iter().cloned().collect();
    let known = region::known_regions(ctx.app.db.reader(), asked.clone()).await?;
    if known != asked {
        problems.push(Field::new("/regions", "unknown_region"));
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let tx = ctx.write_tx().await?;
    let targets = person::targets(tx.conn(), &[id], ctx.today()).await?;
    let grant = ctx.authorise::<act::RecordAvailability>(targets.first().ok_or(Error::NotFound)?)?;
    let before = store::find_newest(tx.conn(), id).await?.map(|(row, _)| row);
    let version = before.as_ref().map_or(0, |row| row.version) + 1;
    let (row, _) = rows(ctx.app.random.secret_id(), id.0, version, &new, ctx.now());
    let mut changes = Changes::new();
    match &before {
        Some(before) => changes.updated(id.0, before, &row),
        None => changes.created(id.0, &row),
    }
    store::insert_next(&tx, &grant, row, new.regions).await?;
    ctx.record_changes(&tx, act::RecordAvailability::ACTION, ("person", id.0), &changes).await?;
    tx.commit().await?;
    Ok(version)
}

/// What a person said last; `None` when nothing is recorded.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_availability(ctx: &Ctx, id: PersonId) -> Result<Option<AvailabilityView>, Error> {
    let scope = ctx.scope::<act::ReadPerson>()?;
    let db = ctx.app.db.reader();
    person::get(db, &scope, id, ctx.today()).await?;
    let newest = store::find_newest(db, id).await?;
    ctx.record_reading(act::ReadPerson::ACTION, ("availability", id.0), &[id]).await?;
    Ok(newest.map(|(row, regions)| AvailabilityView {
        version: row.version,
        recorded_at: row.recorded_at,
        said: NewAvailability {
            from: row.available_from,
            until: row.available_until,
            regions,
            wage_min_minor: row.wage_min_minor,
            shifts: Shifts { day: row.shift_day, evening: row.shift_evening, night: row.shift_night },
            dormitory: row.dormitory,
        },
    }))
}
