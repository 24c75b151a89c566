//! Owns form parts: labelled fields, choices, the summary of what is wrong, the filter bar. It must not know what a
//! field means or whether its value is right.

use maud::{Markup, html};

use crate::words::Words;

/// The name of the hidden field that carries the session's token in every form that changes something.
pub const CSRF_FIELD: &str = "csrf";

/// The hidden field with the session's token.
#[must_use]
pub fn csrf_field(token: &str) -> Markup {
    html! { input type="hidden" name=(CSRF_FIELD) value=(token); }
}

/// A labelled input. `Field::text` fills in the plain case: `Field { hint: Some(..), ..Field::text(id, label) }`.
#[derive(Clone, Debug)]
pub struct Field {
    /// The element's id, and the name that is sent unless another is.
    pub id: String,
    /// The name that is sent, where two forms of a page send the same.
    pub name: Option<String>,
    /// What it asks for.
    pub label: String,
    /// What helps to fill it in.
    pub hint: Option<String>,
    /// What is wrong with the value.
    pub error: Option<String>,
    /// The `type`: text, password, number, date, email, search, file.
    pub kind: &'static str,
    /// The value shown. Never set it for a password.
    pub value: String,
    /// Whether the browser asks for a value.
    pub required: bool,
    /// A narrow input, for codes and numbers.
    pub short: bool,
    /// Names, codes and passwords: no capitals and no spell checking.
    pub literal: bool,
    /// The `autocomplete` purpose.
    pub autocomplete: Option<&'static str>,
    /// The `inputmode`, for the phone's keyboard.
    pub inputmode: Option<&'static str>,
    /// The longest value, in characters.
    pub length_max: Option<u32>,
}

impl Field {
    /// A required line of text.
    #[must_use]
    pub fn text(id: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: None,
            label: label.into(),
            hint: None,
            error: None,
            kind: "text",
            value: String::new(),
            required: true,
            short: false,
            literal: false,
            autocomplete: None,
            inputmode: None,
            length_max: None,
        }
    }
}

/// A labelled input with its hint and its error, both tied to it.
#[must_use]
pub fn field(field: &Field) -> Markup {
    let hint_id = field.hint.is_some().then(|| format!("{}-hint", field.id));
    let error_id = field.error.is_some().then(|| format!("{}-error", field.id));
    let described: Vec<&str> = [&hint_id, &error_id].into_iter().flatten().map(String::as_str).collect();
    let described = (!described.is_empty()).then(|| described.join(" "));
    html! {
        div.field {
            label for=(field.id) { (field.label) }
            @if let (Some(id), Some(hint)) = (&hint_id, &field.hint) { span.hint id=(id) { (hint) } }
            @if let (Some(id), Some(error)) = (&error_id, &field.error) { span.error id=(id) { (error) } }
            input.short[field.short] id=(field.id) name=(field.name.as_ref().unwrap_or(&field.id)) type=(field.kind)
                value=[(!field.value.is_empty()).then_some(&field.value)]
                autocomplete=[field.autocomplete] inputmode=[field.inputmode] maxlength=[field.length_max]
                autocapitalize=[field.literal.then_some("none")] spellcheck=[field.literal.then_some("false")]
                aria-describedby=[described] aria-invalid=[field.error.is_some().then_some("true")]
                required[field.required];
        }
    }
}

/// A box to tick.
#[derive(Clone, Debug)]
pub struct Check {
    /// The element's id, and the name that is sent when it is ticked.
    pub id: String,
    /// What it says.
    pub label: String,
    /// Whether it is ticked.
    pub checked: bool,
    /// What helps to decide.
    pub hint: Option<String>,
}

/// Boxes that belong together under one question, with what is wrong with the answer.
#[must_use]
pub fn checks(legend: &str, error: Option<&str>, checks: &[Check]) -> Markup {
    html! {
        fieldset.field.ticks {
            legend { (legend) }
            @if let Some(error) = error { span.error { (error) } }
            @for check in checks {
                label for=(check.id) {
                    input id=(check.id) name=(check.id) type="checkbox" checked[check.checked];
                    " " (check.label)
                    @if let Some(hint) = &check.hint { " " span.hint { (hint) } }
                }
            }
        }
    }
}

/// A choice of one value from a list.
#[derive(Clone, Debug)]
pub struct Select {
    /// The element's id.
    pub id: String,
    /// The name that is sent.
    pub name: String,
    /// What it asks for.
    pub label: String,
    /// Value and label of each option, in order.
    pub options: Vec<(String, String)>,
    /// The value chosen at present.
    pub selected: String,
}

/// A labelled choice.
#[must_use]
pub fn select(select: &Select) -> Markup {
    html! {
        label for=(select.id) { (select.label) }
        select id=(select.id) name=(select.name) {
            @for (value, label) in &select.options {
                option value=(value) selected[*value == select.selected] { (label) }
            }
        }
    }
}

/// A bar of choices over a list, sent by GET to `action`. `label` says what is filtered.
#[must_use]
pub fn filters(words: Words, label: &str, action: &str, choices: &[Select]) -> Markup {
    html! {
        form.filters method="get" action=(action) aria-label=(label) {
            @for choice in choices { div { (select(choice)) } }
            button.btn.alt.small { (words.t("filters-submit")) }
        }
    }
}

/// Something wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The id of the field.
    pub field_id: String,
    /// What is wrong, as it also stands at the field.
    pub message: String,
}

/// Everything that is wrong, above the form, each linked to its field. Nothing where nothing is wrong.
#[must_use]
pub fn error_summary(words: Words, errors: &[FieldError]) -> Markup {
    let count = i64::try_from(errors.len()).unwrap_or(i64::MAX);
    html! {
        @if !errors.is_empty() {
            div.errors role="alert" tabindex="-1" aria-labelledby="errors-title" {
                h2 #errors-title { (words.ta("errors-title", &[("count", count.into())])) }
                ul {
                    @for error in errors { li { a href={ "#" (error.field_id) } { (error.message) } } }
                }
            }
        }
    }
}
