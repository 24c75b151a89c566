# shellcheck shell=bash
# A PostgreSQL cluster for one run of the tests: made in a temporary folder, on a free port, by a user that is not root
# (the server refuses root), and removed afterwards. Sourced by scripts/test.

pg_folder=''
pg_bin=''

# Runs a command as the user who owns the cluster: the caller, or `postgres` where the caller is root.
as_cluster_owner() {
    if [[ $EUID -eq 0 ]]; then
        (cd "$pg_folder" && runuser -u postgres -- "$@")
    else
        (cd "$pg_folder" && "$@")
    fi
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

random_password() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

# Not durable on purpose: nothing here outlives the run, and without fsync a clone of a database takes a tenth of the time.
# The collation is Chinese and not the byte order, as on a real server, so that an order that SQLite and PostgreSQL would
# disagree about is found here. Passwords go in the clear: the socket and the port are on this machine only.
make_cluster() {
    as_cluster_owner "$pg_bin/initdb" -D "$pg_folder/data" -U cluster_admin --encoding=UTF8 --no-sync \
        --locale=C.UTF-8 --locale-provider=icu --icu-locale=zh-CN \
        --auth-local=peer --auth-host=password --pwfile="$pg_folder/admin-password"
    as_cluster_owner tee -a "$pg_folder/data/postgresql.conf" >/dev/null <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$pg_folder'
max_connections = 200
shared_buffers = 256MB
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off
log_min_messages = warning
CONF
}

# Another process may take the port between the choice and the start: choose again, three times.
start_server() {
    local attempt
    for attempt in 1 2 3; do
        pg_port=$(free_port)
        as_cluster_owner "$pg_bin/pg_ctl" -D "$pg_folder/data" -l "$pg_folder/server.log" -o "-p $pg_port" -w -t 60 \
            start && return 0
        printf 'attempt %d on port %s failed\n' "$attempt" "$pg_port"
    done
    return 1
}

# Two roles, as in production: one owns the databases and migrates, the other is the application and owns nothing.
make_roles() {
    PGPASSWORD=$(<"$pg_folder/admin-password") "$pg_bin/psql" -qX -v ON_ERROR_STOP=1 \
        -h 127.0.0.1 -p "$pg_port" -U cluster_admin -d postgres <<SQL
CREATE ROLE ballast_owner LOGIN CREATEDB NOSUPERUSER NOCREATEROLE PASSWORD '$1';
CREATE ROLE ballast_app LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE PASSWORD '$2';
-- So that the owner may end the application's sessions when a test drops its database.
GRANT ballast_app TO ballast_owner;
SQL
}

# Sets BALLAST_TEST_PG_OWNER_URL and BALLAST_TEST_PG_APP_URL. A failure is counted, and the suite on PostgreSQL left out.
start_postgres() {
    heading 'A throw-away PostgreSQL'
    local log=$LOGS/postgres-start.log owner_password app_password
    owner_password=$(random_password)
    app_password=$(random_password)
    pg_bin=$(postgres_bin) || printf '  the server programs of PostgreSQL are missing\n'
    # In /tmp whatever TMPDIR says: another user must reach it, and the path of a socket must be short.
    pg_folder=$(mktemp -d /tmp/ballast-postgres.XXXXXX)
    (umask 077 && random_password >"$pg_folder/admin-password")
    [[ $EUID -ne 0 ]] || chown -R postgres: "$pg_folder"

    if ! { make_cluster && start_server && make_roles "$owner_password" "$app_password"; } >"$log" 2>&1; then
        tally postgres-start 0 1 0
        show_log "$log"
        not_run 'the suite on PostgreSQL, whose server did not start'
        return 1
    fi
    export BALLAST_TEST_PG_OWNER_URL="postgres://ballast_owner:$owner_password@127.0.0.1:$pg_port/postgres"
    export BALLAST_TEST_PG_APP_URL="postgres://ballast_app:$app_password@127.0.0.1:$pg_port/postgres"
    printf '  %s on port %s (%s)\n' "$("$pg_bin/postgres" --version)" "$pg_port" "$(elapsed)"
}

stop_postgres() {
    [[ -n $pg_folder ]] || return 0
    if [[ -f $pg_folder/data/postmaster.pid ]]; then
        as_cluster_owner "$pg_bin/pg_ctl" -D "$pg_folder/data" -m immediate -w stop >/dev/null 2>&1 || true
    fi
    cp "$pg_folder/server.log" "$LOGS/postgres-server.log" 2>/dev/null || true
    rm -rf "$pg_folder"
    pg_folder=''
}
