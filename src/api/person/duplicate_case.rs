//! Whom the database knows twice.

use ballast_domain::base::id::{DuplicateCaseId, PersonId};
use ballast_domain::identity::policy::Action;
use ballast_domain::person::duplicate_case::{CaseState, Cause};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use crate::api::scalar::{Cursor, Limit};
use crate::api::{Tag, page};
use crate::http::answer::{CreatedRow, Revised, Shown, Stepped};
use crate::http::etag::IfMatch;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::person::duplicate_case::{self as cases, CandidateView, CaseView, Verdict};
use crate::service::person::duplicate_comparison::{self, Agreement, Comparison};
use crate::service::{Error, once};

/// Whom the database knows twice.
pub struct DuplicateCaseApi;

/// Why two people look like one.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum DuplicateCause {
    /// A citizen number or a document's number is equal.
    Number,
    /// Name and birth date are equal.
    Name,
}

/// What is said of two people.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum DuplicateVerdict {
    /// They are one human being.
    Same,
    /// They are two.
    Different,
}

/// What stands about two people.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum DuplicateState {
    /// They are one human being.
    Same,
    /// They are two.
    Different,
    /// What was said was taken back.
    Undone,
}

/// Whether two values of a field are one.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum FieldAgreement {
    /// They are equal, or both are missing.
    Equal,
    /// Both are there and differ.
    Differs,
    /// One is missing.
    Missing,
}

/// One of two people.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct DuplicatePerson {
    /// Id.
    person_id: Uuid,
    /// The name, if you may read it today.
    name: Option<String>,
}

/// Two people who look like one.
#[derive(Debug, Object)]
struct DuplicateCandidate {
    /// The two.
    people: Vec<DuplicatePerson>,
    /// Why they look like one.
    cause: DuplicateCause,
}

/// Pairs that wait for a word.
#[derive(Debug, Object)]
struct DuplicateCandidateList {
    /// The pairs, at most 100. Whoever settles them sees the next.
    items: Vec<DuplicateCandidate>,
}

/// One field of both.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct ComparedField {
    /// Which: `name`, `name_latin`, `birth_date`, `sex`, `birth_country`, `home_region`, `foreign_worker`,
    /// `nationality`, `citizen_number` or `document_number`.
    field: String,
    /// Of the first; several parted by commas, numbers with their middle covered.
    one: Option<String>,
    /// Of the second.
    two: Option<String>,
    /// Whether they are one. Numbers are compared whole.
    agreement: FieldAgreement,
}

/// Two people side by side.
#[derive(Debug, Object)]
struct DuplicateComparison {
    /// The first.
    person_id: Uuid,
    /// The second.
    other_id: Uuid,
    /// Why they look like one.
    cause: DuplicateCause,
    /// Field by field, by every registration of each.
    fields: Vec<ComparedField>,
}

/// The comparison, if the two look like one.
#[derive(Debug, Object)]
struct DuplicateComparisonList {
    /// One at most.
    items: Vec<DuplicateComparison>,
}

/// What is said of two people who look like one.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct DuplicateCaseInput {
    /// What.
    verdict: DuplicateVerdict,
    /// Who stands for both, if they are one; else either of them.
    person_id: Uuid,
    /// The other.
    other_id: Uuid,
    /// Why. That they are two needs one.
    #[oai(validator(max_length = 1000))]
    reason: Option<String>,
}

/// What was said of two people.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct DuplicateCase {
    /// Id.
    id: Uuid,
    /// The two.
    people: Vec<DuplicatePerson>,
    /// Why they were looked at.
    cause: DuplicateCause,
    /// What stands.
    state: DuplicateState,
    /// Who stands for both, if they are one.
    survivor_id: Option<Uuid>,
    /// Why it was said.
    reason: String,
    /// By which login; absent for the operator.
    decided_by: Option<Uuid>,
    /// When (UTC).
    decided_at: chrono::DateTime<chrono::Utc>,
    /// When it was taken back (UTC).
    undone_at: Option<chrono::DateTime<chrono::Utc>>,
    /// Raised by every change.
    revision: i64,
}

/// A page of what was said.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct DuplicateCaseList {
    /// The cases.
    items: Vec<DuplicateCase>,
    /// Where the next page begins; absent at the end.
    next_cursor: Option<String>,
    /// The rows of all pages, if they were to be counted.
    total: Option<u64>,
}

#[OpenApi(tag = "Tag::Person")]
impl DuplicateCaseApi {
    /// List pairs of people who look like one
    ///
    /// Both in your region; those with an equal number, and those with an equal name and birth date. A pair of which
    /// it was said that they are two comes back when either is changed, or when a number is found equal. The reading
    /// is logged.
    #[oai(path = "/duplicate-candidates", method = "get", operation_id = "list_duplicate_candidates")]
    async fn candidates(
        &self,
        caller: Caller,
        /// Those of one person.
        person_id: Query<Option<Uuid>>,
    ) -> Result<Json<DuplicateCandidateList>, Problem> {
        let found = cases::list_candidates(caller.ctx(), person_id.0.map(PersonId)).await?;
        Ok(Json(DuplicateCandidateList { items: found.into_iter().map(DuplicateCandidate::from).collect() }))
    }

