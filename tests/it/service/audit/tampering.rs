//! Somebody who owns the database changes the log: each way is a finding of its own, and the verifier says
//! whether it can name the entry.

use ballast::service::audit::checkpoint::{Signing, sign_head};
use ballast::service::audit::restore::adopt_log;
use ballast::service::audit::sequencer::seal_all;
use ballast::service::audit::verify::verify_log;
use ballast_domain::audit::merkle::{Frontier, leaf_hash};
use ballast_domain::audit::verify::Finding;
use ballast_domain::base::digest::Digest;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, Value};
use serde_json::json;

use super::{codes, number, seal_and_sign, verified};
use crate::harness::TestApp;

/// Takes the locks off: triggers and foreign keys, as an owner can.
async fn unlock(db: &DatabaseConnection) {
    let run = async |sql: &str| {
        db.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    };
    if db.get_database_backend() == DbBackend::Sqlite {
        let names = "SELECT name FROM sqlite_master WHERE type = 'trigger'";
        let rows = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, names)).await.unwrap();
        for row in rows {
            run(&format!("DROP TRIGGER \"{}\"", row.try_get::<String>("", "name").unwrap())).await;
        }
        run("PRAGMA foreign_keys = OFF").await;
        return;
    }
    let keys = "SELECT conrelid::regclass::text AS t, conname AS c FROM pg_constraint WHERE contype = 'f'";
    for row in db.query_all_raw(Statement::from_string(DbBackend::Postgres, keys)).await.unwrap() {
        let (table, name): (String, String) = (row.try_get("", "t").unwrap(), row.try_get("", "c").unwrap());
        run(&format!("ALTER TABLE {table} DROP CONSTRAINT \"{name}\"")).await;
    }
    let tables = "SELECT tablename AS t FROM pg_tables WHERE schemaname = current_schema()";
    for row in db.query_all_raw(Statement::from_string(DbBackend::Postgres, tables)).await.unwrap() {
        run(&format!("ALTER TABLE \"{}\" DISABLE TRIGGER USER", row.try_get::<String>("", "t").unwrap()))
            .await;
    }
}

/// A sealed and signed town, then one change that waits to be sealed; and the database without locks.
async fn unlocked() -> (TestApp, DatabaseConnection) {
    let app = TestApp::start().await;
    seal_and_sign(&app.app).await;
    close(&app).await;
    let owner = app.owner().await;
    unlock(&owner).await;
    (app, owner)
}

async fn close(app: &TestApp) {
    let closure = format!("/api/v1/vacancies/{}/closure", app.town.home.vacancy);
    app.factory().post(&closure, json!({})).await.expect_status(200);
}

const LAST: &str = "(SELECT MAX(seq) FROM audit_entry)";
const FIRST: &str = "(SELECT MIN(seq) FROM audit_entry)";

