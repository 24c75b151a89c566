//! The form that changes a vacancy. What somebody else changed meanwhile is shown beside what was typed, which is
//! kept: the next attempt is then a choice.

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::VacancyId;
use ballast_domain::base::money::Minor;
use ballast_domain::identity::policy::Action;
use ballast_domain::matching::candidate::Shifts;
use maud::{Markup, html};
use poem::http::StatusCode;
use poem::web::{Form, Path};
use poem::{Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use super::vacancy::title;
use crate::http::csrf;
use crate::http::problem::field_detail;
use crate::http::session::PageUser;
use crate::service::hiring::vacancy::{self as vacancies, VacancyChange, VacancyView};
use crate::service::{Error, Field as Wrong, Seen};
use crate::web::frame::{self, Place, crumb, failed, redirect};
use crate::web::ui::form::{self, Check, Field, FieldError};
use crate::web::ui::parts::{self, BadgeKind};
use crate::words::Words;

/// What was typed, as it was typed.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
struct Typed {
    csrf: String,
    revision: String,
    title_zh: String,
    title_en: String,
    headcount: String,
    wage_min_minor: String,
    wage_max_minor: String,
    starts_on: String,
    shift_day: Option<String>,
    shift_evening: Option<String>,
    shift_night: Option<String>,
    dormitory: Option<String>,
    age_min: String,
}

impl Typed {
    /// The vacancy as the form shows it at first.
    fn of(vacancy: &VacancyView) -> Self {
        let ticked = |is: bool| is.then(|| "on".to_owned());
        Self {
            csrf: String::new(),
            revision: vacancy.revision.to_string(),
            title_zh: vacancy.titles.0.clone(),
            title_en: vacancy.titles.1.clone(),
            headcount: vacancy.headcount.to_string(),
            wage_min_minor: yuan(vacancy.wage_minor.0),
            wage_max_minor: yuan(vacancy.wage_minor.1),
            starts_on: vacancy.starts_on.to_string(),
            shift_day: ticked(vacancy.shifts.day),
            shift_evening: ticked(vacancy.shifts.evening),
            shift_night: ticked(vacancy.shifts.night),
            dormitory: ticked(vacancy.dormitory),
            age_min: vacancy.age_min.map_or_else(String::new, |age| age.to_string()),
        }
    }

    /// The change that was meant, or every cell that cannot be read.
    fn read(&self) -> Result<VacancyChange, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let headcount = cell(&mut wrong, "/headcount", "bad_number", whole(&self.headcount));
        let wage_min = cell(&mut wrong, "/wage_min_minor", "bad_number", fen(&self.wage_min_minor));
        let wage_max = cell(&mut wrong, "/wage_max_minor", "bad_number", fen(&self.wage_max_minor));
        let starts_on = cell(&mut wrong, "/starts_on", "bad_date", date(&self.starts_on));
        let age = (!self.age_min.trim().is_empty()).then(|| whole(&self.age_min));
        let age = age.and_then(|age| cell(&mut wrong, "/age_min", "bad_number", age));
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(VacancyChange {
            title_zh: Some(self.title_zh.clone()),
            title_en: Some(self.title_en.clone()),
            headcount,
            wage_min_minor: wage_min,
            wage_max_minor: wage_max,
            starts_on,
            shifts: Some(Shifts {
                day: self.shift_day.is_some(),
                evening: self.shift_evening.is_some(),
                night: self.shift_night.is_some(),
            }),
            dormitory: Some(self.dormitory.is_some()),
            age_min: Some(age),
        })
    }
}

/// Notes a cell that could not be read.
fn cell<T>(wrong: &mut Vec<Wrong>, pointer: &'static str, code: &'static str, read: Option<T>) -> Option<T> {
    if read.is_none() {
        wrong.push(Wrong::new(pointer, code));
    }
    read
}

fn whole(text: &str) -> Option<i32> {
    text.trim().parse().ok()
}

fn date(text: &str) -> Option<CivilDate> {
    text.trim().parse().ok()
}

/// Yuan with at most two decimals, in fen.
fn fen(text: &str) -> Option<Minor> {
    let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 2 {
        return None;
    }
    let tenths = if part.len() == 1 { 10 } else { 1 };
    let part = part.parse::<Minor>().ok()? * tenths;
    whole.parse::<Minor>().ok()?.checked_mul(100)?.checked_add(part)
}

