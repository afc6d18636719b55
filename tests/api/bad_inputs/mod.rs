//! What nobody should send: no input alone fails the service, and nothing refused leaves a trace.
//!
//! Every case carries its row in the team's list of bad inputs; `rows` knows them all, and why some are not
//! tried yet. Of row 40 the mail is in `mail.rs`; there is no page yet.

mod attempts;
mod build;
mod connections;
mod cookies;
mod door;
mod guesses;
mod instructions;
mod keys;
mod log;
mod messages;
mod models;
mod origins;
mod outbound;
mod private_data;
mod properties;
mod providers;
mod rows;
mod secrets;
mod sessions;
mod signed;
mod states;
mod strangers;
mod table;
mod texts;
mod tokens;

use std::time::Duration;

use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::time::timeout;

use crate::{
    harness::TestApp,
    http::{Answer, exchange},
};

/// One input on a connection of its own, and what must come back.
pub struct Case {
    pub row: u8,
    pub name: String,
    pub bytes: Vec<u8>,
    pub want: Want,
}

pub enum Want {
    /// 200.
    Fine,
    /// 200, and this is what the chat stored, to the character.
    Kept(String),
    /// A refusal in our one shape.
    Refused(u16),
    /// 422 that names this field, or a member of it.
    Unfit(&'static str),
    /// One of these; the server below the router may say it, without a body.
    AnyOf(&'static [u16]),
}

/// Stands for a connection that was closed without an answer.
pub const CLOSED: u16 = 0;

/// Longer than every deadline of the service for one request, and shorter than the harness waits.
const IN_TIME: Duration = Duration::from_secs(20);

/// A refusal that is longer than this gives back what was sent.
const LONGEST_REFUSAL: usize = 2_048;

/// Words of parsers, libraries and panics, which help only who attacks.
const NEVER_TOLD: [&str; 10] =
    ["line 1", "column", "serde", "invalid type", "expected value", "EOF", "hyper", "sqlx", "panicked", "evil.example"];

pub const STORED: &str = "select (select count(*) from support.conversations) + (select count(*) from support.messages)
    + (select count(*) from support.tickets)";

const LAST_WORDS: &str = "select body from support.messages where author = 'customer' order by position desc limit 1";

impl Want {
    fn takes(&self, status: u16) -> bool {
        match self {
            Self::Fine | Self::Kept(_) => status == 200,
            Self::Refused(wanted) => status == *wanted,
            Self::Unfit(_) => status == 422,
            Self::AnyOf(wanted) => wanted.contains(&status),
        }
    }
}

/// Says what is wrong with the answer to a case, if anything is.
fn judge(case: &Case, answer: Option<&Answer>) -> Result<(), String> {
    let status = answer.map_or(CLOSED, |answer| answer.status);
    let start: String = answer.map_or("", |answer| &answer.body).chars().take(200).collect();
    if !case.want.takes(status) {
        return Err(format!("status {status}: {start}"));
    }
    match (answer, &case.want) {
        (Some(answer), Want::Unfit(field)) => judge_refusal(answer, Some(field)),
        (Some(answer), Want::AnyOf(_)) if answer.body.is_empty() => Ok(()),
        (Some(answer), _) if status >= 400 => judge_refusal(answer, None),
        _ => Ok(()),
    }
    .map_err(|fault| format!("{fault}: {start}"))
}

/// Says what keeps a refusal from our one shape: short JSON with a sentence, a stable word, the
/// request's id, and the name of the field that is to blame.
pub fn judge_refusal(answer: &Answer, field: Option<&str>) -> Result<(), &'static str> {
    let body: Value = serde_json::from_str(&answer.body).map_err(|_| "not JSON")?;
    let says = |name: &str| body[name].as_str().is_some_and(|text| !text.is_empty());
    let names = |field: &str| {
        let fields = body["fields"].as_object();
        fields.is_some_and(|fields| fields.keys().any(|name| name.split('.').next() == Some(field)))
    };
    let checks = [
        ("no sentence, no code or no request id", says("error") && says("code") && says("requestId")),
        ("another request id in the header", body["requestId"].as_str() == answer.header("x-request-id")),
        ("another media type", answer.header("content-type") == Some("application/json")),
        ("the field is not named", field.is_none_or(names)),
        ("Allow is missing", answer.status != 405 || answer.header("allow").is_some()),
        ("too long", answer.body.len() <= LONGEST_REFUSAL),
        ("tells what nobody should know", !NEVER_TOLD.iter().any(|words| answer.body.contains(words))),
    ];
    checks.iter().find(|(_, is_so)| !is_so).map_or(Ok(()), |(fault, _)| Err(*fault))
}

/// The body of a 401 without what makes each one unique: what is left must be the same for all.
pub fn unauthenticated(answer: &Answer) -> Value {
    assert_eq!(answer.status, 401, "{}", answer.body);
    judge_refusal(answer, None).unwrap();
    let mut body = answer.json();
    body["requestId"] = Value::Null;
    body
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn no_input_alone_fails_the_service_and_nothing_refused_is_stored(db: PgPool) {
    let app = TestApp::new(db).await;
    let mut faults = Vec::new();
    let mut stored = app.count(STORED).await;

    for case in table::cases().into_iter().chain(texts::cases()) {
        let mut blame = |fault: String| faults.push(format!("row {}, {}: {fault}", case.row, case.name));
        let Ok(answer) = timeout(IN_TIME, exchange(app.address, &case.bytes)).await else {
            blame("no answer in time".to_owned());
            continue;
        };
        if let Err(fault) = judge(&case, answer.as_ref()) {
            blame(fault);
        }
        let now = app.count(STORED).await;
        if now != stored && answer.is_none_or(|answer| answer.status != 200) {
            blame("refused, and something was stored".to_owned());
        }
        stored = now;
        if let Want::Kept(text) = &case.want {
            let kept: Option<String> = sqlx::query_scalar(LAST_WORDS).fetch_optional(&app.db).await.unwrap();
            if kept.as_ref() != Some(text) {
                blame("not kept as it was written".to_owned());
            }
        }
    }

    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(app.count(STORED).await, stored);
    assert_eq!(app.get("/health").await.status, 200);
    assert_eq!(app.ask("What does Levqor do?", "").await["outcome"], "answer");
    assert_eq!(app.admin_get("/api/support/tickets?limit=200").await.status, 200, "what was accepted can be read");
}

/// Row 11.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_head_request_is_answered_as_a_get_without_its_body(db: PgPool) {
    let app = TestApp::new(db).await;

    for (path, status) in [("/health", 200), ("/nothing", 404), ("/api/support/tickets", 401)] {
        let answer = app.send("HEAD", path, &[], b"").await;
        assert_eq!((answer.status, answer.body.as_str()), (status, ""), "{path}");
    }
}

/// Row 25.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn fields_we_did_not_ask_for_change_nothing(db: PgPool) {
    let app = TestApp::new(db).await;
    let escalate = async |body: &Value| {
        let code = app.post("/api/support/escalate", body).await.json()["ticketId"].clone();
        app.admin_get(&format!("/api/support/tickets/{}", code.as_str().unwrap())).await.json()
    };

