//! Owns the look of a vacancy's shortlist, for the factory that posted it and for officials. It must not know how
//! people are ranked, nor any reason by name: reasons, places and evidence come in words.

use chrono::NaiveDate;
use maud::{Markup, html};

use crate::web::ui::chart::{self, AddendRow};
use crate::web::ui::parts::{self, BadgeKind, Column, ColumnKind, FoldRow, Pager, Tab};
use crate::words::Words;

/// Who looks at the list; it decides whether names are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Viewer {
    /// The factory that posted the vacancy: codes only.
    Factory,
    /// A labour official: names, and the people who were removed.
    Official,
}

/// Everything on the page.
#[derive(Clone, Debug)]
pub struct ShortlistPage {
    /// Who looks.
    pub viewer: Viewer,
    /// The vacancy.
    pub vacancy: VacancyHead,
    /// Those who qualify, on this page of the list, best first.
    pub qualified: Vec<Row>,
    /// How many qualify in all.
    pub qualified_total: i64,
    /// Those of whom something has to be verified, most known points first.
    pub to_verify: Vec<VerifyRow>,
    /// How many there are to verify in all.
    pub to_verify_total: i64,
    /// Those who are not listed.
    pub removed: RemovedPanel,
    /// What the post asks for.
    pub requirements: Vec<Requirement>,
    /// What the list was computed from: profile, engine, date, what was not checked.
    pub rests_on: Vec<Fact>,
    /// The most points that a person can reach.
    pub scale: i64,
    /// Where the page lies in the list.
    pub pager: Option<Pager>,
    /// Where the list can be had as a file.
    pub export: Option<String>,
}

/// The head of the vacancy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VacancyHead {
    /// The post.
    pub title: String,
    /// The factory's own number for it.
    pub reference: String,
    /// The factory; shown to officials.
    pub organisation: String,
    /// Site and region.
    pub place: String,
    /// Posts to fill.
    pub headcount: i64,
    /// The wage offered a month, in words.
    pub wage: String,
    /// The first day of work.
    pub starts_on: NaiveDate,
}

/// A person on the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The pseudonym that this factory knows the person by.
    pub code: String,
    /// The name; never shown to a factory, even where it is given.
    pub name: Option<String>,
    /// Where an official reads why the person stands there; never shown to a factory.
    pub why: Option<String>,
}

/// A qualified person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The place in the order, from 1.
    pub rank: i64,
    /// Who it is.
    pub person: Person,
    /// Region and how near it is.
    pub place: String,
    /// From when the person can start.
    pub available: String,
    /// The skills that the post asks for.
    pub skills: Vec<Skill>,
    /// Everything that adds to the score, with its working.
    pub addends: Vec<AddendRow>,
    /// The score; the addends sum to it.
    pub score: i64,
}

/// A skill that a person has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skill {
    /// Its name.
    pub name: String,
    /// The level proved, 1 to 7.
    pub level: i64,
    /// How it was proved, in words (`evidence-…`).
    pub evidence: String,
}

/// A person of whom something has to be verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyRow {
    /// Who it is.
    pub person: Person,
    /// Region and how near it is.
    pub place: String,
    /// What is proved.
    pub proved: Vec<Skill>,
    /// What is not known.
    pub unknown: Vec<String>,
    /// The points of what is known.
    pub points: i64,
}

/// Those who are not listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemovedPanel {
    /// For a factory: bands by coded reason, no persons.
    Bands(Vec<BandRow>),
    /// For an official: the first of them with full reasons, and how many there are in all.
    People {
        /// Those shown.
        people: Vec<RemovedPerson>,
        /// How many were removed in all.
        total: i64,
    },
}

/// How many people one reason removed, as a band.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BandRow {
    /// The code of the reason.
    pub code: String,
    /// The reason in words.
    pub reason: String,
    /// The band in words (`band-…`), never a number.
    pub band: String,
    /// What the factory could change, or that nothing would.
    pub change: String,
}

/// A person who was removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemovedPerson {
    /// Who it is.
    pub person: Person,
    /// Why, the gravest reason first.
    pub reasons: Vec<Reason>,
    /// The changes that together would unlock the person; None where one reason has no cure and nobody can override it.
    pub unlocks: Option<Vec<String>>,
}

