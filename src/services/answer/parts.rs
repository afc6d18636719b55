//! Parts: one message may hold several questions, or half of one that was asked before.

use super::find::{Found, Searchable, last};
use super::language::Language;
use super::nearness::Nearness;
use super::words::Token;
use crate::domain::turn::{Author, Turn};

/// A question of fewer meaningful words leans on the one before it.
const STANDS_ALONE: usize = 2;

/// Both halves of a question must be this sure to be answered apart.
const SOUND: f32 = 0.5;

/// So much of the question before stands for it, and leaves room for the one that leans on it.
const BEFORE_CHARS: usize = 300;

/// Openings that continue what was said.
const CONTINUES: [&str; 20] = [
    "and", "what about", "how about", "does that", "does it", "is that", "is it", "do they", "are they", "can that",
    "can it", "so", "but", "then", "also", "would that", "will that", "with that", "for that", "or",
];

/// Words that stand for something said before, when the question is short.
const REFERS: [&str; 6] = ["that", "it", "this", "those", "them", "one"];
/// "Can it be cancelled and do I get my money back for the unused months" names its subject itself.
const SHORT: usize = 8;

/// Answers to more questions than this would not fit one reply.
const MOST_PARTS: usize = 3;

/// The questions a message may hold, two or three; nothing where it holds one, or too many.
pub fn pieces(message: &str) -> Vec<&str> {
    let sentences = sentences(message);
    let pieces = if sentences.len() > 1 { sentences } else { halves(message) };
    if (2..=MOST_PARTS).contains(&pieces.len()) { pieces } else { Vec::new() }
}

impl Searchable {
    /// The questions a message holds, each with what was found; one that cannot be parted is whole. `near` is
    /// how near the sections are to its wordings, as far as that is known.
    pub fn parts(&self, message: &str, earlier: &[Turn], language: Language, near: &Nearness) -> Vec<Found> {
        let whole = self.find(message, earlier, language, near.of(0));
        let pieces = pieces(message);
        if pieces.is_empty() {
            return vec![whole];
        }
        let find = |(at, piece): (usize, &&str)| self.find(piece, earlier, language, near.of(at));
        let apart: Vec<Found> = (1..).zip(&pieces).map(find).collect();
        if apart.iter().all(|p| p.confidence >= SOUND) && all_different(&apart) {
            return apart;
        }
        vec![whole]
    }

    /// What of a message can be held against the meaning of the sections: the whole, then each of the
    /// questions it holds. What leans on the question before it stands behind that.
    pub fn wordings(&self, message: &str, earlier: &[Turn], language: Language) -> Vec<String> {
        let before =
            last(earlier, Author::Customer).map(|turn| turn.text.chars().take(BEFORE_CHARS).collect::<String>());
        let worded = |question: &str| match &before {
            Some(before) if self.continues(&self.read(question, language), earlier) => format!("{before} {question}"),
            _ => question.to_owned(),
        };
        [message].into_iter().chain(pieces(message)).map(worded).collect()
    }
}

fn all_different(parts: &[Found]) -> bool {
    (1..parts.len()).all(|at| parts[..at].iter().all(|p| p.best() != parts[at].best()))
}

/// Questions written one after another, in order; a single one comes back whole.
fn sentences(message: &str) -> Vec<&str> {
    let pieces = message.split_inclusive(['?', ';', '\n']).map(str::trim);
    pieces.filter(|p| p.chars().any(char::is_alphanumeric)).collect()
}

/// The halves of a question on either side of an "and".
fn halves(question: &str) -> Vec<&str> {
    let mut halves = vec![question];
    for joint in [" and ", " & ", " plus ", " also "] {
        halves = halves.into_iter().flat_map(|half| half.split(joint)).collect();
    }
    halves.into_iter().map(str::trim).filter(|h| !h.is_empty()).collect()
}

/// Whether a question needs the one before it, by how many of its words mean something here and how many do not.
pub fn continues(question: &[Token], meaningful: usize, unknown: usize) -> bool {
    let is_fragment = meaningful < STANDS_ALONE && (meaningful > 0 || unknown == 0);
    is_fragment || refers_back(question)
}

/// "And yearly?", "does that include …": the words themselves point back.
fn refers_back(question: &[Token]) -> bool {
    let opening = |words: &&str| {
        let words: Vec<&str> = words.split(' ').collect();
        question.len() > words.len() && question.iter().zip(&words).all(|(t, w)| t.word == *w)
    };
    let refers = question.iter().any(|t| REFERS.contains(&t.word.as_str()));
    (refers && question.len() <= SHORT) || CONTINUES.iter().any(opening)
}

#[cfg(test)]
mod tests {
    use super::super::words::tokens;
    use super::*;

    #[test]
    fn two_questions_are_two() {
        assert_eq!(sentences("How much? When?"), ["How much?", "When?"]);
        assert_eq!(halves("price and delivery"), ["price", "delivery"]);
    }

    #[test]
    fn one_question_has_no_pieces_and_nor_have_many() {
        assert_eq!(pieces("How much? When?"), ["How much?", "When?"]);
        assert_eq!(pieces("price and delivery"), ["price", "delivery"]);
        assert!(pieces("How much?").is_empty() && pieces("a? b? c? d?").is_empty());
    }

    #[test]
    fn a_short_question_about_that_continues() {
        assert!(continues(&tokens("does that include phone support?"), 2, 0));
        assert!(continues(&tokens("and for teams"), 3, 0));
        assert!(!continues(&tokens("which plan includes phone support?"), 3, 0));
    }

    #[test]
    fn gibberish_does_not_continue() {
        assert!(!continues(&tokens("xyzzy plugh"), 0, 2));
        assert!(continues(&tokens("why?"), 0, 0));
    }
}
