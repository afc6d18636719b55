//! What the door lets in, the database takes: texts and JSON that nobody thought of, through the socket.
//!
//! A few of them each time; `PROPTEST_CASES=2000` tries as many.

use std::sync::Arc;

use proptest::{
    arbitrary::any,
    collection::{hash_map, vec},
    prelude::{Just, Strategy},
    prop_oneof,
    sample::select,
    test_runner::{Config, TestCaseError, TestRunner},
};
use serde_json::{Map, Value, json};
use sqlx::PgPool;
use tokio::runtime::Handle;

use super::judge_refusal;
use crate::{harness::TestApp, http::Answer, sessions::site};

/// Each writes to a real database.
const FEW: u32 = 40;

/// What is likelier to break something than what chance finds.
const PIECES: [&str; 16] = [
    "\0", "\u{1}", "\u{7f}", "\u{85}", "\u{2028}", "\u{feff}", "\u{fffe}", "\u{10ffff}", "\u{e0041}", "\\", "\\u0000",
    "'", "e\u{301}", "%00", " | ", "4242 4242 4242 4242",
];

/// A body, and where it is sent; `{id}` stands for a ticket's code.
#[derive(Clone, Debug)]
struct Sent {
    path: &'static str,
    body: Map<String, Value>,
}

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => select(&PIECES[..]).prop_map(str::to_owned),
        4 => any::<String>(),
        2 => "[a-z ]{1,20}",
        1 => (any::<char>(), 1..6_000_usize).prop_map(|(character, times)| character.to_string().repeat(times)),
    ];
    vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

fn email() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-z0-9.+'_-]{1,20}@[a-z0-9-]{1,10}[.][a-z]{2,5}",
        1 => "\\PC{1,20}@\\PC{1,20}[.]\\PC{1,5}",
        1 => (text(), text()).prop_map(|(local, domain)| format!("{local}@{domain}.com")),
        1 => text(),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 40, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            hash_map(text(), inner, 0..6).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// A field that is mostly what it should be.
fn field(fit: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = Value> {
    prop_oneof![6 => fit.prop_map(Value::from), 1 => value()]
}

fn sent() -> impl Strategy<Value = Sent> {
    let path = select(vec![
        "/api/support/public",
        "/api/support/private",
        "/api/support/escalate",
        "/api/support/tickets/{id}/close",
        "/api/support/people/export",
        "/api/support/blocks",
        "/api/support/operators/session",
    ]);
    let fields = (field(text()), field(email()), field(text()), field(text()), value(), value());
    (path, fields, any::<u8>()).prop_map(|(path, (message, email, id, resolution, context, extra), which)| {
        let all = json!({
            "message": message, "email": email, "context": context, "resolution": resolution,
            "conversationId": id, "clientMessageId": id, "extra": extra, "visitor": which % 2 == 0,
        });
        let Value::Object(mut body) = all else { unreachable!("it is one") };
        // Fields that may be left out, sometimes are.
        for (bit, name) in ["context", "clientMessageId", "conversationId", "extra"].into_iter().enumerate() {
            if which >> bit & 1 == 1 {
                body.remove(name);
            }
        }
        Sent { path, body }
    })
}

/// What somebody signed in, and the team, would send.
async fn send(app: &TestApp, ticket: &str, sent: &Sent) -> Answer {
    let bearer = format!("Bearer {}", crate::sessions::nextauth().token);
    let mut headers = vec![("Content-Type", "application/json")];
    match sent.path {
        "/api/support/private" => headers.push(("Authorization", bearer.as_str())),
        "/api/support/public" | "/api/support/escalate" | "/api/support/operators/session" => {}
        _ => headers.push(("X-Internal-Secret", crate::harness::SECRET)),
    }
    let body = Value::Object(sent.body.clone()).to_string();
    app.send("POST", &sent.path.replace("{id}", ticket), &headers, body.as_bytes()).await
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn whatever_the_door_lets_in_the_database_takes(db: PgPool) {
    let app = Arc::new(site(db).await);
    let usual = Config::default();
    // Set by whoever runs the tests.
    let is_asked = std::env::var_os("PROPTEST_CASES").is_some();
    let config = Config { cases: if is_asked { usual.cases } else { FEW }, ..usual };
    let (runtime, shared) = (Handle::current(), Arc::clone(&app));

    let tried = tokio::task::spawn_blocking(move || {
        TestRunner::new(config).run(&vec(sent(), 1..4), |requests| {
            runtime.block_on(async {
                let ticket = shared.open_ticket("help").await;
                for sent in &requests {
                    judge(&shared, &ticket, sent).await.map_err(TestCaseError::fail)?;
                }
                Ok(())
            })
        })
    });

    tried.await.unwrap().unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(app.admin_get("/api/support/tickets?limit=200").await.status, 200, "and all of it can be read");
    assert!(app.count("select count(*) from support.messages").await > 0);
}

async fn judge(app: &TestApp, ticket: &str, sent: &Sent) -> Result<(), String> {
    let answer = send(app, ticket, sent).await;
    match answer.status {
        200 => {}
        400..500 => judge_refusal(&answer, None).map_err(|fault| format!("{fault}: {}", answer.body))?,
        status => return Err(format!("{status}: {}", answer.body)),
    }
    if answer.status == 200 && sent.path == "/api/support/escalate" {
        let code = answer.json()["ticketId"].as_str().unwrap().to_owned();
        let read = app.ticket(&code).await;
        if read["id"] != code.as_str() {
            return Err(format!("it cannot be read again: {read}"));
        }
    }
    Ok(())
}
