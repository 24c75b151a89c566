//! The exact difference between two releases of a classification. Knows neither where they came from nor what
//! is done about it.
//!
//! Exact means: a release and its difference to another give that other one, but for the order of labels of
//! different language or kind (that order means nothing).

use std::collections::{BTreeMap, BTreeSet};

use super::{Broader, Content, Label, LabelKind, Language, Occupation, Relation, Skill, Uri};

/// What has to happen to the old release to make the new one. Every list is in order of URI.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Occupations that only the new release has.
    pub occupations_added: Vec<Occupation>,
    /// Occupations that only the old release has.
    pub occupations_removed: Vec<Occupation>,
    /// Skills that only the new release has.
    pub skills_added: Vec<Skill>,
    /// Skills that only the old release has.
    pub skills_removed: Vec<Skill>,
    /// Fields of occupations and skills, in both releases, that have another value now.
    pub attributes_changed: Vec<AttributeChange>,
    /// Names and texts of occupations and skills, in both releases, that read otherwise now.
    pub labels_changed: Vec<LabelChange>,
    /// Relations that only the new release has. One whose kind or level changed is both removed and added.
    pub relations_added: Vec<Relation>,
    /// Relations that only the old release has, those of removed occupations and skills among them.
    pub relations_removed: Vec<Relation>,
    /// Broader relations that only the new release has.
    pub broader_added: Vec<Broader>,
    /// Broader relations that only the old release has.
    pub broader_removed: Vec<Broader>,
}

impl Difference {
    /// Whether the two releases say the same.
    pub fn is_empty(&self) -> bool {
        *self == Difference::default()
    }
}

/// Whether a change concerns an occupation or a skill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// An occupation.
    Occupation,
    /// A skill.
    Skill,
}

/// A field of an occupation or a skill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attribute {
    /// The code in its own classification.
    Code,
    /// The ISCO-08 group.
    IscoGroup,
    /// The ISCO-08 skill level.
    SkillLevel,
    /// The ESCO counterpart.
    EscoUri,
    /// The CSCO code.
    CscoCode,
    /// Knowledge, competence, group or unknown.
    Kind,
    /// How widely a skill can be used.
    ReuseLevel,
    /// How a skill fades.
    DecayClass,
}

impl Attribute {
    /// The name under which this field is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Attribute::Code => "code",
            Attribute::IscoGroup => "isco_group",
            Attribute::SkillLevel => "skill_level",
            Attribute::EscoUri => "esco_uri",
            Attribute::CscoCode => "csco_code",
            Attribute::Kind => "kind",
            Attribute::ReuseLevel => "reuse_level",
            Attribute::DecayClass => "decay_class",
        }
    }
}

/// A field that has another value in the new release. Values are as they are stored.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AttributeChange {
    /// The occupation or skill.
    pub uri: Uri,
    /// Which of them it is.
    pub subject: Subject,
    /// The field.
    pub attribute: Attribute,
    /// Its value in the old release.
    pub old: Option<String>,
    /// Its value in the new release.
    pub new: Option<String>,
}

/// The labels of one language and kind that read otherwise in the new release.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LabelChange {
    /// The occupation or skill.
    pub uri: Uri,
    /// Which of them it is.
    pub subject: Subject,
    /// The language.
    pub language: Language,
    /// The kind.
    pub kind: LabelKind,
    /// All of them in the old release, in their order.
    pub old: Vec<String>,
    /// All of them in the new release, in their order.
    pub new: Vec<String>,
}

