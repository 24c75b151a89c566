//! Who stands where on a shortlist, and what each viewer is shown of it.

use std::collections::{BTreeMap, BTreeSet};

use ballast::entity::audit::{audit_entry, audit_subject};
use ballast::entity::person::person;
use ballast::service::batch::Mode;
use ballast::service::hiring::vacancy::post_vacancies;
use ballast::service::matching::shortlist::{Band, NotListed, ShortlistView, get_shortlist};
use ballast::service::person::availability::NewAvailability;
use ballast::service::person::foreign_worker::NewForeignWorker;
use ballast::service::person::person::{NewPerson, register_people};
use ballast::service::poverty::household::{NewHousehold, NewMember, register_households};
use ballast::service::record::skill_claim::{NewSkillClaim, record_skill_claims};
use ballast::service::training::agreement::{NewAgreement, sign_agreements};
use ballast::service::training::enrolment::{NewEnrolment, enrol_trainees, finish_enrolments};
use ballast::service::training::joint_class::{NewJointClass, open_joint_classes};
use ballast::service::{Ctx, Seen};
use ballast_domain::base::id::{
    JointClassId, OccupationId, OrganisationId, PersonId, SkillClaimId, SkillId, VacancyId,
};
use ballast_domain::matching::candidate::Shifts;
use ballast_domain::record::skill_claim::EvidenceKind;
use ballast_domain::training::joint_class::PlannedModule;
use poem::http::StatusCode;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::Value;

use crate::harness::{Place, TestApp};
use crate::service::day;
use crate::service::hiring::vacancy::post;
use crate::service::person::foreign_worker::{register, worker};

/// Every key of the answer to a factory, by its way from the top; the rows of both lists are of one kind. What is
/// not here is not for a factory.
const FOR_FACTORIES: [&str; 51] = [
    "day",
    "not_listed",
    "not_listed.band",
    "not_listed.change",
    "not_listed.code",
    "not_listed.reason",
    "profile",
    "profile.name",
    "profile.sha256",
    "profile.version",
    "qualified",
    "qualified.items",
    "qualified.items.addends",
    "qualified.items.addends.component",
    "qualified.items.addends.decay_permille",
    "qualified.items.addends.essential",
    "qualified.items.addends.evidence",
    "qualified.items.addends.evidence_permille",
    "qualified.items.addends.have",
    "qualified.items.addends.label",
    "qualified.items.addends.months_unused",
    "qualified.items.addends.need",
    "qualified.items.addends.part",
    "qualified.items.addends.points",
    "qualified.items.addends.points_max",
    "qualified.items.addends.skill_id",
    "qualified.items.addends.unknown",
    "qualified.items.addends.whole",
    "qualified.items.addends.working",
    "qualified.items.available_from",
    "qualified.items.county",
    "qualified.items.distance",
    "qualified.items.pseudonym",
    "qualified.items.questions",
    "qualified.items.rank",
    "qualified.items.reasons",
    "qualified.items.score",
    "qualified.items.shifts",
    "qualified.items.skills",
    "qualified.items.skills.evidence",
    "qualified.items.skills.label",
    "qualified.items.skills.level",
    "qualified.items.skills.skill_id",
    "qualified.items.standing",
    "qualified.total",
    "quota",
    "score_max",
    "to_verify",
    "to_verify.items",
    "to_verify.total",
    "vacancy_id",
];

/// Those whom the tests rank besides the town's own people, by name.
struct Cast {
    app: TestApp,
    ids: BTreeMap<&'static str, PersonId>,
}

/// A citizen number with the check character that fits (GB 11643, ISO 7064 MOD 11-2).
fn citizen_number(sequence: u32) -> String {
    let body = format!("21900120040506{sequence:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{body}{}", char::from(b"10X98765432"[sum as usize % 11]))
}

fn wishes(wage_min_minor: i64) -> NewAvailability {
    NewAvailability {
        from: day(2026, 12, 1),
        until: None,
        regions: vec!["2190".to_owned()],
        wage_min_minor: Some(wage_min_minor),
        shifts: Shifts { day: true, evening: true, night: false },
        dormitory: Some(false),
    }
}

