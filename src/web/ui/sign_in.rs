//! Owns the look of the sign-in page. It must not know accounts, passwords or sessions.

use maud::{Markup, html};

use crate::web::ui::form::{self, Field, FieldError};
use crate::web::ui::parts::{self, BadgeKind, Column, ColumnKind, FoldRow};
use crate::words::Words;

/// An account that a demonstration offers to everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoLogin {
    /// Its role, in words.
    pub role: String,
    /// Whose it is: a person and an organisation, both fictional.
    pub holder: String,
    /// The sign-in name.
    pub login: String,
    /// The password.
    pub password: String,
}

/// The body of the sign-in page; the form goes to POST `/sign-in` with `login`, `password` and `next`.
/// `error` is the sentence of a failed try, `login` the name then given, `next` the address asked for before, `others` other
/// ways to sign in, `by_mail` whether links for another password come by mail.
#[must_use]
pub fn sign_in(
    words: Words,
    error: Option<&str>,
    login: &str,
    next: Option<&str>,
    others: &Markup,
    by_mail: bool,
    demo_logins: &[DemoLogin],
) -> Markup {
    html! {
        div.sign {
            section.stack aria-labelledby="h-sign-in" {
                div {
                    h1 #h-sign-in { (words.t("sign-in-title")) }
                    p.quiet { (words.t("sign-in-for-whom")) }
                }
                (sign_in_form(words, error, login, next))
                (others)
                p {
                    @if by_mail { a href="/sign-in/forgotten" { (words.t("forgotten-open")) } " " }
                    a href="/sign-in/code" { (words.t("link-code-have")) } " "
                    @if !by_mail { (words.t("link-forgotten")) }
                }
                (parts::note(BadgeKind::Unknown, html! {
                    p { strong { (words.t("sign-in-shared")) } " " (words.t("sign-in-shared-text")) }
                }))
            }
            div.stack {
                (drawing(words))
                @if !demo_logins.is_empty() { (demo_panel(words, demo_logins)) }
                (about_panel(words))
            }
        }
    }
}

fn sign_in_form(words: Words, error: Option<&str>, login: &str, next: Option<&str>) -> Markup {
    let errors: Vec<FieldError> = error
        .map(|message| FieldError { field_id: "login".into(), message: message.to_owned() })
        .into_iter()
        .collect();
    html! {
        (form::error_summary(words, &errors))
        form.panel method="post" action="/sign-in" {
            @if let Some(next) = next { input type="hidden" name="next" value=(next); }
            (form::field(&Field {
                value: login.to_owned(),
                error: error.map(str::to_owned),
                literal: true,
                autocomplete: Some("username"),
                length_max: Some(200),
                ..Field::text("login", words.t("sign-in-login"))
            }))
            (form::field(&Field {
                kind: "password",
                hint: Some(words.t("sign-in-password-hint")),
                autocomplete: Some("current-password"),
                length_max: Some(1000),
                ..Field::text("password", words.t("sign-in-password"))
            }))
            div.actions { button.btn { (words.t("sign-in-submit")) } }
        }
    }
}

fn demo_panel(words: Words, demo_logins: &[DemoLogin]) -> Markup {
    let columns = [
        Column::new(words.t("sign-in-demo-role"), ColumnKind::Text),
        Column::new(words.t("sign-in-login"), ColumnKind::Text),
        Column::new(words.t("sign-in-password"), ColumnKind::Text),
    ];
    let rows: Vec<FoldRow> = demo_logins
        .iter()
        .map(|demo| FoldRow {
            head: html! { (demo.role) br; span.small.quiet { (demo.holder) } },
            cells: vec![html! { span.code { (demo.login) } }, html! { span.code { (demo.password) } }],
            marked: false,
        })
        .collect();
    parts::panel(
        "h-demo",
        &words.t("sign-in-demo"),
        Some(html! { (words.t("sign-in-demo-hint")) }),
        html! {
            (parts::fold_table(&words.t("sign-in-demo"), &columns, &rows))
        },
    )
}

fn about_panel(words: Words) -> Markup {
    let rows = [
        (words.t("sign-in-about-school"), words.t("sign-in-about-school-text")),
        (words.t("sign-in-about-factory"), words.t("sign-in-about-factory-text")),
        (words.t("sign-in-about-official"), words.t("sign-in-about-official-text")),
    ];
    parts::panel(
        "h-about",
        &words.t("sign-in-about"),
        None,
        html! {
            ul.rows {
                @for (title, text) in &rows { li.row { div { h3 { (title) } p { (text) } } } }
            }
        },
    )
}

/// The drawing beside the form: a hull seen from the side, a loom on its deck, stones low in it, its load line.
fn drawing(words: Words) -> Markup {
    html! {
        svg.sea viewBox="0 0 640 236" role="img" aria-labelledby="sea-t sea-d" {
            title #sea-t { (words.t("sign-in-drawing-title")) }
            desc #sea-d { (words.t("sign-in-drawing-text")) }
            defs { clipPath #hull { path d=(HULL) {} } }
            path.water d="M0 150h640v86H0z" {}
            (loom())
            path.hull-fill d=(HULL) {}
            g clip-path="url(#hull)" {
                path.f-mallard-soft d="M0 150h640v86H0z" {}
                path.f-mallard d=(STONES) {}
                path.joint d=(JOINTS) {}
            }
            path.hull-line d=(HULL) {}
            path.silk-line d="M0 150h54M596 150h44" {}
            (load_line())
        }
    }
}

const HULL: &str = "M44 92C150 122 470 122 604 78C600 150 560 216 452 216H196C108 216 62 170 44 92z";
const STONES: &str = "M60 190l40-13 44-5 52 5 40-8 56 7 48-6 54 6 50-7 56 6 44-6 40 8 60-4v60H60z";
const JOINTS: &str = "M144 166l10 30M236 165l-8 30M292 168l6 28M340 164l-6 31M394 166l8 30M444 163l-8 32M500 165l-6 30\
    M90 197l64-2 74 1 70 1 36-2 68 1 34-1 58 1 70-5M190 194l6 30M262 195l-6 30M316 195l4 30M370 195l-6 30M420 195l6 30\
    M470 195l-4 30";

/// Two posts and a beam, the warp between them, and the cloth that is already woven.
fn loom() -> Markup {
    html! {
        @for x in (170..=474).step_by(8) { path.warp-thin d={ "M" (x) " 18V116" } {} }
        path.f-mallard d="M166 78H478V120H166z" {}
        @for y in (84..=108).step_by(8) { path.weft d={ "M166 " (y) "H478" } {} }
        path.post d="M158 12V118M486 12V116M150 16H494" {}
    }
}

/// The disc and its line on the ship's side, with the marks for the waters of the seasons.
fn load_line() -> Markup {
    html! {
        circle.l-ink cx="300" cy="150" r="15" {}
        path.l-ink d="M276 150h48" {}
        path.l-ink.thin d="M352 127v42M352 127h10M352 139h10M352 150h-10M352 160h10M352 169h10" {}
    }
}