/// Compares two releases. Their frameworks are not compared: another version is what makes two releases.
///
/// Where a release has one URI twice, against its invariant, the last one counts.
pub fn difference(old: &Content, new: &Content) -> Difference {
    let mut result = Difference::default();

    let old_occupations: BTreeMap<&Uri, &Occupation> = old.occupations.iter().map(|x| (&x.uri, x)).collect();
    let new_occupations: BTreeMap<&Uri, &Occupation> = new.occupations.iter().map(|x| (&x.uri, x)).collect();
    result.occupations_added = only_in(&new_occupations, &old_occupations);
    result.occupations_removed = only_in(&old_occupations, &new_occupations);
    for (uri, before) in &old_occupations {
        if let Some(after) = new_occupations.get(uri) {
            let attributes = (occupation_attributes(before), occupation_attributes(after));
            compare_attributes(&mut result, Subject::Occupation, uri, attributes);
            compare_labels(&mut result, Subject::Occupation, uri, &before.labels, &after.labels);
        }
    }

    let old_skills: BTreeMap<&Uri, &Skill> = old.skills.iter().map(|x| (&x.uri, x)).collect();
    let new_skills: BTreeMap<&Uri, &Skill> = new.skills.iter().map(|x| (&x.uri, x)).collect();
    result.skills_added = only_in(&new_skills, &old_skills);
    result.skills_removed = only_in(&old_skills, &new_skills);
    for (uri, before) in &old_skills {
        if let Some(after) = new_skills.get(uri) {
            let attributes = (skill_attributes(before), skill_attributes(after));
            compare_attributes(&mut result, Subject::Skill, uri, attributes);
            compare_labels(&mut result, Subject::Skill, uri, &before.labels, &after.labels);
        }
    }
    result.attributes_changed.sort();
    result.labels_changed.sort();

    let old_relations: BTreeMap<(&Uri, &Uri), &Relation> = relations_by_ends(old);
    let new_relations: BTreeMap<(&Uri, &Uri), &Relation> = relations_by_ends(new);
    result.relations_added = unequal_in(&new_relations, &old_relations);
    result.relations_removed = unequal_in(&old_relations, &new_relations);

    let old_broader: BTreeSet<&Broader> = old.broader.iter().collect();
    let new_broader: BTreeSet<&Broader> = new.broader.iter().collect();
    result.broader_added = new_broader.difference(&old_broader).copied().cloned().collect();
    result.broader_removed = old_broader.difference(&new_broader).copied().cloned().collect();
    result
}

fn relations_by_ends(content: &Content) -> BTreeMap<(&Uri, &Uri), &Relation> {
    content.relations.iter().map(|relation| ((&relation.occupation, &relation.skill), relation)).collect()
}

/// The values of keys that `other` does not have.
fn only_in<K: Ord, T: Clone>(these: &BTreeMap<K, &T>, other: &BTreeMap<K, &T>) -> Vec<T> {
    these.iter().filter(|(key, _)| !other.contains_key(key)).map(|(_, value)| (*value).clone()).collect()
}

/// The values that `other` does not have under the same key.
fn unequal_in<K: Ord, T: Clone + PartialEq>(these: &BTreeMap<K, &T>, other: &BTreeMap<K, &T>) -> Vec<T> {
    these
        .iter()
        .filter(|(key, value)| other.get(key) != Some(value))
        .map(|(_, value)| (*value).clone())
        .collect()
}

type Attributes = Vec<(Attribute, Option<String>)>;

fn occupation_attributes(occupation: &Occupation) -> Attributes {
    // Naming every field makes the compiler ask for a decision when one is added.
    let Occupation { uri: _, code, isco_group, skill_level, esco_uri, csco_code, labels: _ } = occupation;
    vec![
        (Attribute::Code, code.clone()),
        (Attribute::IscoGroup, isco_group.clone()),
        (Attribute::SkillLevel, skill_level.map(|level| level.to_string())),
        (Attribute::EscoUri, esco_uri.as_deref().map(str::to_owned)),
        (Attribute::CscoCode, csco_code.clone()),
    ]
}

fn skill_attributes(skill: &Skill) -> Attributes {
    let Skill { uri: _, kind, reuse_level, esco_uri, csco_code, decay_class, labels: _ } = skill;
    vec![
        (Attribute::EscoUri, esco_uri.as_deref().map(str::to_owned)),
        (Attribute::CscoCode, csco_code.clone()),
        (Attribute::Kind, Some(kind.as_str().to_owned())),
        (Attribute::ReuseLevel, reuse_level.clone()),
        (Attribute::DecayClass, decay_class.map(|class| class.as_str().to_owned())),
    ]
}

fn compare_attributes(
    result: &mut Difference,
    subject: Subject,
    uri: &Uri,
    (old, new): (Attributes, Attributes),
) {
    for ((attribute, old), (_, new)) in old.into_iter().zip(new) {
        if old != new {
            let uri = Uri::clone(uri);
            result.attributes_changed.push(AttributeChange { uri, subject, attribute, old, new });
        }
    }
}

