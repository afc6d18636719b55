//! A stand-in for a provider: a local server that answers as it is told and remembers what came.

use std::{
    collections::VecDeque,
    future,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The seconds it names with a 429 that says nothing else.
const ASKED_TO_WAIT: u64 = 2;

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

/// What it does with one request.
#[derive(Clone, Debug)]
pub enum Play {
    /// A status and a body.
    Answer(u16, String),
    /// A status, and the seconds it asks for.
    AskForTime(u16, u64),
    /// Takes the request and says nothing.
    Hang,
    /// Says that it is well, and then nothing.
    HangAfterHead,
    /// A body that never gets anywhere: a space now and then.
    Drip,
    /// A body without an end.
    Endless,
    /// This much of a body, and then the connection breaks.
    BreakOff(String),
}

/// What it does with the request of that number when its script has ended.
type Usual = Arc<dyn Fn(usize) -> Play + Send + Sync>;

#[derive(Clone)]
struct Script {
    plays: Arc<Mutex<VecDeque<Play>>>,
    usual: Arc<Mutex<Usual>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

pub struct StandIn {
    pub url: String,
    script: Script,
}

impl StandIn {
    /// Answers with `answers` in their order, and then as Telegram does when all is well.
    pub async fn telegram(answers: &[(u16, &str)]) -> Self {
        Self::provider(answers, |number| json!({ "ok": true, "result": { "message_id": number, "date": 0 } })).await
    }

    /// The same for Resend.
    pub async fn resend(answers: &[(u16, &str)]) -> Self {
        Self::provider(answers, |number| json!({ "id": format!("mail-{number}") })).await
    }

    /// The same for WhatsApp.
    pub async fn whatsapp(answers: &[(u16, &str)]) -> Self {
        Self::provider(answers, |number| json!({ "messages": [{ "id": format!("wamid.{number}") }] })).await
    }

    /// Takes what comes and never answers.
    pub async fn silent() -> Self {
        Self::start(VecDeque::new(), Arc::new(|_| Play::Hang)).await
    }

    /// A model that does what `plays` say in their order, and the last of them for ever.
    pub async fn model(plays: &[Play]) -> Self {
        let last = plays.last().unwrap().clone();
        Self::start(plays.iter().cloned().collect(), Arc::new(move |_| last.clone())).await
    }

    /// From now on it does only this.
    pub fn play(&self, play: Play) {
        self.script.plays.lock().unwrap().clear();
        *self.script.usual.lock().unwrap() = Arc::new(move |_| play.clone());
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.script.asked.lock().unwrap().clone()
    }

    async fn provider(answers: &[(u16, &str)], well: fn(usize) -> Value) -> Self {
        let plays = answers.iter().map(|(status, body)| Play::Answer(*status, (*body).to_owned()));
        Self::start(plays.collect(), Arc::new(move |number| Play::Answer(200, well(number).to_string()))).await
    }

    async fn start(plays: VecDeque<Play>, usual: Usual) -> Self {
        let (plays, usual) = (Arc::new(Mutex::new(plays)), Arc::new(Mutex::new(usual)));
        let script = Script { plays, usual, asked: Arc::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(script.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, script }
    }
}

async fn answer(State(script): State<Script>, request: Request) -> Response {
    let (path, headers) = (request.uri().path().to_owned(), request.headers().clone());
    let body = axum::body::to_bytes(request.into_body(), usize::MAX).await.unwrap();
    let count = {
        let mut asked = script.asked.lock().unwrap();
        asked.push(Asked { path, headers, body: serde_json::from_slice(&body).unwrap_or(Value::Null) });
        asked.len()
    };
    let next = script.plays.lock().unwrap().pop_front();
    let usual = script.usual.lock().unwrap().clone();
    perform(next.unwrap_or_else(|| usual(count))).await
}

async fn perform(play: Play) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    match play {
        Play::Answer(429, body) => ask_for_time(429, ASKED_TO_WAIT, body),
        Play::Answer(status, body) => (StatusCode::from_u16(status).unwrap(), json, body).into_response(),
        Play::AskForTime(status, seconds) => ask_for_time(status, seconds, "{}".into()),
        Play::Hang => future::pending().await,
        Play::HangAfterHead => (json, Body::from_stream(stream::pending::<std::io::Result<Vec<u8>>>())).into_response(),
        Play::Drip => {
            let spaces = stream::repeat(b" ").then(async |space| {
                tokio::time::sleep(Duration::from_millis(200)).await;
                Ok::<_, std::io::Error>(space.to_vec())
            });
            (json, Body::from_stream(spaces)).into_response()
        }
        Play::Endless => {
            let spaces = stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 16 * 1024]));
            (json, Body::from_stream(spaces)).into_response()
        }
        Play::BreakOff(body) => {
            let parts = stream::iter([Ok(body.into_bytes()), Err(std::io::Error::other("breaks off"))]);
            // One at a time, so that the beginning is sent before it breaks.
            let sent = parts.then(async |part| {
                tokio::task::yield_now().await;
                part
            });
            (json, Body::from_stream(sent)).into_response()
        }
    }
}

fn ask_for_time(status: u16, seconds: u64, body: String) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    (StatusCode::from_u16(status).unwrap(), headers, body).into_response()
}
