//! A permit's card on its way: signed, drawn, read again from files alone.

use std::fs;
use std::path::{Path, PathBuf};

use ballast::format::permit::card::{write_card, write_keys, write_list};
use ballast::format::permit::card_pdf::{self, DrawError, Words};
use ballast_domain::base::civil_time::{CivilDate, Instant};
use ballast_domain::permit::card::{Card, Key, StatusList, listed};
use chrono::{Duration, TimeZone as _, Utc};
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::Value;
use uuid::Uuid;

use crate::cli::{Installation, Said};

fn signer(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn sign(seed: u8) -> impl FnOnce(&[u8]) -> [u8; 64] {
    move |text| signer(seed).sign(text).to_bytes()
}

fn issued() -> Instant {
    Utc.with_ymd_and_hms(2026, 11, 24, 1, 12, 7).unwrap()
}

fn card() -> Card {
    Card {
        version: Uuid::from_u128(3187),
        reference: "LJ-P-2026-03187".to_owned(),
        holder: "NGUYEN THI HOA".to_owned(),
        employer: "江口云帆服饰有限公司".to_owned(),
        post: "缝纫工".to_owned(),
        area: "二厂".to_owned(),
        starts_on: CivilDate::from_ymd_opt(2026, 12, 1).unwrap(),
        ends_on: CivilDate::from_ymd_opt(2027, 2, 28).unwrap(),
        issued_at: issued(),
    }
}

/// Files as an inspector has them, and the program that reads them.
struct Inspector {
    program: Installation,
    folder: PathBuf,
}

impl Inspector {
    fn new() -> Self {
        let program = Installation::new();
        let folder = program.folder.path().to_owned();
        let public = signer(1).verifying_key().to_bytes();
        let key = Key { id: "c-1".to_owned(), public, from: issued() - Duration::days(1), until: None };
        fs::write(folder.join("keys"), write_keys(&[key])).unwrap();
        let all = [("card", card()), ("other", Card { version: Uuid::from_u128(8), ..card() })];
        for (name, card) in all {
            fs::write(folder.join(name), write_card(&card, "c-1", sign(1))).unwrap();
        }
        fs::write(folder.join("forged"), write_card(&card(), "c-1", sign(2))).unwrap();
        let made = Utc.with_ymd_and_hms(2026, 12, 9, 22, 0, 0).unwrap();
        let list = StatusList::new(made, made + Duration::days(1), vec![listed(Uuid::from_u128(8))]);
        fs::write(folder.join("list"), write_list(&list, "c-1", sign(1))).unwrap();
        fs::write(folder.join("foreign-list"), write_list(&list, "c-1", sign(2))).unwrap();
        Self { program, folder }
    }

    fn file(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn verify(&self, card: &str, list: Option<&str>, at: &str, more: &[&str]) -> Said {
        let (card, keys) = (self.file(card), self.file("keys"));
        let list = list.map(|list| self.file(list));
        let mut arguments = vec!["permit", "verify", &card, "--keys", &keys, "--at", at];
        if let Some(list) = &list {
            arguments.extend(["--list", list]);
        }
        arguments.extend(more);
        self.program.run(&arguments)
    }
}

#[test]
fn only_sqlite_an_inspector_without_a_network_hears_what_a_card_is_worth() {
    let inspector = Inspector::new();
    let json = ["--format", "json"];
    for (card, list, at, verdict) in [
        ("card", Some("list"), "2026-12-10T10:00:00+08:00", "valid"),
        ("card", Some("list"), "2026-12-11T06:00:00+08:00", "status_stale"),
        ("card", Some("foreign-list"), "2026-12-10T10:00:00+08:00", "status_unknown"),
        ("card", None, "2026-12-10T10:00:00+08:00", "status_unknown"),
        ("other", Some("list"), "2026-12-10T10:00:00+08:00", "stopped"),
        ("other", Some("list"), "2026-12-11T06:00:00+08:00", "stopped"),
        ("forged", Some("list"), "2026-12-10T10:00:00+08:00", "forged"),
        ("card", Some("list"), "2026-11-30T23:59:59.9+08:00", "not_yet"),
        ("card", Some("list"), "2027-03-01T00:00:00+08:00", "expired"),
    ] {
        let said = inspector.verify(card, list, at, &json);
        assert_eq!(said.code, Some(i32::from(verdict != "valid")), "{card} {at}: {said:?}");
        let told: Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!(told["verdict"], verdict, "{card} {list:?} {at}");
        assert_eq!(told["compare_the_face"], verdict == "valid");
    }
    let said = inspector.verify("card", Some("list"), "2026-12-10T10:00:00+08:00", &["--lang", "zh-CN"]);
    assert!(said.out.contains("许可有效") && said.out.contains("比对"), "{said:?}");
    let said = inspector.verify("forged", Some("list"), "2026-12-10T10:00:00+08:00", &[]);
    assert!(!said.out.contains("NGUYEN"), "what a forged card says is not repeated: {said:?}");
    let said = inspector.verify("keys", Some("list"), "2026-12-10T10:00:00+08:00", &[]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("form"), "{said:?}");
}

/// A font with Chinese characters, where the machine keeps it.
fn font() -> Vec<u8> {
    let places = ["opentype/noto/NotoSansCJK-Regular.ttc", "opentype/noto-cjk/NotoSansCJK-Regular.ttc"];
    let files = places.map(|place| Path::new("/usr/share/fonts").join(place));
    files.iter().find_map(|file| fs::read(file).ok()).expect("fonts-noto-cjk is installed")
}

#[test]
fn only_sqlite_a_card_is_two_pages_with_its_font_inside_and_the_same_bytes_again() {
    let words = Words {
        title: "外国人务工许可 Work permit".to_owned(),
        lines: vec![
            ("持有人 Holder".to_owned(), card().holder),
            ("用人单位 Employer".to_owned(), card().employer),
        ],
        check: vec!["请将本人与旅行证件上的照片比对。".to_owned()],
    };
    let code = write_card(&card(), "c-1", sign(1));
    let font = font();
    let pdf = card_pdf::draw(&card(), &code, &words, &font).unwrap();
    assert_eq!(
        pdf,
        card_pdf::draw(&card(), &code, &words, &font).unwrap(),
        "nothing in it but what was given"
    );
    assert!(pdf.starts_with(b"%PDF-"), "it is a PDF");
    assert!(pdf.len() < 200_000, "{} bytes: the font is cut down", pdf.len());
    let text = String::from_utf8_lossy(&pdf);
    assert!(text.contains("/Count 2"), "two pages");
    assert!(text.contains("/FontFile"), "the font is in the file");
    assert_eq!(card_pdf::draw(&card(), &code, &words, b"no font"), Err(DrawError::Font));
    assert_eq!(card_pdf::draw(&card(), &"x".repeat(4000), &words, &font), Err(DrawError::Code));
}

#[test]
fn only_sqlite_what_an_issuer_signed_is_drawn_and_nothing_else() {
    let inspector = Inspector::new();
    let (keys, output) = (inspector.file("keys"), inspector.file("card.pdf"));
    let print = |card: &str, more: &[&str]| {
        let card = inspector.file(card);
        let mut arguments = vec!["permit", "print", &card, "--keys", &keys, "--output", &output];
        arguments.extend(more);
        inspector.program.run(&arguments)
    };
    let said = print("forged", &[]);
    assert_eq!((said.code, Path::new(&output).exists()), (Some(1), false), "{said:?}");
    let said = print("card", &["--font", &keys]);
    assert!(said.code == Some(1) && said.err.contains("--font"), "{said:?}");
    let said = print("card", &[]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(fs::read(&output).unwrap().starts_with(b"%PDF-"));
}
