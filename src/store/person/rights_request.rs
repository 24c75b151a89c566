//! What people ask for by right. A person reaches their own; who decides about a kind reaches that kind where they may
//! decide it.

use ballast_domain::base::civil_time::{CivilDate, Instant};
use ballast_domain::base::id::{PersonId, RightsRequestId, UserId};
use ballast_domain::identity::policy::{Act, Grant, Scope, act};
use ballast_domain::person::rights_request::{Field, Kind, State};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
};

use crate::entity::person::person;
use crate::entity::person::rights_request::{Column, Entity, Model};
use crate::store::page::{Order, Page, PageRequest};
use crate::store::person::person::lock_living;
use crate::store::{Error, Tx, batch, scope};

/// Which requests somebody reaches.
#[derive(Debug)]
pub struct Reach {
    /// Those about oneself or a ward.
    pub own: Scope<act::ReadOwnData>,
    /// Corrections that one decides.
    pub corrections: Scope<act::DecideCorrection>,
    /// Erasures that one decides.
    pub erasures: Scope<act::ErasePerson>,
    /// Reviews that one answers.
    pub reviews: Scope<act::DecideReview>,
}

/// The actions by which a request is settled: decided, or taken back.
pub trait Settles: Act {}
impl Settles for act::DecideCorrection {}
impl Settles for act::ErasePerson {}
impl Settles for act::DecideReview {}
impl Settles for act::WithdrawRight {}

impl Reach {
    fn condition(&self, day: CivilDate) -> Condition {
        scope::oneself(scope::start(&self.own), &self.own, (Entity, Column::PersonId))
            .add(of_kind(&self.corrections, Kind::Correction, day))
            .add(of_kind(&self.erasures, Kind::Erasure, day))
            .add(of_kind(&self.reviews, Kind::Review, day))
    }
}

fn of_kind<A: Act>(reach: &Scope<A>, kind: Kind, day: CivilDate) -> Condition {
    let condition = scope::tied(scope::start(reach), reach, (Entity, Column::PersonId), day);
    let condition = scope::person_region(condition, reach, (Entity, Column::PersonId));
    Condition::all().add(Column::Kind.eq(kind.code())).add(condition)
}

/// Which requests of those in reach; what is none asks nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// What is asked for.
    pub kind: Option<Kind>,
    /// Where it stands.
    pub state: Option<State>,
    /// About whom.
    pub person: Option<PersonId>,
}

impl Filter {
    fn condition(self) -> Condition {
        let parts = [
            self.kind.map(|kind| Column::Kind.eq(kind.code())),
            self.state.map(|state| Column::State.eq(state.code())),
            self.person.map(|person| Column::PersonId.eq(person.0)),
        ];
        parts.into_iter().flatten().fold(Condition::all(), Condition::add)
    }
}

/// A request in reach, with the name of whom it is about.
///
/// # Errors
/// [`Error::Missing`].
pub async fn get(
    db: &impl ConnectionTrait,
    reach: &Reach,
    id: RightsRequestId,
    day: CivilDate,
) -> Result<(Model, String), Error> {
    let query = Entity::find_by_id(id.0).filter(reach.condition(day)).find_also_related(person::Entity);
    let (row, person) = query.one(db).await?.ok_or(Error::Missing)?;
    Ok((row, person.map(|person| person.name).unwrap_or_default()))
}

/// Requests in reach, the newest first, each with the name of whom it is about.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: &impl ConnectionTrait,
    reach: &Reach,
    filter: Filter,
    day: CivilDate,
    request: PageRequest,
) -> Result<Page<(Model, String)>, Error> {
    let query = Entity::find().filter(reach.condition(day)).filter(filter.condition());
    let total = request.count(db, &query).await?;
    let own = Order::id("rights_request").reversed();
    let query = request.turn(query, own, db.get_database_backend());
    let rows = query.find_also_related(person::Entity).all(db).await?;
    let named = |(row, person): (Model, Option<person::Model>)| {
        (row, person.map(|person| person.name).unwrap_or_default())
    };
    Ok(Page::cut(rows.into_iter().map(named).collect(), request, |(row, _)| row.id).of(total))
}

