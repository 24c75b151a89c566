//! Telling those who can act of documents that will end: for each permit that is drafted or submitted, the
//! officials of its port's bureau and the people of its employer, once for each document and threshold.
//!
//! An employer is told of what the permit's page shows to it, a part of the bundle and its last day, and not
//! whose it is. What hangs on the permit itself is the officials' to read, so they alone are told of it.

use std::collections::BTreeMap;

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{OrganisationId, PermitId, UserId};
use ballast_domain::exchange::notification::Kind;
use ballast_domain::identity::policy::{Target, act};
use ballast_domain::permit::bundle::{self, Document, Finding, Part};
use ballast_domain::permit::expiry::threshold_days;
use uuid::Uuid;

use super::run::{Step, Work};
use crate::service::exchange::notification::{Notice, notify_in, who_may};
use crate::service::{Ctx, Error};
use crate::store::Tx;
use crate::store::audit::audit_entry;
use crate::store::permit::permit::{self, Placed};
use crate::store::permit::permit_document;
use crate::store::person::identity_document;
use crate::words::Arg;

/// Something of a permit that ends.
struct Ending {
    part: String,
    last_day: CivilDate,
    days: i64,
}

/// Goes through some permits that may still be submitted or decided.
///
/// # Errors
/// [`Error::Invalid`] for a payload that is none; what the database says.
pub async fn notices(ctx: &Ctx, tx: &Tx, work: &mut Work) -> Result<Step, Error> {
    let rows = work.rows()?;
    audit_entry::exempt(tx);
    let after = work.checkpoint.as_deref().and_then(|id| Uuid::try_parse(id).ok()).map(PermitId);
    let reach = ctx.scope::<act::ReadPermit>()?;
    if work.total.is_none() {
        work.total = i64::try_from(permit::find_standing_count(tx.conn(), &reach).await?).ok();
    }
    let permits = permit::list_standing(tx.conn(), &reach, after, rows).await?;
    let Some(last) = permits.last() else { return Ok(Step::Done) };
    work.checkpoint = Some(last.permit.id.to_string());
    let people: Vec<Uuid> = permits.iter().map(|placed| placed.permit.person_id).collect();
    let bundles = bundles(tx, &people).await?;
    let ids: Vec<Uuid> = permits.iter().map(|placed| placed.permit.id).collect();
    let mut papers: BTreeMap<Uuid, Vec<Ending>> = BTreeMap::new();
    for (id, kind, last_day) in permit_document::standing_of_permits(tx.conn(), &ids).await? {
        if let Some(days) = threshold_days(last_day, ctx.today()) {
            papers.entry(id).or_default().push(Ending { part: kind, last_day, days });
        }
    }
    for placed in &permits {
        let documents = bundles.get(&placed.permit.person_id).map_or(&[][..], Vec::as_slice);
        let shown = endings(documents, ctx.today());
        let hidden = papers.remove(&placed.permit.id).unwrap_or_default();
        tell(ctx, tx, placed, &shown, &hidden).await?;
    }
    work.advance(u64::try_from(permits.len()).unwrap_or(u64::MAX));
    Ok(Step::More)
}

/// The standing documents of people, as the bars weigh them.
async fn bundles(tx: &Tx, people: &[Uuid]) -> Result<BTreeMap<Uuid, Vec<Document>>, Error> {
    let travel = identity_document::standing_travel_documents_of(tx.conn(), people).await?;
    let papers = permit_document::standing_of(tx.conn(), people).await?;
    let mut bundles: BTreeMap<Uuid, Vec<Document>> = BTreeMap::new();
    for standing in travel.into_iter().chain(papers) {
        bundles.entry(standing.person.0).or_default().push(standing.document);
    }
    Ok(bundles)
}

/// The parts of a bundle that cover today and reach a threshold: a renewal that is in the bundle already
/// covers longer, and nobody is told.
fn endings(documents: &[Document], today: CivilDate) -> Vec<Ending> {
    let ending = |part: Part| match bundle::find(documents, part, today) {
        Finding::Covers(last_day) => threshold_days(last_day, today).map(|days| Ending {
            part: part.code().to_owned(),
            last_day,
            days,
        }),
        Finding::Unknown | Finding::Ended(_) | Finding::Begins(_) => None,
    };
    Part::ALL.into_iter().filter_map(ending).collect()
}

async fn tell(ctx: &Ctx, tx: &Tx, placed: &Placed, shown: &[Ending], hidden: &[Ending]) -> Result<(), Error> {
    if shown.is_empty() && hidden.is_empty() {
        return Ok(());
    }
    // Who may by the port or the region, and who may as the employer.
    let employer = OrganisationId(placed.permit.employer_id);
    let desk = Target { organisations: Vec::new(), person: None, ..placed.target() };
    let officials = who_may::<act::SubmitPermit>(ctx, tx, &[placed.bureau], &desk).await?;
    let own = Target { organisations: vec![employer], ..Target::default() };
    let own = Target { id: desk.id, revision: desk.revision, ..own };
    let employees = who_may::<act::SubmitPermit>(ctx, tx, &[employer], &own).await?;
    let everybody: Vec<UserId> = officials.iter().chain(&employees).copied().collect();
    for (endings, users) in [(shown, &everybody), (hidden, &officials)] {
        for ending in endings {
            notify_in(ctx, tx, users, &notice(placed, ending)).await?;
        }
    }
    Ok(())
}

fn notice(placed: &Placed, ending: &Ending) -> Notice {
    let Ending { part, last_day, days } = ending;
    Notice {
        kind: Kind::DocumentExpires,
        args: vec![
            ("reference", Arg::from(placed.permit.reference.as_str())),
            ("part", Arg::from(part.as_str())),
            ("last_day", Arg::from(last_day.to_string())),
            ("days", Arg::Int(*days)),
        ],
        resource: ("permit", placed.permit.id),
        dedupe_key: format!("expiry/{}/{part}/{last_day}/{days}", placed.permit.id),
    }
}
