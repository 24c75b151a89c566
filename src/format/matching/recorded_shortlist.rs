//! Recorded shortlists and the groups of people, as CSV: one place of one list a row, and one person a row. Ids of people
//! only join the two files; nothing that is made of them holds one.

use std::collections::{BTreeMap, BTreeSet};

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::matching::fairness::report::{Appearance, Attribute, Shortlist};

use crate::format::exchange::row::{Problem, Row};
use crate::format::exchange::table::{Column, Table, optional, required};

/// The most rows of one file.
pub const ROWS_MAX: usize = 200_000;
/// The longest file.
pub const BYTES_MAX: usize = 32 << 20;
/// The most groups of one attribute.
pub const GROUPS_MAX: usize = 50;
/// The longest name of a group, list or person, in characters.
pub const NAME_MAX: usize = 64;

/// By what people may be grouped: the columns of the file of groups.
pub const ATTRIBUTES: [&str; 7] =
    ["sex", "age_band", "ethnicity", "nationality", "disability", "hukou_region", "poverty"];

const SHORTLIST_COLUMNS: &[Column] =
    &[required("shortlist"), required("rank"), required("person"), optional("score"), optional("day")];

const GROUP_COLUMNS: &[Column] = &[
    required("person"),
    optional("sex"),
    optional("age_band"),
    optional("ethnicity"),
    optional("nationality"),
    optional("disability"),
    optional("hukou_region"),
    optional("poverty"),
];

/// One place of one list.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    row: usize,
    shortlist: String,
    rank: usize,
    person: String,
    score: Option<u32>,
    day: Option<CivilDate>,
}

/// Recorded lists, with people as numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// The lists in the order of their names, with the day of each where it was recorded.
    pub shortlists: Vec<(Option<CivilDate>, Shortlist)>,
    /// The ids of the people, each at its number.
    people: BTreeMap<String, usize>,
}

/// An attribute with the names of its groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The column: one of [`ATTRIBUTES`].
    pub name: &'static str,
    /// The groups, in order.
    pub groups: Vec<String>,
    /// Who is in which.
    pub attribute: Attribute,
}

fn name(row: &mut Row<'_>, column: &str) -> String {
    let text = row.text(column);
    if text.chars().count() > NAME_MAX {
        row.wrong(column, "name_too_long");
    }
    text
}

/// Reads recorded lists. The ranks of a list are 1, 2, 3, … in any order of rows, and nobody is in it twice.
///
/// # Errors
/// Every problem of every row.
pub fn read(bytes: &[u8]) -> Result<Recorded, Vec<Problem>> {
    let places = table(bytes, SHORTLIST_COLUMNS)?.map(|row| Place {
        row: row.number(),
        shortlist: name(row, "shortlist"),
        rank: number(row, "rank").unwrap_or(0),
        person: name(row, "person"),
        score: number(row, "score"),
        day: row.date_if_any("day"),
    })?;
    let mut problems: Vec<Problem> = places
        .iter()
        .filter(|place| place.rank == 0)
        .map(|place| Problem::new(place.row, "rank", "bad_number"))
        .collect();
    let mut lists: BTreeMap<&str, Vec<&Place>> = BTreeMap::new();
    let mut people: BTreeMap<String, usize> = BTreeMap::new();
    for place in &places {
        let next = people.len();
        people.entry(place.person.clone()).or_insert(next);
        lists.entry(&place.shortlist).or_default().push(place);
    }
    let mut shortlists = Vec::with_capacity(lists.len());
    for list in lists.values_mut() {
        list.sort_by_key(|place| (place.rank, place.row));
        problems.extend(list_problems(list));
        let one = |place: &&Place| Appearance {
            person: people.get(&place.person).copied().unwrap_or(0),
            score: place.score,
        };
        shortlists.push((list.first().and_then(|place| place.day), list.iter().map(one).collect()));
    }
    problems.sort_by_key(|problem| problem.row);
    if problems.is_empty() { Ok(Recorded { shortlists, people }) } else { Err(problems) }
}

/// What is wrong with a list whose places are in order.
fn list_problems(list: &[&Place]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let (mut seen, mut last) = (BTreeSet::new(), 0);
    let day = list.first().and_then(|place| place.day);
    for place in list.iter().filter(|place| place.rank > 0) {
        if place.rank == last {
            problems.push(Problem::new(place.row, "rank", "doubled"));
        } else if place.rank != last + 1 {
            problems.push(Problem::new(place.row, "rank", "rank_gap"));
        }
        last = place.rank;
        if !seen.insert(&place.person) {
            problems.push(Problem::new(place.row, "person", "doubled"));
        }
        if place.day != day {
            problems.push(Problem::new(place.row, "day", "other_day"));
        }
    }
    problems
}

/// A whole number that is not below 0; an empty cell is none.
fn number<T: TryFrom<i64>>(row: &mut Row<'_>, column: &str) -> Option<T> {
    let number = row.integer_if_any(column)?;
    let found = T::try_from(number).ok().filter(|_| number >= 0);
    if found.is_none() {
        row.wrong(column, "bad_number");
    }
    found
}

