//! What headings and labels call things: their words, and which of them tell.

use super::{
    facts::{Fact, Stated, facts},
    pieces::{Kind, Piece, pieces},
    words::{singular, telling_key},
};
use crate::services::answer::Section;

/// Words that many headings have beside the name itself.
const GENERIC: [&str; 16] = [
    "with", "for", "plan", "package", "pricing", "price", "service", "tier", "the", "our", "your", "a", "an", "cost",
    "most", "popular",
];

/// A heading of more words says more than what something is called.
const LONGEST_NAME: usize = 3;

/// A label has few words; "We make a proposal within 5 business days: ..." has none.
pub const LONGEST_LABEL: usize = 4;

/// "A double", where there are single kayaks and double kayaks: without what all of them are called.
pub fn shorten(group: &mut [Vec<Vec<String>>]) {
    let shared = |word: &String| group.iter().all(|aliases| aliases.iter().any(|alias| alias.contains(word)));
    let common: Vec<String> = match &*group {
        [first, _, ..] => first.iter().flatten().filter(|word| shared(word)).cloned().collect(),
        _ => return,
    };
    if common.is_empty() {
        return;
    }
    for aliases in group {
        let without = |alias: &Vec<String>| -> Vec<String> {
            alias.iter().filter(|word| !common.contains(word)).cloned().collect()
        };
        let shorter: Vec<Vec<String>> =
            aliases.iter().map(without).filter(|alias| alias.concat().len() > 2 && tells(alias)).collect();
        aliases.extend(shorter.into_iter().filter(|alias| !aliases.contains(alias)).collect::<Vec<_>>());
    }
}

/// What stands before the colon of a line that goes on with a figure or an address.
pub fn label(line: &str) -> Option<String> {
    let line = line.trim_start_matches("- ");
    let (label, rest) = line.split_once(": ")?;
    let is_short = (1..=LONGEST_LABEL).contains(&name_words(label).len());
    // "Loaf, 800 g: £4" is called a loaf.
    let called = label.split_once(", ").map_or(label, |(called, _)| called);
    (is_short && !facts(&pieces(rest)).is_empty()).then(|| called.to_owned())
}

/// "Spring Gold" of "Spring Gold - £34 (One-Time)".
pub fn title_before_price(title: &str) -> Option<&str> {
    let (name, price) = title.split_once(" - ").or_else(|| title.split_once(": "))?;
    (!facts(&pieces(price)).is_empty()).then_some(name)
}

/// Whether a heading names something whose price is one of the first things below it.
pub fn is_priced_below(section: &Section) -> bool {
    /// What it is for may stand before its price.
    const WITHIN: usize = 2;
    /// "- £12 per month, billed monthly": a price and hardly more.
    const SHORT: usize = 9;
    let is_name = (1..=LONGEST_NAME).contains(&name_words(&section.title).len()) && !section.title.ends_with('?');
    // "£12 per month", "from £12"; not "Joining fee: £12".
    let opens = |stated: &Stated| stated.from < 2 && matches!(stated.fact, Fact::Money { .. });
    let is_price = |line: &String| {
        let pieces = pieces(line.trim_start_matches("- "));
        pieces.len() <= SHORT && facts(&pieces).first().is_some_and(opens)
    };
    is_name && title_before_price(&section.title).is_none() && section.lines.iter().take(WITHIN).any(is_price)
}

/// What a heading or label may be called: without its brackets, and by what stands in them.
pub fn aliases(heading: &str, family: &[Vec<String>]) -> Vec<Vec<String>> {
    let (outside, inside) = match heading.split_once('(') {
        Some((before, rest)) => {
            let (inside, after) = rest.split_once(')').unwrap_or((rest, ""));
            (format!("{before} {after}"), Some(inside))
        }
        None => (heading.to_owned(), None),
    };
    let mut aliases: Vec<Vec<String>> =
        [Some(outside.as_str()), inside].into_iter().flatten().map(name_words).collect();
    for alias in &mut aliases {
        for own in family {
            if alias.len() > own.len() && alias.starts_with(own) {
                alias.drain(..own.len());
            }
        }
    }
    aliases.retain(|alias| !alias.is_empty() && alias.len() <= LONGEST_LABEL);
    aliases
}

/// Nothing is called "once".
fn tells(alias: &[String]) -> bool {
    alias.iter().any(|word| telling_key(&Piece::new(Kind::Word, word.as_str(), false)).is_some())
}

pub fn name_words(text: &str) -> Vec<String> {
    let words = pieces(text).into_iter().filter(|piece| piece.kind == Kind::Word).map(|piece| singular(&piece.text));
    words.filter(|word| !GENERIC.contains(&word.as_str())).collect()
}
