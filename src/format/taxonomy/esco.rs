//! ESCO as the European Commission publishes it: a folder or archive of CSV tables. Reads English labels.
//!
//! Known oddities of the official files, all of them read: relations to concepts that do not exist (reported
//! and left out), skills without a type (reported and read as unknown), alternative labels in one field with a
//! line each, names of files with and without the language.

use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Read};

use ballast_domain::taxonomy::{
    Broader, Content, Framework, FrameworkCode, Label, LabelKind, Language, MissingEnd, Occupation, Problem,
    Relation, RelationKind, Skill, SkillKind, Uri, isco_skill_level,
};

use super::{Counts, Error, Parsed, Row, Table, filled};

/// How many entries an archive may have. The official ones have fewer than 30.
pub const ENTRIES_MAX: usize = 200;
/// How much the tables in an archive may expand to, in bytes. Release 1.1.1 in English has 40 MB.
pub const EXPANDED_BYTES_MAX: u64 = 256 * 1024 * 1024;

const OCCUPATIONS: &str = "occupations";
const SKILLS: &str = "skills";
const SKILL_GROUPS: &str = "skillGroups";
const RELATIONS: &str = "occupationSkillRelations";
const BROADER: &str = "broaderRelationsSkillPillar";

/// The bytes of the tables that make a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EscoFiles {
    /// `occupations_en.csv`
    pub occupations: Vec<u8>,
    /// `skills_en.csv`
    pub skills: Vec<u8>,
    /// `skillGroups_en.csv`, which old releases lack.
    pub skill_groups: Option<Vec<u8>>,
    /// `occupationSkillRelations.csv` or `occupationSkillRelations_en.csv`
    pub occupation_skill_relations: Vec<u8>,
    /// `broaderRelationsSkillPillar.csv` or `broaderRelationsSkillPillar_en.csv`
    pub broader_relations_skill_pillar: Vec<u8>,
}

/// The table of a release that a file of this name holds, by its name without language and ending, or nothing
/// for any other file. Folders before the name do not matter.
pub fn table_in(path: &str) -> Option<&'static str> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let name = name.strip_suffix(".csv")?;
    let name = name.strip_suffix("_en").unwrap_or(name);
    [OCCUPATIONS, SKILLS, SKILL_GROUPS, RELATIONS, BROADER].into_iter().find(|table| *table == name)
}

/// The version in the name of an official download, such as `1.1.1` in `esco-v1.1.1-en.zip` or
/// `ESCO dataset - v1.2.0 - classification - en - csv.zip`.
pub fn version_in(name: &str) -> Option<String> {
    let starts = name.match_indices(['v', 'V']).map(|(at, _)| &name[at + 1..]);
    starts
        .map(|rest| rest.split(|c: char| !c.is_ascii_digit() && c != '.').next().unwrap_or_default())
        .map(|version| version.trim_end_matches('.'))
        .find(|version| version.starts_with(|c: char| c.is_ascii_digit()))
        .map(str::to_owned)
}

