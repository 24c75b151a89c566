//! Every table is either told by the log row by row, or has a reason why it is not.

use std::collections::{BTreeMap, BTreeSet};

use ballast::entity::tables;
use ballast::store::audit::verification::TOLD;

/// Tables whose rows the log does not tell one by one, and why. What the verifier cannot see is here.
const UNTOLD: [(&str, &str); 53] = [
    ("api_token", "machinery: signing in is an entry, and the row ends by itself"),
    ("audit_commitment", "the log itself: its digest is in the entry's header"),
    ("audit_detail", "the log itself: committed to by its entry"),
    ("audit_entry", "the log itself: a leaf"),
    ("audit_erasure", "the log itself: names its entry"),
    ("audit_head", "the log itself: recomputed from the leaves, and signed"),
    ("audit_key", "the log itself: without it the values that are committed to do not open"),
    ("audit_leaf", "the log itself: recomputed from the entries"),
    ("audit_node", "the log itself: recomputed from the leaves"),
    ("audit_origin", "the log itself: an entry says where each name after the first begins"),
    ("audit_pending", "the log itself: compared with entries and leaves"),
    ("audit_subject", "the log itself: its digest is in the entry's header"),
    ("audit_touch", "the log itself: its digest is in the entry's header"),
    ("availability_region", "part of an availability, which is written once with all of them"),
    ("blind_index", "part of a person: what a sealed value is found by, made anew when its key is replaced"),
    ("checkpoint", "the log itself: those that count are kept outside"),
    ("class_module", "part of a joint class, written once with it"),
    ("country", "reference data: loading it is an entry"),
    ("duplicate_move", "what a duplicate's case narrowed: each row is touched by its entry"),
    ("erasure", "append-only, and names its entry"),
    ("framework", "reference data: importing a release is an entry, which tells its occupations and skills"),
    ("half_session", "machinery: what stands between a password and a code, and ends in minutes"),
    ("household_member", "part of a household, written with it"),
    ("idempotency_key", "machinery: stands beside its entry, and goes by age"),
    ("identity_document", "part of a person's registration, and append-only"),
    ("installation", "one row, whose making is an entry"),
    ("job", "machinery: cancelling one is an entry"),
    ("job_attempt", "machinery: the tries of a job"),
    ("job_schedule", "machinery: the code says what comes round"),
    ("label", "part of an occupation or a skill, which a release tells"),
    ("mail_address", "part of a user: keeping and removing one are entries; what it holds is sealed"),
    ("mail_outbox", "machinery: what causes a mail is an entry, and what it says is kept while it waits"),
    ("master_key", "machinery: names of keys; replacing one is an entry"),
    ("membership", "part of a user, written with it"),
    ("nationality", "part of a person's registration, and append-only"),
    ("notification", "machinery: what is told follows from what is in the log"),
    ("number_attempt", "machinery: counts of a day, and goes by age"),
    ("occupation_skill", "part of an occupation, which a release tells"),
    ("open_id_link", "part of how one signs in: linking and unlinking are entries; what it holds is a hash"),
    ("passkey", "part of a second factor: keeping and removing one are entries; what it holds is public"),
    ("passkey_challenge", "machinery: a question that is answered once, and ends in minutes"),
    ("person_key", "part of a person: without it what is sealed does not open"),
    ("person_link", "follows from a duplicate's case, which is told"),
    ("person_secret", "part of a person's registration; what it holds is sealed"),
    ("person_tie", "part of a person's registration; one that an enrolment opens is told with it"),
    ("recovery_code", "part of a second factor: making and using them are entries"),
    ("region", "reference data: loading it is an entry"),
    ("session", "machinery: signing in is an entry, and the row ends by itself"),
    ("sign_in_failure", "machinery: counts, and goes by age"),
    ("sign_in_link", "machinery: issuing one and using one are entries"),
    ("skill_broader", "part of a skill, which a release tells"),
    (
        "totp",
        "part of a second factor: setting it up and taking it away are entries; what it holds is sealed",
    ),
    ("vacancy_requirement", "part of a vacancy, told with its revision"),
];

#[test]
fn every_table_is_told_by_the_log_or_has_a_reason_why_not() {
    let all: BTreeSet<String> = tables().into_iter().map(|table| table.name).collect();
    let told: BTreeSet<&str> = TOLD.iter().map(|told| told.kind).collect();
    let untold: BTreeMap<&str, &str> = UNTOLD.into_iter().collect();
    assert_eq!(untold.len(), UNTOLD.len(), "a table stands once");
    assert!(UNTOLD.is_sorted_by_key(|(table, _)| table), "the list is sorted");
    let missing: Vec<&String> = all
        .iter()
        .filter(|table| !told.contains(table.as_str()) && !untold.contains_key(table.as_str()))
        .collect();
    assert!(missing.is_empty(), "neither in TOLD nor in UNTOLD with a reason: {missing:?}");
    let doubly: Vec<&&str> = told.iter().filter(|kind| untold.contains_key(**kind)).collect();
    assert!(doubly.is_empty(), "told after all: {doubly:?}");
    let gone: Vec<&&str> = told.iter().chain(untold.keys()).filter(|table| !all.contains(**table)).collect();
    assert!(gone.is_empty(), "no such table: {gone:?}");
}
