//! Ladders: priced sections under one heading, so that "the cheapest" and "the next one up" mean one.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use super::sections::Section;
use super::words::{self, Token};

/// Sections under the same parent whose headings name a price, cheapest first.
#[derive(Debug, PartialEq)]
pub struct Ladder {
    rungs: Vec<u32>,
    /// Another section that names the prices of several rungs.
    overview: Option<u32>,
}

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
    /// All of them together.
    All,
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
    let amounts: Vec<Vec<u64>> = sections.iter().map(|s| amounts(&s.lines.join("\n"))).collect();
    groups.map(|priced| Ladder::from_rungs(priced, &amounts)).collect()
}

impl Ladder {
    fn from_rungs(mut priced: Vec<(u64, u32)>, amounts: &[Vec<u64>]) -> Self {
        priced.sort_unstable();
        let amounts_of_rungs: Vec<u64> = priced.iter().map(|(price, _)| *price).collect();
        let rungs: Vec<u32> = priced.into_iter().map(|(_, section)| section).collect();
        let named = |amounts: &Vec<u64>| amounts_of_rungs.iter().filter(|price| amounts.contains(price)).count();
        let others = (0..).zip(amounts).filter(|(at, _)| !rungs.contains(at));
        let best = others.map(|(at, amounts)| (named(amounts), at)).max_by_key(|(count, at)| (*count, u32::MAX - at));
        let overview = best.filter(|(count, _)| *count > 1).map(|(_, at)| at);
        Self { rungs, overview }
    }

    /// The section that stands on a rung; `spoken` says how much the conversation was about each.
    pub fn section(&self, rung: Rung, spoken: &[f32]) -> Option<u32> {
        let at = match rung {
            Rung::Lowest => 0,
            Rung::Middle => (self.rungs.len() - 1) / 2,
            Rung::Highest => self.rungs.len() - 1,
            Rung::Above => self.topic(spoken)? + 1,
            Rung::Below => self.topic(spoken)?.checked_sub(1)?,
            Rung::All => return self.overview,
        };
        self.rungs.get(at).copied()
    }

    /// The rung the conversation was about.
    fn topic(&self, spoken: &[f32]) -> Option<usize> {
        let about = |rung: &u32| spoken.get(*rung as usize).copied().unwrap_or(0.0);
        let best = (0..self.rungs.len()).max_by(|&a, &b| about(&self.rungs[a]).total_cmp(&about(&self.rungs[b])))?;
        (about(&self.rungs[best]) > 0.0).then_some(best)
    }

    /// The section that names several of its prices, else the cheapest of its own.
    pub fn overview(&self) -> u32 {
        self.overview.unwrap_or(self.rungs[0])
    }

    /// The sections on it, cheapest first.
    pub fn sections(&self) -> &[u32] {
        &self.rungs
    }
}

/// The rung that a question names, with the tokens that name it.
pub fn rung(question: &[Token]) -> Option<(Rung, Range<usize>)> {
    NAMES.iter().find_map(|name| {
        let range = position(question, &name.words)?;
        let follows = &question[range.end..question.len().min(range.end + PLAN_WITHIN)];
        let before = &question[range.start.saturating_sub(1)..range.start];
        let plan = || follows.iter().chain(before).any(is_plan);
        (!name.before_plan || plan()).then_some((name.rung, range))
    })
}

/// Whether the word stands for whatever is sold.
pub fn is_plan(token: &Token) -> bool {
    PLANS.contains(token.word.as_str())
}

/// The words that name a rung, so that none is taken for a misspelling.
pub fn words() -> impl Iterator<Item = String> {
    NAMES.iter().flat_map(|name| name.words.iter().cloned())
}

/// "The small package", "the next higher tier": so far may the plan stand from its size.
const PLAN_WITHIN: usize = 2;

/// A phrase that names a rung, some only with "plan" or the like after it.
struct Name {
    words: Vec<String>,
    rung: Rung,
    before_plan: bool,
}

/// Phrases in the order they are tried.
static NAMES: LazyLock<Vec<Name>> = LazyLock::new(|| {
    let lines = include_str!("ladder/names.txt").lines().filter_map(|line| line.split_once(" = "));
    lines.flat_map(|(rung, phrases)| phrases.split(',').filter_map(move |p| Name::parse(rung, p))).collect()
});

static PLANS: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("ladder/plans.txt").split_whitespace().collect());

impl Name {
    fn parse(rung: &str, phrase: &str) -> Option<Self> {
        let (name, guard) = rung.split_once(' ').unwrap_or((rung, ""));
        let rung = match name {
            "above" => Rung::Above,
            "below" => Rung::Below,
            "lowest" => Rung::Lowest,
            "highest" => Rung::Highest,
            "middle" => Rung::Middle,
            "all" => Rung::All,
            _ => return None,
        };
        let words = phrase.split_whitespace().map(str::to_owned).collect();
        Some(Self { words, rung, before_plan: !guard.is_empty() })
    }
}

fn position(question: &[Token], name: &[String]) -> Option<Range<usize>> {
    let same = |window: &[Token]| window.iter().zip(name).all(|(token, word)| token.word == *word);
    let from = question.windows(name.len()).position(same)?;
    Some(from..from + name.len())
}

/// Whether a heading names a price.
pub fn is_priced(heading: &str) -> bool {
    amount(heading).is_some()
}

/// Whether a text names a sum of money.
pub fn has_amount(text: &str) -> bool {
    !amounts(text).is_empty()
}

/// The first amount of money in a heading, in its smallest unit.
fn amount(heading: &str) -> Option<u64> {
    amounts(heading).into_iter().next()
}

/// Every number beside a currency.
pub fn amounts(text: &str) -> Vec<u64> {
    let tokens = words::all_tokens(text);
    let is_currency = |at: usize| tokens.get(at).is_some_and(Token::is_currency);
    (0..tokens.len())
        .filter(|&at| tokens[at].is_number())
        .filter(|&at| is_currency(at + 1) || at.checked_sub(1).is_some_and(is_currency))
        .filter_map(|at| in_smallest_unit(&tokens[at].word))
        .collect()
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

    const PRICES: &str = "## Plans\n### Pro - €20.50\nx\n### Mini - €5\nx\n### Max - €1,000\nx\n## Other\nx";

    fn ladder() -> Ladder {
        Ladder { rungs: vec![1, 0, 2], overview: None }
    }

    #[test]
    fn a_section_naming_several_prices_is_the_overview() {
        let sections = sections::parse("p.md", &format!("{PRICES}\n## All\n- Mini €5\n- Pro €20.50\n"));
        assert_eq!(ladders(&sections)[0].overview, Some(4));
    }

    fn named(question: &str) -> Option<Rung> {
        rung(&words::tokens(question)).map(|(rung, _)| rung)
    }

    #[test]
    fn rungs_are_sorted_by_price() {
        let sections = sections::parse("p.md", PRICES);
        assert_eq!(ladders(&sections), [ladder()]);
    }

    #[test]
    fn the_next_one_up_is_above_the_topic() {
        assert_eq!(ladder().section(Rung::Above, &[0.0, 1.0, 0.0]), Some(0));
        assert_eq!(ladder().section(Rung::Above, &[0.0, 0.0, 1.0]), None);
        assert_eq!(ladder().section(Rung::Middle, &[]), Some(0));
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
