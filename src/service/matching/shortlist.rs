//! The shortlist of a vacancy.
//!
//! Everybody is ranked the same way whoever asks; what differs is what a viewer is shown. A factory sees
//! pseudonyms, skills, distance and coded counts in bands; an official sees the names of the people in reach
//! and every reason. Quota headroom is not checked here and removes nobody.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{OrganisationId, PersonId, SkillId, VacancyId};
use ballast_domain::base::region::{Distance, RegionCode};
use ballast_domain::identity::policy::{Act as _, act};
use ballast_domain::matching::candidate::{Candidate, Shifts};
use ballast_domain::matching::filter::{Code, Question};
use ballast_domain::matching::query::{Query, Vacancy};
use ballast_domain::matching::rank::{self, List, Row, TOP_MAX};
use ballast_domain::person::nationality::{self, Country};
use ballast_domain::record::skill_claim::Claim;

use super::catalogue::{self, People};
use super::pseudonym::pseudonym;
use crate::entity::person::consent as consent_row;
use crate::service::hiring::vacancy::{self as vacancies, VacancyView};
use crate::service::organisation::region::{self, RegionView};
use crate::service::taxonomy::label;
use crate::service::{Ctx, Error, Field};
use crate::store::hiring::vacancy::{self as vacancy_store, VacancyRows};
use crate::store::organisation::organisation;
use crate::store::person::{consent, person};
use crate::words::matching::Names;
use crate::words::{Arg, Locale};

/// Rows of a list when nobody says.
pub const TOP_DEFAULT: usize = 20;

/// How many people stand somewhere, as a factory sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// Nobody, or up to nine.
    FewerThan10,
    /// 10 to 49.
    From10To49,
    /// 50 to 199.
    From50To199,
    /// 200 or more.
    From200,
}

impl Band {
    /// The band of a count. Nobody and a few look the same.
    #[must_use]
    pub fn of(count: u64) -> Self {
        match count {
            0..=9 => Self::FewerThan10,
            10..=49 => Self::From10To49,
            50..=199 => Self::From50To199,
            200.. => Self::From200,
        }
    }

    /// The stable code, also the end of its key in the locale files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::FewerThan10 => "fewer_than_10",
            Self::From10To49 => "10_49",
            Self::From50To199 => "50_199",
            Self::From200 => "200_or_more",
        }
    }
}

/// A name, for those who may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Who.
    pub id: PersonId,
    /// As written in the person's own script.
    pub name: String,
    /// Proved nationality, if any.
    pub nationality: Option<String>,
    /// Birth date.
    pub birth_date: Option<CivilDate>,
}

impl Named {
    /// The name alone: what a factory is shown of somebody who consents.
    fn alone(self) -> Self {
        Self { nationality: None, birth_date: None, ..self }
    }
}

/// A skill of the vacancy that the person has a standing claim about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// The claim that counts.
    pub claim: Claim,
}

/// One person in a list.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The code by which this factory knows the person.
    pub pseudonym: String,
    /// The name; none where the viewer may not know it.
    pub named: Option<Named>,
    /// Everything that the matcher says.
    pub row: Row,
    /// The claims about the vacancy's skills that count, in its order.
    pub held: Vec<Held>,
    /// How far home is from the site, if known.
    pub distance: Option<Distance>,
    /// The county where the person lives; nothing smaller is shown.
    pub county: Option<String>,
    /// The first day on which the person is free.
    pub available_from: Option<CivilDate>,
    /// Shifts that the person takes.
    pub shifts: Option<Shifts>,
}

/// One list: how many there are in all, and the first of them.
#[derive(Clone, Debug, Default)]
pub struct Entries {
    /// How many people stand so.
    pub total: u64,
    /// The first of them.
    pub rows: Vec<Entry>,
}

/// What is said of the people who are not listed.
#[derive(Clone, Debug)]
pub enum NotListed {
    /// A factory's panel: every code with its band, always all of them.
    Bands(Vec<(Code, Band)>),
    /// An official's: who, and what would unlock them.
    People {
        /// Only a level is missing.
        below_floor: Entries,
        /// A hard filter fails; first those who would rank highest.
        removed: Entries,
        /// No failed filter and no proved essential skill.
        unproved: u64,
        /// People by coded reason.
        counts: Vec<(Code, u64)>,
    },
}

