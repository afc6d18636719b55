//! Parts: one message may hold several questions, or half of one that was asked before.

use super::words::Token;

/// A question of fewer meaningful words leans on the one before it.
const STANDS_ALONE: usize = 2;

/// Openings that continue what was said.
const CONTINUES: [&str; 20] = [
    "and", "what about", "how about", "does that", "does it", "is that", "is it", "do they", "are they", "can that",
    "can it", "so", "but", "then", "also", "would that", "will that", "with that", "for that", "or",
];

/// Words that stand for something said before, when the question is short.
const REFERS: [&str; 6] = ["that", "it", "this", "those", "them", "one"];
/// "Can it be cancelled and do I get my money back for the unused months" names its subject itself.
const SHORT: usize = 8;

/// Questions written one after another, in order; a single one comes back whole.
pub fn sentences(message: &str) -> Vec<&str> {
    let pieces = message.split_inclusive(['?', ';', '\n']).map(str::trim);
    pieces.filter(|p| p.chars().any(char::is_alphanumeric)).collect()
}

/// The halves of a question on either side of an "and".
pub fn halves(question: &str) -> Vec<&str> {
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
