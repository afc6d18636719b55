//! Several: a message may ask more than one thing, and each is searched by itself.

use super::find::{Found, Searchable, last};
use super::kinds::Kind;
use super::language::Language;
use super::nearness::Nearness;
use super::parts;
use super::words;
use crate::domain::turn::{Author, Turn};

/// Answers to more questions than this would not fit one reply.
const MOST_PARTS: usize = 5;
/// Two halves that are no questions of their own must both be this sure to be answered apart.
const SOUND: f32 = 0.5;
/// So much of the question before stands for it, and leaves room for the one that leans on it.
const BEFORE_CHARS: usize = 300;

/// What a message may fall into, and how sure that is.
enum Pieces<'a> {
    One,
    /// Questions written one after another.
    Questions(Vec<&'a str>),
    /// Questions that one sentence joins.
    Clauses(Vec<&'a str>),
    /// What stands on either side of an "and", questions or not.
    Halves(Vec<&'a str>),
}

impl<'a> Pieces<'a> {
    fn of(message: &'a str) -> Self {
        let end = message.char_indices().nth(words::CONSIDERED_CHARS).map_or(message.len(), |(end, _)| end);
        let message = &message[..end];
        let several = |pieces: Vec<&'a str>| (pieces.len() > 1).then_some(pieces);
        if let Some(questions) = several(parts::questions(message)) {
            return Self::Questions(first(questions));
        }
        if let Some(clauses) = several(parts::clauses(message)) {
            return Self::Clauses(first(clauses));
        }
        let halves = several(parts::halves(message)).filter(|halves| halves.len() <= MOST_PARTS);
        halves.map_or(Self::One, Self::Halves)
    }

    fn all(&self) -> &[&'a str] {
        match self {
            Self::One => &[],
            Self::Questions(pieces) | Self::Clauses(pieces) | Self::Halves(pieces) => pieces,
        }
    }
}

fn first(mut pieces: Vec<&str>) -> Vec<&str> {
    pieces.truncate(MOST_PARTS);
    pieces
}

impl Searchable {
    /// The questions a message holds, each with what was found; one that cannot be parted is whole. `near` is
    /// how near the sections are to its wordings, as far as that is known.
    pub fn parts(&self, message: &str, earlier: &[Turn], language: Language, near: &Nearness) -> Vec<Found> {
        let whole = self.find(message, earlier, language, near.of(0));
        let pieces = Pieces::of(message);
        let apart = match &pieces {
            Pieces::One => Vec::new(),
            Pieces::Questions(pieces) | Pieces::Clauses(pieces) => self.apart(pieces, earlier, language, near),
            Pieces::Halves(halves) => {
                let find = |(at, half): (usize, &&str)| self.find(half, earlier, language, near.of(at));
                (1..).zip(halves).map(find).collect()
            }
        };
        let stands = match pieces {
            Pieces::One => false,
            Pieces::Questions(_) => apart.len() > 1,
            Pieces::Clauses(_) => all_different(&apart),
            Pieces::Halves(_) => apart.iter().all(|part| part.confidence >= SOUND) && all_different(&apart),
        };
        if stands { apart } else { vec![whole] }
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
        [message].iter().chain(Pieces::of(message).all()).map(|question| worded(question)).collect()
    }

    /// Each question by itself; one that names no subject keeps that of the one before it.
    fn apart(&self, questions: &[&str], earlier: &[Turn], language: Language, near: &Nearness) -> Vec<Found> {
        let mut apart: Vec<Found> = Vec::new();
        let mut before: Option<&str> = None;
        for (at, question) in (1..).zip(questions) {
            let leans = self.leans(question, language);
            if leans && before.is_none() && !self.asks_something(question, language) {
                continue;
            }
            apart.push(match (before.filter(|_| leans), apart.last()) {
                (Some(subject), Some(answered)) => self.same_subject(question, subject, answered, language),
                _ => self.find(question, earlier, language, near.of(at)),
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
        let found = self.find(question, &[subject], language, None);
        let asked = Kind::asked(&self.read(question, language).tokens);
        match (asked, answered.best()) {
            (Some(kind), Some(best)) if self.kinds[best].contains(kind) && found.confidence < answered.confidence => {
                Found { ranked: answered.ranked.clone(), confidence: answered.confidence, ..found }
            }
            _ => found,
        }
    }

    /// Whether a question has no word of its own that tells what it is about.
    fn leans(&self, question: &str, language: Language) -> bool {
        let query = self.read(question, language);
        parts::refers(&query.tokens) || self.says_little(&query.terms)
    }

    fn asks_something(&self, question: &str, language: Language) -> bool {
        !self.read(question, language).terms.is_empty()
    }
}

fn all_different(parts: &[Found]) -> bool {
    (1..parts.len()).all(|at| parts[..at].iter().all(|p| p.best() != parts[at].best()))
}
