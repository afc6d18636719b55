//! A question whose answer was cut off is no lost question: a person is asked, once, and whoever asked hears of it.

use serde_json::{Value, json};
use sqlx::{ConnectOptions, PgPool};

use crate::{
    harness::TestApp,
    http::Answer,
    model::Desk,
    process::{Folder, Process},
    stand_in::{Play, StandIn, Then},
    streams::events::{Events, kinds, message},
};

const PUBLIC: &str = "/api/support/public";
const QUESTION: &str = "How much is the Growth plan?";

/// One that nobody else can have.
const ID: &str = "5f1c2e0a-77d4-4c5e-9d2b-1f0e8a6b3c4d";

const ANSWERS: &str = "select count(*) from support.messages where author = 'ai'";
const QUESTIONS: &str = "select count(*) from support.messages where author = 'customer'";
const TICKETS: &str = "select count(*) from support.tickets where handoff_reason = 'error'";
const UNDER_WAY: &str = "select count(*) from support.turns_under_way where answer_id is null";

/// A service whose turns are short, so that what they leave behind is soon looked at.
const SHORT: [(&str, &str); 2] = [("HANDLER_SECONDS", "4"), ("DB_STATEMENT_SECONDS", "2")];

/// A channel that is on and reaches nobody.
const TELEGRAM: [(&str, &str); 3] =
    [("TELEGRAM_BOT_TOKEN", "1:x"), ("TELEGRAM_CHAT_ID", "1"), ("TELEGRAM_API_URL", "http://127.0.0.1:9")];

fn named(conversation: &str) -> Value {
    json!({ "message": QUESTION, "clientMessageId": ID, "conversationId": conversation, "visitor": true })
}

/// Asks, and nothing that is said to it can be kept: the turn fails, its question stays.
async fn ask_in_vain(app: &TestApp, body: &Value) {
    let never = "alter table support.messages add constraint never check (author <> 'ai') not valid";
    sqlx::query(never).execute(&app.db).await.unwrap();
    let answer = app.post(PUBLIC, body).await;
    assert!(answer.status >= 500, "{}", answer.body);
    sqlx::query("alter table support.messages drop constraint never").execute(&app.db).await.unwrap();
}