/// The shortlist of a vacancy, as one viewer may see it.
#[derive(Clone, Debug)]
pub struct ShortlistView {
    /// The vacancy.
    pub vacancy: VacancyView,
    /// The points of each requirement.
    pub skill_points: Vec<u32>,
    /// Whether the viewer sees names and reasons.
    pub explained: bool,
    /// Who can be hired as far as anybody knows.
    pub qualified: Entries,
    /// About whom something is to be found out.
    pub to_verify: Entries,
    /// Those who are not listed.
    pub not_listed: NotListed,
    /// How many people were considered; a factory is not told.
    pub considered: Option<u64>,
    /// The profile: name, version, SHA-256.
    pub profile: (String, u32, String),
    /// The day of the question.
    pub day: CivilDate,
    /// How many entries of the log the answer knows; a factory is not told, since every decision of a bureau
    /// moves it.
    pub position: Option<u64>,
}

/// The facts of one ranking.
struct Facts {
    rows: VacancyRows,
    vacancy: Vacancy,
    key: [u8; 32],
    people: Arc<People>,
}

/// Ranks people for a vacancy. Whoever it shows is a reading and is logged.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for a `top` out of range; a refusal for a closed vacancy.
pub async fn get_shortlist(ctx: &Ctx, id: VacancyId, top: usize) -> Result<ShortlistView, Error> {
    ctx.require(act::RankVacancy::ACTION)?;
    if !(1..=TOP_MAX).contains(&top) {
        let max = Arg::Int(i64::try_from(TOP_MAX).unwrap_or(i64::MAX));
        return Err(Error::Invalid(vec![Field::new("top", "limit_out_of_range").with("max", max)]));
    }
    let facts = gather(ctx, id).await?;
    let explained = ctx.authorise::<act::ExplainRanking>(&facts.rows.target()).is_ok();
    let (profile, digest) = &ctx.app.profile;
    let query = Query::new(&facts.vacancy, profile, ctx.today());
    let ranked = rank::rank(&query, &facts.people.candidates, top);
    let lists = [&ranked.qualified, &ranked.to_verify];
    let hidden = [&ranked.below_floor, &ranked.removed];
    let shown: Vec<PersonId> = lists
        .into_iter()
        .chain(hidden.into_iter().filter(|_| explained))
        .flat_map(|list| list.rows.iter().map(|row| row.person))
        .collect();
    let names = if explained { names(ctx, &shown).await? } else { consenting(ctx, id).await? };
    let entries = |list: List| Entries {
        total: list.total,
        rows: list
            .rows
            .into_iter()
            .map(|row| if explained { row } else { for_factory(row) })
            .filter_map(|row| facts.people.find(row.person).map(|c| entry(&facts, &query, c, &names, row)))
            .map(
                |entry| {
                    if explained { entry } else { Entry { named: entry.named.map(Named::alone), ..entry } }
                },
            )
            .collect(),
    };
    let not_listed = if explained {
        NotListed::People {
            below_floor: entries(ranked.below_floor),
            removed: entries(ranked.removed),
            unproved: ranked.unproved,
            counts: ranked.counts.into_iter().collect(),
        }
    } else {
        NotListed::Bands(ranked.counts.into_iter().map(|(code, n)| (code, Band::of(n))).collect())
    };
    let view = ShortlistView {
        vacancy: vacancies::view(facts.rows.clone())?,
        skill_points: query.requirements().map(|(_, points)| points).collect(),
        explained,
        qualified: entries(ranked.qualified),
        to_verify: entries(ranked.to_verify),
        not_listed,
        considered: explained.then_some(ranked.considered),
        profile: (profile.name.clone(), profile.version, digest.clone()),
        day: ctx.today(),
        position: explained.then_some(facts.people.position),
    };
    ctx.record_reading(act::RankVacancy::ACTION, ("vacancy", id.0), &shown).await?;
    Ok(view)
}

