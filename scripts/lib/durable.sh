# shellcheck shell=bash disable=SC2034 # variables are shared with the scripts that measure
# A PostgreSQL cluster for measuring: as postgres.sh makes one, and durable as in production, with memory.
# Sourced after report.sh, install.sh and postgres.sh.

# start_durable_postgres PREFIX: sets PREFIX_PG_ADMIN_URL, PREFIX_PG_OWNER_URL and PREFIX_PG_APP_URL.
start_durable_postgres() {
    local prefix=$1 log=$LOGS/durable-postgres.log owner_password app_password server
    owner_password=$(random_password)
    app_password=$(random_password)
    pg_bin=$(postgres_bin)
    pg_folder=$(mktemp -d /tmp/ballast-postgres.XXXXXX)
    (umask 077 && random_password >"$pg_folder/admin-password")
    [[ $EUID -ne 0 ]] || chown -R postgres: "$pg_folder"
    make_cluster >"$log" 2>&1
    # The last word in the file counts.
    as_cluster_owner tee -a "$pg_folder/data/postgresql.conf" >/dev/null <<CONF
fsync = on
synchronous_commit = on
full_page_writes = on
wal_level = replica
autovacuum = on
shared_buffers = 1GB
max_wal_size = 4GB
random_page_cost = 1.1
CONF
    start_server >>"$log" 2>&1
    make_roles "$owner_password" "$app_password" >>"$log" 2>&1
    server=127.0.0.1:$pg_port/postgres
    export "${prefix}_PG_ADMIN_URL=postgres://cluster_admin:$(<"$pg_folder/admin-password")@$server"
    export "${prefix}_PG_OWNER_URL=postgres://ballast_owner:$owner_password@$server"
    export "${prefix}_PG_APP_URL=postgres://ballast_app:$app_password@$server"
}

# What a figure is worth nothing without.
print_machine() {
    date -u +%Y-%m-%d
    grep -m1 'model name' /proc/cpuinfo
    printf 'cores: %s, load before: %s\n' "$(nproc)" "$(cut -d' ' -f1-3 /proc/loadavg)"
    rustc --version
    "$pg_bin/postgres" --version
}
