//! Which rows of a table are withheld so that nothing is said of fewer people than a report may tell of, neither by a row
//! nor by what is left when the others are taken from a total.
//!
//! A row is small when it has people, and fewer than `least`. Where one is, the first row of a fixed order is withheld with
//! it, whatever its size: which row covers another depends on no count, so that it tells none. If the withheld rows together
//! are still small, or nobody or everybody of them was selected, all rows are. For two attributes crossed the withheld
//! cells are a rectangle of at least two rows and two columns, and its lines keep the same conditions; otherwise the whole
//! crossing is withheld. A crossing is told beside the tables of its two attributes, so what these withhold is part of it.

use super::selection::Tally;

/// How few people are few, unless it is said otherwise.
pub const LEAST_DEFAULT: u64 = 10;
/// The lowest limit: below three, two people who know themselves know each other.
pub const LEAST_MIN: u64 = 3;

/// People and their tally: what a row or a cell would tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// How many human beings; each once, in however many lists.
    pub people: u64,
    /// How often they were considered and selected.
    pub tally: Tally,
}

impl Cell {
    fn is_small(self, least: u64) -> bool {
        self.people > 0 && self.people < least
    }

    /// Whether the sum of withheld rows can be known without telling of any of them: enough people, some of them
    /// selected and some not. Where nobody or everybody is selected in the whole, that is known anyway.
    fn covers(self, least: u64, whole: Self) -> bool {
        let mixed = |tally: Tally| tally.selected() > 0 && tally.selected() < tally.considered();
        self.people >= least && (mixed(self.tally) || !mixed(whole.tally))
    }
}

fn sum<'a>(cells: impl IntoIterator<Item = &'a Cell>) -> Cell {
    cells.into_iter().fold(Cell::default(), |sum, cell| Cell {
        people: sum.people + cell.people,
        tally: sum.tally + cell.tally,
    })
}

/// Which rows of a table with a total are withheld. The rows come in the order in which they cover others: the first one
/// is withheld with any small row.
#[must_use]
pub fn withheld(rows: &[Cell], least: u64) -> Vec<bool> {
    let mut hidden: Vec<bool> = rows.iter().map(|row| row.is_small(least)).collect();
    if !hidden.contains(&true) {
        return hidden;
    }
    let small = hidden.iter().filter(|hidden| **hidden).count();
    // A small first row alone needs the second beside it.
    let cover = if small == 1 && hidden.first() == Some(&true) { 2 } else { 1 };
    hidden.iter_mut().take(cover).for_each(|hidden| *hidden = true);
    let together = sum(rows.iter().zip(&hidden).filter(|(_, hidden)| **hidden).map(|(row, _)| row));
    // With as many people as rows each row has one.
    let least = least.max(hidden.iter().filter(|hidden| **hidden).count() as u64 + 1);
    if !together.covers(least, sum(rows)) {
        hidden.fill(true);
    }
    hidden
}

/// Which cells of a crossing are withheld.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Crossing {
    /// Those in one of the rows and one of the columns that are true; none where nothing is.
    Rectangle(Vec<bool>, Vec<bool>),
    /// All.
    All,
}

impl Crossing {
    /// Whether a cell is withheld.
    #[must_use]
    pub fn hides(&self, row: usize, column: usize) -> bool {
        match self {
            Self::All => true,
            Self::Rectangle(rows, columns) => {
                rows.get(row) == Some(&true) && columns.get(column) == Some(&true)
            }
        }
    }
}

/// Which cells of a crossing are withheld, beside the tables of its two attributes that withhold the rows and columns
/// given. `cells` has a list for each row; rows and columns come in the order in which they cover others.
#[must_use]
pub fn withheld_crossing(cells: &[Vec<Cell>], rows: &[bool], columns: &[bool], least: u64) -> Crossing {
    let (mut in_rows, mut in_columns) = (rows.to_vec(), columns.to_vec());
    for (row, line) in cells.iter().enumerate() {
        for (column, cell) in line.iter().enumerate() {
            if cell.is_small(least) {
                in_rows[row] = true;
                in_columns[column] = true;
            }
        }
    }
    if !in_rows.contains(&true) && !in_columns.contains(&true) {
        return Crossing::Rectangle(in_rows, in_columns);
    }
    let width = columns.len();
    let row_is_empty = |row: usize| !rows[row] && sum(cells[row].iter()) == Cell::default();
    let column_is_empty = |column: usize| {
        !columns[column] && sum(cells.iter().filter_map(|line| line.get(column))) == Cell::default()
    };
    cover(&mut in_rows, &(0..rows.len()).map(row_is_empty).collect::<Vec<_>>());
    cover(&mut in_columns, &(0..width).map(column_is_empty).collect::<Vec<_>>());
    let found = Crossing::Rectangle(in_rows, in_columns);
    if is_covered(cells, &found, rows, columns, least) { found } else { Crossing::All }
}

