//! One clause of a reply: each of its figures is held against what it may rest on, and what it is about is
//! remembered for the next.

use std::ops::Range;

use super::{
    claims::Claim,
    clauses::{Read, groups, names_of, speaks_of_all},
    facts::{Fact, Stated},
    names::{Mention, Name},
    pieces::Piece,
    reader::Reader,
    statements::Statement,
    words::{self, Word},
};

impl Reader<'_> {
    /// What of a clause nothing supports.
    pub(super) fn clause(
        &mut self,
        read: &Read<'_>,
        clause: &Range<usize>,
        cited: &[usize],
        lent: &[usize],
        goes_on: bool,
    ) -> Vec<String> {
        let ground = self.grounds.ground;
        let own = read.own(clause);
        let words = ground.known(&words::keys(&read.pieces[clause.clone()]));
        let subjects: Vec<Word> = words.iter().copied().filter(|word| ground.is_subject(*word)).collect();
        let inherits = own.is_empty() && subjects.is_empty();
        let before = if clause.start > 0 { std::mem::take(&mut self.words) } else { Vec::new() };
        let mut wrong = Vec::new();
        for stated in read.facts.iter().filter(|stated| clause.contains(&stated.from)) {
            let is_day = matches!(stated.fact, Fact::Weekday(_));
            let denied = || {
                // The "nothing" that something costs is what it costs, and denies nothing.
                let beside = clause.clone().filter(|at| !(stated.from..stated.to).contains(at));
                beside
                    .map(|at| &read.pieces[at])
                    .any(|piece| words::is_negation(&piece.text) || is_day && piece.is(&["closed", "except"]))
            };
            let is_free = matches!(&stated.fact, Fact::Number(word) if word == "free");
            let may_be_denied = stated.fact.is_aside() || is_free || is_day;
            if self.is_visitors_own(stated, read) || may_be_denied && denied() {
                continue;
            }
            let mut names = read.names_for(stated, &own, &ground.names);
            let beside = |name: &&Name| !names.iter().any(|other| ground.names.are_siblings(**name, *other));
            let topic: Vec<Name> = self.topic.iter().filter(beside).copied().collect();
            names.extend(topic);
            let is_compared = is_other(&read.pieces[..stated.from]);
            let alternatives: Vec<Vec<Name>> = match (names.is_empty(), goes_on) {
                (true, _) if is_compared && !self.compared.is_empty() => vec![self.compared.clone()],
                (false, _) => vec![names],
                (true, true) if !self.turns_to_unknown(read, clause) => vec![self.names.clone()],
                (true, _) if self.is_told_apart(stated, read, cited) => vec![self.names.clone()],
                (true, _) => vec![Vec::new(), self.names.clone()],
            };
            let subjects = if inherits && goes_on { &self.subjects } else { &subjects };
            let around = read.around(stated, clause);
            let keys = words::keys(&read.pieces[around]);
            // "In summer we open daily, 8am to 7pm": the hours are those of the clause before.
            let words = if keys.iter().all(|key| key.len() < 3) { before.clone() } else { ground.known(&keys) };
            let of_all = own.is_empty() && speaks_of_all(&read.pieces[clause.clone()], &ground.names);
            let holds = |names: &Vec<Name>| {
                let claim = Claim { fact: &stated.fact, names, of_all, subjects, words: &words };
                self.holds(&claim, cited)
                    || cited.is_empty() && !lent.is_empty() && self.holds(&claim, lent)
                    || self.was_cited(&claim, cited)
            };
            let holds = alternatives.iter().any(holds) && !self.is_of_another_pair(stated, read, clause, cited);
            if holds || self.is_reckoned(stated, read, cited) {
                self.prove(stated, read);
            } else {
                wrong.push(read.said(stated));
            }
        }
        let compares = read.pieces[clause.clone()].iter().take(2).any(|piece| piece.is(&["compared", "unlike"]));
        let groups = groups(&own, &ground.names);
        self.note_both(&own);
        if compares && !self.names.is_empty() {
            self.compared = own.iter().map(|mention| mention.name).collect();
        } else if let Some(named) = groups.last().map(|group| names_of(group)) {
            // A label in passing ("with email support") does not turn to something else.
            let is_plan = |names: &[Name]| names.iter().any(|name| ground.names.is_heading(*name));
            if !goes_on || is_plan(&named) || !is_plan(&self.names) {
                self.names = named;
            }
        }
        wrong.extend(self.foreign_wording(read, clause, goes_on));
        self.words = if words.is_empty() { before } else { words };
        if !inherits {
            self.subjects = subjects;
        }
        wrong
    }

    /// "Delivery takes 7 days", said behind one plan where what is cited has a time of its own for it.
    fn is_told_apart(&self, stated: &Stated, read: &Read<'_>, cited: &[usize]) -> bool {
        let ground = self.grounds.ground;
        let [name] = self.names.as_slice() else { return false };
        let speaks_of_more = read.pieces.iter().any(|piece| piece.is(&OF_MORE));
        let known = || cited.iter().flat_map(|at| &ground.places[*at].statements);
        let has_own =
            |known: &Statement| known.names.contains(name) && known.facts.iter().any(|fact| stated.fact.is_like(fact));
        let says = |known: &&Statement| known.states(&stated.fact);
        ground.names.is_heading(*name)
            && !speaks_of_more
            && known().any(has_own)
            && known().filter(says).all(|known| ground.names.are_beside(&self.names, &known.names))
    }

    /// In another language, a label that we do not know may have taken the place of the last one.
    fn turns_to_unknown(&self, read: &Read<'_>, clause: &Range<usize>) -> bool {
        let ground = self.grounds.ground;
        let keys = words::keys(&read.pieces[clause.clone()]);
        let is_unknown = !keys.is_empty() && ground.known(&keys).is_empty();
        is_unknown && !self.names.iter().any(|name| ground.names.is_heading(*name))
    }

    /// The last two plans beside each other that were named.
    fn note_both(&mut self, own: &[&Mention]) {
        let names = &self.grounds.ground.names;
        for mention in own.iter().filter(|mention| names.is_heading(mention.name)) {
            self.both.retain(|name| *name != mention.name && names.are_siblings(*name, mention.name));
            self.both.push(mention.name);
            if self.both.len() > 2 {
                self.both.remove(0);
            }
        }
    }
}

/// What turns from one plan to several.
const OF_MORE: [&str; 16] = [
    "depending", "depends", "packages", "plans", "tiers", "all", "every", "each", "between", "from", "other", "others",
    "any", "up", "range", "whichever",
];

/// "Rather than 7", "instead of one".
fn is_other(before: &[Piece]) -> bool {
    matches!(before, [.., rather, than] if rather.is(&["rather"]) && than.is(&["than"]))
        || matches!(before, [.., instead, of] if instead.is(&["instead"]) && of.is(&["of"]))
}
