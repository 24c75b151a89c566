//! Our own garment and textile taxonomy as a TOML file, and the edition that ships inside the binary.
//!
//! The file is written by hand, so nothing in it is forgiven: any fault is an error that names the entry.

use std::collections::{HashMap, HashSet};

use ballast_domain::taxonomy::{
    Content, DecayClass, Framework, FrameworkCode, Label, LabelKind, Language, Level, Occupation, Relation,
    RelationKind, Skill, SkillKind, Uri,
};
use serde::Deserialize;

use super::{Counts, Parsed, csco};

/// The edition that ships inside the binary.
pub const EMBEDDED: &str = include_str!("../../../taxonomy/house.toml");
/// What the addresses of skills start with; the key follows.
pub const SKILL_URI_PREFIX: &str = "https://ballast.example/taxonomy/house/skill/";
/// What the addresses of occupations start with; the key follows.
pub const OCCUPATION_URI_PREFIX: &str = "https://ballast.example/taxonomy/house/occupation/";

const ESCO_SKILL_PREFIX: &str = "http://data.europa.eu/esco/skill/";
const ESCO_OCCUPATION_PREFIX: &str = "http://data.europa.eu/esco/occupation/";

/// The address of the skill with this key.
pub fn skill_uri(key: &str) -> Uri {
    format!("{SKILL_URI_PREFIX}{key}").into()
}

/// The address of the occupation with this key.
pub fn occupation_uri(key: &str) -> Uri {
    format!("{OCCUPATION_URI_PREFIX}{key}").into()
}

/// Why a file is not a taxonomy of this form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not TOML, or not of this form: an unknown field, a missing one, a word that is not among the choices.
    #[error("line {line}: {detail}")]
    Form {
        /// The line, from 1; zero where the reader cannot tell.
        line: usize,
        /// What the reader says.
        detail: String,
    },
    /// An entry is of the right form but says something that cannot be.
    #[error("`{key}`: {fault}")]
    Entry {
        /// The key of the occupation or skill.
        key: String,
        /// What is wrong with it.
        fault: Fault,
    },
}

