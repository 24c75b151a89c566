//! Pages filled with fictional people and firms, for the tests beside this file.

use chrono::NaiveDate;
use maud::{Markup, html};

use crate::web::ui::chart::{AddendClass, AddendRow};
use crate::web::ui::error::{ErrorPage, error};
use crate::web::ui::form::{self, Field, FieldError, Select};
use crate::web::ui::layout::{Crumb, NavItem, Page, Who, page};
use crate::web::ui::parts::{self, BadgeKind, Clock, Pager, Task, Urgency};
use crate::web::ui::shortlist::{
    BandRow, Fact, Person, Reason, RemovedPanel, RemovedPerson, Requirement, Row, ShortlistPage, Skill,
    VacancyHead, VerifyRow, Viewer, shortlist,
};
use crate::web::ui::sign_in::{DemoLogin, sign_in};
use crate::words::{Locale, Words};

pub const EN: Words = Words(Locale::En);
pub const ZH: Words = Words(Locale::ZhCn);

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

/// The Chinese text or the English one.
fn say(words: Words, zh: &str, en: &str) -> String {
    match words.locale() {
        Locale::ZhCn => zh.to_owned(),
        Locale::En => en.to_owned(),
    }
}

pub fn framed(words: Words, title: &str, path: &str) -> Page {
    Page {
        nav: vec![
            NavItem { label: words.t("nav-home"), href: "/".into(), current: false },
            NavItem { label: words.t("nav-vacancies"), href: "/vacancies".into(), current: true },
            NavItem { label: words.t("nav-classes"), href: "/joint-classes".into(), current: false },
        ],
        who: Some(Who {
            display_name: say(words, "沈巧云", "Shen Qiaoyun"),
            organisation: Some(say(words, "江口云帆服饰有限公司", "Jiangkou Yunfan Apparel Co.")),
        }),
        demonstration: Some(day(11, 24)),
        crumbs: vec![
            Crumb { label: words.t("nav-vacancies"), href: Some("/vacancies".into()) },
            Crumb { label: "V-2026-0412".into(), href: Some("/vacancies/1".into()) },
            Crumb { label: words.t("nav-shortlist"), href: None },
        ],
        footer: vec![words.ta("layout-as-of", &[("moment", words.date(day(11, 24)).into())])],
        csrf: Some("token-1".into()),
        ..Page::new(words, title, path)
    }
}

fn skill(words: Words, zh: &str, en: &str, level: i64, evidence: &str) -> Skill {
    Skill { name: say(words, zh, en), level, evidence: words.t(evidence) }
}

pub fn person(code: &str, name: &str) -> Person {
    Person { code: code.into(), name: Some(name.into()), why: Some(format!("/vacancies/1/why/{code}")) }
}

fn addends(words: Words, points: [i64; 7]) -> Vec<AddendRow> {
    let names = [
        ("平缝", "Lockstitch", AddendClass::Essential, "3/3"),
        ("包缝", "Overlock", AddendClass::Essential, "2/2"),
        ("读工艺单", "Reading spec sheets", AddendClass::Nice, "2/2"),
        ("缝制质检", "Sewing inspection", AddendClass::Nice, "2/2"),
        ("缝纫证书", "Sewing certificate", AddendClass::Certificate, "1"),
        ("工资", "Wage fit", AddendClass::Terms, "1"),
        ("订单班", "Joint class", AddendClass::JointClass, "1"),
    ];
    names
        .into_iter()
        .zip(points)
        .map(|((zh, en, class, working), points)| AddendRow {
            name: say(words, zh, en),
            working: format!("{points} × {working} × 1000/1000 × 1000/1000"),
            points,
            class,
        })
        .collect()
}

