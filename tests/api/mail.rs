//! A customer is sent the confirmation of their ticket, and nobody can make us send anything else.

use futures_util::future::join_all;
use serde_json::json;
use sqlx::PgPool;
use tokio::time::Instant;

use crate::{
    harness::{SENT, TestApp},
    stand_in::StandIn,
};

const DEAD: &str = "select count(*) from support.deliveries where state = 'dead'";
const PAUSED: &str = "select count(*) from support.deliveries where state = 'paused'";
const OWED: &str = "select count(*) from support.deliveries";
const TICKETS: &str = "select count(*) from support.tickets";

async fn with_mail(db: PgPool, resend: &StandIn) -> TestApp {
    with_mail_and(db, resend, &[]).await
}

async fn with_mail_and(db: PgPool, resend: &StandIn, more: &[(&str, &str)]) -> TestApp {
    let settings = [
        ("RESEND_API_KEY", "re_key"),
        ("AUTH_FROM_EMAIL", "Levqor <desk@levqor.ai>"),
        ("RESEND_API_URL", resend.url.as_str()),
    ];
    TestApp::with(db, &[&settings, more].concat()).await
}

async fn escalate(app: &TestApp, email: &str, message: &str) -> String {
    let answer = app.post("/api/support/escalate", &json!({ "email": email, "message": message })).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["ticketId"].as_str().unwrap().to_owned()
}

