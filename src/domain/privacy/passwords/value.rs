//! Whether what stands where a password would be is one.

use std::{ops::Range, sync::LazyLock};

use crate::domain::privacy::word::{self, Stem};

/// No password is looked at beyond this, in characters.
pub const LONGEST: usize = 128;
/// A quoted one may have spaces; more than this is a sentence.
const LONGEST_QUOTED: usize = 64;
/// Shorter ones nobody accepts.
const SHORTEST: usize = 4;
/// What is mentioned in passing may be any word with a digit.
const SHORTEST_MENTIONED: usize = 6;

/// How a password is introduced.
#[derive(Clone, Copy, Debug)]
pub enum Said {
    /// "password: …", or "password=…" in a setting or an address.
    Labelled { as_setting: bool },
    /// "my password is …"
    Mine,
    /// "the password is …", "changed the password to …"
    Mentioned,
    /// "password …"
    Beside,
}

/// The secret that stands at a place, if it is one.
pub fn secret(text: &str, at: usize, said: Said) -> Option<Range<usize>> {
    let rest = text[at..].trim_start_matches(word::is_space);
    let rest = match said {
        Said::Labelled { .. } => rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')).unwrap_or(rest),
        _ => rest,
    };
    let start = text.len() - rest.len();
    if let Some(length) = quoted(rest).filter(|_| !matches!(said, Said::Beside)) {
        return Some(start + length.start..start + length.end);
    }
    let value = token(rest, said);
    let follows = &rest[value.len()..];
    is_secret(value, follows, said).then(|| start..start + value.len())
}

/// What is between two quotes, in bytes of `rest`.
fn quoted(rest: &str) -> Option<Range<usize>> {
    let open = rest.chars().next()?;
    let close = match open {
        '"' | '\'' | '`' => open,
        '“' | '„' => '”',
        '«' => '»',
        _ => return None,
    };
    let start = open.len_utf8();
    let ends = |c: &char| *c == close || (open == '„' && *c == '“');
    let length: usize = rest[start..].chars().take(LONGEST_QUOTED).take_while(|c| !ends(c)).map(char::len_utf8).sum();
    let closed = rest[start + length..].chars().next().is_some_and(|c| ends(&c));
    let inner = rest[start..start + length].trim();
    (closed && !inner.is_empty() && !inner.contains('\n') && !inner.starts_with('[')).then(|| start..start + length)
}

/// Up to the next space, without what ends a sentence.
fn token(rest: &str, said: Said) -> &str {
    let as_setting = matches!(said, Said::Labelled { as_setting: true });
    let ends = |at: usize, c: char| {
        c.is_whitespace() || "<>\"".contains(c) || (as_setting && "&;".contains(c) && is_field(&rest[at + 1..]))
    };
    let end = rest.char_indices().enumerate().find(|(many, (at, c))| *many == LONGEST || ends(*at, *c));
    rest[..end.map_or(rest.len(), |(_, (at, _))| at)]
        .trim_end_matches(['.', ',', ';', ':', '?', ')', ']', '}', '\'', '`', '”', '…', '»'])
}

/// "user=…", after a separator.
fn is_field(rest: &str) -> bool {
    let name = rest.trim_start_matches(' ').trim_start_matches(|c| word::is_part(c) || c == '_');
    rest.is_empty() || name.starts_with('=')
}

fn is_secret(value: &str, follows: &str, said: Said) -> bool {
    let is_link = value.contains("://") || value.starts_with("www.");
    if value.is_empty() || value.starts_with('[') || is_link {
        return false;
    }
    let length = value.chars().count();
    let has_letter = value.chars().any(char::is_alphabetic);
    let has_digit = value.chars().any(char::is_numeric);
    let is_mixed = has_letter && has_digit;
    // Whether it ends the password or the sentence, an exclamation mark tells nothing.
    let inner = value.trim_end_matches('!');
    let has_sign = inner.contains(|c| "!#$%*+=@^~§".contains(c)) && inner.chars().any(word::is_part);
    let is_number = has_digit && value.chars().all(char::is_numeric);
    let is_word = || has_letter && stands_alone(follows) && !is_prose(inner);
    match said {
        Said::Labelled { .. } | Said::Mine if is_mixed || has_sign || is_number => length >= SHORTEST,
        Said::Labelled { .. } | Said::Mine => is_word(),
        Said::Mentioned => length >= SHORTEST_MENTIONED && (is_mixed || has_sign || is_number),
        Said::Beside => {
            let is_small = value.chars().any(char::is_lowercase);
            length >= SHORTEST_MENTIONED && has_digit && (is_small || value.contains('@'))
        }
    }
}

/// Whether a plain word is all there is: nothing follows but another field or the end.
fn stands_alone(follows: &str) -> bool {
    const FIELDS: [&str; 11] = ["and", "und", "et", "y", "user", "username", "login", "email", "है", "&", "but"];
    const LONGEST_FIELD: usize = 10;
    if follows.starts_with(['.', ',', ';', ')', '\'', '"', '`', '”', '!', '&', '<', '>']) {
        return true;
    }
    let rest = follows.trim_start_matches(word::is_space);
    let next: String = rest.chars().take_while(|c| !c.is_whitespace()).take(LONGEST_FIELD).collect();
    next.is_empty() || FIELDS.contains(&next.to_lowercase().as_str())
}

/// What people say of a password, or after its name and a colon, without telling it.
fn is_prose(value: &str) -> bool {
    static PROSE: LazyLock<Vec<Stem>> = LazyLock::new(|| Stem::all_in(include_str!("prose.txt")).collect());
    let value = value.to_lowercase();
    PROSE.iter().any(|stem| stem.is_of(&value)) || value.ends_with("ing") || (value.ends_with("ed") && value.len() > 4)
}
