//! Row 59: what has happened cannot be made to happen again, or undone, by asking for it.

use serde_json::{Value, json};
use sqlx::PgPool;

use super::judge_refusal;
use crate::harness::{SECRET, TestApp};

/// Row 59.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_closed_ticket_stays_as_it_was_closed(db: PgPool) {
    let app = TestApp::new(db).await;
    let code = app.open_ticket("Refund?").await;
    let close = format!("/api/support/tickets/{code}/close");
    app.admin_post(&close, &json!({ "resolution": "refunded" })).await;
    let closed = app.ticket(&code).await;

    for body in [json!({}), json!({ "resolution": "not refunded" }), json!({ "status": "open" })] {
        let again = app.admin_post(&close, &body).await;
        assert_eq!((again.status, judge_refusal(&again, None)), (409, Ok(())), "{}", again.body);
        assert_eq!(again.json()["error"], "ticket is already closed");
    }

    assert_eq!(closed["status"], "closed");
    assert_eq!(app.ticket(&code).await, closed, "nobody's word was written over another's");
}

/// Row 59.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_closed_ticket_is_opened_again_by_nothing_that_is_sent(db: PgPool) {
    let app = TestApp::new(db).await;
    let chat = app.ask("I want to speak to a human, I am ada@example.com", "").await;
    let code = chat["ticketId"].as_str().unwrap();
    let ticket = format!("/api/support/tickets/{code}");
    app.admin_post(&format!("{ticket}/close"), &json!({ "resolution": "called her" })).await;
    let told = |ticket: &Value| ["status", "resolution", "closed_at"].map(|name| ticket[name].clone());
    let closed = told(&app.ticket(code).await);

    // A customer who writes again gets another.
    let again = app.ask("I want to speak to a human again", chat["conversationId"].as_str().unwrap()).await;
    let escalated =
        json!({ "email": "ada@example.com", "message": "I want to speak to a human, I am ada@example.com" });
    let escalated = app.post("/api/support/escalate", &escalated).await.json();
    for other in [&again["ticketId"], &escalated["ticketId"]] {
        assert!(other.is_string() && other != code, "{other}");
    }
    for method in ["PUT", "POST", "DELETE"] {
        let headers = [("X-Internal-Secret", SECRET), ("Content-Type", "application/json")];
        let answer = app.send(method, &ticket, &headers, br#"{"status":"open"}"#).await;
        assert!((400..500).contains(&answer.status), "{method}: {}", answer.body);
    }

    assert_eq!(told(&app.ticket(code).await), closed);
}
