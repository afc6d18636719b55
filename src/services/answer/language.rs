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
        Self::most_likely(text, Self::English, |_| false)
    }

    /// The language of a question about a knowledge base that is in `base`.
    ///
    /// A word that `is_ours` says the desk itself uses ("Starter", "hospital") is of no language, so that it can
    /// turn none, and what is not clearly another language is taken for `base`.
    pub fn asked(question: &str, base: Self, is_ours: impl Fn(&Token) -> bool) -> Self {
        if question.contains(['¿', '¡']) {
            return Self::Spanish;
        }
        Self::most_likely(&words::tokens(question), base, is_ours)
    }

    fn most_likely(text: &[Token], base: Self, is_ours: impl Fn(&Token) -> bool) -> Self {
        if text.iter().any(|t| is_devanagari(&t.word)) {
            return Self::Hindi;
        }
        let telling: Vec<&Token> = text.iter().filter(|t| t.is_stop() || !is_ours(t)).collect();
        let english = telling.iter().filter(|t| t.is_stop() || is_english(t)).count();
        let others = OTHERS.iter().map(|glue| telling.iter().filter(|t| glue.contains(t.word.as_str())).count());
        let most = others.chain([english]).max().unwrap_or_default();
        let clear = |language: &Self| language.table().is_clear(&telling);
        let foreign = Self::FOREIGN.into_iter().filter(clear).map(|l| (l.table().hits(&telling), l));
        match foreign.max_by_key(|(hits, language)| (*hits, *language == base)) {
            Some((hits, language)) if hits > most => language,
            _ => base,
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
    fn hits(&self, text: &[&Token]) -> usize {
        text.iter().filter(|t| self.glue.contains(&t.word) || self.has_stem(t)).count()
    }

    /// One word that only shares its stem with another language's is chance: it takes a small word, two words as
    /// they are written, or a message that is nothing but such words.
    fn is_clear(&self, text: &[&Token]) -> bool {
        let is_glue = |t: &&&Token| self.glue.contains(&t.word);
        let is_written = |t: &&&Token| is_glue(t) || (self.spelled.contains(&t.word) && self.has_stem(t));
        let written = text.iter().filter(is_written).count();
        written > 1 || (written > 0 && written == text.len()) || text.iter().any(|t| is_glue(&t) && !t.is_stop())
    }

    fn has_stem(&self, token: &Token) -> bool {
        self.english.contains_key(&self.key(std::slice::from_ref(token)))
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

/// The small words of languages that look like ours and that we do not speak.
static OTHERS: LazyLock<Vec<HashSet<&str>>> = LazyLock::new(|| {
    let lines = include_str!("language/others.txt").lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split_whitespace().collect()).collect()
});

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
    fn a_word_of_the_knowledge_base_turns_no_language() {
        let asked = |question: &str, ours: &[&str]| {
            Language::asked(question, Language::English, |t| ours.contains(&t.word.as_str()))
        };
        for word in ["starter", "test", "urgent", "hospital"] {
            assert_eq!(asked(word, &[word]), Language::English, "{word}");
        }
        assert_eq!(asked("Was kostet Starter?", &["starter"]), Language::German);
        assert_eq!(asked("Kündigung", &["starter"]), Language::German);
    }

    #[test]
    fn signs_of_spanish_settle_it() {
        let ours = |t: &Token| t.word == "starter";
        assert_eq!(Language::asked("¿cuánto cuesta starter?", Language::English, ours), Language::Spanish);
        assert_eq!(Language::asked("hola, ¡starter!", Language::English, ours), Language::Spanish);
    }

    #[test]
    fn a_language_we_do_not_speak_is_not_the_one_it_resembles() {
        assert_eq!(of("quanto custa o plano básico?"), Language::English);
        assert_eq!(of("posso cancelar a minha assinatura?"), Language::English);
        assert_eq!(of("quanto costa il piano base?"), Language::English);
        assert_eq!(of("hoe kan ik mijn abonnement opzeggen?"), Language::English);
    }

    #[test]
    fn what_is_undecided_is_in_the_language_of_the_base() {
        assert_eq!(Language::asked("starter", Language::German, |_| true), Language::German);
        assert_eq!(Language::asked("what does it cost?", Language::English, |_| false), Language::English);
    }

    #[test]
    fn support_words_become_english() {
        let translation = Language::Spanish.translate(&words::tokens("¿Cómo cancelo mi suscripción?"), |_| false);
        assert!(translation.english.contains("cancel"), "{translation:?}");
        assert!(translation.english.contains("subscription"), "{translation:?}");
    }
}