/// Somebody from the county of the plant whose nationality is proved.
fn local(name: &str, sequence: u32, wage_min_minor: i64) -> NewPerson {
    NewPerson {
        name: name.to_owned(),
        citizen_number: Some(citizen_number(sequence)),
        home_region: Some("219001".to_owned()),
        availability: Some(wishes(wage_min_minor)),
        ..NewPerson::default()
    }
}

fn claim(place: &Place, person: PersonId, level: i32) -> NewSkillClaim {
    NewSkillClaim {
        person,
        skill: SkillId(place.skill),
        level,
        evidence: EvidenceKind::Assessed,
        achieved_on: day(2026, 11, 1),
        last_used_on: None,
        valid_until: None,
        decay: None,
        supersedes: None,
    }
}

async fn record(ctx: &Ctx, voucher: OrganisationId, new: NewSkillClaim) -> SkillClaimId {
    record_skill_claims(ctx, Some(voucher), vec![new], Mode::Commit).await.unwrap()[0]
}

impl Cast {
    /// Registers, certifies and enrols them, each through the use case for it.
    async fn gather() -> Self {
        let app = TestApp::start().await;
        let (home, school) = (app.town.home.clone(), app.school().ctx().await);
        let names =
            ["Plain", "Enrolled", "Finished", "Elsewhere", "Low", "Dear", "Corrected", "Expired", "Vain"];
        let wage = |name: &str| if name == "Dear" { 600_000 } else { 400_000 };
        let new = (1..).zip(names).map(|(n, name)| local(name, n, wage(name))).collect();
        let people = register_people(&school, home.school, new, Mode::Commit).await.unwrap();
        let mut ids: BTreeMap<_, _> = names.into_iter().zip(people).collect();
        for name in ["Plain", "Enrolled", "Finished", "Elsewhere", "Dear", "Corrected"] {
            record(&school, home.school, claim(&home, ids[name], 4)).await;
        }
        record(&school, home.school, claim(&home, ids["Low"], 2)).await;
        let expired = NewSkillClaim {
            achieved_on: day(2026, 1, 5),
            valid_until: Some(day(2026, 11, 23)),
            evidence: EvidenceKind::Certified,
            ..claim(&home, ids["Expired"], 7)
        };
        record(&school, home.school, expired).await;
        let own = NewSkillClaim { evidence: EvidenceKind::Own, ..claim(&home, ids["Vain"], 7) };
        record_skill_claims(&app.operator(), None, vec![own], Mode::Commit).await.unwrap();
        for name in ["Abroad", "Barred", "Unpapered"] {
            let country = if name == "Barred" { "KP" } else { "VN" };
            let number = format!("N{}", name.to_uppercase());
            let mut new = NewForeignWorker {
                name: name.to_owned(),
                availability: Some(wishes(400_000)),
                ..worker(country, &number)
            };
            if name == "Unpapered" {
                new.documents.clear();
            }
            let id = register(&app.official().ctx().await, &home, vec![new]).await.unwrap()[0];
            record(&app.operator(), home.bureau, claim(&home, id, 4)).await;
            ids.insert(name, id);
        }
        let cast = Self { app, ids };
        cast.send_to_classes(&school).await;
        cast.correct(&school).await;
        cast
    }

    /// One is in a class of the vacancy's factory, one has finished it, one is in a class of another factory.
    async fn send_to_classes(&self, school: &Ctx) {
        let home = &self.app.town.home;
        let agreement = NewAgreement {
            factory: self.app.town.other.factory,
            title_zh: "协议".to_owned(),
            title_en: "Agreement".to_owned(),
            valid_from: day(2026, 1, 1),
            valid_until: None,
        };
        let agreement = sign_agreements(school, home.school, vec![agreement], Mode::Commit).await.unwrap()[0];
        let class = NewJointClass {
            agreement,
            occupation: OccupationId(home.occupation),
            reference: "C-9".to_owned(),
            title_zh: "班".to_owned(),
            title_en: "Class".to_owned(),
            starts_on: day(2026, 9, 1),
            ends_on: day(2027, 6, 30),
            seats: 30,
            modules: vec![PlannedModule { skill: SkillId(home.skill), level: 4, hours: 120 }],
        };
        let elsewhere = open_joint_classes(school, home.school, vec![class], Mode::Commit).await.unwrap()[0];
        let here = JointClassId(home.joint_class);
        let row = |joint_class, name: &str| NewEnrolment { joint_class, person: self.ids[name] };
        let new = vec![row(here, "Enrolled"), row(here, "Finished"), row(elsewhere, "Elsewhere")];
        let enrolled = enrol_trainees(school, home.school, new, Mode::Commit).await.unwrap();
        finish_enrolments(school, vec![enrolled[1]], &Seen::Whatever, day(2026, 11, 24), Mode::Commit)
            .await
            .unwrap();
    }