    let mut plain = escalate(&json!({ "email": "ada@example.com", "message": "one" })).await;
    let mut greedy = escalate(&json!({
        "email": "ada@example.com", "message": "two",
        "id": "AAAAAAAA", "status": "closed", "priority": "urgent", "reason": "policy", "assigned_to": "eve",
        "notes": ["mine"], "resolution": "done", "closed_at": "2000-01-01T00:00:00Z", "created_at": "2000-01-01T00:00:00Z",
        "role": "admin", "isAdmin": true, "userId": 1, "price": 0,
    }))
    .await;
    assert_ne!(greedy["id"], "AAAAAAAA");
    assert!(greedy["created_at"].as_str() >= plain["created_at"].as_str(), "{greedy}");
    for own in ["id", "message", "messages", "created_at", "updated_at"] {
        plain[own] = Value::Null;
        greedy[own] = Value::Null;
    }
    assert_eq!(greedy, plain);

    let greedy = json!({
        "message": "hello", "status": "human", "mode": "private", "email": "eve@example.com", "author": "human",
        "role": "system", "isAdmin": true, "userId": 1, "price": 0,
    });
    assert_eq!(app.post("/api/support/public", &greedy).await.json()["status"], "ai");
    let untouched =
        "select count(*) from support.conversations where mode = 'public' and status = 'ai' and email is null";
    assert_eq!(app.count(untouched).await, 1);
    assert_eq!(app.count("select count(*) from support.messages where author = 'human'").await, 0);
}

/// Row 28.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_uuid_in_any_spelling_is_no_conversation(db: PgPool) {
    let app = TestApp::new(db).await;
    let spellings = [
        "0192f0c8-8a5e-7d4e-9b1a-2b3c4d5e6f70",
        "0192F0C8-8A5E-7D4E-9B1A-2B3C4D5E6F70",
        "0192f0c88a5e7d4e9b1a2b3c4d5e6f70",
        "{0192f0c8-8a5e-7d4e-9b1a-2b3c4d5e6f70}",
        "urn:uuid:0192f0c8-8a5e-7d4e-9b1a-2b3c4d5e6f70",
    ];

    for spelling in spellings {
        assert_ne!(app.ask("hello", spelling).await["conversationId"], spelling);
    }

    assert_eq!(app.count("select count(*) from support.conversations").await, 5);
}

/// Row 35.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn wildcards_in_an_address_stand_for_themselves(db: PgPool) {
    let app = TestApp::new(db).await;
    app.open_ticket("Refund?").await;

    for (email, count) in
        [("ada@example.com", 1), ("%25@example.com", 0), ("___@example.com", 0), ("a%25@example.com", 0)]
    {
        let page = app.admin_get(&format!("/api/support/tickets?email={email}")).await;
        assert_eq!(page.json()["count"], count, "{email}");
    }
}
