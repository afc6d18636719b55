//! Languages: which one a question is in, and what its support words mean in English.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};
use serde::{Deserialize, Serialize};

use super::rank;
use super::words::{self, Token};

/// A language we have fixed sentences for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English, and whatever we cannot tell.
    #[default]
    English,
    /// Spanish.
    Spanish,
    /// French.
    French,
    /// German.
    German,
    /// Hindi, in Devanagari or romanised.
    Hindi,
}

/// What a foreign question says in English, as far as the table knows.
#[derive(Debug, Default, PartialEq)]
pub struct Translation {
    /// English words for what was understood.
    pub english: String,
    /// Words that are neither glue nor in the table: names, or the heart of the matter.
    pub rest: Vec<Token>,
}

/// The longest phrase of the tables, in words.
const LONGEST_PHRASE: usize = 4;

impl Language {
    const FOREIGN: [Self; 4] = [Self::Spanish, Self::French, Self::German, Self::Hindi];

    /// The language most of the words belong to; English unless another one clearly wins.
    pub fn of(text: &[Token]) -> Self {
        if text.iter().any(|t| is_devanagari(&t.word)) {
            return Self::Hindi;
        }
        let english = text.iter().filter(|t| t.is_stop() || is_english(t)).count();
        let best = Self::FOREIGN.into_iter().map(|l| (l.table().hits(text), l)).max_by_key(|(hits, _)| *hits);
        match best {
            Some((hits, language)) if hits > english => language,
            _ => Self::English,
        }
    }

    /// Puts the words of the table into English and keeps the others apart.
    ///
    /// A word that `is_name` says the knowledge base itself contains is only translated as it stands, never by
    /// its stem: "Starter" is a product before it is a kind of "starten".
    pub fn translate(self, text: &[Token], is_name: impl Fn(&Token) -> bool) -> Translation {
        let mut translation = Translation::default();
        if self == Self::English {
            return translation;
        }
        let table = self.table();
        let mut at = 0;
        while at < text.len() {
            let (length, english) = table.longest_at(&text[at..]);
            let by_stem = length == 1 && !table.spelled.contains(&text[at].word);
            let english = english.filter(|_| !by_stem || !is_name(&text[at]));
            match english {
                Some(english) => {
                    translation.english.push_str(english);
                    translation.english.push(' ');
                }
                None if !table.glue.contains(&text[at].word) => {
                    translation.rest.push(text[at].clone());
                }
                None => {}
            }
            at += length;
        }
        translation
    }

    /// Whether a word says nothing about the subject in this language.
    pub fn is_glue(self, word: &Token) -> bool {
        word.is_stop() || self != Self::English && self.table().glue.contains(&word.word)
    }

    fn table(self) -> &'static Table {
        static TABLES: LazyLock<[Table; 4]> = LazyLock::new(|| {
            [
                Table::parse(include_str!("language/es.txt"), Some(Algorithm::Spanish)),
                Table::parse(include_str!("language/fr.txt"), Some(Algorithm::French)),
                Table::parse(include_str!("language/de.txt"), Some(Algorithm::German)),
                Table::parse(include_str!("language/hi.txt"), None),
            ]
        });
        let at = Self::FOREIGN.iter().position(|&l| l == self).unwrap_or_default();
        &TABLES[at]
    }
}

/// One language's glue words and its support words with their English.
struct Table {
    stemmer: Option<Stemmer>,
    glue: HashSet<String>,
    english: HashMap<String, String>,
    /// The single words as they are spelled in the table.
    spelled: HashSet<String>,
}

impl Table {
    /// Lines are `= glue words` or `one phrase, another = english words`.
    fn parse(lines: &str, algorithm: Option<Algorithm>) -> Self {
        let stemmer = algorithm.map(Stemmer::create);
        let mut table = Self { stemmer, glue: HashSet::new(), english: HashMap::new(), spelled: HashSet::new() };
        for (foreign, english) in lines.lines().filter_map(|line| line.split_once('=')) {
            if foreign.trim().is_empty() {
                table.glue.extend(words::all_tokens(english).into_iter().map(|t| t.word));
                continue;
            }
            for phrase in foreign.split(',') {
                let phrase = words::all_tokens(phrase);
                let key = table.key(&phrase);
                table.spelled.extend(phrase.into_iter().map(|t| t.word));
                table.english.insert(key, english.trim().to_owned());
            }
        }
        table
    }

    /// How many words of a text are this language's.
    fn hits(&self, text: &[Token]) -> usize {
        let is_ours = |t: &&Token| {
            let in_table = || self.english.contains_key(&self.key(std::slice::from_ref(t)));
            self.glue.contains(&t.word) || in_table()
        };
        text.iter().filter(is_ours).count()
    }

    fn longest_at(&self, text: &[Token]) -> (usize, Option<&str>) {
        (1..=text.len().min(LONGEST_PHRASE))
            .rev()
            .find_map(|length| Some((length, Some(self.english.get(&self.key(&text[..length]))?.as_str()))))
            .unwrap_or((1, None))
    }

    fn key(&self, phrase: &[Token]) -> String {
        let stem = |token: &Token| match &self.stemmer {
            Some(stemmer) => stemmer.stem(&token.word).into_owned(),
            None => token.word.clone(),
        };
        let stems: Vec<String> = phrase.iter().map(stem).collect();
        stems.join(" ")
    }
}

fn is_devanagari(word: &str) -> bool {
    word.starts_with(|c: char| ('\u{900}'..='\u{97f}').contains(&c))
}

/// Foreign tables also hold words that are English in a chat ("refund", "upgrade").
fn is_english(token: &Token) -> bool {
    static SUPPORT: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let tables = Language::FOREIGN.map(Language::table);
        let english = tables.iter().flat_map(|t| t.english.values());
        english.flat_map(|words| words::all_tokens(words)).map(|t| t.stem).collect()
    });
    SUPPORT.contains(&token.stem) || rank::is_common(&token.stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Language {
        Language::of(&words::tokens(text))
    }

    #[test]
    fn each_language_is_known_by_its_small_words() {
        assert_eq!(of("¿Cómo cancelo mi suscripción?"), Language::Spanish);
        assert_eq!(of("Comment est-ce que je commence ?"), Language::French);
        assert_eq!(of("Was kostet das Paket?"), Language::German);
        assert_eq!(of("रिफंड कितने दिन में मिलेगा?"), Language::Hindi);
        assert_eq!(of("refund kaise milega mujhe"), Language::Hindi);
        assert_eq!(of("can I get a refund on the plan?"), Language::English);
        assert_eq!(of("hello"), Language::English);
    }

    #[test]
    fn support_words_become_english() {
        let translation = Language::Spanish.translate(&words::tokens("¿Cómo cancelo mi suscripción?"), |_| false);
        assert!(translation.english.contains("cancel"), "{translation:?}");
        assert!(translation.english.contains("subscription"), "{translation:?}");
    }
}
