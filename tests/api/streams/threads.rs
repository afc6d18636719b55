//! Conversations that are followed: what the bot and people say, wherever it is said.

use std::time::Duration;

use chrono::Utc;
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::time::timeout;

use super::{
    QUESTION,
    events::{Event, Events, kinds},
};
use crate::{harness::TestApp, sessions::nextauth, signed};

/// A visitor's conversation on one of the instances.
struct Visit {
    handle: String,
    token: String,
}

impl Visit {
    async fn open(app: &TestApp) -> Self {
        let opened = app.post(super::PUBLIC, &json!({ "message": "hello", "visitor": true })).await.json();
        let text = |name: &str| opened[name].as_str().unwrap().to_owned();
        Self { handle: text("conversationId"), token: text("visitorToken") }
    }

    async fn ask(&self, app: &TestApp) -> Value {
        let body = json!({ "message": QUESTION, "conversationId": self.handle }).to_string();
        let headers = [("Content-Type", "application/json"), ("X-Visitor-Token", self.token.as_str())];
        app.send("POST", super::PUBLIC, &headers, body.as_bytes()).await.json()
    }

    async fn follow(&self, app: &TestApp, headers: &[(&str, &str)]) -> Events {
        let token = [("X-Visitor-Token", self.token.as_str())];
        follow(app, &self.handle, &[&token, headers].concat()).await
    }
}

async fn follow(app: &TestApp, handle: &str, headers: &[(&str, &str)]) -> Events {
    Events::open(app.address, &format!("/api/support/conversations/{handle}/events"), headers, b"").await
}

/// Somebody of the team writes, where they write from being another matter.
const WRITE: &str = "insert into support.messages (id, conversation_id, author, kind, body)
    select gen_random_uuid(), id, 'human', $1, $2 from support.conversations";

async fn write(db: &PgPool, kind: &str, body: &str) {
    sqlx::query(WRITE).bind(kind).bind(body).execute(db).await.unwrap();
}

/// Comments come all the while, so a stream on which nothing else comes is never silent. Less than it takes
/// who follows to look for themselves, while somebody hears for them.
const PATIENCE: Duration = Duration::from_secs(25);

async fn next(stream: &mut Events) -> Event {
    let next = timeout(PATIENCE, stream.next()).await.expect("something is said");
    next.unwrap_or_else(|| panic!("it ended: {}", stream.text))
}

async fn ends(stream: &mut Events) {
    let rest = timeout(PATIENCE, stream.rest()).await.expect("it ends");
    assert_eq!(kinds(&rest), ["done"]);
}

