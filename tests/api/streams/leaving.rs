//! Who leaves loses only the line: the answer is kept, is there for who comes back, and no model is paid
//! for nobody.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::{io::AsyncWriteExt, net::TcpStream};

use super::{
    ANSWER, ID, PATIENT, PUBLIC, QUESTION, ask,
    events::{Events, kinds, message, shown},
    listen, streams_answer, streams_answer_in_two, words,
};
use crate::{
    harness::TestApp,
    http::request,
    model::Desk,
    stand_in::{Play, StandIn, Then},
};

const ANSWERS: &str = "select count(*) from support.messages where author = 'ai'";

fn named() -> Value {
    json!({ "message": QUESTION, "clientMessageId": ID })
}

async fn again(app: &TestApp, seen: u64) -> Events {
    listen(app, &named(), &[("Last-Event-ID", &seen.to_string())]).await
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn who_leaves_stops_the_model_and_finds_the_answer(db: PgPool) {
    let model =
        StandIn::model(&[Play::Stream(words(&["Growth costs £29/month [1]. You can get a ref"]), Then::Hang)]).await;
    let desk = Desk::new(db, &model, &PATIENT).await;

    let mut stream = listen(&desk.app, &json!({ "message": QUESTION, "visitor": true }), &[]).await;
    let told = stream.until("delta").await;
    drop(stream);

    model.hung_up_on(1).await;
    desk.app.eventually(ANSWERS, 1).await;
    let text = |name: &str| told[0].data[name].as_str().unwrap();
    let path = format!("/api/support/conversations/{}", text("conversationId"));
    let thread = desk.app.send("GET", &path, &[("X-Visitor-Token", text("visitorToken"))], b"").await.json();
    let answer = &thread["messages"][1];
    assert_eq!(answer["id"], told[0].data["messageId"]);
    assert!(answer["text"].as_str().unwrap().contains("£29/month"), "{thread}");
    assert_eq!(model.asked().len(), 1);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn who_leaves_before_anything_is_told_is_answered_all_the_same(db: PgPool) {
    let model = StandIn::model(&[streams_answer()]).await;
    let desk = Desk::new(db, &model, &PATIENT).await;
    let headers = [("Accept", "text/event-stream"), ("Content-Type", "application/json")];
    let body = json!({ "message": QUESTION }).to_string();

    let mut client = TcpStream::connect(desk.app.address).await.unwrap();
    client.write_all(&request("POST", PUBLIC, &headers, body.as_bytes())).await.unwrap();
    drop(client);

    desk.app.eventually(ANSWERS, 1).await;
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn who_could_come_back_and_does_not_stops_the_model_too(db: PgPool) {
    let model = StandIn::model(&[Play::Hang]).await;
    let desk = Desk::new(db, &model, &PATIENT).await;

    drop(listen(&desk.app, &named(), &[]).await);
    desk.app.eventually(ANSWERS, 1).await;

    // The answer is kept a moment before its stream is over: they hear the rest of it or all of it again.
    let late = again(&desk.app, 1).await.rest().await;
    assert_eq!(shown("", &late), message(&late)["reply"].as_str().unwrap());
    assert_eq!((model.asked().len(), desk.app.count(ANSWERS).await), (1, 1));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_stream_holds_the_place_it_was_given_until_its_turn_ends(db: PgPool) {
    let model = StandIn::model(&[Play::Hang, streams_answer()]).await;
    let desk = Desk::new(db, &model, &[&PATIENT[..], &[("MAX_IN_FLIGHT", "1")]].concat()).await;
    let mut stream = ask(&desk.app).await;
    stream.until("status").await;

    assert_eq!(listen(&desk.app, &named(), &[]).await.status(), 503);
    drop(stream);
    desk.app.eventually(ANSWERS, 1).await;
    let started = Instant::now();
    while listen(&desk.app, &named(), &[]).await.status() == 503 {
        assert!(started.elapsed() < Duration::from_secs(40), "the place is never free");
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn who_leaves_a_hand_over_still_gets_a_ticket_and_the_team_its_alert(db: PgPool) {
    let telegram = StandIn::telegram(&[]).await;
    let channel =
        [("TELEGRAM_BOT_TOKEN", "1:x"), ("TELEGRAM_CHAT_ID", "1"), ("TELEGRAM_API_URL", telegram.url.as_str())];
    let app = TestApp::with(db, &channel).await;

    drop(listen(&app, &json!({ "message": "I want to talk to a human right now" }), &[]).await);

    app.eventually("select count(*) from support.tickets", 1).await;
    telegram.asked_for(1).await;
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn who_comes_back_in_time_goes_on_where_they_were(db: PgPool) {
    let model = StandIn::model(&[streams_answer_in_two()]).await;
    let desk = Desk::new(db, &model, &[]).await;

    let mut stream = listen(&desk.app, &named(), &[]).await;
    let first = stream.until("delta").await;
    drop(stream);
    let mut back = again(&desk.app, first.last().unwrap().id).await;
    model.go_on();
    let rest = back.rest().await;

    assert_eq!(kinds(&rest), ["delta", "sources", "message", "done"]);
    assert_eq!(rest[0].id, first.last().unwrap().id + 1);
    assert_eq!(shown(&shown("", &first), &rest), ANSWER);
    assert_eq!((model.asked().len(), desk.app.count(ANSWERS).await), (1, 1));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn who_comes_back_when_it_is_over_gets_all_of_it_and_asks_nobody(db: PgPool) {
    let model = StandIn::model(&[streams_answer()]).await;
    let desk = Desk::new(db.clone(), &model, &[]).await;
    let other_instance = Desk::new(db, &model, &[]).await;
    let first = listen(&desk.app, &named(), &[]).await.rest().await;

    for app in [&desk.app, &other_instance.app] {
        let mut back = again(app, 2).await;
        let rest = back.rest().await;
        assert_eq!(kinds(&rest), ["replace", "sources", "message", "done"]);
        assert_eq!((rest[0].id, shown("anything", &rest).as_str()), (3, ANSWER));
        assert_eq!(message(&rest), message(&first));
        assert_eq!(back.header("idempotency-replayed"), Some("true"));

        let anew = listen(app, &named(), &[]).await.rest().await;
        assert_eq!(kinds(&anew), ["status", "delta", "sources", "message", "done"]);
        assert_eq!(anew[0], first[0]);
        assert_eq!(app.post(PUBLIC, &named()).await.json(), *message(&first), "and as JSON");
    }
    assert_eq!((model.asked().len(), desk.app.count(ANSWERS).await), (1, 1));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_idempotency_key_does_the_same(db: PgPool) {
    let model = StandIn::model(&[streams_answer_in_two()]).await;
    let desk = Desk::new(db, &model, &[]).await;
    let body = json!({ "message": QUESTION });
    let key = ("Idempotency-Key", ID);

    let mut stream = listen(&desk.app, &body, &[key]).await;
    stream.until("delta").await;
    drop(stream);
    let mut back = listen(&desk.app, &body, &[key, ("Last-Event-ID", "2")]).await;
    model.go_on();
    assert_eq!(kinds(&back.rest().await), ["delta", "sources", "message", "done"]);
    let later = listen(&desk.app, &body, &[key, ("Last-Event-ID", "3")]).await.rest().await;
    assert_eq!(kinds(&later), ["replace", "sources", "message", "done"]);
    let headers = [key, ("Content-Type", "application/json")];
    let whole = desk.app.send("POST", PUBLIC, &headers, body.to_string().as_bytes()).await;

    assert_eq!((whole.status, &whole.json()), (200, message(&later)));
    assert_eq!((model.asked().len(), desk.app.count(ANSWERS).await), (1, 1));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_answer_is_its_visitors_alone(db: PgPool) {
    let model = StandIn::model(&[streams_answer_in_two(), streams_answer()]).await;
    let desk = Desk::new(db, &model, &[]).await;
    let opened = desk.app.post(PUBLIC, &json!({ "message": "hello", "visitor": true })).await.json();
    let token = ("X-Visitor-Token", opened["visitorToken"].as_str().unwrap());
    let body =
        json!({ "message": QUESTION, "clientMessageId": ID, "conversationId": opened["conversationId"].clone() });
    let mut theirs = listen(&desk.app, &body, &[token]).await;
    let told = theirs.until("delta").await;

    let stranger = listen(&desk.app, &body, &[("Last-Event-ID", "1")]).await.rest().await;

    assert_ne!(message(&stranger)["conversationId"], opened["conversationId"]);
    assert_ne!(stranger[0].data["messageId"], told[0].data["messageId"]);
    model.go_on();
    assert_eq!(message(&theirs.rest().await)["conversationId"], opened["conversationId"]);
    let refused = json!({ "message": "else", "clientMessageId": ID, "conversationId": opened["conversationId"] });
    assert_eq!(listen(&desk.app, &refused, &[token]).await.status(), 422);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_stop_ends_streams_with_an_answer(db: PgPool) {
    let model = StandIn::model(&[Play::Stream(words(&["Growth costs £29/month [1]. You"]), Then::Hang)]).await;
    let desk = Desk::new(db, &model, &[]).await;
    let mut stream = ask(&desk.app).await;
    let told = stream.until("delta").await;

    let started = Instant::now();
    desk.app.stop();
    let rest = stream.rest().await;

    // It would be given up after 15 s.
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    assert_eq!(shown(&shown("", &told), &rest), message(&rest)["reply"].as_str().unwrap());
    assert!(shown("", &rest).contains("£29/month"), "{rest:?}");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn while_nothing_is_told_a_comment_keeps_the_line_open(db: PgPool) {
    let model = StandIn::model(&[Play::Hang]).await;
    let desk = Desk::new(db, &model, &[]).await;
    let mut stream = ask(&desk.app).await;

    let started = Instant::now();
    stream.comment().await;

    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}
