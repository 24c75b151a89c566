//! Reading occupations, and finding the one that a key names.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ballast_domain::base::id::{OccupationId, SkillId};
use ballast_domain::identity::policy::act;
use ballast_domain::taxonomy::{FrameworkCode, RelationKind, framework_id};
use uuid::Uuid;

use super::framework::code_of;
use super::label::{self, LabelSearch, LabelView, labels_of};
use crate::entity::taxonomy::occupation;
use crate::format::taxonomy::house;
use crate::service::page::{Page, PageRequest};
use crate::service::{Ctx, Error};
use crate::store;
use crate::store::taxonomy::occupation as occupation_store;
use crate::words::Locale;

/// Which occupations a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OccupationFilter {
    /// Those of this classification.
    pub framework: Option<FrameworkCode>,
    /// Those with such a name.
    pub search: Option<LabelSearch>,
}

/// An occupation in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OccupationSummary {
    /// Its id, the same in every installation.
    pub id: OccupationId,
    /// Its classification.
    pub framework: FrameworkCode,
    /// Its address.
    pub uri: String,
    /// Its code in its own classification.
    pub code: Option<String>,
    /// Its name in the language of the request, as [`labels_of`] gives it.
    pub label: String,
    /// ISCO-08 group, up to four digits.
    pub isco_group: Option<String>,
    /// ISCO-08 skill level, 1 to 4.
    pub skill_level: Option<i32>,
    /// The closest ESCO occupation.
    pub esco_uri: Option<String>,
    /// The CSCO code that covers it.
    pub csco_code: Option<String>,
    /// The revision.
    pub revision: i64,
}

/// A skill that an occupation asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedSkill {
    /// The skill.
    pub id: SkillId,
    /// Its name in the language of the request.
    pub label: String,
    /// How badly it is needed.
    pub kind: RelationKind,
    /// At which level, 1 to 7, where the classification says so.
    pub level: Option<i32>,
}

/// An occupation with everything that is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OccupationView {
    /// What a list shows.
    pub summary: OccupationSummary,
    /// Names and texts: by kind, then language, then in the order to show.
    pub labels: Vec<LabelView>,
    /// What it asks for: essential ones first, then by name.
    pub skills: Vec<AskedSkill>,
}

/// Occupations that are remembered at most: some 5 MB.
const REMEMBERED_MAX: usize = 512;

/// What is shown of an occupation besides its own row, in one language.
#[derive(Debug)]
struct Shown {
    /// The revision of the occupation, and the sum of those of its skills.
    state: (i64, Option<i64>),
    name: Option<String>,
    labels: Vec<LabelView>,
    skills: Vec<AskedSkill>,
}

/// What a process has shown of occupations lately. It is asked of the database each time whether that still holds.
#[derive(Debug, Default)]
pub struct Remembered(Mutex<HashMap<(OccupationId, Locale), Arc<Shown>>>);

impl Remembered {
    fn lock(&self) -> MutexGuard<'_, HashMap<(OccupationId, Locale), Arc<Shown>>> {
        // Nothing can be half done while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, key: (OccupationId, Locale), state: (i64, Option<i64>)) -> Option<Arc<Shown>> {
        self.lock().get(&key).filter(|shown| shown.state == state).cloned()
    }

    fn keep(&self, key: (OccupationId, Locale), shown: &Arc<Shown>) {
        let mut all = self.lock();
        if all.len() >= REMEMBERED_MAX {
            all.clear();
        }
        all.insert(key, Arc::clone(shown));
    }
}

/// Occupations by id.
///
/// # Errors
/// [`Error::Invalid`] for a text that nothing can hold.
pub async fn list_occupations(
    ctx: &Ctx,
    filter: &OccupationFilter,
    request: PageRequest,
) -> Result<Page<OccupationSummary>, Error> {
    let scope = ctx.scope::<act::ReadTaxonomy>()?;
    let filter = occupation_store::Filter {
        framework: filter.framework.map(framework_id),
        search: filter.search.as_ref().map(label::check).transpose()?,
    };
    let page = occupation_store::list(ctx.app.db.reader(), &scope, &filter, request).await?;
    let ids: Vec<Uuid> = page.items.iter().map(|row| row.id).collect();
    let mut names = labels_of(ctx, &ids, ctx.locale).await?;
    let summarised = |row: occupation::Model| {
        let name = names.remove(&row.id);
        summary(row, name)
    };
    let items: Result<Vec<_>, Error> = page.items.into_iter().map(summarised).collect();
    Ok(Page { items: items?, next: page.next, total: page.total })
}

