#!/usr/bin/env bash
# Everything that must hold before a change lands; all that CI runs. A name runs only the tests that match it.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

say() { printf '\n== %s\n' "$*"; }

# A throw-away PostgreSQL of the product's own making, for as long as the command runs.
with_postgres() { "${CARGO_TARGET_DIR:-target}/debug/levqor-support" with-postgres --bin-dir "$bin" -- "$@"; }

if ! command -v cargo >/dev/null 2>&1 && [[ -f $HOME/.cargo/env ]]; then
    # shellcheck source=/dev/null
    . "$HOME/.cargo/env"
fi
for tool in cargo rustfmt cargo-clippy cc; do
    if ! command -v "$tool" >/dev/null 2>&1; then
        echo "$tool is missing. Rust with rustfmt and clippy comes from https://rustup.rs, cc with the system's gcc." >&2
        exit 1
    fi
done

# Whatever database this machine's owner uses is not ours to test on.
unset DATABASE_URL
bin=$(scripts/install_postgres.sh)

if (($# > 0)); then
    cargo build --locked
    with_postgres cargo test --locked "$@"
    exit
fi

say 'Format'
cargo fmt --check
say 'Build, against the committed .sqlx alone'
cargo build --locked --all-targets
say 'Tests'
with_postgres cargo test --locked
say 'Nothing that the tests planted stands in what they logged'
cargo test --quiet --locked --test api -- --ignored --nocapture planted::
say 'Lints'
cargo clippy --locked --all-targets -- -D warnings
say 'Queries against a real schema'
scripts/prepare_sql.sh --check
say 'Documentation'
RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --document-private-items --quiet

skipped=()
say 'The running program against its own description'
status=0
# The same requests each time: looking for new ones is for people, who run the script by itself.
scripts/schemathesis.sh --generation-deterministic || status=$?
case $status in
0) ;;
3) skipped+=(schemathesis) ;;
*) exit "$status" ;;
esac
for tool in machete deny; do
    if ! command -v "cargo-$tool" >/dev/null 2>&1; then
        skipped+=("cargo-$tool")
        continue
    fi
    say "cargo $tool"
    case $tool in
    machete) cargo machete ;;
    # Advisories need the network, which a test must not.
    deny) cargo deny --offline check bans licenses sources ;;
    esac
done

say 'All of it holds.'
if ((${#skipped[@]} > 0)); then
    printf '!! SKIPPED, because they are not installed: %s\n' "${skipped[*]}"
    echo '!! (cargo install --locked brings those of cargo; python3 with venv, and a package index, schemathesis)'
fi