/// Picks the tables of a release out of named files; others are ignored.
///
/// # Errors
/// [`Error::MissingFile`], or [`Error::DoubledFile`] when one table is there under two names.
pub fn from_named(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<EscoFiles, Error> {
    let mut tables: HashMap<&'static str, Vec<u8>> = HashMap::new();
    for (name, bytes) in files {
        if let Some(file) = table_in(&name)
            && tables.insert(file, bytes).is_some()
        {
            return Err(Error::DoubledFile { file });
        }
    }
    let mut take = |file| tables.remove(file).ok_or(Error::MissingFile { file });
    Ok(EscoFiles {
        occupations: take(OCCUPATIONS)?,
        skills: take(SKILLS)?,
        occupation_skill_relations: take(RELATIONS)?,
        broader_relations_skill_pillar: take(BROADER)?,
        skill_groups: tables.remove(SKILL_GROUPS),
    })
}

/// Expands the tables of a release out of a ZIP archive, in whatever folder they lie.
///
/// # Errors
/// An archive that cannot be read, has more than [`ENTRIES_MAX`] entries or expands to more than
/// [`EXPANDED_BYTES_MAX`] (measured while it expands, whatever it says of itself), and those of
/// [`from_named`].
pub fn from_zip(bytes: &[u8]) -> Result<EscoFiles, Error> {
    expand(bytes, EXPANDED_BYTES_MAX)
}

fn expand(bytes: &[u8], limit_bytes: u64) -> Result<EscoFiles, Error> {
    let not_zip = |detail: String| Error::NotZip { detail };
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| not_zip(error.to_string()))?;
    if archive.len() > ENTRIES_MAX {
        return Err(Error::TooManyEntries { found: archive.len(), limit: ENTRIES_MAX });
    }
    let mut left = limit_bytes;
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| not_zip(error.to_string()))?;
        // A name that is not text is not the name of a table.
        let Ok(name) = entry.name().map(|name| name.into_owned()) else { continue };
        if table_in(&name).is_none() {
            continue;
        }
        let mut expanded = Vec::new();
        entry
            .take(left + 1)
            .read_to_end(&mut expanded)
            .map_err(|error| not_zip(format!("{name}: {error}")))?;
        left = left.checked_sub(expanded.len() as u64).ok_or(Error::TooLarge { limit_bytes })?;
        files.push((name, expanded));
    }
    from_named(files)
}

/// Reads a release. `version` is what its publisher calls it, such as `1.1.1`: the tables do not say.
///
/// # Errors
/// A table that lacks a column, has a row of another length, a field that is not UTF-8 or a type that is not
/// one of ESCO's. Dangling relations, doubled URIs and missing types are problems in the result, not errors.
pub fn parse(files: &EscoFiles, version: &str) -> Result<Parsed, Error> {
    let mut reading = Reading {
        parsed: Parsed {
            content: Content::new(Framework {
                code: FrameworkCode::Esco,
                version: version.to_owned(),
                title: "ESCO, European Skills, Competences, Qualifications and Occupations".to_owned(),
                licence: "Reuse under Commission Decision 2011/833/EU; uses the ESCO classification of the \
                          European Commission"
                    .to_owned(),
            }),
            problems: Vec::new(),
            counts: Counts::default(),
        },
    };
    let occupations = reading.occupations(&files.occupations)?;
    let mut skills = SeenRows::default();
    reading.skills(&files.skills, &mut skills)?;
    if let Some(groups) = &files.skill_groups {
        reading.skill_groups(groups, &mut skills)?;
    }
    reading.parsed.problems.extend(skills.doubled());
    reading.relations(&files.occupation_skill_relations, &occupations, &skills)?;
    reading.broader(&files.broader_relations_skill_pillar, &skills)?;
    reading.parsed.content.sort();
    Ok(reading.parsed)
}

/// The concepts read so far, each with all rows on which its URI stands.
#[derive(Default)]
struct SeenRows {
    rows: HashMap<Uri, Vec<usize>>,
}

impl SeenRows {
    /// Notes a concept; says whether it is the first of its URI.
    fn note(&mut self, uri: &Uri, row: usize) -> bool {
        let rows = self.rows.entry(Uri::clone(uri)).or_default();
        rows.push(row);
        rows.len() == 1
    }

    /// The shared URI of a concept that exists, or a new one of a concept that does not.
    fn find(&self, uri: &str) -> Result<Uri, Uri> {
        self.rows.get_key_value(uri).map(|(uri, _)| Uri::clone(uri)).ok_or_else(|| uri.into())
    }

    /// The URIs that stand on several rows, in order.
    fn doubled(&self) -> Vec<Problem> {
        let mut doubled: Vec<(&Uri, &Vec<usize>)> =
            self.rows.iter().filter(|(_, rows)| rows.len() > 1).collect();
        doubled.sort();
        doubled
            .into_iter()
            .map(|(uri, rows)| Problem::DoubledCode { code: uri.to_string(), rows: rows.clone() })
            .collect()
    }
}