    /// A level was read wrongly, and the right one takes its place.
    async fn correct(&self, school: &Ctx) {
        let (home, who) = (&self.app.town.home, self.ids["Corrected"]);
        let record_of = ballast::service::record::skill_claim::list_skill_claims;
        let wrong = record_of(school, who, false, crate::service::ALL).await.unwrap().items[0].id;
        let right = NewSkillClaim { supersedes: Some(wrong), ..claim(home, who, 2) };
        record(school, home.school, right).await;
    }

    fn vacancy(&self) -> VacancyId {
        VacancyId(self.app.town.home.vacancy)
    }

    /// What the home official is answered.
    async fn official(&self) -> Value {
        self.app.official().get(&self.path()).await.expect_status(200).json()
    }

    /// What the home factory is answered.
    async fn factory(&self) -> Value {
        self.app.factory().get(&self.path()).await.expect_status(200).json()
    }

    fn path(&self) -> String {
        format!("/api/v1/vacancies/{}/shortlist?top=200", self.vacancy())
    }

    async fn view(&self, ctx: &Ctx, vacancy: VacancyId, top: usize) -> ShortlistView {
        get_shortlist(ctx, vacancy, top).await.unwrap()
    }
}

/// The names in a list, `?` where none is shown.
fn names(list: &Value) -> Vec<&str> {
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["person"]["name"].as_str().unwrap_or("?"))
        .collect()
}

fn sorted(mut names: Vec<&str>) -> Vec<&str> {
    names.sort_unstable();
    names
}

/// The row of a name in a list.
fn of<'v>(list: &'v Value, name: &str) -> &'v Value {
    let rows = list["items"].as_array().unwrap();
    rows.iter().find(|row| row["person"]["name"] == name).unwrap_or_else(|| panic!("{name} is not in {list}"))
}

fn points(row: &Value, component: &str) -> u64 {
    let addends = row["addends"].as_array().unwrap().iter();
    addends.filter(|a| a["component"] == component).map(|a| a["points"].as_u64().unwrap()).sum()
}