fn qualified_rows(words: Words) -> Vec<Row> {
    let people = [
        ("K7Q-41M", "林小荷", [300, 152, 79, 64, 80, 134, 30]),
        ("R2D-88V", "Nguyễn Thị Hoa", [281, 169, 99, 65, 80, 125, 0]),
        ("B9T-05H", "周启明", [270, 162, 59, 54, 60, 132, 30]),
        ("W1F-27P", "白秀英", [240, 144, 0, 58, 0, 90, 0]),
    ];
    let row = |(index, (code, name, points)): (usize, (&str, &str, [i64; 7]))| Row {
        rank: i64::try_from(index).unwrap() + 1,
        person: person(code, name),
        place: say(words, "佐溪县，同县", "Zuoxi County, same county"),
        available: say(words, "12-01 起可到岗", "available from 12-01"),
        skills: vec![
            skill(words, "平缝", "Lockstitch", 4, "evidence-certified"),
            skill(words, "包缝", "Overlock", 3, "evidence-assessed"),
            skill(words, "读工艺单", "Reading spec sheets", 2, "evidence-assessed"),
            skill(words, "缝制质检", "Sewing inspection", 2, "evidence-observed"),
        ],
        addends: addends(words, points),
        score: points.iter().sum(),
    };
    people.into_iter().enumerate().map(row).collect()
}

fn removed_people(words: Words) -> RemovedPanel {
    let reasons = vec![
        Reason {
            code: "C8".into(),
            unknown: false,
            text: say(
                words,
                "健康证明 2026-11-02 到期；到岗日 2026-12-07 须有效",
                "Health certificate ended on 2026-11-02; it must be valid on the first day, 2026-12-07",
            ),
            cite: Some("§C8".into()),
        },
        Reason {
            code: "C2".into(),
            unknown: true,
            text: say(words, "国籍只有自述，没有证件", "Nationality is self-declared; no document proves it"),
            cite: None,
        },
    ];
    let barred = vec![Reason {
        code: "C6a".into(),
        unknown: false,
        text: say(words, "到岗日 15 岁，最低 16 岁", "Aged 15 on the first day; 16 is the least"),
        cite: Some("§C6a".into()),
    }];
    RemovedPanel::People {
        people: vec![
            RemovedPerson {
                person: person("H3S-14L", "Aung Min Thu"),
                reasons,
                unlocks: Some(vec![say(words, "查验护照", "Sight the passport")]),
            },
            RemovedPerson { person: person("D6N-90K", "赵小满"), reasons: barred, unlocks: None },
        ],
        total: 1_312,
    }
}

fn removed_bands(words: Words) -> RemovedPanel {
    let row = |code: &str, zh: &str, en: &str, band: &str, zh_change: &str, en_change: &str| BandRow {
        code: code.into(),
        reason: say(words, zh, en),
        band: words.t(band),
        change: say(words, zh_change, en_change),
    };
    RemovedPanel::Bands(vec![
        row(
            "R-11",
            "必备技能考核低于下限",
            "Essential skill assessed below the floor",
            "band-200_or_more",
            "办上岗培训，或把包缝改为加分项",
            "Offer induction training, or make overlock a nice-to-have",
        ),
        row(
            "R-21",
            "晚于 12-07 才能到岗",
            "Available later than 12-07",
            "band-50_199",
            "推迟到岗日",
            "Move the start date",
        ),
        row(
            "R-61",
            "低于岗位最低年龄",
            "Below the minimum age",
            "band-fewer_than_10",
            "不可放宽（法律）",
            "Cannot be waived (law)",
        ),
    ])
}