#[tokio::test]
async fn each_way_of_changing_the_log_is_a_finding_of_its_own() {
    let with_touch = "(SELECT MIN(seq) FROM audit_touch)";
    let with_detail = "(SELECT MIN(seq) FROM audit_detail)";
    let cases: Vec<(&str, Vec<String>, Vec<&str>)> = vec![
        (
            "a header is changed",
            vec![format!("UPDATE audit_entry SET header = header || ' ' WHERE seq = {FIRST}")],
            vec!["header_changed"],
        ),
        (
            "an unsealed header is changed",
            vec![format!("UPDATE audit_entry SET header = header || ' ' WHERE seq = {LAST}")],
            vec!["header_changed"],
        ),
        (
            "a column is changed",
            vec![format!("UPDATE audit_entry SET actor_role = 'nobody' WHERE seq = {FIRST}")],
            vec!["column_changed"],
        ),
        (
            "a MAC is another's",
            vec![format!("UPDATE audit_entry SET mac = leaf_hash WHERE seq = {LAST}")],
            vec!["entry_forged"],
        ),
        (
            "a sealed entry is deleted with all that hangs on it",
            ["audit_touch", "audit_subject", "audit_detail", "audit_commitment", "audit_entry"]
                .map(|table| format!("DELETE FROM {table} WHERE seq = (SELECT MIN(seq) FROM audit_leaf)"))
                .to_vec(),
            vec!["entry_deleted"],
        ),
        (
            "an unsealed entry is deleted, and forgotten to wait",
            ["audit_touch", "audit_detail", "audit_commitment", "audit_pending"]
                .map(|table| format!("DELETE FROM {table} WHERE seq = {LAST}"))
                .into_iter()
                .chain([format!("DELETE FROM audit_entry WHERE seq = {LAST}")])
                .collect(),
            vec!["revision_untold"],
        ),
        (
            "an unsealed entry is deleted and still waits",
            vec![
                format!("DELETE FROM audit_touch WHERE seq = {LAST}"),
                format!("DELETE FROM audit_entry WHERE seq = {LAST}"),
            ],
            vec!["pending_entry_deleted", "revision_untold"],
        ),
        (
            "an entry is kept from being sealed",
            vec![format!("DELETE FROM audit_pending WHERE seq = {LAST}")],
            vec!["entry_unsequenced"],
        ),
        (
            "a touch is changed",
            vec![format!("UPDATE audit_touch SET kind = 'sitf' WHERE seq = {with_touch}")],
            vec!["revision_untold", "touches_changed"],
        ),
        (
            "two leaves are swapped with their hashes",
            vec![
                "UPDATE audit_leaf SET \"index\" = 1000 + \"index\" WHERE \"index\" IN (3, 8)".to_owned(),
                "UPDATE audit_leaf SET \"index\" = 8 WHERE \"index\" = 1003".to_owned(),
                "UPDATE audit_leaf SET \"index\" = 3 WHERE \"index\" = 1008".to_owned(),
            ],
            vec!["leaves_swapped", "log_rewritten"],
        ),
        (
            "a leaf in the middle is gone",
            vec!["DELETE FROM audit_leaf WHERE \"index\" = 5".to_owned()],
            vec!["entry_unsequenced", "leaves_missing"],
        ),
        (
            "the hash of a leaf is another",
            vec!["UPDATE audit_leaf SET hash = (SELECT hash FROM audit_leaf WHERE \"index\" = 4) WHERE \"index\" = 5".to_owned()],
            vec!["leaf_changed", "leaves_changed", "log_rewritten"],
        ),
        (
            "a node is another",
            vec!["UPDATE audit_node SET hash = (SELECT hash FROM audit_node WHERE level = 2 AND \"index\" = 1) WHERE level = 2 AND \"index\" = 0".to_owned()],
            vec!["node_changed"],
        ),
        (
            "the head is another",
            vec!["UPDATE audit_head SET root = (SELECT hash FROM audit_leaf WHERE \"index\" = 0)".to_owned()],
            vec!["head_changed"],
        ),
        (
            "a value is gone",
            vec![format!("DELETE FROM audit_detail WHERE seq = {with_detail}")],
            vec!["detail_missing"],
        ),
        (
            "a value has another salt",
            vec![format!("UPDATE audit_detail SET salt = (SELECT MAX(hash) FROM audit_node) WHERE seq = {with_detail}")],
            vec!["detail_changed"],
        ),
        (
            "a commitment is another",
            vec![format!("UPDATE audit_commitment SET digest = (SELECT MAX(hash) FROM audit_leaf) WHERE seq = {with_detail}")],
            vec!["commitments_changed", "detail_changed"],
        ),
        (
            "a row is changed behind the log",
            vec!["UPDATE person SET revision = revision + 1 WHERE id = (SELECT MIN(resource_id) FROM audit_touch WHERE kind = 'person')".to_owned()],
            vec!["revision_untold"],
        ),
        (
            "a row is set back",
            vec!["UPDATE vacancy SET revision = 1, status = 'open', closed_on = NULL WHERE revision = 2".to_owned()],
            vec!["row_behind"],
        ),
    ];
    for (name, statements, expected) in cases {
        let (app, owner) = unlocked().await;
        assert_eq!(codes(&verified(&app.app).await), Vec::<&str>::new(), "before: {name}");
        for statement in statements {
            // PostgreSQL has no MIN of a uuid.
            let statement = match owner.get_database_backend() {
                DbBackend::Postgres => statement
                    .replace("MIN(resource_id)", "MIN(resource_id::text)::uuid")
                    .replace("MAX(hash)", "decode(MAX(encode(hash, 'hex')), 'hex')"),
                _ => statement,
            };
            let done = owner.execute_unprepared(&statement).await;
            let done = done.unwrap_or_else(|error| panic!("{name}: {statement}: {error}"));
            assert!(
                done.rows_affected() > 0
                    || statement.contains("audit_subject")
                    || statement.starts_with("DELETE"),
                "{name}: {statement}"
            );
        }
        assert_eq!(codes(&verified(&app.app).await), expected, "{name}");
    }
}

