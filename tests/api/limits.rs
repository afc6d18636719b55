//! Limits that hold: nobody evades them by inventing addresses, and nobody is hit by somebody else's.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    time::Duration,
};

use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::{
    io::AsyncReadExt,
    net::TcpStream,
    time::{Instant, timeout},
};

use crate::{
    harness::TestApp,
    http::{Answer, exchange, request},
    process::Folder,
    stand_in::{Play, StandIn},
};

const PUBLIC: &str = "/api/support/public";

/// A question that the knowledge base answers, and a model too.
const QUESTION: &str = "How much is the Growth plan?";

/// More of them, because whoever asks the same again and again gets a person.
const QUESTIONS: [&str; 5] = [
    "Do you offer refunds?",
    "How long does a build take?",
    "Which payment methods do you take?",
    "What is DFY Starter?",
    "What is in the Pro plan?",
];

/// Behind one proxy, which is a public start.
const BEHIND_ONE: [(&str, &str); 2] = [("TRUSTED_PROXIES", "1"), ("AUTH_SECRET", "the-secret-of-the-site")];

const REWRITE: &str = "the-secret-of-the-rewrite-and-no-other";

async fn ask(app: &TestApp, headers: &[(&str, &str)], conversation: &str) -> Answer {
    send(app.address, PUBLIC, headers, &json!({ "message": QUESTION, "conversationId": conversation })).await
}

async fn send(address: SocketAddr, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    let headers = [&[("Content-Type", "application/json")], headers].concat();
    exchange(address, &request("POST", path, &headers, body.to_string().as_bytes())).await.unwrap()
}

