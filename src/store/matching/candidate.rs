//! Reading people for the matcher, everybody or those whom the log says have changed: a fixed handful of
//! set-based queries, each ordered by person, the same ones whoever asks. No poverty table is among them.

use std::collections::{BTreeSet, HashMap};

use ballast_domain::base::civil_time::{CivilDate, Instant};
use ballast_domain::base::id::{OrganisationId, PersonId, SkillId};
use ballast_domain::base::region::RegionCode;
use ballast_domain::identity::policy::{Grant, act};
use ballast_domain::matching::candidate::{Availability, Candidate, ClassTie, Shifts};
use ballast_domain::person::duplicate_case::{birth_date, birthplace};
use ballast_domain::person::nationality::Country;
use ballast_domain::record::skill_claim::{Claim, DecayClass, EvidenceKind};
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait as _, FromQueryResult, JoinType, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _,
};
use uuid::Uuid;

use crate::entity::person::{availability, availability_region, duplicate_case, person};
use crate::entity::record::skill_claim;
use crate::entity::training::{enrolment, joint_class};
use crate::store::Error;
use crate::store::permit::permit_document;
use crate::store::person::identity_document;
use crate::store::person::person::is_there;
use crate::store::person::person_link::{Groups, all_groups, groups_of};

/// People of one question.
const CHUNK: usize = 5_000;

/// Everybody who may seek work, in the order of their ids, with all that the matcher knows of them.
///
/// # Errors
/// What the database says; [`Error::Corrupt`] for a code that is none.
pub async fn load_all(
    db: &impl ConnectionTrait,
    grant: &Grant<act::RankVacancy>,
) -> Result<Vec<Candidate>, Error> {
    let groups = all_groups(db, grant).await?;
    load(db, grant, &groups, None).await
}

/// The same of some people. Who is not among them any more seeks no work, is gone, or has somebody stand for them:
/// that one is among them then.
///
/// # Errors
/// As [`load_all`].
pub async fn load_some(
    db: &impl ConnectionTrait,
    grant: &Grant<act::RankVacancy>,
    people: &BTreeSet<PersonId>,
) -> Result<Vec<Candidate>, Error> {
    let ids: Vec<Uuid> = people.iter().map(|id| id.0).collect();
    let groups = groups_of(db, &ids).await?;
    let roots: BTreeSet<Uuid> = ids.iter().map(|id| groups.root(*id)).collect();
    let roots: Vec<Uuid> = roots.into_iter().collect();
    let mut candidates = Vec::with_capacity(roots.len());
    for chunk in roots.chunks(CHUNK) {
        candidates.extend(load(db, grant, &groups, Some(&groups.all(chunk))).await?);
    }
    Ok(candidates)
}

async fn load(
    db: &impl ConnectionTrait,
    grant: &Grant<act::RankVacancy>,
    groups: &Groups,
    some: Option<&[Uuid]>,
) -> Result<Vec<Candidate>, Error> {
    let mut candidates = people(db, groups, some).await?;
    let index: HashMap<PersonId, usize> = candidates.iter().enumerate().map(|(n, c)| (c.id, n)).collect();
    let mut attach = |person: Uuid, put: &mut dyn FnMut(&mut Candidate)| {
        if let Some(candidate) =
            index.get(&PersonId(groups.root(person))).and_then(|n| candidates.get_mut(*n))
        {
            put(candidate);
        }
    };
    // What somebody said last, by whichever registration, is what they want.
    let mut said = wishes(db, some).await?;
    said.sort_by_key(|(person, at, _)| (*at, *person));
    for (person, _, wishes) in said {
        attach(person, &mut |c| c.availability = Some(wishes.clone()));
    }
    for (person, claim) in claims(db, some).await? {
        attach(person, &mut |c| c.claims.push(claim));
    }
    for row in enrolments(db, some).await? {
        let tie = match row.status.as_str() {
            "finished" => ClassTie::Finished,
            _ => ClassTie::Enrolled,
        };
        attach(row.person_id, &mut |c| c.classes.push((OrganisationId(row.factory_id), tie)));
    }
    let nationalities = match some {
        Some(people) => identity_document::standing_nationalities_of(db, people).await?,
        None => identity_document::standing_nationalities(db, grant).await?,
    };
    for row in nationalities {
        attach(row.person.0, &mut |c| c.nationalities.push(row.record));
    }
    let travel = match some {
        Some(people) => identity_document::standing_travel_documents_of(db, people).await?,
        None => identity_document::standing_travel_documents(db, grant).await?,
    };
    let papers = match some {
        Some(people) => permit_document::standing_of(db, people).await?,
        None => permit_document::standing_of_all(db, grant).await?,
    };
    for row in travel.into_iter().chain(papers) {
        attach(row.person.0, &mut |c| c.documents.push(row.document));
    }
    candidates.retain(seeks_work);
    Ok(candidates)
}

