//! People who look like one, and what officials said of them. Candidates are not kept: they follow from equal digests
//! and equal names whenever somebody looks, so that registering somebody leaves nothing that tells.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{DuplicateCaseId, PersonId};
use ballast_domain::identity::policy::{Grant, Scope, act};
use ballast_domain::person::duplicate_case::{CaseState, Cause};
use sea_orm::sea_query::{Condition, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
};
use uuid::Uuid;

use crate::entity::person::duplicate_case::{Column, Entity, Model};
use crate::entity::person::{blind_index, consent, duplicate_move, person, person_tie};
use crate::store::page::{Order, Page, PageRequest};
use crate::store::person::person::{ids_in_reach, is_there};
use crate::store::person::person_link::{behind, groups_of};
use crate::store::{Error, Tx, batch};

type Reach = Scope<act::SettleDuplicate>;

/// Two who look like one: the lower id first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// The lower id.
    pub one: PersonId,
    /// The higher one.
    pub two: PersonId,
    /// Why.
    pub cause: Cause,
}

/// Ids of one query.
const CHUNK: usize = 10_000;

/// Pairs that nobody has decided about as they are now and of whom both are in reach, by id; at most so many. `of` asks
/// for those of one person. Who has somebody stand for them counts as that one.
///
/// # Errors
/// What the database says.
pub async fn list_candidates(
    db: &impl ConnectionTrait,
    scope: &Reach,
    of: Option<PersonId>,
    day: CivilDate,
    limit: usize,
) -> Result<Vec<Candidate>, Error> {
    let of = of.map(|of| of.0);
    let mut alike: BTreeMap<(Uuid, Uuid), Cause> = BTreeMap::new();
    for (groups, cause) in [
        (alike_by_name(db, scope, of, day).await?, Cause::Name),
        (alike_by_number(db, scope, of, day).await?, Cause::Number),
    ] {
        for group in groups {
            // A set is in order: the lower id comes first.
            let pairs = group.iter().enumerate().flat_map(|(n, one)| {
                let rest = group.iter().skip(n + 1);
                rest.map(move |two| (*one, *two))
            });
            let asked = pairs.filter(|(one, two)| of.is_none_or(|of| *one == of || *two == of));
            alike.extend(asked.map(|pair| (pair, cause)));
        }
    }
    let settled = settled(db, &alike).await?;
    let open = alike.into_iter().filter(|(pair, _)| !settled.contains(pair));
    let candidate = |((one, two), cause)| Candidate { one: PersonId(one), two: PersonId(two), cause };
    Ok(open.map(candidate).take(limit).collect())
}

/// People in reach of an equal folded name and birth date.
async fn alike_by_name(
    db: &impl ConnectionTrait,
    scope: &Reach,
    of: Option<Uuid>,
    day: CivilDate,
) -> Result<Vec<BTreeSet<Uuid>>, Error> {
    use person::Column as C;
    let keys = person::Entity::find().select_only().column(C::SearchKey).filter(C::BirthDate.is_not_null());
    let keys = match of {
        Some(of) => keys.filter(C::Id.eq(of)),
        None => keys.group_by(C::SearchKey).group_by(C::BirthDate).having(C::Id.count().gt(1)),
    };
    let rows: Vec<(Uuid, String, Option<CivilDate>)> = person::Entity::find()
        .select_only()
        .columns([C::Id, C::SearchKey, C::BirthDate])
        .filter(C::SearchKey.in_subquery(keys.into_query()))
        .filter(C::BirthDate.is_not_null())
        .filter(is_there())
        .filter(C::Id.in_subquery(ids_in_reach(scope, day)))
        .filter(C::Id.not_in_subquery(behind()))
        .into_tuple()
        .all(db)
        .await?;
    let mut alike: BTreeMap<(String, Option<CivilDate>), BTreeSet<Uuid>> = BTreeMap::new();
    for (id, name, birth) in rows {
        alike.entry((name, birth)).or_default().insert(id);
    }
    Ok(alike.into_values().collect())
}

