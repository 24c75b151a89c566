# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with scripts/test
# What the chosen steps need and the machine does not have. Nothing is installed that is there already.
# Sourced by scripts/test.

readonly NEXTEST_VERSION=0.9.143
readonly OPENAPI_VALIDATOR_VERSION=0.9.0
readonly OPENAPI_VALIDATOR=target/openapi-spec-validator-$OPENAPI_VALIDATOR_VERSION
readonly E2E=tests/e2e
readonly CLIENTS=tests/clients
readonly CLIENT_TOOLS=$PWD/target/client-tools
readonly CHROMIUM=${BALLAST_CHROMIUM:-/usr/bin/chromium}

# The folder of PostgreSQL's server programs, or nothing. Debian keeps them out of the PATH.
postgres_bin() {
    local folder
    for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V -r); do
        [[ -x $folder/initdb ]] && printf '%s' "$folder" && return 0
    done
    command -v initdb >/dev/null && dirname "$(command -v initdb)"
}

has_chinese_fonts() {
    command -v fc-list >/dev/null && [[ -n $(fc-list ':lang=zh-cn' family 2>/dev/null) ]]
}

missing_debian_packages() {
    command -v cc >/dev/null || printf '%s\n' build-essential
    if wants postgres && [[ -z $(postgres_bin) ]]; then printf '%s\n' postgresql; fi
    if wants clients && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then printf '%s\n' python3-venv; fi
    if wants browser; then
        [[ -x $CHROMIUM ]] || printf '%s\n' chromium
        has_chinese_fonts || printf '%s\n' fontconfig fonts-noto-cjk
    fi
}

# As root plainly, otherwise through sudo; without either it says what to install by hand.
install_debian_packages() {
    local log=$LOGS/install.log as_root=()
    if [[ $EUID -ne 0 ]]; then
        if ! command -v sudo >/dev/null; then
            printf '  cannot install %s: not root, and there is no sudo. Run: apt-get install %s\n' "$*" "$*"
            return 1
        fi
        as_root=(sudo)
    fi
    if ! command -v apt-get >/dev/null; then
        printf '  cannot install %s: this is not Debian. Install them by hand.\n' "$*"
        return 1
    fi
    printf '  Debian packages: %s\n' "$*"
    run_logged "$log" "${as_root[@]}" apt-get update -qq || return 1
    run_logged "$log" "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@"
}

install_nextest() {
    printf '  cargo-nextest %s (compiled, which takes minutes the first time)\n' "$NEXTEST_VERSION"
    run_logged "$LOGS/install.log" cargo install cargo-nextest --locked --version "$NEXTEST_VERSION"
}

# The lock file is the list of what must be there, so a changed lock installs anew.
npm_packages_are_current() {
    [[ -f $1/node_modules/.installed-lock ]] && cmp -s "$1/package-lock.json" "$1/node_modules/.installed-lock"
}

install_npm_packages() {
    printf '  npm packages of %s\n' "$1"
    run_logged "$LOGS/install.log" npm ci --prefix "$1" --no-audit --no-fund &&
        cp "$1/package-lock.json" "$1/node_modules/.installed-lock"
}

client_tools_are_current() { cmp -s "$CLIENTS/python/requirements.txt" "$CLIENT_TOOLS/.installed-requirements"; }

install_client_tools() {
    local wanted=$CLIENTS/python/requirements.txt
    printf '  Python packages of %s\n' "$wanted"
    run_logged "$LOGS/install.log" python3 -m venv --clear "$CLIENT_TOOLS" &&
        run_logged "$LOGS/install.log" "$CLIENT_TOOLS/bin/python" -m pip --disable-pip-version-check install --quiet \
            --requirement "$wanted" && cp "$wanted" "$CLIENT_TOOLS/.installed-requirements"
}

# A Python package in a folder of its own: nothing of the machine's Python changes.
install_openapi_validator() {
    printf '  openapi-spec-validator %s\n' "$OPENAPI_VALIDATOR_VERSION"
    run_logged "$LOGS/install.log" python3 -m pip install --quiet --target "$OPENAPI_VALIDATOR" \
        "openapi-spec-validator==$OPENAPI_VALIDATOR_VERSION"
}

# A tool of the Rust toolchain that cannot be installed from here: says so in one sentence.
require_component() {
    cargo "$1" --version >/dev/null 2>&1 && return 0
    printf '  cargo %s is missing: run "rustup component add %s"\n' "$1" "$2"
    return 1
}

install_what_is_missing() {
    heading 'Tools'
    : >"$LOGS/install.log"
    local packages failures=0
    if ! command -v cargo >/dev/null; then
        printf '  cargo is missing: install Rust (rustup) first\n'
        failures=1
    fi
    if wants fmt; then require_component fmt rustfmt || failures=$((failures + 1)); fi
    if wants clippy; then require_component clippy clippy || failures=$((failures + 1)); fi

    if [[ $install_missing == yes ]]; then
        mapfile -t packages < <(missing_debian_packages)
        if [[ ${#packages[@]} -gt 0 ]]; then
            install_debian_packages "${packages[@]}" || failures=$((failures + 1))
        fi
        if ! cargo nextest --version >/dev/null 2>&1; then install_nextest || failures=$((failures + 1)); fi
        if wants openapi && [[ ! -d $OPENAPI_VALIDATOR ]]; then
            install_openapi_validator || failures=$((failures + 1))
        fi
        if wants clients && ! npm_packages_are_current "$CLIENTS/typescript"; then
            install_npm_packages "$CLIENTS/typescript" || failures=$((failures + 1))
        fi
        if wants clients && ! client_tools_are_current; then install_client_tools || failures=$((failures + 1)); fi
        if wants browser && ! npm_packages_are_current "$E2E"; then
            install_npm_packages "$E2E" || failures=$((failures + 1))
        fi
    fi
    if [[ $failures -eq 0 ]]; then
        printf '  all there (%s)\n' "$(elapsed)"
        return 0
    fi
    tally tools 0 "$failures" 0
    show_log "$LOGS/install.log"
}
