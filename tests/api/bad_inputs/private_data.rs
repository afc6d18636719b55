//! Row 80, its second half: a card number, and what else nobody should send, is gone before
//! anything is stored, sent or logged.

use nix::sys::signal::Signal;
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::{
    harness::SECRET,
    http::request,
    model::{Desk, says},
    process::{Folder, Process},
    stand_in::{Asked, StandIn},
};

const CARD: &str = "4242 4242 4242 4242";
const IBAN: &str = "DE89 3704 0044 0532 0130 00";
const PASSWORD: &str = "Zanzibar77!";

/// Nobody's, and put together here so that nobody who searches for keys finds one.
fn key() -> String {
    format!("gsk_{}", "Zb3d".repeat(10))
}

/// A question that a model would be asked, with all of them in it.
fn question() -> String {
    format!("How much is the Growth plan? card {CARD}, iban {IBAN}, api key {}, password: {PASSWORD}", key())
}

fn escalation() -> Value {
    let key = key();
    json!({
        "email": "ada@example.com",
        "message": question(),
        "context": {
            "source": "chat", "mode": "public",
            "transcript": [question(), { "said": question() }],
            "password": PASSWORD, "card": 4_242_424_242_424_242_u64, key: IBAN,
        },
    })
}

/// Says which of them stands in a text, however it is written there.
fn found_in(text: &str) -> Vec<&'static str> {
    let bare = |text: &str| text.replace([' ', '-'], "").to_lowercase();
    let (text, key) = (bare(text), bare(&key()));
    let secrets = [("card", bare(CARD)), ("iban", bare(IBAN)), ("password", bare(PASSWORD)), ("key", key)];
    secrets.iter().filter(|(_, secret)| text.contains(secret)).map(|(name, _)| *name).collect()
}

fn bodies(asked: &[Asked]) -> String {
    asked.iter().map(|asked| asked.body.to_string()).collect()
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_secret_is_neither_stored_nor_sent_anywhere(db: PgPool) {
    assert_eq!(found_in(&escalation().to_string()).len(), 4, "they would be found");
    let telegram = StandIn::telegram(&[]).await;
    let model = StandIn::model(&[says("Growth costs £29/month [1].")]).await;
    let alerts =
        [("TELEGRAM_BOT_TOKEN", "1:x"), ("TELEGRAM_CHAT_ID", "1"), ("TELEGRAM_API_URL", telegram.url.as_str())];
    let app = Desk::new(db, &model, &alerts).await.app;

    let first = app.ask(&question(), "").await;
    assert_eq!(first["answeredBy"], "model", "{first}");
    let person = format!("I want to speak to a human. {}", question());
    app.ask(&person, first["conversationId"].as_str().unwrap()).await;
    let code = app.post("/api/support/escalate", &escalation()).await.json()["ticketId"].clone();
    let path = format!("/api/support/tickets/{}/close", code.as_str().unwrap());
    let closed = app.admin_post(&path, &json!({ "resolution": question() })).await;
    assert_eq!(closed.status, 200, "{}", closed.body);
    telegram.asked_for(2).await;

    let stored = app.everything_stored().await;
    assert!(stored.matches("[card number removed]").count() >= 6 && stored.contains("api key [key removed]"));
    assert_eq!(found_in(&stored), [""; 0]);
    assert_eq!(found_in(&bodies(&telegram.asked())), [""; 0]);
    assert_eq!(found_in(&bodies(&model.asked())), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_stands_in_no_line_of_the_log() {
    let model = StandIn::model(&[says("Growth costs £29/month [1].")]).await;
    let telegram = StandIn::telegram(&[]).await;
    let base_url = format!("{}/v1", model.url);
    let folder = Folder::new();
    let settings = [
        ("OPENAI_BASE_URL", base_url.as_str()),
        ("TELEGRAM_BOT_TOKEN", "1:x"),
        ("TELEGRAM_CHAT_ID", "1"),
        ("TELEGRAM_API_URL", telegram.url.as_str()),
        ("RUST_LOG", "trace"),
    ];
    let process = Process::start(&folder, &settings);
    let headers = [("Content-Type", "application/json"), ("X-Internal-Secret", SECRET)];
    let post = |path: &str, body: &Value| request("POST", path, &headers, body.to_string().as_bytes());

    let requests = [
        post("/api/support/public", &json!({ "message": question() })),
        post("/api/support/escalate", &escalation()),
        post("/api/support/tickets/AAAAAAAA/close", &json!({ "resolution": question() })),
        post("/api/support/public", &json!({ "message": [question()] })),
    ];
    for bytes in &requests {
        process.send(bytes).await.unwrap();
    }
    telegram.asked_for(1).await;
    process.signal(Signal::SIGTERM);
    let (lines, complaints) = process.last_words();

    assert!(lines.len() > requests.len() && !model.asked().is_empty());
    assert_eq!(found_in(&(lines.concat() + &complaints)), [""; 0]);
}
