//! Statements: what one line, or one sentence of it, says about what.

use std::collections::HashSet;

use super::{
    facts::{Fact, facts},
    names::{Name, Names},
    pieces::{Piece, pieces},
    polarity::stretches,
    sentences,
    words::{self, Word},
};

/// What one line or sentence says.
pub struct Statement {
    pub facts: Vec<Fact>,
    /// The names it is about: its own, and those of the headings above it.
    pub names: HashSet<Name>,
    /// Its telling words in their order, each with whether it is denied.
    pub words: Vec<(Word, bool)>,
}

impl Statement {
    pub fn has(&self, word: Word) -> bool {
        self.words.binary_search_by_key(&word, |(word, _)| *word).is_ok()
    }

    /// How many of these words it has.
    pub fn shares(&self, words: &[Word]) -> usize {
        words.iter().filter(|word| self.has(**word)).count()
    }
}

/// The statements of some lines. A bullet goes on with the line before the list that ends in a
/// colon, and is denied with it: "We never ship:".
pub fn statements(
    lines: &[String],
    names: &Names,
    number: &mut dyn FnMut(String) -> Option<Word>,
) -> Vec<Statement> {
    let mut intro: Vec<(Word, bool)> = Vec::new();
    let mut read = Vec::new();
    for line in lines {
        let is_entry = line.starts_with("- ") || line.starts_with(|c: char| c.is_ascii_digit());
        if !is_entry {
            intro.clear();
        }
        for part in parts_of_line(line) {
            for sentence in sentences::sentences(&part) {
                read.push(statement(&sentence.text, &intro, names, number));
            }
        }
        if !is_entry && line.ends_with(':') {
            intro = read.last().map(|statement| statement.words.clone()).unwrap_or_default();
        }
    }
    read
}

fn statement(
    text: &str,
    intro: &[(Word, bool)],
    names: &Names,
    number: &mut dyn FnMut(String) -> Option<Word>,
) -> Statement {
    let pieces = pieces(text);
    let is_denied = intro.iter().any(|(_, denied)| *denied);
    let mut words: Vec<(Word, bool)> = intro.to_vec();
    for stretch in stretches(&pieces) {
        let inside = words_in(&pieces[stretch.from..stretch.to], number);
        words.extend(inside.into_iter().map(|word| (word, stretch.denies != is_denied)));
    }
    words.sort_unstable();
    words.dedup_by_key(|(word, _)| *word);
    Statement {
        facts: facts(&pieces).into_iter().map(|stated| stated.fact).collect(),
        names: names.mentions(&pieces, false).into_iter().map(|mention| mention.name).collect(),
        words,
    }
}

fn words_in(pieces: &[Piece], number: &mut dyn FnMut(String) -> Option<Word>) -> Vec<Word> {
    words::keys(pieces).into_iter().filter_map(number).collect()
}

/// A line as it is, but a row of a table in its cells: each says something about its column.
pub fn parts_of_line(line: &str) -> Vec<String> {
    let row = line.strip_prefix("- ").and_then(|row| row.split_once(" - "));
    match row {
        Some((first, cells)) if cells.contains(": ") => {
            cells.split("; ").map(|cell| format!("- {cell} ({first})")).collect()
        }
        _ => vec![line.to_owned()],
    }
}