struct Reading {
    parsed: Parsed,
}

impl Reading {
    fn occupations(&mut self, bytes: &[u8]) -> Result<SeenRows, Error> {
        let mut seen = SeenRows::default();
        let columns = ["conceptUri", "iscoGroup", "code", "preferredLabel", "altLabels", "description"];
        let mut table = Table::open(OCCUPATIONS, bytes, columns)?;
        while let Some(row) = table.next()? {
            self.parsed.counts.occupations += 1;
            let uri = concept_uri(&row)?;
            if !seen.note(&uri, row.number) {
                continue;
            }
            let [_, isco_group, code, preferred, alternatives, description] = row.fields;
            self.parsed.content.occupations.push(Occupation {
                uri,
                code: filled(code),
                isco_group: filled(isco_group),
                skill_level: isco_skill_level(isco_group),
                esco_uri: None,
                csco_code: None,
                labels: labels(preferred, alternatives, description),
            });
        }
        self.parsed.problems.extend(seen.doubled());
        Ok(seen)
    }

    fn skills(&mut self, bytes: &[u8], seen: &mut SeenRows) -> Result<(), Error> {
        let columns = ["conceptUri", "skillType", "reuseLevel", "preferredLabel", "altLabels", "description"];
        let mut table = Table::open(SKILLS, bytes, columns)?;
        while let Some(row) = table.next()? {
            self.parsed.counts.skills += 1;
            let uri = concept_uri(&row)?;
            if !seen.note(&uri, row.number) {
                continue;
            }
            let [_, skill_type, reuse_level, preferred, alternatives, description] = row.fields;
            let kind = match skill_type {
                "knowledge" => SkillKind::Knowledge,
                "skill/competence" => SkillKind::Competence,
                "" => {
                    let (skill, row) = (Uri::clone(&uri), row.number);
                    self.parsed.problems.push(Problem::MissingSkillType { skill, row });
                    SkillKind::Unknown
                }
                _ => return Err(row.bad_value(1, "`knowledge` or `skill/competence`")),
            };
            let labels = labels(preferred, alternatives, description);
            self.parsed.content.skills.push(skill(uri, kind, filled(reuse_level), labels));
        }
        Ok(())
    }

    fn skill_groups(&mut self, bytes: &[u8], seen: &mut SeenRows) -> Result<(), Error> {
        let columns = ["conceptUri", "preferredLabel", "altLabels", "description"];
        let mut table = Table::open(SKILL_GROUPS, bytes, columns)?;
        while let Some(row) = table.next()? {
            self.parsed.counts.skill_groups += 1;
            let uri = concept_uri(&row)?;
            if !seen.note(&uri, row.number) {
                continue;
            }
            let [_, preferred, alternatives, description] = row.fields;
            let labels = labels(preferred, alternatives, description);
            self.parsed.content.skills.push(skill(uri, SkillKind::Group, None, labels));
        }
        Ok(())
    }

    fn relations(&mut self, bytes: &[u8], occupations: &SeenRows, skills: &SeenRows) -> Result<(), Error> {
        let mut pairs: HashSet<(Uri, Uri)> = HashSet::new();
        let mut table = Table::open(RELATIONS, bytes, ["occupationUri", "relationType", "skillUri"])?;
        while let Some(row) = table.next()? {
            let [occupation, relation_type, skill] = row.fields;
            let kind = match relation_type {
                "essential" => RelationKind::Essential,
                "optional" => RelationKind::Optional,
                _ => return Err(row.bad_value(1, "`essential` or `optional`")),
            };
            self.parsed.counts.relations += 1;
            self.parsed.counts.essential_relations += usize::from(kind == RelationKind::Essential);
            let row = row.number;
            match ends(occupations.find(occupation), skills.find(skill)) {
                Ok((occupation, skill)) => {
                    if pairs.insert((Uri::clone(&occupation), Uri::clone(&skill))) {
                        self.parsed.content.relations.push(Relation { occupation, skill, kind, level: None });
                    } else {
                        self.parsed.problems.push(Problem::DoubledRelation { occupation, skill, row });
                    }
                }
                Err((occupation, skill, missing)) => {
                    self.parsed.counts.dangling_relations += 1;
                    let problem = Problem::DanglingRelation { occupation, skill, missing, row };
                    self.parsed.problems.push(problem);
                }
            }
        }
        Ok(())
    }

