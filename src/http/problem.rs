//! Every error of the API as RFC 9457 `application/problem+json`, and the one place where an error of a use
//! case becomes a status.

use poem::Response;
use poem::http::StatusCode;
use poem::http::header::WWW_AUTHENTICATE;
use poem_openapi::payload::Json;
use poem_openapi::types::ToJSON as _;
use poem_openapi::{ApiResponse, Object};

use super::rate::TooMany;
use super::request;
use crate::service::{Error, Field};
use crate::words::{Arg, Words};

/// A problem (RFC 9457). `code` is stable; `title` and `detail` are in the language of the request.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Problem")]
pub struct ProblemBody {
    /// A URI reference that names the kind of problem.
    #[oai(rename = "type")]
    pub kind: String,
    /// The kind of problem in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// This problem in words: what is wrong and what to do.
    pub detail: String,
    /// Stable code for programs.
    pub code: String,
    /// The request's id, also in the header `x-request-id` and in the server's log.
    pub request_id: String,
    /// Each wrong field.
    pub errors: Vec<FieldProblem>,
}

/// One wrong field of a request.
#[derive(Clone, Debug, Object)]
pub struct FieldProblem {
    /// A JSON pointer into the body, or the name of a parameter.
    pub pointer: String,
    /// Stable code for programs.
    pub code: String,
    /// In words.
    pub detail: String,
}

