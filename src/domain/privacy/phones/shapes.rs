//! How phone numbers are grouped, and how other numbers are.

use crate::domain::privacy::digits::{Gap, Group, Numbers};

/// Ways of grouping that hardly anything but a phone number has.
pub fn is_grouped(digits: &[u8], counts: &[usize], groups: &[Group], is_called: bool, is_alone: bool) -> bool {
    let is_north_american = |digits: &[u8]| digits[0] >= 2 && digits[3] >= 2;
    match (digits[0], counts) {
        (_, [3, 3, 4]) => is_north_american(digits) || digits[0] == 0,
        (1, [1, 3, 3, 4]) => is_north_american(&digits[1..]),
        (0, [2, 2, 2, 2, 2] | [2, 4, 4] | [2, 8]) => digits[1] != 0,
        (0, [1, 5, 5]) => (6..=9).contains(&digits[1]),
        (0, [4, 4]) => is_called,
        (0, [first, rest @ ..]) => {
            digits[1] != 0
                && (3..=6).contains(first)
                && digits.len() <= 12
                && rest.iter().all(|&count| count >= 2)
                && groups.iter().skip(2).all(|group| group.gap.is_some_and(|gap| gap.mark != '/'))
        }
        (6..=9, [3, 2, 2, 2] | [2, 3, 2, 2]) => true,
        (6..=9, [5, 5]) => is_called || groups[1].gap.is_some_and(|gap| gap.mark == ' '),
        (6..=9, [3, 3, 3]) => is_called || is_alone,
        _ => false,
    }
}

/// Mobile numbers written in one piece: France, the United Kingdom, India, Germany.
pub fn is_mobile(digits: &[u8]) -> bool {
    match (digits, digits.len()) {
        ([0, 6 | 7, ..], 10) | ([0, 6..=9, ..], 11) | ([0, 1, 5..=7, ..], 11 | 12) => digits[2] != 0,
        _ => false,
    }
}

/// A country's code and as many digits as its numbers have; a nought in brackets may come along.
pub fn is_of_country(digits: &[u8]) -> bool {
    let (code, national) = match digits {
        [1 | 7, ..] => (1, 10..=10),
        [3, 1 | 3 | 4, ..] | [4, 1 | 8, ..] => (2, 9..=9),
        [3, 2, ..] => (2, 8..=9),
        [4, 4, ..] => (2, 9..=10),
        [4, 5 | 7, ..] => (2, 8..=8),
        [9, 1, ..] => (2, 10..=10),
        [3, 9, ..] | [4, 3 | 9, ..] => (2, 7..=12),
        [4, 6, ..] => (2, 7..=10),
        _ => return false,
    };
    let rest = &digits[code..];
    let fits = |digits: &[u8]| national.contains(&digits.len());
    fits(rest) || rest.strip_prefix(&[0]).is_some_and(fits)
}

/// Day, month and year in any order, whatever follows.
pub fn is_date(numbers: &Numbers, groups: &[Group]) -> bool {
    let [first, second, third, ..] = groups else { return false };
    let is_one = second.gap == third.gap && second.gap.is_some_and(Gap::is_tight);
    let [a, b, c] = [first, second, third].map(|group| {
        numbers.values(std::slice::from_ref(group)).iter().fold(0, |sum: u64, d| sum.saturating_mul(10) + u64::from(*d))
    });
    let is_year = |count: usize, year: u64| count == 4 && (1900..2100).contains(&year);
    is_one && (is_year(third.count, c) && a <= 31 && b <= 31 || is_year(first.count, a) && b <= 12 && c <= 31)
}

/// "1 234 567": an amount.
pub fn is_thousands(groups: &[Group]) -> bool {
    let [first, rest @ ..] = groups else { return false };
    let is_even = rest.windows(2).all(|pair| pair[0].gap == pair[1].gap);
    !rest.is_empty() && first.count <= 3 && is_even && rest.iter().all(|group| group.count == 3)
}
