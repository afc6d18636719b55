//! The model: answers at once, counts how often it was asked, and remembers how much it was given to read.

use std::sync::{
    Arc,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderName, header},
    routing::{get, post},
};
use futures_util::stream;
use serde_json::{Value, json};

use super::service;

/// The argument that makes this program the model.
pub const COMMAND: &str = "model-stub";

/// What the knowledge base says to [`super::world::QUESTION`], so that a draft of it passes the
/// desk's check of facts.
const COMPLETION: &str = "The Growth plan costs £29 per month.";

/// The same as it is streamed: a sentence, and another behind it.
const PIECES: [&str; 6] =
    ["The Growth plan ", "costs £29 ", "per month. ", "The Growth plan ", "costs £29 ", "per month."];

/// What ends the first sentence in whatever it is wrapped in.
pub const END_OF_SENTENCE: &[u8] = b"per month.";

/// What is asked of it, and the answer to that, both ready made.
#[derive(Clone)]
struct Model {
    asked: Arc<AtomicU64>,
    longest: Arc<AtomicUsize>,
    completion: Arc<str>,
    pieces: Arc<[String]>,
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
    let piece = |delta: Value, finish: Value| {
        let choice = json!({ "index": 0, "delta": delta, "finish_reason": finish });
        format!("data: {}\n\n", json!({ "id": "chatcmpl-stub", "choices": [choice] }))
    };
    let pieces = PIECES.map(|content| piece(json!({ "content": content }), Value::Null));
    let end = [piece(json!({}), json!("stop")), "data: [DONE]\n\n".to_owned()];
    let model = Model {
        asked: Arc::default(),
        longest: Arc::default(),
        completion: completion.to_string().into(),
        pieces: pieces.into_iter().chain(end).collect(),
    };
    let router = Router::new()
        .route("/v1/chat/completions", post(complete))
        .route("/asked", get(asked))
        .route("/longest", get(longest))
        .with_state(model);
    service::serve(router).await
}

async fn complete(State(model): State<Model>, prompt: String) -> ([(HeaderName, &'static str); 1], Body) {
    model.asked.fetch_add(1, Ordering::Relaxed);
    model.longest.fetch_max(prompt.len(), Ordering::Relaxed);
    if !prompt.contains("\"stream\":true") {
        return ([(header::CONTENT_TYPE, "application/json")], model.completion.to_string().into());
    }
    let pieces = (0..model.pieces.len()).map(move |at| Ok::<_, std::io::Error>(model.pieces[at].clone()));
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(stream::iter(pieces)))
}

async fn asked(State(model): State<Model>) -> String {
    model.asked.load(Ordering::Relaxed).to_string()
}

async fn longest(State(model): State<Model>) -> String {
    model.longest.load(Ordering::Relaxed).to_string()
}
