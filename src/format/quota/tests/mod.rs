//! Packs and cases: every pack's own examples, every vector with every field, what is refused and where it says so.

mod form;
mod vectors;

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::quota::evaluate::{Evaluation, evaluate};
use ballast_domain::quota::pack::Pack;
use ballast_domain::quota::worked_example;
use serde_json::Value;

use super::{case_facts, rule_pack};

/// An embedded pack.
fn pack(name: &str) -> Pack {
    let packs = rule_pack::EMBEDDED.iter().map(|text| rule_pack::parse(text).unwrap());
    packs.into_iter().find(|pack| pack.name == name).unwrap()
}

fn on(date: &str) -> CivilDate {
    date.parse().unwrap()
}

/// An embedded pack on a case.
fn ask(name: &str, date: &str, facts: &Value) -> Evaluation {
    let facts = case_facts::parse(&facts.to_string()).unwrap_or_else(|error| panic!("{error:?}"));
    evaluate(&pack(name), &facts, on(date)).unwrap()
}

/// An answer as plain text.
fn answer(found: &Evaluation, figure: &str) -> String {
    let all: Vec<String> =
        found.figures.iter().filter(|f| f.name() == figure).map(|f| f.answer.plain()).collect();
    let [one] = all.as_slice() else {
        let names: Vec<String> = found.figures.iter().map(|f| f.name()).collect();
        panic!("{figure} stands {} times among {names:?}", all.len());
    };
    one.clone()
}

#[test]
fn every_embedded_pack_gives_its_own_examples() {
    let mut compared = 0;
    for text in rule_pack::EMBEDDED {
        let pack = rule_pack::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let report = worked_example::run(&pack);
        assert_eq!(report.mismatches, [], "{}", pack.name);
        compared += report.compared;
    }
    assert!(compared > 100, "{compared}");
}

#[test]
fn every_pack_on_disk_is_embedded_under_its_own_name() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/quota");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    let mut embedded: Vec<String> =
        rule_pack::EMBEDDED.iter().map(|text| rule_pack::parse(text).unwrap().name).collect();
    embedded.sort();
    assert_eq!(names, embedded);
}

#[test]
fn every_figure_of_a_pack_has_a_source_and_no_pack_invents_one() {
    for text in rule_pack::EMBEDDED {
        let pack = rule_pack::parse(text).unwrap();
        let parameters = pack.parameters.iter().map(|parameter| &parameter.source);
        for source in parameters.chain(pack.rules.iter().map(|rule| &rule.source)) {
            assert!(!source.trim().is_empty(), "{}", pack.name);
        }
    }
}
