//! Reading what a server calls a chat completion. async-openai's own response type demands ids,
//! dates and roles that compatible servers leave out, so only the parts we use are read.

use std::time::Duration;

use async_openai::types::chat::FinishReason;
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::{NoAnswer, dialect::Word};

/// What the model said.
#[derive(Debug, PartialEq, Eq)]
pub struct Completion {
    /// Its words; empty when it only called a tool.
    pub text: String,
    pub call: Option<ToolCall>,
    pub end: End,
    pub usage: Option<Usage>,
}

/// A tool it wants used.
#[derive(Debug, PartialEq, Eq)]
pub struct ToolCall {
    pub name: String,
    pub arguments: Value,
}

/// Why it stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Done,
    /// The token limit cut it off.
    Cut,
    /// It, or a filter around it, would not answer.
    Declined,
    /// We did not want to hear more of its words.
    Interrupted,
}

/// What it was charged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Usage {
    #[serde(default)]
    pub prompt_tokens: u32,
    #[serde(default)]
    pub completion_tokens: u32,
}

#[derive(Deserialize)]
struct Answer {
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Value,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    #[serde(default)]
    finish_reason: Value,
}

/// A message, or a piece of one.
#[derive(Deserialize)]
pub(super) struct Message {
    #[serde(default)]
    pub content: Value,
    #[serde(default)]
    refusal: Value,
    #[serde(default)]
    pub tool_calls: Value,
}

/// What was said, in one piece or in many.
#[derive(Default)]
pub(super) struct Said {
    pub text: String,
    pub is_refused: bool,
    pub finish_reason: Value,
    pub call: Option<ToolCall>,
    pub usage: Option<Usage>,
}

impl Message {
    pub fn is_refusal(&self) -> bool {
        self.refusal.as_str().is_some_and(|refusal| !refusal.is_empty())
    }
}

impl ToolCall {
    /// Its arguments are JSON in a string, or on some servers JSON as it is.
    pub(super) fn new(name: String, arguments: &Value) -> Self {
        let arguments = match arguments {
            Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
            arguments => arguments.clone(),
        };
        Self { name, arguments }
    }
}

/// Whether a status tells of an answer at all: a proxy's error page is none.
pub(super) fn answered(status: StatusCode, retry_after: Option<Duration>, body: &[u8]) -> Result<(), NoAnswer> {
    match status {
        StatusCode::TOO_MANY_REQUESTS => Err(NoAnswer::TooMany { retry_after }),
        _ if status.is_client_error() => {
            let dislikes = is_about_request(status).then(|| Word::disliked_in(&complaint(body))).flatten();
            Err(NoAnswer::Refused { status: status.as_u16(), dislikes })
        }
        _ if !status.is_success() => Err(NoAnswer::Failed(status.as_u16())),
        _ => Ok(()),
    }
}

/// What an answer means.
pub fn completion(status: StatusCode, retry_after: Option<Duration>, body: &[u8]) -> Result<Completion, NoAnswer> {
    answered(status, retry_after, body)?;
    let answer: Answer = serde_json::from_slice(body).map_err(|_| NoAnswer::Unreadable)?;
    let choice = answer.choices.into_iter().next().ok_or(NoAnswer::Unreadable)?;
    settled(Said {
        text: text(&choice.message.content),
        is_refused: choice.message.is_refusal(),
        finish_reason: choice.finish_reason,
        call: call(&choice.message.tool_calls),
        usage: serde_json::from_value(answer.usage).ok(),
    })
}

/// What it comes to when all is said.
pub(super) fn settled(said: Said) -> Result<Completion, NoAnswer> {
    let end = match serde_json::from_value(said.finish_reason) {
        _ if said.is_refused => End::Declined,
        Ok(FinishReason::ContentFilter) => End::Declined,
        Ok(FinishReason::Length) => End::Cut,
        // Servers have words of their own for having ended well.
        _ => End::Done,
    };
    let text = without_thoughts(&said.text);
    if end == End::Cut && text.trim().is_empty() && said.call.is_none() {
        return Err(NoAnswer::CutShort);
    }
    Ok(Completion { text: text.to_owned(), call: said.call, end, usage: said.usage })
}