/// Whom the rows of a stretch of the feed are about, as far as the matcher knows them.
///
/// # Errors
/// What the database says.
pub async fn find_people_of(
    db: &impl ConnectionTrait,
    touched: impl Iterator<Item = (&str, Uuid)>,
) -> Result<BTreeSet<PersonId>, Error> {
    let mut people = BTreeSet::new();
    let (mut claims, mut enrolments, mut papers, mut cases) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (kind, id) in touched {
        match kind {
            // What a person wants is told by the person's id.
            "person" | "availability" => {
                people.insert(PersonId(id));
            }
            "skill_claim" => claims.push(id),
            "enrolment" => enrolments.push(id),
            "permit_document" => papers.push(id),
            "duplicate_case" => cases.push(id),
            // Nothing else changes what the matcher knows of anybody.
            _ => {}
        }
    }
    for chunk in claims.chunks(CHUNK) {
        let rows = skill_claim::Entity::find().select_only().column(skill_claim::Column::PersonId);
        let rows = rows.filter(skill_claim::Column::Id.is_in(chunk.to_vec()));
        people.extend(rows.into_tuple::<Uuid>().all(db).await?.into_iter().map(PersonId));
    }
    for chunk in enrolments.chunks(CHUNK) {
        let rows = enrolment::Entity::find().select_only().column(enrolment::Column::PersonId);
        let rows = rows.filter(enrolment::Column::Id.is_in(chunk.to_vec()));
        people.extend(rows.into_tuple::<Uuid>().all(db).await?.into_iter().map(PersonId));
    }
    for row in permit_document::find_many(db, &papers).await? {
        people.insert(PersonId(row.person_id));
    }
    for chunk in cases.chunks(CHUNK) {
        let rows = duplicate_case::Entity::find().filter(duplicate_case::Column::Id.is_in(chunk.to_vec()));
        for row in rows.all(db).await? {
            people.extend([row.person_a_id, row.person_b_id].map(PersonId));
        }
    }
    let asked: Vec<Uuid> = people.iter().map(|id| id.0).collect();
    people.extend(groups_of(db, &asked).await?.all(&asked).into_iter().map(PersonId));
    Ok(people)
}

/// Whether anything about work is known of a person. Somebody whom a bureau registered as a member of a
/// household, and no more, is no candidate: neither in a list nor in a count that a factory sees.
fn seeks_work(candidate: &Candidate) -> bool {
    candidate.availability.is_some()
        || !candidate.claims.is_empty()
        || !candidate.classes.is_empty()
        || !candidate.documents.is_empty()
}

/// These people, or everybody.
fn among(column: impl ColumnTrait, some: Option<&[Uuid]>) -> Condition {
    Condition::all().add_option(some.map(|ids| column.is_in(ids.iter().copied())))
}

#[derive(FromQueryResult)]
struct PersonRow {
    id: Uuid,
    birth_date: Option<CivilDate>,
    birth_country_code: Option<String>,
    home_region_code: Option<String>,
}

/// One candidate for each human being: who has somebody stand for them is part of that one.
async fn people(
    db: &impl ConnectionTrait,
    groups: &Groups,
    some: Option<&[Uuid]>,
) -> Result<Vec<Candidate>, Error> {
    let rows = person::Entity::find()
        .filter(among(person::Column::Id, some))
        .filter(is_there())
        .select_only()
        .columns([
            person::Column::Id,
            person::Column::BirthDate,
            person::Column::BirthCountryCode,
            person::Column::HomeRegionCode,
        ])
        .order_by_asc(person::Column::Id)
        .into_model::<PersonRow>()
        .all(db)
        .await?;
    let candidate = |row: PersonRow| Candidate {
        id: PersonId(row.id),
        birth_date: row.birth_date,
        birthplace: row.birth_country_code.as_deref().and_then(Country::parse),
        home: row.home_region_code.as_deref().and_then(RegionCode::parse),
        nationalities: Vec::new(),
        documents: Vec::new(),
        availability: None,
        claims: Vec::new(),
        classes: Vec::new(),
    };
    let (own, others): (Vec<Candidate>, Vec<Candidate>) =
        rows.into_iter().map(candidate).partition(|row| groups.root(row.id.0) == row.id.0);
    let mut behind: HashMap<Uuid, Vec<Candidate>> = HashMap::new();
    for other in others {
        behind.entry(groups.root(other.id.0)).or_default().push(other);
    }
    let whole = |own: Candidate| {
        let others = behind.remove(&own.id.0).unwrap_or_default();
        Candidate {
            birth_date: birth_date([own.birth_date].into_iter().chain(others.iter().map(|c| c.birth_date))),
            birthplace: birthplace([own.birthplace].into_iter().chain(others.iter().map(|c| c.birthplace))),
            home: own.home.or_else(|| others.iter().find_map(|c| c.home)),
            ..own
        }
    };
    Ok(own.into_iter().map(whole).collect())
}

