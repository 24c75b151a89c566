//! A [`Scope`] as a condition of a query. Each noun says which columns the parts of a scope compare with.

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::identity::policy::{Act, Scope};
use sea_orm::sea_query::{Expr, ExprTrait as _, IntoColumnRef};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _,
};
use uuid::Uuid;

use crate::entity::organisation::organisation;
use crate::entity::person::{person, person_tie};

/// Everything, or nothing yet: parts are added by OR.
#[must_use]
pub fn start<A: Act>(scope: &Scope<A>) -> Condition {
    let none = Condition::any().add(Expr::val(1).eq(0));
    if scope.every() { Condition::any().add(Expr::val(1).eq(1)) } else { none }
}

/// Adds rows whose organisation column is one of the scope's own.
#[must_use]
pub fn own<A: Act>(condition: Condition, scope: &Scope<A>, column: impl IntoColumnRef) -> Condition {
    let ids: Vec<Uuid> = scope.own().iter().map(|id| id.0).collect();
    if ids.is_empty() { condition } else { condition.add(Expr::col(column).is_in(ids)) }
}

/// Adds rows whose organisation column is a bureau of the scope.
#[must_use]
pub fn by_bureau<A: Act>(condition: Condition, scope: &Scope<A>, column: impl IntoColumnRef) -> Condition {
    let ids: Vec<Uuid> = scope.tied().iter().map(|id| id.0).collect();
    if ids.is_empty() { condition } else { condition.add(Expr::col(column).is_in(ids)) }
}

/// Adds rows whose region column lies in the scope's regions.
#[must_use]
pub fn region<A: Act>(
    mut condition: Condition,
    scope: &Scope<A>,
    column: impl IntoColumnRef + Clone,
) -> Condition {
    for region in scope.regions() {
        let (from, until) = region.range();
        let column = || Expr::col(column.clone());
        condition = condition.add(column().gte(from).and(column().lt(until)));
    }
    condition
}

/// Adds rows whose organisation column is an organisation in the scope's regions.
#[must_use]
pub fn organisation_region<A: Act>(
    condition: Condition,
    scope: &Scope<A>,
    column: impl IntoColumnRef,
) -> Condition {
    if scope.regions().is_empty() {
        return condition;
    }
    let inside = region(Condition::any(), scope, (organisation::Entity, organisation::Column::RegionCode));
    let ids = organisation::Entity::find()
        .select_only()
        .column(organisation::Column::Id)
        .filter(inside)
        .into_query();
    condition.add(Expr::col(column).in_subquery(ids))
}

/// Adds rows whose person column is somebody who lives in the scope's regions.
#[must_use]
pub fn person_region<A: Act>(
    condition: Condition,
    scope: &Scope<A>,
    column: impl IntoColumnRef,
) -> Condition {
    if scope.regions().is_empty() {
        return condition;
    }
    let inside = region(Condition::any(), scope, (person::Entity, person::Column::HomeRegionCode));
    let ids = person::Entity::find().select_only().column(person::Column::Id).filter(inside).into_query();
    condition.add(Expr::col(column).in_subquery(ids))
}

/// Adds rows whose person column has an open tie to one of the scope's organisations on a day.
#[must_use]
pub fn tied<A: Act>(
    condition: Condition,
    scope: &Scope<A>,
    column: impl IntoColumnRef,
    day: CivilDate,
) -> Condition {
    let ids: Vec<Uuid> = scope.tied().iter().map(|id| id.0).collect();
    if ids.is_empty() {
        return condition;
    }
    let open = person_tie::Entity::find()
        .select_only()
        .column(person_tie::Column::PersonId)
        .filter(person_tie::Column::OrganisationId.is_in(ids))
        .filter(person_tie::Column::ValidFrom.lte(day))
        .filter(person_tie::Column::ValidUntil.gte(day))
        .into_query();
    condition.add(Expr::col(column).in_subquery(open))
}

/// Adds rows whose person column is one of the scope's people: oneself, or whose guardian one is.
#[must_use]
pub fn oneself<A: Act>(condition: Condition, scope: &Scope<A>, column: impl IntoColumnRef) -> Condition {
    let ids: Vec<Uuid> = scope.people().iter().map(|id| id.0).collect();
    if ids.is_empty() { condition } else { condition.add(Expr::col(column).is_in(ids)) }
}

/// Adds rows whose user column is the scope's login.
#[must_use]
pub fn login<A: Act>(condition: Condition, scope: &Scope<A>, column: impl IntoColumnRef) -> Condition {
    match scope.user() {
        Some(user) => condition.add(Expr::col(column).eq(user.0)),
        None => condition,
    }
}
