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
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::{net::TcpListener, time::Instant};

/// The seconds it names with a 429 that says nothing else.
const ASKED_TO_WAIT: u64 = 2;

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
    /// A stream of events, each as it is sent.
    Events(String),
    /// What this makes of the request.
    Obey(fn(&Value) -> Play),
}

/// What it does with the request of that number when its script has ended.
type Usual = Arc<dyn Fn(usize) -> Play + Send + Sync>;

enum Next {
    Play(Play),
    /// Whatever it is, once.
    Just(Response),
}

#[derive(Clone)]
struct Script {
    next: Arc<Mutex<VecDeque<Next>>>,
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
        self.script.next.lock().unwrap().clear();
        *self.script.usual.lock().unwrap() = Arc::new(move |_| play.clone());
    }

    /// Answers with this when its turn comes, whatever it is.
    pub fn will_answer(&self, answer: Response) {
        self.script.next.lock().unwrap().push_back(Next::Just(answer));
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

    async fn provider(answers: &[(u16, &str)], well: fn(usize) -> Value) -> Self {
        let plays = answers.iter().map(|(status, body)| Play::Answer(*status, (*body).to_owned()));
        Self::start(plays.collect(), Arc::new(move |number| Play::Answer(200, well(number).to_string()))).await
    }

    async fn start(plays: VecDeque<Play>, usual: Usual) -> Self {
        let next = plays.into_iter().map(Next::Play).collect();
        let script =
            Script { next: Arc::new(Mutex::new(next)), usual: Arc::new(Mutex::new(usual)), asked: Arc::default() };
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
    let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let count = {
        let mut asked = script.asked.lock().unwrap();
        asked.push(Asked { path, headers, body: body.clone() });
        asked.len()
    };
    let next = script.next.lock().unwrap().pop_front();
    let usual = script.usual.lock().unwrap().clone();
    match next {
        Some(Next::Just(response)) => response,
        Some(Next::Play(play)) => perform(play, &body).await,
        None => perform(usual(count), &body).await,
    }
}

async fn perform(play: Play, asked: &Value) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    match play {
        Play::Answer(status, body) => plain(status, body),
        Play::AskForTime(status, seconds) => {
            let mut response = plain(status, "{}");
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            response
        }
        Play::Events(events) => ([(header::CONTENT_TYPE, "text/event-stream")], events).into_response(),
        Play::Obey(obey) => Box::pin(perform(obey(asked), asked)).await,
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

/// An answer as providers give them.
pub fn plain(status: u16, body: impl Into<Body>) -> Response {
    let mut response = Response::builder().status(status).header(header::CONTENT_TYPE, "application/json");
    if status == 429 {
        response = response.header(header::RETRY_AFTER, ASKED_TO_WAIT);
    }
    response.body(body.into()).unwrap()
}
