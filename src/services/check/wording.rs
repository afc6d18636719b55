//! Wording: statements without a figure, held against the words of the sections they rest on.

use std::{collections::HashMap, ops::Range};

use super::{
    clauses::{Read, groups, join, names_of, speaks_of_all, speaks_of_both},
    denials::is_without,
    facts::Stated,
    names::Name,
    polarity::stretches,
    reader::Reader,
    statements::Statement,
    words::{self, Word},
};
use crate::domain::text;

/// What of a sentence is named as unsupported, in characters.
const LONGEST_NAMED: usize = 80;

/// A word of more sections than this tells none of them apart.
const COMMON: usize = 40;

/// A word of so few sections is telling by itself.
const RARE: usize = 2;

impl Reader<'_> {
    /// A sentence that rests on a section speaks of what the section speaks of, and does not deny it.
    pub(super) fn wrong_wording(&self, read: &Read<'_>, cited: &[usize]) -> Option<String> {
        let held_against = if cited.is_empty() { &self.shown } else { cited };
        let is_wrong = self.is_of_another_section(read, cited) || self.is_denied(read, held_against);
        is_wrong.then(|| text::cut(&join(read.pieces), LONGEST_NAMED))
    }

    /// None of its known words stand in what it cites, or another section has far more of them.
    fn is_of_another_section(&self, read: &Read<'_>, cited: &[usize]) -> bool {
        if cited.is_empty() {
            return false;
        }
        let ground = self.grounds.ground;
        let is_price = |at: usize| read.facts.iter().any(|stated| (stated.from..stated.to).contains(&at));
        let keys = words::keys(read.pieces.iter().enumerate().filter(|(at, _)| !is_price(*at)).map(|(_, piece)| piece));
        let mut known = ground.known(&keys);
        known.sort_unstable();
        known.dedup();
        let stands = |word: &Word| {
            cited.iter().any(|at| {
                let place = &ground.places[*at];
                place.words.contains(word) || place.asked_as.contains(word)
            })
        };
        let named = read
            .mentions
            .iter()
            .filter(|mention| cited.iter().any(|at| ground.places[*at].names.contains(&mention.name)));
        let standing = known.iter().filter(|word| stands(word)).count() + named.count();
        if standing * 2 > known.len() {
            return false;
        }
        let has_fact = |stated: &Stated| self.stands_in(&stated.fact, cited);
        let is_told = |stated: &Stated| has_fact(stated) || self.is_reckoned(stated, read, cited);
        // What it reckons from what stands it says in words of its own.
        let reckons = || read.facts.iter().any(|stated| !has_fact(stated) && is_told(stated));
        if reckons() && read.facts.iter().all(is_told) {
            return false;
        }
        if standing == 0 && known.len() < 2 && read.facts.iter().any(is_told) {
            return false;
        }
        if standing == 0 {
            let is_subject = known.iter().any(|word| ground.is_subject(*word));
            let is_rare = known.iter().any(|word| ground.lexicon.sections(*word).len() <= RARE);
            return (known.len() > 1 || is_subject || is_rare) && known.len() * 2 >= keys.len();
        }
        let mut elsewhere: HashMap<usize, usize> = HashMap::new();
        for word in known.iter().filter(|word| ground.lexicon.sections(**word).len() <= COMMON) {
            for at in ground.lexicon.sections(*word) {
                *elsewhere.entry(*at).or_default() += 1;
            }
        }
        let most = elsewhere.into_values().max().unwrap_or_default();
        most >= standing + 2
    }

    /// "Gold has a helipad", where only its neighbour has one.
    pub(super) fn foreign_wording(&self, read: &Read<'_>, clause: &Range<usize>, goes_on: bool) -> Option<String> {
        let ground = self.grounds.ground;
        let mut own = read.own(clause);
        // A plan is what is spoken of, and the label beside it what is said of it.
        if own.iter().any(|mention| ground.names.is_heading(mention.name)) {
            own.retain(|mention| ground.names.is_heading(mention.name));
        } else if goes_on && self.spoken_of().iter().any(|name| ground.names.is_heading(*name)) {
            own.clear();
        }
        let groups = groups(&own, &ground.names);
        let of_all = own.is_empty() && speaks_of_all(&read.pieces[clause.clone()], &ground.names);
        let of_both = own.is_empty() && self.both.len() == 2 && speaks_of_both(&read.pieces[clause.clone()]);
        let names: Vec<Name> = match groups.as_slice() {
            [] if of_both => self.both.clone(),
            [] if of_all => Vec::new(),
            [] if goes_on => self.spoken_of().to_vec(),
            [one] => names_of(one),
            _ => return None,
        };
        let denies =
            stretches(&read.pieces[clause.clone()]).iter().any(|stretch| stretch.denies || stretch.is_condition);
        if names.is_empty() && !of_all || denies {
            return None;
        }
        let keys = self.keys_beside_names(read, clause, None);
        let mut words = ground.known(&keys);
        words.sort_unstable();
        words.dedup();
        let is_foreign = if of_both {
            names.iter().any(|name| self.belongs_to_neighbour(&[*name], &words, keys.len()))
        } else {
            self.belongs_to_neighbour(&names, &words, keys.len())
        };
        is_foreign.then(|| text::cut(&join(&read.pieces[clause.clone()]), LONGEST_NAMED))
    }

    fn belongs_to_neighbour(&self, names: &[Name], words: &[Word], telling: usize) -> bool {
        let ground = self.grounds.ground;
        let rare = |word: &&Word| ground.lexicon.sections(**word).len() <= COMMON;
        let mut sections: Vec<usize> =
            words.iter().filter(rare).flat_map(|word| ground.lexicon.sections(*word).iter().copied()).collect();
        sections.sort_unstable();
        sections.dedup();
        let statements = || sections.iter().flat_map(|at| &ground.places[*at].statements);
        let is_neighbour = |known: &Statement| match names {
            // Said of every plan, it is wrong where it stands of one.
            [] => known.names.iter().any(|name| ground.names.has_siblings(*name)),
            _ => ground.names.are_beside(names, &known.names),
        };
        let of_all = |known: &&Statement| known.names.iter().all(|name| names.contains(name));
        let is_own = |known: &&Statement| known.names.iter().any(|name| names.contains(name)) && !is_neighbour(known);
        let own: Vec<&Statement> = statements().filter(is_own).collect();
        let is_foreign = |word: &Word| !own.iter().any(|known| known.has(*word));
        let general = statements().filter(of_all).chain(own.iter().copied()).map(|known| known.shares(words)).max();
        let general = general.unwrap_or_default();
        statements().filter(|known| is_neighbour(known)).any(|known| {
            let shared = known.shares(words);
            let foreign = words.iter().filter(|word| known.has(**word) && is_foreign(word)).count();
            foreign > 0 && shared > general && shared * 2 >= telling
        })
    }

    /// The telling words beside the names of plans; plain ones only where `cited` has them, or anybody does.
    pub(super) fn keys_beside_names(
        &self,
        read: &Read<'_>,
        range: &Range<usize>,
        cited: Option<&[usize]>,
    ) -> Vec<String> {
        let places = &self.grounds.ground.places;
        let stands = |word| cited.is_none_or(|cited| cited.iter().any(|at| places[*at].words.contains(&word)));
        let headings = || read.mentions.iter().filter(|mention| self.grounds.ground.names.is_heading(mention.name));
        let is_name = |at: &usize| headings().any(|mention| (mention.from..mention.to).contains(at));
        let said = range.clone().filter(|at| !is_name(at) && !is_without(read.pieces, *at));
        let mut keys = words::keys(said.map(|at| &read.pieces[at]));
        // Plain words that do not stand say how, not what.
        keys.retain(|key| !words::is_plain(key) || self.grounds.ground.lexicon.find(key).is_some_and(&stands));
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}
