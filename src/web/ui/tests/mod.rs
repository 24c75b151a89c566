//! Whole pages, rendered in both languages: what they say, what they must not say, and that all of it is escaped.

mod samples;

use std::collections::BTreeSet;

use maud::html;

use self::samples::{EN, ZH, demo_logins, framed, samples, shortlist_page};
use crate::web::assets;
use crate::web::ui::error::{ErrorPage, error};
use crate::web::ui::layout::{Page, page};
use crate::web::ui::shortlist::{RemovedPanel, Viewer, shortlist};
use crate::web::ui::sign_in::sign_in;

/// The values of an attribute, wherever it stands.
fn attribute<'a>(document: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    document.split(start.as_str()).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn no_page_has_a_script_an_inline_style_or_an_address_elsewhere() {
    for (name, document) in samples() {
        for forbidden in
            ["<script", " style=", "<style", " onclick", " onload", "javascript:", "<img", "<iframe"]
        {
            assert!(!document.contains(forbidden), "{forbidden} in {name}");
        }
        for place in ["href", "src", "action"] {
            for address in attribute(&document, place) {
                assert!(address.starts_with(['/', '#']) && !address.starts_with("//"), "{address} in {name}");
            }
        }
    }
}

#[test]
fn every_id_is_unique_and_everything_that_names_one_finds_it() {
    for (name, document) in samples() {
        let ids = attribute(&document, "id");
        let known: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(known.len(), ids.len(), "an id twice in {name}");
        let mut named: Vec<&str> = attribute(&document, "href");
        named.retain(|address| address.starts_with('#'));
        named.extend(
            ["for", "aria-labelledby", "aria-describedby"].map(|place| attribute(&document, place)).concat(),
        );
        for id in named.iter().flat_map(|list| list.split(' ')).map(|id| id.trim_start_matches('#')) {
            let elsewhere = name.starts_with("parts") && id == "title";
            assert!(known.contains(id) || elsewhere, "{id} is missing in {name}");
        }
    }
}

#[test]
fn every_class_of_a_page_is_drawn_by_the_style_sheet() {
    let sheet = std::str::from_utf8(assets::style_sheet().bytes).unwrap();
    for (name, document) in samples() {
        for class in attribute(&document, "class").iter().flat_map(|list| list.split(' ')) {
            assert!(sheet.contains(&format!(".{class}")), "{class} in {name} has no rule");
        }
    }
}

#[test]
fn every_page_speaks_its_language_and_leaves_no_variable_open() {
    for (name, document) in samples() {
        let tag = name.split_once('.').unwrap().1;
        assert!(document.starts_with(&format!("<!DOCTYPE html><html lang=\"{tag}\">")), "{name}");
        assert!(!document.contains("{$"), "a variable is open in {name}");
        assert_eq!(document.matches("<h1").count(), usize::from(!name.starts_with("parts")), "{name}");
    }
}

#[test]
fn a_demonstration_says_so_and_a_real_installation_does_not() {
    let frame = framed(EN, "t", "/");
    let real = Page { demonstration: None, ..frame.clone() };
    let demo = page(&frame, html! {}).into_string();
    assert!(demo.contains("Demonstration") && demo.contains("24 November 2026; all people"), "{demo}");
    assert!(!page(&real, html! {}).into_string().contains("Demonstration"));
}

#[test]
fn signing_out_is_a_post_with_the_token_and_is_missing_without_one() {
    let frame = framed(EN, "t", "/");
    let document = page(&frame, html! {}).into_string();
    assert!(document.contains(
        r#"<form method="post" action="/sign-out"><input type="hidden" name="csrf" value="token-1">"#
    ));
    let without = Page { csrf: None, ..frame };
    assert!(!page(&without, html! {}).into_string().contains("/sign-out"));
}

