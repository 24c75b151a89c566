//! Foreign workers at the port: most bundles in order, and one of everything that can be wrong with one.

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::PersonId;
use ballast_domain::matching::candidate::Shifts;
use ballast_domain::record::skill_claim::EvidenceKind;

use super::choices::Choices;
use super::names;
use super::places::{CITY, Town};
use super::trades::{Grade, Trades, after, before, record};
use super::work::{Posted, SHOWN};
use crate::service::batch::Mode;
use crate::service::permit::permit::{NewPermit, draft_permits, submit_permit};
use crate::service::permit::permit_document::{DocumentContent, NewPermitDocument, record_permit_documents};
use crate::service::person::availability::NewAvailability;
use crate::service::person::foreign_worker::{
    NewForeignWorker, NewNationality, NewTravelDocument, register_foreign_workers,
};
use crate::service::record::skill_claim::{NewSkillClaim, record_skill_claims};
use crate::service::{Ctx, Error, Seen};

/// How many there are.
pub const WORKERS: usize = 300;
/// How many permits are drafted; every second one is handed in.
const PERMITS: usize = 18;

/// How a bundle of documents stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bundle {
    /// All of it covers the months to come.
    InOrder,
    /// The passport or pass ends before any work begins.
    TravelEnded,
    /// The health certificate has ended.
    HealthEnded,
    /// There is no training certificate.
    NoTraining,
    /// Nobody has looked at the documents.
    Unverified,
    /// Says one nationality, carries another country's passport.
    Contradicting,
    /// Born in the DPRK, with no proof of any nationality.
    BornInDprk,
    /// A record of the DPRK.
    Dprk,
    /// In order, but the worker is seventeen.
    Seventeen,
}

/// Those who would stand high in each of the lists that are shown, so that each shows what can happen.
const CAST: [Bundle; 9] = [
    Bundle::InOrder,
    Bundle::InOrder,
    Bundle::NoTraining,
    Bundle::Unverified,
    Bundle::HealthEnded,
    Bundle::TravelEnded,
    Bundle::Seventeen,
    Bundle::Dprk,
    Bundle::InOrder,
];

/// How the bundles of the others are spread, by how many of a hundred.
const SPREAD: [(usize, Bundle); 8] = [
    (66, Bundle::InOrder),
    (8, Bundle::TravelEnded),
    (8, Bundle::HealthEnded),
    (7, Bundle::NoTraining),
    (5, Bundle::Unverified),
    (3, Bundle::Contradicting),
    (1, Bundle::BornInDprk),
    (2, Bundle::Seventeen),
];

const TRADES: [(usize, &str); 9] = [
    (40, "lockstitch-sewer"),
    (14, "overlock-sewer"),
    (12, "loom-operator"),
    (8, "quality-inspector"),
    (8, "packer"),
    (6, "knitting-operator"),
    (5, "presser"),
    (4, "yarn-spinner"),
    (3, "protective-clothing-maker"),
];

/// A drawn worker.
struct Worker {
    bundle: Bundle,
    new: NewForeignWorker,
    /// The shown vacancy whose list the worker is cast for, or a trade.
    skills: Result<usize, &'static str>,
}

/// Registers the workers with their papers and records, and drafts a few permits.
///
/// # Errors
/// What the services answer.
pub async fn register(
    ctx: &Ctx,
    town: &Town,
    choices: &mut Choices,
    trades: &Trades,
    posted: &[Posted],
) -> Result<(), Error> {
    let mut workers = Vec::with_capacity(WORKERS);
    for n in 0..WORKERS {
        let cast = n < CAST.len() * SHOWN.len();
        let bundle = if cast { CAST[n % CAST.len()] } else { choices.weighted(&SPREAD) };
        let skills = if cast { Ok(n / CAST.len()) } else { Err(choices.weighted(&TRADES)) };
        workers.push(Worker { bundle, new: worker(choices, town, n, bundle, ctx.today()), skills });
    }
    let new = workers.iter().map(|worker| worker.new.clone()).collect();
    let ids = register_foreign_workers(ctx, town.bureaus[0], town.port, new, Mode::Commit).await?;
    let mut claims = Vec::new();
    for (worker, id) in workers.iter().zip(&ids) {
        match worker.skills {
            Ok(shown) => {
                let asked =
                    posted.iter().find(|post| post.reference == SHOWN[shown]).ok_or(Error::NotFound)?;
                claims.extend(cast_record(choices, *id, worker.bundle, asked, ctx.today()));
            }
            Err(trade) => {
                let grade =
                    choices.weighted(&[(30, Grade::Graduate), (60, Grade::Worker), (10, Grade::Starter)]);
                claims.extend(record(choices, *id, trades.get(trade)?, grade, ctx.today()));
            }
        }
    }
    let (own, tested): (Vec<NewSkillClaim>, Vec<NewSkillClaim>) =
        claims.into_iter().partition(|claim| claim.evidence == EvidenceKind::Own);
    record_skill_claims(ctx, Some(town.bureaus[0]), tested, Mode::Commit).await?;
    record_skill_claims(ctx, None, own, Mode::Commit).await?;
    permits(ctx, town, posted, &workers, &ids).await
}