pub fn shortlist_page(words: Words, viewer: Viewer) -> ShortlistPage {
    let requirement = |zh: &str, en: &str, floor, level, weight| Requirement {
        skill: say(words, zh, en),
        floor,
        level,
        weight,
    };
    ShortlistPage {
        viewer,
        vacancy: VacancyHead {
            title: say(words, "缝纫工（平缝）", "Sewing machine operator (lockstitch)"),
            reference: "V-2026-0412".into(),
            organisation: say(words, "江口云帆服饰有限公司", "Jiangkou Yunfan Apparel Co."),
            place: say(words, "二厂，江口镇", "Plant 2, Jiangkou Town"),
            headcount: 12,
            wage: words.money_range(430_000, 520_000),
            starts_on: day(12, 7),
        },
        qualified: qualified_rows(words),
        qualified_total: 38,
        to_verify: vec![VerifyRow {
            person: person("P5J-19E", "孙巧儿"),
            place: say(words, "织造区，同市", "Zhizao District, same city"),
            proved: vec![skill(words, "平缝", "Lockstitch", 3, "evidence-assessed")],
            unknown: vec![say(words, "包缝", "Overlock"), say(words, "读工艺单", "Reading spec sheets")],
            points: 312,
        }],
        to_verify_total: 14,
        removed: match viewer {
            Viewer::Factory => removed_bands(words),
            Viewer::Official => removed_people(words),
        },
        requirements: vec![
            requirement("平缝", "Lockstitch", Some(2), 3, 300),
            requirement("包缝", "Overlock", Some(1), 2, 180),
            requirement("读工艺单", "Reading spec sheets", None, 2, 110),
            requirement("缝制质检", "Sewing inspection", None, 2, 90),
        ],
        rests_on: vec![
            Fact { name: words.t("shortlist-profile"), value: "ranking 1 · 91be04c7".into(), literal: true },
            Fact { name: words.t("shortlist-as-of"), value: words.date(day(11, 24)), literal: false },
            Fact {
                name: words.t("shortlist-quota"),
                value: words.t("shortlist-quota-unchecked"),
                literal: false,
            },
        ],
        scale: 1000,
        pager: Some(Pager {
            summary: words
                .ta("shortlist-range", &[("from", 1.into()), ("to", 4.into()), ("total", 38.into())])
                + " · "
                + &words.t("shortlist-ties"),
            previous: None,
            next: Some("/vacancies/1/shortlist?from=5".into()),
        }),
        export: Some("/api/v1/vacancies/1/shortlist".into()),
    }
}

fn sample_shortlist(words: Words, viewer: Viewer) -> String {
    let sample = shortlist_page(words, viewer);
    let title = words.ta("shortlist-page", &[("reference", "V-2026-0412".into())]);
    page(&framed(words, &title, "/vacancies/1/shortlist?from=1"), shortlist(words, &sample)).into_string()
}

pub fn demo_logins(words: Words) -> Vec<DemoLogin> {
    let demo = |role: &str, zh: &str, en: &str, login: &str, password: &str| DemoLogin {
        role: words.t(role),
        holder: say(words, zh, en),
        login: login.into(),
        password: password.into(),
    };
    vec![
        demo(
            "role-school_registrar",
            "何敏，绫江纺织职校",
            "He Min, Lingjiang Textile School",
            "school",
            "silk-warp-weft-01",
        ),
        demo(
            "role-factory_hr",
            "沈巧云，云帆服饰",
            "Shen Qiaoyun, Yunfan Apparel",
            "factory",
            "silk-warp-weft-02",
        ),
        demo(
            "role-labour_official",
            "高岚，绫江市人社局",
            "Gao Lan, Lingjiang Bureau",
            "official",
            "silk-warp-weft-03",
        ),
        demo("role-trainee", "林小荷", "Lin Xiaohe", "trainee", "silk-warp-weft-04"),
    ]
}

fn sample_sign_in(words: Words, failed: bool) -> String {
    let sentence = words.t("sign-in-failed");
    let body = sign_in(
        words,
        failed.then_some(sentence.as_str()),
        if failed { "nobody" } else { "" },
        Some("/vacancies"),
        &html! {},
        true,
        &demo_logins(words),
    );
    let frame =
        Page { demonstration: Some(day(11, 24)), ..Page::new(words, words.t("sign-in-title"), "/sign-in") };
    page(&frame, body).into_string()
}