/// Fen as yuan, without a sign: as it is typed.
fn yuan(minor: Minor) -> String {
    match minor % 100 {
        0 => (minor / 100).to_string(),
        part => format!("{}.{part:02}", minor / 100),
    }
}

/// What the page shows beside the vacancy.
struct Attempt<'a> {
    status: StatusCode,
    typed: Typed,
    wrong: &'a [Wrong],
    /// Whether somebody else was quicker.
    overtaken: bool,
}

/// The form with the vacancy as it is.
#[handler]
pub async fn show(request: &Request, Path(id): Path<Uuid>) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    let vacancy = open_vacancy(&user, VacancyId(id)).await.map_err(|e| failed(&e))?;
    let typed = Typed::of(&vacancy);
    let attempt = Attempt { status: StatusCode::OK, typed, wrong: &[], overtaken: false };
    Ok(page(request, &user, &vacancy, attempt).await)
}

/// Changes the vacancy, or shows what was typed again with what is in the way.
#[handler]
pub async fn save(
    request: &Request,
    Path(id): Path<Uuid>,
    Form(typed): Form<Typed>,
) -> poem::Result<Response> {
    let user = frame::require_user(request).await?;
    frame::check_form(request, &user, &typed.csrf)?;
    let id = VacancyId(id);
    let vacancy = open_vacancy(&user, id).await.map_err(|e| failed(&e))?;
    let seen = typed.revision.parse().map_or(Seen::OneOf(Vec::new()), Seen::at);
    let saved = match typed.read() {
        Ok(change) => vacancies::update_vacancy(&user.ctx, id, &seen, change).await,
        Err(wrong) => Err(Error::Invalid(wrong)),
    };
    match saved {
        Ok(_) => Ok(redirect(&format!("/vacancies/{id}"))),
        Err(Error::Invalid(wrong)) => {
            let attempt =
                Attempt { status: StatusCode::UNPROCESSABLE_ENTITY, typed, wrong: &wrong, overtaken: false };
            Ok(page(request, &user, &vacancy, attempt).await)
        }
        Err(Error::Stale) => {
            // Read again: it was changed after the form was drawn, perhaps after it was read above.
            let vacancy = open_vacancy(&user, id).await.map_err(|e| failed(&e))?;
            let typed = Typed { revision: vacancy.revision.to_string(), ..typed };
            let attempt =
                Attempt { status: StatusCode::PRECONDITION_FAILED, typed, wrong: &[], overtaken: true };
            Ok(page(request, &user, &vacancy, attempt).await)
        }
        Err(error) => Err(failed(&error)),
    }
}

/// A vacancy that the person may change.
async fn open_vacancy(user: &PageUser, id: VacancyId) -> Result<VacancyView, Error> {
    user.ctx.require(Action::ManageVacancy)?;
    let vacancy = vacancies::get_vacancy(&user.ctx, id).await?;
    if vacancy.status == "closed" {
        return Err(Error::refused("vacancy_closed"));
    }
    Ok(vacancy)
}

async fn page(request: &Request, user: &PageUser, vacancy: &VacancyView, attempt: Attempt<'_>) -> Response {
    let words = Words(user.ctx.locale);
    let heading = words.ta("vacancy-edit-heading", &[("reference", vacancy.reference.clone().into())]);
    let errors: Vec<FieldError> = attempt
        .wrong
        .iter()
        .map(|wrong| FieldError { field_id: id_of(wrong).to_owned(), message: field_detail(words, wrong) })
        .collect();
    let body = html! {
        div.page-head { div { h1 { (heading) } p { (words.t("vacancy-edit-lead")) } } }
        (form::error_summary(words, &errors))
        @if attempt.overtaken {
            (parts::note(BadgeKind::Bar, html! {
                p role="alert" { strong { (words.t("error-stale")) } " " (words.t("vacancy-edit-overtaken")) }
            }))
        }
        (fields(user, words, vacancy, &attempt))
    };
    let crumbs = vec![
        crumb(words.t("nav-vacancies"), Some("/vacancies".into())),
        crumb(title(words, vacancy), Some(format!("/vacancies/{}", vacancy.id))),
        crumb(words.t("vacancy-edit"), None),
    ];
    let response = frame::page(request, user, Place::Vacancies, &heading, crumbs, body).await;
    let (mut parts, body) = response.into_parts();
    parts.status = attempt.status;
    Response::from_parts(parts, body)
}