#[tokio::test]
async fn everybody_stands_where_the_facts_put_them() {
    let cast = Cast::gather().await;
    let seen = cast.official().await;
    let qualified = names(&seen["qualified"]);
    assert_eq!(qualified[..2], ["Finished", "Enrolled"], "the class of this factory comes first");
    assert_eq!(sorted(qualified), ["Abroad", "Elsewhere", "Enrolled", "Finished", "Plain"]);
    let to_verify = sorted(names(&seen["to_verify"]));
    assert_eq!(to_verify, ["Bai Home", "Cui Home", "Dou Home", "Fan Home", "Unpapered"]);
    assert_eq!(sorted(names(&seen["below_floor"])), ["Corrected", "Low"]);
    // Four people and a worker of the other region, who would not move, are nameless here.
    assert_eq!(sorted(names(&seen["removed"])), ["?", "?", "?", "?", "?", "Barred", "Dear"]);
    assert_eq!((&seen["unproved"], &seen["considered"]), (&3.into(), &22.into()), "Expired, Vain and Hoa");
    let counts: BTreeMap<_, _> = seen["counts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["code"].as_str().unwrap(), row["people"].as_u64().unwrap()))
        .collect();
    let expected = [("R-11", 2), ("R-21", 0), ("R-31", 5), ("R-41", 1), ("R-51", 1), ("R-61", 0)];
    assert_eq!(counts, BTreeMap::from(expected));
}

#[tokio::test]
async fn each_who_is_kept_out_is_told_why_and_what_would_change_it() {
    let cast = Cast::gather().await;
    let seen = cast.official().await;
    let rules = |row: &Value| -> Vec<String> {
        row["reasons"].as_array().unwrap().iter().map(|r| r["rule"].as_str().unwrap().to_owned()).collect()
    };
    for name in ["Low", "Corrected"] {
        let row = of(&seen["below_floor"], name);
        assert_eq!(rules(row), ["R-11"], "{name}");
        let text = row["reasons"][0]["text"].as_str().unwrap();
        assert!(text.contains('3') && text.contains('2'), "needed and found: {text}");
        assert_eq!(row["unlocks"].as_array().map(Vec::len), Some(1), "{name}");
    }
    let dear = of(&seen["removed"], "Dear");
    assert_eq!(rules(dear), ["R-41"]);
    assert!(dear["unlocks"][0].as_str().unwrap().contains("6,000"), "{}", dear["unlocks"]);
    let barred = of(&seen["removed"], "Barred");
    assert_eq!(rules(barred), ["C1"]);
    assert!(barred["unlocks"].is_null(), "nothing cures this");
    for list in ["qualified", "to_verify"] {
        for row in seen[list]["items"].as_array().unwrap() {
            assert_eq!(row["reasons"], Value::Array(Vec::new()), "{list}");
            assert_eq!(row["questions"].as_array().unwrap().is_empty(), list == "qualified", "{row}");
        }
    }
}

#[tokio::test]
async fn a_class_counts_for_the_factory_that_runs_it_and_for_no_other() {
    let cast = Cast::gather().await;
    let seen = cast.official().await;
    let row = |name| of(&seen["qualified"], name);
    // 740 × 4/4 × 900/1000 for an assessment, 70 for the wage, 40 for the county, 30 for the shift.
    assert_eq!(row("Plain")["score"], 666 + 70 + 40 + 30);
    for (name, extra) in [("Plain", 0), ("Elsewhere", 0), ("Enrolled", 15), ("Finished", 30)] {
        assert_eq!(points(row(name), "joint_class"), extra, "{name}");
        assert_eq!(row(name)["score"], 806 + extra, "{name}");
    }
    // For the other factory it is the other way round.
    let other = cast.view(&cast.app.operator(), VacancyId(cast.app.town.other.vacancy), 200).await;
    let NotListed::People { removed, .. } = other.not_listed else { panic!("the operator sees people") };
    let scored: BTreeMap<_, _> = removed.rows.iter().map(|e| (e.row.person, e.row.score)).collect();
    let of = |name| scored[&cast.ids[name]];
    assert_eq!(of("Elsewhere"), of("Plain") + 15);
    assert_eq!(of("Finished"), of("Plain"));
}

#[tokio::test]
async fn a_claim_that_is_superseded_or_expired_does_not_count() {
    let cast = Cast::gather().await;
    let path = |name| {
        let id = cast.ids[name];
        format!("/api/v1/vacancies/{}/shortlist/people/{id}", cast.vacancy())
    };
    let corrected = cast.app.official().get(&path("Corrected")).await.expect_status(200).json();
    assert_eq!(corrected["skills"][0]["level"], 2, "not the 4 that was read first");
    // 740 × 2/4 × 900/1000
    assert_eq!(points(&corrected, "skill"), 333);
    let expired = cast.app.official().get(&path("Expired")).await.expect_status(200).json();
    assert_eq!(expired["skills"], Value::Array(Vec::new()));
    assert_eq!((points(&expired, "skill"), points(&expired, "certificate")), (0, 0));
    let vain = cast.app.official().get(&path("Vain")).await.expect_status(200).json();
    assert_eq!(points(&vain, "skill"), 296, "one's own word adds points: 740 × 400/1000");
    assert_eq!(vain["questions"].as_array().map(Vec::len), Some(1), "and proves nothing");
}

/// Every key of a JSON value with the keys on the way to it. The rows of the second list are counted as the
/// first's: both are of one kind.
fn ways(value: &Value, way: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let here = if way.is_empty() { key.clone() } else { format!("{way}.{key}") };
                found.insert(here.replace("to_verify.items.", "qualified.items."));
                ways(value, &here, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| ways(item, way, found)),
        _ => {}
    }
}

/// Every text in a JSON value.
fn texts<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(fields) => fields.values().for_each(|value| texts(value, found)),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::String(text) => found.push(text),
        _ => {}
    }
}

