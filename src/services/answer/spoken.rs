//! Spoken: which sections a conversation was about, for a question that leans on what was said before it.

use super::find::{Searchable, last};
use super::ladder;
use super::language::Language;
use super::query::Query;
use super::rank::Term;
use super::words;
use crate::domain::turn::{Author, Turn};

/// What was said before counts less than the question itself.
const BEFORE: f32 = 0.5;
/// So much of an earlier reply says what it was about.
const REPLY_CHARS: usize = 300;

impl Searchable {
    /// How much the conversation was about each section; its words join the question's.
    pub(super) fn spoken(&self, earlier: &[Turn], query: &mut Query) -> Vec<f32> {
        let Some(asked) = last(earlier, Author::Customer) else {
            return Vec::new();
        };
        let before = self.lexicon().read(&words::tokens(&asked.text), self.language_of(&asked.text));
        let mut terms = before.terms.clone();
        if let Some(reply) = last(earlier, Author::Ai) {
            let beginning: String = reply.text.chars().take(REPLY_CHARS).collect();
            terms.extend(self.lexicon().read(&words::tokens(&beginning), Language::English).terms);
        }
        for term in before.terms {
            if !query.terms.iter().any(|t| t.stem == term.stem && t.ideas == term.ideas) {
                query.terms.push(Term { weight: term.weight * BEFORE, ..term });
            }
        }
        let mut scores: Vec<f32> = self.index.score(&terms).iter().map(|m| m.score).collect();
        if let Some((rung, _)) = ladder::rung(&before.tokens) {
            self.climb(rung, &[], &mut scores);
        }
        scores
    }
}