/// People in reach of an equal digest under the same key, each as whoever stands for them.
async fn alike_by_number(
    db: &impl ConnectionTrait,
    scope: &Reach,
    of: Option<Uuid>,
    day: CivilDate,
) -> Result<Vec<BTreeSet<Uuid>>, Error> {
    use blind_index::{Column as C, Entity as Index};
    let digests = Index::find().select_only().column(C::Digest);
    let digests = match of {
        Some(of) => digests.filter(C::PersonId.is_in(groups_of(db, &[of]).await?.all(&[of]))),
        None => {
            let equal = digests.group_by(C::Place).group_by(C::KeyId).group_by(C::Digest);
            equal.having(C::PersonId.count().gt(1))
        }
    };
    let rows: Vec<(String, String, Vec<u8>, Uuid)> = Index::find()
        .select_only()
        .columns([C::Place, C::KeyId, C::Digest, C::PersonId])
        .filter(C::Digest.in_subquery(digests.into_query()))
        .into_tuple()
        .all(db)
        .await?;
    let people: BTreeSet<Uuid> = rows.iter().map(|(_, _, _, person)| *person).collect();
    let people: Vec<Uuid> = people.into_iter().collect();
    let groups = groups_of(db, &people).await?;
    let roots: BTreeSet<Uuid> = people.iter().map(|person| groups.root(*person)).collect();
    let roots: Vec<Uuid> = roots.into_iter().collect();
    let mut reached = BTreeSet::new();
    for chunk in roots.chunks(CHUNK) {
        let found = person::Entity::find().select_only().column(person::Column::Id);
        let found = found.filter(person::Column::Id.is_in(chunk.to_vec())).filter(is_there());
        let found = found.filter(person::Column::Id.in_subquery(ids_in_reach(scope, day)));
        reached.extend(found.into_tuple::<Uuid>().all(db).await?);
    }
    let mut alike: BTreeMap<(String, String, Vec<u8>), BTreeSet<Uuid>> = BTreeMap::new();
    for (place, key, digest, person) in rows {
        let root = groups.root(person);
        if reached.contains(&root) {
            alike.entry((place, key, digest)).or_default().insert(root);
        }
    }
    Ok(alike.into_values().collect())
}

/// Of which of these pairs something stands. That two are different was said of them as they were: it does not stand
/// where either was changed since, or where a number is found equal of whom only the names were.
async fn settled(
    db: &impl ConnectionTrait,
    alike: &BTreeMap<(Uuid, Uuid), Cause>,
) -> Result<BTreeSet<(Uuid, Uuid)>, Error> {
    let ones: BTreeSet<Uuid> = alike.keys().map(|(one, _)| *one).collect();
    let people: BTreeSet<Uuid> = alike.keys().flat_map(|(one, two)| [*one, *two]).collect();
    let (ones, people): (Vec<Uuid>, Vec<Uuid>) = (ones.into_iter().collect(), people.into_iter().collect());
    let (mut cases, mut revisions) = (Vec::new(), BTreeMap::new());
    for chunk in ones.chunks(CHUNK) {
        let standing = Entity::find().filter(Column::State.ne(CaseState::Undone.code()));
        cases.extend(standing.filter(Column::PersonAId.is_in(chunk.to_vec())).all(db).await?);
    }
    for chunk in people.chunks(CHUNK) {
        let rows =
            person::Entity::find().select_only().columns([person::Column::Id, person::Column::Revision]);
        let rows = rows.filter(person::Column::Id.is_in(chunk.to_vec()));
        revisions.extend(rows.into_tuple::<(Uuid, i64)>().all(db).await?);
    }
    let stands = |case: &Model| {
        let pair = (case.person_a_id, case.person_b_id);
        let cause = alike.get(&pair)?;
        let is_at = |person: Uuid, revision: i64| revisions.get(&person) == Some(&revision);
        let as_they_are = is_at(pair.0, case.revision_a) && is_at(pair.1, case.revision_b);
        let known = *cause == Cause::Name || case.cause == Cause::Number.code();
        (case.state == CaseState::Same.code() || (as_they_are && known)).then_some(pair)
    };
    Ok(cases.iter().filter_map(stands).collect())
}

