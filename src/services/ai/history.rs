//! What was said before, as the model's messages: from our own tables only, the newest that fits.

use async_openai::types::chat::{
    ChatCompletionRequestAssistantMessage, ChatCompletionRequestMessage, ChatCompletionRequestUserMessage,
};

use crate::domain::{
    special_tokens::without_special_tokens,
    turn::{Author, Turn},
};

/// What is remembered of the conversation, in characters: all of it, and of one turn.
const HISTORY_CHARS: usize = 6_000;
const TURN_CHARS: usize = 1_500;

/// The most that what was said before comes to, in bytes.
pub const MOST_BYTES: usize = HISTORY_CHARS * 4;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Speaker {
    Customer,
    Desk,
}

/// The conversation up to and with this message, customer and desk by turns. Notes of the program
/// are no part of it.
pub fn messages(earlier: &[Turn], message: &str) -> Vec<ChatCompletionRequestMessage> {
    let mut room = HISTORY_CHARS;
    let mut said = vec![(Speaker::Customer, message.to_owned())];
    for turn in earlier.iter().rev() {
        let speaker = match turn.author {
            Author::Customer => Speaker::Customer,
            Author::Ai | Author::Human => Speaker::Desk,
            Author::System => continue,
        };
        let text: String = turn.text.chars().take(TURN_CHARS).collect();
        let Some(left) = room.checked_sub(text.chars().count()) else { break };
        room = left;
        match said.last_mut() {
            // Two in a row: some servers take messages only by turns.
            Some((last, later)) if *last == speaker => *later = format!("{text}\n\n{later}"),
            _ => said.push((speaker, text)),
        }
    }
    let told = said.iter().rev().skip_while(|(speaker, _)| *speaker == Speaker::Desk);
    told.map(|(speaker, text)| match speaker {
        Speaker::Customer => customer(text),
        Speaker::Desk => desk(text),
    })
    .collect()
}

/// Words of somebody else: data, whatever they look like.
pub fn customer(text: &str) -> ChatCompletionRequestMessage {
    ChatCompletionRequestUserMessage::from(without_special_tokens(text)).into()
}

pub fn desk(text: &str) -> ChatCompletionRequestMessage {
    ChatCompletionRequestAssistantMessage::from(without_special_tokens(text)).into()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn told(earlier: &[(Author, &str)], message: &str) -> Vec<(String, String)> {
        let turns = earlier.iter().map(|(author, text)| Turn { author: *author, text: (*text).into(), outcome: None });
        let messages = json!(messages(&turns.collect::<Vec<_>>(), message));
        let text = |message: &Value, part: &str| message[part].as_str().unwrap().to_owned();
        messages.as_array().unwrap().iter().map(|said| (text(said, "role"), text(said, "content"))).collect()
    }

    #[test]
    fn customer_and_desk_speak_by_turns_and_a_customer_begins() {
        let earlier = [
            (Author::Ai, "Welcome back."),
            (Author::Customer, "Hello"),
            (Author::Customer, "Are you there?"),
            (Author::System, "The person left."),
            (Author::Human, "Yes."),
        ];

        let told = told(&earlier, "Good.");

        let expected = [("user", "Hello\n\nAre you there?"), ("assistant", "Yes."), ("user", "Good.")];
        assert_eq!(told, expected.map(|(role, text)| (role.to_owned(), text.to_owned())));
    }

    #[test]
    fn the_newest_that_fits_is_remembered() {
        let long = "x".repeat(2 * TURN_CHARS);
        let earlier: Vec<(Author, &str)> =
            (0..20).map(|at| (if at % 2 == 0 { Author::Customer } else { Author::Ai }, long.as_str())).collect();

        let told = told(&earlier, "And now?");

        assert_eq!(told.len(), 1 + HISTORY_CHARS / TURN_CHARS);
        assert!(told.iter().all(|(_, text)| text.chars().count() <= TURN_CHARS));
    }
}
