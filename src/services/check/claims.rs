//! Claims: one fact said of something, held against the statements it may rest on.

use super::{
    facts::{Fact, Per},
    ground::{Ground, Place},
    names::Name,
    reader::Reader,
    statements::Statement,
    words::Word,
};

/// What is held against the ground.
pub struct Claim<'a> {
    pub fact: &'a Fact,
    /// The plan or policy it is said of.
    pub names: &'a [Name],
    /// Whether it is said of every plan, not of one.
    pub of_all: bool,
    /// What else the clause is about, of what headings name.
    pub subjects: &'a [Word],
    /// The words around the fact.
    pub words: &'a [Word],
}

impl Ground {
    /// Whether the section says so of the same thing.
    pub(super) fn place_says(&self, place: &Place, claim: &Claim<'_>, is_cited: bool) -> bool {
        let is_plain = matches!(claim.fact, Fact::Number(_) | Fact::Weekday(_) | Fact::Link(_));
        let about = |known: &Statement| claim.names.iter().any(|name| known.names.contains(name));
        let bound = |known: &Statement| {
            let unnamed = claim.names.is_empty() || is_plain;
            about(known)
                || place.is_about_any(claim.subjects)
                || (unnamed && is_cited)
                || matches!(claim.fact, Fact::Link(_)) && claim.names.is_empty()
        };
        let may_speak = self.may_speak_of(place, claim.subjects, claim.fact);
        let fits = |known: &Statement| may_speak || about(known);
        let says = |known: &&Statement| self.says(known, claim) && bound(known) && fits(known);
        let best = place.statements.iter().filter(says).map(|known| known.shares(claim.words)).max();
        best.is_some_and(|best| !self.is_said_of_another(place, claim, best))
    }

    /// Whether a statement says it, and not of a neighbour of what it is said of.
    pub(super) fn says(&self, known: &Statement, claim: &Claim<'_>) -> bool {
        let is_of_one = claim.of_all && known.names.iter().any(|name| self.names.has_siblings(*name));
        !is_of_one && !self.names.are_beside(claim.names, &known.names) && known.states(claim.fact)
    }

    /// Whether the words around the fact belong to a statement with another figure of its sort:
    /// "backups: 90 days", where backups have 30 days and logs have 90.
    fn is_said_of_another(&self, place: &Place, claim: &Claim<'_>, best: usize) -> bool {
        // "Judging is free" says the price of it, and nothing else.
        let is_free = |known: &Statement| {
            let is_word = |fact: &Fact| matches!(fact, Fact::Number(word) if word == "free");
            matches!(claim.fact, Fact::Money { .. }) && matches!(known.facts.as_slice(), [fact] if is_word(fact))
        };
        let has_another = |known: &&Statement| {
            (known.facts.iter().any(|fact| claim.fact.is_like(fact)) || is_free(known)) && !known.states(claim.fact)
        };
        let of_neighbour = |known: &&Statement| self.names.are_beside(claim.names, &known.names);
        let others = place.statements.iter().filter(has_another).filter(|known| !of_neighbour(known));
        others.map(|known| known.shares(claim.words)).max().is_some_and(|other| other > best)
    }
}

impl Reader<'_> {
    /// Whether the records or the sections it rests on say so.
    pub(super) fn holds(&self, claim: &Claim<'_>, cited: &[usize]) -> bool {
        let ground = self.grounds.ground;
        if matches!(claim.fact, Fact::Link(link) if *link == self.support_email) {
            return !self.names_another_address(cited);
        }
        if self.records.iter().any(|known| ground.says(known, claim)) {
            return true;
        }
        if claim.fact.is_aside() {
            return !self.contradicts(claim, cited);
        }
        if cited.is_empty() {
            return self.shown.iter().any(|at| ground.place_says(&ground.places[*at], claim, false));
        }
        cited.iter().any(|at| ground.place_says(&ground.places[*at], claim, true))
    }

    /// "It costs £12": a sentence that rests on something else may say again of a plan what was cited before.
    pub(super) fn was_cited(&self, claim: &Claim<'_>, cited: &[usize]) -> bool {
        let ground = self.grounds.ground;
        let is_priced = matches!(claim.fact, Fact::Money { .. }) && !claim.names.is_empty();
        let has_its_own = |at: &usize| {
            let own = ground.places[*at]
                .statements
                .iter()
                .filter(|known| claim.names.iter().any(|name| known.names.contains(name)));
            own.flat_map(|known| &known.facts).any(|fact| claim.fact.is_like(fact))
        };
        is_priced
            && claim.names.iter().any(|name| ground.names.is_plan(*name))
            && !cited.iter().any(has_its_own)
            && self.cited_before.iter().any(|at| ground.place_says(&ground.places[*at], claim, true))
    }

    /// Whether a figure stands in these sections, of whatever it is said there.
    pub(super) fn stands_in(&self, said: &Fact, cited: &[usize]) -> bool {
        cited.iter().flat_map(|at| &self.grounds.ground.places[*at].statements).any(|known| known.states(said))
    }

    /// Whether what is cited wants to be written to elsewhere.
    fn names_another_address(&self, cited: &[usize]) -> bool {
        let ground = self.grounds.ground;
        let facts = || cited.iter().flat_map(|at| &ground.places[*at].statements).flat_map(|known| &known.facts);
        let is_address = |fact: &Fact| matches!(fact, Fact::Link(link) if link.contains('@'));
        facts().any(is_address) && !facts().any(|fact| matches!(fact, Fact::Link(link) if *link == self.support_email))
    }

    /// "Monthly" is often said in passing; it is wrong where only another period stands.
    fn contradicts(&self, claim: &Claim<'_>, cited: &[usize]) -> bool {
        let ground = self.grounds.ground;
        let known = || {
            let known = cited.iter().flat_map(|at| &ground.places[*at].statements);
            known.filter(|known| !ground.names.are_beside(claim.names, &known.names)).flat_map(|known| &known.facts)
        };
        // "Daily", where some days are named.
        let is_other_day = |fact: &Fact| matches!((claim.fact, fact), (Fact::Every(Per::Day), Fact::Weekday(_)));
        known().any(|fact| claim.fact.is_like(fact) || is_other_day(fact))
            && !known().any(|fact| claim.fact.rests_on(fact))
    }
}
