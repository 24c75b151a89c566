//! Owns the small parts that pages are put together from: icons, badges, panels, task lists, tables. It must not know
//! any noun of the field.

use maud::{Markup, html};

use crate::words::Words;

/// The shapes that `icon` and `badge` refer to; once per document, drawn by the layout.
#[must_use]
pub fn sprite() -> Markup {
    html! {
        svg width="0" height="0" aria-hidden="true" focusable="false" {
            symbol #i-pass viewBox="0 0 16 16" {
                path d="M2.5 8.5l3.5 3.5 7.5-8" fill="none" stroke="currentColor" stroke-width="2.2" {}
            }
            symbol #i-bar viewBox="0 0 16 16" {
                circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2" {}
                path d="M4 8h8" stroke="currentColor" stroke-width="2.2" {}
            }
            symbol #i-unknown viewBox="0 0 16 16" {
                circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.8"
                    stroke-dasharray="2.6 2.27" {}
                path d="M6.1 6.6a1.9 1.9 0 1 1 2.6 1.8c-.5.2-.7.5-.7 1M8 11.2v.3" fill="none" stroke="currentColor"
                    stroke-width="1.5" {}
            }
            symbol #i-warn viewBox="0 0 16 16" {
                path d="M8 2l6.5 12h-13z" fill="none" stroke="currentColor" stroke-width="1.8" {}
                path d="M8 6.5v4M8 11.7v.8" stroke="currentColor" stroke-width="1.6" {}
            }
        }
    }
}

/// What a badge says beside its words. The shape differs, not the colour alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadgeKind {
    /// A plain label.
    Plain,
    /// Passed, done.
    Pass,
    /// Barred, exceeded, overdue.
    Bar,
    /// Not known: neither passed nor failed.
    Unknown,
    /// Wants attention.
    Warn,
}

impl BadgeKind {
    /// The name in class (`is-…`) and icon (`i-…`).
    const fn name(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Pass => Some("pass"),
            Self::Bar => Some("bar"),
            Self::Unknown => Some("unknown"),
            Self::Warn => Some("warn"),
        }
    }
}

/// The shape alone, for a text that already says what it means. Nothing for a plain one.
#[must_use]
pub fn icon(kind: BadgeKind) -> Markup {
    html! {
        @if let Some(name) = kind.name() {
            svg aria-hidden="true" focusable="false" { use href={ "#i-" (name) } {} }
        }
    }
}

/// A short word with its shape.
#[must_use]
pub fn badge(kind: BadgeKind, label: &str) -> Markup {
    let class = kind.name().map_or_else(|| "badge".to_owned(), |name| format!("badge is-{name}"));
    html! { span class=(class) { (icon(kind)) (label) } }
}

/// A titled section. `id` names its heading; `aside` stands at the right of it: a rule, a unit or a link.
#[must_use]
pub fn panel(id: &str, title: &str, aside: Option<Markup>, body: Markup) -> Markup {
    html! {
        section.panel aria-labelledby=(id) {
            (panel_head(id, title, aside))
            (body)
        }
    }
}

/// The heading of a panel, with what stands at the right of it.
#[must_use]
pub fn panel_head(id: &str, title: &str, aside: Option<Markup>) -> Markup {
    html! {
        div.panel-head {
            h2 id=(id) { (title) }
            @if let Some(aside) = aside { p.quiet { (aside) } }
        }
    }
}

/// Pairs of a name and what is known under it.
#[must_use]
pub fn facts(rows: &[(String, Markup)]) -> Markup {
    html! {
        dl.facts { @for (name, value) in rows { dt { (name) } dd { (value) } } }
    }
}

/// A few large numbers, each with its name.
#[must_use]
pub fn figures(rows: &[(String, Markup)]) -> Markup {
    html! {
        dl.figures { @for (name, value) in rows { div { dt { (name) } dd { (value) } } } }
    }
}

/// What a list says when it has nothing, and why that is so or what to do.
#[must_use]
pub fn empty(title: &str, text: &str) -> Markup {
    html! { div.empty { strong { (title) } span { (text) } } }
}

/// A remark beside the matter; one of kind `Bar` is drawn as a refusal.
#[must_use]
pub fn note(kind: BadgeKind, body: Markup) -> Markup {
    let class = if kind == BadgeKind::Bar { "note bar" } else { "note" };
    html! { div class=(class) { (body) } }
}

/// What the last action did.
#[must_use]
pub fn flash(text: &str) -> Markup {
    html! { div.flash role="status" { (text) } }
}

/// Where one is in a long list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pager {
    /// What is shown, for example "1–8 of 38".
    pub summary: String,
    /// The address of the page before, where there is one.
    pub previous: Option<String>,
    /// The address of the page after, where there is one.
    pub next: Option<String>,
}

