//! Registering and reading households.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{HouseholdId, OrganisationId, PersonId};
use ballast_domain::base::region::RegionCode;
use ballast_domain::identity::policy::{Act as _, PovertyAccess, Scope, Target, act};
use ballast_domain::organisation::organisation::OrganisationKind;
use ballast_domain::poverty::household::{self as rules, MEMBERS_MAX, Relation};
use uuid::Uuid;

use super::targeting::{TargetingView, view as targeting_view};
use crate::entity::poverty::{household, household_member};
use crate::service::audit::audit_entry::Changes;
use crate::service::batch::{self, Mode};
use crate::service::page::{Page, PageRequest};
use crate::service::{Ctx, Error, Field, text};
use crate::store::organisation::{organisation, region};
use crate::store::person::person;
use crate::store::poverty::{household as store, targeting};
use crate::words::Arg;

/// The most members of one batch, over all its households.
const BATCH_MEMBERS_MAX: usize = 50_000;

/// A household that a bureau registers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewHousehold {
    /// The bureau's own name for it.
    pub reference: String,
    /// Where it lives, inside the bureau's region.
    pub region: String,
    /// When it was registered.
    pub registered_on: CivilDate,
    /// Who belongs to it; exactly one is the head.
    pub members: Vec<NewMember>,
}

/// A person in a household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMember {
    /// Who; somebody whom the caller may read.
    pub person: PersonId,
    /// `head`, `spouse`, `child`, `parent` or `other`.
    pub relation: String,
    /// Since when.
    pub valid_from: CivilDate,
}

/// A household, as a bureau sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HouseholdView {
    /// Which.
    pub id: HouseholdId,
    /// The bureau that registered it.
    pub bureau: OrganisationId,
    /// The bureau's own name for it.
    pub reference: String,
    /// Where it lives.
    pub region: String,
    /// When it was registered.
    pub registered_on: CivilDate,
    /// Who belongs to it today, the head first.
    pub members: Vec<MemberView>,
    /// The decision that stands; none before the first.
    pub targeting: Option<TargetingView>,
    /// The revision.
    pub revision: i64,
}

/// A person in a household, as a bureau sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberView {
    /// Who.
    pub person: PersonId,
    /// The name; none when the person has moved out of the reader's reach.
    pub name: Option<String>,
    /// `head`, `spouse`, `child`, `parent` or `other`.
    pub relation: String,
    /// Since when.
    pub valid_from: CivilDate,
}

/// Registers households for a bureau.
///
/// # Errors
/// [`Error::Invalid`] with every wrong field of every row; [`Error::NotFound`] for an organisation that is no
/// bureau or not the caller's.
pub async fn register_households(
    ctx: &Ctx,
    bureau: OrganisationId,
    new: Vec<NewHousehold>,
    mode: Mode,
) -> Result<Vec<HouseholdId>, Error> {
    let access = ctx.poverty()?;
    let target = Target { id: bureau.0, organisations: vec![bureau], ..Target::default() };
    let grant = ctx.authorise::<act::RegisterHousehold>(&target)?;
    batch::check_size(new.len())?;
    let office = organisation::get(ctx.app.db.reader(), &ctx.scope()?, bureau).await?;
    if office.kind != OrganisationKind::Bureau {
        return Err(Error::NotFound);
    }
    if new.iter().map(|new| new.members.len()).sum::<usize>() > BATCH_MEMBERS_MAX {
        let max = Arg::Int(i64::try_from(BATCH_MEMBERS_MAX).unwrap_or(i64::MAX));
        return Err(Error::Invalid(vec![Field::new("", "too_many_rows").with("max", max)]));
    }
    let mut problems = check(ctx, office.region, &new).await?;
    check_references(ctx, &access, bureau, &new, &mut problems).await?;
    check_members(ctx, &access, &new, &mut problems).await?;
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let (mut rows, mut members) = (Vec::with_capacity(new.len()), Vec::new());
    for household in &new {
        add_rows(ctx, bureau, household, &mut rows, &mut members);
    }
    let ids: Vec<HouseholdId> = rows.iter().map(|row| HouseholdId(row.id)).collect();
    let mut changes = Changes::new();
    rows.iter().for_each(|row| changes.created(row.id, row));
    let tx = ctx.write_tx().await?;
    store::insert_all(&tx, &access, &grant, rows, members).await?;
    ctx.record_changes(&tx, act::RegisterHousehold::ACTION, ("organisation", bureau.0), &changes).await?;
    batch::finish(tx, mode).await?;
    Ok(ids)
}