/// The first line, and a second where there is no other. A line of which the table beside it tells that nobody is in
/// it covers nothing, and is passed over.
fn cover(lines: &mut [bool], empty: &[bool]) {
    let usable = (0..lines.len()).filter(|at| !empty[*at]);
    for (n, at) in usable.enumerate() {
        if n > 0 && lines.iter().filter(|hidden| **hidden).count() > 1 {
            return;
        }
        lines[at] = true;
    }
}

/// Whether every sum of withheld cells that the totals of rows and columns give is large enough. Of lines whose own
/// total is withheld only the sum together is known.
fn is_covered(cells: &[Vec<Cell>], hidden: &Crossing, rows: &[bool], columns: &[bool], least: u64) -> bool {
    let pick = |of_row: &dyn Fn(usize) -> bool, of_column: &dyn Fn(usize) -> bool, all: bool| {
        sum(cells.iter().enumerate().flat_map(|(row, line)| {
            line.iter().enumerate().filter_map(move |(column, cell)| {
                let picked = of_row(row) && of_column(column) && (all || hidden.hides(row, column));
                picked.then_some(cell)
            })
        }))
    };
    let width = cells.first().map_or(0, Vec::len);
    let anywhere = |_: usize| true;
    let covers = |of_row: &dyn Fn(usize) -> bool, of_column: &dyn Fn(usize) -> bool| {
        // Nobody in withheld cells is known too where the sum is: each of them is 0, and covers no other.
        let none = (0..cells.len()).all(|row| {
            (0..width).all(|column| !(of_row(row) && of_column(column) && hidden.hides(row, column)))
        });
        none || pick(of_row, of_column, false).covers(least, pick(of_row, of_column, true))
    };
    let in_rectangle =
        |lines: usize, hides: &dyn Fn(usize) -> bool| (0..lines).filter(|at| hides(*at)).count() > 1;
    let enough = in_rectangle(cells.len(), &|row| (0..width).any(|column| hidden.hides(row, column)))
        && in_rectangle(width, &|column| (0..cells.len()).any(|row| hidden.hides(row, column)));
    enough
        && (0..cells.len()).all(|row| rows[row] || covers(&|at| at == row, &anywhere))
        && (0..width).all(|column| columns[column] || covers(&anywhere, &|at| at == column))
        && covers(&|row| rows[row], &anywhere)
        && covers(&anywhere, &|column| columns[column])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(people: u64, selected: u64) -> Cell {
        Cell { people, tally: Tally::new(people, selected).unwrap() }
    }

    #[test]
    fn a_small_row_is_never_withheld_alone() {
        let rows = [cell(40, 10), cell(30, 9), cell(2, 1), cell(25, 5)];
        assert_eq!(withheld(&rows, 5), [true, false, true, false]);
        let first_small = [cell(2, 1), cell(30, 9), cell(40, 10)];
        assert_eq!(withheld(&first_small, 5), [true, true, false]);
        assert_eq!(withheld(&[cell(40, 10), cell(5, 1)], 5), [false, false]);
        assert_eq!(withheld(&[cell(40, 10), cell(0, 0)], 5), [false, false], "nobody is not few");
    }

    #[test]
    fn rows_of_which_nobody_is_selected_do_not_cover_each_other() {
        let rows = [cell(40, 0), cell(2, 0), cell(25, 5)];
        assert_eq!(withheld(&rows, 5), [true, true, true]);
        let nobody_at_all = [cell(40, 0), cell(2, 0), cell(25, 0)];
        assert_eq!(withheld(&nobody_at_all, 5), [true, true, false]);
    }

    #[test]
    fn a_crossing_withholds_a_rectangle_or_everything() {
        let open = [false; 3];
        let cells = vec![
            vec![cell(20, 5), cell(20, 4), cell(20, 6)],
            vec![cell(20, 5), cell(3, 1), cell(20, 7)],
            vec![cell(20, 5), cell(20, 4), cell(20, 6)],
        ];
        let found = withheld_crossing(&cells, &open, &open, 5);
        assert_eq!(found, Crossing::Rectangle(vec![true, true, false], vec![true, true, false]));
        assert!(found.hides(1, 1) && found.hides(0, 0) && !found.hides(2, 1));
        // The first row is known to have nobody, so what it would be withheld with could be told apart.
        let people = [[0, 0, 0, 0], [3, 0, 3, 1], [3, 0, 0, 0]];
        let sparse = people.map(|line| line.map(|people| cell(people, 0)).to_vec());
        let columns = [false, true, false, true];
        assert_eq!(withheld_crossing(&sparse, &open, &columns, 3), Crossing::All);
        let narrow = vec![vec![cell(20, 5), cell(3, 1), cell(20, 6)]];
        assert_eq!(withheld_crossing(&narrow, &[false], &open, 5), Crossing::All);
        let whole = vec![vec![cell(20, 5), cell(20, 4)], vec![cell(20, 5), cell(20, 5)]];
        let nothing = withheld_crossing(&whole, &[false; 2], &[false; 2], 5);
        assert!((0..4).all(|at| !nothing.hides(at / 2, at % 2)));
    }
}
