//! Payment cards: a known issuer's prefix, its length, and Luhn's check digit.

use std::ops::{Range, RangeInclusive};

use super::{
    digits::{Group, Numbers},
    naming::{self, Thing},
    word,
};

const SHORTEST: usize = 13;
const LONGEST: usize = 19;
/// Visa has long stopped giving out 13 digits, and one article number in ten looks like one: it
/// takes a word that says card.
const DOUBTFUL: usize = 13;
/// How many other words may stand between that word and the number.
const STRANGERS: usize = 4;

pub fn found_in(text: &str, numbers: &Numbers) -> Vec<Range<usize>> {
    let groups = numbers.groups();
    let (mut found, mut at, mut free) = (Vec::new(), 0, 0);
    while at < groups.len() {
        match longest(text, numbers, at, free) {
            Some(length) => {
                found.push(groups[at].start..groups[at + length - 1].end);
                at += length;
                free = at;
            }
            None => at += 1,
        }
    }
    found
}

/// How many groups from `at` on are a card; those before `free` are taken.
fn longest(text: &str, numbers: &Numbers, at: usize, free: usize) -> Option<usize> {
    let groups = numbers.groups();
    let before = (at > free).then(|| groups[at - 1]);
    let is_first = groups[at].gap.is_none() || before.is_none();
    let may_start = match groups[at].count {
        4 | 8 | SHORTEST..=LONGEST => may_start(&groups[at], before),
        count => is_first && count < SHORTEST,
    };
    if !may_start {
        return None;
    }
    let (mut total, mut found) = (0, None);
    for (length, group) in (1..).zip(&groups[at..]) {
        total += group.count;
        if total > LONGEST || (length > 1 && !group.gap.is_some_and(|gap| " -.".contains(gap.mark))) {
            break;
        }
        let card = &groups[at..at + length];
        let next = groups.get(at + length);
        if total >= SHORTEST
            && is_grouped_like_one(card, is_first)
            && is_card(numbers.values(card))
            && may_end(next)
            && is_no_other(text, card, next)
        {
            found = Some(length);
        }
    }
    found
}

/// Not the digits after a decimal point, nor the middle of a longer number in fours.
fn may_start(first: &Group, before: Option<Group>) -> bool {
    let (Some(before), Some(gap)) = (before, first.gap) else { return true };
    let is_row = before.count == 4 && first.count == 4;
    gap.mark == '/' || !(gap.is_tight() || is_row)
}

/// Not the digits before a decimal point.
fn may_end(next: Option<&Group>) -> bool {
    !next.and_then(|next| next.gap).is_some_and(|gap| gap.is_tight() && gap.mark == '.')
}

/// As printed on cards, or in one piece; else as somebody's own way to group a number that stands alone.
fn is_grouped_like_one(card: &[Group], is_first: bool) -> bool {
    let mut counts = [0; LONGEST];
    counts.iter_mut().zip(card).for_each(|(count, group)| *count = group.count);
    match &counts[..card.len().min(LONGEST)] {
        [_] | [4, 6, 4 | 5] | [8, 8] => true,
        [4, 4, 4, rest @ ..] if rest.iter().all(|&count| count <= 4) => true,
        [first, rest @ ..] => {
            let is_thousands = *first <= 3 && rest.iter().all(|&count| count == 3);
            let is_even = card[1..].windows(2).all(|pair| pair[0].gap == pair[1].gap);
            is_first && is_even && !is_thousands
        }
        [] => false,
    }
}

/// Whether nothing around says that this is a number of another kind.
fn is_no_other(text: &str, card: &[Group], next: Option<&Group>) -> bool {
    let [first, rest @ ..] = card else { return false };
    let digits: usize = card.iter().map(|group| group.count).sum();
    if digits == DOUBTFUL {
        return naming::nearest(text, first.start, STRANGERS) == Some(Thing::Card);
    }
    let goes_on = next.is_some_and(|next| next.gap.is_some() && next.count == 4);
    let is_glued = text[..first.start].ends_with(word::is_part);
    if !(rest.is_empty() || goes_on || is_glued) {
        return true;
    }
    match naming::nearest(text, first.start, 0) {
        Some(Thing::Card) => true,
        Some(Thing::Number) => false,
        _ => !naming::is_part_of_name(text, first.start),
    }
}

fn is_card(digits: &[u8]) -> bool {
    lengths(digits).iter().any(|lengths| lengths.contains(&digits.len())) && luhn(digits)
}

/// The lengths of the issuers that own this prefix.
fn lengths(digits: &[u8]) -> &'static [RangeInclusive<usize>] {
    let prefix = digits[..4].iter().fold(0, |prefix: u16, digit| prefix * 10 + u16::from(*digit));
    match prefix {
        // Visa
        4000..=4999 => &[13..=13, 16..=16, 19..=19],
        // Mir, Mastercard, Troy, RuPay
        2200..=2204 | 2221..=2720 | 5100..=5599 | 9792 | 5080..=5089 | 6000..=6010 | 6012..=6099 | 8200..=8299 => {
            &[16..=16]
        }
        // American Express
        3400..=3499 | 3700..=3799 => &[15..=15],
        // Diners Club
        3000..=3059 | 3095 | 3600..=3699 | 3800..=3999 => &[14..=14, 16..=16],
        // JCB, Discover, UnionPay
        3528..=3589 | 6011 | 6440..=6599 | 6200..=6299 | 8100..=8171 => &[16..=19],
        // Maestro
        5018 | 5020 | 5038 | 5893 | 6304 | 6759 | 6761..=6763 => &[13..=13, 15..=16, 18..=19],
        _ => &[],
    }
}

fn luhn(digits: &[u8]) -> bool {
    let doubled = |digit: u8| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum: u32 =
        digits.iter().rev().enumerate().map(|(at, &d)| u32::from(if at % 2 == 1 { doubled(d) } else { d })).sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_found(text: &str) -> bool {
        !found_in(text, &Numbers::of(text)).is_empty()
    }

    #[test]
    fn a_card_is_found_however_it_is_spaced() {
        for text in [
            "4242424242424242",
            "4242 4242 4242 4242 12 27 123",
            "4242\u{a0}4242\u{2007}4242 4242",
            "4\u{200b}2\u{2060}4\u{ad}2424242424242",
            "４２４２－４２４２－４２４２－４２４２",
            "42 42 42 42 42 42 42 42",
            "4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2",
            "cc4242424242424242",
            "4242424242424242exp 04/27",
            "number=4242424242424242",
            "visa card: 4222222222222",
        ] {
            assert!(is_found(text), "{text:?}");
        }
    }

    #[test]
    fn what_only_resembles_a_card_stays() {
        for text in [
            "4242 4242 4242 4241",
            "1234 5678 9012 3452",
            "ean 4222222222222",
            "order 4242424242424242",
            "INV-4242424242424242",
            "0.4242424242424242",
            "4242424242424242.00",
            "4 242 424 242 424 242",
            "9400 4242 4242 4242 4242 00",
            "424242424242424242424242",
        ] {
            assert!(!is_found(text), "{text:?}");
        }
    }
}