    fn broader(&mut self, bytes: &[u8], skills: &SeenRows) -> Result<(), Error> {
        let mut table = Table::open(BROADER, bytes, ["conceptUri", "broaderUri", "conceptType"])?;
        while let Some(row) = table.next()? {
            let [skill, broader, concept_type] = row.fields;
            // The table of the occupation pillar has the same columns.
            if !matches!(concept_type, "KnowledgeSkillCompetence" | "SkillGroup") {
                return Err(row.bad_value(2, "`KnowledgeSkillCompetence` or `SkillGroup`"));
            }
            self.parsed.counts.broader += 1;
            match ends(skills.find(skill), skills.find(broader)) {
                Ok((skill, broader)) => self.parsed.content.broader.push(Broader { skill, broader }),
                Err((skill, broader, missing)) => {
                    self.parsed.counts.dangling_broader += 1;
                    let row = row.number;
                    self.parsed.problems.push(Problem::DanglingBroader { skill, broader, missing, row });
                }
            }
        }
        // A repeated row says nothing new here: there is nothing in it but the pair.
        self.parsed.content.broader.sort();
        self.parsed.content.broader.dedup();
        Ok(())
    }
}

/// The first column asked for, which must hold an address.
fn concept_uri<const N: usize>(row: &Row<'_, N>) -> Result<Uri, Error> {
    match row.fields.first() {
        Some(uri) if uri.starts_with("http://") || uri.starts_with("https://") => Ok((*uri).into()),
        _ => Err(row.bad_value(0, "a URI")),
    }
}

fn skill(uri: Uri, kind: SkillKind, reuse_level: Option<String>, labels: Vec<Label>) -> Skill {
    Skill { uri, kind, reuse_level, esco_uri: None, csco_code: None, decay_class: None, labels }
}

type Dangling = (Uri, Uri, MissingEnd);

/// Both ends of a relation where both exist, and otherwise which one does not.
fn ends(from: Result<Uri, Uri>, to: Result<Uri, Uri>) -> Result<(Uri, Uri), Dangling> {
    match (from, to) {
        (Ok(from), Ok(to)) => Ok((from, to)),
        (Err(from), Ok(to)) => Err((from, to, MissingEnd::From)),
        (Ok(from), Err(to)) => Err((from, to, MissingEnd::To)),
        (Err(from), Err(to)) => Err((from, to, MissingEnd::Both)),
    }
}

