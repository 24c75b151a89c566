//! Cases in files, answered by packs: what is printed, what is refused, and a pack that comes in a folder.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cli::Installation;

/// An example that the documents point to.
fn example(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quota").join(name).display().to_string()
}

/// An example: file, pack, date, and some of what it answers.
type Example = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

const EXAMPLES: [Example; 16] = [
    (
        "factory.json",
        "cn-border-port",
        "2026-11-01",
        &[
            ("nodes.cap[hengwei]", "5"),
            ("nodes.used[hengwei]", "4"),
            ("nodes.balance[hengwei]", "0"),
            ("nodes.balance[country-vn]", "116"),
            ("nodes.balance[hengwei-site-2]", "3"),
            ("nodes.binding", "hengwei"),
            ("nodes.decision", "refused"),
        ],
    ),
    (
        "sg-payroll.json",
        "sg-work-pass",
        "2026-11-01",
        &[
            ("drc.locals", "5/2"),
            ("drc.max_foreign", "12"),
            ("drc.headroom", "10"),
            ("s_pass.max", "0"),
            ("s_pass.excess", "1"),
        ],
    ),
    (
        "sg-levy.json",
        "sg-work-pass",
        "2026-11-01",
        &[("levy.amount[ten days]", "180.80"), ("levy.amount[half a day]", "9.04")],
    ),
    (
        "sg-excess.json",
        "sg-work-pass",
        "2026-11-24",
        &[("over.balance", "-5"), ("over.excess", "4"), ("over.cure_until", "2026-12-10")],
    ),
    ("multiple.json", "test-families", "2026-11-01", &[("multiple.max_foreign", "17")]),
    (
        "tw-level.json",
        "tw-3k5",
        "2026-11-01",
        &[("share.with_extra", "30"), ("share.without_extra", "25"), ("share.difference", "5")],
    ),
    (
        "step-table.json",
        "test-families",
        "2026-11-01",
        &[("table.max_foreign", "10"), ("table.headroom", "-1")],
    ),
    (
        "kr-pools.json",
        "kr-employment-permit",
        "2026-11-01",
        &[("pools.available[manufacturing]", "38725"), ("pools.total", "80000")],
    ),
    ("us-halves.json", "us-h2b", "2026-06-01", &[("halves.available[second_half]", "34800")]),
    (
        "ranking.json",
        "test-families",
        "2026-11-01",
        &[("ranking.granted[south]", "5"), ("ranking.granted[north]", "5"), ("ranking.granted[west]", "0")],
    ),
    (
        "cn-points.json",
        "cn-work-permit-points",
        "2026-11-01",
        &[("points.score", "73"), ("points.category", "B")],
    ),
    // Five of 26 weeks at a half; of three heads 3/10 of one may be a student.
    ("sa-weeks.json", "sa-nitaqat", "2026-11-01", &[("rate.band", "unknown: parameter band/textiles/small")]),
    (
        "ae-skilled.json",
        "ae-emiratisation",
        "2022-12-31",
        &[("nationals.minimum_locals", "2"), ("nationals.lacking", "1")],
    ),
    (
        "cn-interns.json",
        "cn-intern-2021",
        "2026-11-01",
        &[
            ("interns.max_interns", "9"),
            ("interns.first_day_over", "2026-12-01"),
            ("interns.verdict", "warn"),
        ],
    ),
    ("cn-dandong.json", "cn-dandong-2012", "2026-11-01", &[("port.max_foreign", "nil: bar C1")]),
    ("kr-labour-market.json", "kr-employment-permit", "2026-11-08", &[("labour_market.verdict", "pass")]),
];

/// An answer out of the JSON, as examples of packs write it.
fn plain(json: &Value, name: &str) -> String {
    let answers = json["answers"].as_array().unwrap();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    let named = |answer: &&Value| {
        let of = answer.get("of").and_then(Value::as_str).map_or(String::new(), |of| format!("[{of}]"));
        format!("{}.{}{of}", answer["rule"].as_str().unwrap(), answer["figure"].as_str().unwrap()) == name
    };
    let answer = answers.iter().find(named).unwrap_or_else(|| panic!("{name} is not in {json:#}"));
    let pairs = |list: &Value, first: &str, second: &str| {
        let all: Vec<String> = list
            .as_array()
            .unwrap()
            .iter()
            .map(|one| format!("{} {}", text(&one[first]), text(&one[second])))
            .collect();
        all.join("; ")
    };
    match answer["answer"].as_str().unwrap() {
        "known" => match &answer["value"] {
            Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
            value => text(value),
        },
        "unknown" => format!("unknown: {}", pairs(&answer["missing"], "kind", "name")),
        _ => format!("nil: {}", pairs(&answer["because"], "code", "detail")),
    }
}

#[test]
fn only_sqlite_every_example_answers_as_the_documents_say_in_both_languages() {
    let installation = Installation::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quota");
    assert_eq!(fs::read_dir(folder).unwrap().count(), EXAMPLES.len(), "an example that nobody runs");
    for (file, pack, on, expected) in EXAMPLES {
        let path = example(file);
        let ask = ["quota", "evaluate", "--pack", pack, "--on", on, "--facts", &path];
        let json: Value =
            serde_json::from_str(&installation.run(&[&ask[..], &["--format", "json"]].concat()).done())
                .unwrap();
        for (name, answer) in expected {
            assert_eq!(plain(&json, name), *answer, "{file} {name}");
        }
        for lang in ["en", "zh-CN"] {
            let said = installation.run(&[&ask[..], &["--explain", "--lang", lang]].concat()).done();
            assert!(!said.contains("quota-") && !said.contains("{$"), "{file}: {said}");
            assert!(said.contains("\n   1. "), "{file}: {said}");
        }
    }
}

