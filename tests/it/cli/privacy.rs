//! The keys at the command line, replaced while the process is killed again and again; people who are erased, and
//! stay so when an older backup is put back.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use ballast::entity::identity::{open_id_provider, totp};
use ballast::entity::organisation::master_key;
use ballast::entity::person::{blind_index, person_key, person_secret};
use ballast::service::batch::Mode;
use ballast::service::identity::mail_address::{get_mail_address, set_mail_address};
use ballast::service::identity::open_id_provider::{NewOpenIdProvider, create_open_id_provider};
use ballast::service::identity::totp::{begin_totp, confirm_totp};
use ballast::service::identity::user::{NewUser, create_user};
use ballast::service::organisation::country::{NewCountry, load_countries};
use ballast::service::organisation::organisation::{NewOrganisation, register_organisations};
use ballast::service::organisation::region::{NewRegion, load_regions};
use ballast::service::person::person::{NewPerson, get_person, register_people};
use ballast::service::{Ctx, Error};
use ballast_domain::base::id::{OrganisationId, PersonId};
use ballast_domain::identity::policy::{Actor, Membership};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use totp_rs::{Builder, Secret};

use crate::cli::Installation;

/// People of the rotation: several batches of everything.
const PEOPLE: usize = 230;

/// A citizen number of nobody, with its check character.
fn number(n: usize) -> String {
    let digits = format!("21060319900101{n:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 =
        digits.chars().zip(weights).map(|(digit, weight)| digit.to_digit(10).unwrap() * weight).sum();
    let check = "10X98765432".as_bytes()[usize::try_from(sum % 11).unwrap()];
    format!("{digits}{}", char::from(check))
}

fn phone(n: usize) -> String {
    format!("139{n:08}")
}

fn somebody(n: usize) -> NewPerson {
    NewPerson {
        name: format!("Nobody {n}"),
        citizen_number: Some(number(n)),
        phone: Some(phone(n)),
        home_region: Some("2106".to_owned()),
        ..NewPerson::default()
    }
}

/// A bureau with people, in an installation that is new.
async fn bureau(ctx: &Ctx, people: usize) -> (OrganisationId, Vec<PersonId>) {
    let (zh, en) = ("中国".to_owned(), "China".to_owned());
    let country = NewCountry { code: "CN".to_owned(), name_zh: zh, name_en: en };
    load_countries(ctx, vec![country], Mode::Commit).await.unwrap();
    let region =
        |code: &str| NewRegion { code: code.to_owned(), name_zh: code.to_owned(), name_en: code.to_owned() };
    load_regions(ctx, vec![region("21"), region("2106")], Mode::Commit).await.unwrap();
    let bureau = NewOrganisation {
        kind: "bureau".to_owned(),
        name_zh: "局".to_owned(),
        name_en: "Bureau".to_owned(),
        credit_code: None,
        region: "2106".to_owned(),
    };
    let bureau = register_organisations(ctx, vec![bureau], Mode::Commit).await.unwrap()[0];
    let people = (0..people).map(somebody).collect();
    (bureau, register_people(ctx, bureau, people, Mode::Commit).await.unwrap())
}

/// Starts a rotation and kills it when it has said so many lines; says whether it died at work.
fn killed_after(installation: &Installation, arguments: &[&str], lines: usize) -> bool {
    let mut process = Command::new(env!("CARGO_BIN_EXE_ballast"))
        .args(arguments)
        .arg("--data-dir")
        .arg(&installation.data_dir)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(process.stdout.take().unwrap());
    for _ in 0..lines {
        said.read_line(&mut String::new()).unwrap();
    }
    process.kill().unwrap();
    !process.wait().unwrap().success()
}

/// Everything opens and is found, as a process sees it that runs all the time.
async fn assert_readable(ctx: &Ctx, bureau: OrganisationId) {
    let (db, keys) = (ctx.app.db.reader(), &ctx.app.keys);
    let mut values = Vec::new();
    let people = person_key::Entity::find().all(db).await.unwrap();
    assert_eq!(people.len(), PEOPLE);
    let secrets = person_secret::Entity::find().all(db).await.unwrap();
    for row in &people {
        let place = format!("person_key|sealed|{}", row.person_id);
        let key = keys.open_subject_key(&place, &row.key_id, &row.sealed).expect("a person's key opens");
        for secret in secrets.iter().filter(|secret| secret.person_id == row.person_id) {
            let place = format!("person_secret|sealed|{}|{}", secret.id, secret.person_id);
            values.push(String::from_utf8(key.unseal(&place, &secret.sealed).unwrap()).unwrap());
        }
    }
    let mut expected: Vec<String> = (0..PEOPLE).flat_map(|n| [number(n), phone(n)]).collect();
    values.sort();
    expected.sort();
    assert_eq!(values, expected);
    let again = register_people(ctx, bureau, (0..PEOPLE).map(somebody).collect(), Mode::Validate).await;
    let Err(Error::Invalid(problems)) = again else { panic!("they are registered: {again:?}") };
    assert_eq!(problems.iter().filter(|problem| problem.code == "registered_before").count(), PEOPLE);
}

#[tokio::test]
async fn only_sqlite_keys_are_replaced_though_the_process_is_killed_at_every_step() {
    let installation = Installation::new();
    let ctx = installation.operator().await;
    let (bureau, _) = bureau(&ctx, PEOPLE).await;
    let db = ctx.app.db.reader();
    let names = async || {
        let mut names: Vec<String> =
            master_key::Entity::find().all(db).await.unwrap().into_iter().map(|row| row.key_id).collect();
        names.sort();
        names
    };
    let before = names().await;
    let mut died = 0;
    for (arguments, points) in [(vec!["keys", "rotate"], 0..7), (vec!["keys", "rotate", "--index"], 0..9)] {
        for lines in points {
            died += usize::from(killed_after(&installation, &arguments, lines));
            assert_readable(&ctx, bureau).await;
        }
        let said = installation.run(&arguments).done();
        assert!(said.contains("Everything is under"), "{said}");
        assert_readable(&ctx, bureau).await;
    }
    assert!(died >= 10, "only {died} died at work");
    let after = names().await;
    assert_eq!(after.len(), 2, "one of each");
    assert!(after.iter().all(|name| !before.contains(name)), "{before:?} {after:?}");
    let text = fs::read_to_string(installation.data_dir.join("keys.toml")).unwrap();
    assert!(before.iter().all(|name| !text.contains(name)), "the old keys are out of the file");
    assert_eq!(blind_index::Entity::find().count(db).await.unwrap(), 2 * PEOPLE as u64, "one digest a value");
    // Another process has the new file alone.
    assert_readable(&installation.operator().await, bureau).await;
    assert!(installation.run(&["audit", "verify"]).done().contains("Everything is as it was written"));
    let listed = installation.run(&["keys", "list"]).done();
    assert_eq!(listed.lines().filter(|line| line.ends_with("in use")).count(), 2, "{listed}");
}

#[tokio::test]
async fn only_sqlite_codes_of_an_app_outlive_the_key_that_sealed_their_secret() {
    let installation = Installation::new();
    let ctx = installation.operator().await;
    let new = NewUser {
        login: "chief".to_owned(),
        display_name: "Chief".to_owned(),
        password: "correct horse battery".to_owned(),
        role: "administrator".to_owned(),
        organisation: None,
        person: None,
    };
    let id = create_user(&ctx, new).await.unwrap();
    let as_chief = |ctx: &Ctx| Ctx {
        actor: Actor::user(id, None, chief()),
        confirmed_at: Some(ctx.now()),
        ..ctx.clone()
    };
    set_mail_address(&as_chief(&ctx), "chief@example.com").await.unwrap();
    let begun = begin_totp(&as_chief(&ctx)).await.unwrap();
    let stored = async |ctx: &Ctx| totp::Entity::find().one(ctx.app.db.reader()).await.unwrap().unwrap();
    let before = stored(&ctx).await;
    installation.run(&["keys", "rotate"]).done();
    // Another process has the new file alone.
    let after = installation.operator().await;
    let row = stored(&after).await;
    assert!(row.key_id != before.key_id && row.sealed != before.sealed);
    let address = get_mail_address(&as_chief(&after)).await.unwrap();
    assert_eq!(address.as_deref(), Some("chief@example.com"));
    let secret = Secret::try_from_base32(&begun.secret).unwrap();
    let app = Builder::new().with_secret(secret).with_account_name("x").build().unwrap();
    let code = app.generate(u64::try_from(after.now().timestamp()).unwrap()).to_string();
    assert_eq!(confirm_totp(&as_chief(&after), "", &code).await.unwrap().len(), 10);

    installation.run(&["user", "reset-factor", "nobody"]).failed(&["no login \"nobody\""]);
    let said = installation.run(&["user", "reset-factor", " Chief "]).done();
    assert_eq!(said.trim(), id.to_string());
    installation.run(&["user", "reset-factor", "chief"]).failed(&["no second factor"]);
    assert!(installation.run(&["audit", "verify"]).done().contains("Everything is as it was written"));
}

#[tokio::test]
async fn only_sqlite_the_secret_of_a_provider_outlives_the_key_that_sealed_it() {
    let installation = Installation::new();
    let ctx = installation.operator().await;
    let (bureau, _) = bureau(&ctx, 1).await;
    let new = NewOpenIdProvider {
        code: "bureau".to_owned(),
        issuer: "https://login.example".to_owned(),
        client_id: "ballast".to_owned(),
        client_secret: "between two servers".to_owned(),
        enabled: true,
    };
    let id = create_open_id_provider(&ctx, bureau, new).await.unwrap();
    let stored =
        async |ctx: &Ctx| open_id_provider::Entity::find().one(ctx.app.db.reader()).await.unwrap().unwrap();
    let before = stored(&ctx).await;
    installation.run(&["keys", "rotate"]).done();
    // Another process has the new file alone.
    let after = installation.operator().await;
    let row = stored(&after).await;
    assert!(row.key_id != before.key_id && row.revision == before.revision);
    let open = |place: &str| after.app.keys.open_own_key(place, &row.key_id, &row.sealed);
    assert_eq!(open(&format!("open_id_provider|sealed|{id}")).unwrap(), b"between two servers");
    assert!(open(&format!("open_id_provider|sealed|{}", uuid::Uuid::nil())).is_err(), "for its row alone");
    assert!(installation.run(&["audit", "verify"]).done().contains("Everything is as it was written"));
}

/// What an administrator of an installation holds.
fn chief() -> Vec<Membership> {
    Membership::parse("administrator", None).into_iter().collect()
}

#[tokio::test]
async fn only_sqlite_who_was_erased_does_not_come_back_with_an_older_backup() {
    let installation = Installation::new();
    let ctx = installation.operator().await;
    let (_, people) = bureau(&ctx, 2).await;
    let person = people[0].to_string();
    let backup = installation.folder.path().join("backup").display().to_string();
    installation.run(&["backup", &backup]).done();

    installation.run_with(&["person", "erase", &person], "no\n").failed(&["another id"]);
    assert!(get_person(&ctx, people[0]).await.is_ok());
    installation.run_with(&["person", "erase", &person], &format!("{person}\n")).done();
    assert!(matches!(get_person(&ctx, people[0]).await, Err(Error::NotFound)));
    installation.run(&["person", "erase", &person, "--yes"]).failed(&[]);
    let journal = fs::read_to_string(installation.data_dir.join("erasures.jsonl")).unwrap();
    assert!(journal.contains(&person) && !journal.contains("Nobody 0"), "{journal}");
    // Nobody has it open when the backup is put back.
    ctx.app.db.clone().close().await.unwrap();
    drop(ctx);
    let said = installation.run(&["restore", &backup, "--replace"]).done();
    assert!(said.contains("erased again"), "{said}");
    let ctx = installation.operator().await;
    assert!(matches!(get_person(&ctx, people[0]).await, Err(Error::NotFound)));
    assert!(get_person(&ctx, people[1]).await.is_ok(), "and nobody else is gone");
    assert_eq!(person_key::Entity::find().count(ctx.app.db.reader()).await.unwrap(), 1);
    assert!(installation.run(&["audit", "verify"]).done().contains("Everything is as it was written"));
}
