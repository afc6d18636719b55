//! What has had its time goes by itself, by its kind, and nothing else does.

use std::{
    io::{BufRead, BufReader},
    time::Duration,
};

use sqlx::{ConnectOptions, PgPool, Postgres, Transaction};
use tokio::time::Instant;

use crate::{harness::TestApp, process::Folder};

/// Makes everything there is so many days older.
async fn age(db: &PgPool, days: i32) {
    for (table, columns) in [
        ("conversations", &["created_at", "updated_at"][..]),
        ("messages", &["created_at"]),
        ("tickets", &["created_at", "updated_at", "closed_at"]),
        ("deliveries", &["created_at", "done_at"]),
        ("escalations", &["created_at"]),
        ("erasures", &["at"]),
    ] {
        let set: Vec<String> =
            columns.iter().map(|column| format!("{column} = {column} - make_interval(days => {days})")).collect();
        let query = format!("update support.{table} set {}", set.join(", "));
        sqlx::query(sqlx::AssertSqlSafe(query)).execute(db).await.unwrap();
    }
}

/// How many there are of each kind.
async fn left(app: &TestApp) -> [i64; 5] {
    [
        app.count("select count(*) from support.conversations").await,
        app.count("select count(*) from support.messages").await,
        app.count("select count(*) from support.tickets").await,
        app.count("select count(*) from support.deliveries").await,
        app.count("select count(*) from support.erasures").await,
    ]
}

/// A start, which sweeps first of all, and its sweep to the end: what goes last is planted before it, and gone
/// with the rest.
async fn swept(db: &PgPool, settings: &[(&str, &str)]) -> TestApp {
    let last = "insert into support.conversations (id, mode, created_at, updated_at)
        values (gen_random_uuid(), 'public', '1970-01-01 00:00Z', '1970-01-01 00:00Z')";
    sqlx::query(last).execute(db).await.unwrap();
    let app = TestApp::with(db.clone(), settings).await;
    app.eventually("select count(*) from support.conversations where created_at = '1970-01-01 00:00Z'", 0).await;
    app
}

