//! A budget holds: the model is asked while there is money for it, and never beyond.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::{Desk, assert_from_knowledge_base, says};
use crate::stand_in::{Play, StandIn};

/// How long a test waits for what another instance spent.
const PATIENCE: Duration = Duration::from_secs(40);

/// A thousand tokens read cost one; the stand-in tells of 700 and 20 a call.
const PRICES: (&str, &str) = ("MODEL_PRICES", "gpt-4o-mini=1000/0, nano=10/0");

/// Room for two turns and not for three: what a turn may come to at most is set aside before it is asked.
const TWO_TURNS: &str = "25";

async fn model() -> StandIn {
    StandIn::model(&[says("Growth costs £29/month [1].")]).await
}

/// As many ways to ask the same, so that nobody seems to repeat themselves.
fn questions() -> Vec<String> {
    ["price", "fee", "rate", "charge", "cost", "tariff", "amount", "bill", "sum", "payment"]
        .iter()
        .map(|word| format!("What is the {word} of the Growth plan?"))
        .collect()
}

async fn usage(desk: &Desk) -> Value {
    let answer = desk.app.admin_get("/api/support/usage").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

fn by_model(answers: &[Value]) -> usize {
    answers.iter().filter(|answer| answer["answeredBy"] == "model").count()
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_conversation_that_has_spent_its_money_is_answered_by_the_knowledge_base(db: PgPool) {
    let model = model().await;
    let desk = Desk::new(db, &model, &[PRICES, ("BUDGET_PER_CONVERSATION", TWO_TURNS)]).await;
    let (mut answers, mut conversation) = (Vec::new(), String::new());

    for question in questions().iter().cycle().take(30) {
        let answer = desk.app.ask(question, &conversation).await;
        conversation = answer["conversationId"].as_str().unwrap().to_owned();
        answers.push(answer);
    }

    let asked = by_model(&answers);
    assert!((2..30).contains(&asked), "{asked}");
    assert_eq!(model.asked().len(), asked, "who has no money asks nobody");
    assert_eq!(desk.ask().await["answeredBy"], "model", "another conversation has money of its own");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn who_asks_at_once_cannot_spend_the_same_money_twice(db: PgPool) {
    let model = model().await;
    let desk = Desk::new(db, &model, &[PRICES, ("BUDGET_PER_DAY", TWO_TURNS)]).await;

    let answers = join_all((0..20).map(|_| desk.ask())).await;

    assert!((1..20).contains(&by_model(&answers)));
    let budget = &usage(&desk).await["budgets"][0];
    assert_eq!((&budget["per"], &budget["limit"]), (&json!("day"), &json!(25.0)));
    assert!(budget["spent"].as_f64().unwrap() <= 25.0, "{budget}");
    for answer in answers.iter().filter(|answer| answer["answeredBy"] != "model") {
        assert_from_knowledge_base(answer);
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn the_ladder_goes_from_the_model_to_a_smaller_one_to_the_knowledge_base_to_a_person(db: PgPool) {
    let model = model().await;
    let settings = [PRICES, ("OPENAI_SMALL_MODEL", "nano"), ("BUDGET_PER_MONTH", TWO_TURNS)];
    let desk = Desk::new(db, &model, &settings).await;

    let names = || model.asked().into_iter().map(|asked| asked.body["model"].clone()).collect::<Vec<_>>();
    desk.ask().await;
    assert_eq!(names(), ["gpt-4o-mini"]);
    spend(&desk, 19).await;
    desk.ask_until(|_| names().last() == Some(&json!("nano"))).await;
    spend(&desk, 10).await;
    let known = desk.ask_until(|answer| answer["answeredBy"] != "model").await;
    assert_from_knowledge_base(&known);
    assert_eq!(known["escalationSuggested"], false);
    let asked = names().len();
    let unknown = desk.app.ask("Do you ship fresh fish to the moon base?", "").await;
    assert_eq!(unknown["handoff"]["reason"], "budget", "{unknown}");
    assert!(unknown["ticketId"].is_string() && unknown["reply"].as_str().unwrap().contains("Ticket #"));
    assert_eq!(names().len(), asked);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_was_spent_is_told_by_day_and_model_and_so_is_what_is_not_known(db: PgPool) {
    let untold = json!({ "choices": [{ "message": { "content": "Growth costs £29/month [1]." } }] });
    let plays = [
        says("Growth costs £79/month [1]."),
        says("Growth costs £29/month [1]."),
        Play::Answer(200, untold.to_string()),
    ];
    let model = StandIn::model(&plays).await;
    let desk = Desk::new(db, &model, &[("MODEL_PRICES", "gpt-4o-mini=1000/5000")]).await;

    desk.ask().await;
    let told = usage(&desk).await["days"][0].clone();
    assert_eq!(
        (&told["model"], &told["calls"]),
        (&json!("gpt-4o-mini"), &json!(2)),
        "an answer that is not shown costs too"
    );
    assert_eq!((&told["prompt_tokens"], &told["completion_tokens"]), (&json!(1_400), &json!(40)));
    assert_eq!(told["cost"], 1.6);
    assert_eq!((&told["estimated_calls"], &told["unpriced_calls"]), (&json!(0), &json!(0)));

    desk.ask().await;
    let told = usage(&desk).await["days"][0].clone();
    assert_eq!((&told["calls"], &told["estimated_calls"]), (&json!(3), &json!(1)));
    assert!(told["cost"].as_f64().unwrap() > 1.6, "{told}");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_answer_that_broke_off_is_counted_beside_the_one_that_came_and_a_failure_is_not(db: PgPool) {
    let broken = || Play::BreakOff("{\"choices\": [{\"message\": {\"content\": \"Growth".into());
    let good = || says("Growth costs £29/month [1].");
    let invented = || says("Growth costs £79/month [1].");
    for (plays, by, asked, calls, estimated) in [
        (vec![Play::Answer(503, String::new()), good()], "model", 2, 1, 0),
        (vec![broken(), good()], "model", 2, 2, 2),
        // What is set aside for a turn is enough for two: a third is not asked for.
        (vec![broken(), invented(), good()], "knowledge_base", 2, 2, 2),
        (vec![invented(), broken(), good()], "knowledge_base", 2, 2, 2),
        (vec![invented(), Play::Answer(503, String::new()), good()], "model", 3, 2, 0),
    ] {
        let model = StandIn::model(&plays).await;
        let desk = Desk::new(db.clone(), &model, &[]).await;

        let answer = desk.ask().await;

        assert_eq!((&answer["answeredBy"], model.asked().len()), (&json!(by), asked), "{plays:?}");
        let told = usage(&desk).await["days"][0].clone();
        assert_eq!((&told["calls"], &told["estimated_calls"]), (&json!(calls), &json!(estimated)), "{plays:?}");
        assert!(estimated == 0 || told["prompt_tokens"].as_i64().unwrap() > 700, "{told}");
        sqlx::query("truncate support.model_usage").execute(&desk.app.db).await.unwrap();
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_one_model_refuses_the_other_is_asked_for_all_the_same(db: PgPool) {
    let model = StandIn::model(&[Play::Obey(|asked| {
        if asked["model"] == "nano" || asked["max_tokens"].is_null() {
            return says("Growth costs £29/month [1].");
        }
        let refusal = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.";
        Play::Answer(400, json!({ "error": { "message": refusal } }).to_string())
    })])
    .await;
    let settings = [PRICES, ("OPENAI_SMALL_MODEL", "nano"), ("BUDGET_PER_MONTH", TWO_TURNS)];
    let desk = Desk::new(db, &model, &settings).await;
    desk.ask().await;
    assert_eq!(model.asked().last().unwrap().body["max_completion_tokens"], 300);

    spend(&desk, 19).await;
    desk.ask_until(|_| model.asked().last().is_some_and(|asked| asked.body["model"] == "nano")).await;

    let of_nano = model.asked().into_iter().find(|asked| asked.body["model"] == "nano").unwrap();
    assert_eq!((&of_nano.body["max_tokens"], &of_nano.body["max_completion_tokens"]), (&json!(300), &Value::Null));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn without_prices_tokens_are_told_and_no_money(db: PgPool) {
    let model = model().await;
    let desk = Desk::new(db, &model, &[]).await;

    desk.ask().await;

    let told = usage(&desk).await;
    assert_eq!(told["budgets"], json!([]));
    let day = &told["days"][0];
    assert_eq!((&day["prompt_tokens"], &day["cost"], &day["unpriced_calls"]), (&json!(700), &json!(0.0), &json!(1)));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn usage_is_the_teams_alone_and_of_a_number_of_days(db: PgPool) {
    let desk = Desk::new(db, &model().await, &[]).await;

    assert_eq!(desk.app.get("/api/support/usage").await.status, 401);
    for wrong in ["0", "-1", "x", "99999999999999999999", "1&days=2"] {
        let answer = desk.app.admin_get(&format!("/api/support/usage?days={wrong}")).await;
        assert_eq!(answer.status, 422, "{wrong}: {}", answer.body);
        assert!(answer.json()["fields"]["days"].is_string(), "{}", answer.body);
    }
    assert_eq!(desk.app.admin_get("/api/support/usage?days=365").await.status, 200);
}

/// As if another instance had spent so much today.
async fn spend(desk: &Desk, amount: i64) {
    sqlx::query(
        "insert into support.model_usage (model, calls, prompt_tokens, completion_tokens, is_estimated, cost_nanos)
         values ('gpt-4o-mini', 1, 1, 1, false, $1)",
    )
    .bind(amount * 1_000_000_000)
    .execute(&desk.app.db)
    .await
    .unwrap();
}

impl Desk {
    /// What another instance spends is known some seconds later: asks until that shows.
    async fn ask_until(&self, shows: impl Fn(&Value) -> bool) -> Value {
        let started = Instant::now();
        loop {
            let answer = self.ask().await;
            if shows(&answer) {
                return answer;
            }
            assert!(started.elapsed() < PATIENCE, "{answer}");
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }
}
