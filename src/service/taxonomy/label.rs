//! Names of occupations and skills, for whoever shows them in bulk, and what a search for a name may be.

use std::collections::HashMap;

use ballast_domain::identity::policy::act;
use ballast_domain::taxonomy::{LabelKind, Language};
use uuid::Uuid;

use crate::service::{Ctx, Error, text};
use crate::store::taxonomy::label as store;
use crate::words::Locale;

/// A name or text of an occupation or a skill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelView {
    /// Its language.
    pub language: Language,
    /// What it is for.
    pub kind: LabelKind,
    /// The text.
    pub text: String,
}

/// A text to look for in names, the alternative ones too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSearch {
    /// The text. Letters A to Z are found whatever their case.
    pub text: String,
    /// Whether the name must begin with it.
    pub begins: bool,
    /// In this language only.
    pub language: Option<Language>,
}

/// Names in a language for any occupations and skills, mixed: the preferred name in it, otherwise in the other
/// language, otherwise the address. Ids of neither are left out.
///
/// # Errors
/// [`Error::Denied`].
pub async fn labels_of(ctx: &Ctx, ids: &[Uuid], locale: Locale) -> Result<HashMap<Uuid, String>, Error> {
    let scope = ctx.scope::<act::ReadTaxonomy>()?;
    let found = store::list_preferred(ctx.app.db.reader(), &scope, ids).await?;
    names_of(ctx, ids, found, locale).await
}

/// Names as [`labels_of`] gives them, from preferred names: (subject, language, text).
async fn names_of(
    ctx: &Ctx,
    ids: &[Uuid],
    preferred: Vec<(Uuid, String, String)>,
    locale: Locale,
) -> Result<HashMap<Uuid, String>, Error> {
    let scope = ctx.scope::<act::ReadTaxonomy>()?;
    let mut names: HashMap<Uuid, String> = HashMap::with_capacity(ids.len());
    for (id, language, text) in preferred {
        if language == locale.tag() {
            names.insert(id, text);
        } else {
            names.entry(id).or_insert(text);
        }
    }
    let nameless: Vec<Uuid> = ids.iter().filter(|id| !names.contains_key(id)).copied().collect();
    names.extend(store::list_uris(ctx.app.db.reader(), &scope, &nameless).await?);
    Ok(names)
}

/// All names and texts of one occupation or skill, in their order, and the names of all of `ids` as
/// [`labels_of`] gives them: in one statement, since whoever reads one wants both.
pub(super) async fn all_of_one_and_names(
    ctx: &Ctx,
    one: Uuid,
    ids: &[Uuid],
) -> Result<(Vec<LabelView>, HashMap<Uuid, String>), Error> {
    let scope = ctx.scope::<act::ReadTaxonomy>()?;
    let rows = store::list_of_one_and_preferred(ctx.app.db.reader(), &scope, one, ids).await?;
    let preferred = rows.iter().filter(|row| row.kind == LabelKind::Preferred.as_str());
    let preferred = preferred.map(|row| (row.subject_id, row.language.clone(), row.text.clone())).collect();
    let names = names_of(ctx, ids, preferred, ctx.locale).await?;
    let mut views: Vec<LabelView> =
        rows.into_iter().filter(|row| row.subject_id == one).filter_map(view).collect();
    views.sort_by_key(|label| (label.kind, label.language));
    Ok((views, names))
}

fn view(row: store::LabelText) -> Option<LabelView> {
    Some(LabelView {
        language: Language::parse(&row.language)?,
        kind: LabelKind::parse(&row.kind)?,
        text: row.text,
    })
}

/// A search as the store wants it. `label` is the name of the parameter in the answer.
pub(super) fn check(search: &LabelSearch) -> Result<store::Search, Error> {
    let mut problems = Vec::new();
    let text = text::clean(&mut problems, "label", &search.text, text::NAME_CHARS_MAX);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let language = search.language.map(Language::as_str);
    Ok(store::Search { text: text.to_ascii_lowercase(), begins: search.begins, language })
}
