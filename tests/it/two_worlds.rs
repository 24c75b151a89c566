//! No factory learns who is poor. Two towns from the same seed and clock differ in which household is targeted;
//! everything that a factory can reach is the same, byte by byte, and so is every statement on the way to it.

use std::path::Path;

use poem::http::Method;

use crate::harness::{Answer, Place, TestApp, World, operations, statements_of};

/// The tables that no statement on behalf of a factory may name.
const POVERTY_TABLES: [&str; 3] = ["household", "household_member", "targeting"];

/// What a factory got for one address, and what the database was asked for it.
struct Seen {
    asked: String,
    answer: String,
    statements: Vec<String>,
}

impl Seen {
    fn of((answer, statements): (Answer, Vec<String>)) -> Self {
        // The request's id is drawn from the same seed in both worlds, so it is compared too.
        let headers: Vec<String> =
            answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
        let text = format!("{}\n{}\n\n{}", answer.status, headers.join("\n"), answer.text());
        Self { asked: answer.asked, answer: text, statements }
    }
}

/// The rows that a factory might ask for: its own side's and the other's.
fn places(app: &TestApp) -> [&Place; 2] {
    [&app.town.home, &app.town.other]
}

/// Everything that a factory can ask for, in order, whether it is answered or refused.
async fn walk(app: &TestApp) -> Vec<Seen> {
    let factory = app.factory();
    let mut seen = Vec::new();
    for operation in operations().into_iter().filter(|operation| operation.method == Method::GET) {
        let mut paths: Vec<String> = places(app).map(|place| operation.path_in(place)).to_vec();
        // A factory may ask by the id of anybody, also of one whose household is targeted in one world.
        for (noun, ids) in people_and_households(&app.town.home) {
            if operation.path.starts_with(&format!("/api/v1/{noun}/{{")) {
                paths.extend(ids.iter().map(|id| operation.path_with(id)));
            }
        }
        paths.dedup();
        for path in paths {
            seen.push(Seen::of(statements_of(factory.get(&path)).await));
        }
    }
    for page in pages() {
        for place in places(app) {
            let path = fill(&page, place);
            seen.push(Seen::of(statements_of(factory.page(&path)).await));
        }
    }
    seen
}

/// The addresses of all pages, as the table of contents in `src/web/mod.rs` lists them.
pub fn pages() -> Vec<String> {
    let contents =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/mod.rs")).unwrap();
    let routes = contents.split(".at(\"").skip(1).filter_map(|rest| rest.split_once("\", get("));
    let pages: Vec<String> =
        routes.map(|(path, _)| path.to_owned()).filter(|path| !path.starts_with("/assets/")).collect();
    assert!(
        pages.iter().any(|page| page == "/") && pages.len() > 3,
        "the list of pages was not read: {pages:?}"
    );
    pages
}

/// A page's address with the rows of a place in it.
pub fn fill(page: &str, place: &Place) -> String {
    let mut noun = "";
    let parts = page.split('/').map(|part| {
        let name = part.strip_prefix(':');
        let filled = name.map_or_else(
            || part.to_owned(),
            |name| place.row(noun, name).unwrap_or_else(|| panic!("{page}: tell Place::row what {noun} is")),
        );
        noun = part;
        filled
    });
    parts.collect::<Vec<_>>().join("/")
}

fn people_and_households(place: &Place) -> [(&'static str, Vec<String>); 2] {
    let people = place.people.iter().map(ToString::to_string).collect();
    [("people", people), ("households", place.households.iter().map(ToString::to_string).collect())]
}

#[tokio::test]
async fn a_factory_sees_the_same_whoever_is_poor() {
    let app = TestApp::start_in(World::A).await;
    let world_a = walk(&app).await;
    let world_b = walk(&TestApp::start_in(World::B).await).await;
    let vacancy = format!("/vacancies/{}", app.town.home.vacancy);
    let (start, list, shortlist) = ("/".to_owned(), "/vacancies".to_owned(), format!("{vacancy}/shortlist"));
    for own in [format!("/api/v1{shortlist}"), start, list, vacancy, shortlist] {
        let found = world_a.iter().find(|seen| seen.asked == format!("factory_hr GET {own}"));
        let found = found.unwrap_or_else(|| panic!("{own} was not asked for"));
        assert!(found.answer.starts_with("200") && !found.statements.is_empty(), "{own}: {}", found.answer);
    }
    assert_eq!(world_a.len(), world_b.len());
    for (a, b) in world_a.iter().zip(&world_b) {
        assert_eq!(a.asked, b.asked);
        assert_eq!(a.answer, b.answer, "{} differs", a.asked);
        assert_eq!(a.statements, b.statements, "{} asks the database otherwise", a.asked);
        for statement in &a.statements {
            let mut words = statement.split(|c: char| !c.is_alphanumeric() && c != '_');
            let named = words.find(|word| POVERTY_TABLES.contains(&word.to_lowercase().as_str()));
            assert!(named.is_none(), "{} reads {named:?}: {statement}", a.asked);
        }
    }
}

/// Or the two worlds would be one, and nothing would be shown.
#[tokio::test]
async fn the_two_worlds_differ_in_who_is_targeted_and_in_nothing_else() {
    use ballast::entity::poverty::targeting;
    use sea_orm::{EntityTrait as _, QueryOrder as _};
    let (a, b) = (TestApp::start_in(World::A).await, TestApp::start_in(World::B).await);
    let mut rows = Vec::new();
    for app in [&a, &b] {
        let query = targeting::Entity::find().order_by_asc(targeting::Column::Id);
        rows.push(query.all(app.app.db.reader()).await.unwrap());
    }
    let changed = rows[0].iter().zip(&rows[1]).filter(|(a, b)| a != b).count();
    assert_eq!(changed, 4, "two households a side");
    assert_eq!(a.town.home.people, b.town.home.people);
    let same = |a: &targeting::Model, b: &targeting::Model| {
        targeting::Model { outcome: String::new(), ..a.clone() }
            == targeting::Model { outcome: String::new(), ..b.clone() }
    };
    assert!(rows[0].iter().zip(&rows[1]).all(|(a, b)| same(a, b)));
}
