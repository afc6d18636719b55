//! Embeddings help where words are not sure, and whatever their server does, words are enough.

use std::{
    fs,
    process::Command,
    time::{Duration, Instant},
};

use futures_util::{StreamExt, future::join, stream};
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::net::TcpListener;

use crate::{
    harness::TestApp,
    process::Folder,
    stand_in::{Play, StandIn, Then},
};

const KNOWLEDGE: &str = "# Harbour Inn

## Parking

The garage below the house has twelve spaces, €15 a night.

## Breakfast

Served from seven to ten each morning in the garden room.

## Cancelling

Free of charge until two days before you arrive.
";

/// Words know nothing of it; the model knows it for a way to ask for parking.
const QUESTION: &str = "Somewhere for the jalopy?";

/// As patient as a question is, and what a busy machine may add.
const IN_TIME: Duration = Duration::from_secs(6);

/// How long a test waits for what happens in the background.
const PATIENCE: Duration = Duration::from_secs(40);

struct Desk {
    app: TestApp,
    folder: Folder,
}

impl Desk {
    async fn new(db: PgPool, model: &StandIn, settings: &[(&str, &str)]) -> Self {
        let folder = Folder::new();
        fs::write(folder.0.join("inn.md"), KNOWLEDGE).unwrap();
        Self::over(db, folder, model, settings).await
    }

    async fn over(db: PgPool, folder: Folder, model: &StandIn, settings: &[(&str, &str)]) -> Self {
        let url = format!("{}/v1", model.url);
        let ours = [
            ("KNOWLEDGE_BASE_DIR", folder.0.to_str().unwrap()),
            ("OPENAI_EMBEDDING_BASE_URL", url.as_str()),
            ("OPENAI_EMBEDDING_MODEL", "tiny"),
        ];
        let app = TestApp::with(db, &[&ours, settings].concat()).await;
        Self { app, folder }
    }

    /// A desk that has learnt its knowledge base.
    async fn learnt(db: PgPool, model: &StandIn, settings: &[(&str, &str)]) -> Self {
        let desk = Self::new(db, model, settings).await;
        desk.ask_until(found_by_meaning).await;
        desk
    }

    async fn ask(&self) -> Value {
        self.app.ask(QUESTION, "").await
    }

