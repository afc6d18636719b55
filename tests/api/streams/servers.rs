//! Whatever a model's server does with a stream, what is told is true, and the end comes in time.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use serde_json::json;
use sqlx::PgPool;

use super::{
    ANSWER, ask, end, event,
    events::{message, shown},
    streams, streams_answer, words,
};
use crate::{
    model::{Desk, says},
    stand_in::{Play, StandIn, Then},
};

const SAID: &str = "Growth costs £29/month [1]. You can get a refund within 14 days [3].";

/// More desks at once than a small machine starts in the model's time would fail for that alone.
const AT_ONCE: usize = 3;

/// The bytes of a good stream, with its lines ended so.
fn bytes(line_end: &str) -> Vec<u8> {
    let pieces = [vec![b": OPENROUTER PROCESSING\n\n".to_vec()], words(&[SAID]), end("stop")].concat().concat();
    String::from_utf8(pieces).unwrap().replace('\n', line_end).into_bytes()
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn servers_that_stream_in_their_own_way_are_understood(db: PgPool) {
    let one_by_one = |bytes: Vec<u8>| bytes.chunks(1).map(<[u8]>::to_vec).collect::<Vec<_>>();
    let finish = event(&json!({ "choices": [{ "delta": {}, "finish_reason": "stop" }] }));
    let least = event(&json!({ "choices": [{ "delta": { "content": SAID } }] }));
    let with_errors_null =
        event(&json!({ "error": null, "choices": [{ "message": { "content": SAID }, "finish_reason": "" }] }));
    for play in [
        streams_answer(),
        // Every character and every line end is torn apart.
        Play::Stream(one_by_one(bytes("\n")), Then::End),
        Play::Stream(one_by_one(bytes("\r\n")), Then::End),
        Play::Stream(vec![bytes("\r")], Then::End),
        // Nothing says that it is over but the last word, the end of the body, or neither.
        Play::Stream([words(&[SAID]), vec![finish.clone()]].concat(), Then::End),
        Play::Stream([words(&[SAID]), vec![finish.clone()]].concat(), Then::Hang),
        Play::Stream([words(&[SAID]), vec![finish]].concat(), Then::BreakOff),
        Play::Stream(vec![least, b"data: [DONE]".to_vec()], Then::End),
        Play::Stream(vec![with_errors_null, b"data: [DONE]\n\n".to_vec()], Then::Hang),
        streams(&["<think>Growth? £7913.", " [1]</think>", SAID]),
        says(SAID),
    ] {
        let model = StandIn::model(std::slice::from_ref(&play)).await;
        let desk = Desk::new(db.clone(), &model, &[]).await;

        let mut answered = ask(&desk.app).await;
        let events = answered.rest().await;

        assert_eq!((shown("", &events).as_str(), &message(&events)["reply"]), (ANSWER, &json!(ANSWER)), "{play:?}");
        assert_eq!(model.asked().len(), 1, "{play:?}");
        assert!(!answered.text.contains("£7913"), "{play:?}");
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_stream_that_fails_costs_nothing_but_the_models_time(db: PgPool) {
    let begun = || words(&["Growth costs £29/month [1]. You can get a refund wi"]);
    let error = event(&json!({ "error": { "message": "overloaded", "code": 529 } }));
    let endless = words(&["and so on "]).concat();
    let plays = [
        Play::Stream(begun(), Then::Hang),
        Play::Stream(begun(), Then::End),
        Play::Stream(begun(), Then::BreakOff),
        Play::Stream([begun(), vec![error]].concat(), Then::Hang),
        Play::Stream(begun(), Then::Repeat(endless)),
        Play::Stream(begun(), Then::Repeat(b": still here\n\n".to_vec())),
        Play::Stream(begun(), Then::Repeat(vec![b'a'; 64 * 1024])),
        Play::Stream(vec![[b"data: ".to_vec(), vec![b'a'; 12 << 20], b"\n\n".to_vec()].concat()], Then::Hang),
        Play::Stream(vec![b"data: {\"choices\": \xff}\n\n".to_vec()], Then::End),
        Play::Stream(Vec::new(), Then::End),
        Play::Stream(Vec::new(), Then::Hang),
        Play::Hang,
        Play::Drip,
        Play::Endless,
        Play::Answer(200, "<html>Bad gateway</html>".into()),
        Play::Answer(500, "{}".into()),
        Play::AskForTime(429, 3_600),
        Play::Stream([begun(), end("content_filter")].concat(), Then::End),
    ];
    let tried = stream::iter(plays).map(async |play| {
        let model = StandIn::model(std::slice::from_ref(&play)).await;
        let desk = Desk::new(db.clone(), &model, &[("MODEL_TIMEOUT_SECONDS", "5")]).await;
        // What the first question of a process waits for is no part of this.
        desk.app.ask("hello", "").await;

        let started = Instant::now();
        let events = ask(&desk.app).await.rest().await;

        let took = started.elapsed();
        let what = format!("{:.200}", format!("{play:?}"));
        assert!(took < Duration::from_secs(10), "{took:?} {what}");
        let reply = message(&events);
        assert_eq!(reply["answeredBy"], "knowledge_base", "{what}");
        assert_eq!(shown("", &events), reply["reply"].as_str().unwrap(), "{what}");
        assert!(shown("", &events).contains("£29/month"), "{what}");
    });
    tried.buffer_unordered(AT_ONCE).collect::<()>().await;
}

/// What was checked before it broke off is better than what the knowledge base only guesses.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn where_the_knowledge_base_is_not_sure_the_sentences_so_far_stay(db: PgPool) {
    let begun = words(&["Growth costs £29/month [1]. You can get a refund wi"]);
    let model = StandIn::model(&[Play::Stream(begun, Then::BreakOff)]).await;
    let desk = Desk::new(db, &model, &[]).await;
    let body = json!({ "message": "Which one suits a baker with few errands?" });

    let events = super::listen(&desk.app, &body, &[]).await.rest().await;

    let reply = message(&events);
    assert_eq!((&reply["answeredBy"], &reply["outcome"]), (&json!("model"), &json!("closest")), "{reply}");
    assert_eq!((shown("", &events).as_str(), &reply["reply"]), ("Growth costs £29/month.", &reply["reply"]));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn who_refuses_a_part_of_streaming_is_asked_without_it_and_remembered(db: PgPool) {
    let refusal = |message: &str| Play::Answer(400, json!({ "error": { "message": message } }).to_string());
    let no_usage = refusal("Unrecognized request argument supplied: stream_options");
    let no_stream = refusal("streaming is not supported by this deployment");
    let model = StandIn::model(&[no_usage, no_stream, says(SAID)]).await;
    let desk = Desk::new(db, &model, &[]).await;

    for _ in 0..2 {
        let events = ask(&desk.app).await.rest().await;
        assert_eq!(shown("", &events), ANSWER);
    }

    let asked = model.asked();
    let asked: Vec<(bool, bool)> =
        asked.iter().map(|asked| (asked.body["stream"] == true, asked.body["stream_options"].is_object())).collect();
    assert_eq!(asked, [(true, true), (true, false), (false, false), (false, false)]);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn streams_that_break_off_open_the_breaker(db: PgPool) {
    let breaks_off = Play::Stream(words(&["Growth"]), Then::BreakOff);
    let model = StandIn::model(&[breaks_off]).await;
    let settings = [("MODEL_TIMEOUT_SECONDS", "5"), ("MODEL_BREAKER_FAILURES", "2"), ("MODEL_PROBE_SECONDS", "60")];
    let desk = Desk::new(db, &model, &settings).await;

    for _ in 0..4 {
        assert_eq!(message(&ask(&desk.app).await.rest().await)["answeredBy"], "knowledge_base");
    }

    assert_eq!(model.asked().len(), 2);
}
