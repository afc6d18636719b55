//! `clientMessageId`: a message that its client named is said, asked and answered once.

use serde_json::{Value, json};
use sqlx::PgPool;

use super::{PUBLIC, fifty, is_replayed};
use crate::{
    harness::TestApp,
    http::Answer,
    model::{Desk, says},
    sessions::{self, nextauth},
    stand_in::StandIn,
};

const QUESTION: &str = "How much is the Growth plan?";

/// Says something under an id, in a conversation or (with `""`) in none yet.
async fn say(app: &TestApp, id: &str, message: &str, conversation: &str) -> Answer {
    app.post(PUBLIC, &json!({ "message": message, "clientMessageId": id, "conversationId": conversation })).await
}

fn handle(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["conversationId"].as_str().unwrap().to_owned()
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn fifty_of_one_id_are_one_message_and_one_question_to_the_model(db: PgPool) {
    let model = StandIn::model(&[says("Growth is £29/month [1].")]).await;
    let desk = Desk::new(db, &model, &[]).await;
    let said = "select count(*) from support.messages where author = 'customer'";

    let first = fifty(|| say(&desk.app, super::KEY, QUESTION, "")).await;
    assert_eq!((desk.app.count(said).await, model.asked().len()), (1, 1));

    let conversation = handle(&first);
    let second = fifty(|| say(&desk.app, "2", "And how many tasks is that?", &conversation)).await;
    assert_eq!(handle(&second), conversation);
    assert_eq!((desk.app.count(said).await, model.asked().len()), (2, 2));
    assert_eq!(desk.app.count("select count(*) from support.messages where author = 'ai'").await, 2);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_message_said_again_has_the_reply_and_the_ticket_of_the_first_time(db: PgPool) {
    let app = TestApp::new(db).await;

    let first = say(&app, super::KEY, "I want to speak to a human", "").await;
    let again = say(&app, super::KEY, "I want to speak to a human", "").await;

    assert!(first.json()["ticketId"].is_string());
    assert_eq!((&again.body, is_replayed(&again)), (&first.body, true));
    assert_eq!(app.count("select count(*) from support.tickets").await, 1);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_id_counts_in_its_conversation(db: PgPool) {
    let app = TestApp::new(db).await;
    let one = handle(&say(&app, super::KEY, "hello", "").await);
    let other = handle(&say(&app, super::KEY, "hi", "").await);
    assert_ne!(one, other, "clients that count from one begin again with each");

    let in_one = say(&app, "2", "What does Levqor do?", &one).await;
    let in_other = say(&app, "2", "What does Levqor do?", &other).await;
    assert_eq!((handle(&in_one), handle(&in_other)), (one.clone(), other));

    let refused = say(&app, "2", "something else", &one).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(refused.json()["fields"]["clientMessageId"].is_string());
    assert_eq!(app.count("select count(*) from support.messages where author = 'customer'").await, 4);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_id_is_its_visitors_or_its_customers_alone(db: PgPool) {
    let site = nextauth();
    let app = TestApp::with(db, &[("NEXTAUTH_SECRET", site.secret.as_str())]).await;
    let bearer = format!("Bearer {}", site.token);
    let opened = app.post(PUBLIC, &json!({ "message": "hello", "visitor": true })).await.json();
    let text = |name: &str| opened[name].as_str().unwrap();
    let body = json!({ "message": QUESTION, "clientMessageId": super::KEY, "conversationId": text("conversationId") });
    let public = async |token: &str, body: &Value| {
        let headers = [("Content-Type", "application/json"), ("X-Visitor-Token", token)];
        app.send("POST", PUBLIC, &headers, body.to_string().as_bytes()).await
    };

    let theirs = public(text("visitorToken"), &body).await;
    assert_eq!(handle(&theirs), text("conversationId"));
    assert_eq!(public(text("visitorToken"), &body).await.body, theirs.body);
    for stranger in ["", "x", &"s".repeat(32)] {
        let answer = public(stranger, &body).await;
        assert_ne!(handle(&answer), text("conversationId"), "{stranger}");
    }

    let first = json!({ "message": QUESTION, "clientMessageId": super::KEY });
    let private = sessions::ask(&app, &[("Authorization", &bearer)], &first).await;
    let again = sessions::ask(&app, &[("Authorization", &bearer)], &first).await;
    assert_eq!((&private.body, is_replayed(&again)), (&again.body, true));
    let public = public("", &first).await;
    assert!(!is_replayed(&public) && handle(&public) != handle(&private));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_id_that_is_none_is_refused_and_null_is_no_id(db: PgPool) {
    let app = TestApp::new(db).await;
    let ask = async |id: Value| app.post(PUBLIC, &json!({ "message": "hello", "clientMessageId": id })).await;

    for unfit in [json!(""), json!(" "), json!("a b"), json!("a\u{200b}"), json!("a".repeat(129)), json!(1), json!([])]
    {
        let refused = ask(unfit.clone()).await;
        assert_eq!(refused.status, 422, "{unfit}");
        assert!(refused.json()["fields"]["clientMessageId"].is_string(), "{}", refused.body);
    }
    for fit in [json!(null), json!("a".repeat(128)), json!("0192f0c8-8a5e-7d4e-9b1a-2b3c4d5e6f70")] {
        assert_eq!(ask(fit.clone()).await.status, 200, "{fit}");
    }
    assert_eq!(app.count("select count(*) from support.conversations").await, 3);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn two_strangers_who_count_from_one_are_two(db: PgPool) {
    let app = TestApp::new(db).await;
    let open = json!({ "message": "hello", "conversationId": "", "clientMessageId": "1", "visitor": true });

    let (one, other) = (app.post(PUBLIC, &open).await.json(), app.post(PUBLIC, &open).await.json());

    assert_ne!(one["conversationId"], other["conversationId"]);
    assert_ne!(one["visitorToken"], other["visitorToken"]);
}
