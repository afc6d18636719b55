//! What counts as a character of a word, a space or nothing at all.

use std::ops::Range;

use crate::domain::text;

/// Letters, digits, and the marks that Devanagari writes within words.
pub fn is_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{963}')
}

/// A space that does not end the line.
pub fn is_space(c: char) -> bool {
    c.is_whitespace() && !is_line_end(c)
}

pub fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Characters between two others that nobody sees.
pub fn is_zero_width(c: char) -> bool {
    !c.is_ascii() && !c.is_whitespace() && text::is_invisible(c)
}

/// The words of a text; an underscore ends one.
pub fn all_in(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, c) = rest.find(|(_, c)| is_part(*c))?;
        let mut end = start + c.len_utf8();
        while let Some((at, c)) = rest.next_if(|(_, c)| is_part(*c)) {
            end = at + c.len_utf8();
        }
        Some(start..end)
    })
}

/// The last visible character before a place in a text, with where it stands.
pub fn before(text: &str, at: usize) -> Option<(usize, char)> {
    text[..at].char_indices().rev().find(|(_, c)| !is_zero_width(*c))
}

/// The first visible character from a place on.
pub fn after(text: &str, at: usize) -> Option<char> {
    text[at..].chars().find(|c| !is_zero_width(*c))
}

/// How a word begins, or the whole word, in lower case.
pub struct Stem {
    start: &'static str,
    is_whole: bool,
}

impl Stem {
    /// Those of a list; a `_` at the end makes one a whole word.
    pub fn all_in(list: &'static str) -> impl Iterator<Item = Self> {
        list.split_whitespace().map(|stem| {
            let whole = stem.strip_suffix('_');
            Self { start: whole.unwrap_or(stem), is_whole: whole.is_some() }
        })
    }

    pub fn is_of(&self, word: &str) -> bool {
        word.starts_with(self.start) && (!self.is_whole || word.len() == self.start.len())
    }
}