/// Whom the shortlist of a vacancy shows to its factory, by pseudonym: everybody who is qualified or to be verified, as
/// far as the longest list goes. Shows nobody to anybody, so nothing is logged.
///
/// # Errors
/// [`Error::NotFound`]; a refusal for a closed vacancy.
pub async fn people_shown(
    ctx: &Ctx,
    id: VacancyId,
) -> Result<(VacancyView, BTreeMap<String, PersonId>), Error> {
    ctx.require(act::RankVacancy::ACTION)?;
    let facts = gather(ctx, id).await?;
    let query = Query::new(&facts.vacancy, &ctx.app.profile.0, ctx.today());
    let ranked = rank::rank(&query, &facts.people.candidates, TOP_MAX);
    let rows = ranked.qualified.rows.into_iter().chain(ranked.to_verify.rows);
    let shown = rows.map(|row| (pseudonym(&facts.key, row.person), row.person)).collect();
    Ok((vacancies::view(facts.rows)?, shown))
}

/// Why one person stands where they stand. For officials, about people in their reach.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn explain_person(
    ctx: &Ctx,
    id: VacancyId,
    who: PersonId,
) -> Result<(ShortlistHead, Entry), Error> {
    ctx.require(act::ExplainRanking::ACTION)?;
    let facts = gather(ctx, id).await?;
    ctx.authorise::<act::ExplainRanking>(&facts.rows.target())?;
    let names = names(ctx, &[who]).await?;
    if !names.contains_key(&who) {
        return Err(Error::NotFound);
    }
    let (profile, digest) = &ctx.app.profile;
    let query = Query::new(&facts.vacancy, profile, ctx.today());
    let candidate = facts.people.find(who).ok_or(Error::NotFound)?;
    let entry = entry(&facts, &query, candidate, &names, rank::explain(&query, candidate));
    let head = ShortlistHead {
        vacancy: vacancies::view(facts.rows.clone())?,
        profile: (profile.name.clone(), profile.version, digest.clone()),
        day: ctx.today(),
    };
    ctx.record_reading(act::ExplainRanking::ACTION, ("vacancy", id.0), &[who]).await?;
    Ok((head, entry))
}

/// What an explanation of one person stands under.
#[derive(Clone, Debug)]
pub struct ShortlistHead {
    /// The vacancy.
    pub vacancy: VacancyView,
    /// The profile: name, version, SHA-256.
    pub profile: (String, u32, String),
    /// The day of the question.
    pub day: CivilDate,
}

async fn gather(ctx: &Ctx, id: VacancyId) -> Result<Facts, Error> {
    let scope = ctx.scope::<act::RankVacancy>()?;
    let db = ctx.app.db.snapshot().await?;
    let rows = vacancy_store::get(&db, &scope, id).await?;
    ctx.authorise::<act::RankVacancy>(&rows.target())?;
    if rows.vacancy.status == "closed" {
        return Err(Error::refused("vacancy_closed"));
    }
    let factory = OrganisationId(rows.vacancy.organisation_id);
    let keys = organisation::pseudonym_keys(&db, &[factory]).await?;
    let key = *keys.get(&factory).ok_or(Error::NotFound)?;
    let vacancy = facts_of(&rows)?;
    drop(db);
    let people = catalogue::current(ctx).await?;
    Ok(Facts { rows, vacancy, key, people })
}

fn facts_of(rows: &VacancyRows) -> Result<Vacancy, Error> {
    let row = &rows.vacancy;
    let corrupt = |what: &str| Error::Internal(format!("vacancy {}: {what}", row.id));
    Ok(Vacancy {
        id: VacancyId(row.id),
        factory: OrganisationId(row.organisation_id),
        site: RegionCode::parse(&rows.site.region_code).ok_or_else(|| corrupt("region"))?,
        starts_on: row.starts_on,
        wage_max_minor: row.wage_max_minor,
        shifts: Shifts { day: row.shift_day, evening: row.shift_evening, night: row.shift_night },
        dormitory: row.dormitory,
        age_min: row.age_min,
        requirements: vacancies::requirements(&rows.requirements)?,
        seed: row.seed.as_slice().try_into().map_err(|_length| corrupt("seed"))?,
    })
}