/// The requests of a person that wait.
///
/// # Errors
/// What the database says.
pub async fn list_waiting(db: &impl ConnectionTrait, person: PersonId) -> Result<Vec<Model>, Error> {
    let waiting = Entity::find()
        .filter(Column::PersonId.eq(person.0))
        .filter(Column::State.eq(State::Asked.code()))
        .order_by_asc(Column::Id);
    Ok(waiting.all(db).await?)
}

/// How many requests in reach wait for somebody's decision who is not the one who asks.
///
/// # Errors
/// What the database says.
pub async fn find_waiting_count(
    db: &impl ConnectionTrait,
    reach: &Reach,
    day: CivilDate,
) -> Result<u64, Error> {
    let decides = Condition::any()
        .add(of_kind(&reach.corrections, Kind::Correction, day))
        .add(of_kind(&reach.erasures, Kind::Erasure, day))
        .add(of_kind(&reach.reviews, Kind::Review, day));
    let waiting = Entity::find().filter(decides).filter(Column::State.eq(State::Asked.code()));
    Ok(waiting.count(db).await?)
}

/// Stores a request of the person whom the grant is for.
///
/// # Errors
/// [`Error::Missing`] for another person, and for who was erased.
pub async fn insert(tx: &Tx, grant: &Grant<act::AskRight>, row: Model) -> Result<(), Error> {
    if row.person_id != grant.id() {
        return Err(Error::Missing);
    }
    lock_living(tx, &[row.person_id]).await?;
    batch::insert_all::<Entity, _>(tx.conn(), vec![row]).await
}

/// Whether a request still waits as it was read. Whoever asks this has locked the person.
///
/// # Errors
/// What the database says.
pub async fn is_waiting(db: &impl ConnectionTrait, row: &Model) -> Result<bool, Error> {
    let waiting = Entity::find_by_id(row.id)
        .filter(Column::State.eq(State::Asked.code()))
        .filter(Column::Revision.eq(row.revision));
    Ok(waiting.count(db).await? == 1)
}

/// Whether something was recorded of what a request says is wrong, since it was asked.
///
/// # Errors
/// What the database says.
pub async fn is_recorded_since(db: &impl ConnectionTrait, row: &Model, field: Field) -> Result<bool, Error> {
    let (person, since) = (row.person_id, row.asked_at);
    let count = match field {
        Field::Nationality => {
            use crate::entity::person::nationality::{Column, Entity};
            let of = Entity::find().filter(Column::PersonId.eq(person));
            of.filter(Column::RecordedAt.gte(since)).count(db).await?
        }
        Field::IdentityDocument => {
            use crate::entity::person::identity_document::{Column, Entity};
            let of = Entity::find().filter(Column::PersonId.eq(person));
            of.filter(Column::RecordedAt.gte(since)).count(db).await?
        }
        Field::SkillClaim => {
            use crate::entity::record::skill_claim::{Column, Entity};
            let by_others = Column::OrganisationId.is_not_null();
            let of = Entity::find().filter(Column::PersonId.eq(person)).filter(by_others);
            of.filter(Column::RecordedAt.gte(since)).count(db).await?
        }
        Field::Name | Field::NameLatin | Field::BirthDate | Field::Sex | Field::HomeRegion => 0,
    };
    Ok(count > 0)
}

/// Writes where a request of the person whom the grant is for stands now, if it is unchanged since it was read.
///
/// # Errors
/// [`Error::Missing`] for another person; [`Error::Stale`].
pub async fn settle_if_unchanged<A: Settles>(
    tx: &Tx,
    grant: &Grant<A>,
    row: &Model,
    state: State,
    answer: Option<&str>,
    decided: (Option<UserId>, Instant),
) -> Result<Model, Error> {
    if row.person_id != grant.id() {
        return Err(Error::Missing);
    }
    let after = Model {
        state: state.code().to_owned(),
        answer: answer.map(str::to_owned),
        decided_by: decided.0.map(|user| user.0),
        decided_at: Some(decided.1),
        revision: row.revision + 1,
        ..row.clone()
    };
    let done = Entity::update_many()
        .set(after.clone().into_active_model().reset_all())
        .filter(Column::Id.eq(row.id))
        .filter(Expr::col(Column::Revision).eq(row.revision))
        .exec(tx.conn())
        .await?;
    if done.rows_affected == 1 { Ok(after) } else { Err(Error::Stale) }
}
