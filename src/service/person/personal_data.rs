//! Everything that is held of one person, for that person (PIPL art. 45): the rows as they are, what is not in it and
//! why, and who has read them.
//!
//! It is made when it is asked for and kept nowhere: a copy that waited to be fetched would be one more thing to guard
//! and to erase.

use std::collections::BTreeSet;

use ballast_domain::base::civil_time::{Instant, age_on};
use ballast_domain::base::id::{OrganisationId, PersonId};
use ballast_domain::identity::policy::{self, Act as _, act};
use ballast_domain::person::duplicate_case;
use ballast_domain::person::number_reading::Purpose;
use serde_json::{Value, json};

use super::person_key::PersonKey;
use crate::format::audit::header::Header;
use crate::service::{Ctx, Error};
use crate::store::person::personal::{Class, Reason, Shown, TABLES, Table};
use crate::store::person::personal_data::{self as store, Held, ROWS_MAX, Row};
use crate::store::person::{person, person_key, person_link};

/// The most readings that are told, the newest.
pub const READINGS_MAX: u64 = 200;
/// From this age on somebody gets what is held of the household too.
const ADULT_YEARS: i32 = 18;

/// Everything that is held of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonalData {
    /// Of whom.
    pub person: PersonId,
    /// When it was put together.
    pub at: Instant,
    /// Table by table; those without a row are left out.
    pub tables: Vec<HeldTable>,
    /// Columns that are held and not shown, `table.column`, and why.
    pub withheld: Vec<(String, &'static str)>,
    /// Who has read it, the newest first.
    pub readings: Vec<ReadingView>,
    /// Whether there are older readings.
    pub more_readings: bool,
}

/// The rows of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldTable {
    /// Its name.
    pub name: &'static str,
    /// What kind of data it is, as a code.
    pub class: &'static str,
    /// By which right it is kept: `consent`, `contract` or `duty`.
    pub basis: &'static str,
    /// Its class of retention, as a code.
    pub retention: &'static str,
    /// Columns and values of each row.
    pub rows: Vec<Vec<(&'static str, Option<String>)>>,
    /// Whether there are more rows than are shown.
    pub truncated: bool,
}

/// Somebody read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadingView {
    /// When.
    pub at: Instant,
    /// In which roles, as codes.
    pub roles: Vec<String>,
    /// For which organisation.
    pub organisation: Option<OrganisationId>,
    /// What for, as a code.
    pub purpose: &'static str,
    /// For what numbers were read in full, as a code.
    pub uncovered_for: Option<&'static str>,
    /// Whether it was oneself.
    pub by_oneself: bool,
}

/// Everything that is held of oneself or a ward. That is a reading too.
///
/// # Errors
/// [`Error::NotFound`] for somebody else.
pub async fn get_personal_data(ctx: &Ctx, id: PersonId) -> Result<PersonalData, Error> {
    let scope = ctx.scope::<act::ReadOwnData>()?;
    let tx = ctx.app.db.snapshot().await?;
    person::get(&tx, &scope, id, ctx.today()).await?;
    let all = person_link::groups_of(&tx, &[id.0]).await?.all(&[id.0]);
    let births = person::births_of(&tx, &all).await?;
    let birth = duplicate_case::birth_date(births.iter().map(|birth| birth.date));
    let grown = birth.is_some_and(|birth| age_on(birth, ctx.today()) >= ADULT_YEARS);
    let household = policy::own_household(&ctx.actor, id).filter(|_| grown);
    let key = person_key::list_of(&tx, &[id.0]).await?.remove(&id.0);
    let unsealable = |_| Error::Internal(format!("the key of person {id} does not open"));
    let key = key.map(|row| PersonKey::open(&ctx.app, &row).map_err(unsealable)).transpose()?;
    let (mut tables, mut withheld) = (Vec::new(), withheld_always());
    for table in TABLES {
        if household.is_none() && class(table) == Class::Poverty {
            let columns = table.groups.iter().flat_map(|group| group.columns);
            let unsaid = columns.map(|column| (format!("{}.{column}", table.name), Reason::NotAdult.code()));
            withheld.extend(unsaid);
            continue;
        }
        let rows = store::list_rows(&tx, &scope, household.as_ref(), id, table).await?;
        if rows.is_empty() {
            continue;
        }
        let truncated = u64::try_from(rows.len()).unwrap_or(u64::MAX) >= ROWS_MAX;
        let rows =
            rows.into_iter().map(|row| open(ctx, key.as_ref(), table, row)).collect::<Result<_, _>>()?;
        tables.push(HeldTable {
            name: table.name,
            class: class(table).code(),
            basis: table.basis.code(),
            retention: table.retention.code(),
            rows,
            truncated,
        });
    }
    let mut readings = store::list_readings(&tx, &scope, id, READINGS_MAX + 1).await?;
    drop(tx);
    let more_readings = u64::try_from(readings.len()).unwrap_or(u64::MAX) > READINGS_MAX;
    readings.truncate(usize::try_from(READINGS_MAX).unwrap_or(usize::MAX));
    ctx.record_reading(act::ReadOwnData::ACTION, ("person", id.0), &[id]).await?;
    withheld.sort();
    withheld.dedup();
    let readings = readings.into_iter().map(|reading| view(ctx, reading)).collect();
    Ok(PersonalData { person: id, at: ctx.now(), tables, withheld, readings, more_readings })
}

