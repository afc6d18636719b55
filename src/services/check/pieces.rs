//! A text in words, numbers, links and signs: what facts and names are looked for in.

use std::{borrow::Cow, sync::OnceLock};

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

use super::{
    links::{is_link, link},
    numbers::with_numbers_in_words,
    words,
};

/// One piece of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    pub kind: Kind,
    /// Lower case; a number without separators of thousands, a link without scheme and `www.`.
    pub text: String,
    /// Whether it began with a capital.
    pub capital: bool,
    /// What it tells, once it was asked for: stems are dear, and every rule asks.
    told: OnceLock<words::Told>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Word,
    Number,
    /// A number in words: "twenty-six".
    Spelled,
    /// An e-mail address, a URL, or a path of the site.
    Link,
    Sign,
}

/// A dash between words turns to something else; the hyphen inside one binds it.
pub const DASH: &str = "–";

impl Piece {
    pub fn new(kind: Kind, text: impl Into<String>, capital: bool) -> Self {
        Self { kind, text: text.into(), capital, told: OnceLock::new() }
    }

    /// What it tells as a word.
    pub fn told(&self) -> &words::Told {
        self.told.get_or_init(|| if self.is_word() { words::told(&self.text) } else { words::Told::default() })
    }

    pub fn is(&self, words: &[&str]) -> bool {
        matches!(self.kind, Kind::Word | Kind::Sign) && words.contains(&self.text.as_str())
    }

    pub fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }

    pub fn is_number(&self) -> bool {
        matches!(self.kind, Kind::Number | Kind::Spelled)
    }
}

/// A text, cut into its pieces; digits of any script are digits.
pub fn pieces(text: &str) -> Vec<Piece> {
    let text: String = compatible(text).chars().map(ascii).collect();
    let mut pieces = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if at > 0 {
            pieces.push(Piece::new(Kind::Sign, "\n", false));
        }
        for chunk in line.split_whitespace() {
            let is_dash = matches!(chunk, "-" | "–" | "—");
            if is_dash && pieces.last().is_some_and(Piece::is_word) {
                pieces.push(Piece::new(Kind::Sign, DASH, false));
            } else {
                read_chunk(chunk, &mut pieces);
            }
        }
    }
    with_numbers_in_words(with_spelled_dots(without_hyphen(pieces)))
}

/// Each letter in its usual form, as most texts have it already.
pub fn compatible(text: &str) -> Cow<'_, str> {
    match is_nfkc_quick(text.chars()) {
        IsNormalized::Yes => text.into(),
        IsNormalized::No | IsNormalized::Maybe => text.nfkc().collect::<String>().into(),
    }
}

/// "E-mail" is "email", however it is written.
fn without_hyphen(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut read: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let is_mail = piece.text.starts_with("mail") && piece.is_word();
        match read.as_slice() {
            [.., e, dash] if is_mail && e.is(&["e"]) && dash.is(&["-"]) => {
                let capital = e.capital;
                read.truncate(read.len() - 2);
                read.push(Piece::new(Kind::Word, format!("e{}", piece.text), capital));
            }
            _ => read.push(piece),
        }
    }
    read
}

/// Devanagari, Arabic and Bengali figures, and the full stop of Chinese, which hosts may be written with.
fn ascii(c: char) -> char {
    if c == '。' {
        return '.';
    }
    for zero in ['\u{966}', '\u{660}', '\u{6f0}', '\u{9e6}'] {
        let value = u32::from(c).wrapping_sub(u32::from(zero));
        if let Some(digit) = char::from_digit(value, 10) {
            return digit;
        }
    }
    c
}

/// "acme dot example", "acme(dot)example", "acme[.]example": a link all the same.
fn with_spelled_dots(pieces: Vec<Piece>) -> Vec<Piece> {
    if (0..pieces.len()).all(|at| spelled_dot(&pieces[at..]).is_none()) {
        return pieces;
    }
    let mut read: Vec<Piece> = Vec::with_capacity(pieces.len());
    let mut at = 0;
    while at < pieces.len() {
        let length = spelled_dot(&pieces[at..]);
        let host = read.last().filter(|last| length.is_some() && (last.is_word() || last.kind == Kind::Link));
        if let (Some(host), Some(length)) = (host, length) {
            let link = format!("{}.{}", host.text, pieces[at + length - 1].text);
            read.pop();
            read.push(Piece::new(Kind::Link, link, false));
            at += length;
        } else {
            read.push(pieces[at].clone());
            at += 1;
        }
    }
    read
}