#[tokio::test]
async fn a_factory_is_shown_nothing_that_is_not_on_its_list() {
    let cast = Cast::gather().await;
    let seen = cast.factory().await;
    let mut found = BTreeSet::new();
    ways(&seen, "", &mut found);
    assert_eq!(found, FOR_FACTORIES.map(str::to_owned).into());
    let whole = seen.to_string();
    let mut said = Vec::new();
    texts(&seen, &mut said);
    for row in person::Entity::find().all(cast.app.app.db.reader()).await.unwrap() {
        let birth = row.birth_date.map(|birth| birth.to_string());
        for secret in [Some(row.name), Some(row.id.to_string()), Some(row.id.simple().to_string()), birth] {
            let secret = secret.unwrap_or_else(|| "no birth date".to_owned());
            assert!(!whole.contains(&secret), "{secret} is in {whole}");
        }
    }
    for country in ["VN", "KP", "CN"] {
        assert!(!said.contains(&country), "{country}");
    }
    for list in ["qualified", "to_verify"] {
        for row in seen[list]["items"].as_array().unwrap() {
            assert_eq!(row["reasons"], Value::Array(Vec::new()));
        }
    }
}

#[tokio::test]
async fn a_factory_cannot_tell_a_foreigner_without_papers_from_a_local_without_a_card() {
    let cast = Cast::gather().await;
    let questions = |seen: &Value| -> BTreeSet<String> {
        let rows = seen["to_verify"]["items"].as_array().unwrap().iter();
        rows.map(|row| row["questions"].to_string()).collect()
    };
    assert_eq!(questions(&cast.official().await).len(), 2, "they differ in what is missing");
    let seen = questions(&cast.factory().await);
    assert_eq!(seen.len(), 1, "{seen:?}");
    let official = cast.official().await;
    assert_eq!(of(&official["qualified"], "Abroad")["quota"], "not_checked");
    assert_eq!(of(&official["qualified"], "Abroad")["person"]["nationality"], "VN");
}

#[tokio::test]
async fn a_household_member_of_whom_nothing_else_is_known_is_in_no_list_and_no_count() {
    let app = TestApp::start().await;
    let (home, operator) = (&app.town.home, app.operator());
    let path = format!("/api/v1/vacancies/{}/shortlist", home.vacancy);
    let seen = async || {
        let factory = app.factory().get(&path).await.expect_status(200).json();
        let mut official = app.official().get(&path).await.expect_status(200).json();
        // How much of the log is known moves with every entry; a factory is not told of it.
        assert!(official.as_object_mut().unwrap().remove("position").is_some());
        assert!(factory.get("position").is_none());
        (factory, official)
    };
    let before = seen().await;
    assert!(before.1["considered"].as_u64().unwrap() > 0);
    let child = NewPerson {
        name: "Child".to_owned(),
        birth_date: Some(day(2016, 5, 4)),
        home_region: Some("219001".to_owned()),
        ..NewPerson::default()
    };
    let people = register_people(&operator, home.bureau, vec![child], Mode::Commit).await.unwrap();
    let household = NewHousehold {
        reference: "H-9".to_owned(),
        region: "219001".to_owned(),
        registered_on: day(2026, 3, 1),
        members: vec![NewMember {
            person: people[0],
            relation: "head".to_owned(),
            valid_from: day(2026, 3, 1),
        }],
    };
    register_households(&operator, home.bureau, vec![household], Mode::Commit).await.unwrap();
    assert_eq!(seen().await, before);
}

#[tokio::test]
async fn a_factorys_bands_do_not_tell_nobody_from_nine() {
    let cast = Cast::gather().await;
    let (app, home) = (&cast.app, &cast.app.town.home);
    let school = app.school().ctx().await;
    let add = async |sequences: std::ops::Range<u32>| {
        let new = sequences.map(|n| local(&format!("Dear {n}"), n, 600_000)).collect();
        register_people(&school, home.school, new, Mode::Commit).await.unwrap();
    };
    let band = |seen: &Value, code: &str| {
        let rows = seen["not_listed"].as_array().unwrap();
        rows.iter().find(|row| row["code"] == code).unwrap()["band"].as_str().unwrap().to_owned()
    };
    let before = cast.factory().await;
    assert_eq!(before["not_listed"].as_array().map(Vec::len), Some(6), "always all codes");
    assert_eq!(band(&before, "R-21"), band(&before, "R-31"), "nobody and five");
    add(100..108).await;
    let nine = cast.factory().await;
    assert_eq!(nine, before, "one and nine, and nothing else has changed either");
    add(108..109).await;
    assert_eq!(band(&cast.factory().await, "R-41"), "10_49");
    assert_eq!((Band::of(0), Band::of(9)), (Band::of(1), Band::FewerThan10));
}

