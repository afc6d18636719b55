//! Rows 83 and 84: keys that are none, a key of somebody else's, and two who do one thing at once.

use futures_util::future::join;
use serde_json::json;
use sqlx::PgPool;

use super::{STORED, judge_refusal};
use crate::{
    harness::{SECRET, TestApp},
    http::{exchange, request},
};

const PATH: &str = "/api/support/escalate";
const BODY: &str = r#"{"email":"ada@example.com","message":"help"}"#;

/// Row 83.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_key_that_is_none_is_refused_and_nothing_is_done(db: PgPool) {
    let app = TestApp::new(db).await;
    let long = "k".repeat(10 * 1024);
    let lines: [&[u8]; 8] = [
        b"Idempotency-Key: ",
        b"Idempotency-Key:   \t",
        b"Idempotency-Key: two words",
        b"Idempotency-Key: \xff\xfe\x80",
        "Idempotency-Key: clé".as_bytes(),
        b"Idempotency-Key: one\r\nIdempotency-Key: two",
        b"Idempotency-Key: one\r\nidempotency-key: one",
        &[b"Idempotency-Key: ", long.as_bytes()].concat(),
    ];

    for line in lines {
        let head = format!(
            "POST {PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n",
            BODY.len()
        );
        let bytes = [head.as_bytes(), line, b"\r\n\r\n", BODY.as_bytes()].concat();
        let answer = exchange(app.address, &bytes).await.unwrap();
        assert_eq!((answer.status, judge_refusal(&answer, None)), (400, Ok(())), "{}", answer.body);
        assert_eq!(answer.json()["code"], "malformed");
    }
    assert_eq!(app.count(STORED).await, 0);
    assert_eq!(app.count("select count(*) from support.idempotency_keys").await, 0);
}

/// Row 83: with anybody's key one learns what one has said oneself, and nothing else.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_key_of_somebody_else_tells_nothing_and_hinders_nobody(db: PgPool) {
    let app = TestApp::new(db).await;
    let key = ("Idempotency-Key", "guessed");
    let send = async |caller: &[(&str, &str)], body: &str| {
        let headers = [&[("Content-Type", "application/json"), key], caller].concat();
        exchange(app.address, &request("POST", PATH, &headers, body.as_bytes())).await.unwrap()
    };

    let theirs = send(&[("X-Visitor-Token", &"v".repeat(32))], BODY).await;
    for body in [r#"{"email":"eve@example.com","message":"x"}"#, "{}", ""] {
        let answer = send(&[], body).await;
        assert!(answer.header("idempotency-replayed").is_none() && answer.body != theirs.body, "{}", answer.body);
    }
    assert_eq!(send(&[("X-Visitor-Token", &"v".repeat(32))], BODY).await.body, theirs.body);
}

/// Row 84.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn of_two_who_close_at_once_one_does_and_a_double_click_hears_the_same_twice(db: PgPool) {
    let app = TestApp::new(db).await;
    let close = async |code: &str, key: &str| {
        let headers = [("X-Internal-Secret", SECRET), ("Content-Type", "application/json"), ("Idempotency-Key", key)];
        let body = json!({ "resolution": key }).to_string();
        app.send("POST", &format!("/api/support/tickets/{code}/close"), &headers, body.as_bytes()).await
    };

    let contended = app.open_ticket("Refund?").await;
    let (ada, grace) = join(close(&contended, "ada"), close(&contended, "grace")).await;
    let (done, late, by) = if ada.status == 200 { (ada, grace, "ada") } else { (grace, ada, "grace") };
    assert_eq!((done.status, late.status), (200, 409));
    assert_eq!(late.json()["error"], "ticket is already closed");
    assert_eq!(app.ticket(&contended).await["resolution"], by);

    let clicked = app.open_ticket("Invoice?").await;
    let (first, second) = join(close(&clicked, "click"), close(&clicked, "click")).await;
    assert_eq!((first.status, &first.body), (200, &second.body));
    assert_eq!(second.status, 200);
}
