#!/usr/bin/env bash
# Refreshes .sqlx, the committed answers to sqlx's questions about our queries; with --check, compares only.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

case ${1:-} in
'' | --check) mode=${1:-} ;;
*)
    echo 'usage: scripts/prepare_sql.sh [--check]' >&2
    exit 2
    ;;
esac

bin=$(scripts/install_postgres.sh)
# A short path, because a Unix socket's may have 107 bytes only.
tmp=$(mktemp -d /tmp/levqor-sql.XXXXXX)
mkdir "$tmp/db" "$tmp/sqlx"
# Somebody's PGHOST or PGOPTIONS must not lead us to another server.
unset "${!PG@}"

# PostgreSQL refuses to run as root.
postgres() (
    cd "$tmp/db"
    if ((EUID == 0)); then set -- runuser -u "$user" -- "$@"; fi
    LC_ALL=C.UTF-8 "$@"
)

clean() {
    postgres "$bin/pg_ctl" -D "$tmp/db/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$tmp"
}
trap clean EXIT
trap 'exit 130' INT TERM

if ((EUID == 0)); then
    user=postgres
    if ! id "$user" >/dev/null 2>&1; then user=nobody; fi
    chmod 711 "$tmp"
    chown "$user" "$tmp/db"
fi

echo 'Starting a throw-away PostgreSQL …'
settings="-c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off -k $tmp/db"
postgres "$bin/initdb" -D "$tmp/db/data" -U support --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >/dev/null
postgres "$bin/pg_ctl" -D "$tmp/db/data" -o "$settings" -l "$tmp/db/log" -w start >/dev/null

sql() { "$bin/psql" -X -q -h "$tmp/db" -U support -d postgres -v ON_ERROR_STOP=1 "$@"; }
sql -c 'create schema if not exists support'
for migration in migrations/*.sql; do
    sql -1 -f "$migration"
done

echo 'Asking it about every query …'
# cargo would not run the macros again for sources that it has checked before.
touch src/lib.rs
SQLX_OFFLINE=false SQLX_OFFLINE_DIR=$tmp/sqlx DATABASE_URL="postgresql:///postgres?host=$tmp/db&user=support" \
    cargo check --locked --all-targets

if [[ $mode == --check ]]; then
    if ! diff -r "$tmp/sqlx" .sqlx; then
        echo 'The committed .sqlx does not fit the queries: run scripts/prepare_sql.sh and commit what it changes.' >&2
        exit 1
    fi
    echo '.sqlx fits the queries.'
else
    # Only now: a failed refresh keeps the old answers.
    rm -rf .sqlx
    cp -r "$tmp/sqlx" .sqlx
    echo "Wrote $(find .sqlx -name '*.json' | wc -l) answers to .sqlx; commit them."
fi