#[test]
fn a_failed_sign_in_keeps_the_name_names_the_field_and_never_echoes_a_password() {
    let body =
        sign_in(EN, Some("Not right."), "nobody", Some("/vacancies"), &html! {}, false, &[]).into_string();
    assert!(body.contains(r##"<li><a href="#login">Not right.</a></li>"##), "{body}");
    assert!(body.contains(r#"aria-describedby="login-error" aria-invalid="true""#), "{body}");
    assert!(
        body.contains(r#"value="nobody""#) && body.contains(r#"name="next" value="/vacancies""#),
        "{body}"
    );
    let password = body.split("<input").find(|input| input.contains(r#"type="password""#)).unwrap();
    assert!(!password.split('>').next().unwrap().contains("value="), "{password}");
    assert!(!body.contains("h-demo"), "no accounts are offered outside a demonstration");
}

#[test]
fn a_demonstration_offers_one_login_a_role_with_its_password() {
    let body = sign_in(ZH, None, "", None, &html! {}, false, &demo_logins(ZH)).into_string();
    for demo in demo_logins(ZH) {
        assert!(body.contains(&demo.role) && body.contains(&demo.password), "{}", demo.login);
    }
    assert!(!body.contains("aria-invalid") && !body.contains(r#"name="next""#));
}

#[test]
fn a_factory_sees_no_name_and_no_person_who_was_removed_whatever_it_is_handed() {
    let mut sample = shortlist_page(EN, Viewer::Official);
    let official = shortlist(EN, &sample).into_string();
    let handed =
        ["林小荷", "Nguyễn Thị Hoa", "孙巧儿", "Aung Min Thu", "赵小满", "/why/", "H3S-14L", "1,312"];
    for secret in handed {
        assert!(official.contains(secret), "the official sees {secret}");
    }
    sample.viewer = Viewer::Factory;
    let factory = shortlist(EN, &sample).into_string();
    for secret in handed {
        assert!(!factory.contains(secret), "a factory sees {secret}");
    }
    assert!(factory.contains("K7Q-41M"));
}

#[test]
fn an_official_reads_every_reason_with_what_unlocks_it_or_that_nothing_does() {
    let body = shortlist(EN, &shortlist_page(EN, Viewer::Official)).into_string();
    assert!(body.contains("C8 bar</span>") && body.contains("C2 unknown</span>"), "{body}");
    assert!(body.contains("<strong>What unlocks it:</strong> Sight the passport"), "{body}");
    assert!(body.contains("Nothing unlocks it, and nobody can override it."), "{body}");
    assert!(body.contains("2 of 1,312 shown"), "{body}");
}

#[test]
fn a_factory_reads_bands_and_no_head_count() {
    let body = shortlist(EN, &shortlist_page(EN, Viewer::Factory)).into_string();
    for text in
        ["200 or more", "50–199", "fewer than 10", "Bands only, no head-counts", "Cannot be waived (law)"]
    {
        assert!(body.contains(text), "{text}");
    }
}

#[test]
fn the_page_prints_every_addend_and_a_total_that_is_their_sum() {
    let sample = shortlist_page(EN, Viewer::Factory);
    let body = shortlist(EN, &sample).into_string();
    for row in &sample.qualified {
        assert_eq!(row.addends.iter().map(|addend| addend.points).sum::<i64>(), row.score);
        assert!(body.contains(&format!("How the {} points add up", row.score)));
        assert!(body.contains(&format!(
            r#"<th scope="row" colspan="2">Total</th><td class="num">{}</td>"#,
            row.score
        )));
        for addend in &row.addends {
            let printed = format!(
                r#"<th scope="row">{}</th><td>{}</td><td class="num">{}</td>"#,
                addend.name, addend.working, addend.points
            );
            assert!(body.contains(&printed), "{printed}");
        }
    }
}

#[test]
fn empty_lists_say_so_in_words() {
    let mut sample = shortlist_page(EN, Viewer::Factory);
    sample.qualified.clear();
    sample.to_verify.clear();
    sample.removed = RemovedPanel::Bands(Vec::new());
    let body = shortlist(EN, &sample).into_string();
    for text in ["Nobody qualifies at present", "Nobody to verify", "Nobody was removed"] {
        assert!(body.contains(text), "{text}");
    }
}

#[test]
fn whatever_is_handed_in_is_escaped() {
    const ATTACK: &str = "\"'><script>alert(1)</script><a style=\"x\">&";
    let mut sample = shortlist_page(EN, Viewer::Official);
    sample.vacancy.title = ATTACK.into();
    sample.vacancy.place = ATTACK.into();
    sample.export = Some(ATTACK.into());
    sample.qualified[0].person.name = Some(ATTACK.into());
    sample.qualified[0].person.code = ATTACK.into();
    sample.qualified[0].person.why = Some(ATTACK.into());
    sample.qualified[0].addends[0].name = ATTACK.into();
    sample.qualified[0].addends[0].working = ATTACK.into();
    sample.qualified[0].skills[0].name = ATTACK.into();
    sample.to_verify[0].unknown[0] = ATTACK.into();
    let mut frame = framed(EN, ATTACK, ATTACK);
    frame.flash = Some(ATTACK.into());
    frame.csrf = Some(ATTACK.into());
    frame.footer = vec![ATTACK.into()];
    let failure = ErrorPage {
        status: 500,
        title: ATTACK.into(),
        detail: ATTACK.into(),
        request_id: ATTACK.into(),
        back: Some((ATTACK.into(), ATTACK.into())),
    };
    let body = html! {
        (shortlist(EN, &sample))
        (sign_in(EN, Some(ATTACK), ATTACK, Some(ATTACK), &html! {}, false, &[]))
        (error(EN, &failure))
    };
    let document = page(&frame, body).into_string();
    assert!(document.matches("&lt;script&gt;").count() > 20);
    assert!(!document.contains("<script") && !document.contains("<a style"), "{document}");
}
