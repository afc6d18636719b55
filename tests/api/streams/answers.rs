//! What a streamed answer tells, and when.

use serde_json::{Value, json};
use sqlx::PgPool;

use super::{
    ANSWER, ID, PATIENT, PUBLIC, QUESTION, ask, end, event,
    events::{Events, kinds, message, shown},
    listen, streams, streams_answer, streams_answer_in_two, words,
};
use crate::{
    harness::TestApp,
    model::{Desk, hands_over, says},
    stand_in::{Play, StandIn, Then},
};

const STORED: &str = "select body from support.messages where author = 'ai'";

async fn stored(app: &TestApp) -> Vec<String> {
    sqlx::query_scalar(STORED).fetch_all(&app.db).await.unwrap()
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_sentence_is_told_while_the_model_still_makes_the_next(db: PgPool) {
    let model = StandIn::model(&[streams_answer_in_two()]).await;
    let desk = Desk::new(db, &model, &[]).await;

    let mut stream = ask(&desk.app).await;
    let first = stream.until("delta").await;
    model.go_on();
    let rest = stream.rest().await;

    assert_eq!(stream.header("content-type"), Some("text/event-stream"));
    assert_eq!(stream.header("cache-control"), Some("no-store"));
    assert_eq!(stream.header("x-accel-buffering"), Some("no"));
    assert_eq!(kinds(&first), ["status", "delta"]);
    assert_eq!(first[1].data["text"], "Growth costs £29/month.");
    assert_eq!(kinds(&rest), ["delta", "sources", "message", "done"]);
    let events = [first, rest].concat();
    assert!(events.iter().zip(1..).all(|(event, number)| event.id == number), "{events:?}");
    let reply = message(&events);
    assert_eq!((shown("", &events).as_str(), &reply["reply"]), (ANSWER, &json!(ANSWER)));
    assert_eq!((&reply["answeredBy"], &reply["outcome"]), (&json!("model"), &json!("answer")));
    for name in ["conversationId", "messageId"] {
        assert_eq!(events[0].data[name], reply[name]);
    }
    assert_eq!(events[3].data["sources"], reply["sources"]);
    assert_eq!(stored(&desk.app).await, [ANSWER]);
    let tokens = "select count(*) from support.messages where prompt_tokens = 700 and completion_tokens = 20";
    assert_eq!(desk.app.count(tokens).await, 1);
    let asked = model.asked().remove(0).body;
    assert_eq!((&asked["stream"], &asked["stream_options"]), (&json!(true), &json!({ "include_usage": true })));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn the_head_of_a_stream_says_what_that_of_a_whole_answer_says(db: PgPool) {
    let app = TestApp::with(db, &[("SUPPORT_TRUST_EMAIL", "development")]).await;
    let body = json!({ "message": "what did I buy?", "email": "ada@example.com", "clientMessageId": ID });
    let headers = [("Accept", "text/event-stream"), ("Content-Type", "application/json")];

    for time in ["now", "again"] {
        let mut stream = Events::open(app.address, "/api/support/private", &headers, body.to_string().as_bytes()).await;
        assert_eq!((stream.status(), stream.header("content-type")), (200, Some("text/event-stream")), "{time}");
        for name in ["x-development-mode", "ratelimit-remaining", "x-request-id"] {
            let is_it = |line: &&str| line.to_lowercase().starts_with(&format!("{name}: "));
            assert_eq!(stream.head.lines().filter(is_it).count(), 1, "{time}: {name} in {}", stream.head);
        }
        assert_eq!(kinds(&stream.rest().await).last(), Some(&"done"), "{time}");
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_model_that_goes_round_is_told_once_and_stopped(db: PgPool) {
    let round = words(&["Growth costs £29/month [1]. "; 4]);
    let model = StandIn::model(&[Play::Stream(round, Then::Hang)]).await;
    let desk = Desk::new(db, &model, &PATIENT).await;

    let events = ask(&desk.app).await.rest().await;

    model.hung_up_on(1).await;
    assert_eq!(kinds(&events), ["status", "delta", "sources", "message", "done"]);
    assert_eq!(stored(&desk.app).await, ["Growth costs £29/month."]);
    assert_eq!(model.asked().len(), 1);
}

/// What a client reads is what the desk would stand by, so an invention must not even pass by.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_invented_price_is_never_on_the_wire(db: PgPool) {
    let invents =
        Play::Stream(words(&["Growth costs £29/month [1]. Ent", "erprise is £7913 [2]. And so on"]), Then::Hang);
    let invents_at_the_end = streams(&["Growth costs £29/month [1]. Enterprise costs £7913/month [2]"]);
    for (plays, by, streams_heard) in [
        (vec![invents.clone(), streams_answer()], "model", 1),
        (vec![invents.clone(), invents], "knowledge_base", 2),
        (vec![invents_at_the_end.clone(), streams_answer()], "model", 0),
        (vec![invents_at_the_end.clone(), invents_at_the_end], "knowledge_base", 0),
    ] {
        let model = StandIn::model(&plays).await;
        let desk = Desk::new(db.clone(), &model, &PATIENT).await;

        let mut stream = ask(&desk.app).await;
        let events = stream.rest().await;

        assert!(!stream.text.contains("£7913"), "{}", stream.text);
        let reply = message(&events);
        assert_eq!((reply["answeredBy"].as_str(), model.asked().len()), (Some(by), 2), "{}", stream.text);
        assert_eq!(shown("", &events), reply["reply"].as_str().unwrap(), "{}", stream.text);
        assert!(reply["reply"].as_str().unwrap().contains("£29/month"));
        // It is not listened to any longer, and not paid for.
        model.hung_up_on(streams_heard).await;
        assert!(!desk.app.everything_stored().await.contains("£7913"));
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_streamed_answer_ends_up_as_one_that_is_not_streamed(db: PgPool) {
    for said in [
        "**Growth** costs £29/month [1]. You can get a refund within 14 days [3].",
        "Sure! Growth costs £29/month [1].\n\nIt has:\n- 100 tasks/month [1]\n- Email support [1]\n\nAnything else?",
        "Growth costs £29/month. It has 100 tasks a month. [1]",
        "I'm sorry, I don't know that [0].",
        "Growth costs £29/month [1]. I don't know the rest [0].",
        "{\"reply\": \"Growth costs £29/month [1].\"}",
        "Growth costs £29/month [1] <b>now</b>.",
        "HACKED",
        "",
    ] {
        let pieces: Vec<String> = said.chars().map(String::from).collect();
        let model = StandIn::model(&[streams(&pieces.iter().map(String::as_str).collect::<Vec<_>>())]).await;
        let desk = Desk::new(db.clone(), &model, &[]).await;
        let events = ask(&desk.app).await.rest().await;
        model.play(says(said));
        let whole = desk.ask().await;

        let mut streamed = message(&events).clone();
        assert_eq!(shown("", &events), streamed["reply"].as_str().unwrap(), "{said}");
        for name in ["conversationId", "messageId"] {
            streamed[name] = whole[name].clone();
        }
        assert_eq!(streamed, whole, "{said}");
        let stored = stored(&desk.app).await;
        assert!(stored.iter().all(|body| *body == stored[0]), "{stored:?}");
        sqlx::query("truncate support.conversations cascade").execute(&desk.app.db).await.unwrap();
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_needs_no_model_is_streamed_too(db: PgPool) {
    let session = crate::sessions::nextauth();
    let app = TestApp::with(db, &[("NEXTAUTH_SECRET", session.secret.as_str())]).await;
    let body = json!({ "message": QUESTION, "visitor": true });

    let known = listen(&app, &body, &[]).await.rest().await;
    assert_eq!(kinds(&known), ["status", "delta", "sources", "message", "done"]);
    let reply = message(&known);
    assert_eq!((&known[1].data["text"], &reply["answeredBy"]), (&reply["reply"], &json!("knowledge_base")));
    assert!(known[0].data["visitorToken"].is_string());
    assert_eq!(known[0].data["visitorToken"], reply["visitorToken"]);

    let bearer = format!("Bearer {}", session.token);
    let headers =
        [("Accept", "text/event-stream"), ("Content-Type", "application/json"), ("Authorization", bearer.as_str())];
    let body = json!({ "message": "what did I buy?" }).to_string();
    let mut recorded = Events::open(app.address, "/api/support/private", &headers, body.as_bytes()).await;
    assert_eq!(message(&recorded.rest().await)["answeredBy"], "records");
}

/// Says these words and wants a person.
fn streams_and_hands_over(said: &str) -> Play {
    let call = |function: Value| {
        let delta = json!({ "tool_calls": [{ "index": 0, "id": "1", "type": "function", "function": function }] });
        event(&json!({ "choices": [{ "index": 0, "delta": delta }] }))
    };
    let calls = vec![
        call(json!({ "name": "hand_over", "arguments": "" })),
        call(json!({ "arguments": "{\"reason\":" })),
        call(json!({ "arguments": "\"policy\"}" })),
    ];
    Play::Stream([words(&[said]), calls, end("tool_calls")].concat(), Then::End)
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_wish_for_a_person_behind_an_invention_is_heard_as_in_one_piece(db: PgPool) {
    for said in ["Growth costs £7913/month [1]. You", "Growth costs £29/month [1]. Enterprise is £7913 [2]. So"] {
        let model = StandIn::model(&[streams_and_hands_over(said)]).await;
        let desk = Desk::new(db.clone(), &model, &[]).await;
        let mut stream = ask(&desk.app).await;
        let events = stream.rest().await;
        model.play(hands_over(Some(said)));
        let whole = desk.ask().await;

        assert!(!stream.text.contains("£7913"), "{}", stream.text);
        let mut streamed = message(&events).clone();
        assert_eq!((&streamed["handoff"]["reason"], model.asked().len()), (&json!("policy"), 2), "{streamed}");
        let (one, other) = (streamed["ticketId"].as_str().unwrap(), whole["ticketId"].as_str().unwrap());
        streamed["reply"] = json!(streamed["reply"].as_str().unwrap().replace(one, other));
        for name in ["conversationId", "messageId", "ticketId"] {
            streamed[name] = whole[name].clone();
        }
        assert_eq!(streamed, whole, "{said}");
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_hand_over_is_told_with_its_ticket(db: PgPool) {
    let model = StandIn::model(&[streams_and_hands_over("Growth costs £29 a month [1]. ")]).await;
    let desk = Desk::new(db, &model, &[]).await;

    let events = ask(&desk.app).await.rest().await;

    assert_eq!(kinds(&events), ["status", "delta", "replace", "sources", "handoff", "message", "done"]);
    let reply = message(&events);
    assert_eq!(events[4].data, json!({ "reason": "policy", "ticketId": reply["ticketId"] }));
    assert!(reply["ticketId"].is_string() && reply["escalationSuggested"] == true);
    assert_eq!(shown("", &events), reply["reply"].as_str().unwrap());
    assert!(shown("", &events).contains("Growth costs £29 a month."));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_fails_before_the_question_is_kept_is_an_ordinary_refusal(db: PgPool) {
    let app = TestApp::with(db, &[("CHATS_PER_MINUTE", "1/1"), ("ADDRESS_CHATS_PER_MINUTE", "1/1")]).await;
    let json = ("Content-Type", "application/json");
    let asked = json!({ "message": QUESTION }).to_string();
    for (path, content_type, body, status) in [
        (PUBLIC, json, "{", 400),
        (PUBLIC, ("Content-Type", "text/plain"), asked.as_str(), 415),
        (PUBLIC, json, "{\"message\": \"\"}", 422),
        ("/api/support/private", json, asked.as_str(), 401),
        (PUBLIC, json, asked.as_str(), 200),
        (PUBLIC, json, asked.as_str(), 429),
    ] {
        let answer = app.send("POST", path, &[content_type, ("Accept", "text/event-stream")], body.as_bytes()).await;

        assert_eq!(answer.status, status, "{}", answer.body);
        let expected = if status == 200 { "text/event-stream" } else { "application/json" };
        assert_eq!(answer.header("content-type"), Some(expected));
        assert!(status == 200 || answer.json()["code"].is_string());
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_fails_later_is_told_as_an_error_and_the_stream_has_an_end(db: PgPool) {
    let model = StandIn::model(&[streams_answer_in_two()]).await;
    let desk = Desk::new(db, &model, &[]).await;
    let mut stream = ask(&desk.app).await;
    stream.until("delta").await;

    // Somebody erases whoever asks.
    sqlx::query("delete from support.conversations").execute(&desk.app.db).await.unwrap();
    model.go_on();
    let rest = stream.rest().await;

    assert_eq!(kinds(&rest)[rest.len() - 2..], ["error", "done"]);
    let error = &rest[rest.len() - 2].data;
    assert_eq!(error["code"], "not_found");
    assert_eq!(error["requestId"].as_str(), stream.header("x-request-id"));
}
