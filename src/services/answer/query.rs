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
/// What was told before the question, where the question itself has so many words that say something.
const TOLD: f32 = 0.6;
const SPEAKS: usize = 2;
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

impl Query {
    /// What only tells how things stand counts less than what is asked, if that says something by itself.
    pub fn lean_on(&mut self, focus: &Self) {
        if focus.telling() < SPEAKS {
            return;
        }
        let is_told = |term: &Term| focus.terms.iter().all(|t| t.stem != term.stem || t.ideas != term.ideas);
        for term in self.terms.iter_mut().filter(|term| is_told(term)) {
            term.weight *= TOLD;
        }
    }

    /// How many of its words are neither glue nor figures.
    pub fn telling(&self) -> usize {
        self.tokens.iter().filter(|t| !t.is_stop() && !t.is_number() && !rank::is_glue(&t.stem)).count()
    }
}

/// The terms of one question.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// What is looked for.
    pub terms: Vec<Term>,
    /// How many of them are the question's own; the others were said before.
    pub own: usize,
    /// The words after repair and translation, glue included.
    pub tokens: Vec<Token>,
    /// How many words had to be guessed.
    pub repaired: usize,
}

impl Lexicon<'_> {
    /// Reads a question in its language.
    pub fn read(&self, question: &[Token], language: Language) -> Query {
        let mut query = Query::default();
        let question = &question[in_whose_name(question)..];
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
        let mut found = self.synonyms.find(tokens);
        // A phrase for something that no section speaks of says no more than its words.
        found.retain(|f| f.to - f.from == 1 || self.index.speaks_of(f.idea));
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

/// "Our lawyer wants to know …" says who asks and not what: how many words that takes.
fn in_whose_name(question: &[Token]) -> usize {
    const ASKS: [&str; 6] = ["wants", "asks", "asked", "wonders", "is", "would"];
    const AFTER: [&str; 8] = ["to", "if", "whether", "about", "me", "asking", "wondering", "like"];
    /// "My new business partner".
    const NAME: usize = 3;
    let word = |at: usize| question.get(at).map_or("", |token| token.word.as_str());
    if !matches!(word(0), "my" | "our") {
        return 0;
    }
    let asks = |at: &usize| {
        ASKS.contains(&word(*at)) && AFTER.contains(&word(at + 1)) && knows_nothing(word(*at), word(at + 1))
    };
    (2..=1 + NAME).find(asks).map_or(0, |at| at + 2)
}

/// "Is to" and "is about" introduce no question.
fn knows_nothing(asks: &str, after: &str) -> bool {
    match asks {
        "is" => matches!(after, "asking" | "wondering"),
        "would" => after == "like",
        _ => !matches!(after, "asking" | "wondering" | "like"),
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
        let synonyms = Synonyms::parse("refund, money back\nplane, going by air");
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
    fn who_asks_is_not_what_is_asked() {
        let skipped = |question: &str| in_whose_name(&words::tokens(question));
        assert_eq!(skipped("our lawyer wants to know your terms"), 4);
        assert_eq!(skipped("my business partner is asking for prices"), 5);
        assert_eq!(skipped("my order is late"), 0);
        assert_eq!(skipped("is my data safe"), 0);
    }

    #[test]
    fn a_phrase_is_a_term_without_a_stem() {
        assert!(stems("money back", Language::English).contains(&String::new()));
        assert!(!stems("going by air", Language::English).contains(&String::new()), "of which nothing speaks");
    }

    #[test]
    fn a_name_survives_translation() {
        assert!(stems("Was kostet Starter?", Language::German).contains(&"starter".to_owned()));
    }
}