/// Cuts the log back to a size, with everything that hangs on the entries that go.
async fn cut(owner: &DatabaseConnection, tree: &Frontier) {
    let size = tree.size();
    for table in
        ["audit_touch", "audit_subject", "audit_detail", "audit_commitment", "audit_pending", "audit_entry"]
    {
        let gone = format!("SELECT seq FROM audit_leaf WHERE \"index\" < {size}");
        owner.execute_unprepared(&format!("DELETE FROM {table} WHERE seq NOT IN ({gone})")).await.unwrap();
    }
    owner.execute_unprepared(&format!("DELETE FROM audit_leaf WHERE \"index\" >= {size}")).await.unwrap();
    set_head(owner, tree).await;
}

async fn set_head(owner: &DatabaseConnection, tree: &Frontier) {
    let backend = owner.get_database_backend();
    let sql = if backend == DbBackend::Postgres {
        "UPDATE audit_head SET size = $1, root = $2"
    } else {
        "UPDATE audit_head SET size = ?, root = ?"
    };
    let values: [Value; 2] = [i64::try_from(tree.size()).unwrap().into(), tree.root().0.to_vec().into()];
    owner.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await.unwrap();
}

/// The leaves of the log, in order.
async fn leaves(owner: &DatabaseConnection) -> Vec<Digest> {
    let sql = "SELECT hash FROM audit_leaf ORDER BY \"index\"";
    let rows = owner.query_all_raw(Statement::from_string(owner.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| Digest::from_slice(&row.try_get::<Vec<u8>>("", "hash").unwrap()).unwrap()).collect()
}

fn tree_of(leaves: &[Digest]) -> Frontier {
    let mut tree = Frontier::default();
    for leaf in leaves {
        tree.append(*leaf);
    }
    tree
}

#[tokio::test]
async fn a_cut_tail_is_found_by_the_rows_that_it_told_of_and_is_not_signed() {
    let (app, owner) = unlocked().await;
    seal_and_sign(&app.app).await;
    let known = number(&owner, "SELECT size FROM audit_head").await.unsigned_abs();
    let kept = leaves(&owner).await;
    cut(&owner, &tree_of(&kept[..kept.len() - 1])).await;
    let nodes =
        format!("DELETE FROM audit_node WHERE level > 0 AND (\"index\" + 1) * (1 << level) > {}", known - 1);
    owner.execute_unprepared(&nodes).await.unwrap();
    let report = verified(&app.app).await;
    assert_eq!(codes(&report), ["revision_untold", "tail_cut"]);
    assert!(report.findings.contains(&Finding::TailCut { from: known - 1, known }));
    let signing = sign_head(&app.app).await.unwrap();
    assert_eq!(
        signing,
        Signing::Refused(Finding::OlderThanCheckpoint { size: known - 1, checkpoint: known })
    );
}

#[tokio::test]
async fn an_old_backup_that_was_put_back_is_older_than_a_checkpoint() {
    let newer = TestApp::start().await;
    seal_and_sign(&newer.app).await;
    close(&newer).await;
    let checkpoint = seal_and_sign(&newer.app).await;
    // The same town before the change, with the same keys: what a backup from before holds.
    let older = TestApp::start().await;
    let size = seal_all(&older.app).await.unwrap();
    let report = verify_log(&older.app, &[checkpoint]).await.unwrap();
    assert_eq!(report.findings, [Finding::OlderThanCheckpoint { size, checkpoint: size + 1 }]);
}

/// Writes one entry anew, with a MAC by `mac`, and makes the whole tree fit.
async fn rewrite(owner: &DatabaseConnection, index: u64, mac: impl Fn(&Digest) -> Vec<u8>) {
    let backend = owner.get_database_backend();
    let place = |n: usize| if backend == DbBackend::Postgres { format!("${n}") } else { "?".to_owned() };
    let seq = number(owner, &format!("SELECT seq FROM audit_leaf WHERE \"index\" = {index}")).await;
    let read = format!("SELECT header FROM audit_entry WHERE seq = {seq}");
    let row = owner.query_one_raw(Statement::from_string(backend, read)).await.unwrap().unwrap();
    let header =
        row.try_get::<String>("", "header").unwrap().replacen("\"request_id\":\"", "\"request_id\":\"x", 1);
    let hash = leaf_hash(header.as_bytes());
    let values: Vec<Value> = vec![header.into(), hash.0.to_vec().into(), mac(&hash).into(), seq.into()];
    let sql = format!(
        "UPDATE audit_entry SET header = {}, leaf_hash = {}, mac = {}, request_id = 'x' || request_id WHERE seq = {}",
        place(1),
        place(2),
        place(3),
        place(4)
    );
    owner.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await.unwrap();
    let sql = format!("UPDATE audit_leaf SET hash = {} WHERE seq = {}", place(1), place(2));
    let values: [Value; 2] = [hash.0.to_vec().into(), seq.into()];
    owner.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await.unwrap();
    let mut tree = Frontier::default();
    for leaf in leaves(owner).await {
        for (id, hash) in tree.append(leaf) {
            let sql = format!(
                "UPDATE audit_node SET hash = {} WHERE level = {} AND \"index\" = {}",
                place(1),
                place(2),
                place(3)
            );
            let index = i64::try_from(id.index).unwrap();
            let values: [Value; 3] = [hash.0.to_vec().into(), i32::from(id.level).into(), index.into()];
            owner.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await.unwrap();
        }
    }
    set_head(owner, &tree).await;
}

#[tokio::test]
async fn a_log_hashed_anew_contradicts_its_checkpoint_and_is_not_signed() {
    let (app, owner) = unlocked().await;
    let good = number(&owner, "SELECT size FROM audit_head").await.unsigned_abs();
    seal_and_sign(&app.app).await;
    // Whoever has only the database cannot write the MAC: the entry is named.
    rewrite(&owner, good, |_| vec![0; 32]).await;
    let report = verified(&app.app).await;
    assert_eq!(codes(&report), ["entry_forged", "log_rewritten"]);
    assert!(report.findings.iter().any(|f| f.is_exact()));

    // Whoever has the key too is found by the checkpoint alone, as a range.
    rewrite(&owner, good, |hash| app.app.keys.log_mac(hash).to_vec()).await;
    let report = verified(&app.app).await;
    assert_eq!(report.findings, [Finding::Rewritten { good, bad: good + 1 }]);
    assert!(report.findings.iter().all(|finding| !finding.is_exact()));
    let signing = sign_head(&app.app).await.unwrap();
    assert_eq!(signing, Signing::Refused(Finding::Rewritten { good: 0, bad: good + 1 }));
}

#[tokio::test]
async fn a_checkpoint_of_another_key_or_another_log_is_a_finding() {
    let app = TestApp::start().await;
    let note = seal_and_sign(&app.app).await;
    let changed = note.replacen('\n', "x\n", 1);
    let report = verify_log(&app.app, &[changed]).await.unwrap();
    assert_eq!(codes(&report), ["checkpoint_unsigned"]);
    std::fs::write(app.checkpoints.path().join("latest.checkpoint"), "not a note").unwrap();
    assert_eq!(sign_head(&app.app).await.unwrap(), Signing::Refused(Finding::CheckpointUnsigned));
}

#[tokio::test]
async fn a_forged_entry_is_never_sealed() {
    let (app, owner) = unlocked().await;
    owner
        .execute_unprepared(&format!("UPDATE audit_entry SET mac = leaf_hash WHERE seq = {LAST}"))
        .await
        .unwrap();
    let before = number(&owner, "SELECT size FROM audit_head").await;
    seal_all(&app.app).await.unwrap();
    assert_eq!(number(&owner, "SELECT size FROM audit_head").await, before);
    assert_eq!(codes(&verified(&app.app).await), ["entry_forged"]);
}

#[tokio::test]
async fn a_log_that_was_put_back_goes_on_under_a_new_name_that_says_from_where() {
    let app = TestApp::start().await;
    seal_and_sign(&app.app).await;
    close(&app).await;
    let ahead = seal_and_sign(&app.app).await;
    let older = TestApp::start().await;
    let size = seal_all(&older.app).await.unwrap();
    std::fs::write(older.checkpoints.path().join("latest.checkpoint"), &ahead).unwrap();
    assert_eq!(codes(&verified(&older.app).await), ["older_than_checkpoint"]);

    let adopted = adopt_log(&older.operator()).await.unwrap();
    assert_eq!((adopted.size, adopted.lost_up_to), (size, Some(size + 1)));
    assert_eq!(adopted.origin, format!("{}/2", adopted.before));
    let note = seal_and_sign(&older.app).await;
    assert!(note.starts_with(&format!("{}\n{}\n", adopted.origin, size + 1)), "{note}");
    let report = verify_log(&older.app, &[ahead]).await.unwrap();
    assert_eq!((codes(&report), report.origin), (Vec::new(), Some(adopted.origin.clone())));

    let denied = adopt_log(&older.administrator().ctx().await).await;
    assert!(denied.is_err(), "the operator alone");
    let owner = older.owner().await;
    unlock(&owner).await;
    let moved = format!("UPDATE audit_origin SET from_index = from_index - 1 WHERE from_index = {size}");
    owner.execute_unprepared(&moved).await.unwrap();
    assert!(codes(&verified(&older.app).await).contains(&"origin_untold"));
}
