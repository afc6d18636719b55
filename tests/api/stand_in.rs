//! A stand-in for a provider: a local server that answers as it is told and remembers what came.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::{Request, State},
    http::{StatusCode, header},
    response::IntoResponse,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What it was asked: the path, and the body as JSON.
pub type Asked = (String, Value);

#[derive(Clone, Default)]
struct Script {
    answers: Arc<Mutex<VecDeque<(u16, String)>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

pub struct StandIn {
    pub url: String,
    script: Script,
}

impl StandIn {
    /// Answers with `answers` in their order, and then as Telegram does when all is well.
    pub async fn telegram(answers: &[(u16, &str)]) -> Self {
        let script = Script::default();
        script.answers.lock().unwrap().extend(answers.iter().map(|(status, body)| (*status, (*body).to_owned())));
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
    let path = request.uri().path().to_owned();
    let body = axum::body::to_bytes(request.into_body(), usize::MAX).await.unwrap();
    let count = {
        let mut asked = script.asked.lock().unwrap();
        asked.push((path, serde_json::from_slice(&body).unwrap_or(Value::Null)));
        asked.len()
    };
    let sent = || (200, json!({ "ok": true, "result": { "message_id": count, "date": 0 } }).to_string());
    let (status, body) = script.answers.lock().unwrap().pop_front().unwrap_or_else(sent);
    (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, "application/json")], body)
}
