//! The house keeps its shape: who may use whom, one place for each noun, and a few words that nobody writes. Reads
//! the sources as text; comments are not code, and what only tests see may do what tests do.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use ballast::words::{Locale, keys};

/// Who may use whom. `web` and `api` do not know each other, and only `store` asks the database.
const ARROWS: [(&str, &[&str]); 14] = [
    ("main", &["cli"]),
    (
        "cli",
        &[
            "api",
            "domain",
            "format",
            "http",
            "migration",
            "outside",
            "runtime",
            "service",
            "store",
            "web",
            "words",
        ],
    ),
    ("api", &["domain", "http", "service", "words"]),
    ("web", &["domain", "http", "service", "words"]),
    ("http", &["domain", "service", "words"]),
    ("runtime", &["service"]),
    // A use case builds the rows that it stores, so it knows the entities; it has no query of its own.
    ("service", &["domain", "entity", "format", "outside", "print", "store", "words"]),
    ("store", &["domain", "entity"]),
    ("entity", &["domain"]),
    ("print", &["domain", "words"]),
    ("format", &["domain"]),
    ("words", &["domain"]),
    ("outside", &["domain"]),
    ("domain", &[]),
];

/// What `http` may know of `service`: errors, the context and what a request says of itself, who signs in, and how
/// far the log is behind.
const HTTP_KNOWS: [&str; 13] = [
    "App",
    "Ctx",
    "Error",
    "Field",
    "Kind",
    "Measurement",
    "Refusal",
    "Retry",
    "Seen",
    "context",
    "error",
    "identity",
    "measure_log",
];

/// Files of `api`, `service`, `store`, `web` whose noun has no table of its own name, and why.
const WITHOUT_ENTITY: [(&str, &str); 29] = [
    ("audit/export", "view: entries and leaves as a file"),
    ("audit/known_keys", "machinery: the audit_key rows that a process has opened"),
    ("audit/lag", "machinery: what is measured of the log"),
    ("audit/reading", "machinery: entries that are written together"),
    ("audit/restore", "view: the audit_origin of its store, begun after a backup was put back"),
    ("audit/sequencer", "machinery: what gives entries their leaves"),
    ("audit/told", "pure: which rows the log tells"),
    ("audit/verification", "view: what a verifier reads of the whole log"),
    ("audit/verify", "view: all of the log, checked"),
    ("exchange/csv", "pure: a body's type"),
    ("exchange/import_run", "view: what became of a file; nothing of it is kept"),
    (
        "identity/confirmation",
        "view: the day and hour of a session or an api_token on which the password was shown",
    ),
    ("identity/demonstration", "pure: the names of a demonstration's logins"),
    ("identity/device", "pure: signed names of browsers"),
    ("identity/open_id", "pure: what an issuer is asked; the pages of the open_id_link"),
    ("identity/password", "pure: hashing, no row"),
    ("identity/second_factor", "view: the totp and the recovery codes of a login together"),
    ("identity/token", "view: the api_token of its use case, as the API calls it"),
    ("audit/feed", "view: the touches of the log in the order of its leaves"),
    ("matching/catalogue", "view: people in memory"),
    ("matching/candidate", "view: what a ranking reads of people"),
    ("matching/pseudonym", "pure: a name from a key"),
    ("matching/shortlist", "view: computed, never stored"),
    ("person/number", "view: the person_secret and identity_document rows of a person, opened"),
    ("person/personal_data", "view: all that is held of one person"),
    ("person/personal", "pure: which columns hold what of a person"),
    ("person/duplicate_comparison", "view: two people side by side"),
    ("person/foreign_worker", "view: a person whom a port registers"),
    ("taxonomy/release", "pure: the rows of a release and their difference"),
];