/// What can be wrong with an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Keys are lower-case Latin letters, digits and single hyphens, beginning with a letter.
    #[error("this is no key: lower-case letters, digits and single hyphens, a letter first")]
    Key,
    /// Another entry of its sort has the same key.
    #[error("this key is there twice")]
    DoubledKey,
    /// A label is empty or has blanks at its ends.
    #[error("the label in {0} is empty or has blanks at its ends")]
    Label(&'static str),
    /// A reference to ESCO does not begin as ESCO's addresses do.
    #[error("{0:?} is no ESCO address of this sort")]
    EscoUri(String),
    /// A reference to CSCO is not of the form of its codes.
    #[error("{0:?} is no CSCO code")]
    CscoCode(String),
    /// The ISCO-08 group is not four digits.
    #[error("{0:?} is no ISCO-08 unit group")]
    IscoGroup(String),
    /// The ISCO-08 skill level is not 1 to 4.
    #[error("{0} is no ISCO-08 skill level, 1 to 4")]
    SkillLevel(i64),
    /// A required level is not 1 to 7.
    #[error("it asks for `{skill}` at level {level}, which is not 1 to 7")]
    Level {
        /// The skill asked for.
        skill: String,
        /// At which level.
        level: i64,
    },
    /// An occupation asks for a skill that is not in the file.
    #[error("it asks for `{0}`, which is no skill here")]
    UnknownSkill(String),
    /// An occupation asks for a skill twice.
    #[error("it asks for `{0}` twice")]
    DoubledSkill(String),
    /// An occupation has no essential skill: everybody would be qualified for it.
    #[error("it has no essential skill")]
    NoEssential,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    framework: FrameworkEntry,
    #[serde(rename = "skill")]
    skills: Vec<SkillEntry>,
    #[serde(rename = "occupation")]
    occupations: Vec<OccupationEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrameworkEntry {
    version: String,
    title: String,
    licence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SkillEntry {
    key: String,
    zh: String,
    en: String,
    kind: KindWord,
    decay: DecayWord,
    esco: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OccupationEntry {
    key: String,
    zh: String,
    en: String,
    esco: Option<String>,
    csco: Option<String>,
    isco: String,
    skill_level: i64,
    skills: Vec<RelationEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RelationEntry {
    key: String,
    relation: RelationWord,
    level: i64,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum KindWord {
    Knowledge,
    Competence,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum DecayWord {
    Accuracy,
    Speed,
    Mixed,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum RelationWord {
    Essential,
    Optional,
}

/// Reads a taxonomy of this form. The result has no problems: a fault is an error.
///
/// # Errors
/// The first fault, with its line or the key of its entry.
pub fn parse(text: &str) -> Result<Parsed, Error> {
    let file: File = toml::from_str(text).map_err(|error| Error::Form {
        line: error.span().map_or(0, |span| line_of(text, span.start)),
        detail: error.message().to_owned(),
    })?;
    let mut content = Content::new(Framework {
        code: FrameworkCode::House,
        version: file.framework.version,
        title: file.framework.title,
        licence: file.framework.licence,
    });
    let mut skills: HashMap<String, Uri> = HashMap::new();
    for entry in file.skills {
        let key = entry.key.clone();
        let skill = skill(entry).map_err(|fault| Error::Entry { key: key.clone(), fault })?;
        if skills.insert(key.clone(), Uri::clone(&skill.uri)).is_some() {
            return Err(Error::Entry { key, fault: Fault::DoubledKey });
        }
        content.skills.push(skill);
    }
    let mut occupations: HashSet<String> = HashSet::new();
    for mut entry in file.occupations {
        let key = entry.key.clone();
        let at_entry = |fault| Error::Entry { key: key.clone(), fault };
        if !occupations.insert(key.clone()) {
            return Err(at_entry(Fault::DoubledKey));
        }
        let asked = std::mem::take(&mut entry.skills);
        let occupation = occupation(entry).map_err(at_entry)?;
        content.relations.extend(relations(&occupation.uri, asked, &skills).map_err(at_entry)?);
        content.occupations.push(occupation);
    }
    content.sort();
    let essential = content.relations.iter().filter(|relation| relation.kind == RelationKind::Essential);
    let counts = Counts {
        occupations: content.occupations.len(),
        skills: content.skills.len(),
        relations: content.relations.len(),
        essential_relations: essential.count(),
        ..Counts::default()
    };
    Ok(Parsed { content, problems: Vec::new(), counts })
}

fn skill(entry: SkillEntry) -> Result<Skill, Fault> {
    check_key(&entry.key)?;
    Ok(Skill {
        uri: skill_uri(&entry.key),
        kind: match entry.kind {
            KindWord::Knowledge => SkillKind::Knowledge,
            KindWord::Competence => SkillKind::Competence,
        },
        reuse_level: None,
        esco_uri: esco_uri(entry.esco, ESCO_SKILL_PREFIX)?,
        csco_code: None,
        decay_class: Some(match entry.decay {
            DecayWord::Accuracy => DecayClass::Accuracy,
            DecayWord::Speed => DecayClass::Speed,
            DecayWord::Mixed => DecayClass::Mixed,
        }),
        labels: labels(entry.zh, entry.en)?,
    })
}

fn occupation(entry: OccupationEntry) -> Result<Occupation, Fault> {
    check_key(&entry.key)?;
    if entry.isco.len() != 4 || !entry.isco.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::IscoGroup(entry.isco));
    }
    if let Some(code) = entry.csco.as_ref().filter(|code| !csco::is_code(code)) {
        return Err(Fault::CscoCode(code.clone()));
    }
    let skill_level = u8::try_from(entry.skill_level)
        .ok()
        .filter(|level| (1..=4).contains(level))
        .ok_or(Fault::SkillLevel(entry.skill_level))?;
    Ok(Occupation {
        uri: occupation_uri(&entry.key),
        code: Some(entry.key),
        isco_group: Some(entry.isco),
        skill_level: Some(skill_level),
        esco_uri: esco_uri(entry.esco, ESCO_OCCUPATION_PREFIX)?,
        csco_code: entry.csco,
        labels: labels(entry.zh, entry.en)?,
    })
}

fn relations(
    occupation: &Uri,
    asked: Vec<RelationEntry>,
    skills: &HashMap<String, Uri>,
) -> Result<Vec<Relation>, Fault> {
    let mut relations: Vec<Relation> = Vec::with_capacity(asked.len());
    for entry in asked {
        let Some(skill) = skills.get(&entry.key) else { return Err(Fault::UnknownSkill(entry.key)) };
        let Some(level) = Level::new(entry.level) else {
            return Err(Fault::Level { skill: entry.key, level: entry.level });
        };
        if relations.iter().any(|relation| relation.skill == *skill) {
            return Err(Fault::DoubledSkill(entry.key));
        }
        relations.push(Relation {
            occupation: Uri::clone(occupation),
            skill: Uri::clone(skill),
            kind: match entry.relation {
                RelationWord::Essential => RelationKind::Essential,
                RelationWord::Optional => RelationKind::Optional,
            },
            level: Some(level),
        });
    }
    if !relations.iter().any(|relation| relation.kind == RelationKind::Essential) {
        return Err(Fault::NoEssential);
    }
    Ok(relations)
}

fn check_key(key: &str) -> Result<(), Fault> {
    let sound = key.starts_with(|first: char| first.is_ascii_lowercase())
        && key.split('-').all(|part| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        });
    if sound { Ok(()) } else { Err(Fault::Key) }
}

fn labels(zh: String, en: String) -> Result<Vec<Label>, Fault> {
    [(Language::Chinese, zh), (Language::English, en)]
        .into_iter()
        .map(|(language, text)| {
            if text.is_empty() || text.trim() != text {
                return Err(Fault::Label(language.as_str()));
            }
            Ok(Label { language, kind: LabelKind::Preferred, text })
        })
        .collect()
}

fn esco_uri(uri: Option<String>, prefix: &str) -> Result<Option<Uri>, Fault> {
    match uri {
        Some(uri) if uri.len() <= prefix.len() || !uri.starts_with(prefix) => Err(Fault::EscoUri(uri)),
        uri => Ok(uri.map(Uri::from)),
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_domain::taxonomy::{difference, isco_skill_level, preferred_label};

    #[test]
    fn the_embedded_edition_covers_the_trade() {
        let parsed = parse(EMBEDDED).unwrap();
        assert!(parsed.counts.occupations >= 26, "{:?}", parsed.counts);
        assert!(parsed.counts.skills >= 125, "{:?}", parsed.counts);
        for key in ["lockstitch", "overlock", "read-spec-sheet", "sewing-inspection", "sewing-machine-upkeep"]
        {
            assert!(parsed.content.skills.iter().any(|skill| skill.uri == skill_uri(key)), "{key}");
        }
        assert!(
            parsed
                .content
                .framework
                .licence
                .contains("uses the ESCO classification of the European Commission")
        );
    }

    #[test]
    fn in_the_embedded_edition_every_occupation_asks_for_five_to_nine_skills_two_to_four_of_them_essential() {
        let content = parse(EMBEDDED).unwrap().content;
        for occupation in &content.occupations {
            let asked: Vec<_> =
                content.relations.iter().filter(|relation| relation.occupation == occupation.uri).collect();
            let essential = asked.iter().filter(|relation| relation.kind == RelationKind::Essential).count();
            assert!((5..=9).contains(&asked.len()), "{}: {} skills", occupation.uri, asked.len());
            assert!((2..=4).contains(&essential), "{}: {essential} essential", occupation.uri);
        }
    }

    #[test]
    fn in_the_embedded_edition_every_skill_is_asked_for_and_most_skills_that_sewers_need_are_shared() {
        let content = parse(EMBEDDED).unwrap().content;
        let times = |uri: &Uri| content.relations.iter().filter(|relation| relation.skill == *uri).count();
        for skill in &content.skills {
            assert!(times(&skill.uri) >= 1, "{} is asked for nowhere", skill.uri);
        }
        for key in ["lockstitch", "overlock", "read-spec-sheet", "sewing-inspection", "sewing-machine-upkeep"]
        {
            assert!(times(&skill_uri(key)) >= 4, "{key} leads nowhere");
        }
    }

    #[test]
    fn in_the_embedded_edition_labels_are_chinese_and_english_and_name_one_thing_each() {
        let content = parse(EMBEDDED).unwrap().content;
        let skills = content.skills.iter().map(|skill| (&skill.uri, &skill.labels)).collect::<Vec<_>>();
        let occupations =
            content.occupations.iter().map(|found| (&found.uri, &found.labels)).collect::<Vec<_>>();
        for concepts in [skills, occupations] {
            let mut seen = HashSet::new();
            for (uri, labels) in concepts {
                let zh = preferred_label(labels, Language::Chinese).unwrap();
                let en = preferred_label(labels, Language::English).unwrap();
                assert!(zh.chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c)), "{uri}: {zh}");
                assert!(en.chars().all(|c| c < '\u{250}'), "{uri}: {en}");
                assert!(seen.insert(zh) && seen.insert(en), "{uri}: a label is there twice");
            }
        }
    }

    #[test]
    fn in_the_embedded_edition_skill_levels_are_those_of_isco() {
        for occupation in parse(EMBEDDED).unwrap().content.occupations {
            let group = occupation.isco_group.as_deref().unwrap();
            assert_eq!(occupation.skill_level, isco_skill_level(group), "{}", occupation.uri);
        }
    }

    #[test]
    fn in_the_embedded_edition_no_two_skills_claim_the_same_esco_skill() {
        let mut seen = HashSet::new();
        for skill in parse(EMBEDDED).unwrap().content.skills {
            if let Some(uri) = skill.esco_uri {
                assert!(seen.insert(Uri::clone(&uri)), "{uri} is claimed twice");
            }
        }
        assert!(seen.len() >= 100, "{} skills have an ESCO address", seen.len());
    }

    const SMALL: &str = r#"
[framework]
version = "1"
title = "Small"
licence = "none"

[[skill]]
key = "warping"
zh = "整经"
en = "warping"
kind = "competence"
decay = "mixed"
esco = "http://data.europa.eu/esco/skill/c8121c66"

[[skill]]
key = "yarn"
zh = "纱线"
en = "yarn"
kind = "knowledge"
decay = "accuracy"

[[occupation]]
key = "warper"
zh = "整经工"
en = "warper"
csco = "6-04-03-01"
isco = "8152"
skill_level = 2
skills = [
    { key = "warping", relation = "essential", level = 3 },
    { key = "yarn", relation = "optional", level = 1 },
]
"#;

    #[test]
    fn a_file_becomes_a_release() {
        let parsed = parse(SMALL).unwrap();
        let content = &parsed.content;
        let warper = &content.occupations[0];
        assert_eq!(&*warper.uri, "https://ballast.example/taxonomy/house/occupation/warper");
        assert_eq!(warper.code.as_deref(), Some("warper"));
        assert_eq!(warper.csco_code.as_deref(), Some("6-04-03-01"));
        assert_eq!(warper.esco_uri, None);
        assert_eq!(preferred_label(&warper.labels, Language::Chinese), Some("整经工"));
        let warping = &content.skills[0];
        assert_eq!(&*warping.uri, "https://ballast.example/taxonomy/house/skill/warping");
        assert_eq!(warping.decay_class, Some(DecayClass::Mixed));
        assert_eq!(warping.esco_uri.as_deref(), Some("http://data.europa.eu/esco/skill/c8121c66"));
        assert_eq!(content.skills[1].kind, SkillKind::Knowledge);
        assert_eq!(
            content.relations,
            [
                Relation {
                    occupation: occupation_uri("warper"),
                    skill: skill_uri("warping"),
                    kind: RelationKind::Essential,
                    level: Level::new(3),
                },
                Relation {
                    occupation: occupation_uri("warper"),
                    skill: skill_uri("yarn"),
                    kind: RelationKind::Optional,
                    level: Level::new(1),
                },
            ]
        );
        let raised = parse(&SMALL.replace("level = 3", "level = 4")).unwrap();
        assert_eq!(difference(content, &raised.content).relations_added.len(), 1);
    }

    #[test]
    fn every_fault_is_an_error_that_names_the_entry() {
        let faults = [
            ("\"warping\"\nzh", "\"Warping\"\nzh", "Warping", Fault::Key),
            ("\"yarn\"\nzh", "\"warping\"\nzh", "warping", Fault::DoubledKey),
            ("en = \"yarn\"", "en = \"yarn \"", "yarn", Fault::Label("en")),
            ("\"整经工\"", "\"\"", "warper", Fault::Label("zh-CN")),
            ("/esco/skill/c8121c66", "/esco/skill/", "warping", {
                Fault::EscoUri("http://data.europa.eu/esco/skill/".to_owned())
            }),
            ("\"6-04-03-01\"", "\"6040301\"", "warper", Fault::CscoCode("6040301".to_owned())),
            ("\"8152\"", "\"815\"", "warper", Fault::IscoGroup("815".to_owned())),
            ("skill_level = 2", "skill_level = 5", "warper", Fault::SkillLevel(5)),
            ("level = 3", "level = 8", "warper", Fault::Level { skill: "warping".to_owned(), level: 8 }),
            ("level = 1", "level = 0", "warper", Fault::Level { skill: "yarn".to_owned(), level: 0 }),
            ("{ key = \"yarn\"", "{ key = \"thread\"", "warper", Fault::UnknownSkill("thread".to_owned())),
            ("{ key = \"yarn\"", "{ key = \"warping\"", "warper", Fault::DoubledSkill("warping".to_owned())),
            ("\"essential\"", "\"optional\"", "warper", Fault::NoEssential),
        ];
        for (sound, broken, key, fault) in faults {
            assert!(SMALL.contains(sound), "{sound}");
            let found = parse(&SMALL.replacen(sound, broken, 1));
            assert_eq!(found, Err(Error::Entry { key: key.to_owned(), fault }), "{broken}");
        }
    }

    #[test]
    fn a_file_of_another_form_is_named_with_its_line() {
        let broken = [
            ("kind = \"competence\"", "kind = \"talent\"", 11),
            ("decay = \"mixed\"", "speed = \"mixed\"", 12),
            ("title = \"Small\"", "title = ", 4),
        ];
        for (sound, wrong, line) in broken {
            match parse(&SMALL.replacen(sound, wrong, 1)) {
                Err(Error::Form { line: found, detail }) => assert_eq!(found, line, "{wrong}: {detail}"),
                other => panic!("{wrong}: {other:?}"),
            }
        }
    }
}
