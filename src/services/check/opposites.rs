//! Opposites: words that exclude each other, and statements that say the one where the other stands.

use std::{collections::HashSet, ops::Range, sync::LazyLock};

use super::{
    clauses::{Read, join},
    facts::{Fact, Stated},
    names::Name,
    pieces::Piece,
    polarity::{Stretch, stretches},
    reader::Reader,
    statements::Statement,
    words::{self, Word},
};
use crate::domain::text;

/// One side of a pair of opposites.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Side {
    pair: usize,
    is_first: bool,
}

impl Side {
    fn other(self) -> Self {
        Self { is_first: !self.is_first, ..self }
    }
}

/// What is done within a time is not done at once.
const AT_ONCE: Side = Side { pair: 1, is_first: true };

const OPEN: Side = Side { pair: 3, is_first: true };

/// "Please report it at once" is asked of the visitor.
const ASKS: [&str; 8] = ["please", "report", "contact", "write", "email", "call", "ask", "reach"];

/// What of a clause is named as unsupported, in characters.
const LONGEST_NAMED: usize = 80;

/// The sides that a text takes; a denial takes the other one. Nothing where it takes both.
pub fn sides(pieces: &[Piece], is_denied: bool) -> Vec<Side> {
    let mut sides = Vec::new();
    for stretch in stretches(pieces).iter().filter(|stretch| !stretch.is_condition) {
        // "Once" ends a stretch and is not inside it.
        let words = words_of(&pieces[stretch.from..pieces.len().min(stretch.to + 1)]);
        for (pair, both) in PAIRS.iter().enumerate() {
            for (phrases, is_first) in [(&both.first, true), (&both.second, false)] {
                let Some(phrase) = phrases.iter().find(|phrase| words.contains(phrase.as_str())) else { continue };
                // "Cannot be refused": the phrase is itself one of the two denials.
                let denies = stretch.denies != words::is_negation(phrase.trim());
                sides.push(Side { pair, is_first: is_first != (denies != is_denied) });
            }
        }
    }
    let all = sides.clone();
    sides.retain(|side| !all.contains(&side.other()));
    sides
}

/// The sides of a statement of the knowledge base.
pub fn stated_sides(pieces: &[Piece], is_denied: bool, facts: &[Fact]) -> Vec<Side> {
    let mut sides = sides(pieces, is_denied);
    if facts.iter().any(|fact| matches!(fact, Fact::Time { .. })) {
        sides.push(AT_ONCE.other());
    }
    sides
}

