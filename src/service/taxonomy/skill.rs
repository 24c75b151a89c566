//! Reading skills, and finding the one that a key names.

use std::collections::{BTreeSet, HashMap};

use ballast_domain::base::id::{OccupationId, SkillId};
use ballast_domain::identity::policy::act;
use ballast_domain::taxonomy::{FrameworkCode, RelationKind, SkillKind, framework_id};
use uuid::Uuid;

use super::framework::code_of;
use super::label::{self, LabelSearch, LabelView, labels_of};
use super::occupation::relation_kind;
use crate::entity::taxonomy::skill;
use crate::format::taxonomy::house;
use crate::service::page::{Page, PageRequest};
use crate::service::{Ctx, Error};
use crate::store;
use crate::store::taxonomy::{occupation as occupation_store, skill as skill_store};

/// Which skills a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SkillFilter {
    /// Those of this classification.
    pub framework: Option<FrameworkCode>,
    /// Those of this kind.
    pub kind: Option<SkillKind>,
    /// Those with such a name.
    pub search: Option<LabelSearch>,
}

/// A skill in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkillSummary {
    /// Its id, the same in every installation.
    pub id: SkillId,
    /// Its classification.
    pub framework: FrameworkCode,
    /// Its address.
    pub uri: String,
    /// Its name in the language of the request, as [`labels_of`] gives it.
    pub label: String,
    /// What sort of thing it is.
    pub kind: SkillKind,
    /// How widely it can be used, in the words of its classification.
    pub reuse_level: Option<String>,
    /// How it fades without use: `accuracy`, `speed` or `mixed`.
    pub decay_class: Option<String>,
    /// The closest ESCO skill.
    pub esco_uri: Option<String>,
    /// The CSCO code that it stands for.
    pub csco_code: Option<String>,
    /// The revision.
    pub revision: i64,
}

/// A broader or narrower skill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearSkill {
    /// The skill.
    pub id: SkillId,
    /// Its name in the language of the request.
    pub label: String,
}

/// An occupation that asks for a skill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskingOccupation {
    /// The occupation.
    pub id: OccupationId,
    /// Its name in the language of the request.
    pub label: String,
    /// How badly it needs the skill.
    pub kind: RelationKind,
    /// At which level, 1 to 7, where the classification says so.
    pub level: Option<i32>,
}

/// A skill with everything that is known of it. How much that can be is bounded by its classification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkillView {
    /// What a list shows.
    pub summary: SkillSummary,
    /// Names and texts: by kind, then language, then in the order to show.
    pub labels: Vec<LabelView>,
    /// Skills and groups that it lies under, by name.
    pub broader: Vec<NearSkill>,
    /// Skills that lie under it, by name.
    pub narrower: Vec<NearSkill>,
    /// Occupations that ask for it: those that cannot do without it first, then by name.
    pub occupations: Vec<AskingOccupation>,
}

/// Skills by id.
///
/// # Errors
/// [`Error::Invalid`] for a text that nothing can hold.
pub async fn list_skills(
    ctx: &Ctx,
    filter: &SkillFilter,
    request: PageRequest,
) -> Result<Page<SkillSummary>, Error> {
    let scope = ctx.scope::<act::ReadTaxonomy>()?;
    let filter = skill_store::Filter {
        framework: filter.framework.map(framework_id),
        search: filter.search.as_ref().map(label::check).transpose()?,
        kind: filter.kind.map(SkillKind::as_str),
    };
    let page = skill_store::list(ctx.app.db.reader(), &scope, &filter, request).await?;
    let ids: Vec<Uuid> = page.items.iter().map(|row| row.id).collect();
    let names = labels_of(ctx, &ids, ctx.locale).await?;
    let items: Result<Vec<_>, Error> = page.items.into_iter().map(|row| summary(row, &names)).collect();
    Ok(Page { items: items?, next: page.next, total: page.total })
}

