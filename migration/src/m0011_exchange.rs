//! Work that is done later, when it comes round, and what people are told. Machinery: these rows are exempt
//! from the log, and old ones are deleted.

use crate::table::Table;

pub(crate) fn tables() -> Vec<Table> {
    vec![
        job(),
        Table::new("job_attempt")
            .uuid("job_id")
            .foreign_key("job_id", "job", "id")
            .bigint("lease_token")
            .check("lease_token", "lease_token >= 1")
            .text("worker")
            .instant("started_at")
            .instant("seen_at")
            .instant("ended_at")
            .null()
            .choice("outcome", &["done", "failed", "put_back", "lost", "cancelled"])
            .null()
            .check("ended", "(ended_at IS NULL) = (outcome IS NULL)")
            .primary_key(&["job_id", "lease_token"]),
        Table::new("job_schedule")
            .texts(&["name", "kind", "rule"])
            .primary_key(&["name"])
            .instant("next_due_at"),
        Table::new("notification")
            .id()
            .parent("user_id", "user")
            .texts(&["kind", "args"])
            .check("args", "length(args) <= 4000")
            .text("resource_kind")
            .uuid("resource_id")
            .text("dedupe_key")
            .unique(&["user_id", "dedupe_key"])
            .instant("created_at")
            .instant("read_at")
            .null()
            .index(&["user_id", "read_at"])
            .index(&["created_at"]),
    ]
}

/// A kind is no choice: a newer program may put in what an older schema does not know.
fn job() -> Table {
    Table::new("job")
        .id()
        .text("kind")
        .text("unique_key")
        .null()
        .unique_where("standing", &["unique_key"], "state IN ('queued', 'running')")
        .text("payload")
        .check("payload", "length(payload) <= 8192")
        .parent("user_id", "user")
        .null()
        .choice("state", &["queued", "running", "done", "failed", "cancelled"])
        .instant("run_at")
        .integer_from("attempts", 0)
        .integer_in("attempts_max", 1..=25)
        .bigint("lease_token")
        .check("lease_token", "lease_token >= 0")
        .instant("lease_until")
        .null()
        .check("lease", "(state = 'running') = (lease_until IS NOT NULL)")
        .bigint("progress_done")
        .check("progress_done", "progress_done >= 0")
        .bigint("progress_total")
        .null()
        .text("checkpoint")
        .null()
        .text("failure")
        .null()
        .instant("created_at")
        .instant("finished_at")
        .null()
        .check("finished", "(state IN ('done', 'failed', 'cancelled')) = (finished_at IS NOT NULL)")
        .index(&["state", "run_at"])
        .index(&["user_id"])
        .index(&["finished_at"])
}
