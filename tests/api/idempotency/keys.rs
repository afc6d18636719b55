//! `Idempotency-Key`: whose it is, what it stands for, and what is kept under it.

use serde_json::json;
use sqlx::PgPool;

use super::{ESCALATE, PUBLIC, TELEGRAM, TICKETS, escalation, fifty, is_replayed, post};
use crate::{
    harness::{SECRET, TestApp},
    sessions::{self, nextauth},
};

const QUESTION: &str = "What does Levqor do?";

/// Fifty posts are one ticket, one alert, and one answer for all of them.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn fifty_escalations_under_one_key_are_one_ticket_and_one_alert(db: PgPool) {
    let app = TestApp::with(db, &TELEGRAM).await;

    let answer = fifty(|| async { post(&app, ESCALATE, super::KEY, &[], &escalation("help")).await }).await;

    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!((app.count(TICKETS).await, app.count("select count(*) from support.deliveries").await), (1, 1));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn fifty_questions_under_one_key_are_one_turn(db: PgPool) {
    let app = TestApp::new(db).await;
    let question = json!({ "message": QUESTION, "visitor": true });

    let answer = fifty(|| async { post(&app, PUBLIC, super::KEY, &[], &question).await }).await;

    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(app.count("select count(*) from support.messages").await, 2);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_key_is_the_same_request_for_a_day_and_then_a_new_one(db: PgPool) {
    let app = TestApp::new(db).await;
    let ask = async || post(&app, ESCALATE, super::KEY, &[], &escalation("help")).await;

    let first = ask().await;
    // By the words alone this would be a new ticket from now on.
    let close = format!("/api/support/tickets/{}/close", first.json()["ticketId"].as_str().unwrap());
    app.admin_post(&close, &json!({})).await;
    let again = ask().await;
    for table in ["escalations", "idempotency_keys"] {
        let age = format!("update support.{table} set created_at = now() - interval '25 hours'");
        sqlx::query(sqlx::AssertSqlSafe(age)).execute(&app.db).await.unwrap();
    }
    let tomorrow = ask().await;

    assert_eq!((&again.body, is_replayed(&again)), (&first.body, true));
    assert_ne!(tomorrow.json()["ticketId"], first.json()["ticketId"]);
    assert!(!is_replayed(&first) && !is_replayed(&tomorrow));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn another_request_under_the_same_key_is_refused_to_who_is_known(db: PgPool) {
    let app = TestApp::new(db).await;
    let (one, other) = (app.open_ticket("one").await, app.open_ticket("other").await);
    let close = |code: &str| format!("/api/support/tickets/{code}/close");
    let admin = [("X-Internal-Secret", SECRET)];

    assert_eq!(post(&app, &close(&one), super::KEY, &admin, &json!({})).await.status, 200);
    for (path, body) in [(close(&one), json!({ "resolution": "done" })), (close(&other), json!({}))] {
        let refused = post(&app, &path, super::KEY, &admin, &body).await;
        assert_eq!(refused.status, 422, "{}", refused.body);
        assert!(refused.json()["fields"]["Idempotency-Key"].is_string(), "{}", refused.body);
    }
    assert_eq!(app.ticket(&other).await["status"], "open");
    // Nobody in particular may have chosen the same key as somebody else.
    let asked = [escalation("mine"), escalation("yours")];
    for body in &asked {
        assert_eq!(post(&app, ESCALATE, "1", &[], body).await.status, 200);
    }
    assert_eq!(app.count(TICKETS).await, 4);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn nobody_is_answered_with_what_somebody_else_was_told(db: PgPool) {
    let site = nextauth();
    let app = TestApp::with(db, &[("NEXTAUTH_SECRET", site.secret.as_str())]).await;
    let bearer = format!("Bearer {}", site.token);
    let (visitor, stranger) = ("v".repeat(32), "s".repeat(32));
    let question = json!({ "message": QUESTION });
    let callers: [&[(&str, &str)]; 5] = [
        &[],
        &[("X-Visitor-Token", &visitor)],
        &[("X-Visitor-Token", &stranger)],
        &[("Authorization", &bearer)],
        &[("X-Internal-Secret", SECRET)],
    ];

    for caller in callers {
        assert!(!is_replayed(&post(&app, PUBLIC, super::KEY, caller, &question).await), "{caller:?}");
        assert!(is_replayed(&post(&app, PUBLIC, super::KEY, caller, &question).await), "{caller:?}");
    }
    assert_eq!(app.count("select count(*) from support.conversations").await, 5);

    let private = post(&app, sessions::PATH, "mine", &[("Authorization", &bearer)], &question).await;
    assert_eq!(private.status, 200, "{}", private.body);
    for caller in [&callers[..3], &callers[4..]].concat() {
        assert_eq!(post(&app, sessions::PATH, "mine", caller, &question).await.status, 401, "{caller:?}");
    }
}

/// A session by cookie counts only for pages of the site, also where its answer is kept.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn another_sites_page_is_refused_what_the_sites_page_was_told(db: PgPool) {
    let app = sessions::site(db).await;
    let library = nextauth();
    let cookie = format!("{}={}", library.cookies[0], library.token);
    let question = json!({ "message": QUESTION });

    for (origin, status) in [(sessions::SITE, 200), ("https://evil.example", 403), (sessions::SITE, 200)] {
        let headers = [("Cookie", cookie.as_str()), ("Origin", origin)];
        assert_eq!(post(&app, sessions::PATH, super::KEY, &headers, &question).await.status, status, "{origin}");
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_refusal_is_repeated_with_its_request_id_and_a_failure_is_not(db: PgPool) {
    let app = TestApp::new(db).await;
    let admin = [("X-Internal-Secret", SECRET)];
    let close = "/api/support/tickets/ABCDEFGH/close";

    let first = post(&app, close, super::KEY, &admin, &json!({})).await;
    let again = post(&app, close, super::KEY, &admin, &json!({})).await;
    assert_eq!((first.status, &first.body), (404, &again.body));
    assert!(is_replayed(&again));
    assert_eq!(again.header("content-type"), Some("application/json"));

    sqlx::query("alter table support.tickets add constraint never check (false) not valid")
        .execute(&app.db)
        .await
        .unwrap();
    assert_eq!(post(&app, ESCALATE, super::KEY, &[], &escalation("help")).await.status, 500);
    sqlx::query("alter table support.tickets drop constraint never").execute(&app.db).await.unwrap();
    let mended = post(&app, ESCALATE, super::KEY, &[], &escalation("help")).await;
    assert_eq!((mended.status, is_replayed(&mended)), (200, false), "{}", mended.body);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_refusal_of_how_it_came_or_who_sent_it_is_not_kept(db: PgPool) {
    let app = TestApp::new(db).await;
    let body = escalation("help").to_string();
    let plain = [("Content-Type", "text/plain"), ("Idempotency-Key", super::KEY)];

    assert_eq!(app.send("POST", ESCALATE, &plain, body.as_bytes()).await.status, 415);
    assert_eq!(post(&app, ESCALATE, super::KEY, &[], &escalation("help")).await.status, 200);
    let close = format!("/api/support/tickets/{}/close", app.open_ticket("one").await);
    assert_eq!(post(&app, &close, super::KEY, &[], &json!({})).await.status, 401);
    assert_eq!(post(&app, &close, super::KEY, &[("X-Internal-Secret", SECRET)], &json!({})).await.status, 200);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_is_kept_can_be_read_by_its_sender_only(db: PgPool) {
    let app = TestApp::new(db).await;
    let question = json!({ "message": QUESTION, "visitor": true });
    let answer = post(&app, PUBLIC, "a-key-that-nobody-guesses", &[], &question).await.json();

    let row: Vec<u8> =
        sqlx::query_scalar("select scope_hash || key_hash || request_hash || answer from support.idempotency_keys")
            .fetch_one(&app.db)
            .await
            .unwrap();
    let told = ["conversationId", "visitorToken", "messageId"].map(|name| answer[name].as_str().unwrap());
    for secret in [&told[..], &["a-key-that-nobody-guesses", QUESTION, "automation"]].concat() {
        assert!(!row.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn only_a_post_has_a_key_and_without_one_nothing_is_kept(db: PgPool) {
    let app = TestApp::new(db).await;

    app.ask(QUESTION, "").await;
    let headers = [("X-Internal-Secret", SECRET), ("Idempotency-Key", "")];
    assert_eq!(app.send("GET", "/api/support/tickets", &headers, b"").await.status, 200);

    assert_eq!(app.count("select count(*) from support.idempotency_keys").await, 0);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_a_stranger_is_refused_leaves_nothing(db: PgPool) {
    let app = TestApp::new(db).await;

    for (path, status) in [(ESCALATE, 422), ("/api/support/tickets/ABCDEFGH/close", 401), ("/api/support/blocks", 401)]
    {
        assert_eq!(post(&app, path, super::KEY, &[], &json!({})).await.status, status, "{path}");
    }

    app.eventually("select count(*) from support.idempotency_keys", 0).await;
}
