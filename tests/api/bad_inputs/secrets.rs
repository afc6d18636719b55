//! Row 47: who does not hold the internal secret learns nothing, however near they come.

use levqor_support::{Config, Server};
use sqlx::{ConnectOptions, PgPool};

use super::unauthenticated;
use crate::{
    harness::{SECRET, TestApp},
    http::{exchange, request},
};

const NAME: &str = "X-Internal-Secret";

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn everything_that_is_not_the_secret_is_answered_alike(db: PgPool) {
    let app = TestApp::new(db).await;
    let ticket = format!("/api/support/tickets/{}", app.open_ticket("Refund?").await);
    let close = format!("{ticket}/close");
    let (loud, long, bearer) = (SECRET.to_uppercase(), "x".repeat(10_240), format!("Bearer {SECRET}"));
    // HTTP trims plain spaces around a value; a non-breaking one is part of it.
    let (longer, spaced) = (format!("{SECRET}x"), format!("{SECRET}\u{a0}"));
    let attempts: [&[(&str, &str)]; 12] = [
        &[],
        &[(NAME, "")],
        &[(NAME, "wrong")],
        &[(NAME, &SECRET[..SECRET.len() - 1])],
        &[(NAME, &longer)],
        &[(NAME, &spaced)],
        &[(NAME, &loud)],
        &[(NAME, &long)],
        &[(NAME, SECRET), (NAME, SECRET)],
        &[(NAME, SECRET), (NAME, "wrong")],
        &[(NAME, "wrong"), (NAME, SECRET)],
        &[("Authorization", &bearer)],
    ];

    let expected = unauthenticated(&app.get(&ticket).await);
    for headers in attempts {
        for (method, path) in [("GET", "/api/support/tickets"), ("GET", &ticket), ("POST", &close)] {
            let answer = app.send(method, path, headers, b"").await;
            assert_eq!(unauthenticated(&answer), expected, "{method} {path} {headers:?}");
        }
    }
    for query in [format!("X-Internal-Secret={SECRET}"), format!("x-internal-secret={SECRET}&secret={SECRET}")] {
        assert_eq!(unauthenticated(&app.get(&format!("{ticket}?{query}")).await), expected, "{query}");
    }

    assert_eq!(app.admin_get(&ticket).await.json()["status"], "open");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn where_no_secret_is_set_nobody_is_let_in(db: PgPool) {
    let database_url = db.connect_options().to_url_lossy().to_string();
    // The usual settings of tests hold a secret, so this service reads its own.
    let config = Config::read(|name| match name {
        "PORT" => Some("0".to_owned()),
        "DB_POOL" => Some("2".to_owned()),
        "DATABASE_URL" => Some(database_url.clone()),
        "KNOWLEDGE_BASE_DIR" => Some(concat!(env!("CARGO_MANIFEST_DIR"), "/knowledge-base").to_owned()),
        _ => None,
    });
    let server = Server::start(config.unwrap()).await.unwrap();
    let address = server.address();
    tokio::spawn(server.run());

    for headers in [[].as_slice(), &[(NAME, "")], &[(NAME, SECRET)], &[(NAME, "None")], &[(NAME, "undefined")]] {
        let answer = exchange(address, &request("GET", "/api/support/tickets", headers, b"")).await.unwrap();
        unauthenticated(&answer);
    }
}
