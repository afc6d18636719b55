//! A query: the terms a question is searched by, after translation, typo repair and synonyms.

use super::language::Language;
use super::rank::{self, Index, Term};
use super::synonyms::Synonyms;
use super::typos::Spelling;
use super::words::{self, Token};

/// A repaired word may be the wrong one.
const REPAIRED: f32 = 0.8;
/// What a word counts that already speaks through a phrase it is part of.
const IN_PHRASE: f32 = 0.4;
/// A foreign word without a translation may be glue we do not know.
const UNTRANSLATED: f32 = 0.35;
/// More words than this make no question clearer and would only cost time.
const MOST_TERMS: usize = 64;

/// What can be looked up while a question is read.
pub struct Lexicon<'a> {
    /// The words of the knowledge base.
    pub index: &'a Index,
    /// Words for the same idea.
    pub synonyms: &'a Synonyms,
    /// How words are spelled.
    pub spelling: &'a Spelling,
}

/// The terms of one question.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// What is looked for.
    pub terms: Vec<Term>,
    /// The words after repair and translation, glue included.
    pub tokens: Vec<Token>,
    /// How many words had to be guessed.
    pub repaired: usize,
}

impl Lexicon<'_> {
    /// Reads a question in its language.
    pub fn read(&self, question: &[Token], language: Language) -> Query {
        let mut query = Query::default();
        if language == Language::English {
            query.tokens = question.iter().map(|t| self.repair(t, &mut query.repaired)).collect();
            query.terms = self.terms(&query.tokens);
        } else {
            let translation = language.translate(question, |t| self.index.knows(&t.stem));
            query.tokens = words::tokens(&translation.english);
            query.terms = self.terms(&query.tokens);
            self.add_untranslated(translation.rest, &mut query);
        }
        query.terms.truncate(MOST_TERMS);
        query
    }

    /// Names and the words of a knowledge base in that language count in full, the rest a little.
    fn add_untranslated(&self, rest: Vec<Token>, query: &mut Query) {
        for token in rest {
            let ideas = self.ideas(&token);
            let known = self.index.knows(&token.stem) || !ideas.is_empty();
            let weight = if known { 1.0 } else { UNTRANSLATED };
            query.terms.push(Term { stem: token.stem.clone(), ideas, weight });
            query.tokens.push(token);
        }
    }

    fn repair(&self, token: &Token, repaired: &mut usize) -> Token {
        if *repaired >= MOST_TERMS || self.is_word(token) {
            return token.clone();
        }
        match self.spelling.repair(&token.word).or_else(|| self.spelling.kin(&token.word)) {
            Some(word) => {
                *repaired += 1;
                Token { stem: words::stem(&word), word }
            }
            None => token.clone(),
        }
    }

    fn is_word(&self, token: &Token) -> bool {
        token.is_stop()
            || token.is_number()
            || self.spelling.knows(&token.word)
            || self.index.knows(&token.stem)
            || self.synonyms.knows(&token.stem)
            || rank::is_common(&token.stem)
    }

    fn terms(&self, tokens: &[Token]) -> Vec<Term> {
        let found = self.synonyms.find(tokens);
        let mut terms: Vec<Term> = Vec::new();
        for phrase in found.iter().filter(|f| f.to - f.from > 1) {
            add(&mut terms, Term { stem: String::new(), ideas: vec![phrase.idea], weight: 1.0 });
        }
        for (at, token) in tokens.iter().enumerate().filter(|(_, t)| !t.is_stop()) {
            let single = found.iter().filter(|f| f.from == at && f.to == at + 1);
            let ideas = single.map(|f| f.idea).collect();
            let in_phrase = found.iter().any(|f| f.to - f.from > 1 && (f.from..f.to).contains(&at));
            let guessed = !self.is_word(token);
            let weight = if in_phrase {
                IN_PHRASE
            } else if guessed {
                REPAIRED
            } else {
                1.0
            };
            add(&mut terms, Term { stem: token.stem.clone(), ideas, weight });
        }
        terms
    }

    fn ideas(&self, token: &Token) -> Vec<u32> {
        let found = self.synonyms.find(std::slice::from_ref(token));
        found.into_iter().map(|f| f.idea).collect()
    }
}

fn add(terms: &mut Vec<Term>, term: Term) {
    if terms.len() < MOST_TERMS && !terms.iter().any(|t| t.stem == term.stem && t.ideas == term.ideas) {
        terms.push(term);
    }
}

#[cfg(test)]
mod tests {
    use super::super::sections;
    use super::*;

    fn stems(question: &str, language: Language) -> Vec<String> {
        let sections = sections::parse("a.md", "## Refunds\n\nWe refund a subscription to Starter users.");
        let synonyms = Synonyms::parse("refund, money back");
        let index = Index::build(&sections, &synonyms);
        let spelling = Spelling::build(["subscription".to_owned()].into_iter());
        let lexicon = Lexicon { index: &index, synonyms: &synonyms, spelling: &spelling };
        let query = lexicon.read(&words::tokens(question), language);
        query.terms.into_iter().map(|t| t.stem).collect()
    }

    #[test]
    fn an_unknown_word_is_repaired_and_a_known_one_is_not() {
        assert_eq!(stems("subsciption", Language::English), [words::stem("subscription")]);
        assert_eq!(stems("starter", Language::English), ["starter"]);
    }

    #[test]
    fn a_phrase_is_a_term_without_a_stem() {
        assert!(stems("money back", Language::English).contains(&String::new()));
    }

    #[test]
    fn a_name_survives_translation() {
        assert!(stems("Was kostet Starter?", Language::German).contains(&"starter".to_owned()));
    }
}
