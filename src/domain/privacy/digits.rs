//! The numbers of a text as people group them: "4242 4242", "030/1234-56", "12.03.2026".

use super::word;

/// More than this between two groups, and they are two numbers.
const WIDEST_GAP: usize = 4;

/// All groups of digits of a text, in order.
pub struct Numbers {
    groups: Vec<Group>,
    values: Vec<u8>,
}

/// Digits with nothing visible between them.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    pub start: usize,
    pub end: usize,
    pub count: usize,
    /// What stands before it, when that joins it to the group before.
    pub gap: Option<Gap>,
    first: usize,
}

/// What separates two groups of one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// `' '`, `'-'`, `'.'`, `'/'`, or a bracket: `')'` when one closes, else `'('`.
    pub mark: char,
    pub is_spaced: bool,
}

impl Gap {
    /// A mark without a space: what it joins is read as one.
    pub fn is_tight(self) -> bool {
        !self.is_spaced && !"()".contains(self.mark)
    }
}

impl Numbers {
    pub fn of(text: &str) -> Self {
        let mut numbers = Self { groups: Vec::new(), values: Vec::new() };
        let mut since = Since::Nothing;
        for (at, c) in text.char_indices() {
            since = match value(c) {
                Some(value) => numbers.take(at..at + c.len_utf8(), value, since),
                None if word::is_zero_width(c) => since,
                None => since.and(c),
            };
        }
        numbers
    }

    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The digits of neighbouring groups.
    pub fn values(&self, groups: &[Group]) -> &[u8] {
        match groups {
            [first, .., last] => &self.values[first.first..last.first + last.count],
            [only] => &self.values[only.first..only.first + only.count],
            [] => &[],
        }
    }

    fn take(&mut self, place: std::ops::Range<usize>, value: u8, since: Since) -> Since {
        let gap = match since {
            Since::Gap(gap, _) => Some(gap),
            Since::Digit | Since::Nothing => None,
        };
        match self.groups.last_mut() {
            Some(group) if matches!(since, Since::Digit) => {
                group.end = place.end;
                group.count += 1;
            }
            _ => {
                let first = self.values.len();
                self.groups.push(Group { start: place.start, end: place.end, count: 1, gap, first });
            }
        }
        self.values.push(value);
        Since::Digit
    }
}

/// What was read since the last digit.
#[derive(Clone, Copy)]
enum Since {
    Nothing,
    Digit,
    Gap(Gap, usize),
}

impl Since {
    fn and(self, c: char) -> Self {
        let Some(mark) = mark(c) else { return Self::Nothing };
        let is_spaced = mark == ' ';
        match self {
            Self::Digit => Self::Gap(Gap { mark, is_spaced }, 1),
            Self::Gap(gap, wide) if wide < WIDEST_GAP => {
                let both = match (gap.mark, mark) {
                    (' ', mark) | (mark, ' ') => mark,
                    (')', _) | (_, ')') => ')',
                    ('(', _) | (_, '(') => '(',
                    _ => return Self::Nothing,
                };
                Self::Gap(Gap { mark: both, is_spaced: gap.is_spaced || is_spaced }, wide + 1)
            }
            Self::Gap(..) | Self::Nothing => Self::Nothing,
        }
    }
}

fn mark(c: char) -> Option<char> {
    Some(match c {
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}' => '-',
        '.' | '·' | '\u{ff0e}' => '.',
        '/' | '\u{ff0f}' => '/',
        '(' | '[' | '（' => '(',
        ')' | ']' | '）' => ')',
        c if word::is_space(c) => ' ',
        _ => return None,
    })
}

/// The digits of a text in ASCII.
pub fn all_in(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter_map(|c| value(c).map(|value| char::from(b'0' + value)))
}

/// What a digit stands for, in the scripts our visitors' keyboards have.
pub fn value(c: char) -> Option<u8> {
    const ZEROS: [u32; 6] = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10];
    let code = u32::from(c);
    if c.is_ascii() {
        return code.checked_sub(0x30).filter(|value| *value < 10).and_then(|value| u8::try_from(value).ok());
    }
    let zero = ZEROS.into_iter().find(|zero| (*zero..zero + 10).contains(&code));
    let mathematical = (0x1d7ce..=0x1d7ff).contains(&code).then(|| (code - 0x1d7ce) % 10);
    zero.map(|zero| code - zero).or(mathematical).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(text: &str) -> Vec<usize> {
        Numbers::of(text).groups().iter().map(|group| group.count).collect()
    }

    #[test]
    fn digits_are_grouped_as_they_are_seen() {
        assert_eq!(counts("4\u{200b}2 42-４２"), [2, 2, 2]);
        assert_eq!(Numbers::of("९८/12").values(Numbers::of("९८/12").groups()), [9, 8, 1, 2]);
    }

    #[test]
    fn a_gap_joins_only_what_is_close() {
        let gaps = |text: &str| Numbers::of(text).groups().iter().filter(|group| group.gap.is_some()).count();

        assert_eq!(gaps("1 2-3 - 4/5 (6) 7"), 6);
        assert_eq!(gaps("1, 2:3\n4     5 .-6"), 0);
    }
}
