# shellcheck shell=bash
# The browser journeys of tests/e2e against the binary that was just built. Sourced by scripts/test.

# tap_total NAME FILE: the number in a line "# NAME N" of a TAP report.
tap_total() { awk -v name="$1" '$1 == "#" && $2 == name { n = $3 } END { print n + 0 }' "$2"; }

browser_folder=''

run_browser_tests() {
    heading 'The pages in a browser'
    local log=$LOGS/browser.log tap=$ROOT/$LOGS/browser.tap status=0 passed failed skipped
    : >"$log"
    : >"$tap"
    export BALLAST_CHROMIUM=$CHROMIUM BALLAST_BINARY=$ROOT/${CARGO_TARGET_DIR:-target}/debug/ballast
    # Where the servers' data and the browsers' profiles go, so that nothing stays behind after an interruption.
    browser_folder=$(mktemp -d)
    # One file at a time: each starts a server and a browser of its own, and the machine may be small.
    run_logged "$log" env -C "$E2E" TMPDIR="$browser_folder" node --test --test-concurrency=1 \
        --test-reporter=spec --test-reporter-destination=stdout \
        --test-reporter=tap --test-reporter-destination="$tap" || status=$?
    remove_browser_folder
    passed=$(tap_total pass "$tap")
    failed=$(($(tap_total fail "$tap") + $(tap_total cancelled "$tap")))
    skipped=$(($(tap_total skipped "$tap") + $(tap_total todo "$tap")))
    if [[ $status -ne 0 && $failed -eq 0 ]]; then failed=1; fi
    # No test at all is not a pass.
    if [[ $passed -eq 0 && $failed -eq 0 ]]; then failed=1; fi
    tally browser "$passed" "$failed" "$skipped"
    if [[ $failed -gt 0 ]]; then show_log "$log"; fi
}

# A browser that is just being ended may still write: try for a few seconds.
remove_browser_folder() {
    local attempt
    [[ -n $browser_folder ]] || return 0
    for attempt in 1 2 3 4 5 6; do
        rm -rf "$browser_folder" 2>/dev/null && sleep 0.2 && [[ ! -e $browser_folder ]] && break
        sleep "0.$attempt"
    done
    browser_folder=''
}
