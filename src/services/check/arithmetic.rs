//! Arithmetic: a figure that follows exactly from figures that were said, or from the prices of what it rests
//! on, needs to stand nowhere.

use super::{
    clauses::Read,
    facts::{Fact, Stated},
    pieces::Piece,
    reader::Reader,
};

/// How a reply says what it has reckoned.
const SUM: [&str; 12] =
    ["plus", "+", "total", "subtotal", "altogether", "together", "sum", "means", "so", "come", "comes", "brings"];
const DIFFERENCE: [&str; 9] = ["more", "less", "cheaper", "dearer", "difference", "save", "saves", "saving", "extra"];
const EACH: [&str; 3] = ["each", "per", "works"];
const TIMES: [&str; 13] =
    ["would", "total", "altogether", "deducted", "means", "each", "so", "come", "comes", "adds", "over", "×", "x"];
const SHARE: [&str; 14] = [
    "down", "would", "save", "saves", "saving", "means", "instead", "so", "becomes", "off", "youd", "pay", "comes",
    "which",
];
const TAX: [&str; 4] = ["vat", "tax", "gst", "mwst"];
const YEAR: [&str; 8] = ["year", "years", "yearly", "annual", "annually", "annum", "months", "jahr"];

const REST: [&str; 6] = ["remaining", "left", "rest", "other", "others", "more"];

const MONTHS_OF_YEAR: u64 = 12;

/// Of more figures nobody reckons.
const MOST: usize = 16;

/// What there is to reckon with at one figure of a sentence.
struct Operands {
    /// In the smallest coin: those that were said and are true.
    prices: Vec<u64>,
    /// All that stand in what the sentence rests on, and in what sentences before it do.
    standing: Vec<u64>,
    earlier: Vec<u64>,
    /// Said in the sentence, or told by the visitor.
    counts: Vec<u64>,
    shares: Vec<u64>,
}

