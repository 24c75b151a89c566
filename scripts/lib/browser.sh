# shellcheck shell=bash
# The browser journeys of tests/e2e against the binary that was just built. Sourced by scripts/test.

# Where the servers' data and the browsers' profiles go, so that nothing stays behind after an interruption.
demo_folder=''

run_browser_tests() {
    heading 'The pages in a browser'
    local log=$LOGS/browser.log tap=$ROOT/$LOGS/browser.tap status=0
    : >"$log"
    : >"$tap"
    export BALLAST_CHROMIUM=$CHROMIUM BALLAST_BINARY=$ROOT/${CARGO_TARGET_DIR:-target}/debug/ballast
    demo_folder=$(mktemp -d)
    # One file at a time: each starts a server and a browser of its own, and the machine may be small.
    run_logged "$log" env -C "$E2E" TMPDIR="$demo_folder" node --test --test-concurrency=1 \
        --test-reporter=spec --test-reporter-destination=stdout \
        --test-reporter=tap --test-reporter-destination="$tap" || status=$?
    remove_demo_folder
    tally_tap browser "$status" "$log" "$tap"
}

# A browser that is just being ended may still write: try for a few seconds.
remove_demo_folder() {
    local attempt
    [[ -n $demo_folder ]] || return 0
    for attempt in 1 2 3 4 5 6; do
        rm -rf "$demo_folder" 2>/dev/null && sleep 0.2 && [[ ! -e $demo_folder ]] && break
        sleep "0.$attempt"
    done
    demo_folder=''
}
