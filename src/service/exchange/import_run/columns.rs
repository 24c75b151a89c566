//! Where in a file the field of a use case stands. A problem comes with a pointer into the batch,
//! `/16/availability/until`, and goes out with a row and a column, row 18, `available_until`.

use crate::format::exchange::table::Column;

/// Fields that the file calls otherwise. A star stands for a number.
const RENAMED: &[(&str, &str)] = &[
    ("availability/from", "available_from"),
    ("availability/until", "available_until"),
    ("availability/regions", "regions"),
    ("availability/wage_min_minor", "wage_min"),
    ("availability/shifts", "shifts"),
    ("availability/dormitory", "dormitory"),
    ("members", "relation"),
    ("members/*/person_id", "person"),
    ("members/*/relation", "relation"),
    ("members/*/valid_from", "member_from"),
    ("wage_min_minor", "wage_min"),
    ("wage_max_minor", "wage_max"),
    ("site_id", "site"),
    ("occupation_id", "occupation"),
    ("requirements/*/skill_id", "requirements"),
    ("requirements/*/level", "requirements"),
    ("requirements/*/floor", "requirements"),
    ("requirements/*/weight", "requirements"),
    ("travel_document/kind", "document_kind"),
    ("travel_document/country", "document_country"),
    ("travel_document/number", "document_number"),
    ("travel_document/verification", "document_verification"),
    ("travel_document/valid_from", "document_valid_from"),
    ("travel_document/valid_until", "document_valid_until"),
    ("nationality/country", "nationality"),
    ("nationality/evidence", "nationality_evidence"),
];

/// A pointer into a batch, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pointer<'p> {
    /// Which of the batch, from 0.
    pub item: usize,
    /// The field inside, `members/3/relation`.
    pub field: &'p str,
    /// The first number inside: which member, which requirement.
    pub inner: Option<usize>,
}

impl<'p> Pointer<'p> {
    /// Takes a pointer apart; none for one that names no item.
    pub fn parse(pointer: &'p str) -> Option<Self> {
        let rest = pointer.strip_prefix('/')?;
        let (item, field) = rest.split_once('/').unwrap_or((rest, ""));
        let inner = field.split('/').find_map(|part| part.parse().ok());
        Some(Self { item: item.parse().ok()?, field, inner })
    }

    /// The column of a kind of file where this stands; none for a whole row.
    pub fn column(&self, columns: &[Column]) -> Option<&'static str> {
        let starred: Vec<&str> = self
            .field
            .split('/')
            .map(|part| if part.parse::<usize>().is_ok() { "*" } else { part })
            .collect();
        let starred = starred.join("/");
        let named = |name: &str| columns.iter().map(|column| column.name).find(|column| *column == name);
        let renamed = RENAMED.iter().find(|(field, _)| *field == starred).map(|(_, column)| *column);
        renamed.and_then(named).or_else(|| named(&starred))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::exchange::{household, trainee, vacancy};

    fn column(pointer: &str, columns: &[Column]) -> (usize, Option<&'static str>) {
        let pointer = Pointer::parse(pointer).unwrap();
        (pointer.item, pointer.column(columns))
    }

    #[test]
    fn a_field_is_found_in_its_column() {
        assert_eq!(column("/16/birth_date", trainee::COLUMNS), (16, Some("birth_date")));
        assert_eq!(column("/0/availability/until", trainee::COLUMNS), (0, Some("available_until")));
        assert_eq!(column("/3/members/2/person_id", household::COLUMNS), (3, Some("person")));
        assert_eq!(column("/9/requirements/12/floor", vacancy::COLUMNS), (9, Some("requirements")));
        assert_eq!(column("/9/wage_max_minor", vacancy::COLUMNS), (9, Some("wage_max")));
    }

    #[test]
    fn what_no_column_holds_is_the_whole_row() {
        assert_eq!(column("/5", trainee::COLUMNS), (5, None));
        assert_eq!(column("/5/seed", trainee::COLUMNS), (5, None));
        assert_eq!(Pointer::parse(""), None);
        assert_eq!(Pointer::parse("/port_id"), None);
    }
}
