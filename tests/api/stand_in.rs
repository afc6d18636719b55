//! A stand-in for a provider: a local server that answers as it is told and remembers what came.

use std::{
    collections::VecDeque,
    future,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
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
use tokio::{net::TcpListener, sync::Semaphore, time::Instant};

/// The seconds it names with a 429 that says nothing else.
const ASKED_TO_WAIT: u64 = 2;

/// How long a test waits until something is asked.
const PATIENCE: Duration = Duration::from_secs(40);

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
    /// What this makes of the request.
    Obey(fn(&Value) -> Play),
    /// These pieces of a stream, and what it does then.
    Stream(Vec<Vec<u8>>, Then),
}

/// What it does when it has sent some pieces of a stream.
#[derive(Clone, Debug)]
pub enum Then {
    End,
    Hang,
    BreakOff,
    /// Sends this again and again.
    Repeat(Vec<u8>),
    /// Waits until it is told to go on, and ends with these.
    Wait(Vec<Vec<u8>>),
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
    /// One permit lets one stream go on.
    told: Arc<Semaphore>,
    hung_up: Arc<AtomicUsize>,
}

/// A stream; one that is dropped before its end was hung up on.
struct Line {
    has_ended: bool,
    hung_up: Arc<AtomicUsize>,
}

impl Line {
    fn ends(&mut self) {
        self.has_ended = true;
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.hung_up.fetch_add(usize::from(!self.has_ended), Ordering::Relaxed);
    }
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

    /// Lets one stream that waits go on.
    pub fn go_on(&self) {
        self.script.told.add_permits(1);
    }

    /// Waits until so many of its streams were hung up on.
    pub async fn hung_up_on(&self, times: usize) {
        let started = Instant::now();
        while self.script.hung_up.load(Ordering::Relaxed) < times {
            assert!(started.elapsed() < PATIENCE, "never hung up on {times} times");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn provider(answers: &[(u16, &str)], well: fn(usize) -> Value) -> Self {
        let plays = answers.iter().map(|(status, body)| Play::Answer(*status, (*body).to_owned()));
        Self::start(plays.collect(), Arc::new(move |number| Play::Answer(200, well(number).to_string()))).await
    }

    async fn start(plays: VecDeque<Play>, usual: Usual) -> Self {
        let next = plays.into_iter().map(Next::Play).collect();
        let script = Script {
            next: Arc::new(Mutex::new(next)),
            usual: Arc::new(Mutex::new(usual)),
            asked: Arc::default(),
            told: Arc::new(Semaphore::new(0)),
            hung_up: Arc::default(),
        };
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
        Some(Next::Play(play)) => perform(&script, play, &body).await,
        None => perform(&script, usual(count), &body).await,
    }
}

async fn perform(script: &Script, play: Play, asked: &Value) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    match play {
        Play::Answer(status, body) => plain(status, body),
        Play::AskForTime(status, seconds) => {
            let mut response = plain(status, "{}");
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            response
        }
        Play::Obey(obey) => Box::pin(perform(script, obey(asked), asked)).await,
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
        Play::Stream(pieces, then) => streamed(script, pieces, then),
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

fn streamed(script: &Script, pieces: Vec<Vec<u8>>, then: Then) -> Response {
    let (told, line) = (Arc::clone(&script.told), Line { has_ended: false, hung_up: Arc::clone(&script.hung_up) });
    let sent = stream::unfold((VecDeque::from(pieces), then, line), move |(mut pieces, mut then, mut line)| {
        let told = Arc::clone(&told);
        async move {
            // One at a time, so that each is sent before the next.
            tokio::task::yield_now().await;
            if pieces.is_empty() {
                match then {
                    Then::End => {
                        line.ends();
                        return None;
                    }
                    Then::Hang => future::pending().await,
                    Then::BreakOff => {
                        line.ends();
                        return Some((Err(std::io::Error::other("breaks off")), (pieces, Then::End, line)));
                    }
                    Then::Repeat(ref piece) => pieces.push_back(piece.clone()),
                    Then::Wait(rest) => {
                        told.acquire().await.unwrap().forget();
                        (pieces, then) = (rest.into(), Then::End);
                    }
                }
            }
            let piece = pieces.pop_front()?;
            Some((Ok(piece), (pieces, then, line)))
        }
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(sent)).into_response()
}

/// An answer as providers give them.
pub fn plain(status: u16, body: impl Into<Body>) -> Response {
    let mut response = Response::builder().status(status).header(header::CONTENT_TYPE, "application/json");
    if status == 429 {
        response = response.header(header::RETRY_AFTER, ASKED_TO_WAIT);
    }
    response.body(body.into()).unwrap()
}
