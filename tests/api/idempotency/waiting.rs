//! Who sends a request again while it is under way, or after its client or its process has gone.

use std::time::Duration;

use futures_util::future::join;
use serde_json::json;
use sqlx::PgPool;
use tokio::{io::AsyncWriteExt, net::TcpStream, time::Instant};

use super::{ESCALATE, PUBLIC, TICKETS, cut_off, escalation, is_replayed, post};
use crate::{
    harness::TestApp,
    http::request,
    model::{Desk, says},
    stand_in::{Play, StandIn},
};

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_client_that_leaves_finds_the_answer_when_it_comes_back(db: PgPool) {
    let model = StandIn::model(&[Play::Hang]).await;
    let desk = Desk::new(db, &model, &[("MODEL_TIMEOUT_SECONDS", "1")]).await;
    let question = json!({ "message": "How much is the Growth plan?" });

    let headers = [("Content-Type", "application/json"), ("Idempotency-Key", super::KEY)];
    let mut client = TcpStream::connect(desk.app.address).await.unwrap();
    client.write_all(&request("POST", PUBLIC, &headers, question.to_string().as_bytes())).await.unwrap();
    model.asked_for(1).await;
    drop(client);
    let answer = post(&desk.app, PUBLIC, super::KEY, &[], &question).await;

    assert_eq!((answer.status, is_replayed(&answer)), (200, true), "{}", answer.body);
    assert!(answer.body.contains("£29/month"));
    assert_eq!(desk.app.count("select count(*) from support.messages").await, 2);
    let asked = model.asked().len();
    assert_eq!(post(&desk.app, PUBLIC, super::KEY, &[], &question).await.body, answer.body);
    assert_eq!(model.asked().len(), asked);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_killed_runners_lease_ends_and_the_work_is_done_again(db: PgPool) {
    let app = TestApp::new(db).await;
    let ask = async || post(&app, ESCALATE, super::KEY, &[], &escalation("help")).await;
    let first = ask().await;
    sqlx::query("update support.escalations set created_at = now() - interval '11 minutes'")
        .execute(&app.db)
        .await
        .unwrap();

    cut_off(&app, "1 second").await;
    let (one, other) = join(ask(), ask()).await;

    assert_eq!((one.status, other.status), (200, 200), "{} {}", one.body, other.body);
    assert_eq!((&one.body, &other.body), (&first.body, &first.body), "the ticket of the first time");
    assert_ne!(is_replayed(&one), is_replayed(&other), "one of them did it");
    assert_eq!(app.count(TICKETS).await, 1);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn who_waits_too_long_is_told_when_to_come_back(db: PgPool) {
    let app = TestApp::with(db, &[("HANDLER_SECONDS", "5")]).await;
    post(&app, ESCALATE, super::KEY, &[], &escalation("help")).await;

    cut_off(&app, "1 minute").await;
    let refused = post(&app, ESCALATE, super::KEY, &[], &escalation("help")).await;

    assert_eq!((refused.status, refused.header("retry-after")), (409, Some("1")), "{}", refused.body);
    assert_eq!(refused.json()["code"], "under_way");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn nobody_waits_for_another_instance_once_this_one_stops(db: PgPool) {
    let app = TestApp::new(db).await;
    post(&app, ESCALATE, super::KEY, &[], &escalation("help")).await;
    cut_off(&app, "1 minute").await;
    let headers = [("Content-Type", "application/json"), ("Idempotency-Key", super::KEY)];

    let mut client = TcpStream::connect(app.address).await.unwrap();
    let body = escalation("help").to_string();
    client.write_all(&request("POST", ESCALATE, &headers, body.as_bytes())).await.unwrap();
    // A look at the row is the only sign of it there is; its words are of whoever waits alone.
    app.eventually(
        "select least(count(*), 1) from pg_stat_activity
         where datname = current_database() and query like '%lease_until <= now() as \"has_lapsed!\"%'
           and application_name = 'levqor-support'",
        1,
    )
    .await;
    let started = Instant::now();
    app.stop();

    assert_eq!(crate::http::read(&mut client).await.unwrap().status, 409);
    // It would wait as long as a handler may.
    assert!(started.elapsed() < Duration::from_secs(15));
}

/// A deadline is a failure too: what it cut off is given back and done by who asks again.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_its_deadline_cut_off_can_be_done_again_at_once(db: PgPool) {
    let model = StandIn::model(&[Play::Hang]).await;
    let desk = Desk::new(db, &model, &[("HANDLER_SECONDS", "1"), ("MODEL_TIMEOUT_SECONDS", "20")]).await;
    let question = json!({ "message": "How much is the Growth plan?" });

    let ask = async || post(&desk.app, PUBLIC, super::KEY, &[], &question).await;
    assert_eq!(ask().await.status, 503);
    desk.app.eventually("select count(*) from support.idempotency_keys", 0).await;
    model.play(says("Growth is £29/month [1]."));
    let mut again = ask().await;
    // A busy machine may need more than the second. What is still held would be 409.
    for _ in 0..20 {
        if again.status == 503 {
            again = ask().await;
        }
    }

    assert_eq!((again.status, is_replayed(&again)), (200, false), "{}", again.body);
}
