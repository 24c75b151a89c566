//! A release as rows: reading back what is stored as plain values, and carrying out a difference. Child rows
//! (names, relations) of whatever changed are written anew as a whole, which takes few statements and leaves
//! nothing behind.

use std::collections::{BTreeSet, HashMap, HashSet};

use ballast_domain::identity::policy::{Grant, act};
use ballast_domain::taxonomy::difference::{Difference, Subject};
use ballast_domain::taxonomy::{
    Broader, Content, DecayClass, Framework, Label, LabelKind, Language, Level, Occupation, Relation,
    RelationKind, Skill, SkillKind, Uri, occupation_id, skill_id,
};
use uuid::Uuid;

use crate::entity::taxonomy::{label, occupation, occupation_skill, skill, skill_broader};
use crate::service::Error;
use crate::store::audit::audit_entry::{self, Touch};
use crate::store::taxonomy::{label as label_store, occupation as occupation_store, skill as skill_store};
use crate::store::{self, Tx};

/// What is stored of a classification, with the id and revision of each row.
pub(super) struct Stored {
    pub content: Content,
    occupations: HashMap<Uri, (Uuid, i64)>,
    skills: HashMap<Uri, (Uuid, i64)>,
}

impl Stored {
    /// The id of a stored occupation.
    pub fn occupation(&self, uri: &str) -> Option<Uuid> {
        self.occupations.get(uri).map(|row| row.0)
    }

    /// The id of a stored skill.
    pub fn skill(&self, uri: &str) -> Option<Uuid> {
        self.skills.get(uri).map(|row| row.0)
    }
}

/// Reads back all that is stored of a classification. `framework` only fills the heading, which is not
/// compared.
pub(super) async fn load(
    tx: &Tx,
    grant: &Grant<act::ImportTaxonomy>,
    framework: &Framework,
) -> Result<Stored, Error> {
    let occupations = occupation_store::load(tx, grant).await?;
    let skills = skill_store::load(tx, grant).await?;
    let mut labels: HashMap<Uuid, Vec<Label>> = HashMap::new();
    for row in label_store::load(tx, grant).await? {
        let language = Language::parse(&row.language).ok_or(store::Error::Corrupt("label.language"))?;
        let kind = LabelKind::parse(&row.kind).ok_or(store::Error::Corrupt("label.kind"))?;
        labels.entry(row.subject_id).or_default().push(Label { language, kind, text: row.text });
    }
    let mut stored = Stored {
        content: Content::new(framework.clone()),
        occupations: HashMap::new(),
        skills: HashMap::new(),
    };
    let mut uris: HashMap<Uuid, Uri> = HashMap::new();
    for row in occupations {
        let uri = Uri::from(row.uri.as_str());
        stored.occupations.insert(Uri::clone(&uri), (row.id, row.revision));
        uris.insert(row.id, Uri::clone(&uri));
        let labels = labels.remove(&row.id).unwrap_or_default();
        stored.content.occupations.push(read_occupation(row, uri, labels)?);
    }
    for row in skills {
        let uri = Uri::from(row.uri.as_str());
        stored.skills.insert(Uri::clone(&uri), (row.id, row.revision));
        uris.insert(row.id, Uri::clone(&uri));
        let labels = labels.remove(&row.id).unwrap_or_default();
        stored.content.skills.push(read_skill(row, uri, labels)?);
    }
    let uri = |id, column| uris.get(&id).cloned().ok_or(store::Error::Corrupt(column));
    for row in occupation_store::load_relations(tx, grant).await? {
        stored.content.relations.push(Relation {
            occupation: uri(row.occupation_id, "occupation_skill.occupation_id")?,
            skill: uri(row.skill_id, "occupation_skill.skill_id")?,
            kind: RelationKind::parse(&row.relation)
                .ok_or(store::Error::Corrupt("occupation_skill.relation"))?,
            level: row.level.and_then(|level| Level::new(i64::from(level))),
        });
    }
    for row in skill_store::load_broader(tx, grant).await? {
        stored.content.broader.push(Broader {
            skill: uri(row.skill_id, "skill_broader.skill_id")?,
            broader: uri(row.broader_id, "skill_broader.broader_id")?,
        });
    }
    stored.content.sort();
    Ok(stored)
}

