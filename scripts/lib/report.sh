# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with scripts/test
# Running a step, saying how it went, and the sum at the end. Knows nothing of what the steps do.
# Sourced by scripts/test.

readonly LOGS=target/test-logs
mkdir -p "$LOGS"

if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
    readonly BOLD=$'\e[1m' RED=$'\e[31m' GREEN=$'\e[32m' PLAIN=$'\e[0m'
else
    readonly BOLD='' RED='' GREEN='' PLAIN=''
fi

# Lines of a failed step's log that are shown; the whole log stays in its file.
readonly TAIL_LINES=120

passed_sum=0
failed_sum=0
skipped_sum=0
not_run_lines=()
summary_printed=no
child=''
last_result=''
started_us=0

heading() {
    started_us=${EPOCHREALTIME//[^0-9]/}
    printf '\n%s── %s%s\n' "$BOLD" "$1" "$PLAIN"
}

# Seconds since the last heading, with one decimal.
elapsed() {
    local tenths=$(((${EPOCHREALTIME//[^0-9]/} - started_us) / 100000))
    printf '%d.%d s' $((tenths / 10)) $((tenths % 10))
}

# run_logged LOG COMMAND…: runs the command with its output in the log and returns its status. It gets a process group
# of its own, so that a signal to this script can end it with everything that it started.
run_logged() {
    local log=$1 status=0
    shift
    setsid --wait "$@" >>"$log" 2>&1 </dev/null &
    child=$!
    wait "$child" || status=$?
    child=''
    return "$status"
}

stop_child() {
    [[ -n $child ]] || return 0
    kill -TERM -- "-$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
    child=''
}

show_log() {
    printf '  the end of %s:\n' "$1"
    tail -n "$TAIL_LINES" "$1" | sed 's/^/  | /'
}

# tally STEP PASSED FAILED SKIPPED: adds to the sum and prints the step's line.
tally() {
    passed_sum=$((passed_sum + $2))
    failed_sum=$((failed_sum + $3))
    skipped_sum=$((skipped_sum + $4))
    last_result=passed
    local colour=$GREEN
    if [[ $3 -gt 0 ]]; then last_result=failed colour=$RED; fi
    printf '  %s%s %s%s: %d passed, %d failed, %d skipped (%s)\n' \
        "$colour" "$1" "$last_result" "$PLAIN" "$2" "$3" "$4" "$(elapsed)"
}

# tap_total NAME FILE: the number in a line "# NAME N" of a TAP report.
tap_total() { awk -v name="$1" '$1 == "#" && $2 == name { n = $3 } END { print n + 0 }' "$2" 2>/dev/null || printf 0; }

# tally_tap STEP STATUS LOG TAP…: the same from TAP reports and the status of what left them. A report that is missing or
# has no test is a failure, and so is a status that no report explains.
tally_tap() {
    local step=$1 status=$2 log=$3 tap passed=0 failed=0 skipped=0 here
    shift 3
    for tap in "$@"; do
        here=$(tap_total pass "$tap")
        passed=$((passed + here))
        failed=$((failed + $(tap_total fail "$tap") + $(tap_total cancelled "$tap") + (here == 0)))
        skipped=$((skipped + $(tap_total skipped "$tap") + $(tap_total todo "$tap")))
    done
    if [[ $status -ne 0 && $failed -eq 0 ]]; then failed=1; fi
    tally "$step" "$passed" "$failed" "$skipped"
    if [[ $failed -gt 0 ]]; then show_log "$log"; fi
}

# check STEP TITLE COMMAND…: a step that passes or fails as one.
check() {
    local step=$1 title=$2 log=$LOGS/$1.log
    shift 2
    heading "$title"
    : >"$log"
    if run_logged "$log" "$@"; then
        tally "$step" 1 0 0
    else
        tally "$step" 0 1 0
        show_log "$log"
    fi
}

# not_run SENTENCE: names, in the summary, something that could not run.
not_run() { not_run_lines+=("$1"); }

# Prints the sum and ends the script with what it comes to.
summarise() {
    printf '\n%s── Summary%s\n' "$BOLD" "$PLAIN"
    if [[ ${#chosen[@]} -lt ${#ALL_STEPS[@]} ]]; then printf 'only: %s\n' "${chosen[*]}"; fi
    if [[ ${#not_run_lines[@]} -gt 0 ]]; then
        printf 'not run: %s\n' "${not_run_lines[@]}"
    else
        printf 'not run: nothing\n'
    fi
    printf '%d passed, %d failed, %d skipped\n' "$passed_sum" "$failed_sum" "$skipped_sum"
    summary_printed=yes
    [[ $failed_sum -eq 0 ]] && exit 0
    exit 1
}