/// Cases of which either is in reach.
fn reach(scope: &Reach, day: CivilDate) -> Condition {
    Condition::any()
        .add(Column::PersonAId.in_subquery(ids_in_reach(scope, day)))
        .add(Column::PersonBId.in_subquery(ids_in_reach(scope, day)))
}

/// A case in reach.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get(
    db: &impl ConnectionTrait,
    scope: &Reach,
    id: DuplicateCaseId,
    day: CivilDate,
) -> Result<Model, Error> {
    Entity::find_by_id(id.0).filter(reach(scope, day)).one(db).await?.ok_or(Error::Missing)
}

/// Cases in reach, by id.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    scope: &Reach,
    day: CivilDate,
    request: PageRequest,
) -> Result<Page<Model>, Error> {
    let query = Entity::find().filter(reach(scope, day));
    let total = request.count(db, &query).await?;
    let query = request.turn(query, Order::id("duplicate_case"), db.get_database_backend());
    Ok(Page::cut(query.all(db).await?, request, |row| row.id).of(total))
}

/// What stands about two people whom grants are for.
///
/// # Errors
/// What the database says.
pub async fn find_standing(
    tx: &Tx,
    one: &Grant<act::SettleDuplicate>,
    two: &Grant<act::SettleDuplicate>,
) -> Result<Option<Model>, Error> {
    let mut both = [one.id(), two.id()];
    both.sort_unstable();
    let query = Entity::find().filter(Column::PersonAId.eq(both[0])).filter(Column::PersonBId.eq(both[1]));
    Ok(query.filter(Column::State.ne(CaseState::Undone.code())).one(tx.conn()).await?)
}

/// The last step by which some people became one with others, 0 for none.
///
/// # Errors
/// What the database says.
pub async fn find_last_step(tx: &Tx, people: &[Uuid]) -> Result<i32, Error> {
    let whose = Condition::any()
        .add(Column::PersonAId.is_in(people.to_vec()))
        .add(Column::PersonBId.is_in(people.to_vec()));
    let query = Entity::find().filter(whose).filter(Column::State.eq(CaseState::Same.code()));
    let last = query.order_by_desc(Column::Step).one(tx.conn()).await?;
    Ok(last.map_or(0, |row| row.step))
}

/// Whom these cases made stand for others.
///
/// # Errors
/// What the database says.
pub async fn survivors(
    db: &impl ConnectionTrait,
    cases: BTreeSet<Uuid>,
) -> Result<BTreeMap<Uuid, Uuid>, Error> {
    let rows: Vec<(Uuid, Option<Uuid>)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::SurvivorId])
        .filter(Column::Id.is_in(cases))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().filter_map(|(case, survivor)| Some((case, survivor?))).collect())
}

/// Says something of two people, each of whom a grant is for.
///
/// # Errors
/// [`Error::Missing`] for others; [`Error::Duplicate`] when something stands already.
pub async fn insert(tx: &Tx, grants: [&Grant<act::SettleDuplicate>; 2], row: Model) -> Result<(), Error> {
    let mut granted = grants.map(Grant::id);
    granted.sort_unstable();
    if granted != [row.person_a_id, row.person_b_id] {
        return Err(Error::Missing);
    }
    batch::insert_all::<Entity, _>(tx.conn(), vec![row]).await
}

