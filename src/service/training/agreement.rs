//! Signing and reading agreements of schools with factories.

use std::collections::BTreeSet;

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{AgreementId, OrganisationId};
use ballast_domain::identity::policy::{Act as _, Target, act};
use ballast_domain::training::agreement::Term;
use uuid::Uuid;

use crate::entity::training::agreement;
use crate::service::audit::audit_entry::Changes;
use crate::service::batch::{self, Mode};
use crate::service::page::{Page, PageRequest};
use crate::service::{Ctx, Error, Field, text};
use crate::store::training::agreement as store;

/// An agreement to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAgreement {
    /// With which factory.
    pub factory: OrganisationId,
    /// Title in Chinese.
    pub title_zh: String,
    /// Title in English.
    pub title_en: String,
    /// First day.
    pub valid_from: CivilDate,
    /// Last day, if there is one.
    pub valid_until: Option<CivilDate>,
}

/// An agreement, as either party sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementView {
    /// Which agreement.
    pub id: AgreementId,
    /// The school.
    pub school: OrganisationId,
    /// The factory.
    pub factory: OrganisationId,
    /// Title in Chinese.
    pub title_zh: String,
    /// Title in English.
    pub title_en: String,
    /// First day.
    pub valid_from: CivilDate,
    /// Last day, if there is one.
    pub valid_until: Option<CivilDate>,
    /// The revision.
    pub revision: i64,
}

/// Signs agreements of a school with factories.
///
/// # Errors
/// [`Error::Invalid`] with every wrong field of every row; [`Error::Refused`] for an organisation that is no
/// active school.
pub async fn sign_agreements(
    ctx: &Ctx,
    school: OrganisationId,
    new: Vec<NewAgreement>,
    mode: Mode,
) -> Result<Vec<AgreementId>, Error> {
    let target = Target { id: school.0, organisations: vec![school], ..Target::default() };
    let grant = ctx.authorise::<act::ManageJointClass>(&target)?;
    batch::check_size(new.len())?;
    let parties: BTreeSet<Uuid> = new.iter().map(|a| a.factory.0).chain([school.0]).collect();
    let kinds = store::active_kinds(ctx.app.db.reader(), parties).await?;
    let is = |id: Uuid, kind: &str| kinds.get(&id).is_some_and(|found| found == kind);
    if !is(school.0, "school") {
        return Err(Error::refused("not_a_school"));
    }
    let mut problems = Vec::new();
    let mut rows = Vec::with_capacity(new.len());
    for (n, agreement) in new.into_iter().enumerate() {
        let at = |field: &str| format!("/{n}/{field}");
        if !is(agreement.factory.0, "factory") {
            problems.push(Field::new(at("factory"), "unknown_factory"));
        }
        if !(Term { from: agreement.valid_from, until: agreement.valid_until }).is_sound() {
            problems.push(Field::new(at("valid_until"), "before_start"));
        }
        rows.push(agreement::Model {
            id: ctx.app.random.timed_id(ctx.now()),
            school_id: school.0,
            factory_id: agreement.factory.0,
            title_zh: text::clean(&mut problems, &at("title_zh"), &agreement.title_zh, text::NAME_CHARS_MAX),
            title_en: text::clean(&mut problems, &at("title_en"), &agreement.title_en, text::NAME_CHARS_MAX),
            valid_from: agreement.valid_from,
            valid_until: agreement.valid_until,
            revision: 1,
        });
    }
    batch::settle(rows.len(), problems, &[])?;
    let ids: Vec<AgreementId> = rows.iter().map(|row| AgreementId(row.id)).collect();
    let mut changes = Changes::new();
    rows.iter().for_each(|row| changes.created(school, row));
    let tx = ctx.write_tx().await?;
    store::insert_all(&tx, &grant, rows).await?;
    ctx.record_changes(&tx, act::ManageJointClass::ACTION, ("organisation", school.0), &changes).await?;
    batch::finish(tx, mode).await?;
    Ok(ids)
}

/// An agreement of which one is a party, or which touches one's region.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_agreement(ctx: &Ctx, id: AgreementId) -> Result<AgreementView, Error> {
    let scope = ctx.scope::<act::ReadJointClass>()?;
    Ok(view(store::get(ctx.app.db.reader(), &scope, id).await?))
}

/// Agreements of which one is a party, or which touch one's region.
///
/// # Errors
/// [`Error::Denied`].
pub async fn list_agreements(ctx: &Ctx, request: PageRequest) -> Result<Page<AgreementView>, Error> {
    let scope = ctx.scope::<act::ReadJointClass>()?;
    Ok(store::list(ctx.app.db.reader(), &scope, request).await?.map(view))
}

fn view(row: agreement::Model) -> AgreementView {
    AgreementView {
        id: AgreementId(row.id),
        school: OrganisationId(row.school_id),
        factory: OrganisationId(row.factory_id),
        title_zh: row.title_zh,
        title_en: row.title_en,
        valid_from: row.valid_from,
        valid_until: row.valid_until,
        revision: row.revision,
    }
}
