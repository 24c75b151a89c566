//! The shortlist of a vacancy, with every figure that a score is made of.

use ballast_domain::base::id::{PersonId, VacancyId};
use ballast_domain::base::region::Distance;
use ballast_domain::matching::profile::SCORE_MAX;
use ballast_domain::matching::score::{Addend, Component, Working};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use crate::api::Tag;
use crate::api::person::person::{Shift, shifts};
use crate::api::scalar::Limit;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::Ctx;
use crate::service::matching::shortlist::{self as shortlists, Entries, Entry, NotListed, ShortlistView};
use crate::words::Words;
use crate::words::matching::{self as say, Names};

/// Ranked people for a vacancy.
pub struct ShortlistApi;

/// What an addend is for.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "snake_case")]
enum AddendComponent {
    /// One required skill.
    Skill,
    /// Certificates for the essential skills.
    Certificate,
    /// How the wish lies to the wage.
    Wage,
    /// Distance or dormitory.
    Place,
    /// Shifts taken.
    Shift,
    /// A joint class of this factory.
    JointClass,
}

/// One addend of a score. A skill is `floor(points_max × min(have, need) × evidence_permille ×
/// decay_permille / (need × 1000 × 1000))`, a share `floor(points_max × part / whole)`.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none, rename = "ShortlistAddend")]
struct AddendBody {
    /// What it is for.
    component: AddendComponent,
    /// The skill, for a skill.
    skill_id: Option<Uuid>,
    /// Whether the skill is essential, for a skill.
    essential: Option<bool>,
    /// Its name in the language of the request.
    label: String,
    /// The working in words and figures.
    working: String,
    /// The most that it could add.
    points_max: u32,
    /// The level held.
    have: Option<u8>,
    /// The level asked.
    need: Option<u8>,
    /// Who stands behind the claim.
    evidence: Option<String>,
    /// How far that counts, per mille.
    evidence_permille: Option<u32>,
    /// Whole months since the last use.
    months_unused: Option<u32>,
    /// What is left after them, per mille.
    decay_permille: Option<u32>,
    /// How many, for a share.
    part: Option<u32>,
    /// Of how many, for a share.
    whole: Option<u32>,
    /// Whether nothing is known: adds 0, and is not a failure.
    unknown: bool,
    /// What it adds.
    points: u32,
}

/// A person by name, for those who may know it.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct ShortlistPerson {
    /// Id.
    id: Uuid,
    /// As written in the person's own script.
    name: String,
    /// Proved nationality (ISO 3166), if any.
    nationality: Option<String>,
    /// Birth date.
    birth_date: Option<chrono::NaiveDate>,
}

/// A skill of the vacancy that the person has a claim about.
#[derive(Debug, Object)]
struct ShortlistSkill {
    /// The skill.
    skill_id: Uuid,
    /// Its name in the language of the request.
    label: String,
    /// The level, 0 to 7.
    level: u8,
    /// Who stands behind the claim.
    evidence: String,
}

/// Why somebody is not feasible.
#[derive(Debug, Object)]
struct ShortlistReason {
    /// The check or the coded reason, such as `C8` or `R-11`.
    rule: String,
    /// What was needed and what was found, in words.
    text: String,
}

/// One person in a list.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct ShortlistEntry {
    /// The place in its list, from 1.
    rank: u32,
    /// The code by which this factory knows the person.
    pseudonym: String,
    /// The person by name; absent where the caller may not know it.
    person: Option<ShortlistPerson>,
    /// Where the person stands, in words.
    standing: String,
    /// The sum of the addends.
    score: u32,
    /// The addends; they sum to the score.
    addends: Vec<AddendBody>,
    /// Claims about the vacancy's skills.
    skills: Vec<ShortlistSkill>,
    /// How near home is to the site.
    distance: Option<String>,
    /// The county where the person lives.
    county: Option<String>,
    /// The first free day.
    available_from: Option<chrono::NaiveDate>,
    /// Shifts that the person takes.
    shifts: Vec<Shift>,
    /// What is to be found out, in words.
    questions: Vec<String>,
    /// Why the person is not feasible; for officials.
    reasons: Vec<ShortlistReason>,
    /// What would make every reason go away, in words; for officials. Absent when one has no cure.
    unlocks: Option<Vec<String>>,
    /// `not_checked` for a person who would need a place under a quota; for officials.
    quota: Option<String>,
}

/// One list.
#[derive(Debug, Object)]
struct ShortlistPart {
    /// How many people stand so.
    total: u64,
    /// The first of them, best first.
    items: Vec<ShortlistEntry>,
}

