//! Connections that are slow, silent, too many, or carry a request inside another.

use std::{net::SocketAddr, time::Duration};

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use sqlx::PgPool;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use super::{
    STORED, judge_refusal,
    table::{HELLO, head},
};
use crate::{
    harness::{SECRET, TestApp},
    http::{exchange, read, request},
};

/// Longer than any deadline of the service in these tests.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a trickling client rests between two bytes.
const REST: Duration = Duration::from_millis(50);

const SHORT_DEADLINES: [(&str, &str); 2] = [("HEADER_READ_SECONDS", "1"), ("BODY_SECONDS", "1")];

async fn begin(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The service may refuse before it has read everything.
    let _ = stream.write_all(bytes).await;
    stream
}

/// All that the service says until it closes.
async fn everything(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = begin(address, bytes).await;
    let mut received = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut received)).await.expect("the service closes");
    String::from_utf8_lossy(&received).into_owned()
}

/// Sends a byte at a time until the service says or does something.
async fn trickle(stream: &mut TcpStream) {
    let trickling = async {
        while timeout(REST, stream.readable()).await.is_err() {
            let _ = stream.write_all(b"a").await;
        }
    };
    timeout(PATIENCE, trickling).await.expect("the service does not wait for ever");
}

/// Rows 4 and 5.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_request_hidden_behind_another_is_never_answered(db: PgPool) {
    let app = TestApp::new(db).await;
    let hidden = br#"{"email":"eve@example.com","message":"smuggled"}"#;
    let hidden = request("POST", "/api/support/escalate", &[("Content-Type", "application/json")], hidden);
    let chunk = format!("{:x}\r\n{HELLO}\r\n0\r\n\r\n", HELLO.len()).into_bytes();

    for (framing, statuses) in [
        ("Content-Length: -1", [400].as_slice()),
        ("Content-Length: +5", &[400]),
        ("Content-Length: 5, 6", &[400]),
        ("Content-Length: 5\r\nContent-Length: 6", &[400]),
        ("Content-Length: 99999999999999999999", &[400]),
        ("Transfer-Encoding: xchunked", &[400]),
        ("Transfer-Encoding : chunked", &[400]),
        ("Transfer-Encoding: chunked, gzip", &[400]),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", &[400]),
        ("X-Folded: one\r\n two\r\nTransfer-Encoding: chunked", &[400]),
        ("Content-Length: 5\r\nTransfer-Encoding: chunked", &[200, 400]),
        ("Transfer-Encoding: chunked\r\nContent-Length: 5", &[200, 400]),
    ] {
        let said = everything(app.address, &[head(framing), chunk.clone(), hidden.clone()].concat()).await;
        assert_eq!(said.matches("HTTP/1.1 ").count(), 1, "{framing:?}: {said}");
        assert!(statuses.iter().any(|status| said.starts_with(&format!("HTTP/1.1 {status} "))), "{framing:?}: {said}");
    }

    assert_eq!(app.count("select count(*) from support.tickets").await, 0);
}

/// Row 3.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_body_that_does_not_come_is_not_waited_for(db: PgPool) {
    let app = TestApp::with(db, &SHORT_DEADLINES).await;

    for (framing, begun, status) in [
        ("Content-Length: 10000000000", "", 413),
        ("Content-Length: 100", "", 408),
        ("Content-Length: 100", r#"{"message":"hel"#, 408),
        ("Transfer-Encoding: chunked", "", 408),
        ("Transfer-Encoding: chunked", "13\r\n{\"message\":", 408),
    ] {
        let answer = exchange(app.address, &[head(framing), begun.into()].concat()).await.unwrap();
        assert_eq!(answer.status, status, "{framing}: {}", answer.body);
        judge_refusal(&answer, None).unwrap();
    }

    assert_eq!(app.count(STORED).await, 0);
}

