//! Ladders: priced sections under one heading, so that "the cheapest" and "the next one up" mean one.

use super::sections::Section;
use super::words::{self, Token};

/// Sections under the same parent whose headings name a price, cheapest first.
#[derive(Debug, PartialEq)]
pub struct Ladder(Vec<u32>);

/// Which rung a question means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rung {
    /// The cheapest.
    Lowest,
    /// The one in between.
    Middle,
    /// The dearest.
    Highest,
    /// The one above the one we spoke of.
    Above,
    /// The one below it.
    Below,
}

/// Every ladder of a knowledge base.
pub fn ladders(sections: &[Section]) -> Vec<Ladder> {
    let mut groups: Vec<(&Section, Vec<(u64, u32)>)> = Vec::new();
    for (at, section) in (0..).zip(sections) {
        let Some(amount) = amount(&section.title) else {
            continue;
        };
        let is_sibling = |s: &Section| s.source.file == section.source.file && s.parents == section.parents;
        match groups.iter_mut().rev().find(|(first, _)| is_sibling(first)) {
            Some((_, rungs)) => rungs.push((amount, at)),
            None => groups.push((section, vec![(amount, at)])),
        }
    }
    let groups = groups.into_iter().map(|(_, rungs)| rungs).filter(|rungs| rungs.len() > 1);
    groups.map(Ladder::from_rungs).collect()
}

impl Ladder {
    fn from_rungs(mut rungs: Vec<(u64, u32)>) -> Self {
        rungs.sort_unstable();
        Self(rungs.into_iter().map(|(_, section)| section).collect())
    }

    /// The section that stands on a rung, given the one the conversation was about.
    pub fn section(&self, rung: Rung, topic: Option<u32>) -> Option<u32> {
        let here = || self.0.iter().position(|&s| Some(s) == topic);
        let at = match rung {
            Rung::Lowest => 0,
            Rung::Middle => (self.0.len() - 1) / 2,
            Rung::Highest => self.0.len() - 1,
            Rung::Above => here()? + 1,
            Rung::Below => here()?.checked_sub(1)?,
        };
        self.0.get(at).copied()
    }

    /// The sections on it, cheapest first.
    pub fn sections(&self) -> &[u32] {
        &self.0
    }
}

/// The rung that a question names, with the tokens that name it.
pub fn rung(question: &[Token]) -> Option<(Rung, std::ops::Range<usize>)> {
    NAMES.iter().find_map(|&(names, rung, needs_noun)| {
        names.split('|').find_map(|name| {
            let range = position(question, name)?;
            let named = question[range.end..].iter().take(2).any(|t| NOUNS.contains(&t.word.as_str()));
            (!needs_noun || named).then_some((rung, range))
        })
    })
}

/// Phrases that name a rung; the last column says whether "plan" or the like must follow.
const NAMES: [(&str, Rung, bool); 9] = [
    (
        "next one up|next up|next level up|next tier|next plan|next package|next level|one up from|one up|step up|one above|tier above|level above|one after that|bigger one|dearer one|more expensive one|higher one",
        Rung::Above,
        false,
    ),
    (
        "next one down|one down|step down|one below|tier below|level below|cheaper one|smaller one|lower one|less expensive one",
        Rung::Below,
        false,
    ),
    (
        "cheapest|least expensive|lowest price|lowest priced|lowest cost|entry level|entry tier|most affordable|most basic|lowest tier|bottom tier",
        Rung::Lowest,
        false,
    ),
    (
        "most expensive|dearest|priciest|top tier|top of the range|top level|highest tier|highest priced|all singing|top end|high end",
        Rung::Highest,
        false,
    ),
    ("mid tier|middle tier|mid range|middle one|mid level|in the middle", Rung::Middle, false),
    ("next|higher", Rung::Above, true),
    ("smallest|lowest|small|basic|bottom|entry|cheap|littlest|tiniest", Rung::Lowest, true),
    ("biggest|largest|highest|big|top|premium|ultimate|best|large|max|maximum", Rung::Highest, true),
    ("mid|middle|medium", Rung::Middle, true),
];

const NOUNS: [&str; 22] = [
    "plan",
    "plans",
    "package",
    "packages",
    "tier",
    "tiers",
    "option",
    "build",
    "builds",
    "sub",
    "subs",
    "subscription",
    "subscriptions",
    "bundle",
    "edition",
    "version",
    "product",
    "dfy",
    "priced",
    "membership",
    "offer",
    "deal",
];

fn position(question: &[Token], name: &str) -> Option<std::ops::Range<usize>> {
    let name: Vec<&str> = name.split(' ').collect();
    let from = question
        .windows(name.len())
        .position(|window| window.iter().zip(&name).all(|(token, word)| token.word == *word))?;
    Some(from..from + name.len())
}

/// The first amount of money in a heading, in its smallest unit.
fn amount(heading: &str) -> Option<u64> {
    let tokens = words::all_tokens(heading);
    let is_currency = |t: Option<&Token>| t.is_some_and(|t| matches!(t.word.as_str(), "gbp" | "usd" | "eur"));
    (0..tokens.len())
        .filter(|&at| tokens[at].is_number())
        .find(|&at| is_currency(tokens.get(at + 1)) || at.checked_sub(1).is_some_and(|b| is_currency(tokens.get(b))))
        .and_then(|at| in_smallest_unit(&tokens[at].word))
}

fn in_smallest_unit(number: &str) -> Option<u64> {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let part: String = part.chars().chain("00".chars()).take(2).collect();
    whole.parse::<u64>().ok()?.checked_mul(100)?.checked_add(part.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::super::sections;
    use super::*;

    const PRICES: &str = "## Plans\n### Pro - £20.50\nx\n### Mini - £5\nx\n### Max - £1,000\nx\n## Other\nx";

    fn named(question: &str) -> Option<Rung> {
        rung(&words::tokens(question)).map(|(rung, _)| rung)
    }

    #[test]
    fn rungs_are_sorted_by_price() {
        let sections = sections::parse("p.md", PRICES);
        assert_eq!(ladders(&sections), [Ladder(vec![1, 0, 2])]);
    }

    #[test]
    fn the_next_one_up_is_above_the_topic() {
        let ladder = Ladder(vec![1, 0, 2]);
        assert_eq!(ladder.section(Rung::Above, Some(1)), Some(0));
        assert_eq!(ladder.section(Rung::Above, Some(2)), None);
        assert_eq!(ladder.section(Rung::Middle, None), Some(0));
    }

    #[test]
    fn small_names_a_rung_only_before_a_plan() {
        assert_eq!(named("what's in the small package"), Some(Rung::Lowest));
        assert_eq!(named("is it for a small team"), None);
        assert_eq!(named("and the next one up?"), Some(Rung::Above));
    }

    #[test]
    fn a_heading_without_a_currency_has_no_price() {
        assert_eq!(amount("Top 10 questions"), None);
        assert_eq!(amount("Basic - 9.99 €"), Some(999));
    }
}
