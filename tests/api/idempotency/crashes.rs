//! One ticket for one key, also when the process dies between doing it and keeping the answer.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use sqlx::{ConnectOptions, PgPool};
use tokio::sync::watch;

use super::{ESCALATE, TICKETS, escalation, is_replayed, post};
use crate::{
    harness::TestApp,
    http::{Answer, request, try_exchange},
    process::{Folder, Process, acknowledged},
};

/// Rounds of killing.
const ROUNDS: usize = 8;

/// Longer than a lease lasts where a handler may run for a second.
const PATIENCE: Duration = Duration::from_secs(40);

/// By their words alone, requests of before would be new ones from now on.
const FORGET_WORDS: &str = "update support.escalations set created_at = now() - interval '11 minutes'";

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_answer_that_could_not_be_kept_makes_no_second_ticket(db: PgPool) {
    let app = TestApp::with(db, &[("HANDLER_SECONDS", "3")]).await;
    let ask = async || post(&app, ESCALATE, super::KEY, &[], &escalation("help")).await;
    sqlx::query("alter table support.idempotency_keys add constraint never check (answer is null)")
        .execute(&app.db)
        .await
        .unwrap();
    let first = ask().await;
    sqlx::query("alter table support.idempotency_keys drop constraint never").execute(&app.db).await.unwrap();
    sqlx::query(FORGET_WORDS).execute(&app.db).await.unwrap();
    sqlx::query("update support.idempotency_keys set lease_until = now()").execute(&app.db).await.unwrap();

    let again = ask().await;

    assert_eq!((first.status, &again.body, is_replayed(&again)), (200, &first.body, false));
    assert_eq!(app.count(TICKETS).await, 1);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn one_key_is_one_ticket_whenever_the_process_is_killed(db: PgPool) {
    let folder = Folder::new();
    let url = db.connect_options().to_url_lossy().to_string();
    let settings = [("DATABASE_URL", url.as_str()), ("HANDLER_SECONDS", "1"), ("DB_POOL", "4")];
    let (mut answered, mut unanswered) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let process = Process::start(&folder, &settings);
        let (count, mut counted) = watch::channel(0);
        let posters: Vec<_> = (0..4)
            .map(|poster| tokio::spawn(post_until_killed(process.address, format!("{round}-{poster}"), count.clone())))
            .collect();
        // Where all of them stopped early there is nothing to wait for.
        drop(count);
        counted.wait_for(|count| *count > 3 * round).await.unwrap();
        process.kill();
        for poster in posters {
            let (done, cut_off) = poster.await.unwrap();
            answered.extend(done);
            unanswered.push(cut_off);
        }
        sqlx::query(FORGET_WORDS).execute(&db).await.unwrap();
    }

    let process = Process::start(&folder, &settings);
    for key in &unanswered {
        assert!(until_answered(process.address, key).await.is_some(), "{key} was never answered");
    }
    for (key, code) in &answered {
        assert_eq!(until_answered(process.address, key).await.as_ref(), Some(code), "{key}");
    }
    let keys = i64::try_from(answered.len() + unanswered.len()).unwrap();
    assert_eq!(sqlx::query_scalar::<_, i64>(TICKETS).fetch_one(&db).await.unwrap(), keys);
}

/// Escalates under one key after the other until nobody answers, and returns what was answered,
/// and the key that was not.
async fn post_until_killed(
    address: SocketAddr,
    prefix: String,
    count: watch::Sender<usize>,
) -> (Vec<(String, String)>, String) {
    let (mut answered, mut key) = (Vec::new(), format!("{prefix}-0"));
    while let Some(answer) = escalate(address, &key).await {
        // Who is refused tries again, under the same key.
        if let Some(code) = acknowledged(&answer) {
            answered.push((key, code));
            key = format!("{prefix}-{}", answered.len());
            count.send_modify(|count| *count += 1);
        }
    }
    (answered, key)
}

/// Sends it again and again, as a client would whose answer got lost.
async fn until_answered(address: SocketAddr, key: &str) -> Option<String> {
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        if let Some(code) = escalate(address, key).await.as_ref().and_then(acknowledged) {
            return Some(code);
        }
    }
    None
}

async fn escalate(address: SocketAddr, key: &str) -> Option<Answer> {
    let headers = [("Content-Type", "application/json"), ("Idempotency-Key", key)];
    let bytes = request("POST", ESCALATE, &headers, escalation(key).to_string().as_bytes());
    try_exchange(address, &bytes).await
}
