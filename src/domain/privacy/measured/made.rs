//! Texts made of shapes and sentences, the same at every run.

const SHAPES: &str = include_str!("shapes.txt");
const SENTENCES: &str = include_str!("sentences.txt");

/// What stands in a text, and what is around it.
pub struct Made {
    pub secret: String,
    before: String,
    after: String,
}

impl Made {
    fn within(sentence: &str, secret: String) -> Self {
        let (before, after) = sentence.split_once("{}").expect("a sentence has a place");
        let [before, after] = [before, after].map(|part| part.replace("\\n", "\n"));
        Self { secret, before, after }
    }

    pub fn with(&self, what: &str) -> String {
        [&self.before, what, &self.after].concat()
    }

    pub fn text(&self) -> String {
        self.with(&self.secret)
    }
}

/// Every shape of a kind in every sentence of some groups, `times` over.
pub fn texts(kind: &str, groups: &[&str], times: u64) -> Vec<Made> {
    let sentences: Vec<&str> = groups.iter().flat_map(|group| lines(SENTENCES, group)).collect();
    let (mut dice, mut made) = (Dice(times), Vec::new());
    for shape in lines(SHAPES, kind) {
        for sentence in sentences.iter().cycle().take(sentences.len() * usize::try_from(times).unwrap_or(1)) {
            made.push(Made::within(sentence, dice.fill(shape)));
        }
    }
    made
}

/// The sentences of a group in another file, each with what `dice` makes of one of the shapes.
pub fn filled(file: &str, group: &str, shapes: &[&str]) -> Vec<Made> {
    let mut dice = Dice(7);
    let pairs = lines(file, group).flat_map(|sentence| shapes.iter().map(move |shape| (sentence, shape)));
    pairs.map(|(sentence, shape)| Made::within(sentence, dice.fill(shape))).collect()
}

/// What follows the name of a group in a file.
pub fn lines<'a>(file: &'a str, group: &str) -> impl Iterator<Item = &'a str> {
    file.lines().filter_map(move |line| line.strip_prefix(group)?.strip_prefix('\t'))
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (self.0 >> 33) % end
    }

    fn one_of(&mut self, characters: &str) -> char {
        let count = characters.chars().count();
        let at = usize::try_from(self.below(count as u64)).unwrap_or_default();
        characters.chars().nth(at).expect("within its length")
    }

    fn two_digits(&mut self, range: std::ops::Range<u64>) -> String {
        format!("{:02}", range.start + self.below(range.end - range.start))
    }

    fn fill(&mut self, shape: &str) -> String {
        let mut filled = String::new();
        for c in shape.chars().filter(|c| *c != '~') {
            match c {
                '#' => filled.push(self.one_of("0123456789")),
                'ν' => filled.push(self.one_of("23456789")),
                'α' => filled.push(self.one_of("ABCDEFGHJKLMNPQRSTUVWXYZ")),
                'ω' => filled.push(self.one_of("abcdefghijklmnoprstuvwyz")),
                'ψ' => filled.push(self.one_of("0123456789ABCDEFGHJKLMabcdefghjkm")),
                'χ' => filled.push(self.one_of("0123456789abcdef")),
                'δ' => filled += &self.two_digits(1..29),
                'μ' => filled += &self.two_digits(1..13),
                'η' => filled += &self.two_digits(0..24),
                'σ' => filled += &self.two_digits(0..60),
                'β' => filled += &(2 + self.below(253)).to_string(),
                c => filled.push(c),
            }
        }
        checked(&filled)
    }
}

/// With its check digits filled in.
fn checked(text: &str) -> String {
    let digits: Vec<u32> = text.chars().filter_map(|c| super::super::digits::value(c).map(u32::from)).collect();
    let luhn = digits.iter().rev().enumerate().map(|(at, d)| if at % 2 == 0 { d * 2 / 10 + d * 2 % 10 } else { *d });
    let ean = digits.iter().rev().enumerate().map(|(at, d)| if at % 2 == 0 { d * 3 } else { *d });
    let check = |sum: u32| ((10 - sum % 10) % 10).to_string();
    let text = text.replace('λ', &check(luhn.sum())).replace('ε', &check(ean.sum()));
    if !text.contains("κκ") {
        return text;
    }
    let plain: String = text.replace("κκ", "00").to_uppercase().chars().filter(char::is_ascii_alphanumeric).collect();
    let rest = plain[4..].bytes().chain(plain[..4].bytes()).fold(0, |rest, c| match c {
        b'0'..=b'9' => (rest * 10 + u32::from(c - b'0')) % 97,
        _ => (rest * 100 + u32::from(c - b'A') + 10) % 97,
    });
    text.replace("κκ", &format!("{:02}", 98 - rest))
}
