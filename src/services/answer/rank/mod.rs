//! Ranking: which sections speak of what was asked, by words in title and body (BM25F).

mod background;

pub use background::{is_common, is_glue, is_outside};

use std::collections::HashMap;

use super::sections::Section;
use super::synonyms::{Idea, Synonyms};
use super::words::{self, Token};

/// Saturation and length normalisation as measured best for short sections, 2026-11.
const K1: f32 = 1.2;
const B: f32 = 0.5;
/// A word of the section's own heading counts this many times a word of its body.
const TITLE: f32 = 1.6;
const BODY: f32 = 1.0;
/// A word of one of its other phrasings.
const ALIAS: f32 = 0.6;
/// A word of a heading above it.
const PARENT: f32 = 1.0;
/// The field that is in the words of those who ask.
const OTHERS_WORDS: usize = 3;
/// However rare a word is here, if everybody uses it everywhere it says little.
const GLUE_CAP: f32 = 1.6;
/// Another word for the same idea is worth less than the word itself.
pub const SYNONYM: f32 = 0.85;

/// One idea of a question, as a word, its synonyms, or both.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// The stem, empty for a phrase that is no single word.
    pub stem: String,
    /// The ideas it may stand for.
    pub ideas: Vec<Idea>,
    /// How much it counts: 1 for the question itself, less for what was said before.
    pub weight: f32,
}

/// What the words of a question find in each section.
#[derive(Clone, Debug, Default)]
pub struct Match {
    /// The share of the greatest possible score, 0 to 1.
    pub score: f32,
    /// The share of the question's weight that the section contains at all, 0 to 1.
    pub covered: f32,
    /// The share that it contains word for word, not by another word for the same idea.
    pub exact: f32,
    /// The share of the question's weight that stands in the section's own heading.
    pub in_title: f32,
}

/// A word of the knowledge base or, in the same table, an idea of the synonyms.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Stem(String),
    Idea(Idea),
}

#[derive(Clone, Copy)]
struct Posting {
    section: u32,
    /// Occurrences, weighed by field and set against the field's length.
    frequency: f32,
    in_title: bool,
}

/// Words and ideas with the sections they stand in.
pub struct Index {
    postings: HashMap<Key, Vec<Posting>>,
    sections: usize,
}

impl Index {
    /// Reads title, headings above and body of each section.
    pub fn build(sections: &[Section], synonyms: &Synonyms) -> Self {
        let fields: Vec<[Vec<Token>; 4]> = sections.iter().map(fields).collect();
        let average = [0, 1, 2, 3].map(|field| average_length(&fields, field));
        let mut postings: HashMap<Key, Vec<Posting>> = HashMap::new();
        for (section, fields) in (0..).zip(&fields) {
            for (key, (frequency, in_title)) in frequencies(fields, average, synonyms) {
                let posting = Posting { section, frequency, in_title };
                postings.entry(key).or_default().push(posting);
            }
        }
        Self { postings, sections: sections.len() }
    }

    /// Whether any section contains the word.
    pub fn knows(&self, stem: &str) -> bool {
        self.postings.contains_key(&Key::Stem(stem.to_owned()))
    }

    /// Whether any section speaks of the idea.
    pub fn speaks_of(&self, idea: Idea) -> bool {
        self.postings.contains_key(&Key::Idea(idea))
    }

    /// Whether the word, or another word for it, stands anywhere.
    pub fn reaches(&self, term: &Term) -> bool {
        keys(term).any(|(key, _)| self.postings.contains_key(&key))
    }

    /// How much it matters whether a section contains the term.
    pub fn importance(&self, term: &Term) -> f32 {
        let best = keys(term).map(|(key, _)| self.rarity(&key));
        let here = best.fold(f32::INFINITY, f32::min);
        if here.is_finite() && self.reaches(term) {
            let background = background::rarity(&term.stem);
            return term.weight * f32::midpoint(here, background).min(GLUE_CAP * background);
        }
        term.weight * background::rarity(&term.stem)
    }

    /// Compares the terms with every section.
    pub fn score(&self, terms: &[Term]) -> Vec<Match> {
        let mut matches = vec![Match::default(); self.sections];
        let mut greatest = 0.0;
        for term in terms {
            let importance = self.importance(term);
            greatest += importance;
            for (section, (share, worth, in_title)) in self.reached(term) {
                let found = &mut matches[section as usize];
                found.score += importance * share;
                found.covered += importance * worth;
                found.exact += if worth > SYNONYM { importance } else { 0.0 };
                found.in_title += if in_title { importance * worth } else { 0.0 };
            }
        }
        for found in &mut matches {
            found.score /= f32::max(greatest, f32::EPSILON);
            found.covered /= f32::max(greatest, f32::EPSILON);
            found.exact /= f32::max(greatest, f32::EPSILON);
            found.in_title /= f32::max(greatest, f32::EPSILON);
        }
        matches
    }