/// Why a person was removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The rule, for example `C8`.
    pub code: String,
    /// Whether the fact is not known, as against known to fail.
    pub unknown: bool,
    /// What was needed and what was found.
    pub text: String,
    /// The source of the rule.
    pub cite: Option<String>,
}

/// What the post asks for in one skill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The skill.
    pub skill: String,
    /// The floor of an essential skill, below which nobody is listed; None for one that only helps.
    pub floor: Option<i64>,
    /// The level asked for.
    pub level: i64,
    /// The points it can add.
    pub weight: i64,
}

/// Something that the list was computed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Its name.
    pub name: String,
    /// What it was.
    pub value: String,
    /// A code, a version or a hash, set in the type for those.
    pub literal: bool,
}

/// The body of the page.
#[must_use]
pub fn shortlist(words: Words, page: &ShortlistPage) -> Markup {
    html! {
        (head(words, page))
        div.cols.work {
            div {
                (qualified(words, page))
                (to_verify(words, page))
                (removed(words, page))
            }
            aside.side-sticky.stack aria-label=(words.t("shortlist-asks")) {
                (requirements(words, page))
                (rests_on(words, page))
                (visibility(words, page.viewer))
            }
        }
    }
}

fn head(words: Words, page: &ShortlistPage) -> Markup {
    let vacancy = &page.vacancy;
    let heading = words.ta(
        "shortlist-heading",
        &[
            ("post", vacancy.title.as_str().into()),
            ("qualified", page.qualified_total.into()),
            ("verify", page.to_verify_total.into()),
        ],
    );
    let starts = words.ta("shortlist-starts", &[("date", words.date(vacancy.starts_on).into())]);
    html! {
        div.page-head {
            div {
                h1 { (heading) }
                p {
                    (words.t("shortlist-vacancy")) " " span.code { (vacancy.reference) }
                    @if page.viewer == Viewer::Official { " · " (vacancy.organisation) }
                    " · " (vacancy.place)
                    " · " (words.ta("shortlist-posts", &[("count", vacancy.headcount.into())]))
                    " · " (vacancy.wage) " · " (starts)
                }
            }
            @if let Some(href) = &page.export {
                div.actions { a.btn.alt href=(href) { (words.t("table-export")) } }
            }
        }
    }
}

fn section_tabs(words: Words, page: &ShortlistPage) -> Markup {
    let counted = |label: String, count: i64| format!("{label} {}", words.count(count));
    let removed = match &page.removed {
        RemovedPanel::People { total, .. } if page.viewer == Viewer::Official => {
            counted(words.t("shortlist-removed"), *total)
        }
        RemovedPanel::People { .. } | RemovedPanel::Bands(_) => words.t("shortlist-removed"),
    };
    let tab = |label: String, href: &str, current: bool| Tab { label, href: href.to_owned(), current };
    parts::tabs(
        &words.t("shortlist-lists"),
        &[
            tab(counted(words.t("shortlist-qualified"), page.qualified_total), "#h-qualified", true),
            tab(counted(words.t("shortlist-verify"), page.to_verify_total), "#h-verify", false),
            tab(removed, "#h-removed", false),
        ],
    )
}

fn qualified(words: Words, page: &ShortlistPage) -> Markup {
    html! {
        section.panel aria-labelledby="h-qualified" {
            h2.hidden #h-qualified { (words.t("shortlist-qualified")) }
            (section_tabs(words, page))
            @if page.qualified.is_empty() {
                (parts::empty(&words.t("shortlist-qualified-empty"), &words.t("shortlist-qualified-empty-text")))
            } @else {
                (chart::addend_key(words))
                ol.people {
                    @for (index, row) in page.qualified.iter().enumerate() { (qualified_row(words, page, row, index == 0)) }
                }
            }
            @if let Some(pager) = &page.pager { (parts::pager(words, &words.t("shortlist-qualified"), pager)) }
        }
    }
}

fn qualified_row(words: Words, page: &ShortlistPage, row: &Row, first: bool) -> Markup {
    let label = spoken_name(page.viewer, &row.person);
    let id = format!("b{}", row.rank);
    html! {
        li {
            p.rank { span.hidden { (words.t("shortlist-rank")) " " } (words.count(row.rank)) }
            div {
                h3 { (person(page.viewer, &row.person)) }
                p { (row.place) " · " (row.available) }
                (chart::addend_bar(words, &id, label, &chart::by_class(words, &row.addends), page.scale))
                (skills(words, &row.skills))
                (chart::addend_table(words, label, &row.addends, row.score, first))
            }
            p.score { (words.count(row.score)) small { "/ " (words.count(page.scale)) } }
        }
    }
}

