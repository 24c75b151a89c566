//! The gate before the API: a request that does not fit the document never reaches an operation. Who asks is looked
//! at first, so that nobody learns from strangers' faults what is asked for; then everything that is wrong is told at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ballast_domain::identity::token_scope::Scopes;
use poem::http::header::{AUTHORIZATION, CONTENT_TYPE};
use poem::http::{Method, StatusCode};
use poem::{Body, Endpoint, Request, Response};
use serde_json::Value;

use super::json::{self, Unreadable};
use super::problem::{self, Problem};
use super::rate::RateLimits;
use super::schema::{Fault, NotUnderstood, Schema};
use super::session;
use super::table::RouteTable;
use crate::service::{Error, Field};
use crate::words::Arg;

/// Where the operations of the document are.
pub const API_PREFIX: &str = "/api/v1";

/// The operation by which a token ends itself.
const ENDING_ITSELF: &str = "/api/v1/tokens/current";
/// The operations by which a second factor is set up.
const OF_SECOND_FACTOR: &str = "/api/v1/me/second-factors";
/// The operations about one's own password, sessions and tokens.
const OF_SIGN_IN: &str = "/api/v1/me/";

/// What the document says of each operation.
#[derive(Debug, Default)]
pub struct Gate {
    operations: BTreeMap<(String, &'static str), Operation>,
    table: RouteTable,
}

#[derive(Debug)]
struct Operation {
    secured: bool,
    /// The chapter of the document, in small letters.
    area: String,
    parameters: BTreeMap<String, Parameter>,
    body: Option<Schema>,
}

#[derive(Debug)]
struct Parameter {
    schema: Schema,
    required: bool,
}

/// The methods that operations have; HEAD is GET without the body.
const METHODS: [(&str, Method); 5] = [
    ("get", Method::GET),
    ("post", Method::POST),
    ("put", Method::PUT),
    ("patch", Method::PATCH),
    ("delete", Method::DELETE),
];

impl Gate {
    /// Reads the document once.
    ///
    /// # Errors
    /// [`NotUnderstood`] when it says something that would not be kept.
    pub fn read(document: &str) -> Result<Self, NotUnderstood> {
        let document: Value = serde_json::from_str(document).map_err(|e| NotUnderstood(e.to_string()))?;
        let mut gate = Self::default();
        for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
            let template = format!("{API_PREFIX}{path}");
            for (name, method) in METHODS {
                let Some(said) = item.get(name) else { continue };
                gate.table.add(&template, method);
                gate.operations.insert((template.clone(), name), Operation::read(&document, said)?);
            }
        }
        Ok(gate)
    }

    /// The addresses of the operations.
    #[must_use]
    pub fn table(&self) -> &RouteTable {
        &self.table
    }

    fn operation(&self, template: &str, method: &Method) -> Option<&Operation> {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        let name = METHODS.iter().find(|(_, known)| known == method)?.0;
        self.operations.get(&(template.to_owned(), name))
    }
}

impl Operation {
    fn read(document: &Value, said: &Value) -> Result<Self, NotUnderstood> {
        let mut parameters = BTreeMap::new();
        for parameter in said.get("parameters").and_then(Value::as_array).into_iter().flatten() {
            if parameter.get("in").and_then(Value::as_str) != Some("query") {
                continue;
            }
            let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
            let schema = Schema::read(document, parameter.get("schema").unwrap_or(&Value::Null))?;
            let required = parameter.get("required").and_then(Value::as_bool).unwrap_or(false);
            parameters.insert(name.to_owned(), Parameter { schema, required });
        }
        let content = said.pointer("/requestBody/content").and_then(Value::as_object);
        let json = content.into_iter().flatten().find(|(kind, _)| kind.starts_with("application/json"));
        let schema = json.and_then(|(_, media)| media.get("schema"));
        Ok(Self {
            area: said.pointer("/tags/0").and_then(Value::as_str).unwrap_or_default().to_lowercase(),
            secured: said.get("security").and_then(Value::as_array).is_some_and(|all| !all.is_empty()),
            parameters,
            body: schema.map(|schema| Schema::read(document, schema)).transpose()?,
        })
    }

    /// Whether a token that is for less than its user may do can be used for this. Whatever its scopes, it may end
    /// itself, and may not give itself a longer life: sign-in is changed by who signed in.
    fn is_within(&self, scopes: &Scopes, method: &Method, template: &str) -> bool {
        let reads = matches!(*method, Method::GET | Method::HEAD);
        if template == ENDING_ITSELF {
            return true;
        }
        let of_sign_in = template.starts_with(OF_SIGN_IN) && !reads;
        !of_sign_in && scopes.allow(&self.area, !reads)
    }