/// A skill.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_skill(ctx: &Ctx, id: SkillId) -> Result<SkillView, Error> {
    let scope = ctx.scope::<act::ReadTaxonomy>()?;
    let db = ctx.app.db.reader();
    let row = skill_store::get(db, &scope, id.0).await?;
    let relations = occupation_store::list_asking_for(db, &scope, id.0).await?;
    let pairs = skill_store::list_broader(db, &scope, id.0).await?;
    let mut ids: Vec<Uuid> = relations.iter().map(|relation| relation.occupation_id).collect();
    ids.extend(pairs.iter().flat_map(|pair| [pair.skill_id, pair.broader_id]));
    ids.push(id.0);
    ids.sort_unstable();
    ids.dedup();
    let (labels, names) = label::all_of_one_and_names(ctx, id.0, &ids).await?;
    let name = |id: &Uuid| names.get(id).cloned().unwrap_or_default();
    let near = |ids: Vec<Uuid>| {
        let mut near: Vec<NearSkill> =
            ids.iter().map(|id| NearSkill { id: SkillId(*id), label: name(id) }).collect();
        near.sort_by(|a, b| (&a.label, a.id).cmp(&(&b.label, b.id)));
        near
    };
    let broader =
        near(pairs.iter().filter(|pair| pair.skill_id == id.0).map(|pair| pair.broader_id).collect());
    let narrower =
        near(pairs.iter().filter(|pair| pair.broader_id == id.0).map(|pair| pair.skill_id).collect());
    let mut occupations = Vec::with_capacity(relations.len());
    for relation in relations {
        occupations.push(AskingOccupation {
            id: OccupationId(relation.occupation_id),
            label: name(&relation.occupation_id),
            kind: relation_kind(&relation.relation)?,
            level: relation.level,
        });
    }
    occupations.sort_by(|a, b| (a.kind, &a.label, a.id).cmp(&(b.kind, &b.label, b.id)));
    Ok(SkillView { summary: summary(row, &names)?, labels, broader, narrower, occupations })
}

/// The skills that keys name: each an address, or a key of the house taxonomy. Keys that name none are left
/// out.
///
/// # Errors
/// [`Error::Denied`].
pub async fn find_by_keys(ctx: &Ctx, keys: &BTreeSet<String>) -> Result<HashMap<String, SkillId>, Error> {
    let scope = ctx.scope::<act::ReadTaxonomy>()?;
    let house = |key: &String| house::skill_uri(key).to_string();
    let uris: Vec<String> = keys.iter().flat_map(|key| [key.clone(), house(key)]).collect();
    let rows = skill_store::find_by_uris(ctx.app.db.reader(), &scope, &uris).await?;
    let by_uri: HashMap<String, Uuid> = rows.into_iter().map(|row| (row.uri, row.id)).collect();
    let found = keys.iter().filter_map(|key| {
        let id = by_uri.get(key).or_else(|| by_uri.get(&house(key)))?;
        Some((key.clone(), SkillId(*id)))
    });
    Ok(found.collect())
}

/// The skill that one key names, as [`find_by_keys`] finds it.
///
/// # Errors
/// [`Error::Denied`].
pub async fn find_by_key(ctx: &Ctx, key: &str) -> Result<Option<SkillId>, Error> {
    let found = find_by_keys(ctx, &BTreeSet::from([key.to_owned()])).await?;
    Ok(found.into_values().next())
}

fn summary(row: skill::Model, names: &HashMap<Uuid, String>) -> Result<SkillSummary, Error> {
    let framework = code_of(row.framework_id).ok_or(store::Error::Corrupt("skill.framework_id"))?;
    Ok(SkillSummary {
        id: SkillId(row.id),
        framework,
        label: names.get(&row.id).cloned().unwrap_or_else(|| row.uri.clone()),
        uri: row.uri,
        kind: SkillKind::parse(&row.kind).ok_or(store::Error::Corrupt("skill.kind"))?,
        reuse_level: row.reuse_level,
        decay_class: row.decay_class,
        esco_uri: row.esco_uri,
        csco_code: row.csco_code,
        revision: row.revision,
    })
}
