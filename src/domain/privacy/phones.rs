//! Phone numbers: international ones by their `+`, national ones by how they are grouped.

mod shapes;

use std::ops::Range;

use super::{
    digits::{Gap, Group, Numbers},
    money,
    naming::{self, Thing},
    word,
};

/// ITU's bound on a number with its country.
const LONGEST: usize = 15;
const SHORTEST: usize = 8;
/// A whole number in so many groups at most.
const MOST_GROUPS: usize = 10;
/// How many other words may stand between "call me" and the number.
const STRANGERS: usize = 3;

pub fn found_in(text: &str, numbers: &Numbers) -> Vec<Range<usize>> {
    let groups = numbers.groups();
    let (mut found, mut at, mut free) = (Vec::new(), 0, 0);
    while at < groups.len() {
        let candidate = Candidate::at(text, numbers, at, free);
        match candidate.and_then(|candidate| candidate.longest().map(|length| candidate.place(length))) {
            Some(place) => {
                at += groups[at..].iter().take_while(|group| group.end <= place.end).count();
                free = at;
                found.push(place);
            }
            None => at += 1,
        }
    }
    found
}

/// A place where a number could begin.
struct Candidate<'a> {
    text: &'a str,
    numbers: &'a Numbers,
    groups: &'a [Group],
    lead: Lead,
    /// Where it begins, with its plus or bracket.
    start: usize,
    named: Option<Thing>,
    is_called: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lead {
    Plus,
    Bracket,
    Nothing,
}

impl<'a> Candidate<'a> {
    fn at(text: &'a str, numbers: &'a Numbers, at: usize, free: usize) -> Option<Self> {
        let all = numbers.groups();
        let first = &all[at];
        // The middle of something, a date or a row of fours.
        if at > free && first.gap.is_some_and(|gap| gap.is_tight() || all[at - 1].count == first.count) {
            return None;
        }
        let groups = joined(&all[at..]);
        let (lead, start) = lead(text, first, groups.get(1).and_then(|next| next.gap))?;
        let digits: usize = groups.iter().map(|group| group.count).sum();
        if lead != Lead::Plus && (digits < SHORTEST || first.count > LONGEST) {
            return None;
        }
        let nearest = |strangers| naming::nearest(text, start, strangers).filter(|_| lead != Lead::Plus);
        let named = nearest(0);
        let is_called = named == Some(Thing::Phone) || nearest(STRANGERS) == Some(Thing::Phone);
        if lead != Lead::Plus && named != Some(Thing::Phone) && naming::is_part_of_name(text, start) {
            return None;
        }
        Some(Self { text, numbers, groups, lead, start, named, is_called })
    }

    fn place(&self, length: usize) -> Range<usize> {
        self.start..self.groups[length - 1].end
    }

    /// How many groups are the number.
    fn longest(&self) -> Option<usize> {
        let fits = |is_number: fn(&Self, &[Group]) -> bool| {
            (1..=self.groups.len()).rev().find(|&length| {
                let groups = &self.groups[..length];
                is_number(self, groups) && self.is_whole(length)
            })
        };
        match self.lead {
            Lead::Plus => fits(Self::is_of_country).or_else(|| fits(Self::is_international)),
            _ => fits(Self::is_national),
        }
    }

    /// Whether it ends here, and is no amount.
    fn is_whole(&self, length: usize) -> bool {
        let goes_on = self.groups.get(length).and_then(|next| next.gap).is_some_and(Gap::is_tight);
        let rest = &self.text[self.groups[length - 1].end..];
        let is_glued = rest.starts_with(|c| word::is_part(c) || c == '_') && !rest.starts_with(['x', 'X']);
        !goes_on && !is_glued && !money::is_amount(self.text, &self.place(length))
    }

    fn is_of_country(&self, groups: &[Group]) -> bool {
        let digits = self.numbers.values(groups);
        shapes::is_of_country(digits) && !trails(groups)
    }

    fn is_international(&self, groups: &[Group]) -> bool {
        let digits = self.numbers.values(groups);
        (SHORTEST..=LONGEST).contains(&digits.len())
            && digits[0] != 0
            && !(shapes::is_thousands(groups) && digits.ends_with(&[0; 3]))
            && !trails(groups)
    }