    /// What is wrong with the query, and whether it is only that parameters are not known.
    fn check_query(&self, query: &str) -> (Vec<Field>, bool) {
        let (mut faults, mut seen, mut all_unknown) = (Vec::new(), BTreeSet::new(), true);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, text) = pair.split_once('=').unwrap_or((pair, ""));
            let Some(name) = decode(name) else {
                faults.push(Field::new("", "bad_encoding"));
                all_unknown = false;
                continue;
            };
            let Some(parameter) = self.parameters.get(&name) else {
                faults.push(Field::new(name, "unknown_parameter"));
                continue;
            };
            let before = faults.len();
            if !seen.insert(name.clone()) {
                faults.push(Field::new(name, "repeated_parameter"));
            } else if let Some(text) = decode(text) {
                let mut found = Vec::new();
                match parameter.schema.value_of(&text) {
                    None => found.push(Fault::shape(&name, parameter.schema.mismatch())),
                    Some(value) => parameter.schema.check(&value, &name, &mut found),
                }
                faults.extend(found.into_iter().map(|fault| fault.field));
            } else {
                faults.push(Field::new(name, "bad_encoding"));
            }
            all_unknown &= faults.len() == before;
        }
        for (name, _) in self.parameters.iter().filter(|(name, p)| p.required && !seen.contains(*name)) {
            faults.push(Field::new(name.clone(), "missing_field"));
            all_unknown = false;
        }
        faults.truncate(super::limits::FAULTS_MAX);
        (faults, all_unknown)
    }
}

/// A part of a query as it was meant: plus is a space, `%` and two digits a byte of UTF-8.
fn decode(text: &str) -> Option<String> {
    let (mut bytes, mut out) = (text.bytes(), Vec::with_capacity(text.len()));
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(out).ok()
}

/// Lets a request of the API through, or says what is wrong with it.
///
/// # Errors
/// What the operation answers.
pub async fn guard(
    ep: Arc<impl Endpoint<Output = Response>>,
    mut req: Request,
    gate: Arc<Gate>,
    limits: Arc<RateLimits>,
) -> poem::Result<Response> {
    let path = req.uri().path();
    if !path.starts_with(&format!("{API_PREFIX}/")) {
        return ep.call(req).await;
    }
    // An address that the document does not have is not there, whatever the router would make of it.
    let Some(template) = gate.table.find(path) else { return Err(Problem::from(Error::NotFound).into()) };
    let Some(operation) = gate.operation(template, req.method()) else { return ep.call(req).await };
    if operation.secured {
        let Some(token) = bearer(&req) else { return Err(Problem::from(Error::Unauthenticated).into()) };
        // On the heap: the future of a look-up in the database is large, and all layers lie on one stack.
        let signed = Box::pin(session::api_context(&req, &token)).await?;
        limits.credential(session::digest(&token)).map_err(Problem::from)?;
        if signed.scopes.as_ref().is_some_and(|scopes| !operation.is_within(scopes, req.method(), template)) {
            return Err(Problem::from(Error::InsufficientScope).into());
        }
        if signed.must_enrol && template != ENDING_ITSELF && !template.starts_with(OF_SECOND_FACTOR) {
            return Err(Problem::from(Error::SecondFactorMissing).into());
        }
        req.set_data(signed);
    }
    let (faults, all_unknown) = operation.check_query(req.uri().query().unwrap_or_default());
    if !faults.is_empty() {
        let code = if all_unknown { "unknown_parameter" } else { "bad_parameter" };
        return Ok(problem::with_fields(StatusCode::BAD_REQUEST, code, &faults));
    }
    if let Some(schema) = &operation.body {
        if !is_json(&req) {
            return Ok(problem::with_fields(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                &[],
            ));
        }
        let bytes = req.take_body().into_bytes().await?;
        if let Some(answer) = refuse_body(schema, &bytes) {
            return Ok(answer);
        }
        req.set_body(Body::from_bytes(bytes));
    }
    ep.call(req).await
}

/// The token of a request; the word before it in any case, as HTTP has it.
fn bearer(request: &Request) -> Option<String> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

fn is_json(request: &Request) -> bool {
    let given = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

fn refuse_body(schema: &Schema, bytes: &[u8]) -> Option<Response> {
    let bad = |fields: &[Field]| Some(problem::with_fields(StatusCode::BAD_REQUEST, "bad_body", fields));
    let (value, doubled) = match json::parse(bytes) {
        Ok(read) => read,
        Err(Unreadable::Depth) => return bad(&[Field::new("", "too_deep")]),
        Err(Unreadable::Syntax { line, column }) => {
            let figure = |count: usize| Arg::Int(i64::try_from(count).unwrap_or(i64::MAX));
            let field = Field::new("", "not_json").with("line", figure(line)).with("column", figure(column));
            return bad(&[field]);
        }
    };
    let mut faults: Vec<Fault> = doubled.iter().map(|pointer| Fault::shape(pointer, "doubled_key")).collect();
    schema.check(&value, "", &mut faults);
    faults.truncate(super::limits::FAULTS_MAX);
    let misshapen = faults.iter().any(|fault| fault.misshapen);
    let fields: Vec<Field> = faults.into_iter().map(|fault| fault.field).collect();
    match fields.as_slice() {
        [] => None,
        fields if misshapen => bad(fields),
        // It can be read, and its content is wrong: the same answer as when a use case says so.
        fields => Some(problem::with_fields(StatusCode::UNPROCESSABLE_ENTITY, "invalid", fields)),
    }
}
