//! Several: a message may ask more than one thing, and each is searched by itself.

use super::find::{Found, Searchable};
use super::kinds::Kind;
use super::language::Language;
use super::parts;
use super::words;
use crate::domain::turn::{Author, Turn};

/// Answers to more questions than this would not fit one reply.
const MOST_PARTS: usize = 5;
/// Two halves that are no questions of their own must both be this sure to be answered apart.
const SOUND: f32 = 0.5;

impl Searchable {
    /// The questions a message holds, each with what was found; one that cannot be parted is whole.
    pub fn parts(&self, message: &str, earlier: &[Turn], language: Language) -> Vec<Found> {
        let whole = self.find(message, earlier, language);
        let end = message.char_indices().nth(words::CONSIDERED_CHARS).map_or(message.len(), |(end, _)| end);
        let message = &message[..end];
        let questions = parts::questions(message);
        if questions.len() > 1 {
            let apart = self.apart(&questions, earlier, language);
            return if apart.len() > 1 { apart } else { vec![whole] };
        }
        let clauses = parts::clauses(message);
        if clauses.len() > 1 {
            let apart = self.apart(&clauses, earlier, language);
            return if all_different(&apart) { apart } else { vec![whole] };
        }
        let halves = parts::halves(message);
        if (2..=MOST_PARTS).contains(&halves.len()) {
            let apart: Vec<Found> = halves.iter().map(|half| self.find(half, earlier, language)).collect();
            if apart.iter().all(|part| part.confidence >= SOUND) && all_different(&apart) {
                return apart;
            }
        }
        vec![whole]
    }

    /// Each question by itself; one that names no subject keeps that of the one before it.
    fn apart(&self, questions: &[&str], earlier: &[Turn], language: Language) -> Vec<Found> {
        let mut apart: Vec<Found> = Vec::new();
        let mut before: Option<&str> = None;
        for question in questions.iter().take(MOST_PARTS) {
            let leans = self.leans(question, language);
            if leans && before.is_none() && !self.asks_something(question, language) {
                continue;
            }
            apart.push(match (before.filter(|_| leans), apart.last()) {
                (Some(subject), Some(answered)) => self.same_subject(question, subject, answered, language),
                _ => self.find(question, earlier, language),
            });
            if !leans || before.is_none() {
                before = Some(question);
            }
        }
        apart
    }

    /// "And how much?": the section that has just answered, if it holds that too, else one about the same subject.
    fn same_subject(&self, question: &str, subject: &str, answered: &Found, language: Language) -> Found {
        let subject = Turn { author: Author::Customer, text: subject.to_owned(), outcome: None };
        let found = self.find(question, &[subject], language);
        let asked = Kind::asked(&self.lexicon().read(&words::tokens(question), language).tokens);
        match (asked, answered.best()) {
            (Some(kind), Some(best)) if self.kinds[best].contains(kind) && found.confidence < answered.confidence => {
                Found { ranked: answered.ranked.clone(), confidence: answered.confidence, ..found }
            }
            _ => found,
        }
    }

    /// Whether a question has no word of its own that tells what it is about.
    fn leans(&self, question: &str, language: Language) -> bool {
        let query = self.lexicon().read(&words::tokens(question), language);
        parts::refers(&query.tokens) || self.says_little(&query.terms)
    }

    fn asks_something(&self, question: &str, language: Language) -> bool {
        !self.lexicon().read(&words::tokens(question), language).terms.is_empty()
    }
}

fn all_different(parts: &[Found]) -> bool {
    (1..parts.len()).all(|at| parts[..at].iter().all(|p| p.best() != parts[at].best()))
}