/// The problems that any operation can answer with.
#[derive(Debug, ApiResponse)]
pub enum Problem {
    /// The request cannot be read.
    #[oai(status = 400, content_type = "application/problem+json")]
    BadRequest(Json<ProblemBody>),
    /// Nobody is signed in.
    #[oai(status = 401, content_type = "application/problem+json")]
    Unauthorized(Json<ProblemBody>, #[oai(header = "WWW-Authenticate")] String),
    /// No role of the caller may do this.
    #[oai(status = 403, content_type = "application/problem+json")]
    Forbidden(Json<ProblemBody>),
    /// Not there, or not in the caller's reach.
    #[oai(status = 404, content_type = "application/problem+json")]
    NotFound(Json<ProblemBody>),
    /// The body did not arrive in time.
    #[oai(status = 408, content_type = "application/problem+json")]
    Late(Json<ProblemBody>),
    /// A rule of the field refuses, a unique name is taken, or it is too early: the same request is at work, or what is
    /// asked for will be there soon (then with `Retry-After`).
    #[oai(status = 409, content_type = "application/problem+json")]
    Conflict(Json<ProblemBody>, #[oai(header = "Retry-After")] Option<String>),
    /// Somebody else changed the resource first.
    #[oai(status = 412, content_type = "application/problem+json")]
    PreconditionFailed(Json<ProblemBody>),
    /// The address is longer than is read.
    #[oai(status = 414, content_type = "application/problem+json")]
    UrlTooLong(Json<ProblemBody>),
    /// The headers are longer than are read.
    #[oai(status = 431, content_type = "application/problem+json")]
    HeadersTooLong(Json<ProblemBody>),
    /// More requests than are answered in so short a time.
    #[oai(status = 429, content_type = "application/problem+json")]
    TooMany(
        Json<ProblemBody>,
        #[oai(header = "Retry-After")] String,
        #[oai(header = "RateLimit")] String,
        #[oai(header = "RateLimit-Policy")] String,
    ),
    /// The body is larger than is read.
    #[oai(status = 413, content_type = "application/problem+json")]
    TooLarge(Json<ProblemBody>),
    /// The body is of a type that this operation does not read.
    #[oai(status = 415, content_type = "application/problem+json")]
    UnsupportedMediaType(Json<ProblemBody>),
    /// The request is well formed and its content is wrong; every wrong field is named.
    #[oai(status = 422, content_type = "application/problem+json")]
    Unprocessable(Json<ProblemBody>),
    /// The change has to say which revision it is about.
    #[oai(status = 428, content_type = "application/problem+json")]
    PreconditionRequired(Json<ProblemBody>),
    /// A fault of the server.
    #[oai(status = 500, content_type = "application/problem+json")]
    Internal(Json<ProblemBody>),
    /// Too much at once.
    #[oai(status = 503, content_type = "application/problem+json")]
    Unavailable(Json<ProblemBody>, #[oai(header = "Retry-After")] String),
}

/// The code of a request that is at work already: the one 409 that no rule of the field says.
const IN_FLIGHT: &str = "idempotency_in_flight";

impl Problem {
    /// A header that cannot be read; `code` is the field's, which says what it should be.
    #[must_use]
    pub fn bad_header(name: &str, code: &'static str) -> Self {
        let words = request::current().words();
        let errors = vec![FieldProblem::of(words, &Field::new(name, code))];
        let detail = words.t("error-bad_parameter-detail");
        Self::BadRequest(Json(body(StatusCode::BAD_REQUEST, "bad_parameter", detail, errors)))
    }
}

/// The status and the stable code of an error.
#[must_use]
pub fn classify(error: &Error) -> (StatusCode, &'static str) {
    match error {
        Error::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthenticated"),
        Error::WrongCredentials => (StatusCode::UNAUTHORIZED, "wrong_credentials"),
        Error::SecondFactorRequired => (StatusCode::UNAUTHORIZED, "second_factor_required"),
        Error::WrongSecondFactor => (StatusCode::UNAUTHORIZED, "wrong_second_factor"),
        Error::SecondFactorMissing => (StatusCode::FORBIDDEN, "second_factor_missing"),
        Error::ConfirmationNeeded => (StatusCode::FORBIDDEN, "confirmation_needed"),
        Error::Denied => (StatusCode::FORBIDDEN, "denied"),
        Error::InsufficientScope => (StatusCode::FORBIDDEN, "insufficient_scope"),
        Error::NotFound => (StatusCode::NOT_FOUND, "not_found"),
        Error::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
        Error::Refused(refusal) => (StatusCode::CONFLICT, refusal.code),
        Error::Duplicate(code) => (StatusCode::CONFLICT, code),
        Error::Stale => (StatusCode::PRECONDITION_FAILED, "stale"),
        Error::PreconditionRequired => (StatusCode::PRECONDITION_REQUIRED, "precondition_required"),
        Error::KeyReused => (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused"),
        Error::InFlight => (StatusCode::CONFLICT, IN_FLIGHT),
        Error::NotYet { code, .. } => (StatusCode::CONFLICT, code),
        Error::Spent { .. } => (StatusCode::TOO_MANY_REQUESTS, "number_budget_spent"),
        Error::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        Error::Unsealed => (StatusCode::SERVICE_UNAVAILABLE, "not_sealed"),
        Error::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    }
}

/// An error of a use case in words.
#[must_use]
pub fn detail(words: Words, error: &Error) -> String {
    match error {
        Error::Refused(refusal) => words.ta(&format!("refusal-{}", refusal.code), &args(&refusal.args)),
        Error::Duplicate(code) | Error::NotYet { code, .. } => words.t(&format!("refusal-{code}")),
        error => words.t(&format!("error-{}-detail", classify(error).1)),
    }
}

/// A wrong field in words.
#[must_use]
pub fn field_detail(words: Words, field: &Field) -> String {
    words.ta(&format!("field-{}", field.code), &args(&field.args))
}

/// A problem with its wrong fields, as an answer.
#[must_use]
pub fn with_fields(status: StatusCode, code: &'static str, fields: &[Field]) -> Response {
    let words = request::current().words();
    let errors = fields.iter().map(|field| FieldProblem::of(words, field)).collect();
    response(status, code, words.t(&format!("error-{code}-detail")), errors)
}

/// The code of a problem, beside the answer, for the page that may take its place.
#[derive(Clone, Copy, Debug)]
pub struct Code(pub &'static str);

/// A problem as an answer.
#[must_use]
pub fn response(
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<FieldProblem>,
) -> Response {
    let body = body(status, code, detail, errors).to_json_string();
    let response =
        Response::builder().status(status).content_type("application/problem+json").extension(Code(code));
    if status == StatusCode::UNAUTHORIZED {
        return response.header(WWW_AUTHENTICATE, "Bearer").body(body);
    }
    response.body(body)
}

impl FieldProblem {
    /// A wrong field in words.
    #[must_use]
    pub fn of(words: Words, field: &Field) -> Self {
        Self {
            pointer: field.pointer.clone(),
            code: field.code.to_owned(),
            detail: field_detail(words, field),
        }
    }
}

impl From<TooMany> for Problem {
    fn from(too_many: TooMany) -> Self {
        let (status, code) = (StatusCode::TOO_MANY_REQUESTS, "rate_limited");
        let detail = request::current().words().t("error-rate_limited-detail");
        let body = Json(body(status, code, detail, Vec::new()));
        Self::TooMany(body, too_many.wait.to_string(), too_many.header(), too_many.policy_header())
    }
}

fn args(args: &[(&'static str, Arg)]) -> Vec<(&'static str, Arg)> {
    args.to_vec()
}

/// The kind of a problem in words: that of its code, else that of its status.
fn title(words: Words, status: StatusCode, code: &str) -> String {
    let refused = status == StatusCode::CONFLICT && code != IN_FLIGHT;
    let key = if refused { "error-refused".to_owned() } else { format!("error-{code}") };
    words.t(&key)
}

/// A problem in the language of the current request.
#[must_use]
pub fn body(status: StatusCode, code: &str, detail: String, errors: Vec<FieldProblem>) -> ProblemBody {
    let request = request::current();
    ProblemBody {
        kind: format!("/docs#problem-{code}"),
        title: title(request.words(), status, code),
        status: status.as_u16(),
        detail,
        code: code.to_owned(),
        request_id: request.id,
        errors,
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let words = request::current().words();
        let (status, code) = classify(&error);
        if let Error::Internal(what) = &error {
            tracing::error!(request_id = request::current().id, what, "internal error");
        }
        let errors = match &error {
            Error::Invalid(fields) => fields.iter().map(|field| FieldProblem::of(words, field)).collect(),
            _ => Vec::new(),
        };
        let body = Json(body(status, code, detail(words, &error), errors));
        match error {
            Error::Unauthenticated
            | Error::WrongCredentials
            | Error::SecondFactorRequired
            | Error::WrongSecondFactor => Self::Unauthorized(body, "Bearer".to_owned()),
            Error::Denied
            | Error::InsufficientScope
            | Error::SecondFactorMissing
            | Error::ConfirmationNeeded => Self::Forbidden(body),
            Error::NotFound => Self::NotFound(body),
            Error::Invalid(_) | Error::KeyReused => Self::Unprocessable(body),
            Error::Refused(_) | Error::Duplicate(_) => Self::Conflict(body, None),
            Error::InFlight => Self::Conflict(body, Some("1".to_owned())),
            Error::NotYet { seconds, .. } => Self::Conflict(body, Some(seconds.to_string())),
            Error::Spent { limit, seconds } => Self::TooMany(
                body,
                seconds.to_string(),
                format!("\"numbers\";r=0;t={seconds}"),
                format!("\"numbers\";q={limit};w=86400"),
            ),
            Error::PreconditionRequired => Self::PreconditionRequired(body),
            Error::Stale => Self::PreconditionFailed(body),
            Error::Unavailable | Error::Unsealed => Self::Unavailable(body, "1".to_owned()),
            Error::Internal(_) => Self::Internal(body),
        }
    }
}
