//! The team lists, reads and closes what waits for a person.

use std::collections::HashSet;

use futures_util::future::join;
use serde_json::json;
use sqlx::PgPool;

use crate::harness::TestApp;

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_ticket_closes_once(db: PgPool) {
    let app = TestApp::new(db).await;
    let close = format!("/api/support/tickets/{}/close", app.open_ticket("Refund?").await);

    let first = app.admin_post(&close, &json!({ "resolution": "refunded" })).await;
    let second = app.admin_post(&close, &json!({})).await;

    assert_eq!(first.status, 200);
    assert_eq!(first.json()["status"], "closed");
    assert_eq!(first.json()["resolution"], "refunded");
    assert_eq!(second.status, 409);
    assert_eq!(second.json()["error"], "ticket is already closed");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn of_two_who_close_at_once_one_hears_of_the_other(db: PgPool) {
    let app = TestApp::new(db).await;
    let close = format!("/api/support/tickets/{}/close", app.open_ticket("Refund?").await);

    let body = json!({});
    let (one, other) = join(app.admin_post(&close, &body), app.admin_post(&close, &body)).await;

    assert_eq!(HashSet::from([one.status, other.status]), HashSet::from([200, 409]));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn closing_needs_no_body_and_no_media_type(db: PgPool) {
    let app = TestApp::new(db).await;
    let path = format!("/api/support/tickets/{}/close", app.open_ticket("Refund?").await.to_lowercase());

    let answer = app.send("POST", &path, &[("X-Internal-Secret", crate::harness::SECRET)], b"").await;

    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn the_list_is_newest_first_and_its_pages_hold_every_ticket_once(db: PgPool) {
    let app = TestApp::new(db).await;
    let mut opened = Vec::new();
    for number in 0..7 {
        opened.insert(0, app.open_ticket(&format!("question {number}")).await);
    }

    let mut listed = Vec::new();
    let mut path = "/api/support/tickets?limit=3".to_owned();
    loop {
        let page = app.admin_get(&path).await.json();
        let tickets = page["tickets"].as_array().unwrap();
        assert_eq!(page["count"], tickets.len());
        assert_eq!(page["stats"]["total"], 7);
        listed.extend(tickets.iter().map(|ticket| ticket["id"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        path = format!("/api/support/tickets?limit=3&cursor={cursor}");
    }

    assert_eq!(listed, opened);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn the_list_is_filtered_by_status_and_address_and_its_figures_are_not(db: PgPool) {
    let app = TestApp::new(db).await;
    let closed = app.open_ticket("one").await;
    app.open_ticket("two").await;
    app.post("/api/support/escalate", &json!({ "email": "Grace@example.com", "message": "three" })).await;
    app.admin_post(&format!("/api/support/tickets/{closed}/close"), &json!({})).await;

    let count =
        async |query: &str| app.admin_get(&format!("/api/support/tickets?{query}")).await.json()["count"].clone();
    assert_eq!(count("status=open").await, 2);
    assert_eq!(count("status=closed").await, 1);
    assert_eq!(count("status=pending").await, 0);
    assert_eq!(count("email=gRACE@example.com").await, 1);
    assert_eq!(count("email=ada@example.com&status=open").await, 1);

    let stats = &app.admin_get("/api/support/tickets?status=closed").await.json()["stats"];
    assert_eq!((&stats["total"], &stats["open"], &stats["closed"]), (&json!(3), &json!(2), &json!(1)));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn the_average_is_the_hours_until_somebody_looked(db: PgPool) {
    let app = TestApp::new(db).await;
    for message in ["one", "two"] {
        let code = app.open_ticket(message).await;
        app.admin_post(&format!("/api/support/tickets/{code}/close"), &json!({})).await;
    }
    app.open_ticket("three").await;
    let hours = "update support.tickets set created_at = first_answer_at - interval '1 hour' * length(message)
        where closed_at is not null";
    sqlx::query(hours).execute(&app.db).await.unwrap();

    let stats = &app.admin_get("/api/support/tickets").await.json()["stats"];

    assert_eq!(stats["avg_response_time_hours"], 3.0);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn closing_and_chatting_at_once_wait_for_each_other(db: PgPool) {
    let app = TestApp::new(db).await;
    for number in 0..30 {
        let chat = app.ask(&format!("I want to speak to a human about {number}"), "").await;
        let close = format!("/api/support/tickets/{}/close", chat["ticketId"].as_str().unwrap());
        let again = json!({ "message": "let me speak to a human now", "conversationId": chat["conversationId"] });

        let body = json!({});
        let (closed, answered) = join(app.admin_post(&close, &body), app.post("/api/support/public", &again)).await;

        assert_eq!((closed.status, answered.status), (200, 200), "{} {}", closed.body, answered.body);
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_ticket_on_the_wire_has_the_fields_its_readers_expect(db: PgPool) {
    let app = TestApp::new(db).await;
    let code = app.open_ticket("Refund?").await;

    let ticket = app.admin_get(&format!("/api/support/tickets/{code}")).await.json();

    insta::assert_json_snapshot!(ticket, { ".id" => "[code]", ".created_at" => "[time]", ".updated_at" => "[time]", ".messages[].created_at" => "[time]" }, @r#"
{
  "assigned_to": null,
  "closed_at": null,
  "closed_by": null,
  "context": null,
  "created_at": "[time]",
  "email": "ada@example.com",
  "id": "[code]",
  "message": "Refund?",
  "messages": [
    {
      "author": "customer",
      "body": "Refund?",
      "created_at": "[time]",
      "kind": "reply"
    }
  ],
  "notes": [],
  "priority": "normal",
  "reason": "customer_request",
  "resolution": null,
  "status": "open",
  "updated_at": "[time]"
}
"#);
    let time = ticket["created_at"].as_str().unwrap();
    assert_eq!((time.len(), &time[26..]), (27, "Z"), "six fractional digits, UTC");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_ticket_that_is_not_there_is_not_found(db: PgPool) {
    let app = TestApp::new(db).await;

    for id in ["ZZZZZZZZ", "x", "..%2f..%2fetc", "%00"] {
        assert_eq!(app.admin_get(&format!("/api/support/tickets/{id}")).await.status, 404, "{id}");
    }
}

/// The largest of them came back from the database as no number at all.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_number_in_a_context_comes_back_as_it_was(db: PgPool) {
    let app = TestApp::new(db).await;
    let numbers = json!([f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 1.7e308, u64::MAX, i64::MIN, 0.1]);
    let escalation = json!({ "email": "ada@example.com", "message": "Refund?", "context": { "numbers": numbers } });

    assert_eq!(app.post("/api/support/escalate", &escalation).await.status, 200);

    let list = app.admin_get("/api/support/tickets").await;
    assert_eq!(list.json()["tickets"][0]["context"]["numbers"], numbers, "{}", list.body);
}
