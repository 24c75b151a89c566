//! Owns the look of a page that could not be given. It must not know which error led to it.

use maud::{Markup, html};

use crate::web::ui::parts;
use crate::words::Words;

/// What a person is told when a page cannot be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorPage {
    /// The status of the answer, for example 404.
    pub status: u16,
    /// What went wrong, in one sentence (`error-<code>`).
    pub title: String,
    /// What to do (`error-<code>-detail`), or the particular reason.
    pub detail: String,
    /// The number under which the request was recorded.
    pub request_id: String,
    /// The way back: label and address; the start where it is None.
    pub back: Option<(String, String)>,
}

/// The body of an error page.
#[must_use]
pub fn error(words: Words, page: &ErrorPage) -> Markup {
    let (label, href) = page.back.clone().unwrap_or_else(|| (words.t("error-back-home"), "/".to_owned()));
    let status = words.ta("error-status", &[("status", page.status.to_string().into())]);
    html! {
        div.page-head {
            div {
                p { (status) }
                h1 { (page.title) }
            }
        }
        section.panel.failure aria-label=(page.title) {
            p { (page.detail) }
            (parts::facts(&[(
                words.t("error-request"),
                html! { span.code { (page.request_id) } br; span.small.quiet { (words.t("error-request-hint")) } },
            )]))
            div.actions { a.btn href=(href) { (label) } }
        }
    }
}