fn read_occupation(row: occupation::Model, uri: Uri, labels: Vec<Label>) -> Result<Occupation, Error> {
    let skill_level = row.skill_level.map(u8::try_from).transpose();
    Ok(Occupation {
        uri,
        code: row.code,
        isco_group: row.isco_group,
        skill_level: skill_level.map_err(|_out_of_range| store::Error::Corrupt("occupation.skill_level"))?,
        esco_uri: row.esco_uri.map(Uri::from),
        csco_code: row.csco_code,
        labels,
    })
}

fn read_skill(row: skill::Model, uri: Uri, labels: Vec<Label>) -> Result<Skill, Error> {
    let decay_class = row
        .decay_class
        .map(|class| DecayClass::parse(&class).ok_or(store::Error::Corrupt("skill.decay_class")));
    Ok(Skill {
        uri,
        kind: SkillKind::parse(&row.kind).ok_or(store::Error::Corrupt("skill.kind"))?,
        reuse_level: row.reuse_level,
        esco_uri: row.esco_uri.map(Uri::from),
        csco_code: row.csco_code,
        decay_class: decay_class.transpose()?,
        labels,
    })
}

/// The addresses that a difference is about.
#[derive(Default)]
struct Changed<'a> {
    /// Occupations that are new, or of which anything changed, and that stay.
    occupations: BTreeSet<&'a str>,
    /// The same of skills.
    skills: BTreeSet<&'a str>,
    /// Those of them whose names are written anew.
    renamed: HashSet<(Subject, &'a str)>,
    /// Those of them whose relations are written anew.
    related: HashSet<(Subject, &'a str)>,
}

fn changed(difference: &Difference) -> Changed<'_> {
    let mut changed = Changed::default();
    let added = difference.occupations_added.iter().map(|x| (Subject::Occupation, &*x.uri));
    let added = added.chain(difference.skills_added.iter().map(|x| (Subject::Skill, &*x.uri)));
    let labels = difference.labels_changed.iter().map(|x| (x.subject, &*x.uri));
    changed.renamed.extend(added.chain(labels));
    let relations = difference.relations_added.iter().chain(&difference.relations_removed);
    let relations = relations.map(|x| (Subject::Occupation, &*x.occupation));
    let broader = difference.broader_added.iter().chain(&difference.broader_removed);
    let broader = broader.map(|x| (Subject::Skill, &*x.skill));
    changed.related.extend(relations.chain(broader));
    let attributes = difference.attributes_changed.iter().map(|x| (x.subject, &*x.uri));
    let all = changed.renamed.iter().chain(&changed.related).copied().chain(attributes);
    for (subject, uri) in all {
        match subject {
            Subject::Occupation => changed.occupations.insert(uri),
            Subject::Skill => changed.skills.insert(uri),
        };
    }
    for gone in &difference.occupations_removed {
        changed.occupations.remove(&*gone.uri);
    }
    for gone in &difference.skills_removed {
        changed.skills.remove(&*gone.uri);
    }
    changed
}

/// Carries out a difference between what is stored and a release. Gives a touch for every occupation and skill
/// that changed, came or went.
pub(super) async fn apply(
    tx: &Tx,
    grant: &Grant<act::ImportTaxonomy>,
    stored: &Stored,
    difference: &Difference,
    release: &Content,
) -> Result<Vec<Touch>, Error> {
    let changed = changed(difference);
    let mut rows = Rows::new(tx, grant, stored, difference).await?;
    rows.concepts(&changed, &stored.content, release)?;
    rows.relations(&changed, release);

    let gone_occupations: Vec<Uuid> =
        difference.occupations_removed.iter().filter_map(|x| stored.occupation(&x.uri)).collect();
    let gone_skills: Vec<Uuid> =
        difference.skills_removed.iter().filter_map(|x| stored.skill(&x.uri)).collect();
    let known = |subject, uri: &&str| match subject {
        Subject::Occupation => stored.occupation(uri),
        Subject::Skill => stored.skill(uri),
    };
    let related = |subject| {
        let these = changed.related.iter().filter(move |x| x.0 == subject);
        these.filter_map(move |(_, uri)| known(subject, uri))
    };
    let renamed = changed.renamed.iter().filter_map(|(subject, uri)| known(*subject, uri));

    let occupations: Vec<Uuid> =
        related(Subject::Occupation).chain(gone_occupations.iter().copied()).collect();
    let skills: Vec<Uuid> = related(Subject::Skill).chain(gone_skills.iter().copied()).collect();
    let subjects: Vec<Uuid> =
        renamed.chain(gone_occupations.iter().copied()).chain(gone_skills.iter().copied()).collect();
    let touches = rows.touches(stored, difference);
    occupation_store::put(tx, grant, rows.occupations).await?;
    skill_store::put(tx, grant, rows.skills).await?;
    label_store::replace(tx, grant, &subjects, rows.labels).await?;
    occupation_store::replace_relations(tx, grant, &occupations, rows.relations).await?;
    skill_store::replace_broader(tx, grant, &skills, rows.broader).await?;
    occupation_store::remove(tx, grant, &gone_occupations).await?;
    skill_store::remove(tx, grant, &gone_skills).await?;
    Ok(touches)
}