#[tokio::test]
async fn an_official_gets_the_names_of_people_in_reach_alone() {
    let cast = Cast::gather().await;
    let (app, seen) = (&cast.app, cast.official().await);
    let text = seen.to_string();
    for row in person::Entity::find().all(app.app.db.reader()).await.unwrap() {
        if row.name.ends_with("Other") {
            let known = text.contains(&row.name) || text.contains(&row.id.to_string());
            assert!(!known, "{} is out of reach", row.name);
        }
    }
    for list in ["qualified", "to_verify", "below_floor"] {
        assert!(names(&seen[list]).iter().all(|name| *name != "?"), "{list} is of the region's people");
    }
    let path = format!("/api/v1/vacancies/{}/shortlist", cast.vacancy());
    for stranger in [app.other_official(), app.other_factory()] {
        stranger.get(&path).await.expect_problem(404, "not_found");
    }
    let why = |person: PersonId| format!("{path}/people/{person}");
    app.official().get(&why(app.town.other.trainee)).await.expect_problem(404, "not_found");
    app.other_official().get(&why(cast.ids["Plain"])).await.expect_problem(404, "not_found");
    app.factory().get(&why(cast.ids["Plain"])).await.expect_problem(403, "denied");
    let plain = app.official().get(&why(cast.ids["Plain"])).await.expect_status(200).json();
    assert_eq!((&plain["person"]["name"], &plain["score"]), (&"Plain".into(), &806.into()));
}

