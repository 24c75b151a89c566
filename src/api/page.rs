//! Pages of lists on the wire: `limit`, `with_total`, and a cursor that holds for one list, one order and one
//! user. It names the last row and proves by a MAC that we gave it: with an id of somebody's own choice, the order
//! of a list would tell how rows out of reach compare with those in it.

use ballast_domain::base::region::RegionCode;
use poem::http::StatusCode;
use poem_openapi::payload::Json;
use uuid::Uuid;

use crate::api::scalar::{Cursor, Limit, RegionDigits};
use crate::http::problem::{self, FieldProblem, Problem};
use crate::http::request;
use crate::service::page::{LIMIT_DEFAULT, Page, PageRequest};
use crate::service::{Ctx, Field};

/// Bytes of a cursor's MAC: nobody can try enough of them.
const MAC_BYTES: usize = 12;

/// What can be wrong with a page that is asked for, beyond what the document says.
#[derive(Clone, Copy, Debug)]
pub enum BadPage {
    /// A cursor of another list, order or user.
    Cursor,
    /// Digits that can be no region.
    Region,
}

/// Reads `limit`, `cursor` and `with_total`.
///
/// # Errors
/// [`BadPage::Cursor`].
pub fn request(
    ctx: &Ctx,
    limit: Option<Limit>,
    cursor: Option<Cursor>,
    with_total: Option<bool>,
) -> Result<PageRequest, BadPage> {
    let after = cursor.map(|cursor| row_of(ctx, cursor.as_str()).ok_or(BadPage::Cursor)).transpose()?;
    let limit = limit.map_or(LIMIT_DEFAULT, |limit| limit.0);
    Ok(PageRequest { limit, after, order: None, total: with_total.unwrap_or(false) })
}

/// The cursor of the next page.
pub fn cursor<T>(ctx: &Ctx, page: &Page<T>) -> Option<String> {
    page.next.map(|row| written(ctx, row))
}

fn written(ctx: &Ctx, row: Uuid) -> String {
    let list = request::current().list;
    let user = ctx.actor.user_id().map_or_else(Uuid::nil, |user| user.0);
    let mac = ctx.app.keys.cursor_mac(&format!("{row} {user} {list}"));
    let mac: String = mac.iter().take(MAC_BYTES).map(|byte| format!("{byte:02x}")).collect();
    format!("{}{mac}", row.simple())
}

fn row_of(ctx: &Ctx, cursor: &str) -> Option<Uuid> {
    let row = Uuid::try_parse(cursor.get(..32)?).ok()?;
    let right = written(ctx, row);
    // To the end, whatever differs, so that time does not tell how much of a guess was right.
    let differ = right
        .bytes()
        .zip(cursor.bytes())
        .fold(right.len() ^ cursor.len(), |differ, (a, b)| differ | usize::from(a ^ b));
    (differ == 0).then_some(row)
}

/// A region as a filter: what lies in it counts too.
///
/// # Errors
/// [`BadPage::Region`].
pub fn region(digits: Option<RegionDigits>) -> Result<Option<RegionCode>, BadPage> {
    let parsed = digits.map(|digits| RegionCode::parse(digits.as_str()).ok_or(BadPage::Region));
    parsed.transpose()
}

impl From<BadPage> for Problem {
    fn from(bad: BadPage) -> Self {
        let words = request::current().words();
        let (code, errors) = match bad {
            BadPage::Cursor => ("bad_cursor", Vec::new()),
            BadPage::Region => {
                let field = Field::new("region", "region_code_form");
                ("bad_parameter", vec![FieldProblem::of(words, &field)])
            }
        };
        let detail = words.t(&format!("error-{code}-detail"));
        Self::BadRequest(Json(problem::body(StatusCode::BAD_REQUEST, code, detail, errors)))
    }
}