fn compare_labels(result: &mut Difference, subject: Subject, uri: &Uri, old: &[Label], new: &[Label]) {
    // Nearly all concepts keep their labels; this spares them the grouping.
    if old == new {
        return;
    }
    let (mut old, mut new) = (grouped(old), grouped(new));
    let groups: BTreeSet<(Language, LabelKind)> = old.keys().chain(new.keys()).copied().collect();
    for group in groups {
        let old = old.remove(&group).unwrap_or_default();
        let new = new.remove(&group).unwrap_or_default();
        if old != new {
            let (language, kind) = group;
            result.labels_changed.push(LabelChange {
                uri: Uri::clone(uri),
                subject,
                language,
                kind,
                old,
                new,
            });
        }
    }
}

fn grouped(labels: &[Label]) -> BTreeMap<(Language, LabelKind), Vec<String>> {
    let mut groups: BTreeMap<(Language, LabelKind), Vec<String>> = BTreeMap::new();
    for label in labels {
        groups.entry((label.language, label.kind)).or_default().push(label.text.clone());
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::super::{DecayClass, Framework, FrameworkCode, Level, RelationKind, SkillKind};
    use super::*;
    use proptest::prelude::*;

    fn empty() -> Content {
        Content::new(Framework {
            code: FrameworkCode::House,
            version: "1".to_owned(),
            title: "Test".to_owned(),
            licence: "none".to_owned(),
        })
    }

    fn occupation(uri: &str, name: &str) -> Occupation {
        Occupation {
            uri: uri.into(),
            code: None,
            isco_group: Some("8153".to_owned()),
            skill_level: Some(2),
            esco_uri: None,
            csco_code: None,
            labels: vec![Label::new(Language::English, LabelKind::Preferred, name)],
        }
    }

    fn skill(uri: &str, kind: SkillKind) -> Skill {
        Skill {
            uri: uri.into(),
            kind,
            reuse_level: None,
            esco_uri: None,
            csco_code: None,
            decay_class: None,
            labels: Vec::new(),
        }
    }

    fn relation(occupation: &str, skill: &str, kind: RelationKind, level: i64) -> Relation {
        Relation { occupation: occupation.into(), skill: skill.into(), kind, level: Level::new(level) }
    }

    #[test]
    fn every_sort_of_change_is_named_once() {
        let mut old = empty();
        old.occupations = vec![occupation("o/a", "weaver"), occupation("o/b", "knitter")];
        old.skills = vec![skill("s/a", SkillKind::Knowledge), skill("s/b", SkillKind::Competence)];
        old.relations = vec![
            relation("o/a", "s/a", RelationKind::Essential, 3),
            relation("o/a", "s/b", RelationKind::Optional, 2),
            relation("o/b", "s/b", RelationKind::Optional, 2),
        ];
        old.broader = vec![Broader { skill: "s/a".into(), broader: "s/b".into() }];
        let mut new = empty();
        new.occupations = vec![occupation("o/a", "loom operator"), occupation("o/c", "warper")];
        new.skills = vec![skill("s/a", SkillKind::Competence), skill("s/b", SkillKind::Competence)];
        new.relations = vec![
            relation("o/a", "s/a", RelationKind::Essential, 4),
            relation("o/a", "s/b", RelationKind::Optional, 2),
        ];

        let found = difference(&old, &new);

        assert_eq!(found.occupations_added, [occupation("o/c", "warper")]);
        assert_eq!(found.occupations_removed, [occupation("o/b", "knitter")]);
        assert!(found.skills_added.is_empty() && found.skills_removed.is_empty());
        assert_eq!(
            found.attributes_changed,
            [AttributeChange {
                uri: "s/a".into(),
                subject: Subject::Skill,
                attribute: Attribute::Kind,
                old: Some("knowledge".to_owned()),
                new: Some("competence".to_owned()),
            }]
        );
        assert_eq!(
            found.labels_changed,
            [LabelChange {
                uri: "o/a".into(),
                subject: Subject::Occupation,
                language: Language::English,
                kind: LabelKind::Preferred,
                old: vec!["weaver".to_owned()],
                new: vec!["loom operator".to_owned()],
            }]
        );
        assert_eq!(found.relations_added, [relation("o/a", "s/a", RelationKind::Essential, 4)]);
        assert_eq!(
            found.relations_removed,
            [
                relation("o/a", "s/a", RelationKind::Essential, 3),
                relation("o/b", "s/b", RelationKind::Optional, 2),
            ]
        );
        assert!(found.broader_added.is_empty());
        assert_eq!(found.broader_removed, old.broader);
        assert!(!found.is_empty());
    }

    #[test]
    fn only_the_order_of_labels_of_one_language_and_kind_means_something() {
        let label = |kind, text| Label::new(Language::English, kind, text);
        let (name, one, two) = (
            label(LabelKind::Preferred, "weaver"),
            label(LabelKind::Alternative, "loom hand"),
            label(LabelKind::Alternative, "loom operator"),
        );
        let mut old = empty();
        old.occupations = vec![occupation("o/a", "")];
        old.occupations[0].labels = vec![name.clone(), one.clone(), two.clone()];
        let mut new = old.clone();
        new.occupations[0].labels = vec![one.clone(), two.clone(), name.clone()];
        assert!(difference(&old, &new).is_empty());
        new.occupations[0].labels = vec![name, two, one];
        assert_eq!(difference(&old, &new).labels_changed.len(), 1);
    }

    /// What [`Difference`] promises: carried out on the old release, it makes the new one.
    fn apply(old: &Content, change: &Difference) -> Content {
        let mut result = old.clone();
        result.occupations.retain(|x| !change.occupations_removed.contains(x));
        result.occupations.extend(change.occupations_added.iter().cloned());
        result.skills.retain(|x| !change.skills_removed.contains(x));
        result.skills.extend(change.skills_added.iter().cloned());
        result.relations.retain(|x| !change.relations_removed.contains(x));
        result.relations.extend(change.relations_added.iter().cloned());
        result.broader.retain(|x| !change.broader_removed.contains(x));
        result.broader.extend(change.broader_added.iter().cloned());
        for changed in &change.attributes_changed {
            let new = changed.new.clone();
            match changed.subject {
                Subject::Occupation => {
                    let found = result.occupations.iter_mut().find(|x| x.uri == changed.uri).unwrap();
                    match changed.attribute {
                        Attribute::Code => found.code = new,
                        Attribute::IscoGroup => found.isco_group = new,
                        Attribute::SkillLevel => found.skill_level = new.map(|x| x.parse().unwrap()),
                        Attribute::EscoUri => found.esco_uri = new.map(Uri::from),
                        Attribute::CscoCode => found.csco_code = new,
                        other => panic!("an occupation has no {}", other.as_str()),
                    }
                }
                Subject::Skill => {
                    let found = result.skills.iter_mut().find(|x| x.uri == changed.uri).unwrap();
                    match changed.attribute {
                        Attribute::EscoUri => found.esco_uri = new.map(Uri::from),
                        Attribute::CscoCode => found.csco_code = new,
                        Attribute::ReuseLevel => found.reuse_level = new,
                        Attribute::Kind => {
                            found.kind =
                                KINDS.into_iter().find(|x| Some(x.as_str()) == new.as_deref()).unwrap()
                        }
                        Attribute::DecayClass => {
                            found.decay_class =
                                CLASSES.into_iter().find(|x| Some(x.as_str()) == new.as_deref())
                        }
                        other => panic!("a skill has no {}", other.as_str()),
                    }
                }
            }
        }
        for changed in &change.labels_changed {
            let labels = match changed.subject {
                Subject::Occupation => {
                    &mut result.occupations.iter_mut().find(|x| x.uri == changed.uri).unwrap().labels
                }
                Subject::Skill => {
                    &mut result.skills.iter_mut().find(|x| x.uri == changed.uri).unwrap().labels
                }
            };
            labels.retain(|x| (x.language, x.kind) != (changed.language, changed.kind));
            labels.extend(changed.new.iter().map(|text| Label::new(changed.language, changed.kind, text)));
        }
        normal(result)
    }

    fn normal(mut content: Content) -> Content {
        content.sort();
        for occupation in &mut content.occupations {
            occupation.labels.sort_by_key(|x| (x.language, x.kind));
        }
        for skill in &mut content.skills {
            skill.labels.sort_by_key(|x| (x.language, x.kind));
        }
        content
    }

    const KINDS: [SkillKind; 4] =
        [SkillKind::Knowledge, SkillKind::Competence, SkillKind::Group, SkillKind::Unknown];
    const CLASSES: [DecayClass; 3] = [DecayClass::Accuracy, DecayClass::Speed, DecayClass::Mixed];

    fn some_labels() -> impl Strategy<Value = Vec<Label>> {
        let language = prop::sample::select(vec![Language::Chinese, Language::English]);
        let kind = prop::sample::select(vec![LabelKind::Preferred, LabelKind::Alternative]);
        let label = (language, kind, "[ab]{1,2}").prop_map(|(l, k, text)| Label::new(l, k, text));
        prop::collection::vec(label, 0..4)
    }

    fn some_occupation(number: usize) -> impl Strategy<Value = Occupation> {
        let text = || prop::option::of("[ab]");
        (text(), text(), prop::option::of(1..=4_u8), text(), text(), some_labels()).prop_map(
            move |(code, isco_group, skill_level, esco, csco_code, labels)| Occupation {
                uri: format!("o/{number}").into(),
                code,
                isco_group,
                skill_level,
                esco_uri: esco.map(Uri::from),
                csco_code,
                labels,
            },
        )
    }

    fn some_skill(number: usize) -> impl Strategy<Value = Skill> {
        let text = || prop::option::of("[ab]");
        let kind = prop::sample::select(KINDS.to_vec());
        let class = prop::option::of(prop::sample::select(CLASSES.to_vec()));
        (kind, text(), text(), text(), class, some_labels()).prop_map(
            move |(kind, reuse_level, esco, csco_code, decay_class, labels)| Skill {
                uri: format!("s/{number}").into(),
                kind,
                reuse_level,
                esco_uri: esco.map(Uri::from),
                csco_code,
                decay_class,
                labels,
            },
        )
    }

    fn some_content() -> impl Strategy<Value = Content> {
        let occupations: Vec<_> = (0..4).map(|n| prop::option::of(some_occupation(n))).collect();
        let skills: Vec<_> = (0..4).map(|n| prop::option::of(some_skill(n))).collect();
        let kind = prop::sample::select(vec![RelationKind::Essential, RelationKind::Optional]);
        let relations = prop::collection::btree_map((0..4_u8, 0..4_u8), (kind, 0..3_i64), 0..8);
        let broader = prop::collection::btree_set((0..4_u8, 0..4_u8), 0..6);
        (occupations, skills, relations, broader).prop_map(|(occupations, skills, relations, broader)| {
            let mut content = empty();
            content.occupations = occupations.into_iter().flatten().collect();
            content.skills = skills.into_iter().flatten().collect();
            for ((o, s), (kind, level)) in relations {
                content.relations.push(relation(&format!("o/{o}"), &format!("s/{s}"), kind, level));
            }
            for (s, b) in broader {
                let (skill, broader) = (format!("s/{s}").into(), format!("s/{b}").into());
                content.broader.push(Broader { skill, broader });
            }
            normal(content)
        })
    }

    proptest! {
        #[test]
        fn a_release_does_not_differ_from_itself(content in some_content()) {
            prop_assert!(difference(&content, &content).is_empty());
        }

        #[test]
        fn the_difference_carried_out_on_the_old_release_makes_the_new_one(
            old in some_content(),
            new in some_content(),
        ) {
            prop_assert_eq!(apply(&old, &difference(&old, &new)), new);
        }

        #[test]
        fn backwards_everything_added_is_removed(old in some_content(), new in some_content()) {
            let (forth, back) = (difference(&old, &new), difference(&new, &old));
            prop_assert_eq!(forth.occupations_added, back.occupations_removed);
            prop_assert_eq!(forth.skills_removed, back.skills_added);
            prop_assert_eq!(forth.relations_added, back.relations_removed);
            prop_assert_eq!(forth.broader_removed, back.broader_added);
            prop_assert_eq!(forth.labels_changed.len(), back.labels_changed.len());
            prop_assert_eq!(forth.attributes_changed.len(), back.attributes_changed.len());
        }

        #[test]
        fn the_order_of_a_release_does_not_matter(old in some_content(), new in some_content()) {
            let mut shuffled = new.clone();
            shuffled.occupations.reverse();
            shuffled.skills.reverse();
            shuffled.relations.reverse();
            shuffled.broader.reverse();
            prop_assert_eq!(difference(&old, &shuffled), difference(&old, &new));
        }
    }
}