/// What a household says of itself.
async fn check(ctx: &Ctx, office: RegionCode, new: &[NewHousehold]) -> Result<Vec<Field>, Error> {
    let (mut problems, today) = (Vec::new(), ctx.today());
    let asked: BTreeSet<String> = new.iter().map(|new| new.region.clone()).collect();
    let known = region::known_regions(ctx.app.db.reader(), asked).await?;
    for (n, household) in new.iter().enumerate() {
        let at = |field: &str| format!("/{n}/{field}");
        text::clean(&mut problems, &at("reference"), &household.reference, text::REFERENCE_CHARS_MAX);
        match RegionCode::parse(&household.region).filter(|_| known.contains(&household.region)) {
            None => problems.push(Field::new(at("region"), "unknown_region")),
            Some(region) if !office.contains(&region) => {
                let office = Arg::Text(office.to_string());
                problems.push(Field::new(at("region"), "outside_bureau").with("region", office));
            }
            Some(_) => {}
        }
        if household.registered_on > today {
            problems.push(Field::new(at("registered_on"), "date_out_of_range"));
        }
        let relations: Vec<Option<Relation>> =
            household.members.iter().map(|member| Relation::parse(&member.relation)).collect();
        for (m, (member, relation)) in household.members.iter().zip(&relations).enumerate() {
            if relation.is_none() {
                problems.push(Field::new(at(&format!("members/{m}/relation")), "unknown_choice"));
            }
            if member.valid_from > today {
                problems.push(Field::new(at(&format!("members/{m}/valid_from")), "date_out_of_range"));
            }
        }
        let known: Option<Vec<Relation>> = relations.into_iter().collect();
        if let Some(Err(refusal)) = known.map(|relations| rules::decide(&relations)) {
            problems.push(members_problem(at("members"), refusal));
        }
    }
    Ok(problems)
}

fn members_problem(pointer: String, refusal: rules::Refusal) -> Field {
    match refusal {
        rules::Refusal::NoHead => Field::new(pointer, "no_head"),
        rules::Refusal::SeveralHeads => Field::new(pointer, "several_heads"),
        rules::Refusal::TooMany => {
            let max = Arg::Int(i64::try_from(MEMBERS_MAX).unwrap_or(i64::MAX));
            Field::new(pointer, "too_many_members").with("max", max)
        }
    }
}

/// A reference is given once by a bureau.
async fn check_references(
    ctx: &Ctx,
    access: &PovertyAccess,
    bureau: OrganisationId,
    new: &[NewHousehold],
    problems: &mut Vec<Field>,
) -> Result<(), Error> {
    let mut references: BTreeMap<&str, usize> = BTreeMap::new();
    for (n, household) in new.iter().enumerate() {
        if references.insert(household.reference.trim(), n).is_some() {
            problems.push(Field::new(format!("/{n}/reference"), "doubled"));
        }
    }
    let asked = references.keys().map(|&reference| reference.to_owned()).collect();
    for reference in store::known_references(ctx.app.db.reader(), access, bureau, asked).await? {
        if let Some(n) = references.get(reference.as_str()) {
            problems.push(Field::new(format!("/{n}/reference"), "registered_before"));
        }
    }
    Ok(())
}

/// A member is somebody whom the caller may read, and belongs to one household.
async fn check_members(
    ctx: &Ctx,
    access: &PovertyAccess,
    new: &[NewHousehold],
    problems: &mut Vec<Field>,
) -> Result<(), Error> {
    let people: BTreeSet<PersonId> = new.iter().flat_map(|new| &new.members).map(|m| m.person).collect();
    let people: Vec<PersonId> = people.into_iter().collect();
    let known = names(ctx, &people).await?;
    let households: Scope<act::ReadHousehold> = ctx.scope()?;
    let db = ctx.app.db.reader();
    let taken = store::members_among(db, access, &households, &people, ctx.today()).await?;
    let mut seen = BTreeSet::new();
    for (n, household) in new.iter().enumerate() {
        for (m, member) in household.members.iter().enumerate() {
            let code = if !known.contains_key(&member.person) {
                "unknown_person"
            } else if taken.contains(&member.person) {
                "in_another_household"
            } else if !seen.insert(member.person) {
                "doubled"
            } else {
                continue;
            };
            problems.push(Field::new(format!("/{n}/members/{m}/person_id"), code));
        }
    }
    Ok(())
}

