//! What is held on a person, told whole; and erased, leaving nothing of them.

use ring::digest;
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::{
    harness::TestApp,
    http::Answer,
    model::{Desk, says},
    process::{Folder, Process},
    sessions::{ask, nextauth},
    stand_in::{Play, StandIn},
};

const EXPORT: &str = "/api/support/people/export";
const ERASE: &str = "/api/support/people/erase";

/// Ada everywhere: in a public chat, a private one, an escalation, deliveries, orders, and in what
/// Grace says. Nothing owed gets out while the channels are down.
struct World {
    app: TestApp,
    telegram: StandIn,
    resend: StandIn,
}

impl World {
    async fn new(db: PgPool) -> Self {
        let (telegram, resend) = (StandIn::telegram(&[]).await, StandIn::resend(&[]).await);
        for channel in [&telegram, &resend] {
            channel.play(Play::Answer(503, "{}".into()));
        }
        let secret = nextauth().secret;
        let settings = [
            ("NEXTAUTH_SECRET", secret.as_str()),
            ("TELEGRAM_BOT_TOKEN", "1:x"),
            ("TELEGRAM_CHAT_ID", "1"),
            ("TELEGRAM_API_URL", &telegram.url),
            ("RESEND_API_KEY", "re_key"),
            ("AUTH_FROM_EMAIL", "desk@levqor.ai"),
            ("RESEND_API_URL", &resend.url),
        ];
        let app = TestApp::with(db, &settings).await;
        let bearer = format!("Bearer {}", nextauth().token);
        app.ask("I want to speak to a human, I am Ada@Example.com", "").await;
        ask(&app, &[("Authorization", &bearer)], &json!({ "message": "What does Levqor do?" })).await;
        escalate(&app, "ADA@example.com", "my invoice is wrong").await;
        escalate(&app, "grace@example.com", "my colleague ada@example.com cannot log in").await;
        let rows =
            "insert into public.dfy_orders (id, customer_id, customer_email, tier) values (7, 'cus_1', $1, 'STARTER')";
        sqlx::query(rows).bind("Ada@Example.com").execute(&app.db).await.unwrap();
        let rows = "insert into support.model_usage (visitor_hash, model, calls, prompt_tokens, completion_tokens, is_estimated)
            values (sha256('ada@example.com'), 'm', 1, 1, 1, false)";
        sqlx::query(rows).execute(&app.db).await.unwrap();
        let rows = "insert into public.dfy_activity (order_id, activity_type) values (7, 'intake_submitted')";
        sqlx::query(rows).execute(&app.db).await.unwrap();
        Self { app, telegram, resend }
    }

    async fn erase(&self, email: &str) -> Value {
        let answer = self.app.admin_post(ERASE, &json!({ "email": email })).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }
}

