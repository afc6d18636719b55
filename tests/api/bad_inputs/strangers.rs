//! Rows 56 and 57: one customer tries every path with what belongs to another, and is answered to the
//! letter as if it did not exist.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use sqlx::PgPool;

use super::attempts::{Attempt, ESCALATE, HERS, PRIVATE, PUBLIC, READ, Things, bearer};
use crate::{harness::TestApp, http::Answer, sessions::nextauth};

/// Paths that take nothing which could be somebody's.
const NOBODYS: [&str; 5] = ["/health", "/ready", "/api/support/health", "/docs", "/openapi.json"];

/// Behind a proxy, so that everybody comes from a place of their own; and of what is counted, one more shows.
const SETTINGS: [(&str, &str); 2] = [("TRUSTED_PROXIES", "1"), ("CHATS_PER_MINUTE", "60/60")];

/// All that an answer says, but for what is new each time: which names there are still shows.
fn told(answer: &Answer) -> (u16, Vec<(String, String)>, Value) {
    let mut headers = answer.headers.clone();
    headers.retain(|(name, _)| !["x-request-id", "date", "content-length"].contains(&name.as_str()));
    let mut body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    for name in ["conversationId", "messageId", "ticketId", "requestId", "visitorToken"] {
        if let Some(new) = body.get_mut(name) {
            *new = json!("new each time");
        }
    }
    (answer.status, headers, body)
}

async fn desk(db: &PgPool) -> TestApp {
    let secret = nextauth().secret;
    let settings = [("NEXTAUTH_SECRET", secret.as_str()), ("OPERATORS", "eve:0123456789abcdef0123456789abcdef")];
    TestApp::with(db.clone(), &[&settings[..], &SETTINGS].concat()).await
}

/// Row 56, and row 57 both ways round.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_is_somebody_elses_is_answered_as_what_never_was(db: PgPool) {
    let app = desk(&db).await;
    let order =
        "insert into public.dfy_orders (customer_id, customer_email, tier) values ('c', 'grace@example.com', 'PRO')";
    sqlx::query(order).execute(&db).await.unwrap();
    let (hers, nobodys) = (Things::hers(&app).await, Things::nobodys());
    let own = async || {
        let own = app.post(PUBLIC, &json!({ "message": "hello", "visitor": true })).await.json();
        [own["conversationId"].as_str().unwrap().to_owned(), own["visitorToken"].as_str().unwrap().to_owned()]
    };
    let count = hers.attempts("", "", "").len();
    let her_rows = "select count(*) from support.messages m join support.conversations c on c.id = m.conversation_id
        where c.email = 'grace@example.com' or c.visitor_hash is not null";
    let mut tried = BTreeSet::new();

    for number in 0..count {
        // Each of the two by somebody new, whom no limit has met before, and while she goes on.
        let (mut answers, started) = (Vec::new(), Instant::now());
        for (things, who, from) in [(&hers, "ada", "203.0.113"), (&nobodys, "bob", "198.51.100")] {
            let ([own, token], session) = (own().await, bearer(&format!("{who}{number}@example.com")));
            let mut attempt = things.attempts(&session, &own, &token).swap_remove(number);
            attempt.headers.push(("X-Forwarded-For", format!("{from}.{number}")));
            if who == "ada" {
                hers.speak(&app).await;
            }
            let before = app.count(her_rows).await;
            let answer = attempt.send(&app).await;
            let is_named = attempt.path == ESCALATE && attempt.body["email"] == HERS;
            assert!(is_named || app.count(her_rows).await == before, "something was added: {}", attempt.path);
            assert!(answer.status < 500 && !answer.body.contains("Zanzibar"), "{}", answer.body);
            assert_eq!(answer.header("idempotency-replayed"), None);
            tried.insert(attempt.path);
            answers.push((told(&answer), attempt));
        }
        // A second gives one back of what is counted.
        if started.elapsed() >= Duration::from_secs(1) {
            for ((_, headers, _), _) in &mut answers {
                headers.retain(|(name, _)| !name.starts_with("ratelimit-"));
            }
        }
        let ((hers, attempt), (nobodys, _)) = (&answers[0], &answers[1]);
        let what = (attempt.method, attempt.path, &attempt.id, &attempt.headers, &attempt.body);
        assert_eq!(hers, nobodys, "{what:?}");
    }

    let forgotten: Vec<String> = paths().into_iter().filter(|path| !tried.contains(path.as_str())).collect();
    assert_eq!(forgotten, NOBODYS.into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>());
    // And she is not hindered.
    let session = vec![("Authorization", bearer(HERS))];
    let read = Attempt { method: "GET", path: READ, id: hers.private, headers: session, body: Value::Null };
    let read = read.send(&app).await.json();
    assert_eq!(read["messages"].as_array().unwrap().len(), 2 * (3 + count), "{read}");
}

