//! The numbers of people and of their papers.

use ballast_domain::base::id::PersonId;
use ballast_domain::person::number_reading::Purpose;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use crate::api::Tag;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::person::number::{self as numbers, NumberView};

/// Numbers of people.
pub struct NumberApi;

/// For what numbers are read in full.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum NumberPurpose {
    /// To compare them with the paper that the person shows.
    IdentityCheck,
    /// To file a permit with the authority that asks for them.
    PermitFiling,
    /// To find a household in the register of another authority.
    HouseholdCheck,
    /// To decide about a correction that the person asks for.
    Correction,
    /// A court or an authority has asked for them.
    LegalRequest,
}

/// Why you have to see them.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct NumberReadingInput {
    /// For what. The person can read it in the log.
    purpose: NumberPurpose,
}

/// A number of a person or of a paper.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct PersonNumber {
    /// Id.
    id: Uuid,
    /// `citizen_number`, `phone` or `bank_account`; of a paper `citizen_card`, `passport` or `border_pass`.
    kind: String,
    /// The number; where it is not read in full, its middle is covered: `2106**********0045`.
    number: String,
    /// The paper's country.
    country: Option<String>,
    /// The paper's first day.
    valid_from: Option<chrono::NaiveDate>,
    /// The paper's last day.
    valid_until: Option<chrono::NaiveDate>,
    /// The paper: `unverified`, `sighted` or `confirmed`.
    verification: Option<String>,
}

/// The numbers of a person.
#[derive(Debug, Object)]
struct PersonNumberList {
    /// Those of the person, then those of the papers that stand.
    items: Vec<PersonNumber>,
}

#[OpenApi(prefix_path = "/people", tag = "Tag::Person")]
impl NumberApi {
    /// List a person's numbers, covered
    ///
    /// Enough to recognise a number by. The reading is logged.
    #[oai(path = "/:id/numbers", method = "get", operation_id = "list_person_numbers")]
    async fn list(&self, caller: Caller, id: Path<Uuid>) -> Result<Json<PersonNumberList>, Problem> {
        let found = numbers::list_numbers(caller.ctx(), PersonId(id.0)).await?;
        Ok(Json(found.into()))
    }

    /// Read a person's numbers in full
    ///
    /// The log keeps who looked, and for what, before the answer goes out; the person can read it.
    #[oai(path = "/:id/number-readings", method = "post", operation_id = "create_number_reading")]
    async fn uncover(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Json<NumberReadingInput>,
    ) -> Result<Json<PersonNumberList>, Problem> {
        let purpose = body.0.purpose.into();
        let found = numbers::uncover_numbers(caller.ctx(), PersonId(id.0), purpose).await?;
        Ok(Json(found.into()))
    }
}

impl From<NumberPurpose> for Purpose {
    fn from(purpose: NumberPurpose) -> Self {
        match purpose {
            NumberPurpose::IdentityCheck => Self::IdentityCheck,
            NumberPurpose::PermitFiling => Self::PermitFiling,
            NumberPurpose::HouseholdCheck => Self::HouseholdCheck,
            NumberPurpose::Correction => Self::Correction,
            NumberPurpose::LegalRequest => Self::LegalRequest,
        }
    }
}

impl From<Vec<NumberView>> for PersonNumberList {
    fn from(found: Vec<NumberView>) -> Self {
        Self { items: found.into_iter().map(PersonNumber::from).collect() }
    }
}

impl From<NumberView> for PersonNumber {
    fn from(view: NumberView) -> Self {
        let paper = view.paper;
        Self {
            id: view.id,
            kind: view.kind,
            number: view.number,
            valid_from: paper.as_ref().and_then(|paper| paper.valid_from),
            valid_until: paper.as_ref().and_then(|paper| paper.valid_until),
            verification: paper.as_ref().map(|paper| paper.verification.clone()),
            country: paper.map(|paper| paper.country),
        }
    }
}