/// Takes back what was said, if nobody has meanwhile. The grant is for either of the two.
///
/// # Errors
/// [`Error::Missing`] for others; [`Error::Stale`].
pub async fn undo_if_unchanged(
    tx: &Tx,
    grant: &Grant<act::SettleDuplicate>,
    row: &Model,
) -> Result<(), Error> {
    if grant.id() != row.person_a_id && grant.id() != row.person_b_id {
        return Err(Error::Missing);
    }
    let done = Entity::update_many()
        .set(row.clone().into_active_model().reset_all())
        .filter(Column::Id.eq(row.id))
        .filter(Column::Revision.eq(row.revision - 1))
        .exec(tx.conn())
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Answers to factories of some people, by id.
///
/// # Errors
/// What the database says.
pub async fn list_consents(tx: &Tx, people: &BTreeSet<Uuid>) -> Result<Vec<consent::Model>, Error> {
    let query = consent::Entity::find().filter(consent::Column::PersonId.is_in(people.iter().copied()));
    Ok(query.order_by_asc(consent::Column::Id).all(tx.conn()).await?)
}

/// Ties by their ids, as they are now.
///
/// # Errors
/// What the database says.
pub async fn list_ties(tx: &Tx, ids: Vec<Uuid>) -> Result<Vec<person_tie::Model>, Error> {
    let query = person_tie::Entity::find().filter(person_tie::Column::Id.is_in(ids));
    Ok(query.order_by_asc(person_tie::Column::Id).all(tx.conn()).await?)
}

/// The ties of a person to an organisation that are open on a day and rest on an answer.
///
/// # Errors
/// What the database says.
pub async fn list_open_ties(
    tx: &Tx,
    person: Uuid,
    organisation: Uuid,
    basis: &str,
    day: CivilDate,
) -> Result<Vec<person_tie::Model>, Error> {
    let query = person_tie::Entity::find()
        .filter(person_tie::Column::PersonId.eq(person))
        .filter(person_tie::Column::OrganisationId.eq(organisation))
        .filter(person_tie::Column::Basis.eq(basis))
        .filter(person_tie::Column::ValidUntil.gte(day));
    Ok(query.order_by_asc(person_tie::Column::Id).all(tx.conn()).await?)
}

/// Writes an answer that two registrations' becoming one, or two again, changed, if nobody has meanwhile.
///
/// # Errors
/// [`Error::Stale`].
pub async fn replace_consent(
    tx: &Tx,
    _grant: &Grant<act::SettleDuplicate>,
    row: consent::Model,
) -> Result<(), Error> {
    let (id, before) = (row.id, row.revision - 1);
    let done = consent::Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(consent::Column::Id.eq(id))
        .filter(consent::Column::Revision.eq(before))
        .exec(tx.conn())
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// The same of a tie.
///
/// # Errors
/// [`Error::Stale`].
pub async fn replace_tie(
    tx: &Tx,
    _grant: &Grant<act::SettleDuplicate>,
    row: person_tie::Model,
) -> Result<(), Error> {
    let (id, before) = (row.id, row.revision - 1);
    let done = person_tie::Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(person_tie::Column::Id.eq(id))
        .filter(person_tie::Column::Revision.eq(before))
        .exec(tx.conn())
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Remembers what a case narrowed.
///
/// # Errors
/// What the database says.
pub async fn insert_moves(
    tx: &Tx,
    _grant: &Grant<act::SettleDuplicate>,
    rows: Vec<duplicate_move::Model>,
) -> Result<(), Error> {
    batch::insert_all::<duplicate_move::Entity, _>(tx.conn(), rows).await
}

/// What a case narrowed.
///
/// # Errors
/// What the database says.
pub async fn list_moves(tx: &Tx, case: Uuid) -> Result<Vec<duplicate_move::Model>, Error> {
    let query = duplicate_move::Entity::find().filter(duplicate_move::Column::CaseId.eq(case));
    Ok(query.order_by_asc(duplicate_move::Column::RowId).all(tx.conn()).await?)
}

/// Forgets it, once it is as it was.
///
/// # Errors
/// What the database says.
pub async fn delete_moves(tx: &Tx, _grant: &Grant<act::SettleDuplicate>, case: Uuid) -> Result<(), Error> {
    let moves = duplicate_move::Entity::delete_many().filter(duplicate_move::Column::CaseId.eq(case));
    moves.exec(tx.conn()).await?;
    Ok(())
}
