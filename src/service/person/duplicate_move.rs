//! What two registrations' becoming one narrows, and how it is as it was again. No row goes from one registration to the
//! other: only answers to factories are weighed against each other, with the ties that rest on them.

use std::collections::BTreeSet;

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{ConsentId, OrganisationId, PersonId};
use ballast_domain::identity::policy::{Grant, act};
use ballast_domain::person::consent::State;
use ballast_domain::person::duplicate_case::narrowed;
use uuid::Uuid;

use super::consent::BASIS;
use crate::entity::person::{consent, duplicate_move, person_tie};
use crate::service::audit::audit_entry::Changes;
use crate::service::{Ctx, Error};
use crate::store::Tx;
use crate::store::audit::audit_entry::Touch;
use crate::store::person::{consent as consents, duplicate_case as store};

type Settled = Grant<act::SettleDuplicate>;

fn state_of(row: &consent::Model) -> Result<State, Error> {
    State::parse(&row.state).ok_or_else(|| Error::Internal(format!("consent {}: state", row.id)))
}

/// Of the answers of one human being to one vacancy a no of any is a no of all. What that takes back is remembered under
/// the case.
pub(super) async fn narrow(
    ctx: &Ctx,
    tx: &Tx,
    grant: &Settled,
    case: Uuid,
    people: &BTreeSet<Uuid>,
    changes: &mut Changes,
) -> Result<(), Error> {
    let rows = store::list_consents(tx, people).await?;
    let mut moves = Vec::new();
    for own in &rows {
        let state = state_of(own)?;
        let mut after = None;
        for other in rows.iter().filter(|row| row.vacancy_id == own.vacancy_id && row.id != own.id) {
            after = after.or(narrowed(state, state_of(other)?));
        }
        let Some(after) = after else { continue };
        let row = consent::Model {
            state: after.code().to_owned(),
            answered_at: Some(ctx.now()),
            revision: own.revision + 1,
            ..own.clone()
        };
        changes.updated(row.person_id, own, &row);
        moves.push(duplicate_move::Model {
            case_id: case,
            person_id: row.person_id,
            kind: "consent".to_owned(),
            row_id: row.id,
            before: own.state.clone(),
            before_at: own.answered_at,
            revision: row.revision,
        });
        store::replace_consent(tx, grant, row.clone()).await?;
        if state == State::Given {
            moves.extend(close_ties(ctx, tx, grant, case, &row, changes).await?);
        }
    }
    store::insert_moves(tx, grant, moves).await?;
    Ok(())
}

/// No consent, to leave none out.
fn nobody() -> ConsentId {
    ConsentId(Uuid::nil())
}

/// Ends the tie to a factory of which no yes is left, as when a person takes it back.
async fn close_ties(
    ctx: &Ctx,
    tx: &Tx,
    grant: &Settled,
    case: Uuid,
    row: &consent::Model,
    changes: &mut Changes,
) -> Result<Vec<duplicate_move::Model>, Error> {
    let (factory, person, today) =
        (OrganisationId(row.organisation_id), PersonId(row.person_id), ctx.today());
    if consents::is_given_to(tx.conn(), factory, person, nobody()).await? {
        return Ok(Vec::new());
    }
    let mut moves = Vec::new();
    for tie in store::list_open_ties(tx, person.0, factory.0, BASIS, today).await? {
        let last = today.pred_opt().unwrap_or(today);
        let closed = person_tie::Model { valid_until: last, revision: tie.revision + 1, ..tie.clone() };
        changes.touched(Touch { kind: "person_tie", id: closed.id, revision: closed.revision });
        moves.push(duplicate_move::Model {
            case_id: case,
            person_id: tie.person_id,
            kind: "person_tie".to_owned(),
            row_id: tie.id,
            before: tie.valid_until.to_string(),
            before_at: None,
            revision: closed.revision,
        });
        store::replace_tie(tx, grant, closed).await?;
    }
    Ok(moves)
}

/// Makes what a case narrowed as it was. What somebody has said since stays as they said it, under the registration under
/// which they said it.
pub(super) async fn widen(
    ctx: &Ctx,
    tx: &Tx,
    grant: &Settled,
    case: Uuid,
    people: &BTreeSet<Uuid>,
    changes: &mut Changes,
) -> Result<(), Error> {
    let moves = store::list_moves(tx, case).await?;
    let said = |kind: &str, id: Uuid, revision: i64| {
        moves.iter().find(|row| row.kind == kind && row.row_id == id && row.revision == revision)
    };
    for own in store::list_consents(tx, people).await? {
        let Some(was) = said("consent", own.id, own.revision) else { continue };
        let row = consent::Model {
            state: was.before.clone(),
            answered_at: was.before_at,
            revision: own.revision + 1,
            ..own.clone()
        };
        changes.updated(row.person_id, &own, &row);
        store::replace_consent(tx, grant, row).await?;
    }
    let ties = moves.iter().filter(|row| row.kind == "person_tie").map(|row| row.row_id).collect();
    for tie in store::list_ties(tx, ties).await? {
        let Some(was) = said("person_tie", tie.id, tie.revision) else { continue };
        let (factory, person) = (OrganisationId(tie.organisation_id), PersonId(tie.person_id));
        if !consents::is_given_to(tx.conn(), factory, person, nobody()).await? {
            continue;
        }
        let valid_until: CivilDate = was
            .before
            .parse()
            .map_err(|_day| Error::Internal(format!("request {}: a tie's last day", ctx.request_id)))?;
        let row = person_tie::Model { valid_until, revision: tie.revision + 1, ..tie };
        changes.touched(Touch { kind: "person_tie", id: row.id, revision: row.revision });
        store::replace_tie(tx, grant, row).await?;
    }
    store::delete_moves(tx, grant, case).await?;
    Ok(())
}
