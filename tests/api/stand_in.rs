//! A stand-in for a provider: a local server that answers as it is told and remembers what came.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The seconds it names with every 429.
const ASKED_TO_WAIT: &str = "2";

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
    answers: Arc<Mutex<VecDeque<(u16, String)>>>,
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
        let answers = answers.iter().map(|(status, body)| (*status, (*body).to_owned())).collect();
        let script = Script { answers: Arc::new(Mutex::new(answers)), well, asked: Arc::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(script.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, script }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.script.asked.lock().unwrap().clone()
    }
}

async fn answer(State(script): State<Script>, request: Request) -> impl IntoResponse {
    let (path, headers) = (request.uri().path().to_owned(), request.headers().clone());
    let body = axum::body::to_bytes(request.into_body(), usize::MAX).await.unwrap();
    let count = {
        let mut asked = script.asked.lock().unwrap();
        asked.push(Asked { path, headers, body: serde_json::from_slice(&body).unwrap_or(Value::Null) });
        asked.len()
    };
    let scripted = script.answers.lock().unwrap().pop_front();
    let (status, body) = match (scripted, (script.well)(count)) {
        (Some(answer), _) => answer,
        (None, Value::Null) => std::future::pending().await,
        (None, well) => (200, well.to_string()),
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if status == 429 {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static(ASKED_TO_WAIT));
    }
    (StatusCode::from_u16(status).unwrap(), headers, body)
}
