//! The tag of one row as one caller sees it, and what a caller says of a tag: `If-Match` before a change,
//! `If-None-Match` before a reading.
//!
//! A tag is `"<revision>-<view>"`. The view is a digest of the very bytes: what a role does not see, what is in
//! another language, and what changes beside the row make another tag at the same revision.

use poem::http::header::{IF_MATCH, IF_NONE_MATCH};
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaParamIn, MetaSchemaRef};
use poem_openapi::types::Type as _;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use sha2::{Digest as _, Sha256};

use super::problem::Problem;
use crate::service::{Error, Seen};

/// What `If-Match` may say: tags of ours, with commas between them.
pub const TAGS_PATTERN: &str = "^(W/)?\"[0-9]{1,18}-[0-9A-Za-z]+\"( *, *(W/)?\"[0-9]{1,18}-[0-9A-Za-z]+\")*$";
/// The digits of a revision that every reader of numbers can hold.
const REVISION_DIGITS_MAX: usize = 18;

/// The tag of a body.
#[must_use]
pub fn tag(revision: i64, body: &[u8]) -> String {
    let digest = Sha256::digest(body);
    let view: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{revision}-{view}\"")
}

/// Whether a caller has these bytes already: one of the tags of `If-None-Match`, compared weakly, or `*`.
#[must_use]
pub fn known(if_none_match: Option<&str>, tag: &str) -> bool {
    let weakly = |given: &str| given.strip_prefix("W/").unwrap_or(given) == tag;
    if_none_match.is_some_and(|given| given.split(',').map(str::trim).any(|one| one == "*" || weakly(one)))
}

/// The `If-None-Match` of a request, its lines as one.
#[must_use]
pub fn if_none_match(request: &Request) -> Option<String> {
    lines(request, &IF_NONE_MATCH)
}

fn lines(request: &Request, name: &poem::http::HeaderName) -> Option<String> {
    let all: Vec<&str> = request.headers().get_all(name).iter().map(|v| v.to_str().unwrap_or("?")).collect();
    (!all.is_empty()).then(|| all.join(","))
}

/// The revision of a strong tag; `Some(None)` for a weak one, which equals nothing here (RFC 9110, 13.1.1).
fn revision(tag: &str) -> Option<Option<i64>> {
    let (weak, tag) = tag.strip_prefix("W/").map_or((false, tag), |tag| (true, tag));
    let (revision, view) = tag.strip_prefix('"')?.strip_suffix('"')?.split_once('-')?;
    let digits = (1..=REVISION_DIGITS_MAX).contains(&revision.len())
        && revision.bytes().all(|byte| byte.is_ascii_digit());
    let plain = !view.is_empty() && view.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let revision = revision.parse().ok().filter(|_| digits && plain)?;
    Some((!weak).then_some(revision))
}

/// What `If-Match` says. `*` would say nothing, and is refused like anything else that is no tag of ours.
fn seen(request: &Request) -> poem::Result<Option<Seen>> {
    let Some(given) = lines(request, &IF_MATCH) else { return Ok(None) };
    let revisions: Option<Vec<Option<i64>>> = given.split(',').map(str::trim).map(revision).collect();
    let revisions = revisions.ok_or_else(|| Problem::bad_header("If-Match", "bad_etag"))?;
    Ok(Some(Seen::OneOf(revisions.into_iter().flatten().collect())))
}

/// `If-Match` where it has to be there: who changes a row says which revision they saw.
#[derive(Clone, Debug)]
pub struct IfMatch(pub Seen);

/// `If-Match` where it may be there.
#[derive(Clone, Debug)]
pub struct MayMatch(pub Seen);

impl<'a> ApiExtractor<'a> for IfMatch {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    const PARAM_IS_REQUIRED: bool = true;
    type ParamType = String;
    type ParamRawType = String;

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Header)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        Some(String::schema_ref())
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<String>,
    ) -> poem::Result<Self> {
        Ok(Self(seen(request)?.ok_or(Problem::from(Error::PreconditionRequired))?))
    }
}

impl<'a> ApiExtractor<'a> for MayMatch {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    type ParamType = String;
    type ParamRawType = String;

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Header)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        Some(String::schema_ref())
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<String>,
    ) -> poem::Result<Self> {
        Ok(Self(seen(request)?.unwrap_or(Seen::Whatever)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(if_match: &[&str]) -> Option<Option<Seen>> {
        let mut request = Request::builder();
        for line in if_match {
            request = request.header(IF_MATCH, *line);
        }
        seen(&request.finish()).ok()
    }

    #[test]
    fn if_match_is_read_for_its_revisions() {
        assert_eq!(said(&[]), Some(None));
        assert_eq!(said(&["\"3-00ff\""]), Some(Some(Seen::at(3))));
        assert_eq!(said(&["\"3-a\", \"4-b\"", "\"5-c\""]), Some(Some(Seen::OneOf(vec![3, 4, 5]))));
        // A weak tag is a tag, and no change may rest on it.
        assert_eq!(said(&["W/\"3-a\""]), Some(Some(Seen::OneOf(vec![]))));
        let far = format!("\"{}0-a\"", i64::MAX);
        for bad in ["*", "", "3", "3-a", "\"3\"", "\"-a\"", "\"3-\"", "\"+3-a\"", "\"x-a\"", "\"3-a", &far] {
            assert_eq!(said(&[bad]), None, "{bad}");
        }
    }

    #[test]
    fn the_document_says_of_if_match_what_is_read() {
        let pattern = regex::Regex::new(TAGS_PATTERN).unwrap();
        let long = format!("\"{}-a\"", "1".repeat(REVISION_DIGITS_MAX));
        let longer = format!("\"{}-a\"", "1".repeat(REVISION_DIGITS_MAX + 1));
        for text in ["\"3-00ff\"", "\"3-a\", \"4-b\",\"5-c\"", "W/\"3-a\"", &long] {
            assert!(pattern.is_match(text) && said(&[text]).is_some(), "{text}");
        }
        for text in
            ["*", "", "3-a", "\"3\"", "\"-a\"", "\"3-\"", "\"+3-a\"", "\"3-a\" \"4-b\"", "\"3-a\",", &longer]
        {
            assert!(!pattern.is_match(text) && said(&[text]).is_none(), "{text}");
        }
    }

    #[test]
    fn other_bytes_have_another_tag_and_only_the_same_tag_is_known() {
        let (one, two) = (tag(1, b"{}"), tag(1, b"{ }"));
        assert_ne!(one, two);
        assert!(revision(&one) == Some(Some(1)));
        assert!(known(Some(&one), &one) && known(Some(&format!("{two}, W/{one}")), &one));
        assert!(known(Some("*"), &one));
        assert!(!known(Some(&two), &one) && !known(None, &one));
    }
}
