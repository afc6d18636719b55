#!/usr/bin/env bash
# Measures the release program beside what could be expected of it, and prints a table; a slow machine
# fails nothing. Takes five minutes or so; `scripts/bench.sh --rounds 1` is quicker and says less.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

bin=$(scripts/install_postgres.sh)
if [[ ! -x $bin/pgbench ]]; then
    echo "!! $bin has no pgbench, which PostgreSQL's server or contrib package holds: half of P5 will be missing." >&2
fi
# What the tests depend on changes features of what we depend on, so the bench's own build of the
# program is not quite the one that is shipped: that is built last, and measured.
bench=$(cargo bench --locked --bench desk --no-run --message-format=json-render-diagnostics |
    sed -n 's|.*"executable":"\([^"]*/desk-[^"/]*\)".*|\1|p')
cargo build --release --locked
exec "$bench" --bench --desk "${CARGO_TARGET_DIR:-target}/release/levqor-support" --bin-dir "$bin" "$@"