    async fn ask_until(&self, shows: impl Fn(&Value) -> bool) -> Value {
        let started = Instant::now();
        loop {
            let answer = self.ask().await;
            if shows(&answer) {
                return answer;
            }
            assert!(started.elapsed() < PATIENCE, "{answer}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn usage(&self) -> Value {
        self.app.admin_get("/api/support/usage").await.json()
    }
}

/// A model to which a text is the words in it, and some words are the same.
fn embeds(asked: &Value) -> Play {
    embeds_in(64, asked)
}

/// Another model, which has shorter vectors.
fn embeds_shorter(asked: &Value) -> Play {
    embeds_in(48, asked)
}

/// The same, which waits with one question until it is told to go on.
fn embeds_shorter_and_waits(asked: &Value) -> Play {
    match embeds_shorter(asked) {
        Play::Answer(_, body) if asked["input"] == json!([QUESTION]) => {
            Play::Stream(Vec::new(), Then::Wait(vec![body.into_bytes()]))
        }
        play => play,
    }
}

fn embeds_in(length: usize, asked: &Value) -> Play {
    let vectors = asked["input"].as_array().unwrap().iter().map(|text| numbers(length, text.as_str().unwrap()));
    let data: Vec<Value> =
        vectors.enumerate().map(|(index, numbers)| json!({ "index": index, "embedding": numbers })).collect();
    Play::Answer(200, json!({ "data": data, "usage": { "prompt_tokens": 10 * data.len() } }).to_string())
}

fn numbers(length: usize, text: &str) -> Vec<f64> {
    let mut numbers = vec![0.0; length];
    numbers[0] = 0.2;
    for word in text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 4) {
        let meant = if ["jalopy", "garage", "spaces"].contains(&word) { "parking" } else { word };
        numbers[1 + meant.bytes().fold(7_usize, |hash, byte| hash * 31 % 1_009 + usize::from(byte)) % (length - 1)] +=
            1.0;
    }
    numbers
}

async fn model() -> StandIn {
    StandIn::model(&[Play::Obey(embeds)]).await
}

/// The texts it was asked for, a list a call.
fn inputs(model: &StandIn) -> Vec<Vec<String>> {
    model.asked().into_iter().map(|asked| serde_json::from_value(asked.body["input"].clone()).unwrap()).collect()
}

fn found_by_meaning(answer: &Value) -> bool {
    answer["sources"][0]["heading"] == "Parking"
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_words_do_not_find_is_found_by_what_it_means(db: PgPool) {
    let model = model().await;
    let desk = Desk::learnt(db.clone(), &model, &[("OPENAI_EMBEDDING_API_KEY", "sk-embeddings")]).await;

    let answer = desk.ask().await;

    assert_eq!((&answer["outcome"], &answer["answeredBy"]), (&json!("closest"), &json!("knowledge_base")), "{answer}");
    let last = model.asked().pop().unwrap();
    assert_eq!((last.path.as_str(), last.header("Authorization")), ("/v1/embeddings", "Bearer sk-embeddings"));
    assert_eq!(last.body, json!({ "model": "tiny", "input": [QUESTION] }));
    assert_eq!(desk.app.get("/api/support/health").await.json()["parts"]["embeddings"]["status"], "ok");
    let rows = desk.app.count("select count(*) from support.embeddings").await;
    assert_eq!(rows, 9, "of each section the whole, the heading and the line; of no question");

    let accept = [("Content-Type", "application/json"), ("Accept", "text/event-stream")];
    let body = json!({ "message": QUESTION }).to_string();
    let streamed = desk.app.send("POST", "/api/support/public", &accept, body.as_bytes()).await;
    assert!(streamed.body.contains(r#""heading":"Parking""#), "{}", streamed.body);

    let without = TestApp::with(db, &[("KNOWLEDGE_BASE_DIR", desk.folder.0.to_str().unwrap())]).await;
    assert!(!found_by_meaning(&without.ask(QUESTION, "").await));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_words_are_sure_of_and_what_is_no_question_asks_for_nothing(db: PgPool) {
    let model = model().await;
    let desk = Desk::learnt(db, &model, &[]).await;
    let before = model.asked().len();

    let sure = desk.app.ask("When is breakfast served?", "").await;
    assert_eq!(sure["outcome"], "answer", "{sure}");
    desk.app.ask("hello", "").await;
    desk.app.ask("I want to talk to a person", "").await;

    assert_eq!(model.asked().len(), before);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_question_that_leans_on_the_one_before_is_embedded_behind_it(db: PgPool) {
    let model = model().await;
    let desk = Desk::learnt(db, &model, &[]).await;

    let first = desk.app.ask("Where does the jalopy stay?", "").await;
    desk.app.ask("and that in winter?", first["conversationId"].as_str().unwrap()).await;

    assert_eq!(inputs(&model).pop().unwrap(), ["Where does the jalopy stay? and that in winter?"]);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn whatever_its_server_does_words_answer_in_time(db: PgPool) {
    let data = |data: Value| Play::Answer(200, json!({ "data": data }).to_string());
    let long = vec!["0.123456789012345678"; 600_000].join(",");
    let plays = [
        Play::Hang,
        Play::HangAfterHead,
        Play::Drip,
        Play::Endless,
        Play::BreakOff("{\"data\": [{\"embedding\": [0.1".into()),
        Play::Answer(200, "<html>Bad gateway</html>".into()),
        Play::Answer(200, format!("{{\"data\": [{{\"embedding\": [{long}]}}]}}")),
        Play::Answer(500, "{}".into()),
        Play::Answer(401, "{\"error\": {\"message\": \"Incorrect API key\"}}".into()),
        Play::Answer(302, String::new()),
        Play::AskForTime(429, 3_600),
        data(json!([])),
        data(json!([{ "index": 1, "embedding": numbers(64, QUESTION) }])),
        data(
            json!([{ "index": 0, "embedding": numbers(64, QUESTION) }, { "index": 1, "embedding": numbers(64, QUESTION) }]),
        ),
        data(json!([{ "index": 0, "embedding": vec![0.0; 64] }])),
        data(json!([{ "index": 0, "embedding": vec![Value::Null; 64] }])),
        Play::Answer(200, format!("{{\"data\":[{{\"embedding\":[{}]}}]}}", vec!["NaN"; 64].join(","))),
        Play::Answer(200, format!("{{\"data\":[{{\"embedding\":[{}]}}]}}", vec!["1e999"; 64].join(","))),
    ];
    let count = plays.len();
    let model = model().await;
    // Each of them is asked for, however many fail before it.
    let desk = Desk::learnt(db, &model, &[("MODEL_BREAKER_FAILURES", "1000")]).await;
    let by_words = TestApp::with(desk.app.db.clone(), &[("KNOWLEDGE_BASE_DIR", desk.folder.0.to_str().unwrap())]).await;
    let by_words = by_words.ask(QUESTION, "").await["reply"].clone();

    let tried = stream::iter(plays).then(async |play| {
        let before = model.asked().len();
        model.play(play.clone());
        let started = Instant::now();
        let answer = desk.ask().await;
        assert!(started.elapsed() < IN_TIME, "{play:?}: {:?}", started.elapsed());
        assert_eq!(answer["reply"], by_words, "{play:?}");
        assert_eq!(model.asked().len(), before + 1, "{play:?}: once and no more");
    });
    assert_eq!(tried.count().await, count);
    desk.app.eventually_healthy("degraded").await;
    model.play(Play::Obey(embeds));
    desk.ask_until(found_by_meaning).await;
    desk.app.eventually_healthy("ok").await;
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_server_that_fails_again_and_again_is_left_alone(db: PgPool) {
    let model = model().await;
    let desk = Desk::learnt(db, &model, &[("MODEL_BREAKER_FAILURES", "2")]).await;
    model.play(Play::Answer(503, String::new()));
    let before = model.asked().len();

    for _ in 0..5 {
        desk.ask().await;
    }

    assert_eq!(model.asked().len(), before + 2);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_start_waits_for_no_embeddings_and_learns_when_the_server_is_back(db: PgPool) {
    let model = StandIn::model(&[Play::Answer(500, String::new()), Play::Obey(embeds)]).await;
    let desk = Desk::new(db, &model, &[]).await;

    assert_eq!(desk.app.get("/ready").await.status, 200);
    assert!(!found_by_meaning(&desk.ask().await));
    desk.app.eventually_healthy("degraded").await;

    desk.ask_until(found_by_meaning).await;
    desk.app.eventually_healthy("ok").await;
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_server_that_is_not_there_is_no_obstacle(db: PgPool) {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let url = format!("http://{nobody}/v1");
    let settings = [("OPENAI_EMBEDDING_BASE_URL", url.as_str()), ("OPENAI_EMBEDDING_MODEL", "tiny")];
    let app = TestApp::with(db, &settings).await;

    assert_eq!(app.ask("How much is the Growth plan?", "").await["outcome"], "answer");
    app.eventually_healthy("degraded").await;
    assert_eq!(app.get("/ready").await.status, 200);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_was_learnt_is_kept_over_a_restart_and_for_other_instances(db: PgPool) {
    let model = model().await;
    let desk = Desk::learnt(db.clone(), &model, &[]).await;
    desk.app.stop();
    let (rows, asked) = (desk.app.count("select count(*) from support.embeddings").await, inputs(&model));
    let texts = asked.iter().flatten().filter(|text| *text != QUESTION).count();
    assert_eq!(usize::try_from(rows).unwrap(), texts, "each text once");

    let folder = Folder::new();
    fs::write(folder.0.join("inn.md"), KNOWLEDGE).unwrap();
    let again = Desk::over(db.clone(), folder, &model, &[]).await;
    let beside = Desk::new(db, &model, &[]).await;
    again.ask_until(found_by_meaning).await;
    beside.ask_until(found_by_meaning).await;

    assert!(inputs(&model)[asked.len()..].iter().flatten().all(|text| text == QUESTION), "{:?}", inputs(&model));
    assert_eq!(again.app.count("select count(*) from support.embeddings").await, rows);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn two_instances_that_learn_at_once_end_with_the_same(db: PgPool) {
    let model = model().await;

    let (one, other) = tokio::join!(Desk::new(db.clone(), &model, &[]), Desk::new(db.clone(), &model, &[]));
    one.ask_until(found_by_meaning).await;
    other.ask_until(found_by_meaning).await;

    let texts = inputs(&model).into_iter().flatten().filter(|text| text != QUESTION);
    let texts: std::collections::BTreeSet<String> = texts.collect();
    assert_eq!(usize::try_from(one.app.count("select count(*) from support.embeddings").await).unwrap(), texts.len());
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn another_model_behind_the_same_name_is_learnt_anew(db: PgPool) {
    let model = model().await;
    let desk = Desk::learnt(db, &model, &[]).await;
    let rows = desk.app.count("select count(*) from support.embeddings").await;

    model.play(Play::Obey(embeds_shorter));

    desk.ask_until(|answer| !found_by_meaning(answer)).await;
    desk.ask_until(found_by_meaning).await;
    let shorter = "select count(*) from support.embeddings where octet_length(vector) = 48 * 4";
    assert_eq!(desk.app.count(shorter).await, rows);
    desk.app.eventually_healthy("ok").await;
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_question_from_before_does_not_outdate_what_was_learnt_since(db: PgPool) {
    let model = model().await;
    let desk = Desk::learnt(db, &model, &[]).await;
    model.play(Play::Obey(embeds_shorter_and_waits));
    let asked = model.asked().len();

    let of_before = async {
        let answer = desk.ask().await;
        assert!(!found_by_meaning(&answer), "{answer}");
    };
    let learnt_since = async {
        model.asked_for(asked + 1).await;
        while !found_by_meaning(&desk.app.ask("Anywhere for my jalopy?", "").await) {}
        model.go_on();
    };
    join(of_before, learnt_since).await;

    desk.app.eventually_healthy("ok").await;
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_edit_asks_for_what_is_new_only(db: PgPool) {
    let model = model().await;
    let desk = Desk::learnt(db, &model, &[]).await;
    let before = model.asked().len();

    let edited = KNOWLEDGE.replace("€15 a night.", "€18 a night.") + "\n## Pool\n\nHeated all winter.\n";
    fs::write(desk.folder.0.join("inn.md"), edited).unwrap();
    desk.ask_until(|answer| found_by_meaning(answer) && answer["reply"].as_str().unwrap().contains("€18")).await;

    let new: Vec<String> =
        inputs(&model)[before..].iter().flatten().filter(|text| *text != QUESTION).cloned().collect();
    assert_eq!(new.len(), 5, "{new:?}");
    assert!(new.iter().all(|text| text.contains("€18") || text.contains("Pool")), "{new:?}");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn no_address_or_number_of_whoever_asks_leaves_the_house(db: PgPool) {
    let model = model().await;
    let desk = Desk::learnt(db, &model, &[]).await;
    let before = model.asked().len();

    let question = "Somewhere for the jalopy of lovelace@example.net, +44 7700 900123?";
    let first = desk.app.ask(question, "").await;
    desk.app.ask("and that for the jalopy?", first["conversationId"].as_str().unwrap()).await;

    let sent = inputs(&model)[before..].concat();
    assert_eq!(sent.len(), 2, "{sent:?}");
    for text in sent {
        assert!(text.contains("jalopy") && !text.contains("lovelace") && !text.contains("900123"), "{text}");
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_it_takes_is_told_and_counted_with_everything_else(db: PgPool) {
    let model = model().await;
    let desk = Desk::learnt(db, &model, &[("MODEL_PRICES", "tiny=1000/0")]).await;
    let calls = model.asked().len();
    let texts = inputs(&model).concat().len();

    let day = desk.usage().await["days"][0].clone();

    assert_eq!((&day["model"], &day["calls"]), (&json!("tiny"), &json!(calls)), "{day}");
    assert_eq!((&day["prompt_tokens"], &day["completion_tokens"]), (&json!(10 * texts), &json!(0)));
    assert_eq!(
        (day["cost"].as_f64(), &day["estimated_calls"]),
        (json!(texts).as_f64().map(|texts| texts / 100.0), &json!(0))
    );
    let turn = "select count(*) from support.model_usage where conversation_id is not null and prompt_tokens = 10";
    assert!(desk.app.count(turn).await > 0, "a question is its conversation's");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_conversation_that_has_spent_its_money_is_answered_by_words(db: PgPool) {
    let model = model().await;
    // A question takes 0.01, and the next one, behind the first, at most 0.015.
    let settings = [("MODEL_PRICES", "tiny=1000/0"), ("BUDGET_PER_CONVERSATION", "0.02")];
    let desk = Desk::learnt(db, &model, &settings).await;
    let first = desk.ask().await;
    assert!(found_by_meaning(&first), "{first}");
    let before = model.asked().len();

    desk.app.ask("and that in winter?", first["conversationId"].as_str().unwrap()).await;
    assert_eq!(model.asked().len(), before);

    assert!(found_by_meaning(&desk.ask().await), "another conversation has money of its own");
    assert_eq!(model.asked().len(), before + 1);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_day_without_money_learns_nothing_and_is_no_fault(db: PgPool) {
    let model = model().await;
    let desk = Desk::new(db, &model, &[("MODEL_PRICES", "tiny=1000/0"), ("BUDGET_PER_DAY", "0.01")]).await;

    assert!(!found_by_meaning(&desk.ask().await));

    desk.app.eventually_healthy("ok").await;
    assert!(model.asked().is_empty());
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn whoever_asks_too_much_is_answered_by_words(db: PgPool) {
    let model = model().await;
    let desk = Desk::learnt(db, &model, &[("CHATS_PER_MINUTE", "1/100000")]).await;
    let first = desk.app.ask("hello", "").await;
    let conversation = first["conversationId"].as_str().unwrap();
    desk.app.ask("hello again", conversation).await;
    let before = model.asked().len();

    let answer = desk.app.ask(QUESTION, conversation).await;

    assert!(!found_by_meaning(&answer), "{answer}");
    assert_eq!(model.asked().len(), before);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_model_that_reads_everything_needs_no_embeddings_of_questions(db: PgPool) {
    let embedder = model().await;
    let says = json!({ "choices": [{ "message": { "content": "Parking has twelve spaces [1]." } }] });
    let model = StandIn::model(&[Play::Answer(200, says.to_string())]).await;
    let url = format!("{}/v1", model.url);
    let desk = Desk::new(db, &embedder, &[("OPENAI_BASE_URL", url.as_str()), ("OPENAI_API_KEY", "sk-answers")]).await;
    desk.app.eventually("select count(*) from support.embeddings", 9).await;
    let before = embedder.asked().len();

    desk.ask().await;

    assert_eq!((model.asked().len(), embedder.asked().len()), (1, before));
    assert!(embedder.asked().iter().all(|asked| !asked.headers.contains_key("authorization")), "another server's key");
}

#[tokio::test]
async fn the_command_line_measures_with_embeddings_too() {
    let (model, folder) = (model().await, Folder::new());
    fs::write(folder.0.join("inn.md"), KNOWLEDGE).unwrap();
    let set = folder.0.join("questions.jsonl");
    let gold = json!({ "id": "1", "kind": "in", "question": QUESTION, "expected": [["inn.md#Parking"]] });
    fs::write(&set, gold.to_string()).unwrap();
    let run = async |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_levqor-support"));
        command.args(arguments).env("KNOWLEDGE_BASE_DIR", &folder.0).env("OPENAI_EMBEDDING_MODEL", "tiny");
        command.env("OPENAI_EMBEDDING_BASE_URL", format!("{}/v1", model.url));
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let eval = ["eval", set.to_str().unwrap(), "--fail-under", "A1=1"];

    assert!(!run(&eval).await.0);
    let (is_good, figures) = run(&[&eval[..], &["--embeddings"]].concat()).await;
    assert!(is_good && figures.contains("1.000  (1/1)"), "{figures}");
    assert!(run(&["ask", "--embeddings", QUESTION]).await.1.contains("# Parking"));

    model.play(Play::Answer(401, "{}".into()));
    assert!(!run(&["ask", "--embeddings", QUESTION]).await.0, "what was asked for and cannot be had is said");
}
