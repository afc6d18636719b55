//! Handing over: when a person should take a conversation, and why.

mod pattern;
mod rules;
mod thread;

use serde::{Deserialize, Serialize};

use crate::domain::turn::Turn;
use crate::services::answer::{self, Token};

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
    let said = clauses.iter().find_map(|c| rules::SHIPPED.reason(&c.words, c.is_general_question()));
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
    /// "How do I …", "is there …", "what happens if …": about how things work, not about today.
    fn is_general_question(&self) -> bool {
        let opens = |words: &&str| {
            let words: Vec<&str> = words.split(' ').collect();
            self.words.len() >= words.len() && self.words.iter().zip(&words).all(|(t, w)| t.word == *w)
        };
        let contains = |phrase: &&str| {
            let phrase: Vec<&str> = phrase.split(' ').collect();
            self.words.windows(phrase.len()).any(|w| w.iter().zip(&phrase).all(|(t, p)| t.word == *p))
        };
        OPENINGS.iter().any(|o| opens(&o)) || HYPOTHETICAL.iter().any(|h| contains(&h))
    }
}

/// Openings of questions about how things work.
const OPENINGS: [&str; 40] = [
    "how",
    "what",
    "whats",
    "which",
    "when",
    "where do",
    "where can",
    "where is the",
    "where are the",
    "who",
    "whos",
    "do you",
    "do u",
    "do i",
    "do we",
    "do your",
    "does",
    "is there",
    "are there",
    "is the",
    "is a",
    "is it",
    "is your",
    "are your",
    "are you",
    "can i",
    "can we",
    "can you",
    "can the",
    "can a",
    "could i",
    "could you",
    "may i",
    "will you",
    "will i",
    "would you",
    "if i",
    "if we",
    "if you",
    "should i",
];

/// Phrases that make a statement a supposition.
const HYPOTHETICAL: [&str; 12] = [
    "what happens",
    "what if",
    "how do i",
    "how can i",
    "how would",
    "in case",
    "wondering",
    "is it possible",
    "policy",
    "procedure",
    "would like to know",
    "want to know",
];

fn clauses(message: &str) -> Vec<Clause> {
    let considered = message.char_indices().nth(answer::CONSIDERED_CHARS).map_or(message, |(end, _)| &message[..end]);
    let pieces = considered.split_inclusive(['.', '!', '?', ';', '\n', '।', '¿', '¡']);
    let clause = |piece: &str| Clause { words: answer::tokens(piece), asks: piece.ends_with('?') };
    pieces.map(clause).filter(|c| !c.words.is_empty()).collect()
}