/// Functions of `store` that write without a grant, and why.
const WITHOUT_GRANT: [(&str, &str); 66] = [
    ("audit/audit_detail delete_all_of", "whoever erases a person asked for a grant, and wrote the entry"),
    ("audit/audit_detail insert_keys_if_new", "the log is written by whoever changed something"),
    ("audit/audit_entry insert_readings", "the log is written by whoever read something"),
    ("audit/audit_leaf append", "sealing is the log's own, whoever runs it"),
    ("audit/audit_origin insert", "a restore is the operator's alone"),
    ("audit/checkpoint insert_if_new", "signing is the log's own"),
    ("organisation/master_key insert_first", "the names of the keys that a new database begins with"),
    ("organisation/installation insert_demonstration", "the operator's alone, whom no grant names"),
    ("audit/audit_entry insert", "the log is written by whoever changed something"),
    ("audit/audit_entry exempt", "writes nothing"),
    (
        "exchange/job insert_unless_standing",
        "machinery: whoever does something may ask for work that follows",
    ),
    ("exchange/job claim_if_unchanged", "machinery: the lease token is the guard"),
    ("exchange/job give_up_if_unchanged", "machinery: the lease token is the guard"),
    ("exchange/job hold_if_mine", "machinery: the lease token is the guard"),
    ("exchange/job record_progress_if_mine", "machinery: the lease token is the guard"),
    ("exchange/job finish_if_mine", "machinery: the lease token is the guard"),
    ("exchange/job queue_again_if_mine", "machinery: the lease token is the guard"),
    ("exchange/job delete_over", "machinery: old rows, by a job"),
    ("exchange/job_schedule insert_if_missing", "machinery: the code says what comes round"),
    ("exchange/job_schedule advance_if_unchanged", "machinery: the due time is the guard"),
    ("exchange/idempotency_key delete_old", "whose keys they were does not matter: they are old"),
    ("exchange/idempotency_key insert", "a key stands beside an effect, which asked for its own grant"),
    ("exchange/mail_outbox insert", "machinery: whoever does something may have it written about"),
    ("exchange/mail_outbox address_if_waiting", "machinery: the mail's own job"),
    ("exchange/mail_outbox count_try_if_waiting", "machinery: the mail's own job"),
    ("exchange/mail_outbox end_if_waiting", "machinery: the mail's own job"),
    ("exchange/mail_outbox delete", "machinery: a mail that is for nobody"),
    ("exchange/mail_outbox delete_over", "machinery: old rows, by a job"),
    ("exchange/notification insert_new", "machinery: whoever does something tells of it"),
    ("exchange/notification delete_old", "machinery: old rows, by a job"),
    ("identity/half_session insert", "machinery: a password was right, and nobody has signed in yet"),
    ("identity/half_session count_try_if_below", "machinery: nobody has signed in yet"),
    ("identity/half_session delete_if_there", "whoever holds the secret may end it"),
    ("identity/half_session delete_ended", "machinery: rows that have ended, by a job"),
    ("identity/open_id_link record_use_if_there", "whoever's account answered signs in"),
    ("identity/passkey record_use_if_unchanged", "whoever's device answered signs in"),
    ("identity/passkey_challenge insert", "machinery: nobody may have signed in yet"),
    ("identity/passkey_challenge take", "machinery: a question goes with its answer"),
    ("identity/passkey_challenge delete_ended", "machinery: rows that have ended, by a job"),
    ("identity/recovery_code use_if_unused", "whoever knows the code may use it up"),
    ("identity/totp take_step_if_newer", "whoever shows the code may use it up"),
    ("identity/session delete_ended", "machinery: rows that have ended, by a job"),
    ("identity/session insert_session", "signing in is what makes an actor"),
    ("identity/session delete_session", "whoever holds the secret may end it"),
    ("identity/session record_use", "machinery: the day of a use, for its owner to see"),
    ("identity/api_token insert_token", "signing in is what makes an actor, and a token is its own"),
    ("identity/api_token revoke_token", "whoever holds the secret may end it"),
    ("identity/api_token record_use", "machinery: the day of a use, for its owner to see"),
    ("identity/sign_in_failure count", "machinery: nobody has signed in yet"),
    ("identity/sign_in_failure record_wait", "machinery: nobody has signed in yet"),
    ("identity/sign_in_failure delete", "whoever got in has no failures"),
    ("identity/sign_in_failure delete_all_of", "whoever set another password has no failures"),
    ("identity/sign_in_failure delete_old", "machinery: old rows, by a job"),
    ("identity/sign_in_link take_try_if_left", "machinery: nobody has signed in yet"),
    ("identity/sign_in_link use_if_unused", "whoever holds the secret may use it"),
    ("identity/sign_in_link delete_over", "machinery: rows that work no more, by a job"),
    ("identity/sign_in_link end_all_of", "what follows from a new one, and from using one"),
    ("identity/session delete_all_of", "whoever holds a link or a code may set a password, which ends them"),
    ("identity/user set_password_by_link_if_unchanged", "whoever holds a link or a code may set a password"),
    ("identity/user rehash_if_unchanged", "signing in is what makes an actor; the password stays the same"),
    ("person/identity_document insert_all", "what learns a fact always stores it"),
    ("person/number_attempt add_if_within", "machinery: counted before anything else is done"),
    ("person/number_attempt delete_old", "machinery: old rows, by a job"),
    ("person/person insert_ties", "a tie rests on the act of another noun, which asked for its own grant"),
    ("person/person_tie close", "as it was opened"),
    ("person/person_tie open", "a tie rests on the act of another noun, which asked for its own grant"),
];

