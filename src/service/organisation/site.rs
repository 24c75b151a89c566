//! Registering and reading sites.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::id::{OrganisationId, SiteId};
use ballast_domain::identity::policy::{Act as _, Grant, Target, act};
use ballast_domain::organisation::site::SiteKind;

use super::organisation::check_names;
use crate::entity::organisation::site;
use crate::service::audit::audit_entry::Changes;
use crate::service::batch::{self, Mode};
use crate::service::page::{Page, PageRequest};
use crate::service::{Ctx, Error, Field};
use crate::store::organisation::{organisation, region, site as store};

/// A place of an organisation.
#[derive(Clone, Debug)]
pub struct NewSite {
    /// Whose.
    pub organisation: OrganisationId,
    /// `plant`, `idle_plant`, `campus`, `dormitory` or `office`.
    pub kind: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// Where it lies.
    pub region: String,
}

/// A place of an organisation, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteView {
    /// Which.
    pub id: SiteId,
    /// Whose.
    pub organisation: OrganisationId,
    /// `plant`, `idle_plant`, `campus`, `dormitory` or `office`.
    pub kind: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// Where it lies.
    pub region: String,
    /// The revision.
    pub revision: i64,
}

/// Registers sites.
///
/// # Errors
/// [`Error::Invalid`] with every wrong field of every row.
pub async fn register_sites(ctx: &Ctx, new: Vec<NewSite>, mode: Mode) -> Result<Vec<SiteId>, Error> {
    ctx.require(act::ManageOrganisation::ACTION)?;
    batch::check_size(new.len())?;
    let problems = check(ctx, &new).await?;
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let (mut rows, mut grants) = (Vec::with_capacity(new.len()), Vec::with_capacity(new.len()));
    for site in &new {
        let id = ctx.app.random.timed_id(ctx.now());
        let target = Target { id, organisations: vec![site.organisation], ..Target::default() };
        let grant: Grant<act::ManageOrganisation> = ctx.authorise(&target)?;
        grants.push(grant);
        rows.push(site::Model {
            id,
            organisation_id: site.organisation.0,
            kind: site.kind.clone(),
            name_zh: site.name_zh.trim().to_owned(),
            name_en: site.name_en.trim().to_owned(),
            region_code: site.region.clone(),
            revision: 1,
        });
    }
    let ids: Vec<SiteId> = rows.iter().map(|row| SiteId(row.id)).collect();
    let mut changes = Changes::new();
    rows.iter().for_each(|row| changes.created(row.organisation_id, row));
    let first = ids.first().map(|id| id.0).unwrap_or_default();
    let tx = ctx.write_tx().await?;
    store::insert_all(&tx, &grants, rows).await?;
    ctx.record_changes(&tx, act::ManageOrganisation::ACTION, ("site", first), &changes).await?;
    batch::finish(tx, mode).await?;
    Ok(ids)
}

async fn check(ctx: &Ctx, new: &[NewSite]) -> Result<Vec<Field>, Error> {
    let db = ctx.app.db.reader();
    let mut problems = Vec::new();
    let regions = region::known_regions(db, new.iter().map(|new| new.region.clone()).collect()).await?;
    let owners: BTreeSet<OrganisationId> = new.iter().map(|new| new.organisation).collect();
    let owners = organisation::list_of(db, &ctx.scope()?, &owners).await?;
    for (n, site) in new.iter().enumerate() {
        let at = |field: &str| format!("/{n}/{field}");
        if !owners.contains_key(&site.organisation) {
            problems.push(Field::new(at("organisation_id"), "unknown_organisation"));
        }
        if SiteKind::parse(&site.kind).is_none() {
            problems.push(Field::new(at("kind"), "unknown_choice"));
        }
        check_names(&mut problems, n, &site.name_zh, &site.name_en);
        if !regions.contains(&site.region) {
            problems.push(Field::new(at("region"), "unknown_region"));
        }
    }
    Ok(problems)
}

fn view(row: site::Model) -> SiteView {
    SiteView {
        id: SiteId(row.id),
        organisation: OrganisationId(row.organisation_id),
        kind: row.kind,
        name_zh: row.name_zh,
        name_en: row.name_en,
        region: row.region_code,
        revision: row.revision,
    }
}

/// A site.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_site(ctx: &Ctx, id: SiteId) -> Result<SiteView, Error> {
    let scope = ctx.scope::<act::ReadOrganisation>()?;
    Ok(view(store::get(ctx.app.db.reader(), &scope, id).await?))
}

/// Sites, of one organisation or of all.
///
/// # Errors
/// [`Error::Denied`] for a user without any role.
pub async fn list_sites(
    ctx: &Ctx,
    organisation: Option<OrganisationId>,
    request: PageRequest,
) -> Result<Page<SiteView>, Error> {
    let scope = ctx.scope::<act::ReadOrganisation>()?;
    Ok(store::list(ctx.app.db.reader(), &scope, organisation, request).await?.map(view))
}

/// The sites of an organisation by their names in both languages. A name that several of them have names
/// none.
///
/// # Errors
/// [`Error::Denied`] for a user without any role.
pub async fn find_by_names(
    ctx: &Ctx,
    organisation: OrganisationId,
) -> Result<BTreeMap<String, SiteId>, Error> {
    let scope = ctx.scope::<act::ReadOrganisation>()?;
    let rows = store::names_of(ctx.app.db.reader(), &scope, organisation).await?;
    let mut sites: BTreeMap<String, BTreeSet<SiteId>> = BTreeMap::new();
    for (id, name_zh, name_en) in rows {
        for name in [name_zh, name_en] {
            sites.entry(name).or_default().insert(SiteId(id));
        }
    }
    let only = |(name, ids): (String, BTreeSet<SiteId>)| {
        let id = ids.first().filter(|_| ids.len() == 1).copied()?;
        Some((name, id))
    };
    Ok(sites.into_iter().filter_map(only).collect())
}