async fn escalate(app: &TestApp, email: &str, message: &str) -> Answer {
    let context = json!({ "source": "chat", "page": format!("/?email={email}") });
    app.post("/api/support/escalate", &json!({ "email": email, "message": message, "context": context })).await
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn everything_held_on_a_person_is_told_and_nothing_of_others(db: PgPool) {
    let World { app, .. } = World::new(db).await;

    let answer = app.admin_post(EXPORT, &json!({ "email": "aDa@example.com" })).await;

    let held = answer.json();
    let counts = |name: &str| held[name].as_array().unwrap().len();
    assert_eq!(["conversations", "tickets", "deliveries"].map(counts), [3, 2, 3], "{held}");
    assert_eq!(["escalations", "confirmations", "model_usage", "mentions"].map(counts), [1, 1, 1, 3], "{held}");
    assert_eq!(held["conversations"][0]["messages"][0]["body"], "I want to speak to a human, I am Ada@Example.com");
    assert_eq!(held["conversations"][1]["mode"], "private");
    assert_eq!(held["deliveries"][0]["state"], "pending");
    assert_eq!(held["kept_by_law"]["public.dfy_orders"][0]["tier"], "STARTER");
    assert_eq!(held["kept_by_law"]["public.dfy_activity"][0]["activity_type"], "intake_submitted");
    assert!(!answer.body.contains("grace") && !answer.body.contains("cannot log in"), "{held}");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_erased_person_is_nowhere_and_is_sent_nothing(db: PgPool) {
    let world = World::new(db).await;
    let app = &world.app;

    let erased = world.erase("aDa@Example.COM").await;

    assert_eq!(erased["erased"]["conversations"], 3, "{erased}");
    assert_eq!((&erased["erased"]["tickets"], &erased["erased"]["deliveries"]), (&json!(2), &json!(3)), "{erased}");
    assert_eq!(
        erased["kept"][0],
        json!({ "table": "public.dfy_orders", "rows": 1, "why": "invoices are kept by law" })
    );
    assert_eq!(erased["kept"][1]["rows"], 1);
    let stored = app.everything_stored().await.to_lowercase();
    assert!(!stored.contains("ada@example.com") && !stored.contains("my invoice is wrong"), "{stored}");
    let hash = digest::digest(&digest::SHA256, b"ada@example.com");
    let hash: String =
        sqlx::query_scalar("select encode($1, 'hex')").bind(hash.as_ref()).fetch_one(&app.db).await.unwrap();
    assert!(!stored.contains(&hash));
    assert!(stored.contains("my colleague [e-mail address removed] cannot log in"), "the rest of it is Grace's");
    assert_eq!(app.count("select count(*) from support.tickets where email = 'grace@example.com'").await, 1);
    assert_eq!(app.count("select count(*) from public.dfy_orders").await, 1);
    assert_eq!(app.count("select count(*) from support.erasures where who = 'api'").await, 1);
    assert_eq!(app.count("select count(*) from support.model_usage").await, 1, "the bill stays");

    // What was being sent may still have arrived; what comes from now on is Grace's only.
    let before = (world.telegram.asked().len(), world.resend.asked().len());
    for channel in [&world.telegram, &world.resend] {
        channel.play(Play::Answer(200, r#"{"ok":true,"result":{"message_id":1,"date":0},"id":"1"}"#.into()));
    }
    app.bring_forward().await;
    escalate(app, "grace@example.com", "hello again").await;
    app.eventually("select count(*) from support.deliveries where state <> 'sent'", 0).await;
    let alerts = world.telegram.asked().split_off(before.0);
    let mails = world.resend.asked().split_off(before.1);
    assert!(alerts.iter().chain(&mails).all(|asked| !asked.body.to_string().to_lowercase().contains("ada@")));
    assert!(alerts.len() >= 2, "hers arrived");
}

/// Tickets may go before what is owed about them: then only its words tell whose it is.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_outlives_its_ticket_is_told_and_erased_too(db: PgPool) {
    let World { app, .. } = World::new(db).await;
    for table in ["escalations", "tickets"] {
        let delete = format!("delete from support.{table}");
        sqlx::query(sqlx::AssertSqlSafe(delete)).execute(&app.db).await.unwrap();
    }
    let ticketless = "insert into support.deliveries (id, subject_kind, channel, kind, payload, dedupe_key, state)
        select gen_random_uuid(), 'desk', 'telegram', 'x', jsonb_build_object('text', text), text, 'dead'
        from unnest(array['[A] New ticket from ADA@example.com: none', 'ask granada@example.com']) text";
    sqlx::query(ticketless).execute(&app.db).await.unwrap();

    let held = app.admin_post(EXPORT, &json!({ "email": "aDa@example.com" })).await.json();
    let texts: Vec<&str> =
        held["deliveries"].as_array().unwrap().iter().filter_map(|owed| owed["payload"]["text"].as_str()).collect();
    assert!(texts.iter().any(|text| text.contains("my invoice is wrong")), "{held}");
    assert!(texts.contains(&"[A] New ticket from ADA@example.com: none"), "{held}");
    assert!(!held.to_string().contains("grace"), "a colleague's words are theirs: {held}");
    assert!(held["mentions"].as_array().unwrap().iter().any(|mention| mention["table"] == "support.deliveries"));

    let erased = app.admin_post(ERASE, &json!({ "email": "ada@example.com" })).await.json();
    assert_eq!(erased["erased"]["deliveries"], held["deliveries"].as_array().unwrap().len(), "{erased}");
    let stored = app.everything_stored().await.to_lowercase();
    let left = stored.replace("granada@example.com", "");
    assert!(!left.contains("ada@example.com") && !left.contains("my invoice is wrong"), "{left}");
    assert!(stored.contains("granada@example.com") && stored.contains("cannot log in"), "{stored}");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn erasing_an_address_nobody_knows_looks_the_same(db: PgPool) {
    let world = World::new(db).await;

    let unknown = world.erase("nobody@example.com").await;
    let known = world.erase("ada@example.com").await;
    let again = world.erase("ada@example.com").await;

    let shape = |erasure: &Value| {
        let tables = erasure["kept"].as_array().unwrap().iter().map(|kept| kept["table"].clone());
        (erasure["erased"].as_object().unwrap().keys().cloned().collect::<Vec<_>>(), tables.collect::<Vec<_>>())
    };
    assert_eq!(shape(&unknown), shape(&known));
    assert!(unknown["erased"].as_object().unwrap().values().all(|count| count == 0), "{unknown}");
    assert_eq!(unknown["erased"], again["erased"]);
    assert_eq!(world.app.count("select count(*) from support.erasures").await, 3);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_ticket_in_anothers_conversation_stays_theirs(db: PgPool) {
    let world = World::new(db).await;
    let app = &world.app;
    let taken_over = "update support.conversations set email = 'grace@example.com' where email = 'Ada@example.com'";
    assert_eq!(sqlx::query(taken_over).execute(&app.db).await.unwrap().rows_affected(), 1);

    world.erase("ada@example.com").await;

    assert_eq!(app.count("select count(*) from support.tickets where email = 'grace@example.com'").await, 2);
    assert!(!app.everything_stored().await.to_lowercase().contains("ada@example.com"));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_question_under_way_while_its_asker_is_erased_leaves_nothing(db: PgPool) {
    let secret = nextauth().secret;
    let model = StandIn::model(&[Play::Hang]).await;
    let settings = [("NEXTAUTH_SECRET", secret.as_str()), ("MODEL_TIMEOUT_SECONDS", "6")];
    let desk = Desk::new(db, &model, &settings).await;
    // The first message takes what is made at the start only.
    desk.app.ask("hello", "").await;
    let bearer = format!("Bearer {}", nextauth().token);
    let (headers, body) = (
        [("Authorization", bearer.as_str())],
        json!({ "message": "Will everything arrive before our launch on the tenth?" }),
    );

    let (answer, ()) = tokio::join!(ask(&desk.app, &headers, &body), async {
        model.asked_for(1).await;
        let erased = desk.app.admin_post(ERASE, &json!({ "email": "ada@example.com" })).await.json();
        assert_eq!(erased["erased"]["messages"], 1, "{erased}");
    });

    assert_eq!(answer.status, 404, "{}", answer.body);
    assert_eq!(desk.app.count("select count(*) from support.conversations where email is not null").await, 0);
    assert_eq!(desk.app.count("select count(*) from support.messages").await, 2, "the greeting's");
    model.play(says("Growth costs £29/month [1]."));
    assert_eq!(ask(&desk.app, &headers, &body).await.status, 200, "who asks again begins anew");
}

/// Each of the two would otherwise hold what the other one waits for.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_is_being_given_up_waits_for_an_erasure_with_empty_hands(db: PgPool) {
    let telegram = StandIn::telegram(&[(500, ""); 20]).await;
    let settings =
        [("TELEGRAM_BOT_TOKEN", "1:x"), ("TELEGRAM_CHAT_ID", "1"), ("TELEGRAM_API_URL", telegram.url.as_str())];
    let app = TestApp::with(db, &settings).await;
    app.open_ticket("one").await;
    let tried = "select count(*) from support.deliveries where attempts > 0 and lease_token is null";
    app.eventually(tried, 1).await;
    telegram.play(Play::Answer(
        400,
        r#"{"ok":false,"error_code":400,"description":"Bad Request: message text is empty"}"#.into(),
    ));

    // As an erasure begins.
    let mut erasure = app.db.begin().await.unwrap();
    sqlx::query("select from support.conversations for update").execute(&mut *erasure).await.unwrap();
    app.bring_forward().await;
    let waiting =
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    app.eventually(waiting, 1).await;

    let free = sqlx::query("select from support.deliveries for update nowait").execute(&mut *erasure).await;
    assert_eq!(free.unwrap().rows_affected(), 1);
    erasure.rollback().await.unwrap();
    app.eventually("select count(*) from support.deliveries where state = 'dead'", 1).await;
    assert_eq!(app.count("select count(*) from support.messages where kind = 'note'").await, 1);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn only_the_team_exports_and_erases(db: PgPool) {
    let app = TestApp::new(db).await;

    for path in [EXPORT, ERASE] {
        assert_eq!(app.post(path, &json!({ "email": "ada@example.com" })).await.status, 401);
        for body in [json!({}), json!({ "email": "%" }), json!({ "email": null })] {
            let answer = app.admin_post(path, &body).await;
            assert_eq!((answer.status, answer.json()["fields"]["email"].is_string()), (422, true), "{body}");
        }
    }
    assert_eq!(app.count("select count(*) from support.erasures").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_work_beside_a_running_service_and_without_one() {
    let folder = Folder::new();
    let process = Process::start(&folder, &[]);
    let code = process.open_ticket("Refund?").await.unwrap();
    let run = |arguments: &[&str]| {
        let output = folder.run(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };

    assert_eq!(run(&["export", "ADA@example.com"])["tickets"][0]["id"], code);
    process.kill();
    assert_eq!(run(&["erase", "ADA@example.com"])["erased"]["tickets"], 1);
    assert_eq!(run(&["export", "ada@example.com"])["tickets"], json!([]));

    let refused = folder.run(&["erase", "nobody"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("must be an e-mail address"));
}