/// How many people one coded reason keeps out, as a band.
#[derive(Debug, Object)]
struct ShortlistBand {
    /// Such as `R-11`.
    code: String,
    /// In words.
    reason: String,
    /// `fewer_than_10` (nobody too), `10_49`, `50_199` or `200_or_more`.
    band: String,
    /// What would change it, in words.
    change: String,
}

/// How many people one coded reason keeps out.
#[derive(Debug, Object)]
struct ShortlistCount {
    /// Such as `R-11`.
    code: String,
    /// In words.
    reason: String,
    /// How many.
    people: u64,
}

/// What the list rests on.
#[derive(Debug, Object)]
struct ShortlistProfile {
    /// The profile's name.
    name: String,
    /// Its version.
    version: u32,
    /// SHA-256 of its file.
    sha256: String,
}

/// A shortlist. What is shown depends on who asks: a factory sees pseudonyms and bands, an official of the
/// region names and reasons.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct Shortlist {
    /// The vacancy.
    vacancy_id: Uuid,
    /// The day of the question.
    day: chrono::NaiveDate,
    /// How many entries of the log the answer knows; told to officials.
    position: Option<u64>,
    /// The weights.
    profile: ShortlistProfile,
    /// What a full score is.
    score_max: u32,
    /// Quota headroom is not checked here and removes nobody.
    quota: String,
    /// Who can be hired as far as anybody knows.
    qualified: ShortlistPart,
    /// About whom something is to be found out; at least one essential is proved.
    to_verify: ShortlistPart,
    /// Every coded reason with its band; for factories.
    not_listed: Option<Vec<ShortlistBand>>,
    /// Only a level is missing; for officials.
    below_floor: Option<ShortlistPart>,
    /// A hard filter fails, first those who would rank highest; for officials.
    removed: Option<ShortlistPart>,
    /// People by coded reason; for officials.
    counts: Option<Vec<ShortlistCount>>,
    /// No failed filter and no proved essential skill; for officials.
    unproved: Option<u64>,
    /// How many people were considered; for officials.
    considered: Option<u64>,
}

#[OpenApi(prefix_path = "/vacancies", tag = "Tag::Matching")]
impl ShortlistApi {
    /// Rank people for a vacancy
    ///
    /// Ties fall by a hash that is seeded per vacancy. The reading is logged.
    #[oai(path = "/:id/shortlist", method = "get", operation_id = "get_shortlist")]
    async fn get(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        /// People of each list, 1 to 200.
        top: Query<Option<Limit>>,
    ) -> Result<Json<Shortlist>, Problem> {
        let ctx = caller.ctx();
        let top = top.0.map_or(shortlists::TOP_DEFAULT, |top| usize::try_from(top.0).unwrap_or(usize::MAX));
        let view = shortlists::get_shortlist(ctx, VacancyId(id.0), top).await?;
        let names = shortlists::names_in(ctx, &view.vacancy, &[]).await?;
        Ok(Json(body(ctx, view, &names)))
    }

    /// Ask why one person stands where they stand
    ///
    /// For officials, about people of their region. The reading is logged.
    #[oai(path = "/:id/shortlist/people/:person_id", method = "get", operation_id = "get_shortlist_person")]
    async fn why(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        person_id: Path<Uuid>,
    ) -> Result<Json<ShortlistEntry>, Problem> {
        let ctx = caller.ctx();
        let (head, entry) = shortlists::explain_person(ctx, VacancyId(id.0), PersonId(person_id.0)).await?;
        let names = shortlists::names_in(ctx, &head.vacancy, &[]).await?;
        Ok(Json(one(Words(ctx.locale), &names, 1, entry, true)))
    }
}

