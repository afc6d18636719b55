//! The team can stop hearing from somebody, and that somebody learns nothing from it.

use std::time::Duration;

use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::time::Instant;

use crate::{
    harness::{SECRET, TestApp},
    http::Answer,
    sessions::{self, nextauth},
};

const PATH: &str = "/api/support/blocks";
const PUBLIC: &str = "/api/support/public";

/// Five seconds, and what a busy machine takes.
const WITHIN: Duration = Duration::from_secs(20);

const BEHIND_ONE: [(&str, &str); 2] = [("TRUSTED_PROXIES", "1"), ("AUTH_SECRET", "the-secret-of-the-site")];

async fn block(app: &TestApp, whom: Value) -> Value {
    let answer = app.admin_post(PATH, &whom).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

async fn unblock(app: &TestApp, block: &Value) -> u16 {
    let path = format!("{PATH}/{}", block["id"].as_str().unwrap());
    app.send("DELETE", &path, &[("X-Internal-Secret", SECRET)], b"").await.status
}

async fn ask_from(app: &TestApp, address: &str) -> Answer {
    let headers = [("Content-Type", "application/json"), ("X-Forwarded-For", address)];
    app.send("POST", PUBLIC, &headers, json!({ "message": "hello" }).to_string().as_bytes()).await
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_blocked_address_meets_the_wall_of_a_limit_and_others_do_not(db: PgPool) {
    let app = TestApp::with(db, &BEHIND_ONE).await;
    let blocked = block(&app, json!({ "address": "203.0.113.7" })).await;
    block(&app, json!({ "address": "2001:db8:1:2::1" })).await;

    for address in ["203.0.113.7", "198.51.100.1, ::ffff:203.0.113.7", "2001:db8:1:2:ffff::9"] {
        let answer = ask_from(&app, address).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (429, Some("too_many")), "{address}");
        assert_eq!(answer.header("retry-after"), Some("3600"));
        assert!(!answer.body.contains("block"), "{}", answer.body);
    }
    let body = json!({ "email": "ada@example.com", "message": "help" }).to_string();
    let headers = [("Content-Type", "application/json"), ("X-Forwarded-For", "203.0.113.7")];
    assert_eq!(app.send("POST", "/api/support/escalate", &headers, body.as_bytes()).await.status, 429);
    for address in ["203.0.113.8", "203.0.113.7, 198.51.100.1", "2001:db8:1:3::1"] {
        assert_eq!(ask_from(&app, address).await.status, 200, "{address}");
    }
    assert_eq!(app.count("select count(*) from support.tickets").await, 0);

    assert_eq!(app.admin_get(PATH).await.json()["blocks"].as_array().unwrap().len(), 2);
    assert_eq!(unblock(&app, &blocked).await, 204);
    assert_eq!(unblock(&app, &blocked).await, 404);
    assert_eq!(ask_from(&app, "203.0.113.7").await.status, 200);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_visitor_is_blocked_by_their_conversation_or_its_ticket(db: PgPool) {
    let app = TestApp::new(db).await;
    let first = app.ask("I want to speak to a human", "").await;
    let second = app.ask("hello", "").await;
    let say = async |chat: &Value| {
        app.post(PUBLIC, &json!({ "message": "hello", "conversationId": chat["conversationId"] })).await.status
    };
    assert_eq!((say(&first).await, say(&second).await), (200, 200));

    let by_ticket = block(&app, json!({ "ticketId": first["ticketId"] })).await;
    let by_id = block(&app, json!({ "conversationId": first["conversationId"] })).await;

    assert_eq!(by_ticket, by_id, "the same one, and its name stands nowhere");
    assert!(!by_id.to_string().contains(first["conversationId"].as_str().unwrap()));
    assert_eq!((say(&first).await, say(&second).await), (429, 200));
    assert_eq!(unblock(&app, &by_id).await, 204);
    assert_eq!(say(&first).await, 200);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_address_of_mail_is_blocked_in_whatever_case_it_is_typed(db: PgPool) {
    let site = nextauth();
    let app = TestApp::with(db, &[("NEXTAUTH_SECRET", site.secret.as_str())]).await;
    let bearer = format!("Bearer {}", site.token);
    let ask = async || sessions::ask(&app, &[("Authorization", &bearer)], &json!({ "message": "hello" })).await.status;
    let escalate = async |email: &str| {
        app.post("/api/support/escalate", &json!({ "email": email, "message": "help" })).await.status
    };
    assert_eq!(ask().await, 200);

    block(&app, json!({ "email": "ADA@example.com" })).await;

    assert_eq!((ask().await, escalate("Ada@Example.com").await, escalate("grace@example.com").await), (429, 429, 200));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn another_instance_knows_of_a_block_within_seconds(db: PgPool) {
    let (first, second) = (TestApp::with(db.clone(), &BEHIND_ONE).await, TestApp::with(db, &BEHIND_ONE).await);
    assert_eq!(ask_from(&second, "203.0.113.7").await.status, 200);
    block(&first, json!({ "address": "203.0.113.7" })).await;

    let started = Instant::now();
    while ask_from(&second, "203.0.113.7").await.status == 200 {
        assert!(started.elapsed() < WITHIN);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn only_the_team_blocks_and_only_what_there_is(db: PgPool) {
    let app = TestApp::new(db).await;

    assert_eq!(app.get(PATH).await.status, 401);
    assert_eq!(app.post(PATH, &json!({ "address": "203.0.113.7" })).await.status, 401);
    for unfit in [
        json!({}),
        json!({ "address": "203.0.113.7", "email": "ada@example.com" }),
        json!({ "address": "203.0.113.0/24" }),
        json!({ "address": "localhost" }),
        json!({ "address": 7 }),
        json!({ "email": "nobody" }),
        json!({ "conversationId": "public-1a2b3c4d" }),
        json!({ "ticketId": "?" }),
    ] {
        assert_eq!(app.admin_post(PATH, &unfit).await.status, 422, "{unfit}");
    }
    assert_eq!(app.admin_post(PATH, &json!({ "ticketId": "ABCDEFGH" })).await.status, 404);
    assert_eq!(app.count("select count(*) from support.blocks").await, 0);
}
