//! Prices: what to tell somebody who asks for nothing but the price.

use std::collections::HashSet;

use super::find::{Found, Searchable};
use super::ladder::{self, Ladder, Rung};
use super::query::Query;
use super::rank::{self, Term};
use super::sections::Section;
use super::synonyms::{Idea, Synonyms};
use super::words;

/// A section with fewer sums is no price list.
const FEWEST_SUMS: usize = 2;
/// One whose own heading says "prices" comes before one that merely names more of them.
const TITLED: usize = 100;

/// Words for a list, as stems.
const LISTS: [&str; 4] = ["list", "rang", "overview", "tabl"];
/// Whoever asks for the price is told the prices.
const SURE_OF_PRICES: f32 = 0.9;

/// Where the prices of a knowledge base stand.
#[derive(Default)]
pub struct Prices {
    /// The ideas that a question for the price is made of.
    ideas: Vec<Idea>,
    /// Sections that name several sums, the most telling first.
    lists: Vec<usize>,
}

impl Prices {
    /// Looks through the sections.
    pub fn build(sections: &[Section], synonyms: &Synonyms) -> Self {
        let ideas: Vec<Idea> = synonyms.find(&words::tokens("price")).iter().map(|found| found.idea).collect();
        let titled = |section: &Section| {
            synonyms.find(&words::all_tokens(&section.title)).iter().any(|found| ideas.contains(&found.idea))
        };
        let mut lists: Vec<(usize, usize)> = Vec::new();
        for (at, section) in sections.iter().enumerate() {
            let sums: HashSet<u64> = ladder::amounts(&section.lines.join("\n")).into_iter().collect();
            if sums.len() >= FEWEST_SUMS {
                lists.push((sums.len() + if titled(section) { TITLED } else { 0 }, at));
            }
        }
        lists.sort_by_key(|&(sums, at)| (usize::MAX - sums, at));
        Self { ideas, lists: lists.into_iter().map(|(_, at)| at).collect() }
    }

    /// Whether a term asks for the price.
    pub fn is_price(&self, term: &Term) -> bool {
        self.ideas.iter().any(|idea| term.ideas.contains(idea))
    }

    /// Whether a question asks for the price and names nothing that has one: "how much is it", "your plans' prices".
    pub fn all_that_is_asked(&self, query: &Query) -> bool {
        let sold = |term: &Term| query.tokens.iter().any(|t| t.stem == term.stem && ladder::is_plan(t));
        let empty = |term: &Term| rank::is_glue(&term.stem) || sold(term) || LISTS.contains(&term.stem.as_str());
        query.terms.iter().any(|t| self.is_price(t)) && query.terms.iter().all(|t| self.is_price(t) || empty(t))
    }

    /// The sections to tell then: one of each ladder, or the fullest list where there is none.
    pub fn told(&self, ladders: &[Ladder]) -> Vec<usize> {
        match ladders {
            [] => self.lists.clone(),
            _ => ladders.iter().map(|ladder| ladder.overview() as usize).collect(),
        }
    }
}

impl Searchable {
    /// Puts the price lists, or the dearest of each, in place of what the words alone have found.
    pub(super) fn tell_prices(&self, found: &mut Found, asked: bool, rung: Option<Rung>, spoken: &[f32]) {
        let is_about = |at: &usize| spoken.get(*at).is_some_and(|&score| score > 0.0);
        let told = match rung {
            None | Some(Rung::All) => self.prices.told(&self.ladders),
            Some(rung) => self.rungs(rung),
        };
        let is_named = rung.is_some_and(|rung| rung != Rung::All);
        if asked && is_named && found.signs.rung > 0.0 {
            found.confidence = found.confidence.max(SURE_OF_PRICES);
        }
        if !asked || told.is_empty() || (0..spoken.len()).any(|at| is_about(&at)) {
            return;
        }
        found.confidence = found.confidence.max(SURE_OF_PRICES);
        found.asks_prices = !is_named;
        let others = found.ranked.iter().filter(|(at, _)| !told.contains(at)).copied().collect::<Vec<_>>();
        let told = told.into_iter().map(|at| (at, 1.0));
        found.ranked = told.chain(others).collect();
    }

    /// Every section of every ladder.
    pub(super) fn priced_sections(&self) -> Vec<&Section> {
        let rungs = self.ladders.iter().flat_map(Ladder::sections);
        rungs.map(|&at| &self.sections[at as usize]).collect()
    }

    /// The sections on one rung of every ladder, dearest or cheapest first.
    fn rungs(&self, rung: Rung) -> Vec<usize> {
        let sections = self.ladders.iter().filter_map(|ladder| ladder.section(rung, &[]));
        let mut sections: Vec<usize> = sections.map(|at| at as usize).collect();
        let price = |at: &usize| ladder::amounts(&self.sections[*at].title).first().copied();
        sections.sort_by_key(price);
        if rung == Rung::Highest {
            sections.reverse();
        }
        sections
    }
}

#[cfg(test)]
mod tests {
    use super::super::sections;
    use super::*;

    #[test]
    fn the_section_with_most_sums_is_the_list() {
        let text = "## Dogs\n\nA vest is €4.\n\n## Late\n\n€8, then €9, then €10.\n\n## Rental prices\n\n- Small €12\n- Big €30\n";
        let prices = Prices::build(&sections::parse("a.md", text), &Synonyms::shipped());
        assert_eq!(prices.told(&[]), [2, 1]);
    }
}