/// The statuses with which servers refuse a part of a request.
fn is_about_request(status: StatusCode) -> bool {
    [StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND, StatusCode::UNPROCESSABLE_ENTITY].contains(&status)
}

/// The words of an error, without what it may quote of the request.
fn complaint(body: &[u8]) -> String {
    let said: Value = serde_json::from_slice(body).unwrap_or_default();
    let error = &said["error"];
    let words = [&error["message"], &error["param"], error, &said["message"], &said["detail"]];
    words.into_iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
}

/// A text, or a list of parts with texts in them.
pub(super) fn text(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        _ => String::new(),
    }
}

/// Some servers leave what a model thought in front of its answer, some without the opening tag. A
/// thought that was cut off has no answer behind it.
pub(super) fn without_thoughts(text: &str) -> &str {
    match text.rsplit_once("</think>") {
        Some((_, answer)) => answer.trim_start(),
        None if text.trim_start().starts_with("<think>") => "",
        None => text,
    }
}

/// The first call.
fn call(calls: &Value) -> Option<ToolCall> {
    let function = &calls.as_array()?.first()?["function"];
    Some(ToolCall::new(function["name"].as_str()?.to_owned(), &function["arguments"]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(status: u16, body: &Value) -> Result<Completion, NoAnswer> {
        completion(StatusCode::from_u16(status).unwrap(), None, body.to_string().as_bytes())
    }

    #[test]
    fn the_least_a_server_may_send_is_read() {
        let read = read(200, &json!({ "choices": [{ "message": { "content": "Hello." } }] })).unwrap();

        assert_eq!(read, Completion { text: "Hello.".into(), call: None, end: End::Done, usage: None });
    }

    #[test]
    fn what_a_model_thought_is_no_part_of_its_answer() {
        let thoughtful =
            |text: &str| json!({ "choices": [{ "message": { "content": text }, "finish_reason": "length" }] });
        for text in ["<think>\nSilver?\n</think>\n\nHello.", "Silver?</think>Hello."] {
            assert_eq!(read(200, &thoughtful(text)).unwrap().text, "Hello.");
        }
        assert_eq!(read(200, &thoughtful("<think>\nSilver?")), Err(NoAnswer::CutShort));
    }

    #[test]
    fn a_refusal_and_a_filter_are_no_answer_and_a_limit_cuts() {
        let end = |choice: Value| read(200, &json!({ "choices": [choice] })).unwrap().end;

        assert_eq!(end(json!({ "message": { "refusal": "No." } })), End::Declined);
        assert_eq!(end(json!({ "message": { "content": "" }, "finish_reason": "content_filter" })), End::Declined);
        assert_eq!(end(json!({ "message": { "content": "It" }, "finish_reason": "length" })), End::Cut);
        assert_eq!(end(json!({ "message": { "content": "It" }, "finish_reason": "eos" })), End::Done);
    }

    #[test]
    fn a_call_is_read_with_its_arguments_in_a_string_or_not() {
        for arguments in [json!("{\"reason\":\"blocked\"}"), json!({ "reason": "blocked" })] {
            let calls = json!([{ "function": { "name": "hand_over", "arguments": arguments } }]);
            let read = read(200, &json!({ "choices": [{ "message": { "tool_calls": calls } }] })).unwrap();
            assert_eq!(read.call.unwrap().arguments["reason"], "blocked");
        }
    }

    #[test]
    fn what_is_no_completion_is_unreadable() {
        for body in [json!({}), json!({ "choices": [] }), json!("<html>"), json!({ "choices": [{ "text": "old" }] })] {
            assert_eq!(read(200, &body), Err(NoAnswer::Unreadable), "{body}");
        }
    }

    #[test]
    fn our_mistakes_are_told_from_the_servers() {
        assert_eq!(read(401, &json!({})), Err(NoAnswer::Refused { status: 401, dislikes: None }));
        assert_eq!(read(503, &json!({})), Err(NoAnswer::Failed(503)));
        assert_eq!(read(302, &json!({})), Err(NoAnswer::Failed(302)));
        let wants_the_other = json!({ "error": { "message": "Unsupported parameter: 'max_tokens'" } });
        assert_eq!(read(400, &wants_the_other), Err(NoAnswer::Refused { status: 400, dislikes: Some(Word::Limit) }));
    }
}
