#!/usr/bin/env bash
# Proves the release program end to end and writes what it found into BACKEND-AUTOMATION-REPORT.md.
# Exits non-zero when something is wrong. --send-test also sends one test message by every channel.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

scripts/install_postgres.sh >/dev/null
binary=${CARGO_TARGET_DIR:-target}/release/levqor-support
cargo build --release --locked --quiet
exec "$binary" audit --report BACKEND-AUTOMATION-REPORT.md "$@"