/// Row 10.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_client_that_does_not_finish_is_let_go(db: PgPool) {
    let app = TestApp::with(db, &SHORT_DEADLINES).await;

    assert_eq!(everything(app.address, b"").await, "", "silent from the start");
    assert_eq!(everything(app.address, b"GET /health HTTP/1.1\r\nHost: loc").await, "", "silent in the head");
    let said = everything(app.address, b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!(said.starts_with("HTTP/1.1 200 "), "silent after an answer: {said}");

    let mut slow_head = begin(app.address, b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").await;
    trickle(&mut slow_head).await;
    assert!(read(&mut slow_head).await.is_none_or(|answer| answer.status == 408));

    let mut slow_body = begin(app.address, &head("Content-Length: 60000")).await;
    trickle(&mut slow_body).await;
    assert_eq!(read(&mut slow_body).await.unwrap().status, 408);

    let mut gone = begin(app.address, &[head("Content-Length: 100"), HELLO.into()].concat()).await;
    gone.shutdown().await.unwrap();
    assert!(read(&mut gone).await.is_none_or(|answer| answer.status == 400));
    assert_eq!(app.count(STORED).await, 0);
}

/// Row 10.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_client_that_does_not_read_its_answers_is_let_go(db: PgPool) {
    // Only the deadline for readers can free the one place there is: the other is an hour.
    let app = TestApp::with(db, &[("MAX_CONNECTIONS", "1"), ("HEADER_READ_SECONDS", "3600")]).await;
    let code = app.open_ticket(&"😀".repeat(16_000)).await;
    // Ten megabytes of answers, more than the buffers between us hold.
    let ask =
        format!("GET /api/support/tickets/{code} HTTP/1.1\r\nHost: localhost\r\nX-Internal-Secret: {SECRET}\r\n\r\n");
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut stalled = socket.connect(app.address).await.unwrap();
    stalled.write_all(ask.repeat(160).as_bytes()).await.unwrap();

    assert_eq!(app.get("/health").await.status, 200);
}

/// Row 13.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_body_is_asked_for_only_when_it_may_come(db: PgPool) {
    const GO_ON: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
    let app = TestApp::new(db).await;
    let expecting = |length: usize| head(&format!("Content-Length: {length}\r\nExpect: 100-continue"));

    let refused = exchange(app.address, &expecting(10_000_000)).await.unwrap();
    assert_eq!(refused.status, 413, "and no 100 before it");
    judge_refusal(&refused, None).unwrap();

    let mut stream = begin(app.address, &expecting(HELLO.len())).await;
    let mut go_on = [0; GO_ON.len()];
    timeout(PATIENCE, stream.read_exact(&mut go_on)).await.unwrap().unwrap();
    assert_eq!(go_on, GO_ON);
    stream.write_all(HELLO.as_bytes()).await.unwrap();
    assert_eq!(read(&mut stream).await.unwrap().status, 200);
}

/// Row 15.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_thousand_silent_connections_keep_nobody_out(db: PgPool) {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, most, most).unwrap();
    let app = TestApp::with(db, &[("MAX_CONNECTIONS", "250"), ("HEADER_READ_SECONDS", "1")]).await;

    let mut silent = Vec::new();
    for _ in 0..1_000 {
        silent.push(TcpStream::connect(app.address).await.unwrap());
    }

    assert_eq!(app.get("/health").await.status, 200);
    assert_eq!(app.ask("What does Levqor do?", "").await["outcome"], "answer");
    drop(silent);
}

/// Row 15.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn who_comes_when_all_places_are_taken_waits_until_one_is_free(db: PgPool) {
    let app = TestApp::with(db, &[("MAX_CONNECTIONS", "2")]).await;
    let first = TcpStream::connect(app.address).await.unwrap();
    let _second = TcpStream::connect(app.address).await.unwrap();

    let mut third = begin(app.address, &request("GET", "/health", &[], b"")).await;
    assert!(timeout(Duration::from_millis(300), third.readable()).await.is_err());
    drop(first);

    assert_eq!(read(&mut third).await.unwrap().status, 200);
}
