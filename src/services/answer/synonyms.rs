//! Synonyms: words and phrases that customers use for the same idea, whatever the company.

use std::collections::HashMap;

use super::words::{self, Token};

/// An idea that several words stand for.
pub type Idea = u32;

/// Longer phrases than this are not in the table.
const LONGEST_PHRASE: usize = 5;

/// Words that may stand inside a phrase and change nothing: "what do you lot actually do".
const FILLERS: [&str; 9] = ["actually", "really", "lot", "guys", "folks", "basically", "kindly", "please", "even"];

/// Which ideas each word and phrase stands for.
#[derive(Default)]
pub struct Synonyms {
    ideas: HashMap<String, Vec<Idea>>,
    words: Vec<String>,
}

/// Where in a text an idea was found, as token positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The idea.
    pub idea: Idea,
    /// The first token.
    pub from: usize,
    /// One past the last token.
    pub to: usize,
}

impl Synonyms {
    /// The table that ships.
    pub fn shipped() -> Self {
        Self::parse(include_str!("synonyms/groups.txt"))
    }

    /// One idea a line, its words and phrases separated by commas; `#` opens a remark.
    pub fn parse(table: &str) -> Self {
        let mut synonyms = Self::default();
        let lines = table.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty());
        for (idea, line) in (0..).zip(lines) {
            for member in line.split(',') {
                synonyms.add(idea, &words::tokens(member));
            }
        }
        synonyms
    }

    fn add(&mut self, idea: Idea, member: &[Token]) {
        let key = phrase(member);
        self.words.extend(member.iter().map(|t| t.word.clone()));
        let ideas = self.ideas.entry(key).or_default();
        if !member.is_empty() && !ideas.contains(&idea) {
            ideas.push(idea);
        }
    }

    /// Every word and phrase of the table in a text, phrases of stop words included.
    pub fn find(&self, text: &[Token]) -> Vec<Found> {
        let all: Vec<usize> = (0..text.len()).filter(|&at| !is_of_a_sum(text, at)).collect();
        let mut found = self.find_among(text, &all);
        let telling: Vec<usize> =
            all.iter().copied().filter(|&at| !FILLERS.contains(&text[at].word.as_str())).collect();
        if telling.len() < all.len() {
            found.extend(self.find_among(text, &telling).into_iter().filter(|f| f.to - f.from > 1));
            found.sort_by_key(|f| (f.from, f.to, f.idea));
            found.dedup();
        }
        found
    }

    /// The same in the words at these places, as if they stood side by side.
    fn find_among(&self, text: &[Token], places: &[usize]) -> Vec<Found> {
        let stems: Vec<&str> = places.iter().map(|&at| text[at].stem.as_str()).collect();
        let mut found = Vec::new();
        for first in 0..places.len() {
            for end in first + 1..=places.len().min(first + LONGEST_PHRASE) {
                let ideas = self.ideas.get(&stems[first..end].join(" "));
                let (from, to) = (places[first], places[end - 1] + 1);
                found.extend(ideas.into_iter().flatten().map(|&idea| Found { idea, from, to }));
            }
        }
        found
    }

    /// The words as they are spelled in the table: a typo of one of them can be repaired.
    pub fn words(&self) -> impl Iterator<Item = String> {
        self.words.iter().cloned()
    }

    /// Whether the table holds this word by itself.
    pub fn knows(&self, stem: &str) -> bool {
        self.ideas.contains_key(stem)
    }
}

/// "£5" is a sum; only a currency without a number speaks of currencies.
fn is_of_a_sum(text: &[Token], at: usize) -> bool {
    let is_number = |at: usize| text.get(at).is_some_and(Token::is_number);
    text[at].is_currency() && (is_number(at + 1) || at.checked_sub(1).is_some_and(is_number))
}

fn phrase(tokens: &[Token]) -> String {
    let stems: Vec<&str> = tokens.iter().map(|t| t.stem.as_str()).collect();
    stems.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_and_a_word_share_an_idea() {
        let synonyms = Synonyms::parse("refund, money back\nprice, cost");
        let idea = |text| synonyms.find(&words::tokens(text))[0].idea;
        assert_eq!(idea("my money back please"), idea("refunds"));
        assert_ne!(idea("refund"), idea("costs"));
    }

    #[test]
    fn a_sum_is_not_about_currencies() {
        let synonyms = Synonyms::parse("currency, gbp, usd");
        assert!(synonyms.find(&words::tokens("it is £5 or 5 dollars")).is_empty());
        assert_eq!(synonyms.find(&words::tokens("prices are in £")).len(), 1);
    }

    #[test]
    fn fillers_do_not_break_a_phrase() {
        let synonyms = Synonyms::parse("about you, what do you do");
        assert_eq!(synonyms.find(&words::tokens("so what do you lot actually do?")).len(), 1);
    }

    #[test]
    fn a_word_may_stand_for_two_ideas() {
        let synonyms = Synonyms::parse("stop, cancel\nstop, unsubscribe");
        assert_eq!(synonyms.find(&words::tokens("stop")).len(), 2);
    }
}
