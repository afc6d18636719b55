#!/usr/bin/env bash
# Makes sure that PostgreSQL 15 or later is installed, and prints the folder of its `postgres` and `initdb`.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }

# The same places, in the same order, as the service looks in (src/storage/embedded/binaries.rs).
candidates() {
    if [[ -n ${PG_BIN_DIR:-} ]]; then
        printf '%s\n' "$PG_BIN_DIR"
        return
    fi
    printf '%s\n' "${PATH//:/$'\n'}"
    printf '%s\n' /usr/lib/postgresql/*/bin | sort --version-sort --reverse
}

find_postgres() {
    local dir postgres version
    while read -r dir; do
        [[ -x $dir/postgres && -x $dir/initdb ]] || continue
        postgres=$(readlink -f -- "$dir/postgres")
        version=$("$postgres" --version | sed -n 's/.*(PostgreSQL) \([0-9]*\).*/\1/p')
        if ((${version:-0} >= 15)); then
            dirname -- "$postgres"
            return
        fi
    done < <(candidates)
    return 1
}

# Debian would also start a server of its own on port 5432, which nobody asked for.
without_debians_cluster() {
    local file=/etc/postgresql-common/createcluster.conf
    if ! as_root grep -qs '^[[:space:]]*create_main_cluster' "$file"; then
        as_root mkdir -p "${file%/*}"
        echo 'create_main_cluster = false' | as_root tee -a "$file" >/dev/null
    fi
}

as_root() {
    if ((EUID == 0)); then "$@"; else sudo -- "$@"; fi
}

install_line() {
    if have apt-get; then
        echo 'apt-get install -y postgresql'
    elif have dnf; then
        echo 'dnf install -y postgresql-server'
    elif have apk; then
        echo 'apk add postgresql'
    elif have pacman; then
        echo 'pacman -S --needed --noconfirm postgresql'
    else
        return 1
    fi
}

ask() {
    local answer
    if ((EUID == 0)); then return; fi
    if ! have sudo || [[ ! -t 0 ]]; then
        say "PostgreSQL is missing. Run this as root, then start again:  $1"
        exit 1
    fi
    read -r -p "PostgreSQL is missing. Install it now with \`sudo $1\`? [Y/n] " answer
    if [[ $answer == [nN]* ]]; then
        say 'Fine. Set DATABASE_URL to a server you have, or PG_BIN_DIR to the folder of its programs.'
        exit 1
    fi
}

install() {
    local line=$1
    say "Installing PostgreSQL: $line"
    if [[ $line == apt-get* ]]; then
        without_debians_cluster
        as_root apt-get update -qq >&2
    fi
    # Each word of the line is an argument.
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive $line >&2
}

if find_postgres; then exit; fi
if [[ -n ${PG_BIN_DIR:-} ]]; then
    say "PG_BIN_DIR is $PG_BIN_DIR, which holds no PostgreSQL 15 or later. Correct it, or remove it."
    exit 1
fi
if ! line=$(install_line); then
    say 'PostgreSQL is missing, and this system has no package manager I know.'
    say 'Get it from https://www.postgresql.org/download/, or set DATABASE_URL to a server you have.'
    exit 1
fi
ask "$line"
install "$line"
find_postgres || {
    say 'The system installed a PostgreSQL older than 15, or put it where I do not look.'
    say 'Get a newer one from https://www.postgresql.org/download/, or set PG_BIN_DIR to its folder.'
    exit 1
}