fn seconds(answer: &Answer, header: &str) -> u64 {
    answer.header(header).unwrap_or_else(|| panic!("no {header}: {answer:?}")).parse().unwrap()
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn first_the_knowledge_base_answers_and_then_nobody_does(db: PgPool) {
    let model = StandIn::model(&[Play::Answer(500, "{}".into())]).await;
    let settings = [
        ("OPENAI_BASE_URL", model.url.as_str()),
        ("CHATS_PER_MINUTE", "2/4"),
        // Or the breaker would spare it.
        ("MODEL_BREAKER_FAILURES", "100"),
    ];
    let app = TestApp::with(db, &settings).await;
    let first = ask(&app, &[], "").await;
    let conversation = first.json()["conversationId"].as_str().unwrap().to_owned();
    let asked = model.asked().len();
    assert!(asked > 0);

    let mut answers = Vec::new();
    for question in QUESTIONS {
        let body = json!({ "message": question, "conversationId": conversation });
        answers.push((app.post(PUBLIC, &body).await, model.asked().len()));
    }

    let statuses: Vec<u16> = answers.iter().map(|(answer, _)| answer.status).collect();
    assert_eq!(statuses, [200, 200, 200, 200, 429]);
    let asks: Vec<usize> = answers.iter().map(|(_, asked)| *asked).collect();
    assert!(asked < asks[0] && asks[0] < asks[1], "within the soft limit the model is asked: {asks:?}");
    assert_eq!(asks[1], asks[4], "above it not once");
    let spared = answers[3].0.json();
    assert_eq!((&spared["answeredBy"], &spared["outcome"]), (&json!("knowledge_base"), &json!("answer")));
    let left: Vec<u64> = answers[..4].iter().map(|(answer, _)| seconds(answer, "ratelimit-remaining")).collect();
    assert_eq!(left, [3, 2, 1, 0]);
    let (refused, _) = &answers[4];
    assert_eq!(refused.json()["code"], "too_many");
    assert_eq!((seconds(refused, "ratelimit-limit"), seconds(refused, "ratelimit-remaining")), (4, 0));
    assert!((1..=15).contains(&seconds(refused, "retry-after")), "{refused:?}");
    assert!((1..=60).contains(&seconds(refused, "ratelimit-reset")), "{refused:?}");
    assert_eq!(ask(&app, &[], "").await.status, 200, "another conversation goes on");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn without_a_proxy_nobody_evades_a_limit_by_a_header(db: PgPool) {
    let app = TestApp::with(db, &[("ADDRESS_CHATS_PER_MINUTE", "3/3")]).await;

    let mut statuses = Vec::new();
    for number in 0..5 {
        let address = format!("203.0.113.{number}");
        statuses.push(ask(&app, &[("X-Forwarded-For", &address), ("Forwarded", &address)], "").await.status);
    }

    assert_eq!(statuses, [200, 200, 200, 429, 429]);
}

/// Row 82 of the bad inputs.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn behind_a_proxy_only_what_it_added_counts(db: PgPool) {
    let app = TestApp::with(db, &[&BEHIND_ONE[..], &[("ADDRESS_CHATS_PER_MINUTE", "3/3")]].concat()).await;
    let from = async |forwarded: &str| ask(&app, &[("X-Forwarded-For", forwarded)], "").await.status;

    // One client, whatever it writes on the left, in whatever way the proxy writes the rest.
    for written in ["203.0.113.7", "198.51.100.1, 203.0.113.7:4711", "garbage,,::1, ::ffff:203.0.113.7"] {
        assert_eq!(from(written).await, 200, "{written}");
    }
    let lines = [("X-Forwarded-For", "198.51.100.9"), ("X-Forwarded-For", "203.0.113.7")];
    assert_eq!(ask(&app, &lines, "").await.status, 429, "a proxy that adds a line of its own");
    assert_eq!(from("198.51.100.2, 203.0.113.7").await, 429);
    // Whom it named was not framed.
    for other in ["198.51.100.1", "198.51.100.2", "198.51.100.9"] {
        assert_eq!(from(other).await, 200, "{other}");
    }
    // One customer of IPv6 is one, whichever of their addresses they use.
    for written in ["2001:db8:1:2::1", "2001:db8:1:2:aaaa::", "[2001:db8:1:2::9]:443"] {
        assert_eq!(from(written).await, 200, "{written}");
    }
    assert_eq!(from("2001:db8:1:2::4").await, 429);
    assert_eq!(from("2001:db8:1:3::1").await, 200);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn behind_the_sites_rewrite_a_conversation_is_limited_and_not_its_address(db: PgPool) {
    let settings = [("PROXY_SECRET", REWRITE), ("ADDRESS_CHATS_PER_MINUTE", "1/2"), ("CHATS_PER_MINUTE", "3/3")];
    let app = TestApp::with(db, &settings).await;
    let rewrite = [("X-Proxy-Secret", REWRITE)];

    for _ in 0..20 {
        assert_eq!(ask(&app, &rewrite, "").await.status, 200, "everybody's address");
    }
    let conversation = ask(&app, &rewrite, "").await.json()["conversationId"].as_str().unwrap().to_owned();
    for status in [200, 200, 200, 429] {
        assert_eq!(ask(&app, &rewrite, &conversation).await.status, status);
    }
    // Whoever does not know the secret is who they are.
    for status in [200, 200, 429] {
        assert_eq!(ask(&app, &[("X-Proxy-Secret", "the-secret-of-somebody-else-entirely")], "").await.status, status);
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn switched_off_is_for_this_machine_alone(db: PgPool) {
    let app = TestApp::with(db, &[("RATE_LIMITS", "off"), ("ADDRESS_CHATS_PER_MINUTE", "1/2")]).await;

    for _ in 0..5 {
        let answer = ask(&app, &[], "").await;
        assert_eq!((answer.status, answer.header("ratelimit-limit")), (200, None));
    }
    for status in [200, 200, 429] {
        assert_eq!(ask(&app, &[("X-Forwarded-For", "203.0.113.7")], "").await.status, status);
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn one_place_holds_so_many_connections_and_is_served_again_when_they_close(db: PgPool) {
    let app = TestApp::with(db, &[("MAX_CONNECTIONS_PER_ADDRESS", "8")]).await;
    let mut held = Vec::new();
    for _ in 0..8 {
        held.push(TcpStream::connect(app.address).await.unwrap());
    }

    let mut ninth = TcpStream::connect(app.address).await.unwrap();
    let said = timeout(Duration::from_secs(5), ninth.read(&mut [0; 16])).await.expect("closed at once");
    assert!(matches!(said, Ok(0) | Err(_)), "{said:?}");
    drop(held);

    let started = Instant::now();
    while exchange(app.address, &request("GET", "/health", &[], b"")).await.is_none() {
        assert!(started.elapsed() < Duration::from_secs(40));
    }
}

#[test]
fn connections_that_are_refused_are_told_in_one_line() {
    let folder = Folder::new();
    let mut child = folder.command(&[("MAX_CONNECTIONS_PER_ADDRESS", "2")]).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut said = lines.map(|line| serde_json::from_str::<Value>(&line).unwrap());
    let address: SocketAddr =
        said.find_map(|line| line["address"].as_str().and_then(|address| address.parse().ok())).unwrap();

    let held = [(); 5].map(|()| std::net::TcpStream::connect(address).unwrap());

    let told = said.find(|line| line["message"].as_str().is_some_and(|message| message.contains("were refused")));
    assert_eq!(told.unwrap()["connections"], 3);
    drop(held);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// What is too much is said at once.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_full_lane_says_when_to_come_back(db: PgPool) {
    let model = StandIn::model(&[Play::Hang]).await;
    let app = TestApp::with(db, &[("OPENAI_BASE_URL", model.url.as_str()), ("MAX_IN_FLIGHT", "1")]).await;

    let (first, second) = tokio::join!(ask_until_asked(&app, &model), async {
        model.asked_for(1).await;
        let answer = ask(&app, &[], "").await;
        model.play(Play::Answer(500, "{}".into()));
        answer
    });

    assert_eq!(second.status, 503, "{second:?}");
    assert!(seconds(&second, "retry-after") > 0);
    drop(first);
}

/// Holds the only place until the model is asked.
async fn ask_until_asked(app: &TestApp, model: &StandIn) -> TcpStream {
    use tokio::io::AsyncWriteExt;
    let body = json!({ "message": QUESTION }).to_string();
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    let bytes = request("POST", PUBLIC, &[("Content-Type", "application/json")], body.as_bytes());
    stream.write_all(&bytes).await.unwrap();
    model.asked_for(1).await;
    stream
}

/// A public desk that was not told of its proxy: what is one address here are many people there.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn behind_a_proxy_nobody_named_one_visitor_does_not_silence_the_others(db: PgPool) {
    let settings = [
        ("PUBLIC_URL", "https://desk.example.com"),
        ("AUTH_SECRET", "the-secret-of-the-site"),
        ("ADDRESS_CHATS_PER_MINUTE", "1/2"),
        ("ADDRESS_ESCALATIONS_PER_HOUR", "1"),
        ("MAX_CONNECTIONS_PER_ADDRESS", "1"),
    ];
    let app = TestApp::with(db, &settings).await;

    let asked: Vec<u16> = futures_util::future::join_all((0..5).map(|_| ask(&app, &[], "")))
        .await
        .iter()
        .map(|answer| answer.status)
        .collect();
    assert_eq!(asked, [200; 5]);
    for number in 0..3 {
        let body = json!({ "email": format!("ada+{number}@example.com"), "message": "help" });
        assert_eq!(app.post("/api/support/escalate", &body).await.status, 200);
    }
}
