//! What a process keeps in memory by following the feed is what it would read afresh, whenever it was killed.

use std::collections::BTreeSet;
use std::sync::Arc;

use ballast::outside::random::Random;
use ballast::outside::witness::Witness;
use ballast::service::audit::sequencer::{seal_all, seal_batch};
use ballast::service::batch::Mode;
use ballast::service::matching::catalogue::{follow, position};
use ballast::service::permit::permit_document::{
    DocumentContent, NewPermitDocument, record_permit_documents,
};
use ballast::service::person::availability::{NewAvailability, record_availability};
use ballast::service::person::person::{NewPerson, register_people};
use ballast::service::record::skill_claim::{NewSkillClaim, record_skill_claims};
use ballast::service::training::enrolment::{NewEnrolment, enrol_trainees, withdraw_enrolment};
use ballast::service::{App, Ctx, Error, Seen};
use ballast_domain::base::id::{EnrolmentId, JointClassId, PersonId, SkillId};
use ballast_domain::matching::candidate::Shifts;
use ballast_domain::record::skill_claim::EvidenceKind;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::harness::{Place, TestApp, cut_after, installation_with, random_seed};
use crate::service::day;
use crate::service::person::foreign_worker::{register, worker};

/// Writers at once.
const WRITERS: u64 = 4;
/// Changes of each.
const CHANGES: usize = 40;
/// Followers at once, besides the one that is never killed.
const FOLLOWERS: u64 = 3;

fn below(random: &Random, end: usize) -> usize {
    usize::from(u16::from_be_bytes(random.bytes())) % end
}

/// Changes whatever the matcher knows of people, those that it has registered itself among them.
struct Writer {
    n: u64,
    random: Random,
    school: Ctx,
    official: Ctx,
    home: Place,
    people: Vec<PersonId>,
    workers: Vec<PersonId>,
    enrolled: Vec<EnrolmentId>,
}

impl Writer {
    async fn write(mut self) {
        self.register(0).await;
        for change in 1..=CHANGES {
            match below(&self.random, 7) {
                0 => self.register(change).await,
                1 => self.want().await,
                2 | 3 => self.claim().await,
                4 => self.enrol().await,
                5 => self.withdraw().await,
                _ => self.examine(change).await,
            }
        }
    }

    fn anybody(&self) -> PersonId {
        self.people[below(&self.random, self.people.len())]
    }

    /// Somebody of whom no more than a name is known, and who seeks no work yet.
    async fn register(&mut self, change: usize) {
        let name = format!("Person {}-{change}", self.n);
        let new = NewPerson { name, home_region: Some("219001".to_owned()), ..NewPerson::default() };
        let school = self.home.school;
        self.people.extend(register_people(&self.school, school, vec![new], Mode::Commit).await.unwrap());
    }

    async fn want(&self) {
        let wishes = NewAvailability {
            from: day(2026, 12, 1),
            until: None,
            regions: vec!["2190".to_owned()],
            wage_min_minor: Some(300_000 + i64::try_from(below(&self.random, 9)).unwrap() * 10_000),
            shifts: Shifts { day: true, evening: below(&self.random, 2) == 0, night: false },
            dormitory: None,
        };
        record_availability(&self.school, self.anybody(), wishes).await.unwrap();
    }

    async fn claim(&self) {
        let claim = NewSkillClaim {
            person: self.anybody(),
            skill: SkillId(self.home.skill),
            level: i32::try_from(below(&self.random, 7)).unwrap() + 1,
            evidence: EvidenceKind::Assessed,
            achieved_on: day(2026, 11, 1),
            last_used_on: None,
            valid_until: None,
            decay: None,
            supersedes: None,
        };
        let voucher = Some(self.home.school);
        record_skill_claims(&self.school, voucher, vec![claim], Mode::Commit).await.unwrap();
    }

    async fn enrol(&mut self) {
        let joint_class = JointClassId(self.home.joint_class);
        let new = vec![NewEnrolment { joint_class, person: self.anybody() }];
        match enrol_trainees(&self.school, self.home.school, new, Mode::Commit).await {
            Ok(enrolled) => self.enrolled.extend(enrolled),
            Err(Error::Refused(_) | Error::Duplicate(_) | Error::Invalid(_)) => {}
            Err(error) => panic!("{error:?}"),
        }
    }

    async fn withdraw(&mut self) {
        if let Some(enrolment) = self.enrolled.pop() {
            withdraw_enrolment(&self.school, enrolment, &Seen::Whatever, day(2026, 11, 24)).await.unwrap();
        }
    }