/// A chat, a ticket that is closed and one that is open, a delivery of each state, an erasure.
async fn live_a_day(db: &PgPool) -> TestApp {
    let app = swept(db, &[]).await;
    app.ask("What does Levqor do?", "").await;
    let closed = app.open_ticket("Refund?").await;
    app.open_ticket("Another?").await;
    app.admin_post(&format!("/api/support/tickets/{closed}/close"), &serde_json::json!({})).await;
    for state in ["sent", "dead", "pending", "paused"] {
        sqlx::query(
            "insert into support.deliveries (id, subject_kind, channel, kind, payload, dedupe_key, state, done_at)
             values (gen_random_uuid(), 'ticket', 'telegram', 'x', '{}', $1, $1,
                     case when $1 in ('sent', 'dead') then now() end)",
        )
        .bind(state)
        .execute(db)
        .await
        .unwrap();
    }
    sqlx::query("insert into support.erasures (who, counts) values ('api', '{}')").execute(db).await.unwrap();
    app
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn each_kind_goes_in_its_time_and_an_open_ticket_keeps_its_thread(db: PgPool) {
    let young = live_a_day(&db).await;
    assert_eq!(left(&young).await, [3, 4, 2, 4, 1]);

    for (days, expected) in [
        (89, [3, 4, 2, 4, 1]),
        (2, [3, 4, 2, 2, 0]),
        // A closed ticket outlives what was said, and an open one keeps it.
        (275, [2, 1, 2, 2, 0]),
        (365, [1, 1, 1, 2, 0]),
        (10_000, [1, 1, 1, 2, 0]),
    ] {
        age(&db, days).await;
        let app = swept(&db, &[]).await;
        assert_eq!(left(&app).await, expected, "{days} days later");
        assert_eq!(app.count("select count(*) from support.escalations").await, 0, "a day is enough for these");
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_is_kept_for_a_time_only_goes_after_it(db: PgPool) {
    let keys = "insert into support.idempotency_keys (scope_hash, key_hash, request_hash, lease_token, lease_until, created_at)
        select '', number::text::bytea, '', gen_random_uuid(), now(), now() - number * interval '10 hours'
        from generate_series(1, 5) number";
    let sessions = "insert into support.operator_sessions (token_hash, operator, secret_hash, expires_at)
        select number::text::bytea, 'ada', '', now() + number * interval '1 hour' from generate_series(-1, 1) number";
    let usage = "insert into support.model_usage (at, model, calls, prompt_tokens, completion_tokens, is_estimated)
        select now() - number * interval '300 days', 'm', 1, 1, 1, false from generate_series(0, 3) number";
    let embeddings = "insert into support.embeddings (server, model, text_hash, vector, used_at)
        select 's', 'm', number::text::bytea, '', now() - number * interval '10 days' from generate_series(0, 4) number";
    for rows in [keys, sessions, usage, embeddings] {
        sqlx::query(rows).execute(&db).await.unwrap();
    }

    let app = swept(&db, &[]).await;

    assert_eq!(app.count("select count(*) from support.idempotency_keys").await, 2, "of this day");
    assert_eq!(app.count("select count(*) from support.operator_sessions").await, 1, "that lasts");
    assert_eq!(app.count("select count(*) from support.model_usage").await, 2, "of a year");
    assert_eq!(app.count("select count(*) from support.embeddings").await, 3, "used within a month");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn the_times_are_settings(db: PgPool) {
    live_a_day(&db).await;
    age(&db, 3).await;

    let settings = [("RETENTION_DAYS_MESSAGES", "1"), ("RETENTION_DAYS_TICKETS", "2"), ("RETENTION_DAYS_LOGS", "2")];
    let app = swept(&db, &settings).await;

    assert_eq!(left(&app).await, [1, 1, 1, 2, 0]);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn more_than_a_batch_goes_at_once(db: PgPool) {
    live_a_day(&db).await;
    sqlx::query(
        "insert into support.messages (id, conversation_id, author, body)
         select gen_random_uuid(), (select id from support.conversations where handle_hash is not null), 'customer', 'x'
         from generate_series(1, 1200)",
    )
    .execute(&db)
    .await
    .unwrap();
    age(&db, 400).await;

    let app = swept(&db, &[]).await;

    assert_eq!(left(&app).await[1], 1, "of the open ticket");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn while_another_sweeps_nothing_does(db: PgPool) {
    let app = live_a_day(&db).await;
    let another = sweeping(&db).await;
    age(&db, 400).await;

    // One that comes meanwhile says that it has given up.
    let url = db.connect_options().to_url_lossy().to_string();
    let settings = [("DATABASE_URL", url.as_str()), ("RUST_LOG", "levqor_support=debug")];
    let folder = Folder::new();
    let mut idle = folder.command(&settings).spawn().unwrap();
    let mut said = BufReader::new(idle.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(said.any(|line| line.contains("another instance deletes what has had its time")));
    assert_eq!(left(&app).await, [3, 4, 2, 4, 1]);
    idle.kill().unwrap();
    idle.wait().unwrap();

    another.rollback().await.unwrap();
    assert_eq!(left(&swept(&db, &[]).await).await, [2, 1, 2, 2, 0]);
}

/// Holds what whoever sweeps holds: the lock that a sweep is seen with that cannot go on.
async fn sweeping(db: &PgPool) -> Transaction<'static, Postgres> {
    let mut table = db.begin().await.unwrap();
    sqlx::query("lock table support.deliveries in exclusive mode").execute(&mut *table).await.unwrap();
    let held_up = TestApp::new(db.clone()).await;
    let held = "select (classid::bigint << 32) | objid::bigint
        from pg_locks
        where locktype = 'advisory' and granted
          and database = (select oid from pg_database where datname = current_database())";
    let started = Instant::now();
    let lock: i64 = loop {
        match sqlx::query_scalar(held).fetch_optional(db).await.unwrap() {
            Some(lock) => break lock,
            None => assert!(started.elapsed() < Duration::from_secs(40), "no sweep"),
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let mut another = db.begin().await.unwrap();
    table.rollback().await.unwrap();
    sqlx::query("select pg_advisory_xact_lock($1)").bind(lock).execute(&mut *another).await.unwrap();
    drop(held_up);
    another
}
