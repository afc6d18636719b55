//! A visitor's conversation: the handle appends, the token reads, and nobody else does either.

use serde_json::{Value, json};
use sqlx::PgPool;

use crate::{
    harness::TestApp,
    http::Answer,
    sessions::{self, nextauth},
};

const QUESTION: &str = "How much is the Growth plan?";

struct Visitor {
    conversation: String,
    token: String,
}

impl Visitor {
    /// Opens a conversation that is theirs alone.
    async fn new(app: &TestApp) -> Self {
        let answer = say(app, &json!({ "message": QUESTION, "visitor": true }), "").await;
        let text = |name: &str| answer[name].as_str().unwrap().to_owned();
        Self { conversation: text("conversationId"), token: text("visitorToken") }
    }
}

async fn say(app: &TestApp, body: &Value, token: &str) -> Value {
    let headers = [("Content-Type", "application/json"), ("X-Visitor-Token", token)];
    let answer = app.send("POST", "/api/support/public", &headers, body.to_string().as_bytes()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

async fn read(app: &TestApp, conversation: &str, headers: &[(&str, &str)]) -> Answer {
    app.send("GET", &format!("/api/support/conversations/{conversation}"), headers, b"").await
}

/// What an answer says, without the id of its request.
fn said(answer: &Answer) -> (u16, Value) {
    let mut body = answer.json();
    body.as_object_mut().unwrap().remove("requestId");
    (answer.status, body)
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_visitor_reads_what_was_said_and_no_note(db: PgPool) {
    let app = TestApp::new(db).await;
    let visitor = Visitor::new(&app).await;
    let again = json!({ "message": "and the next one up?", "conversationId": visitor.conversation, "visitor": true });
    let second = say(&app, &again, &visitor.token).await;
    sqlx::query(
        "insert into support.messages (id, conversation_id, author, kind, body)
         select gen_random_uuid(), id, 'human', 'note', 'not for them' from support.conversations",
    )
    .execute(&app.db)
    .await
    .unwrap();

    let transcript = read(&app, &visitor.conversation, &[("X-Visitor-Token", &visitor.token)]).await.json();

    assert_eq!(second["conversationId"], visitor.conversation.as_str());
    assert!(second.get("visitorToken").is_none(), "it is told once");
    let messages = transcript["messages"].as_array().unwrap();
    let authors: Vec<&Value> = messages.iter().map(|message| &message["author"]).collect();
    assert_eq!(authors, ["customer", "ai", "customer", "ai"]);
    assert_eq!((&messages[0]["text"], &transcript["status"]), (&json!(QUESTION), &json!("ai")));
    assert!(messages[1]["sources"].as_array().is_some_and(|sources| !sources.is_empty()), "{transcript}");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_handle_alone_appends_and_never_reads(db: PgPool) {
    let app = TestApp::new(db).await;
    let first = app.ask(QUESTION, "").await["conversationId"].as_str().unwrap().to_owned();
    let stranger = Visitor::new(&app).await;

    assert_eq!(app.ask("and the next one up?", &first).await["conversationId"], first.as_str());
    assert_eq!(read(&app, &first, &[]).await.status, 401);
    assert_eq!(read(&app, &first, &[("X-Visitor-Token", &stranger.token)]).await.status, 404);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_conversation_with_a_token_takes_nothing_without_it(db: PgPool) {
    let app = TestApp::new(db).await;
    let (visitor, stranger) = (Visitor::new(&app).await, Visitor::new(&app).await);

    for token in ["", "x", stranger.token.as_str()] {
        let body = json!({ "message": "Let me in", "conversationId": visitor.conversation });
        assert_ne!(say(&app, &body, token).await["conversationId"], visitor.conversation.as_str(), "{token}");
    }

    let transcript = read(&app, &visitor.conversation, &[("X-Visitor-Token", &visitor.token)]).await.json();
    assert_eq!(transcript["messages"].as_array().unwrap().len(), 2);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn somebody_elses_conversation_is_told_from_none_by_nothing(db: PgPool) {
    let site = nextauth();
    let app = TestApp::with(db, &[("NEXTAUTH_SECRET", site.secret.as_str())]).await;
    let visitor = Visitor::new(&app).await;
    let bearer = format!("Bearer {}", site.token);
    let private = sessions::ask(&app, &[("Authorization", &bearer)], &json!({ "message": QUESTION })).await.json();
    let private = private["conversationId"].as_str().unwrap();

    let session = read(&app, private, &[("Authorization", &bearer)]).await;
    assert_eq!(session.json()["messages"][0]["text"], QUESTION);
    let none = said(&read(&app, &"x".repeat(32), &[("X-Visitor-Token", &visitor.token)]).await);
    assert_eq!(none.0, 404);
    for (conversation, headers) in [
        (private, [("X-Visitor-Token", visitor.token.as_str())]),
        (visitor.conversation.as_str(), [("Authorization", bearer.as_str())]),
        ("public-1a2b3c4d", [("Authorization", bearer.as_str())]),
    ] {
        assert_eq!(said(&read(&app, conversation, &headers).await), none, "{conversation}");
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn who_signs_in_takes_their_conversation_along(db: PgPool) {
    let site = nextauth();
    let app = TestApp::with(db, &[("NEXTAUTH_SECRET", site.secret.as_str())]).await;
    let (visitor, stranger) = (Visitor::new(&app).await, Visitor::new(&app).await);
    let bearer = format!("Bearer {}", site.token);
    let body = json!({ "message": "and the next one up?", "conversationId": visitor.conversation });

    for token in ["", stranger.token.as_str()] {
        let other = sessions::ask(&app, &[("Authorization", &bearer), ("X-Visitor-Token", token)], &body).await.json();
        assert_ne!(other["conversationId"], visitor.conversation.as_str());
    }
    let claimed = [("Authorization", bearer.as_str()), ("X-Visitor-Token", visitor.token.as_str())];
    let claimed = sessions::ask(&app, &claimed, &body).await.json();

    assert_eq!(claimed["conversationId"], visitor.conversation.as_str());
    assert_eq!(read(&app, &visitor.conversation, &[("X-Visitor-Token", &visitor.token)]).await.status, 404);
    let transcript = read(&app, &visitor.conversation, &[("Authorization", &bearer)]).await.json();
    assert_eq!(transcript["messages"].as_array().unwrap().len(), 4);
    // From now on a session is needed, and enough.
    let public = say(&app, &body, &visitor.token).await;
    assert_ne!(public["conversationId"], visitor.conversation.as_str());
    let private = sessions::ask(&app, &[("Authorization", &bearer)], &body).await.json();
    assert_eq!(private["conversationId"], visitor.conversation.as_str());
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_a_client_holds_is_stored_as_a_hash_only(db: PgPool) {
    let app = TestApp::new(db).await;
    let visitor = Visitor::new(&app).await;

    let row: String = sqlx::query_scalar("select c::text || m::text from support.conversations c, support.messages m")
        .fetch_one(&app.db)
        .await
        .unwrap();

    assert!(!row.contains(&visitor.conversation) && !row.contains(&visitor.token));
}
