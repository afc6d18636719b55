#!/usr/bin/env bash
# Holds the running program against its own OpenAPI document, with requests that schemathesis makes up:
# EXAMPLES (30) for each operation. Other arguments go to schemathesis. Exits with 3 when that is not there.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

target=$(realpath -m -- "${CARGO_TARGET_DIR:-target}")
binary=$target/debug/levqor-support
venv=$target/schemathesis
wanted=scripts/schemathesis.txt

# Tools of Python's own, in a folder of their own that goes with the build.
install() {
    if cmp -s "$wanted" "$venv/installed"; then return; fi
    rm -rf "$venv"
    python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --retries 1 --timeout 30 -r "$wanted" &&
        cp "$wanted" "$venv/installed"
}

random() { od -An -N 24 -t x1 /dev/urandom | tr -d ' \n'; }

# The service on a port the system chooses, with nobody else's settings.
serve() {
    touch "$folder/log"
    # A gap that is closed writes into it.
    cp -r knowledge-base "$folder/"
    env -i PATH="$PATH" PORT=0 LOG_FORMAT=json RUST_LOG=warn,levqor_support=info DATABASE_URL="$DATABASE_URL" \
        KNOWLEDGE_BASE_DIR="$folder/knowledge-base" RATE_LIMITS=off INTERNAL_API_SECRET="$INTERNAL_API_SECRET" \
        NEXTAUTH_SECRET="$NEXTAUTH_SECRET" OPERATORS="ada:a-secret-of-the-examples-and-of-nobody" \
        sh -c 'cd "$1" && exec "$2" serve' sh "$folder" "$binary" >"$folder/log" 2>&1 &
    server=$!
    for ((tries = 0; tries < 600; tries++)); do
        address=$(sed -nE 's/.*"address":"([^"]+)".*/\1/p' "$folder/log")
        if [[ -n $address ]]; then return; fi
        if ! kill -0 "$server" 2>/dev/null; then break; fi
        sleep 0.1
    done
    cat "$folder/log" >&2
    return 1
}

clean() {
    if [[ -n ${server:-} ]]; then kill "$server" 2>/dev/null && wait "$server" || true; fi
    rm -rf "$folder"
}

if [[ ${1:-} != --with-database ]]; then
    if ! install; then
        echo 'schemathesis cannot be installed: python3 with venv and pip, or the way to a package index, is missing.' >&2
        exit 3
    fi
    cargo build --locked --quiet
    bin=$(scripts/install_postgres.sh)
    exec "$binary" with-postgres --bin-dir "$bin" -- "$0" --with-database "$@"
fi
shift

folder=$(mktemp -d /tmp/levqor-schemathesis.XXXXXX)
trap clean EXIT
trap 'exit 130' INT TERM
INTERNAL_API_SECRET=$(random)
NEXTAUTH_SECRET=$(random)
export INTERNAL_API_SECRET NEXTAUTH_SECRET
CUSTOMER_SESSION=$("$binary" session ada@example.com)
export CUSTOMER_SESSION
serve
# What it remembers between runs would be another folder in the project.
export HYPOTHESIS_STORAGE_DIRECTORY=$folder/hypothesis
"$binary" openapi >"$folder/openapi.json"
"$venv/bin/openapi-spec-validator" "$folder/openapi.json"
if ! "$venv/bin/schemathesis" --config-file scripts/schemathesis.toml run "http://$address/openapi.json" \
    --max-examples "${EXAMPLES:-30}" --no-color "$@"; then
    echo 'What the service logged of its own faults:' >&2
    grep -E '"level":"(ERROR|WARN)"' "$folder/log" >&2 || echo '(nothing)' >&2
    exit 1
fi
