//! Owns the pages that a person sees in a browser, and the files they load. It must not know how anything is stored.

pub mod assets;
pub mod exchange;
pub mod frame;
pub mod hiring;
pub mod home;
pub mod identity;
pub mod matching;
pub mod permit;
pub mod person;
pub mod reference;
pub mod training;
pub mod ui;

use poem::http::StatusCode;
use poem::http::header::{CACHE_CONTROL, ETAG};
use poem::web::Path;
use poem::{Response, handler};

use crate::http::request::RequestInfo;
use crate::http::table::{Routes, get, post};
use crate::web::ui::error::ErrorPage;
use crate::web::ui::layout;

/// The table of contents of the pages.
pub fn add_routes(routes: Routes) -> Routes {
    routes
        .at("/", get(home::home))
        .at("/sign-in", get(identity::session::sign_in_page).post(identity::session::sign_in))
        .at("/sign-in/second-factor", get(identity::second_factor::ask).post(identity::second_factor::prove))
        .at("/sign-in/passkey", post(identity::passkey::sign_in))
        .at("/sign-in/passkey/challenge", post(identity::passkey::ask_sign_in))
        .at("/sign-in/link", get(identity::sign_in_link::link_page).post(identity::sign_in_link::use_link))
        .at("/sign-in/code", get(identity::sign_in_link::code_page).post(identity::sign_in_link::use_code))
        .at("/sign-in/open-id", get(identity::open_id::ask))
        .at("/sign-in/open-id/:code", get(identity::open_id::show_door))
        .at("/sign-in/open-id/:code/departure", get(identity::open_id::depart))
        .at("/sign-in/open-id/:code/answer", get(identity::open_id::come_back))
        .at(
            "/sign-in/forgotten",
            get(identity::sign_in_link::forgotten_page).post(identity::sign_in_link::ask_for_link),
        )
        .at("/members", get(identity::member::list))
        .at("/members/invitations", post(identity::member::invite))
        .at("/members/:id/password-resets", post(identity::member::reset))
        .at("/members/:id/membership-endings", post(identity::member::end))
        .at("/members/:id/memberships", post(identity::member::give))
        .at("/members/:id/second-factor-resets", post(identity::member::reset_factor))
        .at("/sign-out", post(identity::session::sign_out))
        .at("/account", get(identity::account::show))
        .at("/account/password", post(identity::account::change_password))
        .at("/account/mail-address", post(identity::account::change_mail_address))
        .at("/account/confirmation", get(identity::confirmation::show).post(identity::confirmation::confirm))
        .at("/account/tokens", post(identity::account::create_token))
        .at("/account/tokens/:id/revocation", post(identity::account::revoke_token))
        .at("/account/sessions/:id/ending", post(identity::account::end_session))
        .at("/account/other-sessions/ending", post(identity::account::end_other_sessions))
        .at("/account/second-factor", get(identity::second_factor::show))
        .at("/account/second-factor/totp", post(identity::second_factor::begin))
        .at("/account/second-factor/totp/confirmation", post(identity::second_factor::confirm))
        .at("/account/second-factor/totp/removal", post(identity::second_factor::remove))
        .at("/account/second-factor/recovery-codes", post(identity::second_factor::renew))
        .at("/account/second-factor/passkeys", post(identity::passkey::create))
        .at("/account/second-factor/passkeys/challenge", post(identity::passkey::ask_new))
        .at("/account/second-factor/passkeys/:id/removal", post(identity::passkey::remove))
        .at("/account/open-id", post(identity::open_id::link))
        .at("/account/open-id/doors/:code", get(identity::open_id::depart_to_link))
        .at("/account/open-id/links/:id/removal", post(identity::open_id::unlink))
        .at("/organisations/open-id", get(identity::open_id_provider::choose))
        .at(
            "/organisations/:id/open-id",
            get(identity::open_id_provider::show).post(identity::open_id_provider::save),
        )
        .at("/organisations/:id/open-id/removal", post(identity::open_id_provider::remove))
        .at("/vacancies", get(hiring::vacancy::list))
        .at("/vacancies/:id", get(hiring::vacancy::show))
        .at("/vacancies/:id/edit", get(hiring::vacancy_edit::show).post(hiring::vacancy_edit::save))
        .at("/vacancies/:id/closure", post(hiring::vacancy::close))
        .at("/vacancies/:id/shortlist", get(matching::shortlist::show))
        .at("/vacancies/:id/shortlist/people/:person_id", get(matching::shortlist::why))
        .at("/vacancies/:id/contacts", get(person::contact::list).post(person::contact::ask))
        .at("/consents", get(person::consent::list))
        .at("/consents/:id/answer", post(person::consent::answer))
        .at("/guardians", get(person::guardian::list))
        .at("/guardians/:id/ending", post(person::guardian::end))
        .at("/people", get(person::person::list))
        .at("/people/:id", get(person::person::show))
        .at("/people/:id/number-readings", post(person::person::uncover))
        .at("/people/:id/sign-in-codes", post(person::person::give_code))
        .at("/people/:id/logins", post(person::person::open_login))
        .at("/people/:id/identity", get(person::identity_document::show))
        .at("/people/:id/nationalities", post(person::identity_document::create_nationality))
        .at("/people/:id/identity-documents", post(person::identity_document::create_document))
        .at("/people/:id/my-data", get(person::personal_data::show_of))
        .at("/people/:id/my-data/export", get(person::personal_data::export_of))
        .at("/people/:id/my-data/requests", post(person::personal_data::ask_right_of))
        .at("/people/:id/guardians", get(person::guardian::of_person).post(person::guardian::create))
        .at("/my-data", get(person::personal_data::show))
        .at("/my-data/export", get(person::personal_data::export))
        .at("/my-data/requests", post(person::personal_data::ask_right))
        .at("/rights-requests", get(person::rights_request::list))
        .at("/rights-requests/:id/decision", post(person::rights_request::decide))
        .at("/rights-requests/:id/withdrawal", post(person::rights_request::withdraw))
        .at("/duplicates", get(person::duplicate_case::list).post(person::duplicate_case::decide))
        .at("/duplicates/:id/withdrawal", post(person::duplicate_case::undo))
        .at("/legal-holds", get(person::legal_hold::list))
        .at("/legal-holds/people/:id/lifting", post(person::legal_hold::lift))
        .at("/permits/:id", get(permit::permit::show))
        .at("/joint-classes/:id", get(training::joint_class::show))
        .at("/joint-classes/:id/completion", post(training::joint_class::finish))
        .at("/notifications", get(exchange::notification::list))
        .at("/notifications/:id/reading", post(exchange::notification::mark_read))
        .at("/jobs", get(exchange::job::list))
        .at("/jobs/:id/cancellation", post(exchange::job::cancel))
        .at("/docs", get(reference::show))
        .at("/assets/:name", get(asset))
}

/// A page for an error, whoever looks.
#[must_use]
pub fn error_page(info: &RequestInfo, status: StatusCode, code: &str, detail: &str) -> String {
    let words = info.words();
    let title = words.t(&format!("error-{code}"));
    let page = ErrorPage {
        status: status.as_u16(),
        title: title.clone(),
        detail: detail.to_owned(),
        request_id: info.id.clone(),
        back: None,
    };
    let frame = layout::Page::new(words, title, info.path.clone());
    layout::page(&frame, ui::error::error(words, &page)).into_string()
}

/// A file of the pages; its address changes with its content, so it may be kept for a year.
#[handler]
fn asset(Path(name): Path<String>) -> Response {
    match assets::find(&name) {
        None => Response::builder().status(StatusCode::NOT_FOUND).finish(),
        Some(asset) => Response::builder()
            .content_type(asset.content_type)
            .header(CACHE_CONTROL, "public, max-age=31536000, immutable")
            .header(ETAG, asset.etag.as_str())
            .body(asset.bytes),
    }
}
