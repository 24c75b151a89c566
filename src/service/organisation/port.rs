//! Registering and reading border ports.

use std::collections::BTreeSet;

use ballast_domain::base::id::{OrganisationId, PortId};
use ballast_domain::identity::policy::{Act as _, Grant, Target, act};
use ballast_domain::organisation::organisation::OrganisationKind;

use super::organisation::check_names;
use crate::entity::organisation::port;
use crate::service::audit::audit_entry::Changes;
use crate::service::batch::{self, Mode};
use crate::service::page::{Page, PageRequest};
use crate::service::{Ctx, Error, Field};
use crate::store::organisation::{organisation, port as store, region};

/// A border port.
#[derive(Clone, Debug)]
pub struct NewPort {
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// Where it lies.
    pub region: String,
    /// The bureau that registers foreign workers here.
    pub bureau: OrganisationId,
}

/// A border port, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortView {
    /// Which.
    pub id: PortId,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// Where it lies.
    pub region: String,
    /// The bureau that registers foreign workers here.
    pub bureau: OrganisationId,
    /// The revision.
    pub revision: i64,
}

/// Registers ports.
///
/// # Errors
/// [`Error::Invalid`] with every wrong field of every row.
pub async fn register_ports(ctx: &Ctx, new: Vec<NewPort>, mode: Mode) -> Result<Vec<PortId>, Error> {
    ctx.require(act::ManageOrganisation::ACTION)?;
    batch::check_size(new.len())?;
    let problems = check(ctx, &new).await?;
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let (mut rows, mut grants) = (Vec::with_capacity(new.len()), Vec::with_capacity(new.len()));
    for port in &new {
        let id = ctx.app.random.timed_id(ctx.now());
        let target = Target { id, organisations: vec![port.bureau], ..Target::default() };
        let grant: Grant<act::ManageOrganisation> = ctx.authorise(&target)?;
        grants.push(grant);
        rows.push(port::Model {
            id,
            name_zh: port.name_zh.trim().to_owned(),
            name_en: port.name_en.trim().to_owned(),
            region_code: port.region.clone(),
            bureau_id: port.bureau.0,
            revision: 1,
        });
    }
    let ids: Vec<PortId> = rows.iter().map(|row| PortId(row.id)).collect();
    let mut changes = Changes::new();
    rows.iter().for_each(|row| changes.created(row.bureau_id, row));
    let first = ids.first().map(|id| id.0).unwrap_or_default();
    let tx = ctx.write_tx().await?;
    store::insert_all(&tx, &grants, rows).await?;
    ctx.record_changes(&tx, act::ManageOrganisation::ACTION, ("port", first), &changes).await?;
    batch::finish(tx, mode).await?;
    Ok(ids)
}

async fn check(ctx: &Ctx, new: &[NewPort]) -> Result<Vec<Field>, Error> {
    let db = ctx.app.db.reader();
    let mut problems = Vec::new();
    let regions = region::known_regions(db, new.iter().map(|new| new.region.clone()).collect()).await?;
    let bureaus: BTreeSet<OrganisationId> = new.iter().map(|new| new.bureau).collect();
    let bureaus = organisation::list_of(db, &ctx.scope()?, &bureaus).await?;
    for (n, port) in new.iter().enumerate() {
        check_names(&mut problems, n, &port.name_zh, &port.name_en);
        if !regions.contains(&port.region) {
            problems.push(Field::new(format!("/{n}/region"), "unknown_region"));
        }
        match bureaus.get(&port.bureau).map(|found| found.kind) {
            None => problems.push(Field::new(format!("/{n}/bureau_id"), "unknown_organisation")),
            Some(OrganisationKind::Bureau) => {}
            Some(_) => problems.push(Field::new(format!("/{n}/bureau_id"), "not_a_bureau")),
        }
    }
    Ok(problems)
}

fn view(row: port::Model) -> PortView {
    PortView {
        id: PortId(row.id),
        name_zh: row.name_zh,
        name_en: row.name_en,
        region: row.region_code,
        bureau: OrganisationId(row.bureau_id),
        revision: row.revision,
    }
}

/// A port.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_port(ctx: &Ctx, id: PortId) -> Result<PortView, Error> {
    let scope = ctx.scope::<act::ReadOrganisation>()?;
    Ok(view(store::get(ctx.app.db.reader(), &scope, id).await?))
}

/// All ports.
///
/// # Errors
/// [`Error::Denied`] for a user without any role.
pub async fn list_ports(ctx: &Ctx, request: PageRequest) -> Result<Page<PortView>, Error> {
    let scope = ctx.scope::<act::ReadOrganisation>()?;
    Ok(store::list(ctx.app.db.reader(), &scope, request).await?.map(view))
}
