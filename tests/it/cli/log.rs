//! The log at the command line: verified, proved and exported; backed up while it is in use, and put back.

use std::fs;

use ballast::entity::audit::audit_entry;
use sea_orm::{ConnectionTrait as _, EntityTrait as _, QueryOrder as _};

use crate::cli::Installation;
use crate::harness::{Template, TestDatabase, is_sqlite};

fn with_a_login(installation: &Installation, login: &str) {
    let create = ["user", "create", login, "--name", login, "--role", "administrator"];
    installation.run_with(&create, "correct horse battery").done();
}

/// A folder beside the data folder.
fn beside(installation: &Installation, name: &str) -> String {
    installation.folder.path().join(name).display().to_string()
}

#[tokio::test]
async fn only_sqlite_the_log_is_verified_and_an_entry_is_proved_from_a_file_alone() {
    let installation = Installation::new();
    assert!(installation.run(&["audit", "verify"]).done().contains("Everything is as it was written"));
    installation.run(&["audit", "key"]).failed(&["Nothing is sealed"]);
    with_a_login(&installation, "zhao");
    let said = installation.run(&["audit", "verify", "--format", "json"]).done();
    let report: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&report["waiting"], &report["findings"]), (&0.into(), &serde_json::json!([])));
    assert_eq!(report["checkpoints"], 1, "the command has signed what it wrote");

    let ctx = installation.operator().await;
    let entry = audit_entry::Entity::find().order_by_desc(audit_entry::Column::Seq);
    let entry = entry.one(ctx.app.db.reader()).await.unwrap().unwrap().id.to_string();
    let proof = installation.run(&["audit", "prove", &entry, "--format", "json"]).done();
    let (proof_file, export_file) = (beside(&installation, "proof.json"), beside(&installation, "log.jsonl"));
    fs::write(&proof_file, &proof).unwrap();
    installation.run(&["audit", "export", "--output", &export_file]).done();
    installation.run(&["audit", "export", "--output", &export_file]).failed(&["choose a new file"]);
    let key = installation.run(&["audit", "key"]).done();

    // Elsewhere, without the installation.
    let elsewhere = Installation::new();
    for file in [&proof_file, &export_file] {
        let said = elsewhere.run(&["audit", "verify", "--file", file]).done();
        assert!(said.contains("Everything is as it was written") && said.contains("compare it"), "{said}");
        let said = elsewhere.run(&["audit", "verify", "--file", file, "--key", key.trim()]).done();
        assert!(!said.contains("compare it"), "{said}");
        let text = fs::read_to_string(file).unwrap().replace("ManageUser", "ManageUsed");
        fs::write(file, text).unwrap();
        elsewhere.run(&["audit", "verify", "--file", file]).failed(&["Not as it was written"]);
    }
    assert!(!elsewhere.data_dir.exists(), "no installation was made");
}

#[tokio::test]
async fn only_sqlite_what_was_changed_behind_the_log_is_named_and_fails() {
    let installation = Installation::new();
    with_a_login(&installation, "zhao");
    let ctx = installation.operator().await;
    let owner = ctx.app.db.owner();
    owner.execute_unprepared("UPDATE \"user\" SET revision = 2").await.unwrap();
    let said = installation.run(&["audit", "verify"]);
    assert!(said.out.contains("[revision_untold]") && said.out.contains("named exactly"), "{}", said.out);
    said.failed(&["Not as it was written", "1 findings"]);
}

#[tokio::test]
async fn only_sqlite_a_backup_is_taken_in_use_put_back_and_says_what_is_lost() {
    let installation = Installation::new();
    with_a_login(&installation, "zhao");
    // Somebody has it open.
    let ctx = installation.operator().await;
    let folder = beside(&installation, "backup");
    let said = installation.run(&["backup", &folder]).done();
    assert!(said.contains("Everything is as it was written"), "{said}");
    assert!(!fs::read_dir(&folder).unwrap().any(|f| f.unwrap().file_name() == "keys.toml"));
    installation.run(&["backup", &folder]).failed(&[&folder, "choose another"]);
    with_a_login(&installation, "lin");
    installation.run(&["restore", &folder]).failed(&["is there already", "--replace"]);
    installation.run(&["restore", &folder, "--replace"]).failed(&["is in use", "stop the server"]);
    ctx.app.db.clone().close().await.unwrap();
    drop(ctx);

    let said = installation.run(&["restore", &folder, "--replace"]).done();
    assert!(said.contains("are lost") && said.contains("Everything is as it was written"), "{said}");
    let ctx = installation.operator().await;
    let logins = ballast::entity::identity::user::Entity::find().all(ctx.app.db.reader()).await.unwrap();
    assert_eq!(logins.iter().map(|row| row.login.as_str()).collect::<Vec<_>>(), ["zhao"]);
    with_a_login(&installation, "lin");
    installation.run(&["audit", "verify"]).done();

    // Without the keys it is not put back.
    Installation::new().run(&["restore", &folder]).failed(&["keys.toml", "is missing"]);

    // A byte of it is another: it is not put back.
    let copy = format!("{folder}/ballast.sqlite");
    let mut bytes = fs::read(&copy).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&copy, bytes).unwrap();
    let elsewhere = Installation::new();
    elsewhere.run(&["restore", &folder]).failed(&["is not what was backed up"]);
    assert!(!elsewhere.data_dir.join("ballast.sqlite").exists());
}

#[tokio::test]
async fn only_postgres_a_database_that_was_put_back_is_adopted_and_says_what_is_lost() {
    if is_sqlite() {
        return;
    }
    let database = TestDatabase::create(Template::Empty).await;
    let installation = Installation::new().on(&database);
    with_a_login(&installation, "zhao");
    let folder = beside(&installation, "backup");
    installation.run(&["backup", &folder]).failed(&["by its own means", "restore --adopt"]);
    let put_back = database.copied().await;
    with_a_login(&installation, "lin");
    installation.run(&["audit", "verify"]).done();
    let before = installation.run(&["audit", "key"]).done();

    // The same keys and checkpoints with the database of before.
    let installation = installation.on(&put_back);
    installation.run(&["restore", &folder]).failed(&["by its own means", "restore --adopt"]);
    let said = installation.run(&["audit", "verify"]);
    assert!(said.out.contains("[older_than_checkpoint]"), "{}", said.out);
    said.failed(&["Not as it was written"]);
    let said = installation.run(&["restore", "--adopt"]).done();
    assert!(said.contains("are lost") && said.contains("Everything is as it was written"), "{said}");

    let name = |key: &str| key.split_once('+').unwrap().0.to_owned();
    let after = installation.run(&["audit", "key"]).done();
    assert_eq!(name(&after), format!("{}/2", name(&before)), "the log goes on under a new name");
    let ctx = installation.operator().await;
    let logins = ballast::entity::identity::user::Entity::find().all(ctx.app.db.reader()).await.unwrap();
    assert_eq!(logins.iter().map(|row| row.login.as_str()).collect::<Vec<_>>(), ["zhao"]);
    with_a_login(&installation, "lin");
    let said = installation.run(&["audit", "verify", "--format", "json"]).done();
    let report: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&report["waiting"], &report["findings"]), (&0.into(), &serde_json::json!([])));
    assert_eq!(report["origin"], name(&after));
}
