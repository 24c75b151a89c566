//! Registering and reading organisations.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::id::OrganisationId;
use ballast_domain::base::name_key::name_key;
use ballast_domain::identity::policy::{Act as _, Grant, Target, act};
use ballast_domain::organisation::credit_code::{self, CreditCode};
use ballast_domain::organisation::organisation::OrganisationKind;
use uuid::Uuid;

use crate::entity::organisation::organisation;
use crate::service::audit::audit_entry::Changes;
use crate::service::batch::{self, Mode};
use crate::service::page::{Page, PageRequest};
use crate::service::{Ctx, Error, Field, Seen, text};
use crate::store::audit::audit_entry::Touch;
use crate::store::organisation::{organisation as store, region};

/// A school, factory, bureau, agency or association.
#[derive(Clone, Debug)]
pub struct NewOrganisation {
    /// `school`, `factory`, `bureau`, `agency` or `association`.
    pub kind: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// Unified social credit code (GB 32100).
    pub credit_code: Option<String>,
    /// Where it lies; for a bureau, the region that it answers for.
    pub region: String,
}

/// Names that an organisation is to have; what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct OrganisationChange {
    /// Name in Chinese.
    pub name_zh: Option<String>,
    /// Name in English.
    pub name_en: Option<String>,
}

/// An organisation: nothing of it is personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationView {
    /// Which.
    pub id: OrganisationId,
    /// What it is here for.
    pub kind: OrganisationKind,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// Unified social credit code.
    pub credit_code: Option<String>,
    /// Where it lies, or for what region it answers.
    pub region: String,
    /// `active` or `closed`.
    pub status: String,
    /// The revision.
    pub revision: i64,
}

/// Registers organisations. Each gets the key of the pseudonyms under which it will see people.
///
/// # Errors
/// [`Error::Invalid`] with every wrong field of every row.
pub async fn register_organisations(
    ctx: &Ctx,
    new: Vec<NewOrganisation>,
    mode: Mode,
) -> Result<Vec<OrganisationId>, Error> {
    ctx.require(act::ManageOrganisation::ACTION)?;
    batch::check_size(new.len())?;
    let problems = check(ctx, &new).await?;
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let rows: Vec<organisation::Model> = new.iter().map(|new| row(ctx, new)).collect();
    let ids: Vec<OrganisationId> = rows.iter().map(|row| OrganisationId(row.id)).collect();
    let grants = ids
        .iter()
        .map(|id| ctx.authorise(&Target { id: id.0, ..Target::default() }))
        .collect::<Result<Vec<Grant<act::ManageOrganisation>>, _>>()?;
    let mut changes = Changes::new();
    rows.iter().for_each(|row| changes.created(row.id, row));
    let first = ids.first().map(|id| id.0).unwrap_or_default();
    let tx = ctx.write_tx().await?;
    store::insert_all(&tx, &grants, rows).await?;
    ctx.record_changes(&tx, act::ManageOrganisation::ACTION, ("organisation", first), &changes).await?;
    batch::finish(tx, mode).await?;
    Ok(ids)
}

async fn check(ctx: &Ctx, new: &[NewOrganisation]) -> Result<Vec<Field>, Error> {
    let mut problems = Vec::new();
    let asked: BTreeSet<String> = new.iter().map(|new| new.region.clone()).collect();
    let known = region::known_regions(ctx.app.db.reader(), asked).await?;
    let mut codes: BTreeMap<String, usize> = BTreeMap::new();
    for (n, organisation) in new.iter().enumerate() {
        let at = |field: &str| format!("/{n}/{field}");
        if OrganisationKind::parse(&organisation.kind).is_none() {
            problems.push(Field::new(at("kind"), "unknown_choice"));
        }
        check_names(&mut problems, n, &organisation.name_zh, &organisation.name_en);
        if !known.contains(&organisation.region) {
            problems.push(Field::new(at("region"), "unknown_region"));
        }
        match organisation.credit_code.as_deref().map(CreditCode::parse) {
            None => {}
            Some(Err(credit_code::Problem::Form)) => {
                problems.push(Field::new(at("credit_code"), "credit_code_form"));
            }
            Some(Err(credit_code::Problem::Check)) => {
                problems.push(Field::new(at("credit_code"), "credit_code_check"));
            }
            Some(Ok(code)) => {
                let before = codes.insert(code.as_str().to_owned(), n);
                if before.is_some() {
                    problems.push(Field::new(at("credit_code"), "doubled"));
                }
            }
        }
    }
    let asked = codes.keys().cloned().collect();
    for code in store::known_credit_codes(ctx.app.db.reader(), asked).await? {
        if let Some(n) = codes.get(&code) {
            problems.push(Field::new(format!("/{n}/credit_code"), "registered_before"));
        }
    }
    Ok(problems)
}

/// The two names that everything with a name has.
pub(super) fn check_names(problems: &mut Vec<Field>, n: usize, zh: &str, en: &str) {
    text::clean(problems, &format!("/{n}/name_zh"), zh, text::NAME_CHARS_MAX);
    text::clean(problems, &format!("/{n}/name_en"), en, text::NAME_CHARS_MAX);
}

