//! What can be wrong with an address, a folder, a key file and a database.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;

use ballast::store::identity::user;
use sea_orm::ConnectionTrait as _;

use crate::cli::Installation;

/// The commands that open an installation, as far as they get without anything in it. What ends by itself comes before
/// `serve`, so that a refusal that is missing shows at once.
const COMMANDS: [&[&str]; 4] =
    [&["rank", "V-1"], &["taxonomy", "list"], &["serve", "--listen", "127.0.0.1:0"], &["migrate"]];

#[test]
fn only_sqlite_a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = Installation::new().run(&["serve", "--listen", &address]);
    assert_eq!(said.out, "", "no address is promised");
    assert!(said.failed(&[&address, "is in use", "choose another"]).is_empty());
}

#[test]
fn only_sqlite_an_address_that_is_none_is_named() {
    for address in ["nonsense", "256.0.0.1:80", "127.0.0.1:99999"] {
        let said = Installation::new().run(&["serve", "--listen", address]);
        assert!(said.failed(&[address, "choose another"]).is_empty());
    }
}

#[test]
fn only_sqlite_a_folder_that_cannot_be_written_is_named() {
    let installation = Installation::new();
    // A file where the folder should be stops root as well.
    let file = installation.folder.path().join("file");
    fs::write(&file, "mine").unwrap();
    let below = file.join("data");
    for data_dir in [file.clone(), below] {
        let installation = Installation::new().at(data_dir.clone());
        for command in COMMANDS {
            let said = installation.run(command);
            let folder = data_dir.display().to_string();
            assert!(said.failed(&[&folder, "cannot be written", "--data-dir"]).is_empty());
        }
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}

#[tokio::test]
async fn only_sqlite_a_database_of_a_newer_version_is_left_alone() {
    let installation = Installation::new();
    let ctx = installation.operator().await;
    let db = ctx.app.db.owner();
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_next_year', 0)";
    db.execute_unprepared(newer).await.unwrap();
    db.execute_unprepared("CREATE TABLE of_next_year (id INTEGER)").await.unwrap();
    db.execute_unprepared("INSERT INTO of_next_year VALUES (7)").await.unwrap();
    for command in COMMANDS {
        let said = installation.run(command);
        assert!(said.failed(&["newer version", "m9999_next_year"]).is_empty());
    }
    let changed = db.execute_unprepared("UPDATE of_next_year SET id = 8 WHERE id = 7").await.unwrap();
    assert_eq!(changed.rows_affected(), 1, "what the newer version keeps is still there");
}

#[test]
fn only_sqlite_a_key_file_that_others_can_read_is_refused() {
    let installation = Installation::new();
    installation.run(&["taxonomy", "list"]).done();
    let path = installation.data_dir.join("keys.toml");
    let keys = fs::read(&path).unwrap();
    for mode in [0o644, 0o640, 0o604] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        for command in &COMMANDS[..3] {
            let said = installation.run(command);
            assert!(said.failed(&["keys.toml", "can be read by others", "chmod 600"]).is_empty());
        }
    }
    assert_eq!(fs::read(&path).unwrap(), keys, "no new keys were made");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    installation.run(&["taxonomy", "list"]).done();
}

#[test]
fn only_sqlite_a_file_that_is_no_key_file_and_one_that_is_no_database_are_named() {
    let installation = Installation::new();
    installation.run(&["taxonomy", "list"]).done();
    let keys = installation.data_dir.join("keys.toml");
    fs::write(&keys, "key_id = 7\n").unwrap();
    installation.run(&["rank", "V-1"]).failed(&["keys.toml", "not a key file"]);
    assert!(fs::read(&keys).unwrap().starts_with(b"key_id = 7"), "it is not written over");
    let installation = Installation::new();
    fs::create_dir_all(&installation.data_dir).unwrap();
    let database = installation.data_dir.join("ballast.sqlite");
    fs::write(&database, "no database at all, and long enough to be looked at by whoever opens it").unwrap();
    let said = installation.run(&["rank", "V-1"]);
    said.failed(&["ballast.sqlite"]);
    assert!(fs::read_to_string(&database).unwrap().starts_with("no database"), "it is not written over");
}

#[test]
fn only_sqlite_a_setting_that_is_none_is_named() {
    let installation = Installation::new();
    fs::create_dir_all(&installation.data_dir).unwrap();
    fs::write(installation.data_dir.join("ballast.toml"), "lisen = \"127.0.0.1:80\"\n").unwrap();
    assert!(installation.run(&["rank", "V-1"]).failed(&["settings", "lisen"]).is_empty());
}

#[tokio::test]
async fn only_sqlite_a_login_needs_a_password_that_is_long_enough() {
    let installation = Installation::new();
    let create = ["user", "create", "hong", "--name", "Hong", "--role", "administrator"];
    let details = installation.run_with(&create, "short\n").failed(&["Nothing was changed"]);
    assert_eq!(details, ["  /password: At least 12 characters."]);
    let ctx = installation.operator().await;
    assert!(user::find_by_login(ctx.app.db.reader(), "hong").await.unwrap().is_none());
    let id = installation.run_with(&create, "long enough to keep\n").done();
    let made = user::find_by_login(ctx.app.db.reader(), "hong").await.unwrap().expect("the login is there");
    assert_eq!(id.trim(), made.id.to_string());
    let details = installation.run_with(&create, "long enough to keep\n").failed(&[]);
    assert!(details.is_empty(), "{details:?}");
}

#[test]
fn only_sqlite_the_document_that_is_printed_is_the_one_in_the_repository() {
    let installation = Installation::new();
    let kept = include_str!("../../../openapi/ballast.json");
    assert!(installation.run(&["openapi"]).done() == kept, "cargo run -q -- openapi > openapi/ballast.json");
    assert!(!installation.data_dir.exists(), "printing needs no folder");
}
