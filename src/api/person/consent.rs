//! Whether people let a factory know who they are.

use ballast_domain::base::id::{ConsentId, VacancyId};
use ballast_domain::person::consent::{Answer, State};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use crate::api::scalar::{Cursor, Limit, Reference};
use crate::api::{Tag, page};
use crate::http::answer::{Revised, Shown, Stepped, Told};
use crate::http::etag::IfMatch;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::once;
use crate::service::person::consent::{self as consents, ConsentView, ContactView};

/// What people are asked by factories.
pub struct ConsentApi;

/// What factories ask people for.
pub struct ContactApi;

/// Where a request stands.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum ConsentState {
    /// You have not answered.
    Asked,
    /// You consent.
    Given,
    /// You do not consent. The factory is not told: to it you have not answered.
    Refused,
    /// You took your consent back.
    Withdrawn,
}

/// What you say.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum ConsentWord {
    /// Yes.
    Give,
    /// No, or no longer.
    Refuse,
}

/// A factory's request to know who you are.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct Consent {
    /// Id.
    id: Uuid,
    /// Whom it is about: you, or whose guardian you are.
    person_id: Uuid,
    /// Who asks.
    organisation_id: Uuid,
    /// For which vacancy.
    vacancy_id: Uuid,
    /// For what: `contact`, your name and how to reach you.
    purpose: String,
    /// Where it stands.
    state: ConsentState,
    /// When you were asked (UTC).
    asked_at: chrono::DateTime<chrono::Utc>,
    /// When you last answered (UTC).
    answered_at: Option<chrono::DateTime<chrono::Utc>>,
    /// Raised by every change.
    revision: i64,
}

/// A page of requests.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct ConsentList {
    /// The requests.
    items: Vec<Consent>,
    /// Where the next page begins; absent at the end.
    next_cursor: Option<String>,
    /// The rows of all pages, if they were to be counted.
    total: Option<u64>,
}

/// An answer to a request.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct ConsentAnswer {
    /// Yes or no. It can be changed at any time.
    answer: ConsentWord,
}

/// Whom to ask.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct ContactRequest {
    /// Codes of people whom your shortlist of the vacancy shows.
    #[oai(validator(min_items = 1, max_items = 50))]
    pseudonyms: Vec<Reference>,
}

/// Who a person is, and how to reach them.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct ContactPerson {
    /// Id.
    id: Uuid,
    /// Name in the person's own script.
    name: String,
    /// Phone number, where one is known.
    phone: Option<String>,
}

/// A person whom you asked.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct Contact {
    /// The code by which you know the person.
    pseudonym: String,
    /// When you asked (UTC).
    asked_at: chrono::DateTime<chrono::Utc>,
    /// Who it is, where the person consents now. No answer and no consent look the same.
    person: Option<ContactPerson>,
}

/// Whom you asked for a vacancy.
#[derive(Debug, Object)]
struct ContactList {
    /// In the order of asking.
    items: Vec<Contact>,
}

#[OpenApi(prefix_path = "/vacancies", tag = "Tag::Person")]
impl ContactApi {
    /// Read whom you asked for a vacancy
    ///
    /// With the names of those who consent; that is a reading and is logged.
    #[oai(path = "/:id/contacts", method = "get", operation_id = "list_contacts")]
    async fn list(&self, caller: Caller, id: Path<Uuid>) -> Result<Json<ContactList>, Problem> {
        let found = consents::list_contacts(caller.ctx(), VacancyId(id.0)).await?;
        Ok(Json(ContactList { items: found.into_iter().map(Contact::from).collect() }))
    }

    /// Ask people on your shortlist to let you know who they are
    ///
    /// Who was asked before is not asked again.
    #[oai(path = "/:id/contacts", method = "post", operation_id = "create_contacts")]
    async fn create(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Json<ContactRequest>,
    ) -> Result<Told<ContactList>, Problem> {
        let (ctx, id) = (caller.ctx(), VacancyId(id.0));
        let codes: Vec<String> = body.0.pseudonyms.into_iter().map(String::from).collect();
        let work = async { consents::ask_consents(ctx, id, &codes).await.map(|()| vec![id]) };
        let made = once(ctx, "vacancy", work).await?;
        let found = consents::list_contacts(ctx, id).await?;
        let body = ContactList { items: found.into_iter().map(Contact::from).collect() };
        Ok(Told { body, replayed: made.replayed })
    }
}

#[OpenApi(prefix_path = "/consents", tag = "Tag::Person")]
impl ConsentApi {
    /// List what you are asked by factories
    #[oai(path = "/", method = "get", operation_id = "list_consents")]
    async fn list(
        &self,
        caller: Caller,
        /// Rows at most, 1 to 200; 50 when nobody says.
        limit: Query<Option<Limit>>,
        /// Where the page begins, from the page before.
        cursor: Query<Option<Cursor>>,
        /// Whether to count the rows of all pages.
        with_total: Query<Option<bool>>,
    ) -> Result<Json<ConsentList>, Problem> {
        let request = page::request(caller.ctx(), limit.0, cursor.0, with_total.0)?;
        let page = consents::list_consents(caller.ctx(), request).await?;
        let next_cursor = page::cursor(caller.ctx(), &page);
        let total = page.total;
        Ok(Json(ConsentList {
            items: page.items.into_iter().map(Consent::from).collect(),
            next_cursor,
            total,
        }))
    }

    /// Read one request
    #[oai(path = "/:id", method = "get", operation_id = "get_consent")]
    async fn get(&self, caller: Caller, id: Path<Uuid>) -> Result<Shown<Consent>, Problem> {
        Ok(Shown(consents::get_consent(caller.ctx(), ConsentId(id.0)).await?.into()))
    }

    /// Give your consent, refuse it, or take it back
    #[oai(path = "/:id/answer", method = "post", operation_id = "create_consent_answer")]
    async fn answer(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the request that you saw.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Json<ConsentAnswer>,
    ) -> Result<Stepped<Consent>, Problem> {
        let (ctx, id) = (caller.ctx(), ConsentId(id.0));
        let said = match body.0.answer {
            ConsentWord::Give => Answer::Give,
            ConsentWord::Refuse => Answer::Refuse,
        };
        let work = async { consents::answer_consent(ctx, id, &if_match.0, said).await.map(|_row| vec![id]) };
        let made = once(ctx, "consent", work).await?;
        let row = consents::get_consent(ctx, id).await?.into();
        Ok(Stepped { row, replayed: made.replayed })
    }
}

impl Revised for Consent {
    fn revision(&self) -> i64 {
        self.revision
    }
}

impl From<ConsentView> for Consent {
    fn from(view: ConsentView) -> Self {
        Self {
            id: view.id.0,
            person_id: view.person.0,
            organisation_id: view.organisation.0,
            vacancy_id: view.vacancy.0,
            purpose: "contact".to_owned(),
            state: match view.state {
                State::Asked => ConsentState::Asked,
                State::Given => ConsentState::Given,
                State::Refused => ConsentState::Refused,
                State::Withdrawn => ConsentState::Withdrawn,
            },
            asked_at: view.asked_at,
            answered_at: view.answered_at,
            revision: view.revision,
        }
    }
}

impl From<ContactView> for Contact {
    fn from(view: ContactView) -> Self {
        Self {
            pseudonym: view.pseudonym,
            asked_at: view.asked_at,
            person: view.named.map(|named| ContactPerson {
                id: named.person.0,
                name: named.name,
                phone: named.phone,
            }),
        }
    }
}