/// Row 40 of the bad inputs, too.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_confirmation_holds_the_code_and_nothing_the_visitor_typed(db: PgPool) {
    let resend = StandIn::resend(&[]).await;
    let app = with_mail(db, &resend).await;

    let code = escalate(&app, "Ada+desk@Example.com", "Cheap pills at https://evil.example <b>now</b>").await;
    app.eventually(SENT, 1).await;

    let asked = &resend.asked()[0];
    assert_eq!(asked.path, "/emails");
    assert_eq!(asked.header("authorization"), "Bearer re_key");
    let body = asked.body.to_string().replace(&code, "[code]");
    assert!(!body.contains("pills") && !body.contains("evil"), "{body}");
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert!(body["html"].as_str().unwrap().contains("Your ticket is #[code]."), "{body}");
    insta::assert_json_snapshot!(body, { ".html" => "[the text as a page]" }, @r##"
{
  "from": "Levqor <desk@levqor.ai>",
  "html": "[the text as a page]",
  "reply_to": "support@levqor.ai",
  "subject": "Your support ticket #[code]",
  "text": "Hello,\n\nyour request has reached the support team of Levqor. Your ticket is #[code].\n\nA person will read it and answer you by e-mail. If you want to add something, reply to this message.\n\nIf you did not ask us for support, somebody typed your address by mistake, and you need not do anything.\n\nLevqor Support",
  "to": [
    "Ada+desk@example.com"
  ]
}
"##);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_second_try_is_the_same_mail_under_the_same_key(db: PgPool) {
    let resend = StandIn::resend(&[(502, "<html>bad gateway</html>")]).await;
    let app = with_mail(db, &resend).await;

    app.open_ticket("Refund?").await;
    app.send_without_waiting(1).await;

    let asked = resend.asked();
    let delivery: String =
        sqlx::query_scalar("select id::text from support.deliveries").fetch_one(&app.db).await.unwrap();
    assert_eq!(asked.len(), 2);
    assert!(asked.iter().all(|asked| asked.header("idempotency-key") == delivery));
    assert_eq!(asked[0].body, asked[1].body);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_address_gets_one_confirmation_an_hour_in_whatever_case_it_is_typed(db: PgPool) {
    let resend = StandIn::resend(&[]).await;
    let app = with_mail(db, &resend).await;

    join_all((0..20).map(|number| {
        let email = if number % 2 == 0 { "ada@example.com" } else { "ADA@Example.com" };
        let app = &app;
        async move { escalate(app, email, &format!("question {number}")).await }
    }))
    .await;
    assert_eq!((app.count(TICKETS).await, app.count(OWED).await), (20, 1));

    sqlx::query("update support.confirmation_places set taken_at = taken_at - interval '61 minutes'")
        .execute(&app.db)
        .await
        .unwrap();
    escalate(&app, "ada@example.com", "and now?").await;
    assert_eq!(app.count(OWED).await, 2);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_hour_has_so_many_confirmations_and_every_ticket_is_opened(db: PgPool) {
    let resend = StandIn::resend(&[]).await;
    let app = with_mail_and(db, &resend, &[("CONFIRMATIONS_PER_HOUR", "3")]).await;

    join_all((0..20).map(|number| {
        let app = &app;
        async move { escalate(app, &format!("ada+{number}@example.com"), "help").await }
    }))
    .await;

    assert_eq!((app.count(TICKETS).await, app.count(OWED).await), (20, 3));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_visitor_is_told_when_they_give_their_address_later(db: PgPool) {
    let resend = StandIn::resend(&[]).await;
    let app = with_mail(db, &resend).await;

    let first = app.ask("I want to speak to a human", "").await;
    assert_eq!((app.count(TICKETS).await, app.count(OWED).await), (1, 0));
    app.ask("ada+chat@example.com", first["conversationId"].as_str().unwrap()).await;
    app.eventually(SENT, 1).await;

    let body = &resend.asked()[0].body;
    assert_eq!(body["to"], json!(["ada+chat@example.com"]));
    assert!(body["subject"].as_str().unwrap().contains(first["ticketId"].as_str().unwrap()));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_name_that_looks_like_markup_is_text_in_the_page(db: PgPool) {
    let resend = StandIn::resend(&[]).await;
    let app = with_mail_and(db, &resend, &[("COMPANY_NAME", "Ada & <script>Co</script>")]).await;

    app.open_ticket("help").await;
    app.eventually(SENT, 1).await;

    let body = &resend.asked()[0].body;
    assert!(body["text"].as_str().unwrap().contains("Ada & <script>Co</script>"), "{body}");
    assert!(body["html"].as_str().unwrap().contains("Ada &amp; &lt;script&gt;Co&lt;/script&gt;"), "{body}");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_wrong_key_pauses_the_mail_and_loses_none(db: PgPool) {
    let refused = r#"{"statusCode":403,"name":"invalid_api_key","message":"API key is invalid."}"#;
    let resend = StandIn::resend(&[(403, refused)]).await;
    let app = with_mail(db, &resend).await;

    escalate(&app, "ada@example.com", "one").await;
    app.eventually(PAUSED, 1).await;
    app.eventually_healthy("degraded").await;
    let health = app.admin_get("/api/support/health").await.json();
    assert_eq!(health["parts"]["email"]["fault"], "invalid_api_key: API key is invalid.");
    escalate(&app, "grace@example.com", "two").await;

    app.bring_forward().await;
    app.eventually(SENT, 2).await;
    app.eventually_healthy("ok").await;
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_refused_address_dies_at_once_is_told_on_the_ticket_and_is_no_fault_of_the_desk(db: PgPool) {
    let refused = r#"{"statusCode":422,"name":"validation_error","message":"Invalid `to` field: ada@example.com"}"#;
    let resend = StandIn::resend(&[(422, refused)]).await;
    let app = with_mail(db, &resend).await;

    let code = app.open_ticket("one").await;
    app.eventually(DEAD, 1).await;

    assert_eq!(app.ticket(&code).await["notes"][0], "Not delivered by email: validation_error: Invalid `to` field: …");
    app.eventually_healthy("ok").await;
    assert_eq!(app.admin_get("/api/support/health").await.json()["parts"]["email"]["dead"], 1);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_limit_is_waited_for_and_costs_no_try(db: PgPool) {
    let limited = r#"{"statusCode":429,"name":"rate_limit_exceeded","message":"Too many requests."}"#;
    let resend = StandIn::resend(&[(429, limited)]).await;
    let app = with_mail(db, &resend).await;

    let started = Instant::now();
    app.open_ticket("one").await;

    app.sent_after_two_seconds(started).await;
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn half_a_configuration_owes_nothing(db: PgPool) {
    let app = TestApp::with(db, &[("RESEND_API_KEY", "re_key"), ("RESEND_API_URL", "http://127.0.0.1:9")]).await;

    app.open_ticket("help").await;

    assert_eq!(app.count(OWED).await, 0);
    assert_eq!(app.get("/api/support/health").await.json()["parts"]["email"]["status"], "off");
}