/// The labels of a concept. Alternatives come a line each, often with the preferred label among them.
fn labels(preferred: &str, alternatives: &str, description: &str) -> Vec<Label> {
    let label = |kind, text: &str| Label::new(Language::English, kind, text);
    let mut labels = Vec::new();
    if !preferred.is_empty() {
        labels.push(label(LabelKind::Preferred, preferred));
    }
    let mut seen = HashSet::from(["", preferred]);
    for text in alternatives.lines().map(str::trim) {
        if seen.insert(text) {
            labels.push(label(LabelKind::Alternative, text));
        }
    }
    if !description.is_empty() {
        labels.push(label(LabelKind::Description, description));
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const O: &str = "http://data.europa.eu/esco/occupation/";
    const S: &str = "http://data.europa.eu/esco/skill/";

    /// A release of two occupations, three skills and a group, with the oddities of the official one.
    fn sample() -> EscoFiles {
        let occupations = format!(
            "conceptType,conceptUri,iscoGroup,preferredLabel,altLabels,hiddenLabels,status,description,code\r\n\
             Occupation,{O}w,8152,weaver,\"loom operator\nweaver\nloom operator\n hand weaver \",,released,\
             Weaves.,8152.3\r\n\
             Occupation,{O}d,7531,dressmaker,,,released,,7531.2\r\n"
        );
        let skills = format!(
            "conceptType,conceptUri,skillType,reuseLevel,preferredLabel,altLabels,status,description\r\n\
             KnowledgeSkillCompetence,{S}k,knowledge,cross-sector,fibres,,released,\"Fibres, of\nall sorts\"\r\n\
             KnowledgeSkillCompetence,{S}c,skill/competence,sector-specific,tend looms,,released,\r\n\
             KnowledgeSkillCompetence,{S}x,,,odd one,,released,\r\n"
        );
        let groups = format!(
            "conceptType,conceptUri,preferredLabel,altLabels,description\r\nSkillGroup,{S}g,crafts,,\r\n"
        );
        let relations = format!(
            "occupationUri,relationType,skillType,skillUri\r\n\
             {O}w,essential,skill/competence,{S}c\r\n\
             {O}w,optional,knowledge,{S}k\r\n\
             {O}gone,optional,knowledge,{S}k\r\n\
             {O}d,essential,knowledge,{S}gone\r\n\
             {O}gone,essential,knowledge,{S}gone\r\n"
        );
        let broader = format!(
            "conceptType,conceptUri,broaderType,broaderUri\r\n\
             KnowledgeSkillCompetence,{S}c,SkillGroup,{S}g\r\n\
             KnowledgeSkillCompetence,{S}c,SkillGroup,{S}g\r\n\
             KnowledgeSkillCompetence,{S}gone,SkillGroup,{S}g\r\n"
        );
        EscoFiles {
            occupations: occupations.into(),
            skills: skills.into(),
            skill_groups: Some(groups.into()),
            occupation_skill_relations: relations.into(),
            broader_relations_skill_pillar: broader.into(),
        }
    }

    fn named(files: &EscoFiles, suffix: &str) -> Vec<(String, Vec<u8>)> {
        let groups = files.skill_groups.clone().unwrap();
        [
            (OCCUPATIONS, files.occupations.clone()),
            (SKILLS, files.skills.clone()),
            (SKILL_GROUPS, groups),
            (RELATIONS, files.occupation_skill_relations.clone()),
            (BROADER, files.broader_relations_skill_pillar.clone()),
        ]
        .map(|(name, bytes)| (format!("{name}{suffix}.csv"), bytes))
        .into()
    }

    fn zipped(files: &[(String, Vec<u8>)]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn everything_is_counted_and_what_dangles_is_reported_and_left_out() {
        let parsed = parse(&sample(), "9.9").unwrap();
        assert_eq!(
            parsed.counts,
            Counts {
                occupations: 2,
                skills: 3,
                skill_groups: 1,
                relations: 5,
                essential_relations: 3,
                dangling_relations: 3,
                broader: 3,
                dangling_broader: 1,
            }
        );
        assert_eq!(parsed.content.framework.version, "9.9");
        assert_eq!(parsed.content.skills.len(), 4);
        assert_eq!(parsed.content.relations.len(), 2);
        assert_eq!(parsed.content.broader.len(), 1);
        let uri = |text: String| Uri::from(text);
        let dangling = |occupation, skill, missing, row| Problem::DanglingRelation {
            occupation: uri(format!("{O}{occupation}")),
            skill: uri(format!("{S}{skill}")),
            missing,
            row,
        };
        assert_eq!(
            parsed.problems,
            [
                Problem::MissingSkillType { skill: uri(format!("{S}x")), row: 4 },
                dangling("gone", "k", MissingEnd::From, 4),
                dangling("d", "gone", MissingEnd::To, 5),
                dangling("gone", "gone", MissingEnd::Both, 6),
                Problem::DanglingBroader {
                    skill: uri(format!("{S}gone")),
                    broader: uri(format!("{S}g")),
                    missing: MissingEnd::From,
                    row: 4,
                },
            ]
        );
    }

    #[test]
    fn fields_labels_and_order_are_kept() {
        let content = parse(&sample(), "9.9").unwrap().content;
        let [dressmaker, weaver] = &content.occupations[..] else {
            panic!("two occupations in order of URI")
        };
        assert_eq!(&*dressmaker.uri, format!("{O}d"));
        assert_eq!(weaver.code.as_deref(), Some("8152.3"));
        assert_eq!(weaver.isco_group.as_deref(), Some("8152"));
        assert_eq!(weaver.skill_level, Some(2));
        let label = |kind, text| Label::new(Language::English, kind, text);
        assert_eq!(
            weaver.labels,
            [
                label(LabelKind::Preferred, "weaver"),
                label(LabelKind::Alternative, "loom operator"),
                label(LabelKind::Alternative, "hand weaver"),
                label(LabelKind::Description, "Weaves."),
            ]
        );
        let kinds: Vec<_> = content.skills.iter().map(|skill| skill.kind).collect();
        use SkillKind::{Competence, Group, Knowledge, Unknown};
        assert_eq!(kinds, [Competence, Group, Knowledge, Unknown]);
        assert_eq!(content.skills[0].reuse_level.as_deref(), Some("sector-specific"));
        assert_eq!(content.skills[3].reuse_level, None);
        assert_eq!(content.skills[2].labels[1].text, "Fibres, of\nall sorts");
    }

    #[test]
    fn a_doubled_concept_or_relation_is_reported_and_the_first_counts() {
        let mut files = sample();
        files.skills.extend(format!("KnowledgeSkillCompetence,{S}k,knowledge,,wool,,released,\r\n").bytes());
        files.occupation_skill_relations.extend(format!("{O}w,optional,knowledge,{S}c\r\n").bytes());
        let parsed = parse(&files, "9.9").unwrap();
        assert_eq!(parsed.content.skills.len(), 4);
        assert_eq!(parsed.content.skills[2].labels[0].text, "fibres");
        assert!(parsed.problems.contains(&Problem::DoubledCode { code: format!("{S}k"), rows: vec![2, 5] }));
        let (occupation, skill) = (format!("{O}w").into(), format!("{S}c").into());
        assert!(parsed.problems.contains(&Problem::DoubledRelation { occupation, skill, row: 7 }));
        assert_eq!(parsed.content.relations[0].kind, RelationKind::Essential);
    }

    #[test]
    fn a_wrong_table_or_value_is_named() {
        let mut files = sample();
        files.occupations = files.skills.clone();
        let missing = Error::MissingColumn { file: OCCUPATIONS, column: "iscoGroup" };
        assert_eq!(parse(&files, "9.9"), Err(missing));

        let mut files = sample();
        let row = format!("Occupation,{O}w,ISCOGroup,http://data.europa.eu/esco/isco/C8152\r\n");
        files.broader_relations_skill_pillar.extend(row.bytes());
        let error = parse(&files, "9.9").unwrap_err();
        assert!(
            error.to_string().contains("broaderRelationsSkillPillar, row 5, column `conceptType`"),
            "{error}"
        );

        let mut files = sample();
        files.occupation_skill_relations.extend(format!("{O}w,maybe,knowledge,{S}c\r\n").bytes());
        let error = parse(&files, "9.9").unwrap_err();
        assert!(error.to_string().contains("row 7, column `relationType`: \"maybe\""), "{error}");

        let mut files = sample();
        files.skills.extend(format!("KnowledgeSkillCompetence,{S}y,knowledge,,na\u{0}").bytes());
        files.skills.extend(b"\xEFve,,released,\r\n");
        let column = "preferredLabel".to_owned();
        assert_eq!(parse(&files, "9.9"), Err(Error::NotUtf8 { file: SKILLS, row: 5, column }));
    }

    #[test]
    fn names_of_files_may_have_a_language_and_a_folder() {
        let files = sample();
        assert_eq!(from_named(named(&files, "")), Ok(files.clone()));
        assert_eq!(from_named(named(&files, "_en")), Ok(files.clone()));
        let in_folder = named(&files, "_en").into_iter().map(|(name, bytes)| (format!("a/b/{name}"), bytes));
        assert_eq!(from_named(in_folder), Ok(files.clone()));
        for other in ["ISCOGroups_en.csv", "occupations_fr.csv", "skills_en.txt", "a/._skills_en.csv"] {
            assert_eq!(table_in(other), None, "{other}");
        }

        let mut lacking = named(&files, "");
        lacking.retain(|(name, _)| name != "skills.csv");
        assert_eq!(from_named(lacking), Err(Error::MissingFile { file: SKILLS }));
        let mut lacking = named(&files, "");
        lacking.retain(|(name, _)| name != "skillGroups.csv");
        assert_eq!(from_named(lacking).map(|files| files.skill_groups), Ok(None));
        let mut doubled = named(&files, "");
        doubled.push(("skills_en.csv".to_owned(), Vec::new()));
        assert_eq!(from_named(doubled), Err(Error::DoubledFile { file: SKILLS }));
    }

    #[test]
    fn an_archive_gives_its_tables_and_nothing_else() {
        let files = sample();
        let mut entries = named(&files, "_en");
        entries.push(("readme.txt".to_owned(), b"not a table".to_vec()));
        assert_eq!(from_zip(&zipped(&entries)), Ok(files));
        assert!(matches!(from_zip(b"PK, but nothing more"), Err(Error::NotZip { .. })));
        let whole = zipped(&entries);
        assert!(matches!(from_zip(&whole[..whole.len() / 2]), Err(Error::NotZip { .. })));
    }

    #[test]
    fn an_archive_that_expands_too_far_or_has_too_many_entries_is_refused() {
        let bomb = zipped(&[("skills_en.csv".to_owned(), vec![b'a'; 100_000])]);
        assert!(bomb.len() < 1_000);
        assert_eq!(expand(&bomb, 99_999), Err(Error::TooLarge { limit_bytes: 99_999 }));
        assert_eq!(expand(&bomb, 100_000), Err(Error::MissingFile { file: OCCUPATIONS }));
        // The limit is for all tables together.
        let two = ["skills_en.csv", "occupations_en.csv"].map(|name| (name.to_owned(), vec![b'a'; 60_000]));
        assert_eq!(expand(&zipped(&two), 100_000), Err(Error::TooLarge { limit_bytes: 100_000 }));

        let many: Vec<_> = (0..=ENTRIES_MAX).map(|number| (format!("{number}.txt"), Vec::new())).collect();
        let refused = Error::TooManyEntries { found: ENTRIES_MAX + 1, limit: ENTRIES_MAX };
        assert_eq!(from_zip(&zipped(&many)), Err(refused));
    }

    #[test]
    fn the_version_is_read_from_the_name_of_the_download() {
        let versions = [
            ("esco-v1.1.1-en.zip", Some("1.1.1")),
            ("ESCO dataset - v1.2.0 - classification - en - csv.zip", Some("1.2.0")),
            ("esco_v1.2", Some("1.2")),
            ("v1.zip", Some("1")),
            ("vocabulary.zip", None),
            ("esco.zip", None),
            ("", None),
        ];
        for (name, version) in versions {
            assert_eq!(version_in(name).as_deref(), version, "{name}");
        }
    }
}
