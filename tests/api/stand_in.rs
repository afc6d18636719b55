//! A stand-in for a provider: a local server that answers as it is told and remembers what came.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, Response, header},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, time::Instant};

/// The seconds it names with every 429.
const ASKED_TO_WAIT: &str = "2";

/// How long a test waits until something is asked.
const PATIENCE: Duration = Duration::from_secs(20);

/// What it was asked, with the body as JSON.
#[derive(Clone)]
pub struct Asked {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Asked {
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

#[derive(Clone)]
struct Script {
    answers: Arc<Mutex<VecDeque<Response<Body>>>>,
    /// What the provider says to the request of that number when all is well.
    well: fn(usize) -> Value,
    asked: Arc<Mutex<Vec<Asked>>>,
}

pub struct StandIn {
    pub url: String,
    script: Script,
}

impl StandIn {
    /// Answers with `answers` in their order, and then as Telegram does when all is well.
    pub async fn telegram(answers: &[(u16, &str)]) -> Self {
        Self::of(answers, |number| json!({ "ok": true, "result": { "message_id": number, "date": 0 } })).await
    }

    /// The same for Resend.
    pub async fn resend(answers: &[(u16, &str)]) -> Self {
        Self::of(answers, |number| json!({ "id": format!("mail-{number}") })).await
    }

    /// The same for WhatsApp.
    pub async fn whatsapp(answers: &[(u16, &str)]) -> Self {
        Self::of(answers, |number| json!({ "messages": [{ "id": format!("wamid.{number}") }] })).await
    }

    /// Takes what comes and never answers.
    pub async fn silent() -> Self {
        Self::of(&[], |_| Value::Null).await
    }

    async fn of(answers: &[(u16, &str)], well: fn(usize) -> Value) -> Self {
        let answers = answers.iter().map(|(status, body)| plain(*status, (*body).to_owned())).collect();
        let script = Script { answers: Arc::new(Mutex::new(answers)), well, asked: Arc::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(script.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, script }
    }

    /// Answers with this when its turn comes, whatever it is.
    pub fn will_answer(&self, answer: Response<Body>) {
        self.script.answers.lock().unwrap().push_back(answer);
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.script.asked.lock().unwrap().clone()
    }

    /// Waits until it was asked so often.
    pub async fn asked_for(&self, times: usize) {
        let started = Instant::now();
        while self.asked().len() < times {
            assert!(started.elapsed() < PATIENCE, "never asked {times} times");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// An answer as providers give them.
pub fn plain(status: u16, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::builder().status(status).header(header::CONTENT_TYPE, "application/json");
    if status == 429 {
        response = response.header(header::RETRY_AFTER, ASKED_TO_WAIT);
    }
    response.body(body.into()).unwrap()
}

async fn answer(State(script): State<Script>, request: Request) -> Response<Body> {
    let (path, headers) = (request.uri().path().to_owned(), request.headers().clone());
    let body = axum::body::to_bytes(request.into_body(), usize::MAX).await.unwrap();
    let count = {
        let mut asked = script.asked.lock().unwrap();
        asked.push(Asked { path, headers, body: serde_json::from_slice(&body).unwrap_or(Value::Null) });
        asked.len()
    };
    let scripted = script.answers.lock().unwrap().pop_front();
    match (scripted, (script.well)(count)) {
        (Some(answer), _) => answer,
        (None, Value::Null) => std::future::pending().await,
        (None, well) => plain(200, well.to_string()),
    }
}
