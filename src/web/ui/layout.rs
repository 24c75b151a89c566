//! Owns the frame of every page: head, selvedge, name, navigation, crumbs, flash, footer. It must not know what the
//! page is about.

use chrono::NaiveDate;
use maud::{DOCTYPE, Markup, html};

use crate::web::assets;
use crate::web::ui::{form, parts};
use crate::words::Words;

/// Everything that surrounds a page's body. `Page::new` fills in the empty case:
/// `Page { nav, who, ..Page::new(words, title, path) }`.
#[derive(Clone, Debug)]
pub struct Page {
    /// The title of the browser's tab, without the product's name.
    pub title: String,
    /// The language.
    pub words: Words,
    /// The main navigation; none is drawn where it is empty.
    pub nav: Vec<NavItem>,
    /// Who is signed in.
    pub who: Option<Who>,
    /// Path and query of this page as they were asked for; the language switch keeps both.
    pub path: String,
    /// What the last action did, shown once above the page.
    pub flash: Option<String>,
    /// The fixed date of a demonstration; None on a real installation.
    pub demonstration: Option<NaiveDate>,
    /// The way to this page, outermost first; the last one is the page itself.
    pub crumbs: Vec<Crumb>,
    /// Facts at the foot, for example how fresh the data is; the version is always added.
    pub footer: Vec<String>,
    /// The session's token for the sign-out form; without it no such form is drawn.
    pub csrf: Option<String>,
}

impl Page {
    /// A page for nobody in particular, without navigation.
    #[must_use]
    pub fn new(words: Words, title: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            words,
            nav: Vec::new(),
            who: None,
            path: path.into(),
            flash: None,
            demonstration: None,
            crumbs: Vec::new(),
            footer: Vec::new(),
            csrf: None,
        }
    }
}

/// A place in the main navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    /// Its name.
    pub label: String,
    /// Its address.
    pub href: String,
    /// Whether this page belongs to it.
    pub current: bool,
}

/// The person who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// How the person is addressed.
    pub display_name: String,
    /// For whom the person acts; None for an administrator or a trainee.
    pub organisation: Option<String>,
}

/// A step on the way to a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// Its name.
    pub label: String,
    /// Its address; None for the page itself.
    pub href: Option<String>,
}

/// The whole document around `body`.
#[must_use]
pub fn page(page: &Page, body: Markup) -> Markup {
    let words = page.words;
    html! {
        (DOCTYPE)
        html lang=(words.locale().tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (page.title) " · " (words.t("brand-name")) }
                link rel="icon" href=(assets::mark().url()) type="image/svg+xml";
                link rel="stylesheet" href=(assets::style_sheet().url());
            }
            body {
                (parts::sprite())
                a.skip href="#main" { (words.t("layout-skip")) }
                (header(page))
                (crumbs(page))
                main.wrap #main tabindex="-1" {
                    @if let Some(text) = &page.flash { (parts::flash(text)) }
                    (body)
                }
                (footer(page))
            }
        }
    }
}

fn header(page: &Page) -> Markup {
    let words = page.words;
    html! {
        header.top {
            @if let Some(date) = page.demonstration { (demonstration(words, date)) }
            div.wrap {
                div.top-row {
                    a.brand href="/" {
                        (mark())
                        span {
                            (words.t("brand-name")) " "
                            span.other lang=(words.other().locale().tag()) { (words.other().t("brand-name")) }
                        }
                    }
                    @if let Some(organisation) = page.who.as_ref().and_then(|who| who.organisation.as_ref()) {
                        p.org { (organisation) }
                    }
                    (who(page))
                }
                @if !page.nav.is_empty() { (navigation(page)) }
            }
        }
    }
}

fn demonstration(words: Words, date: NaiveDate) -> Markup {
    let date = words.date(date);
    html! {
        div.demo {
            p.wrap {
                strong { (words.t("layout-demonstration")) }
                " · " (words.ta("layout-demonstration-as-of", &[("date", date.into())]))
            }
        }
    }
}

fn who(page: &Page) -> Markup {
    let words = page.words;
    let other = words.other();
    let tag = other.locale().tag();
    html! {
        div.who {
            a href=(switch_href(&page.path, tag)) hreflang=(tag) lang=(tag) { (other.t("language-own-name")) }
            @if let Some(who) = &page.who {
                details.menu {
                    summary { (who.display_name) }
                    @if let Some(csrf) = &page.csrf {
                        form method="post" action="/sign-out" {
                            (form::csrf_field(csrf))
                            a href="/account" { (words.t("account-title")) }
                            button { (words.t("sign-out")) }
                        }
                    }
                }
            }
        }
    }
}

/// The same address in another language: the query is kept, an older choice of language is replaced.
fn switch_href(path: &str, tag: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let kept =
        query.split('&').filter(|pair| !pair.is_empty() && *pair != "lang" && !pair.starts_with("lang="));
    let language = format!("lang={tag}");
    let query: Vec<&str> = kept.chain([language.as_str()]).collect();
    format!("{path}?{}", query.join("&"))
}

fn navigation(page: &Page) -> Markup {
    html! {
        nav.nav aria-label=(page.words.t("layout-navigation")) {
            ul {
                @for item in &page.nav {
                    li { a href=(item.href) aria-current=[item.current.then_some("true")] { (item.label) } }
                }
            }
        }
    }
}

fn crumbs(page: &Page) -> Markup {
    html! {
        @if !page.crumbs.is_empty() {
            nav.crumbs.wrap aria-label=(page.words.t("layout-crumbs")) {
                ol {
                    @for crumb in &page.crumbs {
                        @match &crumb.href {
                            Some(href) => li { a href=(href) { (crumb.label) } },
                            None => li aria-current="page" { (crumb.label) },
                        }
                    }
                }
            }
        }
    }
}

fn footer(page: &Page) -> Markup {
    html! {
        footer.foot {
            div.wrap {
                ul {
                    @for fact in &page.footer { li { (fact) } }
                    li { (page.words.ta("layout-version", &[("version", env!("CARGO_PKG_VERSION").into())])) }
                }
            }
        }
    }
}

/// The mark beside the name: a hull with warp threads above the water and ballast stones below it.
fn mark() -> Markup {
    html! {
        svg.mark viewBox="0 0 32 32" aria-hidden="true" focusable="false" {
            path.warp d="M11 4.5v10.5M16 4.5v10.5M21 4.5v10.5" {}
            path.hull d="M6 4.5v9.5c0 8 4 12.5 10 12.5s10-4.5 10-12.5V4.5" {}
            path.stone d="M6.4 18l4.6 1 5-1.2 5 1.2 4.6-1c-1 5.4-4.6 8.5-9.6 8.5S7.4 23.4 6.4 18z" {}
            path.warp d="M1.5 16h29" {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::switch_href;

    #[test]
    fn the_language_switch_keeps_the_query_and_replaces_an_older_choice() {
        assert_eq!(switch_href("/vacancies", "en"), "/vacancies?lang=en");
        assert_eq!(switch_href("/vacancies?page=2&lang=zh-CN", "en"), "/vacancies?page=2&lang=en");
        assert_eq!(switch_href("/a?lang=en&language=x&b=", "zh-CN"), "/a?language=x&b=&lang=zh-CN");
        assert_eq!(switch_href("/a?", "en"), "/a?lang=en");
    }
}
