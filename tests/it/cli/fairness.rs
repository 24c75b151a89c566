//! Recorded shortlists in files: what is reported of groups, what is withheld, what is refused, and weights that are only
//! proposed.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cli::{Installation, Said};

fn example(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/fairness").join(name).display().to_string()
}

/// The report of the example, with more arguments.
fn report(installation: &Installation, more: &[&str]) -> Said {
    let (shortlists, groups) = (example("shortlists.csv"), example("groups.csv"));
    let ask = ["fairness", "report", "--shortlists", &shortlists, "--groups", &groups, "--k", "5"];
    installation.run(&[&ask[..], more].concat())
}

fn row<'a>(json: &'a Value, table: usize, group: &str) -> &'a Value {
    let rows = json["tables"][table]["rows"].as_array().unwrap();
    rows.iter().find(|row| row["groups"][0].as_str().unwrap_or("") == group).unwrap()
}

#[test]
fn only_sqlite_the_example_reports_who_is_behind_and_covers_who_is_few() {
    let installation = Installation::new();
    let json: Value = serde_json::from_str(&report(&installation, &["--format", "json"]).done()).unwrap();
    assert_eq!((json["shortlists"].as_u64(), json["selected"].as_u64()), (Some(24), Some(120)));
    let female = row(&json, 0, "female");
    assert_eq!(female["flagged"], true, "{female}");
    assert_eq!(female["significant"], true, "{female}");
    assert!(female["ranked_failing"].as_u64().unwrap() > 0, "{female}");
    let male = row(&json, 0, "male");
    assert_eq!((male["reference"].as_bool(), male["flagged"].as_bool()), (Some(true), Some(false)), "{male}");
    assert_eq!(row(&json, 0, "")["withheld"], false, "unknown is a group like another");
    // Few people are hui, and somebody has to be withheld with them.
    let (hui, unknown) = (row(&json, 2, "hui"), row(&json, 2, ""));
    assert_eq!((hui["withheld"].as_bool(), hui.get("people")), (Some(true), None), "{hui}");
    assert_eq!(unknown["withheld"], true, "{unknown}");
    assert!(json["lead"].as_str().unwrap().contains("lead"));
    for lang in ["en", "zh-CN"] {
        let more = ["--lang", lang, "--cross", "sex,age_band"];
        let text = report(&installation, &more).done();
        assert!(!text.contains("fairness-") && !text.contains("{$"), "{text}");
        assert!(text.contains("4/5") && text.lines().count() > 20, "{text}");
    }
    let csv = report(&installation, &["--format", "csv"]).done();
    assert!(csv.starts_with("attributes,groups,withheld,people,"), "{csv}");
    let withheld: Vec<&str> = csv.lines().filter(|line| line.contains(",true,,,")).collect();
    assert!(withheld.iter().any(|line| line.starts_with("ethnicity,hui,")), "{csv}");
    assert!(withheld.iter().all(|line| line.ends_with(",,,,")), "a row that is withheld tells nothing");
    let one = ["--format", "json", "--protected", "sex=female", "--p", "0.5", "--from", "2026-10-01"];
    let json: Value = serde_json::from_str(&report(&installation, &one).done()).unwrap();
    assert_eq!(
        (json["shortlists"].as_u64(), row(&json, 0, "female")["ranked_share"].as_str()),
        (Some(12), Some("1/2"))
    );
    assert!(row(&json, 2, "han").get("ranked_share").is_none());
}