/// The id of the field that a problem is about.
fn id_of(wrong: &Wrong) -> &str {
    match wrong.pointer.strip_prefix('/').unwrap_or(&wrong.pointer) {
        "shifts" => "shift_day",
        id => id,
    }
}

fn fields(user: &PageUser, words: Words, vacancy: &VacancyView, attempt: &Attempt<'_>) -> Markup {
    let (typed, now) = (&attempt.typed, Typed::of(vacancy));
    let error = |id: &str| {
        attempt.wrong.iter().find(|wrong| id_of(wrong) == id).map(|wrong| field_detail(words, wrong))
    };
    // What stands there now is told where it is not what was typed.
    let told = |typed: &str, now: &str, hint: Option<String>| {
        let differs = attempt.overtaken && typed != now;
        let now = differs.then(|| words.ta("vacancy-edit-now", &[("value", now.to_owned().into())]));
        match (hint, now) {
            (Some(hint), Some(now)) => Some(format!("{hint} {now}")),
            (hint, now) => hint.or(now),
        }
    };
    let line = |id: &str, label: &str, typed: &str, now: &str, hint: Option<String>| Field {
        value: typed.to_owned(),
        hint: told(typed, now, hint),
        error: error(id),
        ..Field::text(id, words.t(label))
    };
    let figure = |id: &str, label: &str, typed: &str, now: &str, hint: Option<String>| Field {
        short: true,
        inputmode: Some("decimal"),
        ..line(id, label, typed, now, hint)
    };
    let wage = || Some(words.t("vacancy-edit-yuan"));
    let tick = |id: &str, label: &str, typed: &Option<String>, now: &Option<String>| Check {
        id: id.to_owned(),
        label: words.t(label),
        checked: typed.is_some(),
        hint: (attempt.overtaken && typed.is_some() != now.is_some()).then(|| {
            words.ta(
                "vacancy-edit-now",
                &[("value", words.t(if now.is_some() { "yes" } else { "no" }).into())],
            )
        }),
    };
    let shifts = [
        tick("shift_day", "shift-day", &typed.shift_day, &now.shift_day),
        tick("shift_evening", "shift-evening", &typed.shift_evening, &now.shift_evening),
        tick("shift_night", "shift-night", &typed.shift_night, &now.shift_night),
    ];
    let dormitory = [tick("dormitory", "vacancies-dormitory", &typed.dormitory, &now.dormitory)];
    html! {
        form.panel method="post" action={ "/vacancies/" (vacancy.id) "/edit" } {
            (form::csrf_field(&csrf::token(&user.session)))
            input type="hidden" name="revision" value=(typed.revision);
            (form::field(&line("title_zh", "vacancy-edit-title-zh", &typed.title_zh, &now.title_zh, None)))
            (form::field(&line("title_en", "vacancy-edit-title-en", &typed.title_en, &now.title_en, None)))
            (form::field(&figure("headcount", "vacancies-posts", &typed.headcount, &now.headcount, None)))
            (form::field(&figure("wage_min_minor", "vacancy-edit-wage-min", &typed.wage_min_minor,
                &now.wage_min_minor, wage())))
            (form::field(&figure("wage_max_minor", "vacancy-edit-wage-max", &typed.wage_max_minor,
                &now.wage_max_minor, wage())))
            (form::field(&Field { kind: "date", short: true,
                ..line("starts_on", "vacancies-starts", &typed.starts_on, &now.starts_on, None) }))
            (form::checks(&words.t("vacancies-shifts"), error("shift_day").as_deref(), &shifts))
            (form::checks(&words.t("vacancy-edit-offers"), None, &dormitory))
            (form::field(&Field { required: false, ..figure("age_min", "vacancies-age", &typed.age_min,
                &now.age_min, Some(words.t("vacancy-edit-age"))) }))
            div.actions {
                button.btn { (words.t("vacancy-edit-save")) }
                a.btn.alt href={ "/vacancies/" (vacancy.id) } { (words.t("vacancy-edit-leave")) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_are_typed_with_at_most_two_decimals() {
        for (text, minor) in [("5200", 520_000), (" 5200.5 ", 520_050), ("0.05", 5), ("5200.05", 520_005)] {
            assert_eq!(fen(text), Some(minor), "{text}");
            assert_eq!(fen(&yuan(minor)), Some(minor), "{text}");
        }
        for bad in ["", ".", "5.", ".5", "5.005", "-5", "+5", "5e3", "5,200", "99999999999999999999"] {
            assert_eq!(fen(bad), None, "{bad}");
        }
    }
}
