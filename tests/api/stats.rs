//! The figures are what happened, and null where nothing did.

use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use crate::harness::TestApp;

async fn stats(app: &TestApp) -> Value {
    let answer = app.admin_get("/api/support/stats").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

/// A chat of somebody, with what they heard to each of their questions and at what day.
struct Chat {
    id: Uuid,
    answers: Vec<Uuid>,
}

impl Chat {
    /// `said` is an answer's outcome, or `manners`, and how many days ago it was given.
    async fn new(db: &PgPool, email: Option<&str>, said: &[(&str, f64)]) -> Self {
        let id = Uuid::new_v4();
        let opened = "insert into support.conversations (id, handle_hash, mode, email, created_at)
            values ($1, uuid_send($1), 'public', $2, now() - make_interval(secs => 86400 * $3))";
        sqlx::query(opened).bind(id).bind(email).bind(said[0].1).execute(db).await.unwrap();
        let mut answers = Vec::new();
        for (outcome, days) in said {
            let (outcome, sources) = match *outcome {
                "manners" => ("answer", "[]"),
                other => (other, r#"[{"file":"faq.md"}]"#),
            };
            let answer = Uuid::new_v4();
            let asked = "insert into support.messages (id, conversation_id, author, body, created_at)
                values (gen_random_uuid(), $1, 'customer', '?', now() - make_interval(secs => 86400 * $2))";
            sqlx::query(asked).bind(id).bind(days).execute(db).await.unwrap();
            let told = "insert into support.messages
                    (id, conversation_id, author, body, outcome, answered_by, confidence, sources, created_at)
                values ($1, $2, 'ai', '!', $3, 'knowledge_base', 0.9, $4::jsonb, now() - make_interval(secs => 86400 * $5))";
            let told = sqlx::query(told).bind(answer).bind(id).bind(outcome).bind(sources).bind(days);
            told.execute(db).await.unwrap();
            answers.push(answer);
        }
        Self { id, answers }
    }

    async fn rated(&self, db: &PgPool, rating: &str) {
        let rated = "insert into support.feedback (message_id, rating) values ($1, $2)";
        sqlx::query(rated).bind(self.answers[0]).bind(rating).execute(db).await.unwrap();
    }

    /// A ticket came of it so many hours ago, and a person closed it so many hours later.
    async fn handed_over(&self, db: &PgPool, code: &str, hours_ago: i32, closed_after: Option<i32>) {
        let ticket = "insert into support.tickets
                (id, code, conversation_id, message, handoff_reason, status, created_at, first_answer_at, closed_at)
            select gen_random_uuid(), $1, $2, '?', 'policy', case when closed is null then 'open' else 'closed' end,
                   opened, closed, closed
            from (select now() - make_interval(hours => $3) as opened,
                         now() - make_interval(hours => $3 - $4) as closed) times";
        sqlx::query(ticket).bind(code).bind(self.id).bind(hours_ago).bind(closed_after).execute(db).await.unwrap();
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_conversation_is_resolved_when_its_week_is_over_and_nobody_came_back(db: PgPool) {
    let app = TestApp::new(db.clone()).await;
    let resolution = async |chats: &str| {
        let stats = stats(&app).await;
        let counts = ["resolved", "unresolved", "pending"].map(|name| stats["resolution"][name].as_i64().unwrap());
        (chats.to_owned(), counts)
    };
    let told = |chats: &str, counts| (chats.to_owned(), counts);

    Chat::new(&db, None, &[("unknown", 10.0), ("answer", 9.99)]).await;
    assert_eq!(resolution("answered in the end").await, told("answered in the end", [1, 0, 0]));
    Chat::new(&db, None, &[("answer", 6.9)]).await;
    assert_eq!(resolution("a week not over").await, told("a week not over", [1, 0, 1]));
    Chat::new(&db, None, &[("answer", 10.0), ("closest", 9.99)]).await;
    assert_eq!(resolution("not answered").await, told("not answered", [1, 1, 1]));
    Chat::new(&db, None, &[("answer", 10.0)]).await.handed_over(&db, "AAAAAAAA", 1, None).await;
    assert_eq!(resolution("handed over").await, told("handed over", [1, 2, 1]));
    Chat::new(&db, None, &[("answer", 10.0)]).await.rated(&db, "down").await;
    assert_eq!(resolution("rated down").await, told("rated down", [1, 3, 1]));
    Chat::new(&db, None, &[("answer", 10.0)]).await.rated(&db, "up").await;
    assert_eq!(resolution("rated up").await, told("rated up", [2, 3, 1]));
    Chat::new(&db, None, &[("answer", 10.0), ("answer", 9.0)]).await;
    assert_eq!(resolution("came back to it").await, told("came back to it", [2, 4, 1]));
    Chat::new(&db, None, &[("answer", 18.0), ("answer", 10.0)]).await;
    assert_eq!(resolution("another matter").await, told("another matter", [3, 4, 1]));
    Chat::new(&db, Some("ada@example.com"), &[("answer", 20.0)]).await;
    Chat::new(&db, Some("ADA@example.com"), &[("answer", 14.0)]).await;
    assert_eq!(resolution("asked anew").await, told("asked anew", [4, 5, 1]));
    Chat::new(&db, None, &[("manners", 10.0)]).await;
    Chat::new(&db, None, &[("answer", 31.0)]).await;
    assert_eq!(resolution("none of it").await, told("none of it", [4, 5, 1]));

    let stats = stats(&app).await;
    let is_near = |rate: &Value, expected: f64| (rate.as_f64().unwrap() - expected).abs() < 1e-9;
    assert!(is_near(&stats["resolution"]["rate"], 4.0 / 9.0), "{stats}");
    assert_eq!((&stats["conversations"], &stats["people"]), (&json!(11), &json!(10)));
    assert_eq!(stats["hand_over"]["conversations"], 1);
    assert!(is_near(&stats["hand_over"]["rate"], 1.0 / 11.0), "{stats}");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_was_said_and_what_people_thought_of_it_is_counted(db: PgPool) {
    let app = TestApp::new(db.clone()).await;
    let sure = Chat::new(&db, None, &[("answer", 1.0), ("unknown", 1.0), ("answer", 1.0)]).await;
    sure.rated(&db, "down").await;
    Chat::new(&db, None, &[("unknown", 1.0)]).await.rated(&db, "down").await;
    Chat::new(&db, None, &[("closest", 1.0)]).await.rated(&db, "up").await;
    Chat::new(&db, None, &[("answer", 40.0)]).await;

    let stats = stats(&app).await;

    let answers = json!({
        "total": 5,
        "by_outcome": { "answer": 2, "closest": 1, "unknown": 2 },
        "by_answered_by": { "knowledge_base": 5 },
    });
    assert_eq!(stats["answers"], answers);
    assert_eq!(stats["ratings"], json!({ "up": 1, "down": 2, "wrong_answers": 1 }));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn tickets_tell_how_long_people_waited(db: PgPool) {
    let app = TestApp::new(db.clone()).await;
    for (code, hours_ago, closed_after) in [
        ("AAAAAAAA", 100, Some(1)),
        ("BBBBBBBB", 100, Some(2)),
        ("CCCCCCCC", 100, Some(12)),
        ("DDDDDDDD", 50, None),
        ("EEEEEEEE", 24 * 40, None),
    ] {
        let chat = Chat::new(&db, None, &[("answer", 1.0)]).await;
        chat.handed_over(&db, code, hours_ago, closed_after).await;
    }

    let stats = stats(&app).await;

    let tickets = &stats["tickets"];
    assert_eq!(["opened", "closed", "open"].map(|name| tickets[name].as_i64().unwrap()), [4, 3, 2]);
    let hours = |value: &Value| value.as_f64().unwrap();
    assert!((hours(&tickets["oldest_open_hours"]) - 960.0).abs() < 0.1, "{tickets}");
    assert!((hours(&tickets["first_reply_hours"]["median"]) - 2.0).abs() < 1e-6, "{tickets}");
    assert!((hours(&tickets["first_reply_hours"]["p90"]) - 10.0).abs() < 1e-6, "{tickets}");
    assert_eq!(stats["hand_over"]["reasons"], json!({ "policy": 4 }));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_desk_that_nobody_asked_has_counts_and_no_shares(db: PgPool) {
    let app = TestApp::new(db).await;

    let none = json!({
        "days": 30,
        "conversations": 0,
        "people": 0,
        "resolution": { "resolved": 0, "unresolved": 0, "pending": 0, "rate": null },
        "answers": { "total": 0, "by_outcome": {}, "by_answered_by": {} },
        "ratings": { "up": 0, "down": 0, "wrong_answers": 0 },
        "hand_over": { "conversations": 0, "rate": null, "reasons": {} },
        "tickets": {
            "opened": 0, "closed": 0, "open": 0, "oldest_open_hours": null,
            "first_reply_hours": { "median": null, "p90": null },
        },
    });
    assert_eq!(stats(&app).await, none);
    assert_eq!(app.admin_get("/api/support/stats?days=9999").await.json()["days"], 365);
    assert_eq!(app.admin_get("/api/support/stats?days=0").await.status, 422);
    assert_eq!(app.get("/api/support/stats").await.status, 401);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_a_chat_stores_is_what_is_counted(db: PgPool) {
    let app = TestApp::new(db).await;
    let answer = app.ask("How much is the Growth plan?", "").await;
    app.ask("hello", "").await;
    app.ask("I want to speak to a human", "").await;
    let rate = format!("/api/support/messages/{}/feedback", answer["messageId"].as_str().unwrap());
    app.post(&rate, &json!({ "rating": "down" })).await;
    let code = app.open_ticket("Refund?").await;
    app.admin_post(&format!("/api/support/tickets/{code}/close"), &json!({})).await;

    let stats = stats(&app).await;

    assert_eq!((&stats["conversations"], &stats["people"]), (&json!(3), &json!(3)), "{stats}");
    assert_eq!(stats["resolution"]["pending"], 2, "{stats}");
    assert_eq!(stats["answers"]["by_outcome"], json!({ "answer": 2, "handed_over": 1 }));
    assert_eq!(stats["hand_over"]["reasons"], json!({ "customer_request": 2 }));
    assert_eq!((&stats["tickets"]["opened"], &stats["tickets"]["closed"]), (&json!(2), &json!(1)));
    assert_eq!(stats["ratings"]["wrong_answers"], 1);
}