/// How many pieces a dot in words and the word behind it are.
fn spelled_dot(pieces: &[Piece]) -> Option<usize> {
    let is_bracket = |at: usize| pieces.get(at).is_some_and(|piece| piece.is(&["(", "[", "{", ")", "]", "}"]));
    let dot = usize::from(is_bracket(0));
    let is_dot = pieces.get(dot)?.is(&["dot", "."]);
    let behind = dot + 1 + usize::from(is_bracket(dot + 1));
    let is_spelled = is_bracket(0) == is_bracket(dot + 1) && (is_bracket(0) || pieces[dot].is_word());
    (is_dot && is_spelled && pieces.get(behind)?.is_word()).then_some(behind + 1)
}

fn read_chunk(chunk: &str, pieces: &mut Vec<Piece>) {
    let core = chunk.trim_start_matches(['(', '[', '<', '"', '\'', '“', '‘']);
    let core = core.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '>', '"', '\'', '”', '’', '…']);
    let Some((before, after)) = chunk.split_once(core).filter(|_| is_link(core)) else {
        return read_plain(chunk, pieces);
    };
    read_plain(before, pieces);
    pieces.push(Piece::new(Kind::Link, link(core), false));
    read_plain(after, pieces);
}

/// Without their apostrophes these are other words.
const PRONOUNS: [(&str, &str); 4] = [("she'll", "she"), ("she'd", "she"), ("he'll", "he"), ("he'd", "he")];

fn is_short(chunk: &str, short: &str) -> bool {
    chunk.chars().map(|c| if c == '’' { '\'' } else { c.to_ascii_lowercase() }).eq(short.chars())
}

fn read_plain(chunk: &str, pieces: &mut Vec<Piece>) {
    let chunk = PRONOUNS
        .iter()
        .filter(|_| chunk.contains(['\'', '’']))
        .find_map(|(short, whole)| is_short(chunk, short).then_some(*whole))
        .unwrap_or(chunk);
    let chars: Vec<char> = chunk.chars().filter(|c| !matches!(c, '\'' | '’' | '‘')).collect();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        let end = match c {
            _ if c.is_ascii_digit() => number_end(&chars, at),
            _ if is_foreign_figure(c) => chars[at..].iter().take_while(|c| is_foreign_figure(**c)).count() + at,
            _ => word_end(&chars, at),
        };
        if is_foreign_figure(c) {
            pieces.push(Piece::new(Kind::Number, chars[at..end].iter().collect::<String>(), false));
        } else if c.is_ascii_digit() {
            pieces.push(Piece::new(Kind::Number, number(&chars[at..end]), false));
        } else if end > at {
            let word: String = chars[at..end].iter().collect();
            push_word(&word, pieces);
        } else {
            let sign = if matches!(c, '–' | '—' | '−' | '‑') { '-' } else { c };
            pieces.push(Piece::new(Kind::Sign, sign, false));
        }
        at = end.max(at + 1);
    }
}

/// Figures of any other script: what they say is not known, but that they say a number is.
fn is_foreign_figure(c: char) -> bool {
    c.is_numeric() && !c.is_ascii() || "〇一二三四五六七八九十百千万".contains(c)
}

/// "5k" is five thousand, "1st" is one, and "GBP5" five pounds.
fn push_word(word: &str, pieces: &mut Vec<Piece>) {
    let lower = word.to_lowercase();
    let code = lower.trim_end_matches(|c: char| c.is_ascii_digit());
    if code.len() < lower.len() && ["gbp", "usd", "eur", "inr"].contains(&code) {
        pieces.push(Piece::new(Kind::Word, code, true));
        pieces.push(Piece::new(Kind::Number, &lower[code.len()..], false));
        return;
    }
    let last = pieces.last_mut().filter(|last| last.kind == Kind::Number);
    match (last, lower.as_str()) {
        (Some(number), "k") if !number.text.contains('.') => number.text.push_str("000"),
        (Some(_), "st" | "nd" | "rd" | "th") => {}
        _ => pieces.push(Piece::new(Kind::Word, lower, word.starts_with(char::is_uppercase))),
    }
}