/// How the names of functions begin that only read, or lock what will be judged, inside a transaction.
const READS: [&str; 7] = ["find", "get", "list", "lock", "pairs", "standing", "targets"];

/// What the command line may name of the database's own words: it opens, migrates and grants.
const CLI_KNOWS: [&str; 3] = ["ConnectionTrait", "DbBackend", "DbErr"];

/// The longest file.
const LINES_MAX: usize = 700;

/// A source file.
struct Source {
    /// From the root of the repository.
    path: String,
    /// As it is.
    text: String,
}

impl Source {
    /// The code without comments, and without the tests at its end.
    fn code(&self) -> String {
        let code = self.text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or("");
        code.lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line }).fold(
            String::new(),
            |mut code, line| {
                code.push_str(line);
                code.push('\n');
                code
            },
        )
    }

    /// `api`, `store`, …, `domain`, `migration`; the name of the file for those at the top.
    fn layer(&self) -> &str {
        let mut parts = self.path.split('/');
        match parts.next() {
            Some("src") => parts.next().unwrap_or("").trim_end_matches(".rs"),
            package => package.unwrap_or(""),
        }
    }

    /// (area, noun) of `layer/area/noun.rs`.
    fn area_and_noun(&self) -> Option<(&str, &str)> {
        let inside = self.path.strip_prefix("domain/src/").or_else(|| self.path.strip_prefix("src/"))?;
        let parts: Vec<&str> = inside.trim_end_matches(".rs").split('/').collect();
        match (self.path.starts_with("domain/"), parts.as_slice()) {
            (true, [area, noun]) | (false, [_, area, noun]) => Some((*area, *noun)),
            _ => None,
        }
        .filter(|(area, noun)| {
            !matches!(*noun, "mod" | "tests") && !matches!(*area, "base" | "ui" | "assets" | "tests")
        })
    }

    /// Whether it is only compiled for tests.
    fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every source of a folder, in order.
fn sources(folders: &[&str]) -> Vec<Source> {
    let mut paths: Vec<PathBuf> = Vec::new();
    let mut folders: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    assert!(paths.len() > 5, "the sources were not found");
    let relative = |path: &Path| path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
    paths
        .iter()
        .map(|path| Source { path: relative(path), text: fs::read_to_string(path).unwrap() })
        .collect()
}

fn product() -> Vec<Source> {
    sources(&["src", "domain/src"])
}

fn assert_none(problems: &[String], rule: &str) {
    assert!(problems.is_empty(), "{rule}:\n{}", problems.join("\n"));
}

/// The names that follow a prefix anywhere in a text; a group in braces gives each of its first names.
fn names_after(code: &str, prefix: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '$')) {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        match rest.strip_prefix('{') {
            Some(group) => names.extend(first_names(group)),
            None => names.push(identifier(rest)),
        }
    }
    names
}