fn sample_error(words: Words) -> String {
    let body = error(
        words,
        &ErrorPage {
            status: 404,
            title: words.t("error-not_found"),
            detail: words.t("error-not_found-detail"),
            request_id: "01997f3a-5f0e-7c4e-9d7b-2f6f1c3f8a55".into(),
            back: None,
        },
    );
    page(&framed(words, &words.t("error-not_found"), "/x"), body).into_string()
}

fn sample_parts(words: Words) -> Markup {
    let task = |clock, title: &str, badge| Task {
        clock,
        title: title.to_owned(),
        href: "/x".into(),
        detail: say(words, "12 个岗位，合格 38 人", "12 posts, 38 qualified"),
        badge,
    };
    let clock = |percent, urgency| {
        Some(Clock {
            left: say(words, "剩 3 天", "3 days left"),
            due: say(words, "11-27 到期", "due 11-27"),
            used_percent: Some(percent),
            urgency,
        })
    };
    let choice = Select {
        id: "f-region".into(),
        name: "region".into(),
        label: say(words, "地区", "Region"),
        options: vec![
            (String::new(), say(words, "全部", "All")),
            ("2106".into(), say(words, "绫江市", "Lingjiang")),
        ],
        selected: "2106".into(),
    };
    let tasks = [
        task(clock(88, Urgency::Late), "V-2026-0412", Some((BadgeKind::Bar, words.t("shortlist-bar")))),
        task(
            clock(40, Urgency::Calm),
            "V-2026-0398",
            Some((BadgeKind::Unknown, words.t("shortlist-unlisted"))),
        ),
        task(None, "V-2026-0377", Some((BadgeKind::Warn, words.t("nav-import")))),
        task(None, "V-2026-0301", Some((BadgeKind::Pass, words.t("shortlist-qualified")))),
    ];
    let errors = [
        FieldError {
            field_id: "headcount".into(), message: say(words, "人数至少 1", "At least one post")
        },
        FieldError { field_id: "title".into(), message: say(words, "请填写", "Fill this in") },
    ];
    html! {
        (form::error_summary(words, &errors))
        div.cols.work {
            div {
                (parts::panel("h-tasks", &words.t("nav-home"), Some(html! { a href="/x" { (words.t("table-export")) } }), html! {
                    (form::filters(words, &say(words, "筛选", "Filter"), "/x", &[choice]))
                    (parts::task_list(&tasks))
                }))
                (parts::panel("h-none", &words.t("nav-import"), None, parts::empty("-", &words.t("shortlist-removed-empty"))))
            }
            div {
                (parts::panel("h-figures", &words.t("nav-vacancies"), None, parts::figures(&[
                    (words.t("nav-vacancies"), html! { (words.count(40)) }),
                    (words.t("nav-trainees"), html! { (words.count(2_000)) }),
                    (words.t("nav-permits"), html! { (words.count(-5)) }),
                ])))
                form.panel method="post" action="/x" {
                    (form::field(&Field {
                        error: Some(say(words, "人数至少 1", "At least one post")),
                        hint: Some(say(words, "整数", "A whole number")),
                        short: true,
                        inputmode: Some("numeric"),
                        value: "0".into(),
                        ..Field::text("headcount", say(words, "招聘人数", "Posts"))
                    }))
                }
            }
        }
    }
}

/// Name and document of every sample page in both languages.
pub fn samples() -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for words in [EN, ZH] {
        let tag = words.locale().tag();
        let parts = Page { flash: Some(words.t("sign-in-expired")), ..framed(words, "Parts", "/parts") };
        pages.push((format!("sign-in.{tag}"), sample_sign_in(words, false)));
        pages.push((format!("sign-in-failed.{tag}"), sample_sign_in(words, true)));
        pages.push((format!("error.{tag}"), sample_error(words)));
        pages.push((format!("factory.{tag}"), sample_shortlist(words, Viewer::Factory)));
        pages.push((format!("official.{tag}"), sample_shortlist(words, Viewer::Official)));
        pages.push((format!("parts.{tag}"), page(&parts, sample_parts(words)).into_string()));
    }
    pages
}