#[tokio::test]
async fn a_shortlist_is_for_factory_and_bureau_within_its_limits() {
    let app = TestApp::start().await;
    let path = format!("/api/v1/vacancies/{}/shortlist", app.town.home.vacancy);
    let before = audit_entry::Entity::find().count(app.app.db.reader()).await.unwrap();
    for identity in [app.school(), app.trainee(), app.administrator()] {
        identity.get(&path).await.expect_problem(403, "denied");
    }
    app.nobody().get(&path).await.expect_problem(401, "unauthenticated");
    for top in ["0", "201", "4294967295"] {
        let wrong =
            app.factory().get(&format!("{path}?top={top}")).await.expect_problem(400, "bad_parameter");
        assert_eq!(wrong.json()["errors"][0]["pointer"], "top");
    }
    let after = audit_entry::Entity::find().count(app.app.db.reader()).await.unwrap();
    assert_eq!(after, before, "nobody was shown to anybody");
    assert_eq!(app.factory().get(&format!("{path}?top=1")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_person_has_one_pseudonym_at_a_factory_and_another_at_the_next() {
    let cast = Cast::gather().await;
    let (app, home) = (&cast.app, &cast.app.town.home);
    let factory = app.factory().ctx().await;
    let second =
        post_vacancies(&factory, home.factory, vec![post(home, "V-2")], Mode::Commit).await.unwrap()[0];
    let codes = |view: ShortlistView| -> BTreeMap<PersonId, String> {
        let mut entries = view.qualified.rows;
        entries.extend(view.to_verify.rows);
        if let NotListed::People { removed, .. } = view.not_listed {
            entries.extend(removed.rows);
        }
        entries.into_iter().map(|entry| (entry.row.person, entry.pseudonym)).collect()
    };
    let first = codes(cast.view(&factory, cast.vacancy(), 200).await);
    assert_eq!(first.len(), 10);
    assert_eq!(first, codes(cast.view(&factory, second, 200).await));
    let official = codes(cast.view(&app.official().ctx().await, cast.vacancy(), 200).await);
    let elsewhere = codes(cast.view(&app.operator(), VacancyId(app.town.other.vacancy), 200).await);
    for (person, code) in &first {
        assert_eq!(code, &official[person], "the official calls a person as the factory does");
        assert_ne!(code, &elsewhere[person]);
    }
    let different: BTreeSet<_> = first.values().collect();
    assert_eq!(different.len(), first.len(), "nobody shares one");
}

/// Whom the newest entry of the log names, and how often a shortlist was read.
async fn last_reading(app: &TestApp) -> (BTreeSet<PersonId>, u64) {
    let readings = || audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("RankVacancy"));
    let db = app.app.db.reader();
    let newest = readings().order_by_desc(audit_entry::Column::Seq).one(db).await.unwrap().unwrap();
    assert_eq!(newest.resource_kind, "vacancy");
    let subjects =
        audit_subject::Entity::find().filter(audit_subject::Column::Seq.eq(newest.seq)).all(db).await;
    let subjects = subjects.unwrap().into_iter().map(|row| PersonId(row.person_id)).collect();
    (subjects, readings().count(db).await.unwrap())
}

#[tokio::test]
async fn whoever_is_shown_is_in_the_log_and_nobody_else() {
    let cast = Cast::gather().await;
    let (factory, official) = (cast.app.factory().ctx().await, cast.app.official().ctx().await);
    let mut readings = 0;
    for (ctx, top) in [(&factory, 2), (&factory, 200), (&official, 2), (&official, 200)] {
        let view = cast.view(ctx, cast.vacancy(), top).await;
        let mut entries = vec![&view.qualified, &view.to_verify];
        if let NotListed::People { below_floor, removed, .. } = &view.not_listed {
            entries.extend([below_floor, removed]);
        }
        let shown: BTreeSet<_> = entries.iter().flat_map(|list| &list.rows).map(|e| e.row.person).collect();
        let lists = if view.explained { 4 } else { 2 };
        assert!(top > 2 || shown.len() == lists * top, "the test shows {} people", shown.len());
        readings += 1;
        assert_eq!(last_reading(&cast.app).await, (shown, readings));
    }
}

#[tokio::test]
async fn every_score_is_the_sum_of_addends_that_can_be_done_again_by_hand() {
    let cast = Cast::gather().await;
    let (factory, official) = (cast.factory().await, cast.official().await);
    let lists = ["qualified", "to_verify", "below_floor", "removed"];
    let rows = lists.iter().filter_map(|list| official[list]["items"].as_array());
    let rows = rows.chain(lists[..2].iter().filter_map(|list| factory[list]["items"].as_array())).flatten();
    let (mut people, mut by_hand) = (0, 0);
    for row in rows {
        let (mut sum, mut most) = (0, 0);
        for addend in row["addends"].as_array().unwrap() {
            let figure = |key: &str| addend[key].as_u64();
            let (points, max) = (figure("points").unwrap(), figure("points_max").unwrap());
            if let (Some(have), Some(need)) = (figure("have"), figure("need")) {
                let (evidence, decay) =
                    (figure("evidence_permille").unwrap(), figure("decay_permille").unwrap());
                assert_eq!(points, max * have.min(need) * evidence * decay / (need * 1_000_000), "{addend}");
                by_hand += 1;
            } else if let (Some(part), Some(whole)) = (figure("part"), figure("whole")) {
                assert_eq!(points, max * part / whole, "{addend}");
            } else if addend["unknown"] == true {
                assert_eq!(points, 0, "{addend}");
            }
            assert!(points <= max, "{addend}");
            (sum, most) = (sum + points, most + max);
        }
        assert_eq!(row["score"], sum, "{row}");
        assert_eq!(official["score_max"], most, "the most that could be added is a full score");
        people += 1;
    }
    assert!(people > 20 && by_hand > 20, "{people} people, {by_hand} workings");
}

#[tokio::test]
async fn the_factory_ranks_as_the_official_does() {
    let cast = Cast::gather().await;
    let order = |seen: &Value| -> Vec<(String, u64)> {
        let lists = ["qualified", "to_verify"].map(|list| seen[list]["items"].as_array().unwrap());
        let row =
            |row: &Value| (row["pseudonym"].as_str().unwrap().to_owned(), row["score"].as_u64().unwrap());
        lists.into_iter().flatten().map(row).collect()
    };
    let official = order(&cast.official().await);
    assert_eq!(order(&cast.factory().await), official);
    assert_eq!(order(&cast.official().await), official, "and again the same");
}