impl Reader<'_> {
    /// A part of a sentence that says the opposite of the statements that have the most of its words.
    pub(super) fn contradicted(&self, read: &Read<'_>, clause: &Range<usize>, cited: &[usize]) -> Option<String> {
        let pieces = &read.pieces[clause.clone()];
        let is_about_us = |stretch: &Stretch| {
            let inside = &pieces[stretch.from..stretch.to];
            !inside.iter().any(|piece| piece.is(&["i", "im", "ive", "id", "ill"]))
        };
        if cited.is_empty() || !pieces.iter().any(|piece| PHRASE_WORDS.contains(piece.text.as_str())) {
            return None;
        }
        let mut said = sides(pieces, false);
        said.retain(|side| *side != AT_ONCE || !pieces.iter().any(|piece| piece.is(&ASKS)));
        if said.is_empty() || !stretches(pieces).iter().all(is_about_us) {
            return None;
        }
        let ground = self.grounds.ground;
        let mut words = ground.known(&words::keys(pieces.iter().filter(|piece| !takes_a_side(piece))));
        let lead = words.first().copied();
        words.sort_unstable();
        words.dedup();
        let names: Vec<Name> = read.own(clause).iter().map(|mention| mention.name).collect();
        let said = said.iter().filter(|side| !(side.is_first && PAIRS[side.pair].is_one_way));
        let facts: Vec<&Stated> = read.facts.iter().filter(|stated| clause.contains(&stated.from)).collect();
        // "Open from 9am to 5pm on holidays", where those are the hours of holidays.
        let is_stated = |known: &Statement| {
            let rests = |stated: &&Stated| known.states(&stated.fact);
            facts.iter().any(|stated| matches!(stated.fact, Fact::Clock { .. }))
                && facts.iter().all(rests)
                && known.shares(&words) > 0
        };
        let is_wrong = said.into_iter().any(|side| self.is_excluded(*side, (&words, lead), &names, cited, &is_stated));
        is_wrong.then(|| text::cut(&join(pieces), LONGEST_NAMED))
    }

    fn is_excluded(
        &self,
        side: Side,
        (words, lead): (&[Word], Option<Word>),
        names: &[Name],
        cited: &[usize],
        is_stated: &dyn Fn(&Statement) -> bool,
    ) -> bool {
        let ground = self.grounds.ground;
        let statements: Vec<&Statement> = cited
            .iter()
            .flat_map(|at| &ground.places[*at].statements)
            .filter(|known| !known.is_heading && !ground.names.are_beside(names, &known.names))
            .collect();
        // What both begin with is what both are about.
        let lead = |known: &Statement| usize::from(known.lead.is_some() && known.lead == lead) * 2;
        let nearness = |known: &Statement| known.shares(words) + lead(known);
        let most = statements.iter().map(|known| nearness(known)).max().unwrap_or_default();
        // Whatever a section gives a time for is not done at once.
        let is_near = |known: &Statement| side == AT_ONCE || nearness(known) == most;
        let nearest = || statements.iter().filter(|known| is_near(known));
        !nearest().any(|known| known.sides.contains(&side) || side == OPEN && is_stated(known))
            && nearest().any(|known| known.sides.contains(&side.other()))
    }
}

/// Whether the word says which side, rather than of what.
fn takes_a_side(piece: &Piece) -> bool {
    SIDE_WORDS.contains(piece.text.as_str())
}

/// The words of some pieces with a space around each.
fn words_of(pieces: &[Piece]) -> String {
    let words = pieces.iter().filter(|piece| piece.is_word() || piece.is_number());
    words.fold(" ".to_owned(), |text, piece| text + &piece.text + " ")
}

struct Pair {
    /// The phrases of either side, with a space around each.
    first: Vec<String>,
    second: Vec<String>,
    /// Whether only the second side contradicts: "only some", where all do.
    is_one_way: bool,
}

static PAIRS: LazyLock<Vec<Pair>> = LazyLock::new(|| {
    let lines = include_str!("words/opposites.txt").lines().filter(|line| !line.starts_with('#'));
    let phrases = |side: &str| side.split(',').map(|phrase| format!(" {} ", phrase.trim())).collect();
    let pair = |line: &str| {
        let (first, second) = line.trim_start_matches('>').split_once('|')?;
        Some(Pair { first: phrases(first), second: phrases(second), is_one_way: line.starts_with('>') })
    };
    lines.filter_map(pair).collect()
});

/// Phrases of one word, and the words of all.
static SIDE_WORDS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| phrases().filter(|phrase| !phrase.contains(' ')).collect());
static PHRASE_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| phrases().flat_map(str::split_whitespace).collect());

fn phrases() -> impl Iterator<Item = &'static str> {
    PAIRS.iter().flat_map(|pair| pair.first.iter().chain(&pair.second)).map(|phrase| phrase.trim())
}

#[cfg(test)]
mod tests {
    use super::{super::pieces::pieces, *};

    fn of(text: &str) -> Vec<Side> {
        sides(&pieces(text), false)
    }

    #[test]
    fn a_denial_takes_the_other_side() {
        let optional = of("Helmets are optional.");
        assert_eq!(optional.len(), 1);
        assert_eq!(of("Helmets are not compulsory."), optional);
        assert_eq!(of("Helmets are compulsory."), vec![optional[0].other()]);
    }

    #[test]
    fn who_takes_both_sides_takes_none() {
        assert_eq!(of("Some are optional and others compulsory."), []);
    }
}
