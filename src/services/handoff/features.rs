//! Features: what the classifier sees of a text, each at a place of its table and with a weight.

use std::hash::{Hash, Hasher};

use super::{kinds, reading};
use crate::services::answer::Token;

/// Many more than there are features in the examples, so that few share a place.
pub const PLACES: usize = 1 << 16;

/// Places with weights; a place may come more than once.
pub type Features = Vec<(usize, f32)>;

/// A text as the classifier sees it.
pub struct View {
    /// All that can be learned from.
    pub features: Features,
    /// Whether it is worded as a question, with or without its mark.
    pub asks: bool,
    /// Whether it tells of another company than ours.
    pub is_of_others: bool,
    /// Whether it says "not".
    pub denies: bool,
}

/// How a clause is worded: "can I have a person" and "I can have a person" have the same words.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Form {
    /// "How do I", "is there".
    Open,
    /// "Can I", "could you".
    Modal,
    /// "Why was I".
    Why,
    /// Only its mark tells.
    Marked,
    Statement,
}

struct Clause {
    words: Vec<Token>,
    form: Form,
}

// How much each group of features counts. Halving or doubling one of them changed little; without kinds or forms the
// judge is clearly worse (2026-11).
const WORDS: f32 = 1.0;
const PAIRS: f32 = 0.5;
const KINDS: f32 = 1.5;
const LETTERS: f32 = 0.5;
const FORMS: f32 = 1.5;
const SIGNS: f32 = 0.5;

/// "My old provider", "our last agency".
const OTHER: [&str; 9] = ["old", "last", "previous", "former", "other", "another", "current", "different", "ex"];
const COMPANY: [&str; 14] = [
    "provider", "agency", "company", "supplier", "vendor", "freelancer", "tool", "software", "system", "platform",
    "host", "contractor", "firm", "service",
];

impl View {
    /// Looks at a text.
    pub fn of(text: &str) -> Self {
        let clauses = clauses(text);
        let words: Vec<&Token> = clauses.iter().flat_map(|clause| &clause.words).collect();
        let mut features = Features::new();
        add(&mut features, WORDS, words.iter().map(|word| place(("word", &word.stem))));
        add(&mut features, PAIRS, words.windows(2).map(|pair| place(("pair", &pair[0].word, &pair[1].word))));
        add(&mut features, KINDS, kinds(&clauses));
        add(&mut features, LETTERS, words.iter().flat_map(|word| letters(&word.word)));
        add(&mut features, FORMS, clauses.iter().flat_map(forms));
        features.extend(signs(text, words.len()).map(|sign| (sign, SIGNS)));
        let asks = clauses.last().is_some_and(|last| last.form != Form::Statement);
        let is_of_others = words
            .windows(2)
            .any(|pair| OTHER.contains(&pair[0].word.as_str()) && COMPANY.contains(&pair[1].word.as_str()));
        let denies = words.iter().any(|word| kinds::of(&word.word) == Some("not"));
        Self { features, asks, is_of_others, denies }
    }
}

/// The weight is the group's: a long text does not count for more than a short one.
fn add(features: &mut Features, weight: f32, places: impl Iterator<Item = usize>) {
    let places: Vec<usize> = places.collect();
    #[expect(clippy::cast_precision_loss, reason = "a count of features")]
    let each = weight / (places.len() as f32).sqrt();
    features.extend(places.into_iter().map(|place| (place, each)));
}

/// Sequences of one to three kinds, from the start to the end of every clause.
fn kinds(clauses: &[Clause]) -> impl Iterator<Item = usize> {
    let mut sequence = vec!["^"];
    for clause in clauses {
        sequence.extend(clause.words.iter().map(kind));
        sequence.push(if clause.form == Form::Statement { "." } else { "?" });
    }
    (1..=3).flat_map(move |n| sequence.windows(n).map(|kinds| place(("kinds", kinds))).collect::<Vec<_>>())
}

/// Three to five letters in a row: they survive typing errors and endings.
fn letters(word: &str) -> Vec<usize> {
    let letters: Vec<char> = std::iter::once('<').chain(word.chars()).chain(['>']).collect();
    (3..=5).flat_map(|n| letters.windows(n).map(|run| place(("letters", run)))).collect()
}

/// What is said in which form.
fn forms(clause: &Clause) -> impl Iterator<Item = usize> {
    let form = clause.form;
    let said = clause.words.iter().map(move |word| place((form, kinds::of(&word.word).unwrap_or(&word.stem))));
    let pairs = clause.words.windows(2).map(move |pair| place((form, kind(&pair[0]), kind(&pair[1]))));
    std::iter::once(place(form)).chain(said).chain(pairs)
}

/// Marks, capitals and the length.
fn signs(text: &str, words: usize) -> impl Iterator<Item = usize> {
    let marks = ["?", "!", "!!", "??"].into_iter().filter(|mark| text.contains(mark)).map(|mark| place(("mark", mark)));
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = text.chars().filter(|c| c.is_uppercase()).count();
    let shouts = letters > 3 && capitals * 2 > letters;
    marks.chain(shouts.then(|| place("shouts"))).chain([place("any"), place(("words", words.min(6)))])
}

fn kind(word: &Token) -> &str {
    kinds::of(&word.word).unwrap_or(if word.is_stop() { &word.word } else { "other" })
}

fn clauses(text: &str) -> Vec<Clause> {
    let pieces = text.split_inclusive(['.', ',', '!', '?', ';', ':', '\n', '।', '¿', '¡', '—']);
    let clause = |piece: &str| {
        let words = reading::words(piece);
        Clause { form: form(&words, piece.ends_with('?')), words }
    };
    pieces.map(clause).filter(|clause| !clause.words.is_empty()).collect()
}

fn form(words: &[Token], is_marked: bool) -> Form {
    let opening = words.iter().map(|word| word.word.as_str()).find(|word| !LEADS.contains(word));
    match opening {
        Some(word) if OPEN.contains(&word) => Form::Open,
        Some("can" | "could" | "may" | "might") => Form::Modal,
        Some("why") => Form::Why,
        _ if is_marked => Form::Marked,
        _ => Form::Statement,
    }
}

/// Words a question can have in front.
const LEADS: [&str; 11] = ["and", "so", "but", "ok", "hi", "hello", "hey", "also", "or", "then", "just"];

const OPEN: [&str; 21] = [
    "how", "what", "whats", "which", "when", "where", "wheres", "who", "whos", "whose", "will", "would", "should",
    "do", "does", "is", "are", "if", "suppose", "wondering", "any",
];

fn place(feature: impl Hash) -> usize {
    let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
    feature.hash(&mut hasher);
    usize::try_from(hasher.finish() % PLACES as u64).unwrap_or_default()
}

/// The Fowler-Noll-Vo hash: quick for short things, and the same on every machine.
struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_needs_no_mark() {
        assert!(View::of("ok so how do I cancel").asks);
        assert!(View::of("we are five, is that too many").asks);
        assert!(!View::of("I can have a person").asks);
    }

    #[test]
    fn a_long_text_weighs_no_more_than_a_short_one() {
        let weight = |text: &str| View::of(text).features.iter().map(|(_, weight)| weight * weight).sum::<f32>();
        assert!((weight("agent please now today") - weight(&"agent please ".repeat(100))).abs() < 1.0);
    }
}