/// The line under a long list. `label` says what is paged.
#[must_use]
pub fn pager(words: Words, label: &str, pager: &Pager) -> Markup {
    html! {
        nav.pager aria-label=(label) {
            span { (pager.summary) }
            span.actions {
                @if let Some(href) = &pager.previous { a href=(href) rel="prev" { (words.t("pager-previous")) } }
                @if let Some(href) = &pager.next { a href=(href) rel="next" { (words.t("pager-next")) } }
            }
        }
    }
}

/// A link in a row of tabs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    /// Its name, with a count where that helps.
    pub label: String,
    /// Its address: a page, or a section of this one.
    pub href: String,
    /// Whether it is what is shown.
    pub current: bool,
}

/// A row of tabs, which are plain links.
#[must_use]
pub fn tabs(label: &str, tabs: &[Tab]) -> Markup {
    html! {
        nav aria-label=(label) {
            ul.tabs {
                @for tab in tabs {
                    li { a href=(tab.href) aria-current=[tab.current.then_some("true")] { (tab.label) } }
                }
            }
        }
    }
}

/// How near a deadline is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Urgency {
    /// There is time.
    Calm,
    /// It comes near.
    Soon,
    /// Today, or past.
    Late,
}

/// The time left for a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// How much is left, in words.
    pub left: String,
    /// When it ends, in words.
    pub due: String,
    /// How much of the time is used, 0 to 100; None while the clock stands still.
    pub used_percent: Option<u8>,
    /// How near it is.
    pub urgency: Urgency,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The time left; None where nothing presses.
    pub clock: Option<Clock>,
    /// What it is about.
    pub title: String,
    /// Where it is done.
    pub href: String,
    /// One line more.
    pub detail: String,
    /// Its state.
    pub badge: Option<(BadgeKind, String)>,
}

/// What a person has to do, the most urgent first as the caller has ordered it.
#[must_use]
pub fn task_list(tasks: &[Task]) -> Markup {
    html! {
        ol.tasks {
            @for task in tasks {
                li.timed[task.clock.is_some()] {
                    @if let Some(time) = &task.clock { (clock(time)) }
                    div {
                        h3 { a href=(task.href) { (task.title) } }
                        p { (task.detail) }
                    }
                    div { @if let Some((kind, label)) = &task.badge { (badge(*kind, label)) } }
                }
            }
        }
    }
}

/// The time left, as words and as a bar that fills.
#[must_use]
pub fn clock(clock: &Clock) -> Markup {
    let fill = match clock.urgency {
        Urgency::Calm => "f-mallard",
        Urgency::Soon => "f-tussah",
        Urgency::Late => "f-redlead",
    };
    html! {
        p.clock.over[clock.urgency == Urgency::Late] {
            (clock.left)
            svg width="100%" height="5" aria-hidden="true" focusable="false" {
                rect.track width="100%" height="5" {}
                @if let Some(percent) = clock.used_percent { rect class=(fill) width={ (percent) "%" } height="5" {} }
            }
            small { (clock.due) }
        }
    }
}

/// A column of a folding table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its heading, which a narrow screen repeats before each value.
    pub label: String,
    /// What kind of values it has.
    pub kind: ColumnKind,
}

/// How the values of a column are set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ColumnKind {
    /// Short text.
    Text,
    /// Numbers, set to the right.
    Number,
    /// Long text, a line of its own on a narrow screen.
    Wide,
}

impl Column {
    /// A column of the given kind.
    #[must_use]
    pub fn new(label: impl Into<String>, kind: ColumnKind) -> Self {
        Self { label: label.into(), kind }
    }

    const fn class(&self) -> Option<&'static str> {
        match self.kind {
            ColumnKind::Text => None,
            ColumnKind::Number => Some("num"),
            ColumnKind::Wide => Some("wide"),
        }
    }
}

/// A row of a folding table.
#[derive(Clone, Debug)]
pub struct FoldRow {
    /// The first column, which names the row.
    pub head: Markup,
    /// The other columns.
    pub cells: Vec<Markup>,
    /// Drawn apart: something here does not pass.
    pub marked: bool,
}

/// A table whose rows become small blocks on a narrow screen. The roles are written out, since the fold takes away
/// those that the elements have. `caption` is read, not shown.
#[must_use]
pub fn fold_table(caption: &str, columns: &[Column], rows: &[FoldRow]) -> Markup {
    html! {
        table.data.checks.fold role="table" {
            caption.hidden { (caption) }
            thead role="rowgroup" {
                tr role="row" {
                    @for column in columns {
                        th role="columnheader" scope="col" class=[column.class()] { (column.label) }
                    }
                }
            }
            tbody role="rowgroup" {
                @for row in rows {
                    tr.no-pass[row.marked] role="row" {
                        th role="rowheader" scope="row" { (row.head) }
                        @for (column, cell) in columns.iter().skip(1).zip(&row.cells) { (fold_cell(column, cell)) }
                    }
                }
            }
        }
    }
}

/// One cell of a folding table, with its column's name for the narrow screen.
#[must_use]
pub fn fold_cell(column: &Column, value: &Markup) -> Markup {
    html! { td role="cell" data-l=(column.label) class=[column.class()] { (value) } }
}