/// Somebody who was tested well at the port for what a vacancy asks.
fn cast_record(
    choices: &mut Choices,
    person: PersonId,
    bundle: Bundle,
    asked: &Posted,
    today: CivilDate,
) -> Vec<NewSkillClaim> {
    let mut claims = Vec::new();
    // What bars for good must be seen in spite of the best record, and someone in order at least as well.
    let best = matches!(bundle, Bundle::Dprk | Bundle::InOrder);
    for requirement in &asked.requirements {
        if !best && !requirement.essential && choices.chance(8) {
            continue;
        }
        let achieved_on = before(today, choices.between(1, 6), choices.between(0, 27));
        claims.push(NewSkillClaim {
            person,
            skill: requirement.skill,
            level: i32::from(requirement.level) + i32::from(choices.chance(25)),
            evidence: choices.weighted(&[
                (if best { 75 } else { 55 }, EvidenceKind::Certified),
                (40, EvidenceKind::Assessed),
                (if best { 0 } else { 5 }, EvidenceKind::Observed),
            ]),
            achieved_on,
            last_used_on: Some(before(today, choices.between(0, 1), 0).max(achieved_on)),
            valid_until: None,
            decay: None,
            supersedes: None,
        });
    }
    claims
}

fn worker(
    choices: &mut Choices,
    town: &Town,
    n: usize,
    bundle: Bundle,
    today: CivilDate,
) -> NewForeignWorker {
    let country = choices.weighted(&[(44, "VN"), (30, "MM"), (13, "LA"), (8, "MN"), (5, "RU")]);
    let country = if bundle == Bundle::Dprk { "KP" } else { country };
    let female = choices.chance(72);
    let name = names::foreign(choices, country, female);
    let birth = match bundle {
        Bundle::Seventeen => before(today, 17 * 12 + choices.between(5, 9), choices.between(1, 27)),
        _ => before(today, choices.between(19, 41) * 12, choices.between(1, 364)),
    };
    let carried = if bundle == Bundle::Contradicting && country == "VN" { "LA" } else { country };
    let carried = if bundle == Bundle::Contradicting && country != "VN" { "VN" } else { carried };
    let seen =
        if matches!(bundle, Bundle::Unverified | Bundle::BornInDprk) { "unverified" } else { "sighted" };
    let proved = !matches!(bundle, Bundle::Unverified | Bundle::BornInDprk | Bundle::Contradicting);
    let village = loop {
        let village = choices.pick(&town.villages);
        if !village.of_neighbour {
            break village;
        }
    };
    NewForeignWorker {
        name: name.own,
        name_latin: Some(name.latin),
        birth_date: Some(birth),
        sex: Some(if female { "female" } else { "male" }.to_owned()),
        birth_country: Some(if bundle == Bundle::BornInDprk { "KP" } else { country }.to_owned()),
        home_region: choices.chance(80).then(|| village.code.clone()),
        travel_document: Some(travel(choices, n, bundle, carried, seen, today)),
        nationality: Some(NewNationality {
            country: country.to_owned(),
            evidence: if proved { "document" } else { "self_declared" }.to_owned(),
        }),
        documents: papers(choices, bundle, seen, today),
        phone: None,
        availability: wishes(choices, n, today),
    }
}

fn travel(
    choices: &mut Choices,
    n: usize,
    bundle: Bundle,
    country: &str,
    seen: &str,
    today: CivilDate,
) -> NewTravelDocument {
    let neighbour = matches!(country, "VN" | "MM" | "LA" | "MN");
    let pass = neighbour && choices.chance(35);
    let (from, until) = if bundle == Bundle::TravelEnded {
        let until = after(today, choices.between(-40, 8));
        (before(until, 60, 0), until)
    } else if pass {
        let from = after(today, -choices.between(5, 60));
        (from, after(from, 364))
    } else {
        let until = after(today, choices.between(300, 2_400));
        (before(until, 120, 0), until)
    };
    NewTravelDocument {
        kind: if pass { "border_pass" } else { "passport" }.to_owned(),
        country: country.to_owned(),
        number: format!("{}{:07}", if pass { "T" } else { "C" }, 4_100_000 + 37 * n),
        valid_from: Some(from),
        valid_until: Some(until),
        verification: seen.to_owned(),
    }
}

