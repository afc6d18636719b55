//! What a message names: trouble, somebody to speak to, or only a subject to look up.

use super::{kinds, reading};
use crate::services::answer::Token;

/// Whether a word of the message names trouble or somebody to speak to: without one, "where is my order" only asks.
pub fn names_trouble(message: &str) -> bool {
    let words = reading::words(&reading::plain(super::considered(message)));
    words.iter().any(|word| kinds::of(&word.word).is_some_and(|kind| TROUBLE.contains(&kind)))
}

/// Kinds of words that tell of trouble, or of somebody to speak to.
const TROUBLE: [&str; 24] = [
    "person", "agent", "boss", "talk", "reach", "call", "not", "bad", "angry", "swear", "crook", "wait", "reply",
    "late", "broken", "locked", "urgent", "charge", "refund", "wrong", "lawyer", "law", "hacked", "complain",
];

/// Whether the message is one neutral noun ("refund", "my delivery"), which is a search. "Agent" is not.
pub fn is_subject(words: &[Token]) -> bool {
    let mut said = words.iter().filter(|word| !ARTICLES.contains(&word.word.as_str()));
    let (Some(noun), None) = (said.next(), said.next()) else { return false };
    !kinds::of(&reading::mended(noun).word).is_some_and(|kind| CALLS.contains(&kind))
}

/// What may stand before a noun that is looked up.
const ARTICLES: [&str; 5] = ["a", "the", "my", "our", "your"];
/// Kinds of words that call for a person alone.
const CALLS: [&str; 15] = [
    "person", "agent", "boss", "reach", "bad", "angry", "swear", "crook", "locked", "hacked", "lawyer", "law", "die",
    "complain", "urgent",
];
