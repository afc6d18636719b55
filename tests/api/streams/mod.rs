//! Answers as server-sent events: what is on the wire is checked, complete in the end, and kept.

mod answers;
pub mod events;
mod leaving;
mod servers;
mod threads;

use serde_json::{Value, json};

use self::events::Events;
use crate::{
    harness::TestApp,
    stand_in::{Play, Then},
};

const PUBLIC: &str = "/api/support/public";
const QUESTION: &str = "How much is the Growth plan?";

/// One that nobody else can have.
const ID: &str = "5f1c2e0a-77d4-4c5e-9d2b-1f0e8a6b3c4d";

/// An answer of two sentences that stand in the knowledge base, as it is shown.
const ANSWER: &str = "Growth costs £29/month. You can get a refund within 14 days.";

/// With these a model is given up only long after a test has.
const PATIENT: [(&str, &str); 2] = [("HANDLER_SECONDS", "90"), ("MODEL_TIMEOUT_SECONDS", "80")];

/// Asks for events.
async fn listen(app: &TestApp, body: &Value, headers: &[(&str, &str)]) -> Events {
    let accept = [("Accept", "text/event-stream"), ("Content-Type", "application/json")];
    Events::open(app.address, PUBLIC, &[&accept, headers].concat(), body.to_string().as_bytes()).await
}

async fn ask(app: &TestApp) -> Events {
    listen(app, &json!({ "message": QUESTION }), &[]).await
}

/// Pieces of a stream that say these words.
fn words(pieces: &[&str]) -> Vec<Vec<u8>> {
    let event = |content: &&str| {
        event(&json!({ "choices": [{ "index": 0, "delta": { "content": content }, "finish_reason": null }] }))
    };
    pieces.iter().map(event).collect()
}

fn event(data: &Value) -> Vec<u8> {
    format!("data: {data}\n\n").into_bytes()
}

/// The end of a good stream.
fn end(finish_reason: &str) -> Vec<Vec<u8>> {
    vec![
        event(&json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": finish_reason }] })),
        event(&json!({ "choices": [], "usage": { "prompt_tokens": 700, "completion_tokens": 20 } })),
        b"data: [DONE]\n\n".to_vec(),
    ]
}

/// Says these words, and ends.
fn streams(pieces: &[&str]) -> Play {
    Play::Stream([words(pieces), end("stop")].concat(), Then::End)
}

/// Says [`ANSWER`] in small pieces.
fn streams_answer() -> Play {
    streams(&["Growth co", "sts £29/month", " [1]. You can ", "get a refund within 14 da", "ys [3]."])
}

/// Says the first sentence of [`ANSWER`], and the second when it is told to.
fn streams_answer_in_two() -> Play {
    let second = [words(&["You can get a refund within 14 days [3]."]), end("stop")].concat();
    Play::Stream(words(&["Growth costs £29/month [1]. "]), Then::Wait(second))
}
