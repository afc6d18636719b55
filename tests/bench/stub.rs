//! The model: answers at once, counts how often it was asked, and remembers how much it was given to read.

use std::{
    convert::Infallible,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures_util::stream;
use serde_json::{Value, json};

use super::service;

/// The argument that makes this program the model.
pub const COMMAND: &str = "model-stub";

/// What the knowledge base says to [`super::world::QUESTION`], so that a draft of it passes the desk's check of
/// facts, with the mark of its section, as the desk's instructions want it.
const COMPLETION: &str = "The Growth plan costs £29 per month {mark}.";

/// The same as it is streamed: a sentence, and another behind it.
const PIECES: [&str; 6] =
    ["The Growth plan ", "costs £29 ", "per month {mark}. ", "The Growth plan ", "costs £29 ", "per month {mark}."];

/// What ends the first sentence in whatever it is wrapped in.
pub const END_OF_SENTENCE: &[u8] = b"per month";

/// What that section's line in the instructions has.
const SECTION: &str = "> Growth";

/// What is asked of it, and what it answers.
#[derive(Clone, Default)]
struct Model {
    asked: Arc<AtomicU64>,
    longest: Arc<AtomicUsize>,
    /// Ready made, once it was shown how the sections are numbered: the desk asks first, and everybody is told
    /// the same.
    answer: Arc<OnceLock<Answer>>,
}

#[derive(Clone)]
struct Answer {
    whole: Arc<str>,
    pieces: Arc<[String]>,
}

impl Answer {
    fn marked(mark: &str) -> Self {
        let completion = json!({
            "id": "chatcmpl-stub",
            "object": "chat.completion",
            "created": 0,
            "model": "stub",
            "choices": [{
                "index": 0,
                "message": { "role": "assistant", "content": COMPLETION.replace("{mark}", mark) },
                "finish_reason": "stop",
            }],
            "usage": { "prompt_tokens": 900, "completion_tokens": 12, "total_tokens": 912 },
        });
        let piece = |delta: Value, finish: Value| {
            let choice = json!({ "index": 0, "delta": delta, "finish_reason": finish });
            format!("data: {}\n\n", json!({ "id": "chatcmpl-stub", "choices": [choice] }))
        };
        let said = |content: &str| piece(json!({ "content": content.replace("{mark}", mark) }), Value::Null);
        let end = [piece(json!({}), json!("stop")), "data: [DONE]\n\n".to_owned()];
        Self { whole: completion.to_string().into(), pieces: PIECES.into_iter().map(said).chain(end).collect() }
    }
}

/// The number of the section, as it stands in the desk's instructions.
fn mark(prompt: &str) -> Option<&str> {
    let line = prompt.split("\\n").find(|line| line.starts_with('[') && line.contains(SECTION))?;
    line.split_inclusive(']').next()
}

pub async fn serve() -> anyhow::Result<()> {
    let router = Router::new()
        .route("/v1/chat/completions", post(complete))
        .route("/asked", get(asked))
        .route("/longest", get(longest))
        .with_state(Model::default());
    service::serve(router).await
}

async fn complete(State(model): State<Model>, prompt: String) -> Response {
    model.longest.fetch_max(prompt.len(), Ordering::Relaxed);
    if model.answer.get().is_none()
        && let Some(mark) = mark(&prompt)
    {
        model.answer.get_or_init(|| Answer::marked(mark));
    }
    let Some(Answer { whole, pieces }) = model.answer.get().cloned() else {
        return (StatusCode::UNPROCESSABLE_ENTITY, "the desk asks first").into_response();
    };
    model.asked.fetch_add(1, Ordering::Relaxed);
    if !prompt.contains("\"stream\":true") {
        return ([(header::CONTENT_TYPE, "application/json")], whole.to_string()).into_response();
    }
    let said = (0..pieces.len()).map(move |at| Ok::<_, Infallible>(pieces[at].clone()));
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(stream::iter(said))).into_response()
}

async fn asked(State(model): State<Model>) -> String {
    model.asked.load(Ordering::Relaxed).to_string()
}

async fn longest(State(model): State<Model>) -> String {
    model.longest.load(Ordering::Relaxed).to_string()
}
