//! The wish for a person, and whether anything is asked beside it.

use super::{Reason, STATEMENT, classifier::SHIPPED, features::View, kinds, reading, sentences};
use crate::services::answer::{self, Language, Token};

/// What somebody says who wants a person: whom, that and how soon they want them, and what they think of who
/// answers now. None of it is a subject.
const OF_WISH: [&str; 19] = [
    "person", "agent", "boss", "dept", "talk", "reach", "call", "bot", "want", "i", "you", "real", "please", "now",
    "not", "help", "urgent", "wait", "reply",
];

/// Nor is how somebody feels, wherever they say so.
const OF_FEELINGS: [&str; 6] = ["bad", "angry", "swear", "again", "thanks", "please"];

/// What a message asks beside a person, which is all that can be looked up of it.
pub fn without(message: &str) -> String {
    let language = Language::of(&answer::tokens(message));
    let is_only_wish = |sentence: &&str| {
        is_wish(sentence) && !answer::tokens(sentence).iter().any(|word| is_subject(word, language, true))
    };
    sentences(message).filter(|sentence| !is_only_wish(sentence)).collect()
}

/// Whether a message that asks for a person asks for nothing else: then nothing else should be answered.
pub fn is_all(message: &str) -> bool {
    let message = reading::plain(message);
    let language = Language::of(&answer::tokens(&message));
    sentences(&message).all(|sentence| {
        let (words, is_wish) = (answer::tokens(sentence), is_wish(sentence));
        answer::is_small_talk(&words) || !words.iter().any(|word| is_subject(word, language, is_wish))
    })
}

fn is_wish(sentence: &str) -> bool {
    let verdict = SHIPPED.verdict(&View::of(sentence).features);
    verdict.chance >= STATEMENT && verdict.reason == Reason::CustomerRequest
}

fn is_subject(word: &Token, language: Language, in_wish: bool) -> bool {
    let is_of = |known: &[&str]| kinds::of(&word.word).is_some_and(|kind| known.contains(&kind));
    !(language.is_glue(word) || is_of(&OF_FEELINGS) || in_wish && is_of(&OF_WISH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_beside_a_person_is_left() {
        assert_eq!(without("How much is Growth? I want to talk to a person."), "How much is Growth?");
        assert_eq!(without("I need a human. What does it cost?"), " What does it cost?");
        assert_eq!(without("let me speak to someone about a refund"), "let me speak to someone about a refund");
    }

    #[test]
    fn a_wish_alone_is_told_from_one_with_a_question_beside_it() {
        for alone in [
            "I want to talk to a person",
            "can I speak to a human?",
            "agent",
            "this is useless, I want a human now",
            "Hello there. Please connect me to a real person. Thank you!",
            "speak to billing",
            "I need a human, ada@example.com",
            "quiero hablar con alguien",
            "ich möchte mit einem Menschen sprechen",
        ] {
            assert!(is_all(alone), "{alone}");
        }
        for beside in [
            "how much is Growth? I want to talk to a person",
            "I need a human, and how much is Growth?",
            "let me speak to someone about a refund",
            "I want to talk to a person about integrations",
            "Do you have phone support? Also I want to talk to a human.",
        ] {
            assert!(!is_all(beside), "{beside}");
        }
    }
}
