//! The team is told on a phone too, and no channel waits for another.

use std::io::{BufRead, BufReader};

use futures_util::future::join_all;
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::{
    harness::{SENT, TestApp},
    process::Folder,
    stand_in::StandIn,
};

const DEAD: &str = "select count(*) from support.deliveries where state = 'dead'";
const PAUSED: &str = "select count(*) from support.deliveries where state = 'paused'";
const OWED: &str = "select count(*) from support.deliveries";
const SENT_BY_WHATSAPP: &str = "select count(*) from support.deliveries where state = 'sent' and channel = 'whatsapp'";

/// The settings that make WhatsApp of a stand-in.
fn whatsapp(stand_in: &StandIn) -> [(&str, &str); 4] {
    [
        ("WHATSAPP_API_URL", stand_in.url.as_str()),
        ("WHATSAPP_ACCESS_TOKEN", "EAAG-token"),
        ("WHATSAPP_SENDER_ID", "106540352242922"),
        ("WHATSAPP_ADMIN_PHONE", "+44 7700 900123"),
    ]
}

fn telegram(stand_in: &StandIn) -> [(&str, &str); 3] {
    [("TELEGRAM_BOT_TOKEN", "1:x"), ("TELEGRAM_CHAT_ID", "1"), ("TELEGRAM_API_URL", stand_in.url.as_str())]
}

fn resend(stand_in: &StandIn) -> [(&str, &str); 3] {
    [("RESEND_API_KEY", "re_key"), ("AUTH_FROM_EMAIL", "desk@levqor.ai"), ("RESEND_API_URL", stand_in.url.as_str())]
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn the_team_is_told_of_a_new_ticket_on_a_phone(db: PgPool) {
    let phone = StandIn::whatsapp(&[]).await;
    let app = TestApp::with(db, &whatsapp(&phone)).await;

    let code = app.open_ticket("*Refund?*").await;
    app.eventually(SENT, 1).await;

    let asked = &phone.asked()[0];
    assert_eq!(asked.path, "/106540352242922/messages");
    assert_eq!(asked.header("authorization"), "Bearer EAAG-token");
    insta::assert_json_snapshot!(asked.body, { ".text.body" => "[text]" }, @r#"
{
  "messaging_product": "whatsapp",
  "recipient_type": "individual",
  "text": {
    "body": "[text]",
    "preview_url": false
  },
  "to": "+447700900123",
  "type": "text"
}
"#);
    let text = format!("[Levqor Support] New ticket from ada@example.com: *Refund?*\nTicket #{code}");
    assert_eq!(asked.body["text"]["body"], text);
    app.eventually_healthy("ok").await;
    let health = app.get("/api/support/health").await.json();
    assert_eq!((&health["whatsapp_configured"], &health["parts"]["whatsapp"]["status"]), (&json!(true), &json!("ok")));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_closed_window_is_told_on_the_ticket_in_plain_words(db: PgPool) {
    let closed = r#"{"error":{"message":"(#131047) Re-engagement message","type":"OAuthException","code":131047}}"#;
    let phone = StandIn::whatsapp(&[(400, closed)]).await;
    let app = TestApp::with(db, &whatsapp(&phone)).await;

    let code = app.open_ticket("help").await;
    app.eventually(DEAD, 1).await;

    let note = app.ticket(&code).await["notes"][0].clone();
    assert!(note.as_str().unwrap().starts_with("Not delivered by whatsapp: this person last wrote"), "{note}");
    assert_eq!(phone.asked().len(), 1);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_expired_token_pauses_whatsapp_and_loses_nothing(db: PgPool) {
    let expired = r#"{"error":{"message":"Error validating access token","type":"OAuthException","code":190}}"#;
    let phone = StandIn::whatsapp(&[(401, expired)]).await;
    let app = TestApp::with(db, &whatsapp(&phone)).await;

    app.open_ticket("one").await;
    app.eventually(PAUSED, 1).await;
    app.eventually_healthy("degraded").await;
    app.bring_forward().await;

    app.eventually(SENT, 1).await;
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn of_three_channels_with_one_down_the_other_two_deliver(db: PgPool) {
    let (bot, mail, phone) =
        (StandIn::telegram(&[(500, ""); 20]).await, StandIn::resend(&[]).await, StandIn::whatsapp(&[]).await);
    let settings = [&telegram(&bot)[..], &resend(&mail), &whatsapp(&phone)].concat();
    let app = TestApp::with(db, &settings).await;

    let code = app.open_ticket("help").await;
    app.eventually(SENT, 2).await;

    assert_eq!(app.count(OWED).await, 3);
    assert!(mail.asked()[0].body.to_string().contains(&code));
    assert!(phone.asked()[0].body.to_string().contains(&code));
    assert_eq!(
        app.count("select count(*) from support.deliveries where channel = 'telegram' and state = 'pending'").await,
        1
    );
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_channel_that_hangs_keeps_no_other_waiting(db: PgPool) {
    let (bot, phone) = (StandIn::silent().await, StandIn::whatsapp(&[]).await);
    let settings = [&telegram(&bot)[..], &whatsapp(&phone), &[("DELIVERY_SECONDS", "25")]].concat();
    let app = TestApp::with(db, &settings).await;

    // More than a channel has places.
    let messages: Vec<String> = (0..40).map(|number| format!("question {number}")).collect();
    join_all(messages.iter().map(|message| app.open_ticket(message))).await;

    app.eventually(SENT_BY_WHATSAPP, 40).await;
    assert_eq!(app.count(SENT).await, 40);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn without_a_phone_or_a_setting_whatsapp_owes_nothing(db: PgPool) {
    let phone = StandIn::whatsapp(&[]).await;
    let all = whatsapp(&phone);

    let without_phone = TestApp::with(db.clone(), &all[..3]).await;
    without_phone.open_ticket("one").await;
    let without_token = TestApp::with(db, &[all[0], all[2], all[3]]).await;
    without_token.open_ticket("two").await;

    assert_eq!(without_token.count(OWED).await, 0);
    for (app, is_configured) in [(without_phone, true), (without_token, false)] {
        let health = app.get("/api/support/health").await.json();
        assert_eq!(health["whatsapp_configured"], is_configured);
        assert_eq!(health["parts"]["whatsapp"]["status"], "off", "it alerts nobody");
    }
}

#[test]
fn the_start_says_once_that_whatsapp_is_off_and_not_when_it_is_on() {
    const OFF: &str = "WhatsApp not configured; skipping send.";
    let on = [
        ("WHATSAPP_API_URL", "http://127.0.0.1:9"),
        ("WHATSAPP_ACCESS_TOKEN", "EAAG-token"),
        ("WHATSAPP_SENDER_ID", "106540352242922"),
    ];

    for (settings, times) in [(&[][..], 1), (&on[..], 0)] {
        let said = said_at_start(settings);
        assert_eq!(said.iter().filter(|message| *message == OFF).count(), times, "{said:?}");
    }
}

/// The messages of a start up to its last, which is that there is no e-mail either.
fn said_at_start(settings: &[(&str, &str)]) -> Vec<String> {
    let folder = Folder::new();
    let mut child = folder.command(settings).spawn().unwrap();
    let mut said = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
        let line: Value = serde_json::from_str(&line).unwrap();
        said.push(line["message"].as_str().unwrap().to_owned());
        if said.last().is_some_and(|message| message == "E-mail not configured; skipping send.") {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    said
}
