#!/usr/bin/env bash
# Prints a session for an address, as the site would make it: scripts/mint_session.sh ada@example.com
# It is good for an hour and made with NEXTAUTH_SECRET (environment or .env), which the service must have too.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

binary=${CARGO_TARGET_DIR:-target}/release/levqor-support
cargo build --release --locked --quiet
exec "$binary" session "$@"
