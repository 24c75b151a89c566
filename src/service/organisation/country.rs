//! Loading and reading countries.

use std::collections::BTreeSet;

use ballast_domain::identity::policy::{Act as _, Target, act};
use uuid::Uuid;

use super::organisation::check_names;
use crate::entity::organisation::country;
use crate::service::batch::{self, Mode};
use crate::service::{Ctx, Error, Field};
use crate::store::organisation::country as store;

/// A country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCountry {
    /// ISO 3166-1 alpha-2.
    pub code: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
}

/// A country, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountryView {
    /// ISO 3166-1 alpha-2.
    pub code: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
}

/// Loads countries. Those that are there get these names; none goes away.
///
/// # Errors
/// [`Error::Invalid`] with every wrong field of every row.
pub async fn load_countries(ctx: &Ctx, new: Vec<NewCountry>, mode: Mode) -> Result<(), Error> {
    let grant = ctx.authorise::<act::ManageOrganisation>(&Target::default())?;
    batch::check_size(new.len())?;
    let (mut problems, mut seen) = (Vec::new(), BTreeSet::new());
    for (n, country) in new.iter().enumerate() {
        if country.code.len() != 2 || !country.code.bytes().all(|b| b.is_ascii_uppercase()) {
            problems.push(Field::new(format!("/{n}/code"), "country_code_form"));
        } else if !seen.insert(&country.code) {
            problems.push(Field::new(format!("/{n}/code"), "doubled"));
        }
        check_names(&mut problems, n, &country.name_zh, &country.name_en);
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let rows = new
        .into_iter()
        .map(|new| country::Model {
            code: new.code,
            name_zh: new.name_zh.trim().to_owned(),
            name_en: new.name_en.trim().to_owned(),
        })
        .collect();
    let tx = ctx.write_tx().await?;
    store::upsert_all(&tx, &grant, rows).await?;
    ctx.record(&tx, act::ManageOrganisation::ACTION, ("country", Uuid::nil()), &[]).await?;
    batch::finish(tx, mode).await
}

/// All countries by code; there are at most 676.
///
/// # Errors
/// [`Error::Denied`] for a user without any role.
pub async fn list_countries(ctx: &Ctx) -> Result<Vec<CountryView>, Error> {
    let scope = ctx.scope::<act::ReadOrganisation>()?;
    let rows = store::list(ctx.app.db.reader(), &scope).await?;
    let view =
        |row: country::Model| CountryView { code: row.code, name_zh: row.name_zh, name_en: row.name_en };
    Ok(rows.into_iter().map(view).collect())
}
