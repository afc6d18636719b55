//! Rows 71 and 72: we ask our providers and nobody else, whoever names another.

use axum::{
    body::Body,
    http::{Response, header},
};
use serde_json::json;
use sqlx::PgPool;

use crate::{
    harness::{SENT, TestApp},
    process::{Folder, Process},
    sessions::{ask, nextauth},
    stand_in::StandIn,
};

/// One of each of our providers.
pub struct Providers {
    pub telegram: StandIn,
    pub resend: StandIn,
    pub whatsapp: StandIn,
}

impl Providers {
    pub async fn new() -> Self {
        let (telegram, resend, whatsapp) =
            tokio::join!(StandIn::telegram(&[]), StandIn::resend(&[]), StandIn::whatsapp(&[]));
        Self { telegram, resend, whatsapp }
    }

    pub fn each(&self) -> [&StandIn; 3] {
        [&self.telegram, &self.resend, &self.whatsapp]
    }

    pub fn settings(&self) -> [(&str, &str); 9] {
        [
            ("TELEGRAM_BOT_TOKEN", "1:x"),
            ("TELEGRAM_CHAT_ID", "1"),
            ("TELEGRAM_API_URL", &self.telegram.url),
            ("RESEND_API_KEY", "re_key"),
            ("AUTH_FROM_EMAIL", "desk@example.com"),
            ("RESEND_API_URL", &self.resend.url),
            ("WHATSAPP_API_URL", &self.whatsapp.url),
            ("WHATSAPP_ACCESS_TOKEN", "EAAG"),
            ("WHATSAPP_SENDER_ID", "1"),
        ]
    }
}

pub async fn app(db: PgPool, providers: &Providers) -> TestApp {
    let site = nextauth().secret;
    let more = [("WHATSAPP_ADMIN_PHONE", "+447700900123"), ("NEXTAUTH_SECRET", site.as_str())];
    TestApp::with(db, &[&providers.settings()[..], &more].concat()).await
}

/// Opens a ticket that owes something to each of the three.
pub async fn open_ticket(app: &TestApp, number: usize, message: &str) {
    let body = json!({ "email": format!("ada+{number}@example.com"), "message": message });
    assert_eq!(app.post("/api/support/escalate", &body).await.status, 200);
}

/// Row 71.
#[test]
fn a_base_url_that_leads_elsewhere_refuses_the_start() {
    for url in [
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1",
        "http://0.0.0.0:80",
        "http://[::ffff:169.254.169.254]",
        "http://api.example.com",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1:80@evil.example",
        "https://hunter2@api.example.com",
        "https://user:hunter2@api.example.com",
        "https://:hunter2@api.example.com",
        "https://api.example.com?to=evil.example",
        "https://api.example.com#evil.example",
        "file:///etc/passwd",
        "ftp://127.0.0.1",
        "gopher://127.0.0.1:25/x",
        "unix:///run/x.sock",
        "data:text/plain,x",
        "//api.example.com",
        "api.example.com",
        "https://",
    ] {
        let names = ["TELEGRAM_API_URL", "RESEND_API_URL", "WHATSAPP_API_URL", "OPENAI_BASE_URL"];
        let said = Folder::new().refused(&names.map(|name| (name, url)));
        assert!(names.iter().all(|name| said.contains(name)) && !said.contains("hunter2"), "{url}: {said}");
    }
}

/// Row 71.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_provider_that_sends_us_elsewhere_is_not_followed(db: PgPool) {
    let (inside, providers) = (StandIn::telegram(&[]).await, Providers::new().await);
    let ways = [301, 302, 303, 307, 308];
    for provider in providers.each() {
        for status in ways {
            let answer = Response::builder().status(status).header(header::LOCATION, format!("{}/admin", inside.url));
            provider.will_answer(answer.body(Body::empty()).unwrap());
        }
    }
    let app = app(db, &providers).await;

    for number in 0..ways.len() {
        open_ticket(&app, number, "help").await;
    }
    app.eventually(SENT, 15).await;

    assert!(inside.asked().is_empty());
    assert_eq!(providers.each().map(|provider| provider.asked().len()), [10; 3], "each was tried again");
}

/// Row 71.
#[tokio::test(flavor = "multi_thread")]
async fn proxies_of_the_environment_are_not_asked() {
    let (proxy, providers) = (StandIn::telegram(&[]).await, Providers::new().await);
    let names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let proxies = names.map(|name| (name, proxy.url.as_str()));
    let folder = Folder::new();
    let process = Process::start(&folder, &[&providers.settings()[..], &proxies].concat());

    process.open_ticket("help").await.unwrap();
    providers.telegram.asked_for(1).await;
    providers.resend.asked_for(1).await;

    assert!(proxy.asked().is_empty());
}

/// Row 72.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_address_somebody_writes_is_never_visited(db: PgPool) {
    let (inside, providers) = (StandIn::telegram(&[]).await, Providers::new().await);
    let app = app(db, &providers).await;
    let url = &inside.url;
    let bearer = format!("Bearer {}", nextauth().token);
    let texts = [
        format!("{url}/public"),
        format!("what is on {url}/page ? see ![x]({url}/image.png) and <img src=\"{url}/x\">"),
        format!("I want to speak to a human about {url}/help, I am ada@example.com"),
    ];

    for text in &texts {
        app.ask(text, "").await;
        let private = ask(&app, &[("Authorization", &bearer)], &json!({ "message": text, "url": url })).await;
        assert_eq!(private.status, 200);
    }
    let context = json!({ "source": url, "page": format!("{url}/page"), "callback": url });
    let body = json!({ "email": "ada@example.com", "message": texts[1], "context": context });
    assert_eq!(app.post("/api/support/escalate", &body).await.status, 200);
    let open: i64 = app.count("select count(*) from support.deliveries").await;
    app.eventually(SENT, open).await;

    assert!(open >= 3 && inside.asked().is_empty());
}
