//! Two people who look like one, field by field, for whoever settles it. Numbers are shown with their middle covered.

use std::collections::BTreeSet;

use ballast_domain::base::id::PersonId;
use ballast_domain::identity::policy::{Act as _, act};
use ballast_domain::person::duplicate_case::Cause;
use ballast_domain::person::mask::masked_number;
use uuid::Uuid;

use super::duplicate_case::CANDIDATES_MAX;
use super::person_key::PersonKey;
use crate::entity::person::person as person_row;
use crate::service::{Ctx, Error};
use crate::store::Connection;
use crate::store::person::{
    duplicate_case as cases, identity_document, person, person_key, person_link as links,
};

/// Whether two values of a field are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// They are equal, or both are missing.
    Equal,
    /// Both are there and differ.
    Differs,
    /// One is missing.
    Missing,
}

impl Agreement {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Differs => "differs",
            Self::Missing => "missing",
        }
    }
}

/// One field of both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// Which, as a code.
    pub field: &'static str,
    /// The two values; several parted by commas.
    pub values: [Option<String>; 2],
    /// Whether they are one: judged by the whole numbers.
    pub agreement: Agreement,
}

/// Two people side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The two, as they were asked for.
    pub people: [PersonId; 2],
    /// Why they look like one.
    pub cause: Cause,
    /// How many registrations stand behind each already.
    pub behind: [usize; 2],
    /// Field by field.
    pub fields: Vec<Compared>,
}

/// What is known of one, as it is compared and as it is shown.
struct Side {
    values: Vec<(&'static str, BTreeSet<(String, String)>)>,
    behind: usize,
}

/// Two candidates field by field, each with what is known by every registration. The reading is logged.
///
/// # Errors
/// [`Error::NotFound`] for people who are out of reach or no candidates.
pub async fn compare(ctx: &Ctx, one: PersonId, two: PersonId) -> Result<Comparison, Error> {
    let (scope, today) = (ctx.scope::<act::SettleDuplicate>()?, ctx.today());
    let tx = ctx.app.db.snapshot().await?;
    let pairs = cases::list_candidates(&tx, &scope, Some(one), today, CANDIDATES_MAX).await?;
    let pair = pairs.into_iter().find(|pair| pair.one != pair.two && (pair.one == two || pair.two == two));
    let pair = pair.filter(|_| one != two).ok_or(Error::NotFound)?;
    let rows = person::list_of(&tx, &scope, &[one, two], today).await?;
    let row = |id: PersonId| rows.iter().find(|row| row.id == id.0).ok_or(Error::NotFound);
    let sides = [side(ctx, &tx, row(one)?).await?, side(ctx, &tx, row(two)?).await?];
    drop(tx);
    ctx.record_reading(act::SettleDuplicate::ACTION, ("person", one.0), &[one, two]).await?;
    let [first, second] = &sides;
    let fields = first.values.iter().zip(&second.values).map(|((field, one), (_, two))| Compared {
        field,
        values: [shown(one), shown(two)],
        agreement: agreement(one, two),
    });
    Ok(Comparison {
        people: [one, two],
        cause: pair.cause,
        behind: [first.behind, second.behind],
        fields: fields.collect(),
    })
}

fn agreement(one: &BTreeSet<(String, String)>, two: &BTreeSet<(String, String)>) -> Agreement {
    match (one.is_empty(), two.is_empty()) {
        _ if one == two => Agreement::Equal,
        (false, false) => Agreement::Differs,
        _ => Agreement::Missing,
    }
}

fn shown(values: &BTreeSet<(String, String)>) -> Option<String> {
    let values: Vec<&str> = values.iter().map(|(_, shown)| shown.as_str()).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

async fn side(ctx: &Ctx, db: &impl Connection, row: &person_row::Model) -> Result<Side, Error> {
    let groups = links::groups_of(db, &[row.id]).await?;
    let all: Vec<Uuid> = groups.members(row.id).into_iter().collect();
    let plain = |value: Option<&str>| -> BTreeSet<(String, String)> {
        value.map(|value| (value.to_lowercase(), value.to_owned())).into_iter().collect()
    };
    let birth = row.birth_date.map(|day| day.to_string());
    let foreign = if row.foreign_worker { "true" } else { "false" };
    let mut values = vec![
        ("name", plain(Some(&row.name))),
        ("name_latin", plain(row.name_latin.as_deref())),
        ("birth_date", plain(birth.as_deref())),
        ("sex", plain(row.sex.as_deref())),
        ("birth_country", plain(row.birth_country_code.as_deref())),
        ("home_region", plain(row.home_region_code.as_deref())),
        ("foreign_worker", plain(Some(foreign))),
    ];
    let (mut cards, mut papers, mut nationalities) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut keys = person_key::list_of(db, &all).await?;
    for person in &all {
        for row in identity_document::nationalities_of(db, PersonId(*person)).await? {
            nationalities.insert((row.country_code.clone(), row.country_code));
        }
        let Some(key) = keys.remove(person) else { continue };
        let unsealable = |_| Error::Internal(format!("request {}: a key does not open", ctx.request_id));
        let key = PersonKey::open(&ctx.app, &key).map_err(unsealable)?;
        for row in identity_document::list_of(db, PersonId(*person)).await? {
            let number = key.open_number(&row).map_err(unsealable)?;
            let covered = masked_number(&number);
            if row.kind == "citizen_card" {
                cards.insert((number, covered));
            } else {
                let shown = format!("{} {covered}", row.country_code);
                papers.insert((format!("{}|{}|{number}", row.kind, row.country_code), shown));
            }
        }
    }
    values.extend([("nationality", nationalities), ("citizen_number", cards), ("document_number", papers)]);
    Ok(Side { values, behind: all.len() - 1 })
}