/// Of `a::{b, c}, d}` the names `a` and `d`.
fn first_names(group: &str) -> Vec<String> {
    let (mut depth, mut names, mut fresh) = (0, Vec::new(), true);
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            _ if fresh && depth == 0 && !letter.is_whitespace() => {
                names.push(identifier(&group[at..]));
                fresh = false;
            }
            _ => {}
        }
    }
    names
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// Layers that a file names: by `crate::`, `ballast::`, and the other packages.
fn used_layers(source: &Source) -> BTreeSet<String> {
    let code = source.code();
    let mut used: BTreeSet<String> = BTreeSet::new();
    let inside_domain = source.layer() == "domain";
    if !inside_domain {
        used.extend(names_after(&code, "crate::"));
        used.extend(names_after(&code, "ballast::"));
        for (package, layer) in [("ballast_domain::", "domain"), ("migration::", "migration")] {
            if !names_after(&code, package).is_empty() {
                used.insert(layer.to_owned());
            }
        }
    } else if code.contains("ballast::") || code.contains("migration::") {
        used.insert("ballast or migration".to_owned());
    }
    used.remove(source.layer());
    used
}

#[test]
fn a_layer_uses_only_the_layers_that_it_may() {
    let mut problems = Vec::new();
    for source in product().iter().filter(|source| source.path != "src/lib.rs" && !source.is_test()) {
        let allowed = ARROWS.iter().find(|(layer, _)| *layer == source.layer()).map(|(_, allowed)| *allowed);
        let Some(allowed) = allowed else {
            problems.push(format!("{}: {} is no layer", source.path, source.layer()));
            continue;
        };
        for used in used_layers(source).iter().filter(|used| !allowed.contains(&used.as_str())) {
            problems.push(format!("{}: {} → {used}", source.path, source.layer()));
        }
    }
    for source in sources(&["migration/src"]) {
        let code = source.code();
        if code.contains("ballast") {
            problems.push(format!("{}: migration → ballast", source.path));
        }
    }
    assert_none(&problems, "arrows that are not allowed (ARROWS)");
}

#[test]
fn http_knows_of_the_use_cases_only_who_signs_in() {
    let mut problems = Vec::new();
    for source in product().iter().filter(|source| source.layer() == "http") {
        for used in names_after(&source.code(), "crate::service::") {
            if !HTTP_KNOWS.contains(&used.as_str()) {
                problems.push(format!("{}: service::{used}", source.path));
            }
        }
    }
    assert_none(&problems, "http may know identity and the context, no other use case");
}

#[test]
fn the_rules_know_no_world() {
    let mut problems = Vec::new();
    for source in product().iter().filter(|source| source.layer() == "domain") {
        for word in [
            "async fn",
            "std::fs",
            "std::net",
            "std::env",
            "serde",
            "sea_orm",
            "poem",
            "SystemTime",
            "f32",
            "f64",
        ] {
            if source.code().contains(word) {
                problems.push(format!("{}: {word}", source.path));
            }
        }
    }
    assert_none(&problems, "domain is pure, and nothing in it decides by floating point");
}

/// The one file that asks other servers.
const WAY_OUT: &str = "src/outside/http_client.rs";

#[test]
fn one_file_connects_to_other_servers() {
    let words = [
        "TcpStream::connect",
        "TcpSocket",
        "UdpSocket",
        "UnixStream",
        "lookup_host",
        "client::conn",
        "reqwest",
        "ureq",
    ];
    let mut problems = Vec::new();
    let sources = product();
    for source in sources.iter().filter(|source| source.path != WAY_OUT && !source.is_test()) {
        let code = source.code();
        for word in words.iter().filter(|word| code.contains(**word)) {
            problems.push(format!("{}: {word}", source.path));
        }
    }
    let there = sources.iter().find(|source| source.path == WAY_OUT).expect("the way out is there").code();
    assert!(
        there.contains("TcpStream::connect") && there.contains("lookup_host"),
        "the words are those in use"
    );
    assert_none(&problems, "what asks other servers looks at their addresses (outside::http_client)");
}

#[test]
fn a_noun_lives_in_one_area() {
    let mut areas: BTreeMap<String, BTreeMap<String, Vec<String>>> = BTreeMap::new();
    let sources = product();
    // The rows of a file are named for what they become.
    for source in sources.iter().filter(|source| !source.path.starts_with("src/format/exchange/")) {
        if let Some((area, noun)) = source.area_and_noun() {
            let known = areas.entry(noun.to_owned()).or_default();
            known.entry(area.to_owned()).or_default().push(source.path.clone());
        }
    }
    let doubled = areas.iter().filter(|(_, areas)| areas.len() > 1);
    let problems: Vec<String> = doubled.map(|(noun, areas)| format!("{noun}: {areas:?}")).collect();
    assert_none(&problems, "nouns in two areas");
}

