//! Denials: what a sentence affirms though the sections it rests on deny it, and the other way round.

use std::ops::Range;

use super::{
    clauses::{Read, names_of},
    facts::Stated,
    names::Name,
    pieces::Piece,
    reader::Reader,
    statements::Statement,
    vocabulary::is_offered,
    words::{self, Word},
};

impl Reader<'_> {
    /// Whether the statements that have the most of its words say the opposite.
    pub(super) fn is_denied(&self, read: &Read<'_>, cited: &[usize]) -> bool {
        let is_ours = |piece: &Piece| piece.is(&["i", "im", "ive", "id", "ill"]);
        // What the assistant says of itself ("I don't know …") stands nowhere.
        let said = read.stretches.iter().filter(|stretch| {
            let inside = &read.pieces[stretch.from..stretch.to];
            stretch.asserts && !stretch.is_condition && !inside.iter().any(is_ours)
        });
        let denies_some = read.stretches.iter().any(|stretch| stretch.denies && !stretch.is_condition);
        said.into_iter().any(|stretch| {
            if !stretch.denies && self.affirms_denied(read, &(stretch.from..stretch.to), denies_some, cited) {
                return true;
            }
            let range = stretch.from..stretch.to;
            self.is_opposite(read, &range, stretch.denies, cited)
        })
    }

    fn is_opposite(&self, read: &Read<'_>, stretch: &Range<usize>, denies: bool, cited: &[usize]) -> bool {
        let ground = self.grounds.ground;
        let keys = self.keys_beside_names(read, stretch, Some(cited));
        let words = ground.known(&keys);
        let names = names_of(&read.own(stretch));
        if denies && self.denies_other_figures(read, stretch, cited) {
            return false;
        }
        let lead = words::keys(&read.pieces[stretch.clone()]).first().and_then(|key| ground.lexicon.find(key));
        let known = self.statements_with(&words, &names, cited);
        let mut best = (0, true);
        for known in &known {
            let shared = known.words.iter().filter(|(word, _)| words.contains(word));
            let (mut lead_weight, mut same, mut other) = (0, 0, 0);
            for (word, denied) in shared {
                // What a sentence begins with is what it is about.
                let leads = keys.len() > 1 && known.lead == Some(*word) && lead == Some(*word);
                match (leads, *denied == denies) {
                    (true, _) => lead_weight = 3,
                    (false, true) => same += 2,
                    (false, false) => other += 2,
                }
            }
            let weight = lead_weight + same + other;
            if weight > best.0 {
                best = (weight, other > same);
            } else if weight == best.0 {
                best.1 &= other > same;
            }
        }
        let (weight, is_opposite) = best;
        let is_telling = |shared: usize| shared * 5 >= keys.len() * 3 && (shared > 1 || keys.len() == 1);
        is_opposite && is_telling(weight / 2) || is_telling(only_opposite(&words, &known, denies))
    }

    /// What the sections say with some of the words, and not of a neighbour of what is named.
    fn statements_with(&self, words: &[Word], names: &[Name], cited: &[usize]) -> Vec<&Statement> {
        let ground = self.grounds.ground;
        let known = cited.iter().flat_map(|at| &ground.places[*at].statements);
        let known = known.filter(|known| !known.is_heading && words.iter().any(|word| known.has(*word)));
        known.filter(|known| !ground.names.are_beside(names, &known.names)).collect()
    }

    /// "We take cards and cheques", where cheques stand only among what is not taken. What the sentence denies
    /// itself may be said of whatever it affirms.
    fn affirms_denied(&self, read: &Read<'_>, stretch: &Range<usize>, denies_some: bool, cited: &[usize]) -> bool {
        let ground = self.grounds.ground;
        let names = names_of(&read.own(stretch));
        let words = ground.known(&words::keys(&read.pieces[stretch.clone()]));
        let known = self.statements_with(&words, &names, cited);
        let has_figure_of = |known: &Statement| {
            let said = read.facts.iter().filter(|stated| stretch.contains(&stated.from));
            said.into_iter().any(|stated| known.states(&stated.fact))
        };
        let is_denied = |word: Word| {
            let mut having = known.iter().filter(|known| known.has(word)).peekable();
            having.peek().is_some()
                && having.all(|known| known.refused.binary_search(&word).is_ok() && !has_figure_of(known))
        };
        stretch.clone().any(|at| {
            let is_held = !denies_some || is_offered(read.pieces, at, false);
            if !is_held || read.is_fact(at) || is_without(read.pieces, at) {
                return false;
            }
            let key = words::telling_key(&read.pieces[at]);
            let word = key.and_then(|key| Some((words::is_plain(key), ground.find(key)?)));
            // A word that may be said of anything is said of this where another one stands beside it.
            let is_about = |word: Word| known.iter().any(|known| known.has(word) && known.shares(&words) > 1);
            word.is_some_and(|(is_plain, word)| is_denied(word) && (!is_plain || is_about(word)))
        })
    }

    /// "Not staffed on Sundays" denies nothing of other days.
    fn denies_other_figures(&self, read: &Read<'_>, stretch: &Range<usize>, cited: &[usize]) -> bool {
        let stands = |stated: &Stated| self.stands_in(&stated.fact, cited);
        let mut denied = read.facts.iter().filter(|stated| stretch.contains(&stated.from)).peekable();
        denied.peek().is_some() && !denied.any(stands)
    }
}

/// How many of the words stand with the other polarity, if none stands with this one.
fn only_opposite(words: &[Word], known: &[&Statement], denies: bool) -> usize {
    let stands =
        |word: &Word, as_denied: bool| known.iter().any(|known| known.words.binary_search(&(*word, as_denied)).is_ok());
    if words.iter().any(|word| stands(word, denies)) {
        return 0;
    }
    words.iter().filter(|word| stands(word, !denies)).count()
}

/// "Interest-free" is without interest.
pub fn is_without(pieces: &[Piece], at: usize) -> bool {
    matches!(pieces.get(at + 1..at + 3), Some([dash, free]) if dash.is(&["-"]) && free.is(&["free"]))
}
