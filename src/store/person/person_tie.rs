//! Ties that open and close: which organisation may know a person, on what basis, from when until when.

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{OrganisationId, PersonId};
use chrono::Days;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
};

use super::person::open_end;
use crate::entity::person::person_tie::{Column, Entity, Model};
use crate::store::{Error, Tx};

/// Opens a tie of a basis from a day on; one that is open stays as it is, and one that began the same day and was
/// closed is opened again. Gives the row that was written, if one was. `new` is the row to insert.
///
/// # Errors
/// What the database says.
pub async fn open(tx: &Tx, new: Model) -> Result<Option<Model>, Error> {
    let rows = Entity::find()
        .filter(Column::OrganisationId.eq(new.organisation_id))
        .filter(Column::PersonId.eq(new.person_id))
        .filter(Column::Basis.eq(new.basis.as_str()))
        .all(tx.conn())
        .await?;
    if rows.iter().any(|row| row.valid_from <= new.valid_from && row.valid_until >= new.valid_from) {
        return Ok(None);
    }
    match rows.into_iter().find(|row| row.valid_from == new.valid_from) {
        None => {
            Entity::insert(new.clone().into_active_model()).exec(tx.conn()).await?;
            Ok(Some(new))
        }
        Some(closed) => {
            let again = Model { valid_until: open_end(), revision: closed.revision + 1, ..closed };
            again.clone().into_active_model().reset_all().update(tx.conn()).await?;
            Ok(Some(again))
        }
    }
}

/// Closes the ties of a basis that are open on a day: the day before was their last. Gives the rows as they are now.
///
/// # Errors
/// What the database says.
pub async fn close(
    tx: &Tx,
    organisation: OrganisationId,
    person: PersonId,
    basis: &str,
    day: CivilDate,
) -> Result<Vec<Model>, Error> {
    let rows = Entity::find()
        .filter(Column::OrganisationId.eq(organisation.0))
        .filter(Column::PersonId.eq(person.0))
        .filter(Column::Basis.eq(basis))
        .filter(Column::ValidUntil.gte(day))
        .all(tx.conn())
        .await?;
    let mut closed = Vec::with_capacity(rows.len());
    for row in rows {
        let last = day.checked_sub_days(Days::new(1)).unwrap_or(day);
        let row = Model { valid_until: last, revision: row.revision + 1, ..row };
        row.clone().into_active_model().reset_all().update(tx.conn()).await?;
        closed.push(row);
    }
    Ok(closed)
}