#[test]
fn a_noun_of_a_layer_has_a_table_or_a_reason() {
    let sources = product();
    let tables: BTreeSet<(&str, &str)> = sources
        .iter()
        .filter(|source| source.layer() == "entity")
        .filter_map(Source::area_and_noun)
        .collect();
    let (mut problems, mut reasons) = (Vec::new(), BTreeSet::new());
    for source in sources.iter().filter(|s| matches!(s.layer(), "api" | "service" | "store")) {
        let Some((area, noun)) = source.area_and_noun() else { continue };
        let name = format!("{area}/{noun}");
        match WITHOUT_ENTITY.iter().find(|(known, _)| *known == name) {
            Some((known, _)) => {
                reasons.insert(*known);
            }
            None if !tables.contains(&(area, noun)) => problems.push(source.path.clone()),
            None => {}
        }
    }
    for (unused, _) in WITHOUT_ENTITY.iter().filter(|(known, _)| !reasons.contains(known)) {
        problems.push(format!("WITHOUT_ENTITY names {unused}, which is not there"));
    }
    assert_none(&problems, "files without an entity that say no reason (WITHOUT_ENTITY)");
}

#[test]
fn a_role_is_named_in_the_policy_alone() {
    let mut problems = Vec::new();
    for source in product().iter().filter(|s| !s.path.starts_with("domain/src/identity/policy/")) {
        if source.code().contains("Role::")
            || names_after(&source.code(), "policy::").contains(&"Role".to_owned())
        {
            problems.push(source.path.clone());
        }
    }
    assert_none(&problems, "only domain/identity/policy names a Role");
}

#[test]
fn nobody_writes_what_is_left_for_later() {
    // Put together here, so that this file does not name them.
    let banned = [
        ["#[all", "ow("].concat(),
        ["#![all", "ow("].concat(),
        ["todo", "!"].concat(),
        ["unimplemented", "!"].concat(),
        ["#[ign", "ore"].concat(),
        ["#[should_", "panic"].concat(),
        ["TO", "DO"].concat(),
        ["FIX", "ME"].concat(),
    ];
    let mut problems = Vec::new();
    for source in sources(&["src", "domain/src", "migration/src", "tests/it"]) {
        for (number, line) in source.text.lines().enumerate() {
            for word in banned.iter().filter(|word| line.contains(word.as_str())) {
                problems.push(format!("{}:{}: {word}", source.path, number + 1));
            }
        }
    }
    assert_none(&problems, "words that nobody writes");
}

#[test]
fn no_file_is_too_long() {
    let mut problems = Vec::new();
    for source in sources(&["src", "domain/src", "migration/src", "tests/it"]) {
        let lines = source.text.lines().count();
        if lines > LINES_MAX {
            problems.push(format!("{}: {lines} lines", source.path));
        }
    }
    assert_none(&problems, "files that ask for a split");
}

/// (function, its parameters) of a file, for those that are public.
fn public_functions(code: &str) -> Vec<(String, String)> {
    let mut functions = Vec::new();
    for opening in ["pub async fn ", "pub fn ", "pub(crate) async fn ", "pub(crate) fn "] {
        for (at, _) in code.match_indices(opening) {
            let rest = &code[at + opening.len()..];
            let end = rest.find(['{', ';']).unwrap_or(rest.len());
            functions.push((identifier(rest), rest[..end].to_owned()));
        }
    }
    functions
}

#[test]
fn what_changes_a_row_asks_for_a_grant() {
    let (mut problems, mut reasons) = (Vec::new(), BTreeSet::new());
    for source in product().iter().filter(|source| source.layer() == "store") {
        let Some((area, noun)) = source.area_and_noun() else { continue };
        for (function, signature) in public_functions(&source.code()) {
            let reads = READS.iter().any(|begin| function.starts_with(begin));
            if reads || !signature.contains("&Tx") || signature.contains("Grant<") {
                continue;
            }
            let name = format!("{area}/{noun} {function}");
            match WITHOUT_GRANT.iter().find(|(known, _)| *known == name) {
                Some((known, _)) => {
                    reasons.insert(*known);
                }
                None => problems.push(name),
            }
        }
    }
    for (unused, _) in WITHOUT_GRANT.iter().filter(|(known, _)| !reasons.contains(known)) {
        problems.push(format!("WITHOUT_GRANT names {unused}, which is not there"));
    }
    assert_none(&problems, "functions that write without a grant and say no reason (WITHOUT_GRANT)");
}