/// The names of those of these people whom the viewer may read by name.
async fn names(ctx: &Ctx, ids: &[PersonId]) -> Result<HashMap<PersonId, (String, Option<CivilDate>)>, Error> {
    let scope = ctx.scope::<act::ReadPerson>()?;
    let rows = person::list_of(ctx.app.db.reader(), &scope, ids, ctx.today()).await?;
    Ok(rows.into_iter().map(|row| (PersonId(row.id), (row.name, row.birth_date))).collect())
}

/// The names of those who let the vacancy's factory know who they are; the name and nothing else.
async fn consenting(
    ctx: &Ctx,
    id: VacancyId,
) -> Result<HashMap<PersonId, (String, Option<CivilDate>)>, Error> {
    if !ctx.actor.may(act::ReadContact::ACTION) {
        return Ok(HashMap::new());
    }
    let scope = ctx.scope::<act::ReadContact>()?;
    let rows = consent::list_of_vacancy(ctx.app.db.reader(), &scope, id).await?;
    let named = |(row, name): (consent_row::Model, Option<String>)| {
        name.map(|name| (PersonId(row.person_id), (name, None)))
    };
    Ok(rows.into_iter().filter_map(named).collect())
}

fn entry(
    facts: &Facts,
    query: &Query<'_>,
    candidate: &Candidate,
    names: &HashMap<PersonId, (String, Option<CivilDate>)>,
    row: Row,
) -> Entry {
    let wishes = candidate.availability.as_ref();
    let named = names.get(&candidate.id).map(|(name, birth_date)| Named {
        id: candidate.id,
        name: name.clone(),
        nationality: match nationality::weigh(&candidate.nationalities, candidate.birthplace) {
            nationality::Finding::Local => Some(Country::CN.as_str().to_owned()),
            nationality::Finding::Foreign(country) => Some(country.as_str().to_owned()),
            nationality::Finding::Barred => Some(Country::KP.as_str().to_owned()),
            nationality::Finding::Unproved(_) => None,
        },
        birth_date: *birth_date,
    });
    Entry {
        pseudonym: pseudonym(&facts.key, candidate.id),
        named,
        held: query
            .requirements()
            .filter_map(|(requirement, _)| query.counting_claim(candidate, requirement))
            .map(|claim| Held { claim })
            .collect(),
        distance: candidate.home.map(|home| home.distance(&facts.vacancy.site)),
        county: candidate.home.map(|home| home.as_str().chars().take(6).collect()),
        available_from: wishes.map(|w| w.from),
        shifts: wishes.map(|w| w.shifts),
        row,
    }
}

/// What a factory may know of a row: no legal finding and no nationality, neither as such nor by its shape.
fn for_factory(row: Row) -> Row {
    let mut questions = Vec::with_capacity(row.questions.len());
    for question in row.questions.into_iter().map(Question::for_factory) {
        if !questions.contains(&question) {
            questions.push(question);
        }
    }
    Row { questions, reasons: Vec::new(), unlocks: None, foreign: None, ..row }
}

/// The names that a shortlist's words need, in the language of the context.
///
/// # Errors
/// What the database says.
pub async fn names_in(ctx: &Ctx, vacancy: &VacancyView, entries: &[&Entry]) -> Result<Names, Error> {
    let skills = vacancy.requirements.iter().map(|r| r.skill.0).collect::<Vec<_>>();
    let skills = label::labels_of(ctx, &skills, ctx.locale).await?;
    let codes = entries.iter().filter_map(|e| e.county.clone()).chain([vacancy.region.clone()]).collect();
    let regions = region::find_regions(ctx, &codes).await?;
    let name = |region: RegionView| match ctx.locale {
        Locale::ZhCn => region.name_zh,
        Locale::En => region.name_en,
    };
    let regions = regions.into_iter().map(|(code, region)| (code, name(region))).collect();
    Ok(Names { skills: skills.into_iter().map(|(id, name)| (SkillId(id), name)).collect(), regions })
}