#[test]
fn only_sqlite_wrong_files_are_refused_by_row_and_column_before_anything_is_printed() {
    let installation = Installation::new();
    let groups = example("groups.csv");
    let ask = ["fairness", "report", "--shortlists", "-", "--groups", &groups, "--k", "5"];
    let said =
        installation.run_with(&ask, "shortlist,rank,person,score\na,1,p001,900\na,3,p002,x\na,2,p001,1\n");
    assert_eq!(said.out, "");
    let lines = said.failed(&["one problem", "nothing was computed"]);
    assert_eq!(lines, ["  row 3, column score: Not a number."]);
    let said = installation.run_with(&ask, "shortlist,rank,person\na,1,p001\na,3,p002\na,4,p001\n");
    let lines = said.failed(&["2 problems"]);
    assert_eq!(
        lines,
        [
            "  row 3, column rank: The rank before it is missing: ranks are 1, 2, 3, …",
            "  row 4, column person: Stands here twice.",
        ]
    );
    let said = installation.run_with(&ask, "shortlist,rank\na,1\n");
    assert_eq!(said.failed(&["one problem"]), ["  row 1, column person: The column person is missing."]);
    installation.run_with(&ask, "shortlist,rank,person\na,1,p001\n").failed(&["fewer than 10 people"]);
    report(&installation, &["--cross", "sex,shoe_size"]).failed(&["shoe_size", "sex, age_band, ethnicity"]);
    report(&installation, &["--protected", "sex=other"]).failed(&["other", "female, male"]);
    report(&installation, &["--protected", "sex=female", "--p", "1"]).failed(&["--p"]);
    report(&installation, &["--alpha", "0"]).failed(&["--alpha"]);
    let said =
        installation.run(&["fairness", "report", "--shortlists", "nowhere", "--groups", &groups, "--k", "5"]);
    said.failed(&["nowhere"]);
    assert_eq!(report(&installation, &["--min-people", "2"]).code, Some(2));
}

#[test]
fn only_sqlite_what_is_made_up_is_fitted_and_only_proposed() {
    let installation = Installation::new();
    let made = ["fairness", "generate", "--seed", "7", "--rows", "4000"];
    let csv = installation.run(&made).done();
    assert_eq!(csv, installation.run(&made).done());
    let path = installation.folder.path().join("outcomes.csv");
    fs::write(&path, &csv).unwrap();
    let file = path.display().to_string();
    let fit = ["fairness", "fit", "--outcomes", &file];
    let text = installation.run(&fit).done();
    assert!(text.starts_with("PROPOSAL") && text.contains("Reliability"), "{text}");
    let chinese = installation.run(&[&fit[..], &["--lang", "zh-CN", "--target", "retained"]].concat()).done();
    assert!(chinese.starts_with("仅为建议") && !chinese.contains("fairness-"), "{chinese}");
    let json: Value =
        serde_json::from_str(&installation.run(&[&fit[..], &["--format", "json"]].concat()).done()).unwrap();
    assert_eq!(json["proposal"], true);
    let points: u64 =
        json["weights"].as_array().unwrap().iter().map(|one| one["points"].as_u64().unwrap()).sum();
    assert_eq!(points, 1000);
    installation.run(&["fairness", "generate", "--rows", "0"]).failed(&["--rows"]);
    let few = csv.lines().take(20).collect::<Vec<_>>().join("\n");
    installation.run_with(&["fairness", "fit", "--outcomes", "-"], &few).failed(&["19 rows", "100"]);
}

#[test]
fn only_sqlite_a_table_of_ranked_group_fairness_is_printed() {
    let installation = Installation::new();
    let ask = ["fairness", "table", "--k", "20", "--p", "0.3"];
    let text = installation.run(&ask).done();
    assert!(text.contains("0×7 1×6 2×5 3×2") && text.contains("0.096813"), "{text}");
    let json: Value =
        serde_json::from_str(&installation.run(&[&ask[..], &["--format", "json"]].concat()).done()).unwrap();
    assert_eq!(json["tables"]["unadjusted"]["failing"], "0.158061");
    installation.run(&["fairness", "table", "--k", "401", "--p", "0.3"]).failed(&["400"]);
    assert_eq!(installation.run(&["fairness", "table", "--k", "20", "--p", "30%"]).code, Some(2));
}