impl Reader<'_> {
    /// "£49 plus £18, so £67": what follows from figures that were said beside it.
    pub(super) fn is_reckoned(&self, stated: &Stated, read: &Read<'_>, cited: &[usize]) -> bool {
        match &stated.fact {
            _ if read.facts.len() > MOST => false,
            Fact::Money { .. } => self.is_price_reckoned(stated, read, cited),
            // "Twelve months come to £348."
            Fact::Time { months: true, amount, .. } => {
                let is_year = amount.parse() == Ok(MONTHS_OF_YEAR);
                is_year && read.facts.iter().any(|other| self.is_of_a_year(other, read, cited))
            }
            Fact::Count { number, .. } | Fact::Number(number) => {
                number.parse().is_ok_and(|count| self.is_count_reckoned(count, stated, read, cited))
            }
            _ => false,
        }
    }

    /// A sum or a difference of prices, a price for each of some things, as many times a price as was
    /// said, or a price less a share.
    fn is_price_reckoned(&self, stated: &Stated, read: &Read<'_>, cited: &[usize]) -> bool {
        let Fact::Money { currency, .. } = stated.fact else { return false };
        let Some(result) = pence(&stated.fact, currency) else { return false };
        let says = |words: &[&str]| read.pieces.iter().any(|piece| piece.is(words) || words.contains(&&*piece.text));
        let with = self.operands(stated, read, cited, currency);
        let is_sum = |one: u64| {
            let with_others = |other: &u64| with.counts.iter().any(|count| *count > 1 && one + other * count == result);
            says(&SUM) && with.prices.iter().any(|other| one + other == result || with_others(other))
        };
        let is_taxed = |one: u64| says(&TAX) && with.shares.iter().any(|share| one * (100 + share) == result * 100);
        let is_difference = |one: u64| {
            says(&DIFFERENCE) && with.standing.iter().chain(&with.prices).any(|other| one.abs_diff(*other) == result)
        };
        // To the penny.
        let is_of_each = |one: u64| {
            says(&EACH) && with.counts.iter().any(|count| *count > 1 && (result * count).abs_diff(one) * 2 <= *count)
        };
        let is_of_all = |one: u64| says(&TIMES) && with.counts.iter().any(|count| *count > 1 && one * count == result);
        let is_share = |one: u64| says(&SHARE) && with.shares.iter().any(|share| is_share_of(result, one, *share));
        let is_of_year = |one: u64| {
            let year = one * MONTHS_OF_YEAR;
            says(&YEAR) && (year == result || with.shares.iter().any(|share| is_share_of(result, year, *share)))
        };
        let from_said = with.prices.iter().any(|one| {
            is_sum(*one)
                || is_difference(*one)
                || is_of_each(*one)
                || is_of_all(*one)
                || is_share(*one)
                || is_of_year(*one)
                || is_taxed(*one)
        });
        // "Three packages would cost £297", where one costs £99.
        let from_standing = || {
            let known = || with.standing.iter().chain(&with.earlier);
            let is_told = |count: &u64| *count > 1 && known().any(|one| one * count == result);
            let is_part = |share: &u64| known().any(|one| one * share == result * 100);
            says(&TIMES) && with.counts.iter().any(is_told) || says(&SHARE) && with.shares.iter().any(is_part)
        };
        from_said || from_standing() || self.is_spent_by_them(stated, read, cited)
    }

    /// "10 % of your £2,000 order": what the visitor spends is theirs to tell, where it is no price of ours.
    fn is_spent_by_them(&self, stated: &Stated, read: &Read<'_>, cited: &[usize]) -> bool {
        let is_order =
            |piece: &Piece| piece.is(&["order", "orders", "purchase", "basket", "budget", "invoice", "spend"]);
        let is_theirs = |at: usize| {
            matches!(&read.pieces[..at], [.., your] if your.is(&["your"]))
                || matches!(&read.pieces[..at], [.., on, a] if on.is(&["on"]) && a.is(&["a", "an"]))
        };
        let is_spent = |stated: &Stated| {
            is_theirs(stated.from)
                && read.pieces.get(stated.to).is_some_and(is_order)
                && self.asked_facts.iter().any(|asked| stated.fact.rests_on(&asked.fact))
        };
        let is_share_of_it = |spent: &Stated| {
            let Fact::Money { currency, .. } = stated.fact else { return false };
            let shares = self.operands(stated, read, cited, currency).shares;
            let (result, whole) = (pence(&stated.fact, currency), pence(&spent.fact, currency));
            result
                .zip(whole)
                .is_some_and(|(result, whole)| shares.iter().any(|share| is_share_of(result, whole, *share)))
        };
        is_spent(stated) || read.facts.iter().any(|spent| is_spent(spent) && is_share_of_it(spent))
    }

    fn is_of_a_year(&self, stated: &Stated, read: &Read<'_>, cited: &[usize]) -> bool {
        let Fact::Money { currency, .. } = stated.fact else { return false };
        let with = self.operands(stated, read, cited, currency);
        let result = pence(&stated.fact, currency);
        with.prices.iter().any(|one| Some(one * MONTHS_OF_YEAR) == result)
    }

    /// "7 workflows and 3 workflows, so 10 workflows", "ten times as many".
    fn is_count_reckoned(&self, result: u64, stated: &Stated, read: &Read<'_>, cited: &[usize]) -> bool {
        let says = |words: &[&str]| read.pieces.iter().any(|piece| piece.is(words));
        if result > MANY {
            return false;
        }
        let said = self.said.iter().rev().filter(|said| **said != stated.fact).take(MOST);
        let true_ones: Vec<&Fact> = said.filter(|said| self.is_true(said, cited)).collect();
        // "For the remaining 200", of 350 of which 150 are included.
        let theirs = || self.asked_facts.iter().filter_map(|asked| count(&asked.fact));
        let is_rest =
            |said: &Fact| theirs().any(|asked| count(said).and_then(|said| said.checked_add(result)) == Some(asked));
        if says(&REST) && self.said.iter().rev().take(MOST).any(|said| self.is_true(said, cited) && is_rest(said)) {
            return true;
        }
        // "Two extra users at £4 each add £8."
        let is_factor = |product: &Stated| {
            let Fact::Money { currency, .. } = product.fact else { return false };
            let with = self.operands(product, read, cited, currency);
            let all = pence(&product.fact, currency);
            result > 1 && with.prices.iter().chain(&with.standing).any(|one| Some(one * result) == all)
        };
        if read.facts.iter().any(is_factor) {
            return true;
        }
        let is_times = read.pieces.get(stated.to).is_some_and(|next| next.is(&["times"]));
        true_ones.iter().enumerate().any(|(at, one)| {
            true_ones[at + 1..].iter().any(|other| {
                let (Some(a), Some(b)) = (amount(one), amount(other)) else { return false };
                let is_ratio = is_times && one.is_like(other) && (a == b * result || b == a * result);
                let is_sum = says(&SUM) && one.is_like(&stated.fact) && other.is_like(&stated.fact) && a + b == result;
                is_ratio || is_sum
            })
        })
    }

    fn operands(&self, stated: &Stated, read: &Read<'_>, cited: &[usize], currency: &str) -> Operands {
        let said: Vec<&Fact> = self.said.iter().rev().filter(|said| **said != stated.fact).take(MOST).collect();
        // What does not stand itself proves nothing.
        let true_ones = || said.iter().copied().filter(|said| self.is_true(said, cited));
        let places = &self.grounds.ground.places;
        let priced = |sections: &[usize]| -> Vec<u64> {
            let known = sections.iter().flat_map(|at| &places[*at].statements).flat_map(|known| &known.facts);
            known.filter_map(|fact| pence(fact, currency)).collect()
        };
        let written = read.facts.iter().filter_map(|said| count(&said.fact));
        let spelled = read.pieces.iter().filter(|piece| piece.is_number()).filter_map(|piece| piece.text.parse().ok());
        let theirs = self.asked_facts.iter().filter_map(|asked| count(&asked.fact));
        Operands {
            prices: true_ones().filter_map(|fact| pence(fact, currency)).collect(),
            standing: priced(cited),
            earlier: priced(&self.cited_before),
            counts: true_ones()
                .filter_map(count)
                .chain(written)
                .chain(spelled)
                .chain(theirs)
                .filter(|n| *n <= MANY)
                .collect(),
            shares: true_ones().filter_map(share).collect(),
        }
    }

    /// Whether a figure that was said stands in what the sentence rests on, or was found true before.
    fn is_true(&self, said: &Fact, cited: &[usize]) -> bool {
        let mut known =
            cited.iter().chain(&self.cited_before).flat_map(|at| &self.grounds.ground.places[*at].statements);
        known.any(|known| known.facts.iter().any(|fact| said.rests_on(fact))) || self.proven.contains(said)
    }
}

/// Whether it is so many hundredths of a price, or what they leave of it.
fn is_share_of(result: u64, whole: u64, share: u64) -> bool {
    whole * share == result * 100 || whole * (100 - share) == result * 100
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
    number.parse().ok()
}

/// A count or a price, as it is compared with its like.
fn amount(fact: &Fact) -> Option<u64> {
    match fact {
        Fact::Money { currency, .. } => pence(fact, currency),
        _ => count(fact).filter(|count| *count < LARGEST),
    }
}

fn share(fact: &Fact) -> Option<u64> {
    let Fact::Percent(share) = fact else { return None };
    share.parse().ok().filter(|share| *share <= 100)
}
