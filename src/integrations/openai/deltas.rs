//! A completion that comes in pieces: what each adds, as far as servers agree on it; no I/O.

use serde::Deserialize;
use serde_json::Value;

use super::{
    NoAnswer,
    read::{Completion, Message, Said, ToolCall, settled, text, without_thoughts},
};

/// What was said so far.
#[derive(Default)]
pub struct Deltas {
    said: Said,
    call: Option<Call>,
    has_any: bool,
    is_over: bool,
}

/// The call of a tool, which comes in pieces too.
struct Call {
    place: Value,
    name: String,
    arguments: Value,
}

#[derive(Deserialize)]
struct Chunk {
    choices: Option<Vec<Choice>>,
    #[serde(default)]
    usage: Value,
    #[serde(default)]
    error: Value,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    index: Value,
    #[serde(alias = "message")]
    delta: Option<Message>,
    #[serde(default)]
    finish_reason: Value,
}

impl Deltas {
    /// Takes the data of one event.
    pub fn take(&mut self, data: &[u8]) -> Result<(), NoAnswer> {
        if data.trim_ascii() == b"[DONE]" {
            self.is_over = true;
            return Ok(());
        }
        let chunk: Chunk = serde_json::from_slice(data).map_err(|_| NoAnswer::Unreadable)?;
        if !chunk.error.is_null() {
            return Err(NoAnswer::Broken);
        }
        self.has_any = true;
        // Some count in every piece, most in the last one: the last count is of everything.
        self.said.usage = serde_json::from_value(chunk.usage).ok().or(self.said.usage);
        let is_first = |choice: &Choice| choice.index.as_u64().unwrap_or_default() == 0;
        for choice in chunk.choices.into_iter().flatten().filter(is_first) {
            if let Some(delta) = choice.delta {
                self.said.text.push_str(&text(&delta.content));
                self.said.is_refused |= delta.is_refusal();
                self.take_call(&delta.tool_calls);
            }
            if choice.finish_reason.as_str().is_some_and(|reason| !reason.is_empty()) {
                self.said.finish_reason = choice.finish_reason;
            }
        }
        Ok(())
    }

    /// The words so far, without what the model thought.
    pub fn text(&self) -> &str {
        without_thoughts(&self.said.text)
    }

    /// Whether all words have come. What it was charged by may come behind them.
    pub fn is_finished(&self) -> bool {
        self.is_over || !self.said.finish_reason.is_null()
    }

    /// Whether the server said that nothing more comes.
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    pub fn into_completion(self) -> Result<Completion, NoAnswer> {
        if !self.is_finished() {
            return Err(if self.has_any { NoAnswer::Broken } else { NoAnswer::Unreadable });
        }
        settled(self.into_said())
    }

    /// What was said before nobody listened any more.
    pub fn into_said(self) -> Said {
        let call = self.call.filter(|call| !call.name.is_empty());
        let call = call.map(|call| ToolCall::new(call.name, &call.arguments));
        Said { call, ..self.said }
    }

    /// Only the first call counts.
    fn take_call(&mut self, pieces: &Value) {
        for piece in pieces.as_array().into_iter().flatten() {
            let (place, function) = (&piece["index"], &piece["function"]);
            let call = self.call.get_or_insert_with(|| Call {
                place: place.clone(),
                name: String::new(),
                arguments: Value::Null,
            });
            if call.place != *place {
                continue;
            }
            if call.name.is_empty() {
                function["name"].as_str().unwrap_or_default().clone_into(&mut call.name);
            }
            match (&mut call.arguments, &function["arguments"]) {
                (_, Value::Null) => {}
                (Value::String(so_far), Value::String(more)) => so_far.push_str(more),
                (arguments, whole) => arguments.clone_from(whole),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::integrations::openai::{End, Usage};

    fn said(chunks: &[Value]) -> Result<Completion, NoAnswer> {
        let mut deltas = Deltas::default();
        chunks.iter().try_for_each(|chunk| deltas.take(chunk.to_string().as_bytes()))?;
        deltas.into_completion()
    }

    fn piece(delta: &Value) -> Value {
        json!({ "choices": [{ "index": 0, "delta": delta, "finish_reason": null }] })
    }

    fn finish(reason: &str) -> Value {
        json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": reason }], "usage": null })
    }

    #[test]
    fn pieces_are_one_completion() {
        let usage = json!({ "choices": [], "usage": { "prompt_tokens": 700, "completion_tokens": 20 } });
        let pieces =
            [piece(&json!({ "role": "assistant", "content": "" })), piece(&json!({ "content": "Silver is " }))];
        let rest = [piece(&json!({ "content": "£12." })), finish("stop"), usage];

        let said = said(&[&pieces[..], &rest].concat()).unwrap();

        let usage = Some(Usage { prompt_tokens: 700, completion_tokens: 20 });
        assert_eq!(said, Completion { text: "Silver is £12.".into(), call: None, end: End::Done, usage });
    }

    #[test]
    fn a_call_comes_in_pieces_or_whole() {
        let call = |function: Value| piece(&json!({ "tool_calls": [{ "index": 0, "function": function }] }));
        let pieces = [
            call(json!({ "name": "hand_over", "arguments": "" })),
            call(json!({ "arguments": "{\"reason\": " })),
            piece(&json!({ "tool_calls": [{ "index": 1, "function": { "name": "other", "arguments": "{}" } }] })),
            call(json!({ "arguments": "\"policy\"}" })),
            finish("tool_calls"),
        ];
        let whole = [call(json!({ "name": "hand_over", "arguments": { "reason": "policy" } })), finish("tool_calls")];

        for chunks in [&pieces[..], &whole] {
            let call = said(chunks).unwrap().call.unwrap();
            assert_eq!((call.name.as_str(), &call.arguments["reason"]), ("hand_over", &json!("policy")));
        }
    }

    #[test]
    fn the_least_a_server_may_send_is_read_and_other_choices_are_not() {
        let mut deltas = Deltas::default();
        deltas.take(br#"{"choices":[{"delta":{"content":"Hello."}},{"index":1,"delta":{"content":"Bye."}}]}"#).unwrap();
        assert!(!deltas.is_finished());
        deltas.take(br#"{"id":"x"}"#).unwrap();
        deltas.take(b"[DONE]").unwrap();

        assert_eq!(deltas.into_completion().unwrap().text, "Hello.");
    }

    #[test]
    fn what_does_not_come_to_an_end_is_no_answer() {
        assert_eq!(said(&[piece(&json!({ "content": "Silver" }))]), Err(NoAnswer::Broken));
        assert_eq!(said(&[]), Err(NoAnswer::Unreadable));
        assert_eq!(said(&[json!({ "error": { "message": "overloaded" } })]), Err(NoAnswer::Broken));
        assert_eq!(said(&[json!("<html>")]), Err(NoAnswer::Unreadable));
        assert_eq!(said(&[piece(&json!({ "refusal": "No." })), finish("stop")]).unwrap().end, End::Declined);
        assert_eq!(said(&[finish("length")]), Err(NoAnswer::CutShort));
    }

    #[test]
    fn what_a_model_thinks_is_not_heard() {
        let mut deltas = Deltas::default();
        for (content, heard) in [("<think>Sil", ""), ("ver?</think>", ""), ("\nIt is £12.", "It is £12.")] {
            deltas.take(piece(&json!({ "content": content })).to_string().as_bytes()).unwrap();
            assert_eq!(deltas.text(), heard);
        }
    }
}
