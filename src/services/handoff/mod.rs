//! Handing over: when a person should take a conversation, and why.

mod pattern;
mod rules;
mod thread;

use serde::{Deserialize, Serialize};

use crate::domain::turn::Turn;
use crate::services::answer::{self, Token};
use rules::Kind;

/// Why a person should answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// They asked for a person, or do not want to talk to a program.
    CustomerRequest,
    /// They are angry, or tired of repeating themselves.
    Frustrated,
    /// Something of theirs does not work, is locked, or never came.
    Blocked,
    /// The same question came twice.
    NoAnswer,
    /// Refunds, wrong charges, privacy, security and the law are for people.
    Policy,
    /// Two answers in a row were not sure.
    LowConfidence,
    /// The answer could not be made.
    Error,
    /// The money for answers is spent.
    Budget,
}

impl Reason {
    /// The word used on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CustomerRequest => "customer_request",
            Self::Frustrated => "frustrated",
            Self::Blocked => "blocked",
            Self::NoAnswer => "no_answer",
            Self::Policy => "policy",
            Self::LowConfidence => "low_confidence",
            Self::Error => "error",
            Self::Budget => "budget",
        }
    }
}

/// Whether a person should take over, from this message and the ones before it.
pub fn judge(message: &str, earlier: &[Turn]) -> Option<Reason> {
    let clauses = clauses(message);
    let said = clauses.iter().find_map(|c| rules::SHIPPED.reason(&c.words, c.kind()));
    said.or_else(|| {
        let is_question = clauses.iter().any(|c| c.asks);
        thread::reason(&answer::tokens(message), is_question, earlier)
    })
}

/// A sentence, or the part of one that stands by itself.
struct Clause {
    words: Vec<Token>,
    asks: bool,
}

impl Clause {
    fn kind(&self) -> Kind {
        if OFFERS.iter().any(|words| self.opens_with(words)) {
            Kind::Offer
        } else if OPENINGS.iter().any(|words| self.opens_with(words)) || HYPOTHETICAL.iter().any(|h| self.contains(h)) {
            Kind::General
        } else {
            Kind::Statement
        }
    }

    fn opens_with(&self, phrase: &str) -> bool {
        let words = phrase.split(' ').count();
        self.words.len() >= words && is(&self.words[..words], phrase)
    }

    fn contains(&self, phrase: &str) -> bool {
        self.words.windows(phrase.split(' ').count()).any(|window| is(window, phrase))
    }
}

fn is(words: &[Token], phrase: &str) -> bool {
    words.iter().zip(phrase.split(' ')).all(|(token, word)| token.word == word)
}

/// Openings of questions about what is on offer.
const OFFERS: [&str; 16] = [
    "do you",
    "do u",
    "do your",
    "does",
    "is there",
    "are there",
    "which",
    "what",
    "whats",
    "when do",
    "is your",
    "are your",
    "is the",
    "are the",
    "can people",
    "can customers",
];

/// Openings of questions about how things work.
const OPENINGS: [&str; 26] = [
    "how",
    "when",
    "where do",
    "where can",
    "where is the",
    "who",
    "whos",
    "do i",
    "do we",
    "is a",
    "is it",
    "are you",
    "can i",
    "can we",
    "can you",
    "can the",
    "can a",
    "can it",
    "could i",
    "could you",
    "may i",
    "will",
    "would you",
    "if",
    "should i",
    "should we",
];

/// Phrases that make a statement a supposition.
const HYPOTHETICAL: [&str; 12] = [
    "what happens",
    "what if",
    "how would",
    "in case",
    "wondering",
    "is it possible",
    "policy",
    "procedure",
    "would like to know",
    "want to know",
    "how does",
    "a workflow that",
];

fn clauses(message: &str) -> Vec<Clause> {
    let considered = message.char_indices().nth(answer::CONSIDERED_CHARS).map_or(message, |(end, _)| &message[..end]);
    let pieces = considered.split_inclusive(['.', '!', '?', ';', '\n', '।', '¿', '¡']);
    let clause = |piece: &str| Clause { words: answer::tokens(piece), asks: piece.ends_with('?') };
    pieces.map(clause).filter(|c| !c.words.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::turn::{Author, Outcome};

    fn turn(author: Author, text: &str, outcome: Option<Outcome>) -> Turn {
        Turn { author, text: text.into(), outcome }
    }

    #[test]
    fn whoever_asks_for_a_person_gets_one() {
        for message in ["I want a human NOW", "speak to billing", "agent", "I'd rather not type this to a machine"] {
            assert_eq!(judge(message, &[]), Some(Reason::CustomerRequest), "{message}");
        }
    }

    #[test]
    fn other_languages_are_heard() {
        for message in [
            "je veux parler à un humain",
            "quiero hablar con una persona",
            "ich möchte mit einem Menschen sprechen",
            "mujhe insaan se baat karni hai",
        ] {
            assert!(judge(message, &[]).is_some(), "{message}");
        }
    }

    #[test]
    fn trouble_has_its_reason() {
        assert_eq!(judge("my account is locked", &[]), Some(Reason::Blocked));
        assert_eq!(judge("you charged my card twice", &[]), Some(Reason::Policy));
        assert_eq!(judge("worst service ever", &[]), Some(Reason::Frustrated));
    }

    #[test]
    fn questions_about_how_things_work_stay() {
        for message in [
            "is there a manager dashboard?",
            "how do I cancel?",
            "do you have an urgent plan?",
            "what's your complaints procedure?",
            "what happens if my card is declined",
        ] {
            assert_eq!(judge(message, &[]), None, "{message}");
        }
    }

    #[test]
    fn the_same_question_twice_needs_a_person() {
        let earlier =
            [turn(Author::Customer, "how do I export workflows", None), turn(Author::Ai, "…", Some(Outcome::Answer))];
        assert_eq!(judge("How do I export my workflows?", &earlier), Some(Reason::NoAnswer));
        assert_eq!(judge("How do I import customers?", &earlier), None);
    }

    #[test]
    fn two_weak_answers_in_a_row_need_a_person() {
        let weak = |outcome| turn(Author::Ai, "…", Some(outcome));
        let earlier = [weak(Outcome::Unknown), weak(Outcome::Closest)];
        assert_eq!(judge("which colours are there", &earlier), Some(Reason::LowConfidence));
        assert_eq!(judge("thanks!", &earlier), None);
        assert_eq!(judge("which colours are there", &earlier[1..]), None);
    }
}