    /// Compare two people who look like one
    ///
    /// Nothing for two who do not, who are settled, or who are out of your reach. The reading is logged.
    #[oai(path = "/duplicate-comparisons", method = "get", operation_id = "list_duplicate_comparisons")]
    async fn compare(
        &self,
        caller: Caller,
        /// The first.
        person_id: Query<Option<Uuid>>,
        /// The second.
        other_id: Query<Option<Uuid>>,
    ) -> Result<Json<DuplicateComparisonList>, Problem> {
        let ctx = caller.ctx();
        ctx.require(Action::SettleDuplicate)?;
        let Some((one, two)) = person_id.0.zip(other_id.0) else {
            return Ok(Json(DuplicateComparisonList { items: Vec::new() }));
        };
        let items = match duplicate_comparison::compare(ctx, PersonId(one), PersonId(two)).await {
            Ok(found) => vec![found.into()],
            Err(Error::NotFound) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        Ok(Json(DuplicateComparisonList { items }))
    }

    /// Say whether two people are one
    ///
    /// Of one human being each registration stays what its organisation recorded; a list of yours shows the one that
    /// stands for both. A no to a factory by either is a no by both.
    #[oai(path = "/duplicate-cases", method = "post", operation_id = "create_duplicate_case")]
    async fn decide(
        &self,
        caller: Caller,
        body: Json<DuplicateCaseInput>,
    ) -> Result<CreatedRow<DuplicateCase>, Problem> {
        let (ctx, body) = (caller.ctx(), body.0);
        let verdict = Verdict {
            survivor: PersonId(body.person_id),
            other: PersonId(body.other_id),
            same: body.verdict == DuplicateVerdict::Same,
            reason: body.reason.unwrap_or_default(),
        };
        let work = async { cases::decide(ctx, &verdict).await.map(|case| vec![case]) };
        let made = once(ctx, "duplicate_case", work).await?;
        let row = cases::get_case(ctx, DuplicateCaseId(made.one()?)).await?.into();
        Ok(CreatedRow { row, replayed: made.replayed })
    }

    /// List what was said of people
    ///
    /// In your region. The reading is logged.
    #[oai(path = "/duplicate-cases", method = "get", operation_id = "list_duplicate_cases")]
    async fn list(
        &self,
        caller: Caller,
        /// Rows at most, 1 to 200; 50 when nobody says.
        limit: Query<Option<Limit>>,
        /// Where the page begins, from the page before.
        cursor: Query<Option<Cursor>>,
        /// Whether to count the rows of all pages.
        with_total: Query<Option<bool>>,
    ) -> Result<Json<DuplicateCaseList>, Problem> {
        let request = page::request(caller.ctx(), limit.0, cursor.0, with_total.0)?;
        let page = cases::list_cases(caller.ctx(), request).await?;
        let (next_cursor, total) = (page::cursor(caller.ctx(), &page), page.total);
        let items = page.items.into_iter().map(DuplicateCase::from).collect();
        Ok(Json(DuplicateCaseList { items, next_cursor, total }))
    }

    /// Read what was said of two people
    ///
    /// The reading is logged.
    #[oai(path = "/duplicate-cases/:id", method = "get", operation_id = "get_duplicate_case")]
    async fn get(&self, caller: Caller, id: Path<Uuid>) -> Result<Shown<DuplicateCase>, Problem> {
        Ok(Shown(cases::get_case(caller.ctx(), DuplicateCaseId(id.0)).await?.into()))
    }

    /// Take back what was said of two people
    ///
    /// Each stands for themself again. What was recorded since stays with the registration under which it was recorded;
    /// answers to factories that were narrowed are as they were, unless the person has said something since.
    #[oai(
        path = "/duplicate-cases/:id/withdrawal",
        method = "post",
        operation_id = "create_duplicate_case_withdrawal"
    )]
    async fn undo(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the case that you saw.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Stepped<DuplicateCase>, Problem> {
        let (ctx, id) = (caller.ctx(), DuplicateCaseId(id.0));
        let work = async { cases::undo(ctx, id, &if_match.0).await.map(|()| vec![id]) };
        let made = once(ctx, "duplicate_case", work).await?;
        Ok(Stepped { row: cases::get_case(ctx, id).await?.into(), replayed: made.replayed })
    }
}

impl Revised for DuplicateCase {
    fn revision(&self) -> i64 {
        self.revision
    }
}

fn person((id, name): (PersonId, Option<String>)) -> DuplicatePerson {
    DuplicatePerson { person_id: id.0, name }
}

impl From<Cause> for DuplicateCause {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::Number => Self::Number,
            Cause::Name => Self::Name,
        }
    }
}

impl From<CandidateView> for DuplicateCandidate {
    fn from(view: CandidateView) -> Self {
        let people = view.people.map(|(id, name)| person((id, Some(name))));
        Self { people: people.into(), cause: view.cause.into() }
    }
}

impl From<Comparison> for DuplicateComparison {
    fn from(view: Comparison) -> Self {
        let fields = view.fields.into_iter().map(|compared| {
            let [one, two] = compared.values;
            let agreement = match compared.agreement {
                Agreement::Equal => FieldAgreement::Equal,
                Agreement::Differs => FieldAgreement::Differs,
                Agreement::Missing => FieldAgreement::Missing,
            };
            ComparedField { field: compared.field.to_owned(), one, two, agreement }
        });
        let [one, two] = view.people;
        Self { person_id: one.0, other_id: two.0, cause: view.cause.into(), fields: fields.collect() }
    }
}

impl From<CaseView> for DuplicateCase {
    fn from(view: CaseView) -> Self {
        Self {
            id: view.id.0,
            people: view.people.map(person).into(),
            cause: view.cause.into(),
            state: match view.state {
                CaseState::Same => DuplicateState::Same,
                CaseState::Different => DuplicateState::Different,
                CaseState::Undone => DuplicateState::Undone,
            },
            survivor_id: view.survivor.map(|id| id.0),
            reason: view.reason,
            decided_by: view.decided_by.map(|user| user.0),
            decided_at: view.decided_at,
            undone_at: view.undone_at,
            revision: view.revision,
        }
    }
}
