#!/usr/bin/env bash
# Builds and starts the service. Installs PostgreSQL first when there is none to use.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "$*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }

# A setting as the service reads it: the environment, else .env; an empty value counts as unset.
setting() {
    local value=${!1:-}
    if [[ -z $value && -f .env ]]; then
        value=$(sed -nE "s/^[[:space:]]*(export[[:space:]]+)?$1[[:space:]]*=[[:space:]]*//p" .env | tail -n 1)
        value=$(sed -E "s/[[:space:]]+#.*$//; s/[[:space:]]+$//; s/^([\"'])(.*)\1$/\2/" <<<"$value")
    fi
    printf '%s' "$value"
}

check_tools() {
    if ! have cargo && [[ -f $HOME/.cargo/env ]]; then
        # shellcheck source=/dev/null
        . "$HOME/.cargo/env"
    fi
    if ! have cargo; then
        say 'Rust is missing. Get it from https://rustup.rs (one line, no root needed), then start again.'
        exit 1
    fi
    if ! have cc; then
        say 'A C compiler (cc) is missing. Install gcc with its C library headers, then start again:'
        say '  apt-get install gcc libc6-dev | dnf install gcc | apk add build-base | pacman -S base-devel'
        exit 1
    fi
}

# May everybody pass through this folder and all above it?
passable() {
    local dir
    dir=$(readlink -f -- "$1")
    while [[ $(stat -c %a -- "$dir") == *[1357] ]]; do
        if [[ $dir == / ]]; then return; fi
        dir=$(dirname -- "$dir")
    done
    return 1
}

# PostgreSQL refuses to run as root, and whoever runs it instead cannot reach a folder below /root.
choose_data_dir() {
    if ((EUID == 0)) && [[ -z $(setting DATA_DIR) && ! -e data/postgres ]] && ! passable .; then
        export DATA_DIR=/var/lib/levqor-support
        say "PostgreSQL cannot run as root and its user may not enter $PWD, so the data goes to $DATA_DIR."
    fi
}

check_tools
if [[ -z $(setting DATABASE_URL) ]]; then
    if [[ -z $(setting PG_BIN_DIR) ]]; then scripts/install_postgres.sh >/dev/null; fi
    choose_data_dir
fi
cargo build --release --locked
exec "${CARGO_TARGET_DIR:-target}/release/levqor-support" serve "$@"
