//! Statements: what one line, or one sentence of it, says about what.

use std::{collections::HashSet, ops::Range};

use super::{
    clauses::clauses,
    facts::{Fact, facts},
    names::{Mention, Name, Names},
    opposites::{Side, stated_sides},
    pieces::{Piece, pieces},
    polarity::{denies_at, stretches},
    sentences,
    words::{self, Word},
};

/// What one line or sentence says.
#[derive(Clone)]
pub struct Statement {
    pub facts: Vec<Fact>,
    /// Where among them the next clause begins.
    pub clauses: Vec<usize>,
    /// The names it is about: its own, and those of the headings above it.
    pub names: HashSet<Name>,
    /// Its telling words in their order, each with whether it is denied.
    pub words: Vec<(Word, bool)>,
    /// Those that a denial stands before, in their order: "We take no cheques" refuses cheques.
    pub refused: Vec<Word>,
    /// The first of them.
    pub lead: Option<Word>,
    /// Which of two opposites it takes.
    pub sides: Vec<Side>,
    /// Headings name what is denied below them without denying it.
    pub is_heading: bool,
}

impl Statement {
    pub fn has(&self, word: Word) -> bool {
        self.words.binary_search_by_key(&word, |(word, _)| *word).is_ok()
    }

    /// Whether it states what a fact says.
    pub fn states(&self, said: &Fact) -> bool {
        self.facts.iter().any(|fact| said.rests_on(fact))
    }

    /// The facts of each of its clauses.
    pub fn parts(&self) -> impl Iterator<Item = &[Fact]> {
        let ends = self.clauses.iter().copied().chain([self.facts.len()]);
        std::iter::once(0).chain(self.clauses.iter().copied()).zip(ends).map(|(from, to)| &self.facts[from..to])
    }

    /// How many of these words it has.
    pub fn shares(&self, words: &[Word]) -> usize {
        words.iter().filter(|word| self.has(**word)).count()
    }
}

/// The statements of some lines. A bullet goes on with the line before the list that ends in a
/// colon, and is denied with it: "We never ship:". So it does with a `heading` that denies, "What may not
/// be shipped", unless it has a verb of its own.
pub fn statements(
    lines: &[String],
    heading: Option<&str>,
    names: &Names,
    number: &mut dyn FnMut(String) -> Option<Word>,
) -> Vec<Statement> {
    let denied = heading.filter(|heading| denies(heading)).map(|heading| words_in(&pieces(heading), number));
    let denied: Vec<(Word, bool)> = denied.into_iter().flatten().map(|word| (word, true)).collect();
    let mut intro: Vec<(Word, bool)> = Vec::new();
    let mut read = Vec::new();
    for line in lines {
        let is_entry = line.starts_with("- ") || line.starts_with(|c: char| c.is_ascii_digit());
        if !is_entry {
            intro.clear();
        }
        let is_bare = is_entry && intro.is_empty() && !stretches(&pieces(line)).iter().any(|stretch| stretch.asserts);
        let intro_here = if is_bare { &denied } else { &intro };
        let intro_here = intro_here.clone();
        for part in parts_of_line(line) {
            for sentence in sentences::sentences(&part) {
                for told in sentence.text.split("; ") {
                    let pieces = pieces(told);
                    for clause in told_apart(&pieces, names) {
                        read.push(statement(&pieces[clause], &intro_here, names, number));
                    }
                }
            }
        }
        if !is_entry && line.ends_with(':') {
            intro = read.last().map(|statement| statement.words.clone()).unwrap_or_default();
            // "It cannot be cancelled unless:" denies nothing of what it lists.
            if excepts(line) {
                for (_, denied) in &mut intro {
                    *denied = false;
                }
            }
        }
    }
    read
}

/// "… unless:", "… except in these cases:", "The exceptions are:".
fn excepts(line: &str) -> bool {
    /// "… except in one of these cases:"
    const WITHIN: usize = 7;
    let pieces = pieces(line);
    let at = pieces.iter().rposition(|piece| piece.is(&["unless", "except", "exceptions"]));
    at.is_some_and(|at| at + WITHIN >= pieces.len() && !(at + 1..pieces.len()).any(|at| denies_at(&pieces, at)))
}

/// "What may not be shipped"; not "Why can't I sign in?".
fn denies(heading: &str) -> bool {
    !heading.ends_with('?') && stretches(&pieces(heading)).iter().any(|stretch| stretch.denies && stretch.asserts)
}

/// "€4 for a cup and €9 for a jug": each clause with a name and a figure of its own says it of that.
fn told_apart(pieces: &[Piece], names: &Names) -> Vec<Range<usize>> {
    let plans = names.mentions(pieces, false).into_iter().filter(|mention| names.is_heading(mention.name));
    let plans: Vec<Mention> = plans.collect();
    let stated = |clause: &Range<usize>| facts(&pieces[clause.clone()]);
    let is_price =
        |clause: &Range<usize>| stated(clause).iter().any(|stated| matches!(stated.fact, Fact::Money { .. }));
    // "Chairs £2, tables £4."
    let are_prices = clauses(pieces).iter().filter(|clause| is_price(clause)).count() > 1;
    let is_plan = |clause: &Range<usize>| plans.iter().any(|plan| clause.contains(&plan.from));
    let stands_alone =
        |clause: &Range<usize>| are_prices && is_price(clause) || is_plan(clause) && !stated(clause).is_empty();
    let (mut told, mut from) = (Vec::new(), 0);
    for clause in clauses(pieces) {
        let joined = from..clause.end;
        if stands_alone(&joined) {
            from = clause.end;
            told.push(joined);
        }
    }
    if from < pieces.len() || told.len() < 2 {
        told = std::iter::once(0..pieces.len()).collect();
    }
    told
}

fn statement(
    pieces: &[Piece],
    intro: &[(Word, bool)],
    names: &Names,
    number: &mut dyn FnMut(String) -> Option<Word>,
) -> Statement {
    let is_denied = intro.iter().any(|(_, denied)| *denied);
    let mut words: Vec<(Word, bool)> = intro.to_vec();
    let mut refused = Vec::new();
    for stretch in stretches(pieces) {
        let inside = words_in(&pieces[stretch.from..stretch.to], number);
        if stretch.denies && !is_denied {
            let denial = (stretch.from..stretch.to).find(|at| denies_at(pieces, *at)).unwrap_or(stretch.from);
            refused.extend(words_in(&pieces[denial..stretch.to], number));
        } else if is_denied && !stretch.denies {
            refused.extend(&inside);
        }
        words.extend(inside.into_iter().map(|word| (word, stretch.denies != is_denied)));
    }
    let lead = words.get(intro.len()).map(|(word, _)| *word);
    words.sort_unstable();
    words.dedup_by_key(|(word, _)| *word);
    refused.sort_unstable();
    let stated = facts(pieces);
    let begins = |clause: &Range<usize>| stated.iter().position(|stated| stated.from >= clause.start);
    let clauses = clauses(pieces).iter().skip(1).filter_map(begins).collect();
    let facts: Vec<Fact> = stated.into_iter().map(|stated| stated.fact).collect();
    Statement {
        sides: stated_sides(pieces, is_denied, &facts),
        facts,
        clauses,
        names: names.mentions(pieces, false).into_iter().map(|mention| mention.name).collect(),
        words,
        refused,
        lead,
        is_heading: false,
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
