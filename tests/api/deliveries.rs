//! What we owe is delivered at least once, or visibly dead.

use serde_json::json;
use sqlx::PgPool;
use tokio::time::Instant;

use crate::{
    harness::{SENT, TestApp},
    stand_in::StandIn,
};

const PAUSED: &str = "select count(*) from support.deliveries where state = 'paused'";
const DEAD: &str = "select count(*) from support.deliveries where state = 'dead'";
const TRIED: &str = "select count(*) from support.deliveries where lease_token is null and attempts > 0";

async fn with_telegram(db: PgPool, telegram: &StandIn) -> TestApp {
    let settings = [
        ("TELEGRAM_BOT_TOKEN", "123:token"),
        ("TELEGRAM_CHAT_ID", "-1001"),
        ("TELEGRAM_API_URL", telegram.url.as_str()),
    ];
    TestApp::with(db, &settings).await
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn the_team_is_told_of_a_new_ticket(db: PgPool) {
    let telegram = StandIn::telegram(&[]).await;
    let app = with_telegram(db, &telegram).await;

    let code = app.open_ticket("<b>Refund?</b> *now*").await;
    app.eventually(SENT, 1).await;

    let asked = telegram.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].path, "/bot123:token/sendMessage");
    insta::assert_json_snapshot!(asked[0].body, { ".text" => "[text]" }, @r#"
{
  "chat_id": -1001,
  "link_preview_options": {
    "is_disabled": true
  },
  "text": "[text]"
}
"#);
    let text = format!("[Levqor Support] New ticket from ada@example.com: <b>Refund?</b> *now*\nTicket #{code}");
    assert_eq!(asked[0].body["text"], text);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_alert_survives_a_provider_that_fails_twice(db: PgPool) {
    let telegram = StandIn::telegram(&[(502, "<html>bad gateway</html>"), (500, "")]).await;
    let app = with_telegram(db, &telegram).await;

    app.open_ticket("Refund?").await;
    app.send_without_waiting(1).await;

    assert_eq!(telegram.asked().len(), 3);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_fault_of_the_channel_pauses_it_and_loses_nothing(db: PgPool) {
    let unauthorised = r#"{"ok":false,"error_code":401,"description":"Unauthorized"}"#;
    let telegram = StandIn::telegram(&[(401, unauthorised)]).await;
    let app = with_telegram(db, &telegram).await;

    app.open_ticket("one").await;
    app.eventually(PAUSED, 1).await;
    app.open_ticket("two").await;
    app.eventually_healthy("degraded").await;
    let health = app.admin_get("/api/support/health").await.json();
    assert_eq!(health["parts"]["telegram"]["status"], "degraded");
    app.eventually("select count(*) from support.deliveries where state in ('pending', 'paused')", 2).await;
    assert!(health["parts"]["telegram"]["fault"].is_string());
    assert!(app.get("/api/support/health").await.json()["parts"]["telegram"].get("fault").is_none());
    assert_eq!(app.get("/ready").await.status, 200);

    app.bring_forward().await;
    app.eventually(SENT, 2).await;
    app.eventually(PAUSED, 0).await;
    app.eventually_healthy("ok").await;
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn one_fault_among_many_sends_leaves_nothing_behind(db: PgPool) {
    let unauthorised = r#"{"ok":false,"error_code":401,"description":"Unauthorized"}"#;
    let telegram = StandIn::telegram(&[(401, unauthorised)]).await;
    let app = with_telegram(db, &telegram).await;

    for number in 0..20 {
        app.open_ticket(&format!("question {number}")).await;
    }
    app.send_without_waiting(20).await;
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_provider_that_asks_for_time_gets_it_and_costs_no_try(db: PgPool) {
    let wait = r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 2","parameters":{"retry_after":2}}"#;
    let telegram = StandIn::telegram(&[(429, wait)]).await;
    let app = with_telegram(db, &telegram).await;

    let started = Instant::now();
    app.open_ticket("one").await;

    app.sent_after_two_seconds(started).await;
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn health_says_when_alerts_do_not_get_through(db: PgPool) {
    let telegram = StandIn::telegram(&[(502, ""); 50]).await;
    let app = with_telegram(db, &telegram).await;

    app.open_ticket("one").await;
    app.eventually(TRIED, 1).await;
    sqlx::query("update support.deliveries set created_at = now() - interval '3 minutes'")
        .execute(&app.db)
        .await
        .unwrap();

    app.eventually_healthy("degraded").await;
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_text_the_provider_will_never_take_dies_at_once_and_its_ticket_says_so(db: PgPool) {
    let refused = r#"{"ok":false,"error_code":400,"description":"Bad Request: message text is empty"}"#;
    let telegram = StandIn::telegram(&[(400, refused)]).await;
    let app = with_telegram(db, &telegram).await;

    let code = app.open_ticket("one").await;
    app.eventually(DEAD, 1).await;
    app.open_ticket("two").await;
    app.eventually(SENT, 1).await;

    let ticket = app.admin_get(&format!("/api/support/tickets/{code}")).await.json();
    assert!(ticket["notes"][0].as_str().unwrap().starts_with("Not delivered by telegram"), "{ticket}");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_delivery_that_used_all_its_tries_is_dead_and_visible(db: PgPool) {
    let telegram = StandIn::telegram(&[(500, ""); 20]).await;
    let app = with_telegram(db, &telegram).await;

    app.open_ticket("one").await;
    app.eventually(TRIED, 1).await;
    sqlx::query("update support.deliveries set attempts = 9, next_at = now()").execute(&app.db).await.unwrap();
    app.eventually(DEAD, 1).await;

    assert_eq!(app.admin_get("/api/support/health").await.json()["parts"]["telegram"]["dead"], 1);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_payload_that_cannot_be_read_dies_alone(db: PgPool) {
    let telegram = StandIn::telegram(&[]).await;
    let app = with_telegram(db, &telegram).await;
    sqlx::query(
        "insert into support.deliveries (id, subject_kind, channel, kind, payload, dedupe_key)
         values (gen_random_uuid(), 'ticket', 'telegram', 'poison', $1, 'poison')",
    )
    .bind(json!(["no", "text"]))
    .execute(&app.db)
    .await
    .unwrap();

    app.open_ticket("one").await;

    app.eventually(SENT, 1).await;
    app.eventually(DEAD, 1).await;
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn two_instances_send_each_alert_once(db: PgPool) {
    let telegram = StandIn::telegram(&[]).await;
    let one = with_telegram(db.clone(), &telegram).await;
    let other = with_telegram(db, &telegram).await;

    for number in 0..20 {
        let app = if number % 2 == 0 { &one } else { &other };
        app.open_ticket(&format!("question {number}")).await;
    }

    one.eventually(SENT, 20).await;
    assert_eq!(telegram.asked().len(), 20);
}
