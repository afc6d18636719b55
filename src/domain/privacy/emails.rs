//! E-mail addresses, also those spelled out so that no robot reads them.

use std::ops::Range;

use super::word;

/// RFC 5321's bound on the part before the `@`, in characters.
const LONGEST_LOCAL: usize = 64;
/// RFC 1035's bound on a name, in characters.
const LONGEST_DOMAIN: usize = 253;

const AT: [&str; 6] = ["@", "＠", "(at)", "[at]", "{at}", "<at>"];
const DOT: [&str; 6] = [".", "．", "(dot)", "[dot]", "{dot}", "<dot>"];

pub fn found_in(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| "@＠([{<".contains(*c)) {
        let Some(sign) = AT.iter().find(|sign| starts_with(&text[at..], sign)) else { continue };
        let is_spelled = c != '@' && c != '＠';
        let before = if is_spelled { text[..at].trim_end_matches(' ') } else { &text[..at] };
        let done = found.last().map_or(0, |last| last.end);
        let (Some(start), Some(end)) = (local(before), domain(text, at + sign.len(), is_spelled)) else { continue };
        if start >= done && !is_login(&text[..start]) {
            found.push(start..end);
        }
    }
    found
}

/// What stands before the password of `https://user:password@host`.
fn is_login(before: &str) -> bool {
    let near = &before[before.floor_char_boundary(before.len().saturating_sub(LONGEST_LOCAL))..];
    let start = near.rfind(char::is_whitespace).unwrap_or_default();
    near.ends_with(':') && near[start..].contains("://")
}

/// Where the part before the `@` begins.
fn local(before: &str) -> Option<usize> {
    let is_part = |c: char| word::is_part(c) || word::is_zero_width(c) || "._%+-'’!#$&*=?^`|~".contains(c);
    let start = before
        .char_indices()
        .rev()
        .take(LONGEST_LOCAL)
        .take_while(|(_, c)| is_part(*c))
        .last()
        .map(|(start, _)| start)?;
    let opened = before[start..].find(|c| word::is_part(c) || c == '_')?;
    Some(start + opened)
}

/// Where the domain that starts here ends: two labels or more, the last one of letters.
fn domain(text: &str, start: usize, is_spelled: bool) -> Option<usize> {
    let skip =
        |at: usize| if is_spelled { at + text[at..].len() - text[at..].trim_start_matches(' ').len() } else { at };
    let (mut end, mut found) = (skip(start), None);
    for labels in 1.. {
        let label = label(&text[end..])?;
        end += label.len();
        let is_top = label.chars().count() >= 2 && label.chars().any(char::is_alphabetic);
        if labels > 1 && is_top {
            found = Some(end);
        }
        let next = skip(end);
        let dot = DOT.iter().find(|dot| starts_with(&text[next..], dot));
        match dot {
            Some(dot) if next + dot.len() - start <= LONGEST_DOMAIN && (dot.len() > DOT[1].len() || next == end) => {
                end = if next == end { next + dot.len() } else { skip(next + dot.len()) };
            }
            _ => break,
        }
        if !text[end..].starts_with(word::is_part) {
            break;
        }
    }
    found
}

fn label(text: &str) -> Option<&str> {
    let end = text
        .char_indices()
        .find(|(_, c)| !(word::is_part(*c) || word::is_zero_width(*c) || *c == '-'))
        .map_or(text.len(), |(at, _)| at);
    let label = text[..end].trim_end_matches('-');
    (!label.is_empty() && !label.starts_with('-') && label.len() <= LONGEST_DOMAIN).then_some(label)
}

fn starts_with(text: &str, sign: &str) -> bool {
    text.get(..sign.len()).is_some_and(|start| start.eq_ignore_ascii_case(sign))
}

#[cfg(test)]
mod tests {
    use super::{super::parts, *};

    #[test]
    fn an_address_is_found_in_its_sentence() {
        for (text, address) in [
            ("it's ada@example.com.", "ada@example.com"),
            ("<ADA+desk@sub.example.co.uk>", "ADA+desk@sub.example.co.uk"),
            ("josé@müller.example,", "josé@müller.example"),
            ("ada＠example.com", "ada＠example.com"),
            ("it is ada (at) example (dot) com, ok", "ada (at) example (dot) com"),
            ("ada[AT]example.com", "ada[AT]example.com"),
        ] {
            assert_eq!(parts(text, found_in(text)), [address], "{text}");
        }
    }

    #[test]
    fn not_every_at_is_an_address() {
        for text in ["meet @ noon.", "@ada thanks", "a@localhost", "@scope/pkg@1.2.3", "look (at) this. ok", "@", "a@"]
        {
            assert!(found_in(text).is_empty(), "{text}");
        }
    }
}