    fn is_national(&self, groups: &[Group]) -> bool {
        let digits = self.numbers.values(groups);
        let counts: Vec<usize> = groups.iter().map(|group| group.count).collect();
        let is_other = matches!(self.named, Some(Thing::Number | Thing::Card));
        let is_long_enough = (SHORTEST..=LONGEST).contains(&digits.len());
        if is_other || !is_long_enough || trails(groups) || shapes::is_date(self.numbers, groups) {
            return false;
        }
        if let [0, 0, abroad @ ..] = digits {
            return shapes::is_of_country(abroad);
        }
        let is_bracketed = self.lead == Lead::Bracket && (2..=6).contains(&counts[0]) && digits.len() <= 12;
        let is_alone = || self.text.trim().len() == groups[groups.len() - 1].end - self.start;
        is_bracketed
            || (counts.len() == 1 && shapes::is_mobile(digits))
            || (counts.len() > 1 && shapes::is_grouped(digits, &counts, groups, self.is_called, is_alone()))
            || (self.is_called && digits.len() <= 13 && !shapes::is_thousands(groups))
    }
}

/// The groups of one number, as many as it may have.
fn joined(groups: &[Group]) -> &[Group] {
    let mut digits = 0;
    let is_joined = |(at, group): &(usize, &Group)| {
        digits += group.count;
        *at == 0 || (group.gap.is_some() && *at < MOST_GROUPS && digits <= LONGEST + 2)
    };
    let length = groups.iter().enumerate().take_while(is_joined).count();
    &groups[..length]
}

/// What stands before the first digit, with where it starts; `None` after another number's sign.
fn lead(text: &str, first: &Group, next: Option<Gap>) -> Option<(Lead, usize)> {
    let mut start = first.start;
    let mut bracket = None;
    while let Some((at, c)) = word::before(text, start) {
        match c {
            '(' | '（' if bracket.is_none() => bracket = Some(at),
            '+' | '＋' => {
                let is_sum = word::before(text, at).is_some_and(|(_, c)| c.is_numeric());
                let opened =
                    word::before(text, at).filter(|(_, c)| *c == '(' && next.is_some_and(|gap| gap.mark == ')'));
                return (!is_sum).then_some((Lead::Plus, opened.map_or(at, |(at, _)| at)));
            }
            c if word::is_space(c) && first.start - at <= 4 => {}
            _ => break,
        }
        start = at;
    }
    let is_closed = next.is_some_and(|gap| gap.mark == ')');
    Some(bracket.filter(|_| is_closed).map_or((Lead::Nothing, first.start), |at| (Lead::Bracket, at)))
}

/// A last small number after a long one is something else: "030 1234567 12 o'clock".
fn trails(groups: &[Group]) -> bool {
    match groups {
        [.., before, last] => last.count <= 2 && before.count >= 5 && last.gap.is_some_and(|gap| gap.mark == ' '),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::parts, *};

    fn found(text: &str) -> Vec<&str> {
        parts(text, found_in(text, &Numbers::of(text)))
    }

    #[test]
    fn a_number_is_found_whole() {
        for number in [
            "+49 (0)30 12345-678", "(+44) 20 7946 0958", "+1-415-555-2671", "0049 170 1234567", "(0161) 496 0000",
            "07700 900123", "0170/1234567", "01 42 68 53 00", "91 123 45 67", "98765 43210", "1-800-555-0199",
            "07700900123",
        ] {
            assert_eq!(found(&format!("hi, {number} or mail")), [number]);
        }
        assert_eq!(found("call me: 030 1234567 10 to 12"), ["030 1234567"]);
        assert_eq!(found("my number is 4155552671"), ["4155552671"]);
        assert_eq!(found("https://wa.me/491701234567"), ["491701234567"]);
        assert_eq!(found("06 12 34 56 78 07 98 76 54 32"), ["06 12 34 56 78", "07 98 76 54 32"]);
    }

    #[test]
    fn other_numbers_stay() {
        for text in [
            "order 415-555-2671", "01.02.2026 10 am", "2026-11-03 10:00", "+10 000 000 requests", "612 345 678 €",
            "1 234 567,89", "65000-75000", "0800-1600", "id_4155552671", "3.14159265", "12345678",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }
}
