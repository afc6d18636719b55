//! Synonyms: words and phrases that customers use for the same idea, whatever the company.

use std::collections::HashMap;

use super::words::{self, Token};

/// An idea that several words stand for.
pub type Idea = u32;

/// Longer phrases than this are not in the table.
const LONGEST_PHRASE: usize = 5;

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
        let mut found = Vec::new();
        for from in 0..text.len() {
            for to in from + 1..=text.len().min(from + LONGEST_PHRASE) {
                let ideas = self.ideas.get(&phrase(&text[from..to]));
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
    fn a_word_may_stand_for_two_ideas() {
        let synonyms = Synonyms::parse("stop, cancel\nstop, unsubscribe");
        assert_eq!(synonyms.find(&words::tokens("stop")).len(), 2);
    }
}