fn row(ctx: &Ctx, new: &NewOrganisation) -> organisation::Model {
    organisation::Model {
        id: ctx.app.random.timed_id(ctx.now()),
        kind: new.kind.clone(),
        name_zh: new.name_zh.trim().to_owned(),
        name_zh_key: name_key(&new.name_zh),
        name_en: new.name_en.trim().to_owned(),
        credit_code: new.credit_code.as_deref().map(|code| code.trim().to_ascii_uppercase()),
        region_code: new.region.clone(),
        status: "active".to_owned(),
        pseudonym_key: ctx.app.random.bytes::<32>().to_vec(),
        revision: 1,
    }
}

pub(crate) fn view(row: store::Organisation) -> OrganisationView {
    OrganisationView {
        id: row.id,
        kind: row.kind,
        name_zh: row.name_zh,
        name_en: row.name_en,
        credit_code: row.credit_code,
        region: row.region.to_string(),
        status: row.status,
        revision: row.revision,
    }
}

/// An organisation.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_organisation(ctx: &Ctx, id: OrganisationId) -> Result<OrganisationView, Error> {
    let scope = ctx.scope::<act::ReadOrganisation>()?;
    Ok(view(store::get(ctx.app.db.reader(), &scope, id).await?))
}

/// Gives an organisation other names. A change that changes nothing leaves nothing behind either.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`] when it is not at the revision that was seen; [`Error::Invalid`].
pub async fn update_organisation(
    ctx: &Ctx,
    id: OrganisationId,
    seen: &Seen,
    change: OrganisationChange,
) -> Result<OrganisationView, Error> {
    ctx.require(act::ManageOrganisation::ACTION)?;
    let scope = ctx.scope::<act::ReadOrganisation>()?;
    let tx = ctx.write_tx().await?;
    let found = store::get(tx.conn(), &scope, id).await?;
    let target = Target { id: id.0, revision: found.revision, ..Target::default() };
    let grant: Grant<act::ManageOrganisation> = ctx.authorise(&target)?;
    seen.check(grant.revision())?;
    let wanted = |wanted: Option<String>, was: &str| wanted.map_or(was.to_owned(), |w| w.trim().to_owned());
    let (zh, en) = (wanted(change.name_zh, &found.name_zh), wanted(change.name_en, &found.name_en));
    let mut problems = Vec::new();
    check_names(&mut problems, 0, &zh, &en);
    if !problems.is_empty() {
        return Err(batch::of_one(Error::Invalid(problems)));
    }
    if (&zh, &en) == (&found.name_zh, &found.name_en) {
        return Ok(view(found));
    }
    store::rename_if_unchanged(&tx, &grant, (&zh, &en)).await?;
    let renamed = store::get(tx.conn(), &scope, id).await?;
    let mut changes = Changes::new();
    let touch = Touch { kind: "organisation", id: id.0, revision: renamed.revision };
    let names = |zh: &str, en: &str| serde_json::json!({ "name_en": en, "name_zh": zh });
    changes.described(id, touch, names(&found.name_zh, &found.name_en), names(&zh, &en));
    ctx.record_changes(&tx, act::ManageOrganisation::ACTION, ("organisation", id.0), &changes).await?;
    tx.commit().await?;
    Ok(view(renamed))
}

/// An organisation by its credit code, or by its id written out.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find_organisation(ctx: &Ctx, name: &str) -> Result<OrganisationView, Error> {
    if let Ok(id) = Uuid::try_parse(name) {
        return get_organisation(ctx, OrganisationId(id)).await;
    }
    let scope = ctx.scope::<act::ReadOrganisation>()?;
    let code = CreditCode::parse(name).map_err(|_no_code| Error::NotFound)?;
    Ok(view(store::get_by_credit_code(ctx.app.db.reader(), &scope, code.as_str()).await?))
}

/// Organisations, of one kind or of all.
///
/// # Errors
/// [`Error::Denied`] for a user without any role.
pub async fn list_organisations(
    ctx: &Ctx,
    kind: Option<OrganisationKind>,
    request: PageRequest,
) -> Result<Page<OrganisationView>, Error> {
    let scope = ctx.scope::<act::ReadOrganisation>()?;
    Ok(store::list(ctx.app.db.reader(), &scope, kind, request).await?.map(view))
}

/// Organisations by id, for names beside what is shown. Missing ones are left out.
///
/// # Errors
/// [`Error::Denied`] for a user without any role.
pub async fn find_organisations(
    ctx: &Ctx,
    ids: &BTreeSet<OrganisationId>,
) -> Result<BTreeMap<OrganisationId, OrganisationView>, Error> {
    let scope = ctx.scope::<act::ReadOrganisation>()?;
    let found = store::list_of(ctx.app.db.reader(), &scope, ids).await?;
    Ok(found.into_iter().map(|(id, row)| (id, view(row))).collect())
}
