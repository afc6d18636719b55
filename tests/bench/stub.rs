//! The model: answers at once, and counts how often it was asked.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    Router,
    extract::State,
    http::header,
    routing::{get, post},
};
use serde_json::json;

use super::service;

/// The argument that makes this program the model.
pub const COMMAND: &str = "model-stub";

/// What the knowledge base says to [`super::world::QUESTION`], so that a draft of it passes the
/// desk's check of facts.
const COMPLETION: &str = "The Growth plan costs £29 per month.";

/// What is asked of it, and the answer to that, both ready made.
#[derive(Clone)]
struct Model {
    asked: Arc<AtomicU64>,
    completion: Arc<str>,
}

pub async fn serve() -> anyhow::Result<()> {
    let completion = json!({
        "id": "chatcmpl-stub",
        "object": "chat.completion",
        "created": 0,
        "model": "stub",
        "choices": [{
            "index": 0,
            "message": { "role": "assistant", "content": COMPLETION },
            "finish_reason": "stop",
        }],
        "usage": { "prompt_tokens": 900, "completion_tokens": 12, "total_tokens": 912 },
    });
    let model = Model { asked: Arc::default(), completion: completion.to_string().into() };
    let router =
        Router::new().route("/v1/chat/completions", post(complete)).route("/asked", get(asked)).with_state(model);
    service::serve(router).await
}

async fn complete(State(model): State<Model>, _prompt: String) -> ([(header::HeaderName, &'static str); 1], String) {
    model.asked.fetch_add(1, Ordering::Relaxed);
    ([(header::CONTENT_TYPE, "application/json")], model.completion.to_string())
}

async fn asked(State(model): State<Model>) -> String {
    model.asked.load(Ordering::Relaxed).to_string()
}
