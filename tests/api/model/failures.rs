//! Whatever a model's server does, the reply is useful and in time.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::net::TcpListener;

use super::{Desk, assert_from_knowledge_base, completion, says};
use crate::{
    harness::TestApp,
    stand_in::{Play, StandIn},
};

/// More desks at once than a small machine starts in the model's time would fail for that alone.
const AT_ONCE: usize = 3;

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn without_a_model_nothing_is_asked_and_health_says_off(db: PgPool) {
    let app = TestApp::new(db).await;

    let health = app.get("/api/support/health").await.json();

    assert_eq!((&health["openai_configured"], &health["parts"]["model"]["status"]), (&json!(false), &json!("off")));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_server_that_fails_costs_nothing_but_the_models_time(db: PgPool) {
    let choices = |choices: Value| Play::Answer(200, json!({ "choices": choices }).to_string());
    let plays = [
        Play::Hang,
        Play::HangAfterHead,
        Play::Drip,
        Play::Endless,
        Play::BreakOff("{\"choices\": [{\"message\": {\"content\": \"Growth".into()),
        Play::Answer(200, "<html>Bad gateway</html>".into()),
        Play::Answer(200, "{\"choices\": [{\"message\": {\"cont".into()),
        Play::Answer(200, format!("{{\"choices\": [{{\"message\": {{\"content\": \"{}\"}}}}]}}", "a".repeat(12 << 20))),
        Play::Answer(500, "{}".into()),
        Play::Answer(401, "{\"error\": {\"message\": \"Incorrect API key\"}}".into()),
        Play::Answer(302, String::new()),
        Play::AskForTime(429, 3_600),
        choices(json!([])),
        choices(json!([{ "message": {} }])),
        completion(&json!({ "content": null, "refusal": "I can't help with that." }), "stop"),
        completion(&json!({ "content": "" }), "content_filter"),
        completion(&json!({ "content": "Growth costs" }), "length"),
    ];
    let tried = stream::iter(plays).map(async |play| {
        let model = StandIn::model(std::slice::from_ref(&play)).await;
        let desk = Desk::new(db.clone(), &model, &[("MODEL_TIMEOUT_SECONDS", "5")]).await;

        // What the first question of a process waits for is no part of this.
        desk.app.ask("hello", "").await;
        let started = Instant::now();
        let answer = desk.ask().await;

        // A second try begun at the end of the first would take twice the limit.
        assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
        assert_from_knowledge_base(&answer);
        assert!(!model.asked().is_empty());
    });
    tried.buffer_unordered(AT_ONCE).collect::<()>().await;
    let kept = "select count(*) from support.messages where author = 'customer'";
    assert_eq!(sqlx::query_scalar::<_, i64>(kept).fetch_one(&db).await.unwrap(), 2 * 17);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_server_that_is_not_there_is_no_obstacle(db: PgPool) {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let url = format!("http://{nobody}/v1");
    let app = TestApp::with(db, &[("OPENAI_BASE_URL", url.as_str())]).await;

    let answer = app.ask("How much is the Growth plan?", "").await;

    assert_eq!((&answer["answeredBy"], &answer["outcome"]), (&json!("knowledge_base"), &json!("answer")));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_server_that_asks_for_an_hour_is_not_waited_for(db: PgPool) {
    let model = StandIn::model(&[Play::AskForTime(429, 3_600)]).await;
    let desk = Desk::new(db, &model, &[]).await;

    let started = Instant::now();
    assert_from_knowledge_base(&desk.ask().await);

    // It would be waited for until the time for a model is over, 15 s.
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!(model.asked().len(), 1);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_server_that_fails_once_is_tried_a_second_time(db: PgPool) {
    for first in [Play::Answer(503, String::new()), Play::AskForTime(429, 0)] {
        let model = StandIn::model(&[first, says("Growth costs £29/month [1].")]).await;
        let desk = Desk::new(db.clone(), &model, &[]).await;

        assert_eq!(desk.ask().await["answeredBy"], "model");
        assert_eq!(model.asked().len(), 2);
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_server_that_wants_the_other_name_of_the_limit_gets_it_and_is_remembered(db: PgPool) {
    let refusal = json!({ "error": { "message": "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead." } });
    let model = StandIn::model(&[Play::Answer(400, refusal.to_string()), says("Growth costs £29/month [1].")]).await;
    let desk = Desk::new(db, &model, &[]).await;

    assert_eq!(desk.ask().await["answeredBy"], "model");
    assert_eq!(desk.ask().await["answeredBy"], "model");

    let limits: Vec<(Value, Value)> = model
        .asked()
        .iter()
        .map(|asked| (asked.body["max_tokens"].clone(), asked.body["max_completion_tokens"].clone()))
        .collect();
    assert_eq!(limits, [(json!(300), Value::Null), (Value::Null, json!(300)), (Value::Null, json!(300))]);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_storm_of_failures_opens_the_breaker_and_a_good_answer_closes_it(db: PgPool) {
    let settings = [("MODEL_TIMEOUT_SECONDS", "5"), ("MODEL_BREAKER_FAILURES", "3"), ("MODEL_PROBE_SECONDS", "3")];
    let model = StandIn::model(&[Play::Answer(500, "{}".into())]).await;
    let desk = Desk::new(db, &model, &settings).await;
    for _ in 0..3 {
        assert_from_knowledge_base(&desk.ask().await);
    }
    assert_eq!(model.asked().len(), 3);

    let opened = Instant::now();
    for _ in 0..20 {
        assert_from_knowledge_base(&desk.ask().await);
    }
    let probes = model.asked().len() - 3;
    assert!(probes as u64 <= opened.elapsed().as_secs() / 3 + 1, "{probes} probes in {:?}", opened.elapsed());
    desk.app.eventually_healthy("degraded").await;
    let health = desk.app.get("/api/support/health").await.json();
    assert_eq!((&health["openai_configured"], &health["parts"]["model"]["status"]), (&json!(true), &json!("degraded")));

    model.play(says("Growth costs £29/month [1]."));
    let mended = Instant::now();
    while desk.ask().await["answeredBy"] != "model" {
        assert!(mended.elapsed() < Duration::from_secs(40), "it never closed");
    }
    assert_eq!(desk.ask().await["answeredBy"], "model");
    desk.app.eventually_healthy("ok").await;
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn our_own_mistakes_do_not_open_the_breaker_but_health_shows_them(db: PgPool) {
    let model = StandIn::model(&[Play::Answer(401, "{}".into())]).await;
    let desk = Desk::new(db, &model, &[("MODEL_BREAKER_FAILURES", "2")]).await;

    for _ in 0..5 {
        assert_from_knowledge_base(&desk.ask().await);
    }

    assert_eq!(model.asked().len(), 5);
    desk.app.eventually_healthy("degraded").await;
    let health = desk.app.admin_get("/api/support/health").await.json();
    assert_eq!(health["parts"]["model"]["fault"], "the last calls failed: status 401");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn beyond_its_places_the_knowledge_base_answers_at_once(db: PgPool) {
    let model = StandIn::model(&[Play::Hang]).await;
    let desk = Desk::new(db, &model, &[("MAX_MODEL_CALLS", "1"), ("MODEL_TIMEOUT_SECONDS", "5")]).await;

    let (one, other) = tokio::join!(desk.ask(), desk.ask());

    assert_from_knowledge_base(&one);
    assert_from_knowledge_base(&other);
    assert_eq!(model.asked().len(), 1);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_stop_waits_for_no_model(db: PgPool) {
    let model = StandIn::model(&[Play::Hang]).await;
    let desk = Desk::new(db, &model, &[]).await;

    let stop = async {
        while model.asked().is_empty() {
            tokio::task::yield_now().await;
        }
        desk.app.stop();
    };
    let started = Instant::now();
    let (answer, ()) = tokio::join!(desk.ask(), stop);

    // It would be given up after 15 s.
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    assert_from_knowledge_base(&answer);
}
