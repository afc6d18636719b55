//! What is theirs: figures that the visitor told us, and numbers that only count what was spoken of, need
//! no ground.

use super::{
    clauses::Read,
    facts::{Fact, Stated, is_measure},
    pieces::Piece,
    reader::Reader,
    vocabulary::is_offered,
};

impl Reader<'_> {
    /// What is counted nowhere ("3 websites") is compared by its number alone; spelled out
    /// ("one of them") it is no fact.
    pub(super) fn of_known_things(
        &self,
        mut stated: Stated,
        rests_on_records: bool,
        pieces: &[Piece],
    ) -> Option<Stated> {
        // "You get two rounds": so many of what is given; "these two", "the three of you" were spoken of.
        let at = stated.from;
        let is_new = pieces[at].is_number() && pieces[at].text != "1" && is_offered(pieces, at, false);
        // "We have two kinds:" counts the list below it.
        let is_new = is_new && !pieces.last().is_some_and(|last| last.is(&[":"]));
        // "All four of them."
        if matches!(stated.fact, Fact::Number(_)) && stated.is_spelled {
            return None;
        }
        if let Fact::Count { number, nouns, per } = &mut stated.fact {
            let counted = &self.grounds.ground.counted;
            nouns.retain(|noun| counted.contains(noun) || self.counted.contains(noun) || is_measure(noun));
            if nouns.is_empty() && number == "unlimited" {
                return Some(Stated { fact: Fact::Number("unlimited".into()), ..stated });
            }
            if nouns.is_empty() && stated.is_spelled && per.is_none() && !rests_on_records && !is_new {
                return None;
            }
        }
        Some(stated)
    }

    /// "For your 3 websites …", when the visitor has told us of 3 websites. What the knowledge base
    /// counts too is theirs only before any plan is named.
    pub(super) fn is_visitors_own(&self, stated: &Stated, read: &Read<'_>) -> bool {
        // "Your 14-year-old", "since you bought it 10 days ago".
        let is_your = stated.from.checked_sub(1).is_some_and(|before| read.pieces[before].is(&["your"]));
        let is_past = read.pieces.iter().skip(stated.to).take(2).any(|piece| piece.is(&["ago", "old"]));
        if (is_your || is_past)
            && matches!(stated.fact, Fact::Time { .. })
            && self.asked_facts.iter().any(|asked| asked.fact == stated.fact)
        {
            return true;
        }
        let is_count = matches!(stated.fact, Fact::Count { .. } | Fact::Number(_));
        let told = |asked: &Stated| match (&asked.fact, &stated.fact) {
            (Fact::Count { number, nouns, .. }, Fact::Count { number: said, nouns: things, .. }) => {
                number == said && (things.is_empty() || nouns.iter().any(|noun| things.contains(noun)))
            }
            (Fact::Count { number, .. } | Fact::Number(number), Fact::Number(said))
            | (Fact::Number(number), Fact::Count { number: said, .. }) => number == said,
            _ => false,
        };
        let named_before = read.mentions.iter().any(|mention| mention.from < stated.from);
        let is_ours = named_before && matches!(&stated.fact, Fact::Count { nouns, .. } if !nouns.is_empty());
        let marked = self.theirs.is_some_and(|at| at < stated.from);
        is_count
            && marked
            && !is_ours
            && !matches!(&stated.fact, Fact::Number(word) if word == "unlimited" || word == "free")
            && self.asked_facts.iter().any(told)
    }
}
