# shellcheck shell=bash disable=SC2154 # variables are shared with scripts/test
# Clients that others' generators make of openapi/ballast.json, in TypeScript and in Python, against the binary that was just
# built with its demonstration. Sourced by scripts/test.

run_client_tests() {
    check clients 'Generated clients' tests/clients/generate "$CLIENT_TOOLS"
    if [[ $last_result == failed ]]; then
        not_run 'the generated clients, which could not be made, against the server'
        return 0
    fi
    heading 'The generated clients against the server'
    local log=$LOGS/clients-at-work.log status=0
    : >"$log"
    export BALLAST_BINARY=$ROOT/${CARGO_TARGET_DIR:-target}/debug/ballast
    demo_folder=$(mktemp -d)
    run_logged "$log" env TMPDIR="$demo_folder" node tests/clients/run.mjs "$CLIENT_TOOLS/bin/python" "$LOGS" || status=$?
    remove_demo_folder
    tally_tap clients "$status" "$log" "$LOGS/clients-typescript.tap" "$LOGS/clients-python.tap"
}
