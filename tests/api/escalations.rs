//! Somebody asks for a person by the escalate path.

use std::collections::HashSet;

use futures_util::future::join_all;
use serde_json::json;
use sqlx::PgPool;
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::{harness::TestApp, http::request};

const PATH: &str = "/api/support/escalate";

/// A channel that is on and reaches nobody.
const TELEGRAM: [(&str, &str); 3] =
    [("TELEGRAM_BOT_TOKEN", "1:x"), ("TELEGRAM_CHAT_ID", "1"), ("TELEGRAM_API_URL", "http://127.0.0.1:9")];

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_escalation_is_a_ticket_with_a_code_a_person_can_read_out(db: PgPool) {
    let app = TestApp::new(db).await;

    let context = json!({ "source": "chat", "mode": "public" });
    let answer = app
        .post(PATH, &json!({ "email": "Ada@Example.com", "message": "I need human help", "context": context }))
        .await;

    assert_eq!(answer.status, 200);
    let body = answer.json();
    assert_eq!(body["status"], "ok");
    assert!(body["message"].is_string());
    let code = body["ticketId"].as_str().unwrap();
    assert!((6..=10).contains(&code.len()));
    let ticket = app.admin_get(&format!("/api/support/tickets/{code}")).await.json();
    assert_eq!(ticket["email"], "Ada@example.com");
    assert_eq!(ticket["context"], context);
    assert_eq!(ticket["status"], "open");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_blank_message_from_the_chat_is_a_real_request(db: PgPool) {
    let app = TestApp::new(db).await;

    let answer = app
        .post(
            PATH,
            &json!({ "email": "ada@example.com", "message": "", "context": { "source": "chat", "mode": "public" } }),
        )
        .await;

    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn the_same_words_from_the_same_address_are_the_same_ticket_also_at_once(db: PgPool) {
    let app = TestApp::with(db, &TELEGRAM).await;
    let body = |index: usize| {
        let email = if index.is_multiple_of(2) { "ada@example.com" } else { "ADA@Example.com" };
        json!({ "email": email, "message": if index.is_multiple_of(3) { "help" } else { " help " } })
    };

    let answers = join_all((0..50).map(|index| {
        let body = body(index);
        let app = &app;
        async move { app.post(PATH, &body).await }
    }))
    .await;

    let codes: HashSet<String> = answers.iter().map(|answer| answer.json()["ticketId"].to_string()).collect();
    assert_eq!(codes.len(), 1, "{codes:?}");
    assert_eq!(app.count("select count(*) from support.tickets").await, 1);
    assert_eq!(app.count("select count(*) from support.deliveries").await, 1);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn after_ten_minutes_or_a_close_the_same_words_are_a_new_ticket(db: PgPool) {
    let app = TestApp::new(db).await;

    let first = app.open_ticket("help").await;
    sqlx::query("update support.escalations set created_at = now() - interval '11 minutes'")
        .execute(&app.db)
        .await
        .unwrap();
    let second = app.open_ticket("help").await;
    app.admin_post(&format!("/api/support/tickets/{second}/close"), &json!({})).await;
    let third = app.open_ticket("help").await;

    assert_eq!(HashSet::from([first, second, third]).len(), 3);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn repeats_of_what_extended_a_ticket_are_no_news(db: PgPool) {
    let app = TestApp::with(db, &TELEGRAM).await;
    app.ask("I want to speak to a human, I am ada@example.com", "").await;

    for _ in 0..5 {
        app.open_ticket("I want to speak to a human, I am ada@example.com").await;
    }

    assert_eq!(app.count("select count(*) from support.tickets").await, 1);
    assert_eq!(app.count("select count(*) from support.deliveries").await, 2, "opened, and asked for by the button");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn the_joined_messages_of_a_chat_extend_its_ticket(db: PgPool) {
    let app = TestApp::new(db).await;
    let first = app.ask("I want to speak to a human, I am ada@example.com", "").await;
    app.ask("my build is late", first["conversationId"].as_str().unwrap()).await;

    let joined = "I want to speak to a human, I am ada@example.com | my build is late";
    let code = app.open_ticket(joined).await;

    assert_eq!(first["ticketId"], code);
    assert_eq!(app.count("select count(*) from support.conversations").await, 1);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn joined_messages_with_secrets_in_them_still_find_their_chat(db: PgPool) {
    let app = TestApp::new(db).await;
    let said = [
        "I want to speak to a human, I am ada@example.com, password: Sommer77",
        "my card is 4242 4242 4242 4242",
        "what is my order number",
    ];
    let first = app.ask(said[0], "").await;
    for said in &said[1..] {
        app.ask(said, first["conversationId"].as_str().unwrap()).await;
    }

    let code = app.open_ticket(&said.join(" | ")).await;
    let again = app.open_ticket(&said.join(" | ")).await;

    assert_eq!((&first["ticketId"], &code), (&json!(code), &again));
    assert_eq!(app.count("select count(*) from support.conversations").await, 1);
    assert_eq!(app.ticket(&code).await["email"], "ada@example.com", "an address is kept, and understood");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_escalated_chat_keeps_its_thread(db: PgPool) {
    let app = TestApp::new(db).await;
    app.ask("where do I find the invoice for my build", "").await;

    app.open_ticket("where do I find the invoice for my build").await;

    assert_eq!(app.count("select count(*) from support.conversations").await, 1);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn words_that_could_be_anybodys_lead_to_nobodys_chat(db: PgPool) {
    let app = TestApp::new(db).await;
    app.ask("hello", "").await;
    app.ask("where do I find the invoice for my build", "").await;
    app.ask("where do I find the invoice for my build", "").await;

    // Too short to tell, and said in two chats.
    app.open_ticket("hello").await;
    app.open_ticket("where do I find the invoice for my build").await;

    assert_eq!(app.count("select count(*) from support.conversations").await, 5);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_escalation_never_gives_a_chat_its_address(db: PgPool) {
    let app = TestApp::new(db).await;
    let words = "my invoice 4711 is wrong and I want to speak to a human";
    let chat = app.ask(words, "").await;
    app.post(PATH, &json!({ "email": "mallory@evil.example", "message": words })).await;

    app.ask("I am ada@example.com", chat["conversationId"].as_str().unwrap()).await;

    assert_eq!(app.ticket(chat["ticketId"].as_str().unwrap()).await["email"], "ada@example.com");
    assert_eq!(
        app.count("select count(*) from support.conversations where email like 'mallory%' and handle_hash is not null")
            .await,
        0
    );
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn nobody_joins_a_conversation_that_has_another_address(db: PgPool) {
    let app = TestApp::new(db).await;
    app.ask("I want to speak to a human, I am grace@example.com", "").await;

    app.open_ticket("I want to speak to a human, I am grace@example.com").await;

    assert_eq!(app.count("select count(distinct conversation_id) from support.tickets").await, 2);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_client_that_leaves_loses_only_the_answer(db: PgPool) {
    let app = TestApp::with(db, &TELEGRAM).await;

    for number in 0..20 {
        let body = json!({ "email": "ada@example.com", "message": format!("question {number}") }).to_string();
        let bytes = request("POST", PATH, &[("Content-Type", "application/json")], body.as_bytes());
        let mut stream = TcpStream::connect(app.address).await.unwrap();
        stream.write_all(&bytes).await.unwrap();
        drop(stream);
    }

    app.eventually("select count(*) from support.tickets", 20).await;
    assert_eq!(app.count("select count(*) from support.deliveries").await, 20);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn without_a_channel_nothing_is_owed(db: PgPool) {
    let app = TestApp::new(db).await;

    app.open_ticket("help").await;

    assert_eq!(app.count("select count(*) from support.deliveries").await, 0);
}