/// An occupation. Its names and skills are read again only when one of them has changed.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_occupation(ctx: &Ctx, id: OccupationId) -> Result<OccupationView, Error> {
    let scope = ctx.scope::<act::ReadTaxonomy>()?;
    let known = occupation_store::get_known(ctx.app.db.reader(), &scope, id.0).await?;
    let (key, state) = ((id, ctx.locale), (known.occupation.revision, known.skills_revision));
    let shown = if let Some(shown) = ctx.app.occupations.find(key, state) {
        shown
    } else {
        // After its state: what is newer than that is read again once, and what is older is never kept.
        let shown = Arc::new(read_shown(ctx, id, state).await?);
        ctx.app.occupations.keep(key, &shown);
        shown
    };
    let summary = summary(known.occupation, shown.name.clone())?;
    Ok(OccupationView { summary, labels: shown.labels.clone(), skills: shown.skills.clone() })
}

async fn read_shown(ctx: &Ctx, id: OccupationId, state: (i64, Option<i64>)) -> Result<Shown, Error> {
    let scope = ctx.scope::<act::ReadTaxonomy>()?;
    let relations = occupation_store::list_asked_by(ctx.app.db.reader(), &scope, id.0).await?;
    let mut ids: Vec<Uuid> = relations.iter().map(|relation| relation.skill_id).collect();
    ids.push(id.0);
    let (labels, mut names) = label::all_of_one_and_names(ctx, id.0, &ids).await?;
    let mut skills = Vec::with_capacity(relations.len());
    for relation in relations {
        skills.push(AskedSkill {
            id: SkillId(relation.skill_id),
            label: names.remove(&relation.skill_id).unwrap_or_default(),
            kind: relation_kind(&relation.relation)?,
            level: relation.level,
        });
    }
    skills.sort_by(|a, b| (a.kind, &a.label, a.id).cmp(&(b.kind, &b.label, b.id)));
    Ok(Shown { state, name: names.remove(&id.0), labels, skills })
}

/// The occupations that keys name: each an address, a code of any classification, or a key of the house
/// taxonomy. Keys that name none are left out; one that names several names the first by address.
///
/// # Errors
/// [`Error::Denied`].
pub async fn find_by_keys(
    ctx: &Ctx,
    keys: &BTreeSet<String>,
) -> Result<HashMap<String, OccupationId>, Error> {
    let scope = ctx.scope::<act::ReadTaxonomy>()?;
    let house = |key: &String| house::occupation_uri(key).to_string();
    let uris: Vec<String> = keys.iter().flat_map(|key| [key.clone(), house(key)]).collect();
    let codes: Vec<String> = keys.iter().cloned().collect();
    let mut rows = occupation_store::find_by_names(ctx.app.db.reader(), &scope, &uris, &codes).await?;
    rows.sort_by(|a, b| a.uri.cmp(&b.uri));
    let mut by_name: HashMap<&str, Uuid> = HashMap::new();
    for row in &rows {
        by_name.insert(&row.uri, row.id);
    }
    for row in &rows {
        if let Some(code) = &row.code {
            by_name.entry(code).or_insert(row.id);
        }
    }
    let found = keys.iter().filter_map(|key| {
        let id = by_name.get(key.as_str()).or_else(|| by_name.get(house(key).as_str()))?;
        Some((key.clone(), OccupationId(*id)))
    });
    Ok(found.collect())
}

/// The occupation that one key names, as [`find_by_keys`] finds it.
///
/// # Errors
/// [`Error::Denied`].
pub async fn find_by_key(ctx: &Ctx, key: &str) -> Result<Option<OccupationId>, Error> {
    let found = find_by_keys(ctx, &BTreeSet::from([key.to_owned()])).await?;
    Ok(found.into_values().next())
}

/// A stored relation's kind.
pub(super) fn relation_kind(name: &str) -> Result<RelationKind, Error> {
    RelationKind::parse(name).ok_or_else(|| store::Error::Corrupt("occupation_skill.relation").into())
}

fn summary(row: occupation::Model, name: Option<String>) -> Result<OccupationSummary, Error> {
    let framework = code_of(row.framework_id).ok_or(store::Error::Corrupt("occupation.framework_id"))?;
    Ok(OccupationSummary {
        id: OccupationId(row.id),
        framework,
        label: name.unwrap_or_else(|| row.uri.clone()),
        uri: row.uri,
        code: row.code,
        isco_group: row.isco_group,
        skill_level: row.skill_level,
        esco_uri: row.esco_uri,
        csco_code: row.csco_code,
        revision: row.revision,
    })
}