/// The rows that a change writes.
struct Rows {
    framework: Uuid,
    /// Id and next revision of every occupation of the old and the new release.
    occupation_keys: HashMap<Uri, (Uuid, i64)>,
    /// The same of skills.
    skill_keys: HashMap<Uri, (Uuid, i64)>,
    occupations: Vec<occupation::Model>,
    skills: Vec<skill::Model>,
    labels: Vec<label::Model>,
    relations: Vec<occupation_skill::Model>,
    broader: Vec<skill_broader::Model>,
}

impl Rows {
    async fn new(
        tx: &Tx,
        grant: &Grant<act::ImportTaxonomy>,
        stored: &Stored,
        difference: &Difference,
    ) -> Result<Rows, Error> {
        let next = |known: &HashMap<Uri, (Uuid, i64)>| -> HashMap<Uri, (Uuid, i64)> {
            known.iter().map(|(uri, (id, revision))| (Uri::clone(uri), (*id, revision + 1))).collect()
        };
        let (mut occupation_keys, mut skill_keys) = (next(&stored.occupations), next(&stored.skills));
        let new: Vec<(&Uri, Uuid)> =
            difference.occupations_added.iter().map(|x| (&x.uri, occupation_id(&x.uri).0)).collect();
        add_keys(tx, "occupation", &new, &mut occupation_keys).await?;
        let new: Vec<(&Uri, Uuid)> =
            difference.skills_added.iter().map(|x| (&x.uri, skill_id(&x.uri).0)).collect();
        add_keys(tx, "skill", &new, &mut skill_keys).await?;
        Ok(Rows {
            framework: grant.id(),
            occupation_keys,
            skill_keys,
            occupations: Vec::new(),
            skills: Vec::new(),
            labels: Vec::new(),
            relations: Vec::new(),
            broader: Vec::new(),
        })
    }

    /// The rows of occupations, skills and their names. What the release lacks is written as it was.
    fn concepts(&mut self, changed: &Changed<'_>, stored: &Content, release: &Content) -> Result<(), Error> {
        let lost = || Error::Internal("a changed occupation or skill is in neither release".to_owned());
        let mut by_uri: HashMap<&str, &Occupation> =
            stored.occupations.iter().map(|x| (&*x.uri, x)).collect();
        by_uri.extend(release.occupations.iter().map(|x| (&*x.uri, x)));
        for uri in &changed.occupations {
            let occupation = by_uri.get(uri).ok_or_else(lost)?;
            let (id, revision) = *self.occupation_keys.get(*uri).ok_or_else(lost)?;
            self.occupations.push(occupation_row(id, self.framework, revision, occupation));
            if changed.renamed.contains(&(Subject::Occupation, uri)) {
                self.labels.extend(label_rows(id, "occupation", &occupation.labels));
            }
        }
        let mut by_uri: HashMap<&str, &Skill> = stored.skills.iter().map(|x| (&*x.uri, x)).collect();
        by_uri.extend(release.skills.iter().map(|x| (&*x.uri, x)));
        for uri in &changed.skills {
            let skill = by_uri.get(uri).ok_or_else(lost)?;
            let (id, revision) = *self.skill_keys.get(*uri).ok_or_else(lost)?;
            self.skills.push(skill_row(id, self.framework, revision, skill));
            if changed.renamed.contains(&(Subject::Skill, uri)) {
                self.labels.extend(label_rows(id, "skill", &skill.labels));
            }
        }
        Ok(())
    }

