//! Texts that are kept and compared byte by byte. A change of one is a decision, and shows in the review.

use std::fs;
use std::path::Path;

/// Panics unless a text is the kept one. The new one is put beside the build, to look at and to copy.
pub fn assert_golden(name: &str, text: &str) {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden").join(name);
    let known = fs::read_to_string(&kept).unwrap_or_default();
    if known == text {
        return;
    }
    let new = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&new, text).unwrap();
    let gone = known.lines().filter(|line| !text.lines().any(|other| other == *line));
    let come = text.lines().filter(|line| !known.lines().any(|other| other == *line));
    let changes: Vec<String> =
        gone.map(|line| format!("- {line}")).chain(come.map(|line| format!("+ {line}"))).collect();
    panic!(
        "golden/{name} differs:\n{}\nIf that is meant: cp {} {}",
        changes.join("\n"),
        new.display(),
        kept.display()
    );
}