    /// The importance of the weightiest term that a section lacks.
    pub fn heaviest_missing(&self, terms: &[Term], section: usize) -> f32 {
        let lacks = |term: &&Term| !self.reached(term).keys().any(|&at| at as usize == section);
        terms.iter().filter(lacks).map(|t| self.importance(t)).fold(0.0, f32::max)
    }

    /// The best way in which each section contains the term: saturated share, worth, in the title.
    fn reached(&self, term: &Term) -> HashMap<u32, (f32, f32, bool)> {
        let mut best: HashMap<u32, (f32, f32, bool)> = HashMap::new();
        for (key, worth) in keys(term) {
            for posting in self.postings.get(&key).into_iter().flatten() {
                let share = worth * posting.frequency / (K1 + posting.frequency);
                let slot = best.entry(posting.section).or_default();
                slot.0 = slot.0.max(share);
                slot.1 = slot.1.max(worth);
                slot.2 |= posting.in_title;
            }
        }
        best
    }

    #[expect(clippy::cast_precision_loss, reason = "a count of sections")]
    fn rarity(&self, key: &Key) -> f32 {
        let found_in = self.postings.get(key).map_or(0, Vec::len) as f32;
        (1.0 + (self.sections as f32 - found_in + 0.5) / (found_in + 0.5)).ln()
    }
}

/// The word itself, then the ideas it may stand for, each with its worth.
fn keys(term: &Term) -> impl Iterator<Item = (Key, f32)> {
    let own = (!term.stem.is_empty()).then(|| (Key::Stem(term.stem.clone()), 1.0));
    let others = term.ideas.iter().map(|&idea| (Key::Idea(idea), SYNONYM));
    own.into_iter().chain(others)
}

/// Own title, titles above, body.
fn fields(section: &Section) -> [Vec<Token>; 4] {
    let parents = section.parents.join("\n");
    let body = section.lines.join("\n");
    let aliases = section.aliases.join("\n");
    [
        words::all_tokens(&section.title),
        words::all_tokens(&parents),
        words::all_tokens(&body),
        words::all_tokens(&aliases),
    ]
}

#[expect(clippy::cast_precision_loss, reason = "a count of words")]
fn average_length(fields: &[[Vec<Token>; 4]], field: usize) -> f32 {
    let total: usize = fields.iter().map(|f| f[field].len()).sum();
    (total as f32 / fields.len().max(1) as f32).max(1.0)
}

#[expect(clippy::cast_precision_loss, reason = "a count of words")]
fn frequencies(fields: &[Vec<Token>; 4], average: [f32; 4], synonyms: &Synonyms) -> HashMap<Key, (f32, bool)> {
    let mut found: HashMap<Key, (f32, bool)> = HashMap::new();
    for (field, weight) in [TITLE, PARENT, BODY, ALIAS].into_iter().enumerate() {
        let tokens = &fields[field];
        let length = 1.0 - B + B * tokens.len() as f32 / average[field];
        let stems = tokens.iter().filter(|t| !t.is_stop()).map(|t| Key::Stem(t.stem.clone()));
        let heard = if field == OTHERS_WORDS { tokens.clone() } else { words::as_asked(tokens) };
        let ideas = synonyms.find(&heard).into_iter().map(|f| Key::Idea(f.idea));
        for key in stems.chain(ideas) {
            let slot = found.entry(key).or_default();
            slot.0 += weight / length;
            slot.1 |= field == 0;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::sections;
    use super::*;

    fn scores(question: &str) -> Vec<Match> {
        let text = "## Refunds\n\nWithin 14 days.\n\n## Delivery\n\nNo refund of postage after delivery.";
        let synonyms = Synonyms::parse("refund, reimbursement");
        let index = Index::build(&sections::parse("a.md", text), &synonyms);
        let term = |token: Token| {
            let ideas = synonyms.find(std::slice::from_ref(&token)).into_iter().map(|f| f.idea).collect();
            Term { stem: token.stem, ideas, weight: 1.0 }
        };
        index.score(&words::tokens(question).into_iter().map(term).collect::<Vec<_>>())
    }

    #[test]
    fn a_heading_counts_more_than_a_mention() {
        let found = scores("refund");
        assert!(found[0].score > found[1].score && found[0].in_title > found[1].in_title);
    }

    #[test]
    fn a_synonym_finds_the_section_but_is_not_exact() {
        let found = scores("reimbursement");
        assert!(found[0].score > 0.0 && found[0].exact < found[0].covered);
    }

    #[test]
    fn a_word_nobody_knows_lowers_the_score() {
        assert!(scores("refund weather")[0].score < scores("refund")[0].score);
    }
}