    /// All relations in the release of those whose relations changed.
    fn relations(&mut self, changed: &Changed<'_>, release: &Content) {
        let (occupations, skills) = (&self.occupation_keys, &self.skill_keys);
        let key = |keys: &HashMap<Uri, (Uuid, i64)>, uri: &Uri| keys.get(uri).map(|key| key.0);
        self.relations.extend(
            release
                .relations
                .iter()
                .filter(|x| changed.related.contains(&(Subject::Occupation, &*x.occupation)))
                .filter_map(|x| {
                    Some(occupation_skill::Model {
                        occupation_id: key(occupations, &x.occupation)?,
                        skill_id: key(skills, &x.skill)?,
                        relation: x.kind.as_str().to_owned(),
                        level: x.level.map(|level| i32::from(level.get())),
                    })
                }),
        );
        self.broader.extend(
            release
                .broader
                .iter()
                .filter(|x| changed.related.contains(&(Subject::Skill, &*x.skill)))
                .filter_map(|x| {
                    let (skill_id, broader_id) = (key(skills, &x.skill)?, key(skills, &x.broader)?);
                    Some(skill_broader::Model { skill_id, broader_id })
                }),
        );
    }

    fn touches(&self, stored: &Stored, difference: &Difference) -> Vec<Touch> {
        let gone = difference.occupations_removed.iter().filter_map(|x| stored.occupations.get(&x.uri));
        let gone = gone.map(|(id, revision)| Touch { kind: "occupation", id: *id, revision: revision + 1 });
        let gone_skills = difference.skills_removed.iter().filter_map(|x| stored.skills.get(&x.uri));
        let gone_skills =
            gone_skills.map(|(id, revision)| Touch { kind: "skill", id: *id, revision: revision + 1 });
        let occupations =
            self.occupations.iter().map(|x| Touch { kind: "occupation", id: x.id, revision: x.revision });
        let skills = self.skills.iter().map(|x| Touch { kind: "skill", id: x.id, revision: x.revision });
        occupations.chain(skills).chain(gone).chain(gone_skills).collect()
    }
}

/// New rows begin at revision 1, or go on where they ended when an earlier release had them.
async fn add_keys(
    tx: &Tx,
    kind: &'static str,
    new: &[(&Uri, Uuid)],
    keys: &mut HashMap<Uri, (Uuid, i64)>,
) -> Result<(), Error> {
    let ids: Vec<Uuid> = new.iter().map(|x| x.1).collect();
    let last = audit_entry::last_revisions(tx.conn(), kind, &ids).await?;
    for (uri, id) in new {
        keys.insert(Uri::clone(uri), (*id, last.get(id).copied().unwrap_or(0) + 1));
    }
    Ok(())
}

fn occupation_row(id: Uuid, framework_id: Uuid, revision: i64, from: &Occupation) -> occupation::Model {
    let Occupation { uri, code, isco_group, skill_level, esco_uri, csco_code, labels: _ } = from;
    occupation::Model {
        id,
        framework_id,
        uri: uri.to_string(),
        code: code.clone(),
        isco_group: isco_group.clone(),
        skill_level: skill_level.map(i32::from),
        esco_uri: esco_uri.as_deref().map(str::to_owned),
        csco_code: csco_code.clone(),
        revision,
    }
}

fn skill_row(id: Uuid, framework_id: Uuid, revision: i64, from: &Skill) -> skill::Model {
    let Skill { uri, kind, reuse_level, esco_uri, csco_code, decay_class, labels: _ } = from;
    skill::Model {
        id,
        framework_id,
        uri: uri.to_string(),
        kind: kind.as_str().to_owned(),
        reuse_level: reuse_level.clone(),
        esco_uri: esco_uri.as_deref().map(str::to_owned),
        csco_code: csco_code.clone(),
        decay_class: decay_class.map(|class| class.as_str().to_owned()),
        revision,
    }
}

fn label_rows(subject_id: Uuid, subject: &'static str, labels: &[Label]) -> Vec<label::Model> {
    let mut ordinals: HashMap<(Language, LabelKind), i32> = HashMap::new();
    labels
        .iter()
        .map(|label| {
            let next = ordinals.entry((label.language, label.kind)).or_default();
            let ordinal = *next;
            *next += 1;
            label::Model {
                subject_id,
                language: label.language.as_str().to_owned(),
                kind: label.kind.as_str().to_owned(),
                ordinal,
                subject: subject.to_owned(),
                text: label.text.clone(),
            }
        })
        .collect()
}