/// The last word of each person, and when it was said.
async fn wishes(
    db: &impl ConnectionTrait,
    some: Option<&[Uuid]>,
) -> Result<Vec<(Uuid, Instant, Availability)>, Error> {
    let later = Alias::new("later");
    let newer = Query::select()
        .expr(Expr::val(1))
        .from_as(availability::Entity, later.clone())
        .and_where(
            Expr::col((later.clone(), availability::Column::PersonId))
                .equals((availability::Entity, availability::Column::PersonId)),
        )
        .and_where(
            Expr::col((later, availability::Column::Version))
                .gt(Expr::col((availability::Entity, availability::Column::Version))),
        )
        .to_owned();
    let newest = || {
        availability::Entity::find()
            .filter(Expr::exists(newer.clone()).not())
            .filter(among(availability::Column::PersonId, some))
    };
    let rows = newest().order_by_asc(availability::Column::PersonId).all(db).await?;
    let ids = newest().select_only().column(availability::Column::Id).into_query();
    let regions = availability_region::Entity::find()
        .filter(availability_region::Column::AvailabilityId.in_subquery(ids))
        .order_by_asc(availability_region::Column::AvailabilityId)
        .order_by_asc(availability_region::Column::RegionCode)
        .all(db)
        .await?;
    let mut by_saying: HashMap<Uuid, Vec<RegionCode>> = HashMap::new();
    for row in regions {
        let code =
            RegionCode::parse(&row.region_code).ok_or(Error::Corrupt("availability_region.region_code"))?;
        by_saying.entry(row.availability_id).or_default().push(code);
    }
    let wishes = |row: availability::Model| {
        let wishes = Availability {
            from: row.available_from,
            until: row.available_until,
            regions: by_saying.remove(&row.id).unwrap_or_default(),
            wage_min_minor: row.wage_min_minor,
            shifts: Shifts { day: row.shift_day, evening: row.shift_evening, night: row.shift_night },
            dormitory: row.dormitory,
        };
        (row.person_id, row.recorded_at, wishes)
    };
    Ok(rows.into_iter().map(wishes).collect())
}

/// Claims that stand: active, and superseded by none.
async fn claims(db: &impl ConnectionTrait, some: Option<&[Uuid]>) -> Result<Vec<(Uuid, Claim)>, Error> {
    let superseded = skill_claim::Entity::find()
        .select_only()
        .column(skill_claim::Column::SupersedesId)
        .filter(skill_claim::Column::SupersedesId.is_not_null())
        .filter(among(skill_claim::Column::PersonId, some))
        .into_query();
    let rows = skill_claim::Entity::find()
        .filter(skill_claim::Column::Status.eq("active"))
        .filter(among(skill_claim::Column::PersonId, some))
        .filter(skill_claim::Column::Id.not_in_subquery(superseded))
        .order_by_asc(skill_claim::Column::PersonId)
        .order_by_asc(skill_claim::Column::Id)
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| {
            let claim = Claim {
                skill: SkillId(row.skill_id),
                level: u8::try_from(row.level).map_err(|_range| Error::Corrupt("skill_claim.level"))?,
                evidence: EvidenceKind::parse(&row.evidence).ok_or(Error::Corrupt("skill_claim.evidence"))?,
                achieved_on: row.achieved_on,
                last_used_on: row.last_used_on.unwrap_or(row.achieved_on),
                valid_until: row.valid_until,
                decay: DecayClass::parse(&row.decay_class)
                    .ok_or(Error::Corrupt("skill_claim.decay_class"))?,
            };
            Ok((row.person_id, claim))
        })
        .collect()
}

#[derive(FromQueryResult)]
struct EnrolmentRow {
    person_id: Uuid,
    factory_id: Uuid,
    status: String,
}

async fn enrolments(db: &impl ConnectionTrait, some: Option<&[Uuid]>) -> Result<Vec<EnrolmentRow>, Error> {
    Ok(enrolment::Entity::find()
        .select_only()
        .column(enrolment::Column::PersonId)
        .column_as(joint_class::Column::FactoryId, "factory_id")
        .column(enrolment::Column::Status)
        .join(
            JoinType::InnerJoin,
            enrolment::Entity::belongs_to(joint_class::Entity)
                .from(enrolment::Column::JointClassId)
                .to(joint_class::Column::Id)
                .into(),
        )
        .filter(enrolment::Column::Status.ne("withdrawn"))
        .filter(among(enrolment::Column::PersonId, some))
        .order_by_asc(enrolment::Column::PersonId)
        .order_by_asc(enrolment::Column::Id)
        .into_model::<EnrolmentRow>()
        .all(db)
        .await?)
}