/// The text that names a person to this viewer.
fn spoken_name(viewer: Viewer, person: &Person) -> &str {
    match (viewer, &person.name) {
        (Viewer::Official, Some(name)) => name,
        (Viewer::Official, None) | (Viewer::Factory, _) => &person.code,
    }
}

/// The person as this viewer may see them. What a factory may not see is dropped here, whatever was handed in.
fn person(viewer: Viewer, person: &Person) -> Markup {
    let code = html! { span.code { (person.code) } };
    match viewer {
        Viewer::Factory => code,
        Viewer::Official => html! {
            @let name = person.name.as_deref().unwrap_or(&person.code);
            @match &person.why {
                Some(href) => a href=(href) { (name) },
                None => (name),
            }
            @if person.name.is_some() { " " span.aka { (code) } }
        },
    }
}

fn skills(words: Words, skills: &[Skill]) -> Markup {
    html! {
        @if !skills.is_empty() {
            ul.skills { @for skill in skills { li.badge { (skill_text(words, skill)) } } }
        }
    }
}

fn skill_text(words: Words, skill: &Skill) -> String {
    words.ta(
        "shortlist-skill",
        &[
            ("name", skill.name.as_str().into()),
            ("level", skill.level.into()),
            ("evidence", skill.evidence.as_str().into()),
        ],
    )
}

fn to_verify(words: Words, page: &ShortlistPage) -> Markup {
    let columns = [
        Column::new(words.t("shortlist-person"), ColumnKind::Text),
        Column::new(words.t("shortlist-proved"), ColumnKind::Wide),
        Column::new(words.t("shortlist-unknown"), ColumnKind::Wide),
        Column::new(words.t("shortlist-known-points"), ColumnKind::Number),
    ];
    let rows: Vec<FoldRow> = page.to_verify.iter().map(|row| verify_row(words, page.viewer, row)).collect();
    let title = words.t("shortlist-verify");
    parts::panel(
        "h-verify",
        &title,
        Some(html! { (words.t("shortlist-verify-rule")) }),
        html! {
            @if rows.is_empty() {
                (parts::empty(&words.t("shortlist-verify-empty"), &words.t("shortlist-verify-empty-text")))
            } @else {
                (parts::fold_table(&title, &columns, &rows))
            }
        },
    )
}

fn verify_row(words: Words, viewer: Viewer, row: &VerifyRow) -> FoldRow {
    FoldRow {
        head: html! { (person(viewer, &row.person)) br; span.small.quiet { (row.place) } },
        cells: vec![
            skills(words, &row.proved),
            html! {
                ul.skills { @for skill in &row.unknown { li { (parts::badge(BadgeKind::Unknown, skill)) } } }
            },
            html! { (words.count(row.points)) },
        ],
        marked: false,
    }
}

fn removed(words: Words, page: &ShortlistPage) -> Markup {
    match (page.viewer, &page.removed) {
        (_, RemovedPanel::Bands(rows)) => removed_bands(words, rows),
        (Viewer::Official, RemovedPanel::People { people, total }) => removed_people(words, people, *total),
        (Viewer::Factory, RemovedPanel::People { .. }) => removed_bands(words, &[]),
    }
}

fn removed_bands(words: Words, rows: &[BandRow]) -> Markup {
    let columns = [
        Column::new(words.t("shortlist-code"), ColumnKind::Text),
        Column::new(words.t("shortlist-reason"), ColumnKind::Wide),
        Column::new(words.t("shortlist-people"), ColumnKind::Text),
        Column::new(words.t("shortlist-change"), ColumnKind::Wide),
    ];
    let folded: Vec<FoldRow> = rows
        .iter()
        .map(|row| FoldRow {
            head: html! { span.code { (row.code) } },
            cells: vec![html! { (row.reason) }, html! { span.nowrap { (row.band) } }, html! { (row.change) }],
            marked: false,
        })
        .collect();
    let title = words.t("shortlist-removed-factory");
    parts::panel(
        "h-removed",
        &title,
        Some(html! { (words.t("shortlist-removed-bands")) }),
        html! {
            @if folded.is_empty() {
                (parts::empty(&words.t("shortlist-removed-empty"), &words.t("shortlist-removed-empty-text")))
            } @else {
                (parts::fold_table(&title, &columns, &folded))
            }
        },
    )
}

