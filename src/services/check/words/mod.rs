//! Words: what statements are about, as numbers that compare fast.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use super::pieces::Piece;
use crate::services::answer::{self, Language, Token};

/// The place of a word in the [`Lexicon`].
pub type Word = u32;

/// Every telling word of a knowledge base, and the sections it stands in.
#[derive(Default)]
pub struct Lexicon {
    words: HashMap<String, Word>,
    keys: Vec<String>,
    sections: Vec<Vec<usize>>,
}

impl Lexicon {
    /// The word's number; a new one gets the next.
    pub fn add(&mut self, key: String) -> Word {
        let next = Word::try_from(self.sections.len()).unwrap_or(Word::MAX);
        if let Some(word) = self.words.get(&key) {
            return *word;
        }
        self.keys.push(key.clone());
        self.words.insert(key, next);
        self.sections.push(Vec::new());
        next
    }

    /// Sections come in their order, so a word's last one is the newest.
    pub fn note(&mut self, word: Word, section: usize) {
        let sections = &mut self.sections[word as usize];
        if sections.last() != Some(&section) {
            sections.push(section);
        }
    }

    pub fn find(&self, key: &str) -> Option<Word> {
        self.words.get(key).copied()
    }

    pub fn key(&self, word: Word) -> &str {
        &self.keys[word as usize]
    }

    pub fn sections(&self, word: Word) -> &[usize] {
        &self.sections[word as usize]
    }
}

/// What a word tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// In the form it is compared by; some scripts write several words as one.
    keys: Vec<String>,
    /// How many of its words are English glue.
    glue: usize,
}

impl Told {
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(String::as_str)
    }
}

/// What a word tells; nothing if it is glue, a figure or a denial.
pub fn told(word: &str) -> Told {
    let tokens = answer::tokens(word);
    Told {
        keys: tokens.iter().filter(|token| is_telling(token)).map(key).collect(),
        glue: tokens.iter().filter(|token| token.is_stop()).count(),
    }
}

/// The telling words of some pieces, in the form they are compared by.
pub fn keys<'a>(pieces: impl IntoIterator<Item = &'a Piece>) -> Vec<String> {
    pieces.into_iter().flat_map(|piece| &piece.told().keys).cloned().collect()
}

fn is_telling(token: &Token) -> bool {
    let is_glue = token.is_stop() || token.is_number() || is_negation(&token.word);
    !is_glue && token.word.len() > 1 && !GENERIC.contains(token.word.as_str())
}

/// The word of a piece as it is compared, if it tells anything.
pub fn telling_key(piece: &Piece) -> Option<&str> {
    piece.told().keys.first().map(String::as_str)
}

/// Whether the word is plain English that may be said about anything.
pub fn is_plain(key: &str) -> bool {
    PLAIN.contains(key)
}

/// Whether everybody knows the word, whatever is sold.
pub fn is_known_to_all(piece: &Piece) -> bool {
    telling_key(piece).is_none_or(|key| is_plain(key) || is_everyday(key))
}

/// Whether the word is one of everyday that may be said beside what stands, if nothing is made of it.
pub fn is_everyday(key: &str) -> bool {
    EVERYDAY.contains(key)
}

/// Other words, by their keys, for what a word says: "sibling" for "brother".
pub fn same(key: &str) -> impl Iterator<Item = &'static str> + use<> {
    let groups = GROUPS.get(key).map(Vec::as_slice).unwrap_or_default();
    groups.iter().flat_map(|group| &SAME[*group]).map(String::as_str)
}

/// Whether the word is a country, or says of which one something is.
pub fn is_country(word: &str) -> bool {
    COUNTRIES.contains(word)
}

/// "Delivery" and "delivered" are one word, and so are "liability" and "liable", "pregnancy" and
/// "pregnant", which their stems are not.
fn key(token: &Token) -> String {
    let stem = token.stem.strip_suffix("eri").unwrap_or(&token.stem);
    for (ending, same) in [("bil", "bl"), ("anc", "ant"), ("enc", "ent")] {
        if let Some(start) = stem.strip_suffix(ending) {
            return format!("{start}{same}");
        }
    }
    stem.to_owned()
}

/// The share of the words that are English glue.
#[expect(clippy::cast_precision_loss, reason = "the words of a sentence")]
pub fn english_share(pieces: &[Piece]) -> f32 {
    let words = pieces.iter().filter(|piece| piece.is_word()).count();
    let glue: usize = pieces.iter().map(|piece| piece.told().glue).sum();
    glue as f32 / words.max(1) as f32
}

/// Whether it is in a language, other than English, that the desk speaks.
pub fn is_of_our_languages(pieces: &[Piece]) -> bool {
    let words: Vec<&str> = pieces.iter().filter(|piece| piece.is_word()).map(|piece| piece.text.as_str()).collect();
    Language::of(&answer::tokens(&words.join(" "))) != Language::English
}

pub fn singular(word: &str) -> String {
    let keeps = word.len() < 4 || word.ends_with("ss");
    let hisses = |stem: &str| ["ss", "x", "ch", "sh"].iter().any(|ending| stem.ends_with(ending));
    let bare = word.strip_suffix("es").filter(|stem| hisses(stem)).or_else(|| word.strip_suffix('s'));
    bare.filter(|_| !keeps).unwrap_or(word).to_owned()
}

pub fn is_negation(word: &str) -> bool {
    NEGATIONS.contains(word)
}

/// Pronouns and verbs that make a part of a sentence one that stands by itself.
pub fn is_verbal(word: &str) -> bool {
    VERBS.contains(word)
}

fn list(text: &'static str) -> HashSet<&'static str> {
    text.split_whitespace().collect()
}

/// Words every subject has.
static GENERIC: LazyLock<HashSet<&str>> = LazyLock::new(|| list(include_str!("generic.txt")));
/// By their keys.
static PLAIN: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let lists = [include_str!("plain.txt"), include_str!("generic.txt"), include_str!("verbs.txt")];
    lists.into_iter().flat_map(answer::all_tokens).map(|token| key(&token)).collect()
});
static EVERYDAY: LazyLock<HashSet<String>> =
    LazyLock::new(|| answer::all_tokens(include_str!("everyday.txt")).iter().map(key).collect());
/// Groups of words that say the same.
static SAME: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
    let keys = |line| answer::all_tokens(line).iter().map(key).collect();
    include_str!("same.txt").lines().map(keys).collect()
});
/// The groups of each word.
static GROUPS: LazyLock<HashMap<&str, Vec<usize>>> = LazyLock::new(|| {
    let mut groups: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, group) in SAME.iter().enumerate() {
        for word in group {
            groups.entry(word).or_default().push(at);
        }
    }
    groups
});
static COUNTRIES: LazyLock<HashSet<&str>> = LazyLock::new(|| list(include_str!("countries.txt")));
static NEGATIONS: LazyLock<HashSet<&str>> = LazyLock::new(|| list(include_str!("negations.txt")));
static VERBS: LazyLock<HashSet<&str>> = LazyLock::new(|| list(include_str!("verbs.txt")));