fn class(table: &Table) -> Class {
    table.groups.first().map_or(Class::Log, |group| group.class)
}

/// What is withheld from everybody, and why.
fn withheld_always() -> Vec<(String, &'static str)> {
    let mut withheld = Vec::new();
    for table in TABLES {
        for group in table.groups {
            if let Shown::Withheld(reason) = group.shown {
                let columns = group.columns.iter();
                withheld.extend(columns.map(|column| (format!("{}.{column}", table.name), reason.code())));
            }
        }
    }
    withheld
}

fn open(
    ctx: &Ctx,
    key: Option<&PersonKey>,
    table: &Table,
    row: Row,
) -> Result<Vec<(&'static str, Option<String>)>, Error> {
    let unsealable = || Error::Internal(format!("request {}: {} does not open", ctx.request_id, table.name));
    let Row { id, key_id, values } = row;
    let open = |(column, held)| {
        let value = match held {
            Held::Nothing => None,
            Held::Text(text) => Some(text),
            Held::Sealed(sealed) => {
                let (id, place) = (id.ok_or_else(unsealable)?, format!("{}|{column}", table.name));
                let opened = match (&key_id, key) {
                    (Some(key_id), _) => {
                        let opened = ctx.app.keys.open_own_key(&format!("{place}|{id}"), key_id, &sealed);
                        opened.ok().and_then(|bytes| String::from_utf8(bytes).ok())
                    }
                    (None, Some(key)) => key.unseal(&place, id, &sealed).ok(),
                    (None, None) => None,
                };
                Some(opened.ok_or_else(unsealable)?)
            }
        };
        Ok((column, value))
    };
    values.into_iter().map(open).collect()
}

fn view(ctx: &Ctx, reading: store::Reading) -> ReadingView {
    let user = ctx.actor.user_id().map(|user| user.0);
    ReadingView {
        at: reading.at,
        roles: reading.role.split_whitespace().map(str::to_owned).collect(),
        organisation: reading.organisation.map(OrganisationId),
        purpose: purpose(&reading.action),
        uncovered_for: uncovered_for(&reading.header),
        by_oneself: user.is_some() && user == reading.user,
    }
}

fn uncovered_for(header: &str) -> Option<&'static str> {
    let purpose = Header::parse(header).ok()?.purpose?;
    Purpose::parse(&purpose).map(Purpose::code)
}

/// The purposes of readings; each has its words.
pub const PURPOSES: [&str; 12] = [
    "care",
    "contact",
    "explanation",
    "login",
    "matching",
    "number",
    "number_in_full",
    "own",
    "permit",
    "poverty",
    "request",
    "training",
];

/// For what an action reads people.
fn purpose(action: &str) -> &'static str {
    match action {
        "ReadContact" => "contact",
        "ExplainRanking" => "explanation",
        "ReadUser" => "login",
        "RankVacancy" => "matching",
        "ReadNumber" => "number",
        "UncoverNumber" => "number_in_full",
        "ReadOwnData" => "own",
        "ReadPermit" => "permit",
        "ReadHousehold" => "poverty",
        "ReadRightsRequest" => "request",
        "ReadEnrolment" | "ReadSkillClaim" => "training",
        _ => "care",
    }
}

/// The organisations that the data and the readings name: for names beside them.
#[must_use]
pub fn organisations(data: &PersonalData) -> BTreeSet<OrganisationId> {
    let named = data.tables.iter().flat_map(|table| table.rows.iter().flatten());
    let named = named.filter(|(column, _)| {
        matches!(*column, "organisation_id" | "school_id" | "employer_id" | "bureau_id")
    });
    let named = named.filter_map(|(_, value)| value.as_deref()?.parse().ok().map(OrganisationId));
    named.chain(data.readings.iter().filter_map(|reading| reading.organisation)).collect()
}

/// The same as a file has it: the names and the shape of the API's answer.
#[must_use]
pub fn json(data: &PersonalData) -> Value {
    let row = |row: &Vec<(&'static str, Option<String>)>| {
        let values = row.iter().map(|(column, value)| match value {
            Some(value) => json!({ "column": column, "value": value }),
            None => json!({ "column": column }),
        });
        json!({ "values": values.collect::<Vec<_>>() })
    };
    let table = |table: &HeldTable| {
        json!({
            "table": table.name,
            "kind": table.class,
            "basis": table.basis,
            "retention": table.retention,
            "rows": table.rows.iter().map(row).collect::<Vec<_>>(),
            "truncated": table.truncated,
        })
    };
    let withheld = data.withheld.iter().map(|(column, reason)| json!({ "column": column, "reason": reason }));
    let reading = |reading: &ReadingView| {
        let mut said = json!({
            "at": reading.at.to_rfc3339(),
            "roles": reading.roles,
            "purpose": reading.purpose,
            "by_yourself": reading.by_oneself,
        });
        if let Some(purpose) = reading.uncovered_for {
            said["uncovered_for"] = json!(purpose);
        }
        if let Some(organisation) = reading.organisation {
            said["organisation_id"] = json!(organisation.0);
        }
        said
    };
    json!({
        "person_id": data.person.0,
        "made_at": data.at.to_rfc3339(),
        "tables": data.tables.iter().map(table).collect::<Vec<_>>(),
        "withheld": withheld.collect::<Vec<_>>(),
        "readings": data.readings.iter().map(reading).collect::<Vec<_>>(),
        "more_readings": data.more_readings,
    })
}
