//! Whoever got an answer rates it, the last word counts, and nobody else has one.

use serde_json::{Value, json};
use sqlx::PgPool;

use crate::{
    harness::TestApp,
    http::Answer,
    sessions::{self, SITE, nextauth, site},
};

const QUESTION: &str = "How much is the Growth plan?";
const JSON: (&str, &str) = ("Content-Type", "application/json");

fn path(message: &str) -> String {
    format!("/api/support/messages/{message}/feedback")
}

async fn rate(app: &TestApp, message: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    app.send("POST", &path(message), &[&[JSON], headers].concat(), body.to_string().as_bytes()).await
}

fn id(answer: &Value) -> String {
    answer["messageId"].as_str().unwrap().to_owned()
}

/// What is kept, by its rating and its reason.
async fn kept(app: &TestApp) -> Vec<(String, Option<String>)> {
    sqlx::query_as("select rating, reason from support.feedback order by rated_at").fetch_all(&app.db).await.unwrap()
}

/// What an answer says, without the id of its request.
fn said(answer: &Answer) -> (u16, Value) {
    let mut body = answer.json();
    body.as_object_mut().unwrap().remove("requestId");
    (answer.status, body)
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn the_last_word_counts(db: PgPool) {
    let app = TestApp::new(db).await;
    let message = id(&app.ask(QUESTION, "").await);

    let first = rate(&app, &message, &[], &json!({ "rating": "down", "reason": "  wrong price\n" })).await;
    assert_eq!(said(&first), (200, json!({ "messageId": message, "rating": "down" })));
    assert_eq!(kept(&app).await, [("down".into(), Some("wrong price".into()))]);

    for _ in 0..2 {
        assert_eq!(rate(&app, &message, &[], &json!({ "rating": "up" })).await.status, 200);
    }
    assert_eq!(kept(&app).await, [("up".into(), None)]);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_answer_is_rated_by_whom_it_was_given_to_and_nobody_elses_is_there(db: PgPool) {
    let app = site(db).await;
    let bearer = format!("Bearer {}", nextauth().token);
    let session = [("Authorization", bearer.as_str())];
    let private = sessions::ask(&app, &session, &json!({ "message": QUESTION })).await.json();
    let body = json!({ "message": QUESTION, "visitor": true });
    let visitor = app.post("/api/support/public", &body).await.json();
    let another = app.post("/api/support/public", &body).await.json();
    let (token, foreign) = (visitor["visitorToken"].as_str().unwrap(), another["visitorToken"].as_str().unwrap());
    let cookie = format!("next-auth.session-token={}", nextauth().token);
    let asked: uuid::Uuid =
        sqlx::query_scalar("select id from support.messages where author = 'customer' order by position limit 1")
            .fetch_one(&app.db)
            .await
            .unwrap();
    let down = json!({ "rating": "down" });

    let none = said(&rate(&app, &uuid::Uuid::new_v4().to_string(), &[], &down).await);
    assert_eq!((none.0, &none.1["code"]), (404, &json!("not_found")));
    for (message, headers) in [
        (id(&private), &[][..]),
        (id(&private), &[("X-Visitor-Token", token)]),
        // A page of somebody else's has the browser send the cookie.
        (id(&private), &[("Cookie", cookie.as_str()), ("Origin", "https://evil.example")]),
        (id(&visitor), &[]),
        (id(&visitor), &session),
        (id(&visitor), &[("X-Visitor-Token", foreign)]),
        (asked.to_string(), &session),
        ("n-a".into(), &[]),
    ] {
        assert_eq!(said(&rate(&app, &message, headers, &down).await), none, "{message} {headers:?}");
    }
    assert_eq!(kept(&app).await, []);

    for (message, headers) in [
        (id(&private), &session[..]),
        (id(&private), &[("Cookie", cookie.as_str()), ("Origin", SITE)]),
        (id(&visitor), &[("X-Visitor-Token", token)]),
    ] {
        assert_eq!(rate(&app, &message, headers, &down).await.status, 200, "{headers:?}");
    }
    assert_eq!(kept(&app).await.len(), 2);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_reason_is_short_and_names_nobody(db: PgPool) {
    let app = TestApp::new(db).await;
    let message = id(&app.ask(QUESTION, "").await);

    for body in [
        json!({}),
        json!({ "rating": "sideways" }),
        json!({ "rating": 1 }),
        json!({ "rating": null }),
        json!({ "rating": "down", "reason": 5 }),
        json!({ "rating": "down", "reason": "é".repeat(1_001) }),
        json!({ "rating": "down", "reason": "a\0" }),
    ] {
        let answer = rate(&app, &message, &[], &body).await;
        assert_eq!((answer.status, answer.json()["fields"].is_object()), (422, true), "{body}");
    }
    assert_eq!(kept(&app).await, []);

    let reason = "ask ada@example.com, password: hunter2";
    assert_eq!(rate(&app, &message, &[], &json!({ "rating": "down", "reason": reason })).await.status, 200);
    let stored = kept(&app).await[0].1.clone().unwrap();
    assert_eq!(stored, "ask [e-mail address removed], password: [password removed]");
    assert_eq!(rate(&app, &message, &[], &json!({ "rating": "down", "reason": " \n" })).await.status, 200);
    assert_eq!(kept(&app).await, [("down".into(), None)]);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn votes_are_limited_and_cost_nobody_an_answer(db: PgPool) {
    let app = TestApp::with(db, &[("ADDRESS_CHATS_PER_MINUTE", "2/3")]).await;
    let message = id(&app.ask(QUESTION, "").await);
    let up = json!({ "rating": "up" });

    for _ in 0..3 {
        assert_eq!(rate(&app, &message, &[], &up).await.status, 200);
    }
    let refused = rate(&app, &message, &[], &up).await;

    assert_eq!((refused.status, refused.header("ratelimit-limit")), (429, Some("3")));
    assert!(refused.header("retry-after").is_some());
    app.ask("And the Pro plan?", "").await;
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_rating_is_told_with_its_answer_and_goes_with_it(db: PgPool) {
    let app = site(db).await;
    let bearer = format!("Bearer {}", nextauth().token);
    let session = [("Authorization", bearer.as_str())];
    let message = id(&sessions::ask(&app, &session, &json!({ "message": QUESTION })).await.json());
    rate(&app, &message, &session, &json!({ "rating": "down", "reason": "too long" })).await;
    let ada = json!({ "email": "ada@example.com" });

    let held = app.admin_post("/api/support/people/export", &ada).await.json();
    let answer = &held["conversations"][0]["messages"][1];
    assert_eq!((&answer["rating"], &answer["rating_reason"]), (&json!("down"), &json!("too long")));

    app.admin_post("/api/support/people/erase", &ada).await;
    assert_eq!(kept(&app).await, []);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn in_a_blocked_conversation_nothing_is_rated(db: PgPool) {
    let app = TestApp::new(db).await;
    let (theirs, others) = (app.ask(QUESTION, "").await, app.ask(QUESTION, "").await);
    let blocked = app.admin_post("/api/support/blocks", &json!({ "conversationId": theirs["conversationId"] })).await;
    assert_eq!(blocked.status, 200, "{}", blocked.body);

    let down = json!({ "rating": "down" });
    assert_eq!(rate(&app, &id(&theirs), &[], &down).await.status, 404);
    assert_eq!(rate(&app, &id(&others), &[], &down).await.status, 200);
    assert_eq!(kept(&app).await.len(), 1);
}