async fn read(app: &TestApp, conversation: &str, token: &str) -> Value {
    let answer = app
        .send("GET", &format!("/api/support/conversations/{conversation}"), &[("X-Visitor-Token", token)], b"")
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

/// Stores a conversation in that state with a question whose turn broke off an hour ago, and what came after it.
async fn left_behind(db: &PgPool, status: &str, later: &[(&str, &str)]) {
    let said = "with conversation as (
            insert into support.conversations (id, mode, status) values (gen_random_uuid(), 'public', $1) returning id
        ), question as (
            insert into support.messages (id, conversation_id, author, body)
            select gen_random_uuid(), id, 'customer', $2 from conversation
            returning id, conversation_id
        ), turn as (
            insert into support.turns_under_way (message_id, began_at)
            select id, now() - interval '1 hour' from question
        )
        select conversation_id from question";
    let conversation: sqlx::types::Uuid =
        sqlx::query_scalar(said).bind(status).bind(QUESTION).fetch_one(db).await.unwrap();
    for (author, body) in later {
        sqlx::query(
            "insert into support.messages (id, conversation_id, author, body) values (gen_random_uuid(), $1, $2, $3)",
        )
        .bind(conversation)
        .bind(author)
        .bind(body)
        .execute(db)
        .await
        .unwrap();
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_question_that_kill_9_cut_off_is_handed_over_once_by_two_copies(db: PgPool) {
    let model = StandIn::model(&[Play::Hang]).await;
    let (folder, base_url) = (Folder::new(), format!("{}/v1", model.url));
    let url = db.connect_options().to_url_lossy().to_string();
    let process = Process::start(&folder, &[("DATABASE_URL", url.as_str()), ("OPENAI_BASE_URL", base_url.as_str())]);
    let headers = [("Accept", "text/event-stream"), ("Content-Type", "application/json")];
    let mut stream = Events::open(process.address, PUBLIC, &headers, named("").to_string().as_bytes()).await;
    let status = stream.until("status").await.remove(0).data;
    model.asked_for(1).await;
    process.kill();
    assert_eq!(sqlx::query_scalar::<_, i64>(UNDER_WAY).fetch_one(&db).await.unwrap(), 1);

    let settings = [&SHORT[..], &TELEGRAM].concat();
    let (one, _other) = (TestApp::with(db.clone(), &settings).await, TestApp::with(db, &settings).await);
    one.eventually(TICKETS, 1).await;

    let text = |name: &str| status[name].as_str().unwrap();
    let thread = read(&one, text("conversationId"), text("visitorToken")).await;
    let said = thread["messages"].as_array().unwrap();
    assert_eq!((said.len(), &thread["status"], &said[1]["author"]), (2, &json!("waiting"), &json!("ai")), "{thread}");
    assert!(said[1]["text"].as_str().unwrap().contains("Ticket #"), "{thread}");
    assert_eq!(one.count(UNDER_WAY).await, 0);
    assert_eq!(one.count("select count(*) from support.deliveries").await, 1, "one alert");
    let path = format!("/api/support/conversations/{}/events", text("conversationId"));
    let headers = [("X-Visitor-Token", text("visitorToken")), ("Last-Event-ID", "0")];
    let mut events = Events::open(one.address, &path, &headers, b"").await;
    assert_eq!(events.until("message").await[0].data["text"], said[1]["text"]);

    // Whoever sends it again by its name hears of that, in that conversation, and is not answered beside it.
    sqlx::query("update support.idempotency_keys set lease_until = now()").execute(&one.db).await.unwrap();
    let again = one.post(PUBLIC, &named("")).await.json();
    assert_eq!((&again["messageId"], &again["reply"]), (&said[1]["id"], &said[1]["text"]), "{again}");
    assert_eq!((&again["handoff"]["reason"], &again["status"]), (&json!("error"), &json!("waiting")));
    assert!(said[1]["text"].as_str().unwrap().ends_with(again["ticketId"].as_str().unwrap()));
    let renamed = |name: &str| again[name].as_str().unwrap();
    assert_eq!(read(&one, renamed("conversationId"), renamed("visitorToken")).await["messages"], thread["messages"]);
    let counts = [one.count(QUESTIONS).await, one.count(ANSWERS).await, one.count(TICKETS).await];
    assert_eq!((counts, model.asked().len()), ([1, 1, 1], 1));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_turn_that_fails_when_its_question_is_kept_is_handed_over(db: PgPool) {
    let app = TestApp::with(db, &SHORT).await;
    ask_in_vain(&app, &json!({ "message": "ich brauche Hilfe: ada@example.com" })).await;

    app.eventually(TICKETS, 1).await;

    let ticket = "select code from support.tickets";
    let code: String = sqlx::query_scalar(ticket).fetch_one(&app.db).await.unwrap();
    let ticket = app.ticket(&code).await;
    assert_eq!((&ticket["email"], &ticket["priority"]), (&json!("ada@example.com"), &json!("normal")), "{ticket}");
    assert!(ticket["message"].as_str().unwrap().contains("ich brauche Hilfe"), "{ticket}");
    let said = "select body from support.messages where author = 'ai' order by position desc limit 1";
    let said: String = sqlx::query_scalar(said).fetch_one(&app.db).await.unwrap();
    assert!(said.contains("Ihnen") && said.ends_with(&format!("Ticket #{code}")), "{said}");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn who_sends_it_again_in_time_is_answered_and_nobody_is_asked(db: PgPool) {
    let app = TestApp::new(db).await;
    let opened = app.ask("hello", "").await["conversationId"].as_str().unwrap().to_owned();
    for conversation in ["", opened.as_str()] {
        ask_in_vain(&app, &named(conversation)).await;
        assert_eq!(app.count(UNDER_WAY).await, 1);

        let again = app.post(PUBLIC, &named(conversation)).await.json();

        assert_eq!((&again["answeredBy"], &again["outcome"]), (&json!("knowledge_base"), &json!("answer")), "{again}");
        assert_eq!(app.count(UNDER_WAY).await, 0, "the second turn stands in for the first");
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn who_sends_it_again_after_that_hears_of_the_ticket_however_they_ask(db: PgPool) {
    let app = TestApp::with(db, &SHORT).await;
    let body = json!({ "message": QUESTION });
    let ask = async |headers: &[(&str, &str)]| -> Answer {
        let headers = [&[("Content-Type", "application/json"), ("Idempotency-Key", ID)], headers].concat();
        app.send("POST", PUBLIC, &headers, body.to_string().as_bytes()).await
    };
    sqlx::query("alter table support.messages add constraint never check (author <> 'ai') not valid")
        .execute(&app.db)
        .await
        .unwrap();
    assert_eq!(ask(&[]).await.status, 500);
    sqlx::query("alter table support.messages drop constraint never").execute(&app.db).await.unwrap();
    app.eventually(TICKETS, 1).await;

    let headers = [("Accept", "text/event-stream"), ("Content-Type", "application/json"), ("Idempotency-Key", ID)];
    let streamed = Events::open(app.address, PUBLIC, &headers, body.to_string().as_bytes()).await.rest().await;
    let whole = ask(&[]).await;

    assert_eq!(kinds(&streamed), ["status", "delta", "sources", "handoff", "message", "done"]);
    assert_eq!((whole.header("idempotency-replayed"), &whole.json()), (Some("true"), message(&streamed)));
    let conversation = whole.json()["conversationId"].as_str().unwrap().to_owned();
    assert_eq!(app.ask("thank you", &conversation).await["conversationId"], conversation.as_str());
    assert_eq!(app.count("select count(*) from support.conversations").await, 1);
    assert_eq!((app.count(QUESTIONS).await, app.count(TICKETS).await), (2, 1));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn where_a_person_was_asked_a_turn_that_took_too_long_says_nothing_more(db: PgPool) {
    let said =
        json!({ "choices": [{ "delta": { "content": "Growth costs £29/month [1]." }, "finish_reason": "stop" }] });
    let said = format!("data: {said}\n\ndata: [DONE]\n\n").into_bytes();
    let model = StandIn::model(&[Play::Stream(vec![b": thinking\n\n".to_vec()], Then::Wait(vec![said]))]).await;
    let settings = [("HANDLER_SECONDS", "90"), ("MODEL_TIMEOUT_SECONDS", "80")];
    let patient = Desk::new(db.clone(), &model, &settings).await;
    let headers = [("Accept", "text/event-stream"), ("Content-Type", "application/json")];
    let body = json!({ "message": QUESTION }).to_string();
    let mut stream = Events::open(patient.app.address, PUBLIC, &headers, body.as_bytes()).await;
    model.asked_for(1).await;

    let hasty = TestApp::with(db, &SHORT).await;
    hasty.eventually(TICKETS, 1).await;
    model.go_on();

    let told = stream.rest().await;
    assert_eq!(kinds(&told)[told.len() - 2..], ["error", "done"]);
    assert_eq!((hasty.count(ANSWERS).await, hasty.count(TICKETS).await), (1, 1));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn of_many_that_two_copies_find_each_is_handed_over_once(db: PgPool) {
    for _ in 0..60 {
        left_behind(&db, "ai", &[]).await;
    }

    let (one, _other) = tokio::join!(TestApp::new(db.clone()), TestApp::new(db.clone()));
    one.eventually(UNDER_WAY, 0).await;

    assert_eq!((one.count(TICKETS).await, one.count(ANSWERS).await), (60, 60));
    assert_eq!(one.count("select count(distinct conversation_id) from support.tickets").await, 60);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn where_somebody_is_talking_or_it_was_said_again_nobody_is_disturbed(db: PgPool) {
    for status in ["waiting", "human", "closed"] {
        left_behind(&db, status, &[]).await;
    }
    left_behind(&db, "ai", &[("customer", " How much is the Growth plan? "), ("ai", "£29.")]).await;
    // Another question has its own answer, and this one none.
    left_behind(&db, "ai", &[("customer", "and Business?"), ("ai", "£99.")]).await;

    let app = TestApp::new(db).await;
    app.eventually(UNDER_WAY, 0).await;

    // The last, and those of which nobody would see that they have no answer.
    assert_eq!((app.count(TICKETS).await, app.count(ANSWERS).await), (3, 5));
}