#[test]
fn only_the_store_asks_the_database() {
    let mut problems = Vec::new();
    let exempt = ["store", "entity", "migration"];
    for source in product().iter().filter(|source| !exempt.contains(&source.layer()) && !source.is_test()) {
        let opens = |name: &String| source.layer() == "cli" && CLI_KNOWS.contains(&name.as_str());
        for name in names_after(&source.code(), "sea_orm::").iter().filter(|name| !opens(name)) {
            problems.push(format!("{}: {name}", source.path));
        }
    }
    assert_none(&problems, "sea_orm outside the store");
}

/// Keys that the code asks the words for: whole ones, and codes that get a prefix on their way.
#[test]
fn every_message_that_the_code_asks_for_is_there() {
    let known = keys(Locale::ZhCn);
    let mut missing = BTreeSet::new();
    for source in product().iter().filter(|source| source.path.starts_with("src/") && !source.is_test()) {
        let code = source.code();
        for key in quoted_arguments(&code, &[".t(", ".ta("], 0) {
            missing.insert((key, source.path.clone()));
        }
        for code in quoted_arguments(&code, &["Field::new(", "Error::field("], 1) {
            missing.insert((format!("field-{code}"), source.path.clone()));
        }
        for code in quoted_arguments(&code, &["refused(", "refused_with("], 0) {
            missing.insert((format!("refusal-{code}"), source.path.clone()));
        }
    }
    assert!(missing.len() > 50, "the code was not read: {missing:?}");
    let lacking = missing.into_iter().filter(|(key, _)| !known.contains(key));
    let problems: Vec<String> = lacking.map(|(key, path)| format!("{key} ({path})")).collect();
    assert_none(&problems, "messages that are not in src/words/locales");
}

/// The argument at a place of each call, where it is a plain literal without placeholders.
fn quoted_arguments(code: &str, calls: &[&str], place: usize) -> Vec<String> {
    let mut found = Vec::new();
    for call in calls {
        for (at, _) in code.match_indices(call) {
            let argument = arguments(&code[at + call.len()..]).into_iter().nth(place).unwrap_or_default();
            let literal = argument.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            if let Some(literal) = literal.filter(|literal| !literal.contains(['"', '{'])) {
                found.push(literal.to_owned());
            }
        }
    }
    found
}

/// The arguments of a call whose opening bracket was read.
fn arguments(rest: &str) -> Vec<String> {
    let (mut depth, mut quoted, mut all) = (0, false, vec![String::new()]);
    for letter in rest.chars() {
        match letter {
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted && depth == 0 => break,
            ')' | ']' | '}' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                all.push(String::new());
                continue;
            }
            _ => {}
        }
        all.last_mut().unwrap().push(letter);
    }
    all
}

#[test]
fn the_reader_of_sources_reads_what_is_there() {
    let code = "use crate::store::{Db, person::{person, tie}};\nuse crate::{words, http::limits};\nlet x = mycrate::y();\nf(crate::service::App);";
    assert_eq!(names_after(code, "crate::"), ["store", "words", "http", "service"]);
    assert_eq!(names_after(code, "crate::store::"), ["Db", "person"]);
    assert_eq!(arguments("at(\"a, b\"), \"code\") + 1"), ["at(\"a, b\")", " \"code\""]);
    let source =
        Source { path: "src/api/person/person.rs".to_owned(), text: "// crate::web\ncrate::http".to_owned() };
    assert_eq!((source.layer(), source.area_and_noun()), ("api", Some(("person", "person"))));
    assert_eq!(used_layers(&source).into_iter().collect::<Vec<_>>(), ["http"]);
    assert_eq!(
        public_functions("pub async fn insert(tx: &Tx) -> X {"),
        [("insert".to_owned(), "insert(tx: &Tx) -> X ".to_owned())]
    );
}
