//! A request that its sender named is done once, however often it is sent.

mod chats;
mod crashes;
mod keys;
mod waiting;

use std::collections::HashSet;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{harness::TestApp, http::Answer};

const ESCALATE: &str = "/api/support/escalate";
const PUBLIC: &str = "/api/support/public";

/// A channel that is on and reaches nobody.
const TELEGRAM: [(&str, &str); 3] =
    [("TELEGRAM_BOT_TOKEN", "1:x"), ("TELEGRAM_CHAT_ID", "1"), ("TELEGRAM_API_URL", "http://127.0.0.1:9")];

const TICKETS: &str = "select count(*) from support.tickets";

/// What is left of a request whose process was killed: a claim, and this long until it ends.
const CUT_OFF: &str =
    "update support.idempotency_keys set status = null, answer = null, lease_until = now() + $1::text::interval";

fn escalation(message: &str) -> Value {
    json!({ "email": "ada@example.com", "message": message })
}

/// Long enough that no other stranger has it.
const KEY: &str = "5f1c2e0a-77d4-4c5e";

/// Posts under a key, with these headers beside it.
async fn post(app: &TestApp, path: &str, key: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    let headers = [&[("Content-Type", "application/json"), ("Idempotency-Key", key)], headers].concat();
    app.send("POST", path, &headers, body.to_string().as_bytes()).await
}

async fn cut_off(app: &TestApp, lease: &str) {
    sqlx::query(CUT_OFF).bind(lease).execute(&app.db).await.unwrap();
}

fn is_replayed(answer: &Answer) -> bool {
    answer.header("idempotency-replayed") == Some("true")
}

/// Makes fifty requests at once, and checks that they were answered alike and by one.
async fn fifty<F: Future<Output = Answer>>(ask: impl Fn() -> F) -> Answer {
    let answers = join_all((0..50).map(|_| ask())).await;
    let bodies: HashSet<(u16, &str)> = answers.iter().map(|answer| (answer.status, answer.body.as_str())).collect();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert_eq!(answers.iter().filter(|answer| !is_replayed(answer)).count(), 1);
    answers[0].clone()
}