fn body(ctx: &Ctx, view: ShortlistView, names: &Names) -> Shortlist {
    let words = Words(ctx.locale);
    let explained = view.explained;
    let part = |list: Entries| ShortlistPart {
        total: list.total,
        items: (1..).zip(list.rows).map(|(rank, entry)| one(words, names, rank, entry, explained)).collect(),
    };
    let mut shortlist = Shortlist {
        vacancy_id: view.vacancy.id.0,
        day: view.day,
        position: view.position,
        profile: ShortlistProfile { name: view.profile.0, version: view.profile.1, sha256: view.profile.2 },
        score_max: SCORE_MAX,
        quota: "not_checked".to_owned(),
        qualified: part(view.qualified),
        to_verify: part(view.to_verify),
        not_listed: None,
        below_floor: None,
        removed: None,
        counts: None,
        unproved: None,
        considered: view.considered,
    };
    match view.not_listed {
        NotListed::Bands(bands) => {
            let band = |(code, band): (ballast_domain::matching::filter::Code, shortlists::Band)| {
                let (reason, change) = say::code(words, code);
                ShortlistBand { code: code.code().to_owned(), reason, band: band.code().to_owned(), change }
            };
            shortlist.not_listed = Some(bands.into_iter().map(band).collect());
        }
        NotListed::People { below_floor, removed, unproved, counts } => {
            shortlist.below_floor = Some(part(below_floor));
            shortlist.removed = Some(part(removed));
            shortlist.unproved = Some(unproved);
            let count = |(code, people): (ballast_domain::matching::filter::Code, u64)| ShortlistCount {
                code: code.code().to_owned(),
                reason: say::code(words, code).0,
                people,
            };
            shortlist.counts = Some(counts.into_iter().map(count).collect());
        }
    }
    shortlist
}

fn one(words: Words, names: &Names, rank: u32, entry: Entry, explained: bool) -> ShortlistEntry {
    let row = entry.row;
    ShortlistEntry {
        rank,
        pseudonym: entry.pseudonym,
        person: entry.named.map(|named| ShortlistPerson {
            id: named.id.0,
            name: named.name,
            nationality: named.nationality,
            birth_date: named.birth_date,
        }),
        standing: say::standing(words, row.standing),
        score: row.score,
        addends: row.addends.iter().map(|a| addend(words, names, a)).collect(),
        skills: entry
            .held
            .iter()
            .map(|held| ShortlistSkill {
                skill_id: held.claim.skill.0,
                label: say::skill(names, held.claim.skill),
                level: held.claim.level,
                evidence: held.claim.evidence.code().to_owned(),
            })
            .collect(),
        distance: entry.distance.map(distance_code),
        county: entry.county,
        available_from: entry.available_from,
        shifts: entry.shifts.map(shifts).unwrap_or_default(),
        questions: row.questions.iter().map(|q| say::question(words, names, *q)).collect(),
        reasons: row
            .reasons
            .iter()
            .map(|r| ShortlistReason {
                rule: say::reason_rule(*r).to_owned(),
                text: say::reason(words, names, *r),
            })
            .collect(),
        unlocks: row
            .unlocks
            .filter(|_| explained)
            .map(|unlocks| unlocks.iter().map(|u| say::unlock(words, names, *u)).collect()),
        quota: (explained && row.foreign == Some(true)).then(|| "not_checked".to_owned()),
    }
}

fn distance_code(distance: Distance) -> String {
    match distance {
        Distance::Village => "same_village",
        Distance::Township => "same_township",
        Distance::County => "same_county",
        Distance::City => "same_city",
        Distance::Province => "same_province",
        Distance::Elsewhere => "elsewhere",
    }
    .to_owned()
}

fn addend(words: Words, names: &Names, addend: &Addend) -> AddendBody {
    let (component, skill) = match addend.component {
        Component::Skill { skill, essential } => (AddendComponent::Skill, Some((skill.0, essential))),
        Component::Certificate => (AddendComponent::Certificate, None),
        Component::Wage => (AddendComponent::Wage, None),
        Component::Place => (AddendComponent::Place, None),
        Component::Shift => (AddendComponent::Shift, None),
        Component::JointClass => (AddendComponent::JointClass, None),
    };
    let mut body = AddendBody {
        component,
        skill_id: skill.map(|(id, _)| id),
        essential: skill.map(|(_, essential)| essential),
        label: say::component(words, names, addend.component),
        working: say::working(words, addend),
        points_max: 0,
        have: None,
        need: None,
        evidence: None,
        evidence_permille: None,
        months_unused: None,
        decay_permille: None,
        part: None,
        whole: None,
        unknown: false,
        points: addend.points,
    };
    match addend.working {
        Working::Skill { points_max, have, need, evidence, evidence_permille, months, decay_permille } => {
            body.points_max = points_max;
            body.have = Some(have);
            body.need = Some(need);
            body.evidence = Some(evidence.code().to_owned());
            body.evidence_permille = Some(evidence_permille);
            body.months_unused = Some(months);
            body.decay_permille = Some(decay_permille);
        }
        Working::Share { points_max, part, whole } => {
            body.points_max = points_max;
            body.part = Some(part);
            body.whole = Some(whole);
        }
        Working::Step { points_max } => body.points_max = points_max,
        Working::Unknown { points_max } => {
            body.points_max = points_max;
            body.unknown = true;
        }
    }
    body
}