    /// A foreign worker is registered with all papers, or gets another one.
    async fn examine(&mut self, change: usize) {
        let Some(person) = self.workers.last().copied().filter(|_| below(&self.random, 2) == 0) else {
            let new = worker("VN", &format!("N{}X{change}", self.n));
            self.workers.extend(register(&self.official, &self.home, vec![new]).await.unwrap());
            return;
        };
        let content = DocumentContent {
            kind: "health_certificate".to_owned(),
            issuer: format!("Clinic {change}"),
            valid_from: Some(day(2026, 11, 2)),
            valid_until: Some(day(2027, 11, 1)),
            verification: "sighted".to_owned(),
        };
        let new = vec![NewPermitDocument { person, permit: None, content, supersedes: None }];
        record_permit_documents(&self.official, new, Mode::Commit).await.unwrap();
    }
}

/// Another process on the same database, which remembers nothing.
async fn started(app: &Arc<App>, seed: u64) -> Arc<App> {
    installation_with(app.db.clone(), seed, Witness::default()).await
}

/// What a follower went through: how often it began anew, went on, and was cut off.
#[derive(Debug, Default)]
struct Life {
    starts: u64,
    steps: u64,
    cuts: u64,
}

/// Follows, is cut off anywhere every second time, and begins anew every so often.
async fn follow_and_die(
    app: Arc<App>,
    random: Random,
    seed: u64,
    mut writing: watch::Receiver<bool>,
) -> Life {
    let mut life = Life::default();
    let mut process = started(&app, seed).await;
    while *writing.borrow_and_update() {
        if position(&process) == 0 {
            follow(&Ctx::of_machinery(process.clone())).await.unwrap();
        }
        let before = position(&process);
        let ctx = Ctx::of_machinery(process.clone());
        if cut_after(1 + below(&random, 12), follow(&ctx)).await.is_none() {
            life.cuts += 1;
        }
        follow(&ctx).await.unwrap();
        assert!(position(&process) >= before, "a follower never goes back");
        life.steps += u64::from(position(&process) > before);
        if below(&random, 12) == 0 {
            life.starts += 1;
            process = started(&app, seed + life.starts).await;
        }
        tokio::task::yield_now().await;
    }
    assert_fresh(&app, &process).await;
    life
}

/// A follower that is at the end of the log knows what one that reads everybody knows.
async fn assert_fresh(app: &Arc<App>, follower: &Arc<App>) {
    let size = seal_all(app).await.unwrap();
    let followed = follow(&Ctx::of_machinery(follower.clone())).await.unwrap();
    let fresh = follow(&Ctx::of_machinery(started(app, 1).await)).await.unwrap();
    assert_eq!((followed.position, fresh.position), (size, size));
    let ids = |people: &[Arc<ballast_domain::matching::candidate::Candidate>]| {
        people.iter().map(|candidate| candidate.id).collect::<BTreeSet<_>>()
    };
    assert_eq!(ids(&followed.candidates), ids(&fresh.candidates));
    assert_eq!(followed.candidates.len(), fresh.candidates.len());
    for (one, other) in followed.candidates.iter().zip(&fresh.candidates) {
        assert_eq!(format!("{one:?}"), format!("{other:?}"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn followers_that_were_killed_anywhere_know_what_a_fresh_reading_gives() {
    let seed = random_seed();
    eprintln!("seed {seed}");
    let app = TestApp::start().await;
    assert!(seal_all(&app.app).await.unwrap() > 0);
    let whole = started(&app.app, seed).await;
    let begun = follow(&Ctx::of_machinery(whole.clone())).await.unwrap();
    let (school, official) = (app.school().ctx().await, app.official().ctx().await);
    let mut writers = JoinSet::new();
    for n in 0..WRITERS {
        let writer = Writer {
            n,
            random: Random::seeded(seed + n),
            school: school.clone(),
            official: official.clone(),
            home: app.town.home.clone(),
            people: Vec::new(),
            workers: Vec::new(),
            enrolled: Vec::new(),
        };
        writers.spawn(writer.write());
    }
    let (writes, writing) = watch::channel(true);
    let mut followers = JoinSet::new();
    for n in 1..=FOLLOWERS {
        let random = Random::seeded(seed + 1000 * n);
        followers.spawn(follow_and_die(app.app.clone(), random, seed + 1000 * n, writing.clone()));
    }
    let sequencer = async {
        while *writing.borrow() {
            seal_batch(&app.app).await.unwrap();
            follow(&Ctx::of_machinery(whole.clone())).await.unwrap();
            tokio::task::yield_now().await;
        }
    };
    let all_written = async {
        while let Some(written) = writers.join_next().await {
            written.unwrap();
        }
        writes.send(false).unwrap();
    };
    tokio::join!(sequencer, all_written);
    let mut lives = Life::default();
    while let Some(ended) = followers.join_next().await {
        let life = ended.unwrap();
        lives.starts += life.starts;
        lives.steps += life.steps;
        lives.cuts += life.cuts;
    }
    assert!(lives.starts > 2 && lives.steps > 2 && lives.cuts > 2, "{lives:?}");
    assert_fresh(&app.app, &whole).await;
    let end = position(&whole);
    assert!(end > begun.position + WRITERS * 20, "{} entries were followed", end - begun.position);
}
