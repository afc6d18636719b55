//! The model's wish for a person: a call of the tool, or what models without tools write instead.

use std::borrow::Cow;

use serde_json::Value;

use crate::{integrations::openai::Completion, services::handoff::Reason};

/// The tool's name.
pub const HAND_OVER: &str = "hand_over";

/// What stands for the tool in the text of a model that has none.
const MARK: &str = "[h]";

/// The reasons a model may give, in the order of the tool's description.
pub const REASONS: [Reason; 5] =
    [Reason::CustomerRequest, Reason::Frustrated, Reason::Blocked, Reason::Policy, Reason::NoAnswer];

/// Why a person should take over, where the model wants that.
pub fn of(completion: &Completion) -> Option<Reason> {
    let call = completion.call.as_ref().filter(|call| call.name == HAND_OVER);
    call.map(|call| reason(&call.arguments))
        .or_else(|| completion.text.contains(MARK).then_some(Reason::NoAnswer))
        .or_else(|| spelled_out(&completion.text))
}

/// The words without the mark.
pub fn without_mark(said: &str) -> Cow<'_, str> {
    if said.contains(MARK) { said.replace(MARK, "").into() } else { said.into() }
}

/// A call that stands in the text as JSON, or a field beside the reply: `{"name": "hand_over",
/// "arguments": {"reason": "blocked"}}`, `{"reply": "…", "hand_over": true}`.
fn spelled_out(text: &str) -> Option<Reason> {
    let json = text.get(text.find('{')?..=text.rfind('}')?)?;
    let said: Value = serde_json::from_str(json).ok()?;
    if said["name"] == HAND_OVER {
        let arguments = ["arguments", "parameters"].into_iter().find_map(|field| said.get(field));
        return Some(arguments.map_or(Reason::NoAnswer, reason));
    }
    match &said[HAND_OVER] {
        Value::Null | Value::Bool(false) => None,
        wish => Some(reason(wish)),
    }
}

/// A reason that is none of the tool's choices is no reason not to hand over.
fn reason(arguments: &Value) -> Reason {
    let named = REASONS.into_iter().find(|reason| arguments["reason"] == reason.as_str());
    named.unwrap_or(Reason::NoAnswer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integrations::openai::End;

    fn wish(text: &str) -> Option<Reason> {
        of(&Completion { text: text.into(), call: None, end: End::Done, usage: None })
    }

    #[test]
    fn a_model_without_tools_writes_a_mark_or_the_call() {
        for text in [
            "I will get somebody. [h]",
            r#"{"reply": "One moment.", "hand_over": true}"#,
            r#"{"reply": "One moment.", "hand_over": {"reason": "none of ours"}}"#,
            "```json\n{\"name\": \"hand_over\"}\n```",
        ] {
            assert_eq!(wish(text), Some(Reason::NoAnswer), "{text}");
        }
        let call = r#"{"name": "hand_over", "parameters": {"reason": "blocked"}}"#;
        assert_eq!(wish(call), Some(Reason::Blocked));
    }

    #[test]
    fn an_answer_is_no_wish() {
        for text in
            ["It is open daily. [3]", r#"{"reply": "No.", "hand_over": false}"#, r#"{"reply": "No."}"#, "}{", "", "{é}"]
        {
            assert_eq!(wish(text), None, "{text}");
        }
        assert_eq!(without_mark("Somebody will come. [h]"), "Somebody will come. ");
    }
}
