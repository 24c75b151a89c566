//! Both languages say the same things, and every word that the code asks for exists.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::*;

const ZH: Words = Words(Locale::ZhCn);
const EN: Words = Words(Locale::En);

#[test]
fn both_languages_have_the_same_keys_with_the_same_variables() {
    let zh = variables(Locale::ZhCn);
    let en = variables(Locale::En);
    assert!(en.len() > 50, "the files were read");
    assert_eq!(zh, en);
    assert_eq!(keys(Locale::ZhCn), keys(Locale::En));
}

#[test]
fn every_message_formats_without_an_error() {
    for locale in Locale::ALL {
        for (key, names) in variables(locale) {
            for count in [0, 1, 2] {
                let args: Vec<(&str, Arg)> =
                    names.iter().map(|name| (name.as_str(), Arg::Int(count))).collect();
                let (text, errors) =
                    format(locale, &key, &args).unwrap_or_else(|| panic!("no message {key}"));
                assert_eq!(errors, 0, "{key} in {}: {text}", locale.tag());
                assert!(!text.trim().is_empty() && !text.contains("{$"), "{key} in {}: {text}", locale.tag());
            }
        }
    }
}

#[test]
fn the_files_parse_and_no_key_is_written_twice() {
    for locale in Locale::ALL {
        let mut seen = BTreeSet::new();
        for source in sources(locale) {
            assert!(
                FluentResource::try_new((*source).to_owned()).is_ok(),
                "broken message in {}",
                locale.tag()
            );
            for line in source.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic())) {
                let key = line.split('=').next().unwrap_or_default().trim();
                assert!(seen.insert(key), "{key} twice in {}", locale.tag());
            }
        }
    }
}

#[test]
fn every_message_file_on_disk_is_embedded() {
    for locale in Locale::ALL {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/words/locales").join(locale.tag());
        let count = std::fs::read_dir(folder).unwrap().count();
        assert_eq!(count, sources(locale).len(), "files of {}", locale.tag());
    }
}

#[test]
fn every_key_that_the_code_writes_out_exists() {
    let known = keys(Locale::En);
    let mut asked = 0;
    for file in rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        if file.ends_with("words/tests.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        for call in [".t(", ".ta("] {
            for rest in text.split(call).skip(1) {
                let Some(literal) = rest.trim_start().strip_prefix('"') else { continue };
                let key = literal.split('"').next().unwrap_or_default();
                asked += 1;
                assert!(known.contains(key), "{} asks for {key}", file.display());
            }
        }
    }
    assert!(asked > 30, "the code was read: {asked}");
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

#[test]
fn a_missing_key_shows_itself() {
    assert_eq!(EN.t("no-such-key"), "no-such-key");
}

#[test]
fn an_accept_language_header_chooses_by_weight_and_falls_back_to_chinese() {
    assert_eq!(Locale::negotiate(None), Locale::ZhCn);
    assert_eq!(Locale::negotiate(Some("")), Locale::ZhCn);
    assert_eq!(Locale::negotiate(Some("fr, de;q=0.5")), Locale::ZhCn);
    assert_eq!(Locale::negotiate(Some("en-GB,en;q=0.9,zh;q=0.8")), Locale::En);
    assert_eq!(Locale::negotiate(Some("en;q=0.7, zh-TW;q=0.75")), Locale::ZhCn);
    assert_eq!(Locale::negotiate(Some("en, zh")), Locale::En);
    assert_eq!(Locale::negotiate(Some("zh;q=0, en;q=0.001")), Locale::En);
    assert_eq!(Locale::negotiate(Some("en;q=oops, zh;q=0.1")), Locale::ZhCn);
    assert_eq!(Locale::negotiate(Some("en;q=0.99999")), Locale::ZhCn);
}

#[test]
fn a_tag_is_read_whatever_its_region() {
    for locale in Locale::ALL {
        assert_eq!(Locale::parse(locale.tag()), Some(locale));
    }
    assert_eq!(Locale::parse("EN_us"), Some(Locale::En));
    assert_eq!(Locale::parse("english"), None);
}

#[test]
fn dates_are_written_as_each_language_writes_them() {
    let date = NaiveDate::from_ymd_opt(2026, 11, 4).unwrap();
    assert_eq!(ZH.date(date), "2026 年 11 月 4 日");
    assert_eq!(EN.date(date), "4 November 2026");
    assert_eq!(ZH.date_short(date), "11-04");
    assert_eq!(EN.date_short(date), "11-04");
    let moment = date.and_hms_opt(9, 5, 59).unwrap();
    assert_eq!(ZH.moment(moment), "2026 年 11 月 4 日 09:05");
    assert_eq!(EN.moment(moment), "4 November 2026, 09:05");
}

#[test]
fn money_shows_fen_only_where_there_are_some_and_a_true_minus() {
    assert_eq!(ZH.money(420_000), "4,200 元");
    assert_eq!(EN.money(420_000), "CNY 4,200");
    assert_eq!(EN.money(420_050), "CNY 4,200.50");
    assert_eq!(ZH.money(-5), "\u{2212}0.05 元");
    assert_eq!(EN.money(-123_456_700), "CNY \u{2212}1,234,567");
    assert_eq!(ZH.money(0), "0 元");
    assert_eq!(ZH.money_range(430_000, 520_000), "4,300–5,200 元");
    assert_eq!(EN.money_range(430_000, 520_000), "CNY 4,300–5,200");
    assert_eq!(EN.money_range(430_000, 430_000), "CNY 4,300");
    assert_eq!(EN.money(i64::MIN), "CNY \u{2212}92,233,720,368,547,758.08");
}

#[test]
fn counts_are_grouped_alone_and_inside_messages() {
    assert_eq!(EN.count(999), "999");
    assert_eq!(EN.count(1_000), "1,000");
    assert_eq!(EN.count(-1_234_567), "\u{2212}1,234,567");
    let posts = |count: i64| EN.ta("shortlist-posts", &[("count", count.into())]);
    assert_eq!(posts(1), "1 post");
    assert_eq!(posts(12_000), "12,000 posts");
    assert_eq!(posts(i64::MAX), "9,223,372,036,854,775,807 posts");
    assert_eq!(ZH.ta("shortlist-posts", &[("count", 12_000.into())]), "招 12,000 人");
}
