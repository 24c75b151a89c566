//! Importing and ranking from the command line.

use std::path::Path;

use ballast::entity::person::person;
use ballast::service::batch::Mode;
use ballast::service::organisation::country::{NewCountry, load_countries};
use ballast::service::organisation::organisation::{NewOrganisation, register_organisations};
use ballast::service::organisation::region::{NewRegion, load_regions};
use ballast_domain::base::id::OrganisationId;
use sea_orm::{EntityTrait as _, PaginatorTrait as _};

use crate::cli::Installation;

/// The example that the documents point to.
fn trainees() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/import/trainees.csv");
    path.display().to_string()
}

/// A school in the region of the examples.
async fn school(installation: &Installation) -> OrganisationId {
    let ctx = installation.operator().await;
    let region = |code: &str| NewRegion {
        code: code.to_owned(),
        name_zh: format!("地区{code}"),
        name_en: format!("Region {code}"),
    };
    let regions = ["21", "2106", "210604", "210681"].map(region).to_vec();
    load_regions(&ctx, regions, Mode::Commit).await.unwrap();
    let china =
        NewCountry { code: "CN".to_owned(), name_zh: "中国".to_owned(), name_en: "China".to_owned() };
    load_countries(&ctx, vec![china], Mode::Commit).await.unwrap();
    let school = NewOrganisation {
        kind: "school".to_owned(),
        name_zh: "学校".to_owned(),
        name_en: "School".to_owned(),
        credit_code: None,
        region: "210604".to_owned(),
    };
    register_organisations(&ctx, vec![school], Mode::Commit).await.unwrap()[0]
}

async fn people(installation: &Installation) -> u64 {
    person::Entity::find().count(installation.operator().await.app.db.reader()).await.unwrap()
}

#[tokio::test]
async fn only_sqlite_an_import_is_a_trial_until_it_is_committed_and_goes_in_once() {
    let installation = Installation::new();
    let (school, file) = (school(&installation).await.to_string(), trainees());
    let trial = ["import", "trainees", &file, "--organisation", &school];
    let out = installation.run(&trial).done();
    assert_eq!(out, "3 rows would be imported; nothing was changed: run again with --commit\n");
    assert_eq!(people(&installation).await, 0);
    let commit = [&trial[..], &["--commit"]].concat();
    assert_eq!(installation.run(&commit).done(), "3 rows imported\n");
    assert_eq!(people(&installation).await, 3);
    let again = installation.run(&commit);
    // The heading is the first row.
    for row in ["row 2", "row 3"] {
        let told = again.out.lines().any(|line| line.starts_with(row) && line.contains("citizen_number"));
        assert!(told, "{row}: {}", again.out);
    }
    assert!(again.failed(&["2 problems", "nothing was changed"]).is_empty());
    assert_eq!(people(&installation).await, 3);
}

#[tokio::test]
async fn only_sqlite_an_import_that_cannot_begin_says_what_is_missing() {
    let installation = Installation::new();
    let (school, file) = (school(&installation).await.to_string(), trainees());
    let nobody = "00000000-0000-4000-8000-000000000009";
    for (arguments, words) in [
        (vec!["import", "trainees", &file], ["in whose name", "--organisation"]),
        (vec!["import", "trainees", &file, "--organisation", nobody], ["no organisation", nobody]),
        (vec!["import", "trainees", "no.csv", "--organisation", &school], ["no.csv", "cannot be read"]),
        (vec!["import", "foreign-workers", &file, "--port", nobody], ["no port", nobody]),
    ] {
        assert!(installation.run(&arguments).failed(&words).is_empty(), "{arguments:?}");
    }
    let usage = installation.run(&["import", "pigs", &file]);
    assert_eq!(usage.code, Some(2), "wrong usage is told apart: {}", usage.err);
    assert_eq!(people(&installation).await, 0);
}

#[test]
fn only_sqlite_a_vacancy_that_is_not_there_is_named() {
    let installation = Installation::new();
    for vacancy in ["V-404", "00000000-0000-4000-8000-000000000009"] {
        for format in ["table", "json"] {
            let said = installation.run(&["rank", vacancy, "--format", format]);
            assert_eq!(said.out, "");
            assert!(said.failed(&["no vacancy", vacancy]).is_empty());
        }
    }
}
