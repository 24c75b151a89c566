//! Who may do what, as one table that a person can read.

use ballast_domain::identity::policy::{Action, Role, rule};

use crate::harness::assert_golden;

#[test]
fn the_policy_is_the_kept_table() {
    let mut header = vec![String::new()];
    header.extend(Role::ALL.iter().map(|role| role.code().to_owned()));
    let mut rows = vec![header];
    for action in Action::ALL {
        let mut row = vec![action.name().to_owned()];
        row.extend(Role::ALL.iter().map(|role| format!("{:?}", rule(*role, *action)).to_lowercase()));
        rows.push(row);
    }
    let widths: Vec<usize> =
        (0..=Role::ALL.len()).map(|n| rows.iter().map(|row| row[n].len()).max().unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    assert_golden("policy_matrix.txt", &rows.iter().map(line).collect::<String>());
}