/// Vowel signs of Devanagari belong to their word.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || (('\u{900}'..='\u{97f}').contains(&c) && !matches!(c, '।' | '॥'))
}

fn word_end(chars: &[char], from: usize) -> usize {
    chars[from..]
        .iter()
        .position(|c| !is_letter(*c) || is_foreign_figure(*c))
        .map_or(chars.len(), |length| from + length)
}

fn number_end(chars: &[char], from: usize) -> usize {
    let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    let mut at = from;
    while digit(at) || (matches!(chars.get(at), Some('.' | ',')) && digit(at + 1)) {
        at += 1;
    }
    at
}

/// "1,000" is a thousand, "26.00" is 26 and "26,50" is 26.5.
fn number(chars: &[char]) -> String {
    let text: String = chars.iter().collect();
    let points: Vec<&str> = text.split('.').collect();
    // Nobody writes 1.000 for one; where a comma is the point, it is a thousand.
    let pointed = points.len() > 1
        && !text.contains(',')
        && points[0].len() < 4
        && !points[0].starts_with('0')
        && points[1..].iter().all(|group| group.len() == 3)
        && text.ends_with('0');
    let text = if pointed { points.concat() } else { text.clone() };
    let groups: Vec<&str> = text.split(',').collect();
    let thousands =
        groups.len() > 1 && groups[1..].iter().all(|group| group.split('.').next().map(str::len) == Some(3));
    let plain = if thousands { groups.concat() } else { text.replace(',', ".") };
    let trimmed = if plain.contains('.') { plain.trim_end_matches('0').trim_end_matches('.') } else { &plain };
    let bare = trimmed.trim_start_matches('0');
    if bare.is_empty() || bare.starts_with('.') { format!("0{bare}") } else { bare.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        pieces(text).into_iter().map(|piece| piece.text).collect()
    }

    #[test]
    fn numbers_have_one_form() {
        assert_eq!(
            texts("1,000 26.00 26,50 0.5 ２６ २६ 5k 1.000 99.999"),
            ["1000", "26", "26.5", "0.5", "26", "26", "5000", "1000", "99.999"]
        );
        assert_eq!(texts("twenty-six, two hundred and fifty, seven"), ["26", ",", "250", ",", "7"]);
    }

    #[test]
    fn figures_of_any_script_are_numbers() {
        for text in ["£๗๙", "£༧༩", "£❼❾", "七十九 pounds", "GBP79"] {
            assert!(pieces(text).iter().any(Piece::is_number), "{text}: {:?}", texts(text));
        }
        assert_eq!(texts("GBP79"), ["gbp", "79"]);
    }

    #[test]
    fn a_host_in_words_is_a_link() {
        for text in ["evil dot example", "evil(dot)example", "evil[.]example", "evil。example/x", "evil｡example"] {
            assert!(pieces(text).iter().any(|piece| piece.kind == Kind::Link), "{text}: {:?}", texts(text));
        }
        assert_eq!(texts("Tick the dot."), ["tick", "the", "dot", "."]);
    }

    #[test]
    fn links_have_one_form_and_end_before_the_full_stop() {
        assert_eq!(texts("(https://www.Acme.example/terms/)."), ["(", "acme.example/terms", ")", "."]);
        assert_eq!(texts("/refunds, help@acme.example!"), ["/refunds", ",", "help@acme.example", "!"]);
        assert_eq!(texts("e.g. 99.5"), ["e", ".", "g", ".", "99.5"]);
        for hidden in ["Evil.Com", "see:www.evil.example", "EVIL.EXAMPLE", "evil.example|x", "javascript://evil"] {
            assert!(pieces(hidden).iter().any(|piece| piece.kind == Kind::Link), "{hidden}");
        }
        assert!(pieces("It ended.Next one, 9 a.m., Ph.D.").iter().all(|piece| piece.kind != Kind::Link));
    }
}