fn removed_people(words: Words, people: &[RemovedPerson], total: i64) -> Markup {
    let shown = i64::try_from(people.len()).unwrap_or(i64::MAX);
    let aside = words.ta("shortlist-removed-shown", &[("shown", shown.into()), ("total", total.into())]);
    parts::panel(
        "h-removed",
        &words.t("shortlist-removed-official"),
        Some(html! { (aside) }),
        html! {
            @if people.is_empty() {
                (parts::empty(&words.t("shortlist-removed-empty"), &words.t("shortlist-removed-empty-text")))
            } @else {
                ol.removed {
                    @for removed in people {
                        li {
                            h3 { (person(Viewer::Official, &removed.person)) }
                            ul.reasons { @for reason in &removed.reasons { (reason_item(words, reason)) } }
                            (unlocks(words, removed.unlocks.as_deref()))
                        }
                    }
                }
            }
        },
    )
}

pub(crate) fn reason_item(words: Words, reason: &Reason) -> Markup {
    let (kind, verdict) = if reason.unknown {
        (BadgeKind::Unknown, words.t("shortlist-unlisted"))
    } else {
        (BadgeKind::Bar, words.t("shortlist-bar"))
    };
    html! {
        li {
            (parts::badge(kind, &format!("{} {verdict}", reason.code)))
            div {
                p { (reason.text) @if let Some(cite) = &reason.cite { " " span.cite { (cite) } } }
            }
        }
    }
}

/// What would let the person in again: all of it together.
#[must_use]
pub fn unlocks(words: Words, unlocks: Option<&[String]>) -> Markup {
    html! {
        @match unlocks {
            None => p.unlock { strong { (words.t("shortlist-no-unlock")) } },
            Some([]) => {},
            Some([only]) => p.unlock { strong { (words.t("shortlist-unlocks")) } " " (only) },
            Some(several) => {
                p.unlock { strong { (words.t("shortlist-unlocks")) } }
                ul.unlock { @for unlock in several { li { (unlock) } } }
            },
        }
    }
}

fn requirements(words: Words, page: &ShortlistPage) -> Markup {
    let title = words.t("shortlist-asks");
    parts::panel(
        "h-asks",
        &title,
        None,
        html! {
            table.data {
                caption.hidden { (title) }
                thead {
                    tr {
                        th scope="col" { (words.t("shortlist-asks-skill")) }
                        th.num scope="col" { (words.t("shortlist-asks-level")) }
                        th.num scope="col" { (words.t("shortlist-asks-weight")) }
                    }
                }
                tbody {
                    @for requirement in &page.requirements {
                        tr {
                            th scope="row" { (requirement_name(words, requirement)) }
                            td.num { (words.count(requirement.level)) }
                            td.num { (words.count(requirement.weight)) }
                        }
                    }
                }
            }
        },
    )
}

fn requirement_name(words: Words, requirement: &Requirement) -> String {
    match requirement.floor {
        Some(floor) => words.ta(
            "shortlist-asks-essential",
            &[("skill", requirement.skill.as_str().into()), ("floor", floor.into())],
        ),
        None => requirement.skill.clone(),
    }
}

fn rests_on(words: Words, page: &ShortlistPage) -> Markup {
    let rows: Vec<(String, Markup)> = page
        .rests_on
        .iter()
        .map(|fact| (fact.name.clone(), html! { span.code[fact.literal] { (fact.value) } }))
        .collect();
    parts::panel(
        "h-rests-on",
        &words.t("shortlist-rests-on"),
        None,
        html! {
            (parts::facts(&rows))
            p.small.quiet { (words.t("shortlist-hire-note")) }
        },
    )
}

fn visibility(words: Words, viewer: Viewer) -> Markup {
    let text = match viewer {
        Viewer::Factory => words.t("shortlist-names-factory"),
        Viewer::Official => words.t("shortlist-names-official"),
    };
    parts::note(BadgeKind::Unknown, html! { p { strong { (words.t("shortlist-names")) } } p { (text) } })
}
