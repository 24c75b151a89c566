//! Loading and reading regions.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::region::RegionCode;
use ballast_domain::identity::policy::{Act as _, Target, act};
use uuid::Uuid;

use super::organisation::check_names;
use crate::entity::organisation::region;
use crate::service::batch::{self, Mode};
use crate::service::{Ctx, Error, Field};
use crate::store::organisation::region as store;

/// A region. The one that it lies in follows from its code, and is loaded before it or with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRegion {
    /// GB/T 2260 code, or the statistical one of a township or village.
    pub code: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
}

/// A region, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionView {
    /// Its code.
    pub code: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// The code of the region that it lies in; none for a province.
    pub parent: Option<String>,
}

/// Loads regions, in any order. Those that are there get these names; none goes away.
///
/// # Errors
/// [`Error::Invalid`] with every wrong field of every row.
pub async fn load_regions(ctx: &Ctx, new: Vec<NewRegion>, mode: Mode) -> Result<(), Error> {
    let grant = ctx.authorise::<act::ManageOrganisation>(&Target::default())?;
    batch::check_size(new.len())?;
    let problems = check(ctx, &new).await?;
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let parent = |code: &str| RegionCode::parse(code).and_then(|code| code.parent());
    let mut rows: Vec<region::Model> = new
        .into_iter()
        .map(|new| region::Model {
            parent_code: parent(&new.code).map(|parent| parent.to_string()),
            code: new.code,
            name_zh: new.name_zh.trim().to_owned(),
            name_en: new.name_en.trim().to_owned(),
        })
        .collect();
    rows.sort_by_key(|row| row.code.len());
    let tx = ctx.write_tx().await?;
    store::upsert_all(&tx, &grant, rows).await?;
    ctx.record(&tx, act::ManageOrganisation::ACTION, ("region", Uuid::nil()), &[]).await?;
    batch::finish(tx, mode).await
}

async fn check(ctx: &Ctx, new: &[NewRegion]) -> Result<Vec<Field>, Error> {
    let mut problems = Vec::new();
    let codes: Vec<Option<RegionCode>> = new.iter().map(|new| RegionCode::parse(&new.code)).collect();
    let loaded: BTreeSet<RegionCode> = codes.iter().copied().flatten().collect();
    let parents = codes.iter().flatten().filter_map(RegionCode::parent);
    let asked = parents.filter(|parent| !loaded.contains(parent)).map(|parent| parent.to_string()).collect();
    let known = store::known_regions(ctx.app.db.reader(), asked).await?;
    let mut seen = BTreeSet::new();
    for (n, (region, code)) in new.iter().zip(&codes).enumerate() {
        let mut wrong = |code| problems.push(Field::new(format!("/{n}/code"), code));
        match code {
            None => wrong("region_code_form"),
            Some(code) => {
                if !seen.insert(code) {
                    wrong("doubled");
                }
                let here = |parent| loaded.contains(&parent) || known.contains(parent.as_str());
                if !code.parent().is_none_or(here) {
                    wrong("unknown_parent");
                }
            }
        }
        check_names(&mut problems, n, &region.name_zh, &region.name_en);
    }
    Ok(problems)
}

fn view(row: region::Model) -> RegionView {
    RegionView { code: row.code, name_zh: row.name_zh, name_en: row.name_en, parent: row.parent_code }
}

/// The regions one step below another, or the provinces; by code.
///
/// # Errors
/// [`Error::Denied`] for a user without any role; [`Error::Invalid`] for a parent that is no code.
pub async fn list_regions(ctx: &Ctx, parent: Option<&str>) -> Result<Vec<RegionView>, Error> {
    let scope = ctx.scope::<act::ReadOrganisation>()?;
    let parent = match parent {
        None => None,
        Some(code) => Some(RegionCode::parse(code).ok_or(Error::field("parent", "region_code_form"))?),
    };
    Ok(store::list(ctx.app.db.reader(), &scope, parent).await?.into_iter().map(view).collect())
}

/// Regions by code, for names beside what is shown. Missing ones are left out.
///
/// # Errors
/// [`Error::Denied`] for a user without any role.
pub async fn find_regions(
    ctx: &Ctx,
    codes: &BTreeSet<String>,
) -> Result<BTreeMap<String, RegionView>, Error> {
    let scope = ctx.scope::<act::ReadOrganisation>()?;
    let found = store::list_of(ctx.app.db.reader(), &scope, codes).await?;
    Ok(found.into_iter().map(|row| (row.code.clone(), view(row))).collect())
}