fn papers(choices: &mut Choices, bundle: Bundle, seen: &str, today: CivilDate) -> Vec<DocumentContent> {
    let paper = |kind: &str, issuer: &str, from: CivilDate, until: CivilDate| DocumentContent {
        kind: kind.to_owned(),
        issuer: issuer.to_owned(),
        valid_from: Some(from),
        valid_until: Some(until),
        verification: seen.to_owned(),
    };
    let health_until = match bundle {
        Bundle::HealthEnded => after(today, choices.between(-60, 9)),
        _ => after(today, choices.between(90, 340)),
    };
    let health =
        paper("health_certificate", "绫江国际旅行卫生保健中心", after(health_until, -364), health_until);
    let from = after(today, -choices.between(10, 200));
    let training = paper("training_certificate", "绫江市纺织职业技术学校", from, after(from, 729));
    match bundle {
        Bundle::NoTraining => vec![health],
        _ => vec![health, training],
    }
}

fn wishes(choices: &mut Choices, n: usize, today: CivilDate) -> Option<NewAvailability> {
    // Those who are cast have all said what they want.
    let cast = n < CAST.len() * SHOWN.len();
    if !cast && choices.chance(5) {
        return None;
    }
    let county = format!("{CITY}{:02}", choices.between(1, 5));
    Some(NewAvailability {
        from: after(today, if cast { 0 } else { choices.between(-30, 25) }),
        until: None,
        regions: vec![if cast || choices.chance(55) { CITY.to_owned() } else { county }],
        wage_min_minor: (cast || choices.chance(93)).then_some(10_000 * choices.between(36, 47)),
        shifts: Shifts { day: true, evening: choices.chance(85), night: choices.chance(60) },
        dormitory: Some(choices.chance(85)),
    })
}

/// Drafts permits for workers who are in order or nearly so, and hands every second one in with its papers.
async fn permits(
    ctx: &Ctx,
    town: &Town,
    posted: &[Posted],
    workers: &[Worker],
    ids: &[PersonId],
) -> Result<(), Error> {
    let fits = |bundle| matches!(bundle, Bundle::InOrder | Bundle::HealthEnded | Bundle::NoTraining);
    let others = workers.iter().zip(ids).skip(CAST.len() * SHOWN.len());
    let mut people = others.filter(|(worker, _)| fits(worker.bundle)).map(|(_, id)| *id);
    for n in 0..PERMITS {
        let (Some(person), Some(post)) = (people.next(), posted.get(2 * n)) else { break };
        let permit = NewPermit {
            person,
            port: town.port,
            vacancy: Some(post.id),
            reference: format!("LJ-P-2026-{:05}", 3_187 + 9 * n),
            starts_on: post.starts_on,
            ends_on: after(post.starts_on, 364),
        };
        let employer = town.factories[post.factory];
        let id = *draft_permits(ctx, employer, vec![permit], Mode::Commit)
            .await?
            .first()
            .ok_or(Error::NotFound)?;
        if n % 2 == 1 {
            continue;
        }
        let paper = |(kind, issuer): (&str, &str)| NewPermitDocument {
            person,
            permit: Some(id),
            content: DocumentContent {
                kind: kind.to_owned(),
                issuer: issuer.to_owned(),
                valid_from: Some(post.starts_on),
                valid_until: Some(after(post.starts_on, 364)),
                verification: "sighted".to_owned(),
            },
            supersedes: None,
        };
        let kinds = [
            ("work_registration", "绫江市人力资源和社会保障局"),
            ("accident_insurance", "江岸财产保险（虚构）"),
            ("contract", "用人单位"),
        ];
        record_permit_documents(ctx, kinds.into_iter().map(paper).collect(), Mode::Commit).await?;
        submit_permit(ctx, id, &Seen::Whatever).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_are_barred_for_good_and_every_other_fault_occurs() {
        let barred = SPREAD.iter().any(|(_, bundle)| *bundle == Bundle::Dprk);
        assert!(!barred, "only those who are cast");
        assert_eq!(CAST.iter().filter(|bundle| **bundle == Bundle::Dprk).count() * SHOWN.len(), 3);
        assert_eq!(SPREAD.iter().map(|(share, _)| share).sum::<usize>(), 100);
        assert_eq!(TRADES.iter().map(|(share, _)| share).sum::<usize>(), 100);
    }
}