#[test]
fn only_sqlite_the_factory_is_explained_so_that_it_can_be_redone_by_hand() {
    let installation = Installation::new();
    let facts = example("factory.json");
    let ask = [
        "quota",
        "evaluate",
        "--pack",
        "cn-border-port",
        "--on",
        "2026-11-01",
        "--facts",
        &facts,
        "--explain",
    ];
    let said = installation.run(&ask).done();
    for line in [
        "F ≤ L × d ÷ (1 − d) = 125/6 × 1/5 ÷ (1 − 1/5) = 125/24",
        "125/24 rounded down: 5",
        "hengwei: 5 − 4 − 1 = 0",
        "the smallest balance, 0, is that of hengwei",
        "example act 2026-14 (fictional)",
        "permits that ran out without proof of exit: worker-2",
        "decision: refused",
    ] {
        assert!(said.contains(line), "{line} is not in\n{said}");
    }
}

#[test]
fn only_sqlite_facts_that_are_no_case_are_refused_with_every_place_at_once() {
    let installation = Installation::new();
    let ask = ["quota", "evaluate", "--pack", "sg-work-pass", "--on", "2026-11-01", "--facts", "-"];
    let said = installation.run_with(&ask, r#"{ "counts": { "locals": 1.5 }, "people": [{}], "shade": 1 }"#);
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""));
    for line in [
        "3 problems",
        "/counts/locals: is not an exact number",
        "/people/0/id: is missing",
        "/shade: is not known",
    ] {
        assert!(said.err.contains(line), "{line} is not in\n{}", said.err);
    }
    let said = installation.run_with(&ask, "{\n\"about\": 1,\n\"about\": 2 }");
    assert!(said.err.contains("line 3"), "{}", said.err);
    let said =
        installation.run(&["quota", "evaluate", "--pack", "nobody", "--on", "2026-11-01", "--facts", "-"]);
    assert!(said.code == Some(1) && said.err.contains("cn-border-port"), "{}", said.err);
    let said = installation.run_with(&[&ask[..], &["--ask", "nothing"]].concat(), "{}");
    assert!(said.code == Some(1) && said.err.contains("drc"), "{}", said.err);
}

#[test]
fn only_sqlite_a_pack_in_a_folder_works_unless_it_is_broken_or_takes_a_name() {
    let installation = Installation::new();
    let folder = installation.folder.path().join("packs");
    fs::create_dir(&folder).unwrap();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/quota/us-h2b.toml");
    let text = fs::read_to_string(shipped).unwrap();
    let packs = folder.display().to_string();
    let put = |text: &str| fs::write(folder.join("mine.toml"), text).unwrap();
    let test = ["quota", "test", "--packs", &packs];

    put(&text.replace("name = \"us-h2b\"", "name = \"mine\""));
    assert!(installation.run(&test).done().contains("mine@2026.1: 3 examples"));
    let ask =
        ["quota", "evaluate", "--pack", "mine", "--on", "2026-04-01", "--facts", "-", "--packs", &packs];
    let facts = r#"{ "pools": [{ "pool": "first_half", "used": 1 }, { "pool": "second_half", "used": 0 }] }"#;
    assert!(installation.run_with(&ask, facts).done().contains("available [second_half]: 65999"));
    assert_eq!(installation.run_with(&ask[..8], facts).code, Some(1), "without the folder it is not there");

    put(&text.replace("version = \"2026.1\"", "version = \"2027.1\""));
    let ambiguous = [&["quota", "evaluate", "--pack", "us-h2b"], &ask[4..]].concat();
    assert!(installation.run_with(&ambiguous, facts).err.contains("us-h2b@2026.1, us-h2b@2027.1"));

    put(&text.replace("number = 33000", "number = 44000"));
    assert!(
        installation.run(&test).err.contains("same name")
            || installation.run(&test).err.contains("another pack")
    );

    put(&text.replace("name = \"us-h2b\"", "name = \"mine\"").replace("number = 33000", "number = 44000"));
    let said = installation.run(&test);
    assert!(said.code == Some(1) && said.err.contains("36000 expected, 58000 found"), "{said:?}");
    assert!(
        installation.run_with(&ask, facts).err.contains("cannot be used"),
        "a pack that is wrong about its own examples"
    );

    put("name = 1");
    let said = installation.run(&test);
    assert!(said.code == Some(1) && said.err.contains("mine.toml"), "{said:?}");
}

#[test]
fn only_sqlite_packs_and_the_form_of_a_case_are_printed() {
    let installation = Installation::new();
    let packs = installation.run(&["quota", "packs"]).done();
    assert!(packs.contains("test-families@1 · XX · FICTIONAL"), "{packs}");
    let json: Value =
        serde_json::from_str(&installation.run(&["quota", "packs", "--format", "json"]).done()).unwrap();
    assert_eq!(json.as_array().unwrap().len(), packs.lines().count());
    let schema: Value = serde_json::from_str(&installation.run(&["quota", "schema"]).done()).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let tested = installation.run(&["quota", "test"]).done();
    assert!(tested.lines().all(|line| line.ends_with(", 0 wrong")), "{tested}");
}
