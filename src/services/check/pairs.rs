//! Pairs: figures that stand beside each other, and one that is said beside another's.

use std::{mem::discriminant, ops::Range};

use super::{
    clauses::Read,
    facts::{Fact, Stated},
    reader::{Reader, opens_topic},
    statements::Statement,
};

impl Reader<'_> {
    /// "Over 24 months it is 0 %", where that is the share over 12, and over 24 months there is another.
    pub(super) fn is_of_another_pair(
        &self,
        stated: &Stated,
        read: &Read<'_>,
        clause: &Range<usize>,
        cited: &[usize],
    ) -> bool {
        if !is_paired(&stated.fact) {
            return false;
        }
        let places = &self.grounds.ground.places;
        let parts = || cited.iter().flat_map(|at| &places[*at].statements).flat_map(Statement::parts);
        let holds = |part: &[Fact], said: &Fact| part.iter().any(|fact| said.rests_on(fact));
        let beside = read
            .facts
            .iter()
            .filter(|other| is_beside(other, clause, read))
            .filter(|other| is_paired(&other.fact) && discriminant(&other.fact) != discriminant(&stated.fact));
        beside.into_iter().any(|other| {
            let others = |part: &&[Fact]| holds(part, &other.fact) && part.iter().any(|fact| stated.fact.is_like(fact));
            parts().any(|part| others(&part))
                && !parts().filter(others).any(|part| holds(part, &stated.fact))
                && !self.is_reckoned(stated, read, cited)
        })
    }
}

/// In the same clause, or in one that opens the sentence and says what it is about: "For 36 months, …".
fn is_beside(other: &Stated, clause: &Range<usize>, read: &Read<'_>) -> bool {
    let opening = read.pieces.iter().position(|piece| piece.is(&[","])).unwrap_or_default();
    clause.contains(&other.from)
        || clause.start == opening && other.from < opening && opens_topic(&read.pieces[..opening])
}

/// What is told by another figure: not a number of anything, nor what is said in passing.
fn is_paired(fact: &Fact) -> bool {
    match fact {
        Fact::Money { .. } | Fact::Percent(_) | Fact::Time { .. } | Fact::Clock { .. } | Fact::Weekday(_) => true,
        Fact::Count { nouns, .. } => !nouns.is_empty(),
        _ => false,
    }
}