/// The names of those of these people whom the caller may read.
async fn names(ctx: &Ctx, people: &[PersonId]) -> Result<BTreeMap<PersonId, String>, Error> {
    let scope: Scope<act::ReadPerson> = ctx.scope()?;
    let mut names = BTreeMap::new();
    for chunk in people.chunks(10_000) {
        let rows = person::list_of(ctx.app.db.reader(), &scope, chunk, ctx.today()).await?;
        names.extend(rows.into_iter().map(|row| (PersonId(row.id), row.name)));
    }
    Ok(names)
}

fn add_rows(
    ctx: &Ctx,
    bureau: OrganisationId,
    new: &NewHousehold,
    rows: &mut Vec<household::Model>,
    members: &mut Vec<household_member::Model>,
) {
    let (id, now) = (ctx.app.random.secret_id(), ctx.now());
    rows.push(household::Model {
        id,
        bureau_id: bureau.0,
        reference: new.reference.trim().to_owned(),
        region_code: new.region.clone(),
        registered_on: new.registered_on,
        revision: 1,
    });
    members.extend(new.members.iter().map(|member| household_member::Model {
        id: ctx.app.random.secret_id(),
        household_id: id,
        person_id: member.person.0,
        relation: member.relation.clone(),
        valid_from: member.valid_from,
        valid_until: None,
        recorded_at: now,
    }));
}

/// Rows with their members by name and the decision that stands. Names everyone whom it shows.
async fn views(
    ctx: &Ctx,
    access: &PovertyAccess,
    scope: &Scope<act::ReadHousehold>,
    rows: Vec<household::Model>,
) -> Result<(Vec<HouseholdView>, Vec<PersonId>), Error> {
    let db = ctx.app.db.reader();
    let ids: Vec<HouseholdId> = rows.iter().map(|row| HouseholdId(row.id)).collect();
    let members = store::members(db, access, scope, &ids, ctx.today()).await?;
    let people: BTreeSet<PersonId> = members.iter().map(|row| PersonId(row.person_id)).collect();
    let people: Vec<PersonId> = people.into_iter().collect();
    let names = names(ctx, &people).await?;
    let mut standing = targeting::standing(db, access, &ids).await?;
    let mut of_household: BTreeMap<Uuid, Vec<MemberView>> = BTreeMap::new();
    for row in members {
        let person = PersonId(row.person_id);
        of_household.entry(row.household_id).or_default().push(MemberView {
            person,
            name: names.get(&person).cloned(),
            relation: row.relation,
            valid_from: row.valid_from,
        });
    }
    let views = rows.into_iter().map(|row| HouseholdView {
        id: HouseholdId(row.id),
        bureau: OrganisationId(row.bureau_id),
        reference: row.reference,
        region: row.region_code,
        registered_on: row.registered_on,
        members: of_household.remove(&row.id).unwrap_or_default(),
        targeting: standing.remove(&HouseholdId(row.id)).map(targeting_view),
        revision: row.revision,
    });
    Ok((views.collect(), people))
}

/// A household with its members by name. The reading is logged.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_household(ctx: &Ctx, id: HouseholdId) -> Result<HouseholdView, Error> {
    let (access, scope) = (ctx.poverty()?, ctx.scope::<act::ReadHousehold>()?);
    let row = store::get(ctx.app.db.reader(), &access, &scope, id).await?;
    let (views, people) = views(ctx, &access, &scope, vec![row]).await?;
    ctx.record_reading(act::ReadHousehold::ACTION, ("household", id.0), &people).await?;
    views.into_iter().next().ok_or(Error::NotFound)
}

/// Households in reach, of one region or of all, with their members by name. The reading is logged.
///
/// # Errors
/// [`Error::Denied`].
pub async fn list_households(
    ctx: &Ctx,
    region: Option<RegionCode>,
    request: PageRequest,
) -> Result<Page<HouseholdView>, Error> {
    let (access, scope) = (ctx.poverty()?, ctx.scope::<act::ReadHousehold>()?);
    let page = store::list(ctx.app.db.reader(), &access, &scope, region, request).await?;
    let (items, people) = views(ctx, &access, &scope, page.items).await?;
    ctx.record_reading(act::ReadHousehold::ACTION, ("household", Uuid::nil()), &people).await?;
    Ok(Page { items, next: page.next, total: page.total })
}