/// Waits until that instance listens.
async fn heard(app: &TestApp) {
    let listeners = "select count(*) from pg_stat_activity
        where datname = current_database() and query = 'LISTEN \"support_messages\"'";
    app.eventually(listeners, 1).await;
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_is_said_on_one_instance_is_told_on_another(db: PgPool) {
    let (here, there) = (TestApp::new(db.clone()).await, TestApp::new(db.clone()).await);
    let visit = Visit::open(&here).await;
    let mut stream = visit.follow(&here, &[]).await;
    heard(&here).await;

    let answer = visit.ask(&there).await;
    let told = next(&mut stream).await;
    write(&db, "note", "never shown").await;
    write(&db, "reply", "Ada here: yes.").await;
    let human = next(&mut stream).await;

    assert_eq!(stream.header("content-type"), Some("text/event-stream"));
    assert_eq!((told.kind.as_str(), &told.data["author"]), ("message", &json!("ai")));
    assert_eq!((&told.data["id"], &told.data["text"]), (&answer["messageId"], &answer["reply"]));
    assert_eq!((human.kind.as_str(), &human.data["text"]), ("human_message", &json!("Ada here: yes.")));
    assert!(human.id > told.id);

    let mut back = visit.follow(&there, &[("Last-Event-ID", &told.id.to_string())]).await;
    assert_eq!(next(&mut back).await, human);
    assert!(!back.text.contains("never shown"));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn who_may_not_read_a_conversation_does_not_follow_it(db: PgPool) {
    let site = nextauth();
    let app = TestApp::with(db, &[("NEXTAUTH_SECRET", site.secret.as_str())]).await;
    let visit = Visit::open(&app).await;
    let bearer = format!("Bearer {}", site.token);
    let private =
        crate::sessions::ask(&app, &[("Authorization", &bearer)], &json!({ "message": "hello" })).await.json();
    let theirs = private["conversationId"].as_str().unwrap();

    assert_eq!(follow(&app, &visit.handle, &[]).await.status(), 401);
    assert_eq!(follow(&app, &visit.handle, &[("X-Visitor-Token", &"s".repeat(32))]).await.status(), 404);
    assert_eq!(follow(&app, &visit.handle, &[("Authorization", &bearer)]).await.status(), 404);
    assert_eq!(follow(&app, theirs, &[("X-Visitor-Token", &visit.token)]).await.status(), 404);
    assert_eq!(follow(&app, theirs, &[("Authorization", &bearer)]).await.status(), 200);
}

/// A line of two: the listener's and, every few seconds, everybody's own.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn while_nobody_listens_it_is_told_all_the_same(db: PgPool) {
    let app = TestApp::new(db.clone()).await;
    let visit = Visit::open(&app).await;
    let mut stream = visit.follow(&app, &[]).await;
    heard(&app).await;

    let cut = "select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and query like 'LISTEN%'";
    sqlx::query(cut).execute(&db).await.unwrap();
    write(&db, "reply", "one").await;
    assert_eq!(next(&mut stream).await.data["text"], "one");
    sqlx::query("alter table support.messages disable trigger tell_of_message").execute(&db).await.unwrap();
    sqlx::query(cut).execute(&db).await.unwrap();
    write(&db, "reply", "two").await;
    assert_eq!(next(&mut stream).await.data["text"], "two");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn of_a_conversation_that_nobody_can_read_nothing_is_told(db: PgPool) {
    let mut listener = sqlx::postgres::PgListener::connect_with(&db).await.unwrap();
    listener.listen("support_messages").await.unwrap();
    let app = TestApp::new(db.clone()).await;

    app.ask(QUESTION, "").await;
    Visit::open(&app).await;

    let mut next_told =
        async || timeout(PATIENCE, listener.recv()).await.expect("it is told").unwrap().payload().to_owned();
    let told = next_told().await;
    let readable = "select id::text from support.conversations where visitor_hash is not null";
    let readable: String = sqlx::query_scalar(readable).fetch_one(&db).await.unwrap();
    assert_eq!(told, readable);

    for which in ["visitor_hash is null", "true"] {
        let erase = format!("delete from support.conversations where {which}");
        sqlx::query(sqlx::AssertSqlSafe(erase)).execute(&db).await.unwrap();
    }
    assert_eq!(next_told().await, readable, "that it is erased, as of no other");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_conversation_is_followed_so_often_and_a_stop_ends_it(db: PgPool) {
    let app = TestApp::new(db).await;
    let visit = Visit::open(&app).await;
    let mut streams = Vec::new();
    for _ in 0..10 {
        streams.push(visit.follow(&app, &[]).await);
    }

    let refused = visit.follow(&app, &[]).await;
    assert_eq!(refused.status(), 429);
    assert!(refused.header("retry-after").is_some());

    app.stop();
    for mut stream in streams {
        ends(&mut stream).await;
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_erased_conversation_has_an_end(db: PgPool) {
    let app = TestApp::new(db.clone()).await;
    let visit = Visit::open(&app).await;
    let mut stream = visit.follow(&app, &[]).await;
    heard(&app).await;

    sqlx::query("delete from support.conversations").execute(&db).await.unwrap();

    ends(&mut stream).await;
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_is_written_first_and_committed_late_is_told_all_the_same(db: PgPool) {
    let app = TestApp::new(db.clone()).await;
    let visit = Visit::open(&app).await;
    let mut late = db.begin().await.unwrap();
    sqlx::query(WRITE).bind("reply").bind("one").execute(&mut *late).await.unwrap();
    let question = "insert into support.messages (id, conversation_id, author, body)
        select gen_random_uuid(), id, 'customer', 'and?' from support.conversations";
    sqlx::query(question).execute(&db).await.unwrap();
    let other = db.clone();
    let second = tokio::spawn(async move { write(&other, "reply", "two").await });
    // It is there, or waits for the first.
    let is_under_way = "select count(*) from (
            select from support.messages where body = 'two'
            union all
            select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
        ) written";
    app.eventually(is_under_way, 1).await;

    let mut stream = visit.follow(&app, &[]).await;
    late.commit().await.unwrap();
    second.await.unwrap();

    let (one, two) = (next(&mut stream).await, next(&mut stream).await);
    assert_eq!((&one.data["text"], &two.data["text"]), (&json!("one"), &json!("two")));
    assert!(one.id < two.id);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn who_is_blocked_follows_nothing_any_more(db: PgPool) {
    let app = TestApp::new(db).await;
    let (theirs, others) = (Visit::open(&app).await, Visit::open(&app).await);
    let (mut stream, mut other) = (theirs.follow(&app, &[]).await, others.follow(&app, &[]).await);

    let blocked = app.admin_post("/api/support/blocks", &json!({ "conversationId": theirs.handle })).await;
    assert_eq!(blocked.status, 200, "{}", blocked.body);

    ends(&mut stream).await;
    let refused = theirs.follow(&app, &[]).await;
    assert_eq!((refused.status(), refused.header("retry-after")), (429, Some("3600")));
    others.ask(&app).await;
    assert_eq!(next(&mut other).await.kind, "message");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_session_that_ends_ends_what_is_followed_by_it(db: PgPool) {
    let signer = signed::hs256();
    let app = TestApp::with(db, &[("JWT_SECRET", signer.secret.as_str())]).await;
    let bearer = |claims: &Value| format!("Bearer {}", signer.sign(&claims.to_string()));
    let long = bearer(&signed::claims());
    let opened = crate::sessions::ask(&app, &[("Authorization", &long)], &json!({ "message": "hello" })).await.json();
    let conversation = opened["conversationId"].as_str().unwrap();
    // Clocks may differ by fifteen seconds, so this one is good for ten more.
    let mut claims = signed::claims();
    claims["exp"] = json!(Utc::now().timestamp() - 5);

    let mut stream = follow(&app, conversation, &[("Authorization", &bearer(&claims))]).await;

    assert_eq!(stream.status(), 200);
    ends(&mut stream).await;
    assert_eq!(follow(&app, conversation, &[("Authorization", &long)]).await.status(), 200);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn nobody_takes_every_seat_from_one_address(db: PgPool) {
    let app = TestApp::with(db, &[("TRUSTED_PROXIES", "1"), ("AUTH_SECRET", "the-secret-of-the-site")]).await;
    let (here, there) = ([("X-Forwarded-For", "203.0.113.7")], [("X-Forwarded-For", "203.0.113.8")]);
    let mut streams = Vec::new();
    for _ in 0..5 {
        let visit = Visit::open(&app).await;
        for _ in 0..10 {
            streams.push(visit.follow(&app, &here).await);
        }
    }
    assert!(streams.iter().all(|stream| stream.status() == 200));

    let visit = Visit::open(&app).await;
    assert_eq!(visit.follow(&app, &here).await.status(), 429);
    assert_eq!(visit.follow(&app, &there).await.status(), 200);
}