/// Reads the groups of people for recorded lists. An empty cell, a missing column and a person without a row are unknown;
/// who is in no list is left out. Only the attributes that the file has are given.
///
/// # Errors
/// Every problem of every row.
pub fn read_groups(bytes: &[u8], recorded: &Recorded) -> Result<Vec<Named>, Vec<Problem>> {
    let rows = table(bytes, GROUP_COLUMNS)?.map(|row| {
        let person = name(row, "person");
        let groups = ATTRIBUTES.map(|attribute| {
            let group = row.text_if_any(attribute);
            if group.as_ref().is_some_and(|group| group.chars().count() > NAME_MAX) {
                row.wrong(attribute, "name_too_long");
            }
            group
        });
        (row.number(), person, groups)
    })?;
    let mut seen = BTreeSet::new();
    let doubled = rows.iter().filter(|(_, person, _)| !seen.insert(person));
    let mut problems: Vec<Problem> =
        doubled.map(|(number, _, _)| Problem::new(*number, "person", "doubled")).collect();
    let mut named = Vec::new();
    for (at, name) in ATTRIBUTES.into_iter().enumerate() {
        let in_lists = || {
            rows.iter().filter_map(|(_, person, groups)| {
                Some((*recorded.people.get(person)?, groups.get(at)?.as_deref()?))
            })
        };
        let labels: BTreeSet<&str> = in_lists().map(|(_, group)| group).collect();
        if labels.len() > GROUPS_MAX {
            let max = i64::try_from(GROUPS_MAX).unwrap_or(i64::MAX);
            problems.push(Problem::new(1, name, "too_many_groups").with("max", max));
        }
        if labels.is_empty() {
            continue;
        }
        let places: BTreeMap<&str, usize> = labels.iter().copied().zip(0..).collect();
        let mut of = vec![None; recorded.people.len()];
        for (person, group) in in_lists() {
            if let Some(known) = of.get_mut(person) {
                *known = places.get(group).copied();
            }
        }
        let groups: Vec<String> = labels.into_iter().map(str::to_owned).collect();
        named.push(Named { name, attribute: Attribute { groups: groups.len(), of }, groups });
    }
    if problems.is_empty() { Ok(named) } else { Err(problems) }
}

fn table(bytes: &[u8], columns: &[Column]) -> Result<Table, Vec<Problem>> {
    if bytes.len() > BYTES_MAX {
        return Err(vec![Problem::new(1, "", "too_long_bytes")]);
    }
    Table::read_up_to(bytes, columns, ROWS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(bytes: &str) -> Vec<(usize, String, &'static str)> {
        read(bytes.as_bytes()).unwrap_err().into_iter().map(|p| (p.row, p.column, p.code)).collect()
    }

    #[test]
    fn lists_are_read_in_the_order_of_their_ranks() {
        let text = "shortlist,rank,person,score\nb,2,x,5\nb,1,y,9\na,1,x,\n";
        let read = read(text.as_bytes()).unwrap();
        let one = |person, score| Appearance { person, score };
        assert_eq!(
            read.shortlists,
            [(None, vec![one(0, None)]), (None, vec![one(1, Some(9)), one(0, Some(5))])]
        );
        let groups = "person,sex,ethnicity\ny,female,\nz,male,han\n";
        let named = read_groups(groups.as_bytes(), &read).unwrap();
        assert_eq!(named.len(), 1, "nobody in the lists has an ethnicity that is known");
        assert_eq!((named[0].name, named[0].groups.clone()), ("sex", vec!["female".to_owned()]));
        assert_eq!(named[0].attribute.of, [None, Some(0)]);
    }

    #[test]
    fn a_list_with_a_hole_or_with_somebody_twice_is_refused_by_row_and_column() {
        let cell = |row, column: &str, code| (row, column.to_owned(), code);
        assert_eq!(
            problems("shortlist,rank,person,day\na,1,x,2026-01-01\na,3,y,2026-01-01\na,3,z,2026-01-02\n"),
            [cell(3, "rank", "rank_gap"), cell(4, "rank", "doubled"), cell(4, "day", "other_day")]
        );
        assert_eq!(
            problems("shortlist,rank,person,score\na,0,x,1\na,1,y,-2\na,2,,1.5\n"),
            [cell(3, "score", "bad_number"), cell(4, "person", "required"), cell(4, "score", "bad_number")]
        );
        assert_eq!(problems("shortlist,rank,person\na,1,x\na,2,x\n"), [cell(3, "person", "doubled")]);
        assert_eq!(problems("shortlist,rank,person\na,,x\n"), [cell(2, "rank", "bad_number")]);
        let long = "n".repeat(NAME_MAX + 1);
        assert_eq!(
            problems(&format!("shortlist,rank,person\n{long},1,x\n")),
            [cell(2, "shortlist", "name_too_long")]
        );
    }

    #[test]
    fn too_many_groups_and_people_who_stand_twice_are_refused() {
        let lists: String = (0..=GROUPS_MAX).map(|n| format!("a,{},p{n}\n", n + 1)).collect();
        let recorded = read(format!("shortlist,rank,person\n{lists}").as_bytes()).unwrap();
        let groups: String = (0..=GROUPS_MAX).map(|n| format!("p{n},{n}\n")).collect();
        let found =
            read_groups(format!("person,hukou_region\n{groups}p0,0\n").as_bytes(), &recorded).unwrap_err();
        let codes: Vec<_> = found.into_iter().map(|p| (p.row, p.code)).collect();
        assert_eq!(codes, [(GROUPS_MAX + 3, "doubled"), (1, "too_many_groups")]);
        assert_eq!(read(&vec![b'x'; BYTES_MAX + 1]).unwrap_err(), [Problem::new(1, "", "too_long_bytes")]);
    }
}
