//! Answers of the API that say more than their body: the tag of the row, and whether an earlier request with the
//! same key made it. The headers are in the document because they are in these types.

use poem::http::header::ETAG;
use poem::http::{HeaderName, HeaderValue, StatusCode};
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::payload::{Json, Payload as _};
use poem_openapi::registry::{MetaHeader, MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::{ToJSON, Type};

use super::etag;
use super::idempotency::REPLAYED_HEADER;
use super::request;

/// A body that shows one row at a revision.
pub trait Revised {
    /// The row's revision.
    fn revision(&self) -> i64;
}

/// 200 with the row and its tag, or 304 for who has it already.
pub struct Shown<T>(pub T);

/// 201 with a row that was made, and its tag.
pub struct CreatedRow<T> {
    /// The row.
    pub row: T,
    /// Whether an earlier request made it.
    pub replayed: bool,
}

/// 201 with what was made, where that has no tag.
pub struct Created<T> {
    /// The body.
    pub body: T,
    /// Whether an earlier request made it.
    pub replayed: bool,
}

/// 200 with a row after its change, and its tag.
pub struct Changed<T>(pub T);

/// 200 with a row after a step, and its tag.
pub struct Stepped<T> {
    /// The row.
    pub row: T,
    /// Whether an earlier request took the step.
    pub replayed: bool,
}

/// 200 with what came of it.
pub struct Told<T> {
    /// The body.
    pub body: T,
    /// Whether it came of an earlier request.
    pub replayed: bool,
}

/// 204: done, and there is nothing to show.
pub struct Done {
    /// Whether an earlier request did it.
    pub replayed: bool,
}

fn json(status: StatusCode, text: String) -> Response {
    Response::builder().status(status).content_type(Json::<String>::CONTENT_TYPE).body(text)
}

fn set(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}

fn mark(response: Response, replayed: bool) -> Response {
    if !replayed {
        return response;
    }
    match HeaderName::from_bytes(REPLAYED_HEADER.as_bytes()) {
        Ok(name) => set(response, name, "true"),
        Err(_no_name) => response,
    }
}

/// The row's bytes, and its tag.
fn bytes_and_tag<T: Revised + ToJSON>(row: &T) -> (String, String) {
    let text = row.to_json_string();
    let tag = etag::tag(row.revision(), text.as_bytes());
    (text, tag)
}

fn tagged<T: Revised + ToJSON>(status: StatusCode, row: &T) -> Response {
    let (text, tag) = bytes_and_tag(row);
    set(json(status, text), ETAG, &tag)
}

impl<T: Revised + ToJSON> IntoResponse for Shown<T> {
    fn into_response(self) -> Response {
        let (text, tag) = bytes_and_tag(&self.0);
        let known = etag::known(request::current().if_none_match.as_deref(), &tag);
        let answer = if known {
            Response::builder().status(StatusCode::NOT_MODIFIED).finish()
        } else {
            json(StatusCode::OK, text)
        };
        set(answer, ETAG, &tag)
    }
}

impl<T: Revised + ToJSON + Send> IntoResponse for CreatedRow<T> {
    fn into_response(self) -> Response {
        mark(tagged(StatusCode::CREATED, &self.row), self.replayed)
    }
}

impl<T: Revised + ToJSON + Send> IntoResponse for Changed<T> {
    fn into_response(self) -> Response {
        tagged(StatusCode::OK, &self.0)
    }
}

impl<T: Revised + ToJSON + Send> IntoResponse for Stepped<T> {
    fn into_response(self) -> Response {
        mark(tagged(StatusCode::OK, &self.row), self.replayed)
    }
}

impl<T: ToJSON + Send> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        mark(json(StatusCode::CREATED, self.body.to_json_string()), self.replayed)
    }
}

impl<T: ToJSON + Send> IntoResponse for Told<T> {
    fn into_response(self) -> Response {
        mark(json(StatusCode::OK, self.body.to_json_string()), self.replayed)
    }
}

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        mark(Response::builder().status(StatusCode::NO_CONTENT).finish(), self.replayed)
    }
}

fn header<T: Type>(name: &str, description: &str) -> MetaHeader {
    MetaHeader {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        required: T::IS_REQUIRED,
        deprecated: false,
        schema: T::schema_ref(),
    }
}

fn tag_header() -> MetaHeader {
    header::<String>("ETag", "The tag of the row as you see it: `\"<revision>-<view>\"`.")
}

fn replayed_header() -> MetaHeader {
    header::<Option<bool>>(REPLAYED_HEADER, "`true` when an earlier request with the same key did it.")
}

fn said(status: StatusCode, description: &'static str, headers: Vec<MetaHeader>) -> MetaResponse {
    MetaResponse {
        description,
        status: Some(status.as_u16()),
        status_range: None,
        content: Vec::new(),
        headers,
    }
}

fn said_with<T: Type + ToJSON>(
    status: StatusCode,
    description: &'static str,
    headers: Vec<MetaHeader>,
) -> MetaResponse {
    let content =
        vec![MetaMediaType { content_type: Json::<T>::CONTENT_TYPE, schema: Json::<T>::schema_ref() }];
    MetaResponse { content, ..said(status, description, headers) }
}

impl<T: Type + ToJSON> ApiResponse for Shown<T> {
    fn meta() -> MetaResponses {
        let shown = said_with::<T>(StatusCode::OK, "The row.", vec![tag_header()]);
        let known = said(StatusCode::NOT_MODIFIED, "You have it already.", vec![tag_header()]);
        MetaResponses { responses: vec![shown, known] }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: Type + ToJSON> ApiResponse for CreatedRow<T> {
    fn meta() -> MetaResponses {
        let headers = vec![tag_header(), replayed_header()];
        MetaResponses { responses: vec![said_with::<T>(StatusCode::CREATED, "Made.", headers)] }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: Type + ToJSON> ApiResponse for Changed<T> {
    fn meta() -> MetaResponses {
        let headers = vec![tag_header()];
        MetaResponses { responses: vec![said_with::<T>(StatusCode::OK, "Changed.", headers)] }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: Type + ToJSON> ApiResponse for Stepped<T> {
    fn meta() -> MetaResponses {
        let headers = vec![tag_header(), replayed_header()];
        MetaResponses { responses: vec![said_with::<T>(StatusCode::OK, "Done.", headers)] }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: Type + ToJSON> ApiResponse for Created<T> {
    fn meta() -> MetaResponses {
        let headers = vec![replayed_header()];
        MetaResponses { responses: vec![said_with::<T>(StatusCode::CREATED, "Made.", headers)] }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: Type + ToJSON> ApiResponse for Told<T> {
    fn meta() -> MetaResponses {
        let headers = vec![replayed_header()];
        MetaResponses { responses: vec![said_with::<T>(StatusCode::OK, "What came of it.", headers)] }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl ApiResponse for Done {
    fn meta() -> MetaResponses {
        MetaResponses { responses: vec![said(StatusCode::NO_CONTENT, "Done.", vec![replayed_header()])] }
    }

    fn register(_registry: &mut Registry) {}
}
