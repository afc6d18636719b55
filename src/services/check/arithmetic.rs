//! Arithmetic: a price that follows exactly from figures that were said beside it, or from the prices of what
//! it rests on, needs to stand nowhere.

use super::{
    clauses::Read,
    facts::{Fact, Stated},
    reader::Reader,
};

/// How a reply says what it has reckoned.
const SUM: [&str; 7] = ["plus", "total", "altogether", "together", "sum", "means", "so"];
const DIFFERENCE: [&str; 9] = ["more", "less", "cheaper", "dearer", "difference", "save", "saves", "saving", "extra"];
const EACH: [&str; 3] = ["each", "per", "works"];
const TIMES: [&str; 7] = ["would", "total", "altogether", "deducted", "means", "each", "so"];
const SHARE: [&str; 8] = ["down", "would", "save", "saves", "saving", "means", "instead", "so"];

/// Of more figures nobody reckons.
const MOST: usize = 16;

impl Reader<'_> {
    /// "£49 plus £18, so £67": a sum or a difference of two prices, a price for each of some things, as many
    /// times a price as the visitor has told us of, or a price less a share.
    pub(super) fn is_reckoned(&self, stated: &Stated, read: &Read<'_>, cited: &[usize]) -> bool {
        let Fact::Money { currency, .. } = stated.fact else { return false };
        let Some(result) = pence(&stated.fact, currency) else { return false };
        let says = |words: &[&str]| read.pieces.iter().any(|piece| piece.is(words));
        let known = || cited.iter().flat_map(|at| &self.grounds.ground.places[*at].statements);
        let standing = || known().flat_map(|known| &known.facts);
        let said = || self.said.iter().rev().filter(|said| **said != stated.fact).take(MOST);
        // What does not stand itself proves nothing.
        let stands = |fact: &&Fact| standing().any(|known| fact.rests_on(known));
        let prices: Vec<u64> = said().filter(stands).filter_map(|fact| pence(fact, currency)).collect();
        let counts = || said().filter(stands).filter_map(count);
        let theirs = || self.asked_facts.iter().filter_map(|asked| count(&asked.fact));
        let shares = || said().filter(stands).filter_map(share);
        let others = || standing().filter_map(|fact| pence(fact, currency));
        let is_sum = |one: u64| says(&SUM) && prices.iter().any(|other| one + other == result);
        let is_difference = |one: u64| says(&DIFFERENCE) && others().any(|other| one.abs_diff(other) == result);
        let is_of_each = |one: u64| says(&EACH) && counts().any(|count| count > 1 && result * count == one);
        let is_of_all = |one: u64| says(&TIMES) && theirs().any(|count| count > 1 && one * count == result);
        let is_share = |one: u64| {
            says(&SHARE) && shares().any(|share| one * share == result * 100 || one * (100 - share) == result * 100)
        };
        prices
            .iter()
            .any(|one| is_sum(*one) || is_difference(*one) || is_of_each(*one) || is_of_all(*one) || is_share(*one))
    }
}

/// A price in the smallest coin, if it is of this currency.
fn pence(fact: &Fact, of: &str) -> Option<u64> {
    let Fact::Money { amount, currency, .. } = fact else { return None };
    let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
    let part = format!("{part:0<2}");
    let pence = whole.parse::<u64>().ok()?.checked_mul(100)?.checked_add(part.parse().ok()?)?;
    // So that whatever is made of it fits.
    (*currency == of && part.len() == 2 && pence < LARGEST).then_some(pence)
}

/// Of larger prices nobody reckons.
const LARGEST: u64 = 1_000_000_000;

/// Of more things nobody reckons by hand.
const MANY: u64 = 1_000;

fn count(fact: &Fact) -> Option<u64> {
    let (Fact::Count { number, .. } | Fact::Number(number)) = fact else { return None };
    number.parse().ok().filter(|count| *count <= MANY)
}

fn share(fact: &Fact) -> Option<u64> {
    let Fact::Percent(share) = fact else { return None };
    share.parse().ok().filter(|share| *share <= 100)
}