/// Every path that the router's sources name.
fn paths() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http");
    let mut paths = BTreeSet::new();
    for file in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        let source = fs::read_to_string(file).unwrap();
        let served = source.split("#[cfg(test)]").next().unwrap_or_default();
        let quoted = served.split('"').skip(1).step_by(2);
        let is_path = |text: &&str| {
            text.len() > 1
                && text.starts_with('/')
                && text.bytes().all(|b| b.is_ascii_lowercase() || b"/{}_-.".contains(&b))
        };
        paths.extend(quoted.filter(is_path).map(str::to_owned));
    }
    paths
}

/// How often the tables were looked into, and what was put there.
const WORK: &str = "select coalesce(sum(seq_scan + coalesce(idx_scan, 0) + n_tup_ins), 0)::bigint
    from pg_stat_user_tables
    where schemaname = 'support' and relname in ('conversations', 'messages', 'tickets', 'escalations')";

/// So many requests that what a service does beside them comes to less than one look for each.
const REQUESTS: i64 = 50;

/// Row 56: no clock tells either, because the database looks as often. Counted, because a clock tells more
/// of the machine.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn the_database_has_as_much_to_do_for_somebody_elses_as_for_none(db: PgPool) {
    let (hers, nobodys) = (Things::hers(&desk(&db).await).await, Things::nobodys());
    for table in ["conversations", "messages", "tickets", "escalations"] {
        // So that no new statistics change how they are looked into between one of these and the other.
        let still = format!("alter table support.{table} set (autovacuum_enabled = false)");
        sqlx::query(sqlx::AssertSqlSafe(still)).execute(&db).await.unwrap();
    }
    let session = bearer("ada@example.com");
    let token = "a".repeat(32);
    let kinds = |things: &Things| {
        let headers = vec![("Authorization", session.clone()), ("X-Visitor-Token", token.clone())];
        let conversations = [&things.private, &things.visitors].map(String::clone);
        conversations.map(|id| {
            let say = |path| Attempt {
                method: "POST",
                path,
                id: String::new(),
                headers: headers.clone(),
                body: json!({ "message": "hello", "conversationId": id }),
            };
            let read =
                Attempt { method: "GET", path: READ, id: id.clone(), headers: headers.clone(), body: Value::Null };
            [say(PUBLIC), say(PRIVATE), read]
        })
    };

    for (hers, nobodys) in kinds(&hers).iter().flatten().zip(kinds(&nobodys).iter().flatten()) {
        let work = [work(&db, hers).await, work(&db, nobodys).await];
        assert_eq!(work[0], work[1], "{} {}", hers.method, hers.path);
        assert!(work[0] > 0, "it is counted");
    }
}

/// What one request makes the database do.
async fn work(db: &PgPool, attempt: &Attempt) -> i64 {
    let app = desk(db).await;
    let before = app.count(WORK).await;
    for _ in 0..REQUESTS {
        attempt.send(&app).await;
    }
    // What a connection did is told at the latest when it ends.
    app.stop();
    let connected = "select count(*) from pg_stat_activity
        where application_name = 'levqor-support' and datname = current_database()";
    app.eventually(connected, 0).await;
    (app.count(WORK).await - before) / REQUESTS
}
