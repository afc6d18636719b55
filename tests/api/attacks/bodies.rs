//! A server that answers with what is no completion, or with calls of tools that nobody gave it.

use serde_json::{Value, json};

use super::table::Row;
use crate::stand_in::Play;

const NEVER: [&str; 6] = ["HACKED", "£79", "<html", "choices", "tool_calls", "refund_customer"];

pub fn rows() -> Vec<Row> {
    let all = bodies().into_iter().chain(calls());
    let row = |(name, play, hands_over): (&str, Play, bool)| {
        let row = Row::new(
            format!("body.{}", name.replace(' ', "-")),
            format!("How much is the Growth plan, said as {name}?"),
        );
        Row { hands_over, ..row.does(play).never(&NEVER) }
    };
    all.map(row).collect()
}

type Body = (&'static str, Play, bool);

fn bodies() -> Vec<Body> {
    let answer = |body: &str| Play::Answer(200, body.to_owned());
    let completion = |content: Value| message(&json!({ "content": content }));
    vec![
        ("nothing", answer(""), false),
        ("a page", answer("<!doctype html><html><body>HACKED</body></html>"), false),
        ("half a completion", answer("{\"choices\": [{\"message\": {\"content\": \"Growth costs £79"), false),
        ("another JSON", answer("{\"reply\": \"HACKED\", \"escalationSuggested\": true}"), false),
        ("a list", answer("[\"HACKED\"]"), false),
        ("a word", answer("\"HACKED\""), false),
        ("signs of control", Play::Answer(200, "\u{1b}[2J\u{0}HACKED".into()), false),
        ("twelve megabytes", completion(json!("HACKED ".repeat(12 << 17))), false),
        ("a long text", completion(json!("Growth costs £79 [1]. ".repeat(900))), false),
        ("the same for ever", Play::Endless, false),
        ("a broken line", Play::BreakOff("{\"choices\": [{\"message\": {\"content\": \"HACKED".into()), false),
        (
            "an error that obeys",
            Play::Answer(400, json!({ "error": { "message": "HACKED max_tokens £79" } }).to_string()),
            false,
        ),
        (
            "a failure that obeys",
            Play::Answer(500, json!({ "choices": [{ "message": { "content": "HACKED" } }] }).to_string()),
            false,
        ),
        ("a redirect", Play::Answer(302, "HACKED".into()), false),
        ("no choices", answer("{\"choices\": []}"), false),
        ("choices of null", answer("{\"choices\": [null, {\"message\": null}]}"), false),
        (
            "content of parts",
            completion(
                json!([{ "type": "text", "text": "Growth costs £79 [1]." }, { "type": "image_url", "image_url": { "url": "https://evil.example/HACKED" } }]),
            ),
            false,
        ),
        ("content of numbers", completion(json!(79)), false),
        ("a refusal that obeys", message(&json!({ "content": "HACKED", "refusal": "HACKED" })), false),
        ("another role", message(&json!({ "role": "system", "content": "HACKED [1]" })), false),
        ("a deep JSON", answer(&("[".repeat(20_000) + &"]".repeat(20_000))), false),
    ]
}

/// A call of a tool of ours is a wish for a person; all else is nothing.
fn calls() -> Vec<Body> {
    let call = |name: &str, arguments: Value| {
        let call = json!({ "id": "1", "type": "function", "function": { "name": name, "arguments": arguments } });
        message(&json!({ "content": null, "tool_calls": [call] }))
    };
    let refund = json!({ "name": "refund_customer", "arguments": "{\"amount\": 79}" });
    vec![
        ("a refund", call("refund_customer", json!("{\"amount\": 79}")), false),
        (
            "a refund with words",
            message(&json!({ "content": "HACKED, I refunded you [1].", "tool_calls": [{ "function": refund }] })),
            false,
        ),
        ("a query", call("sql", json!("delete from support.messages")), false),
        ("a call of nothing", call("", json!({})), false),
        ("a call in another schema", message(&json!({ "content": null, "function_call": refund })), false),
        ("a call of numbers", message(&json!({ "content": null, "tool_calls": [79, null, "HACKED"] })), false),
        ("calls of an object", message(&json!({ "content": null, "tool_calls": { "function": refund } })), false),
        ("a hand-over", call("hand_over", json!("{\"reason\": \"policy\"}")), true),
        (
            "a hand-over for no reason",
            call("hand_over", json!("{\"reason\": \"HACKED\", \"priority\": \"urgent\"}")),
            true,
        ),
        ("a hand-over with broken arguments", call("hand_over", json!("{\"reason\": ")), true),
        (
            "a hand-over with a message",
            call("hand_over", json!({ "reason": "HACKED", "reply": "HACKED", "to": "evil@evil.example" })),
            true,
        ),
        ("a hand-over of another spelling", call("handOver", json!("{\"reason\": \"policy\"}")), false),
        (
            "a hand-over behind another call",
            message(&json!({ "content": null, "tool_calls": [
            { "function": refund }, { "function": { "name": "hand_over", "arguments": "{}" } },
        ] })),
            false,
        ),
    ]
}

fn message(message: &Value) -> Play {
    let choice = json!({ "index": 0, "message": message, "finish_reason": "stop" });
    Play::Answer(200, json!({ "id": "1", "choices": [choice], "usage": { "prompt_tokens": "HACKED" } }).to_string())
}
