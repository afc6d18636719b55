//! Keys and tokens by the shapes that services give them.

use std::ops::Range;

use super::word;

/// A shape: how it begins, and how much at least has to follow.
struct Shape(&'static str, usize);

const SHAPES: &[Shape] = &[
    Shape("sk-", 20),
    Shape("sk_live_", 12),
    Shape("sk_test_", 12),
    Shape("rk_live_", 12),
    Shape("rk_test_", 12),
    Shape("whsec_", 16),
    Shape("re_", 20),
    Shape("SG.", 30),
    Shape("xoxa-", 16),
    Shape("xoxb-", 16),
    Shape("xoxp-", 16),
    Shape("xoxr-", 16),
    Shape("xoxs-", 16),
    Shape("xapp-", 16),
    Shape("ghp_", 20),
    Shape("gho_", 20),
    Shape("ghs_", 20),
    Shape("ghu_", 20),
    Shape("ghr_", 20),
    Shape("github_pat_", 20),
    Shape("glpat-", 16),
    Shape("npm_", 30),
    Shape("hf_", 30),
    Shape("gsk_", 30),
    Shape("AKIA", 16),
    Shape("ASIA", 16),
    Shape("AIza", 30),
    Shape("EAA", 24),
    Shape("ya29.", 20),
    Shape("GOCSPX-", 20),
    Shape("shpat_", 20),
];

const PEM_BEGINS: &str = "-----BEGIN ";
const PEM_ENDS: &str = "-----END ";
/// A bot token: the bot's number, a colon, and so much more.
const BOT_TOKEN: usize = 30;
const JSON_WEB_TOKEN: usize = 30;
const MOST_DOTS: usize = 4;

pub fn found_in(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut done, mut before) = (0, b' ');
    for (at, b) in text.bytes().enumerate() {
        if at >= done
            && !is_of_key(before)
            && let Some(end) = key_at(text, at)
        {
            found.push(at..end);
            done = end;
        }
        before = b;
    }
    found.extend(private_keys(text));
    found
}

fn key_at(text: &str, at: usize) -> Option<usize> {
    let bytes = &text.as_bytes()[at..];
    let length = match bytes.first()? {
        b'b' if bytes.starts_with(b"bot") => 3 + bot_token(&bytes[3..])?,
        b'0'..=b'9' => bot_token(bytes)?,
        b'e' if bytes.starts_with(b"eyJ") => json_web_token(bytes)?,
        _ => shaped(bytes)?,
    };
    Some(at + length)
}

fn shaped(bytes: &[u8]) -> Option<usize> {
    let Shape(prefix, least) = SHAPES.iter().find(|Shape(prefix, _)| bytes.starts_with(prefix.as_bytes()))?;
    let has_dots = prefix.ends_with('.');
    let tail = &bytes[prefix.len()..];
    let tail = &tail[..length_of(tail, |b| is_of_key(b) || (has_dots && b == b'.'))];
    let tail = tail.trim_ascii_end();
    (tail.len() >= *least && is_random(tail)).then_some(prefix.len() + tail.len())
}

fn bot_token(bytes: &[u8]) -> Option<usize> {
    let number = length_of(bytes, |b| b.is_ascii_digit());
    let rest = (6..=12).contains(&number).then(|| bytes[number..].strip_prefix(b":"))??;
    let tail = length_of(rest, is_of_key);
    (tail >= BOT_TOKEN && is_random(&rest[..tail])).then_some(number + 1 + tail)
}

/// Three parts when signed, five when encrypted.
fn json_web_token(bytes: &[u8]) -> Option<usize> {
    let mut dots = 0;
    let length = length_of(bytes, |b| {
        dots += usize::from(b == b'.');
        is_of_key(b) || (b == b'.' && dots <= MOST_DOTS)
    });
    let length = bytes[..length].iter().rposition(|b| *b != b'.')? + 1;
    let dots = bytes[..length].split(|b| *b == b'.').count() - 1;
    (length >= JSON_WEB_TOKEN && (2..=MOST_DOTS).contains(&dots)).then_some(length)
}

fn length_of(bytes: &[u8], mut is_part: impl FnMut(u8) -> bool) -> usize {
    bytes.iter().position(|b| !is_part(*b)).unwrap_or(bytes.len())
}

fn is_of_key(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b == b'-'
}

/// Words joined by dashes have no digits, numbers no letters.
fn is_random(tail: &[u8]) -> bool {
    tail.iter().any(u8::is_ascii_digit) && tail.iter().any(u8::is_ascii_alphabetic)
}

/// From BEGIN to END; when the end was not pasted, as far as lines look like base64.
fn private_keys(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut at, last_end) = (0, text.rfind(PEM_ENDS));
    while let Some(start) = text[at..].find(PEM_BEGINS).map(|found| at + found) {
        let title = start + PEM_BEGINS.len();
        let Some(length) = text[title..].find("-----").filter(|length| *length <= 40) else {
            at = title;
            continue;
        };
        let body = title + length + 5;
        at = body;
        if text[title..title + length].ends_with("PRIVATE KEY") {
            at = match last_end {
                Some(last) if last >= body => end_of_block(text, body),
                _ => end_of_base64(text, body),
            };
            found.push(start..at);
        }
    }
    found
}

fn end_of_block(text: &str, body: usize) -> usize {
    let Some(end) = text[body..].find(PEM_ENDS).map(|end| body + end + PEM_ENDS.len()) else { return text.len() };
    let line = text[end..].find(word::is_line_end).map_or(text.len(), |line| end + line);
    text[end..line].find("-----").map_or(line, |dashes| end + dashes + 5)
}

fn end_of_base64(text: &str, body: usize) -> usize {
    let mut end = body;
    for line in text[body..].split_inclusive('\n') {
        let shown = line.trim_end();
        if !shown.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=\\".contains(&b)) {
            break;
        }
        end = if shown.is_empty() { end } else { line.as_ptr() as usize - text.as_ptr() as usize + shown.len() };
    }
    end
}

#[cfg(test)]
mod tests {
    use super::{super::parts, *};

    #[test]
    fn a_private_key_goes_with_its_frame() {
        let key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nAbc+/=\n-----END RSA PRIVATE KEY-----";

        let cut = key.split_once("\n-----END").unwrap().0;
        for (text, key) in [(format!("see {key} ok"), key), (format!("{cut}\nwhy does it fail?"), cut)] {
            assert_eq!(parts(&text, found_in(&text)), [key]);
        }
        assert!(found_in("-----BEGIN PUBLIC KEY-----\nMIIEow\n-----END PUBLIC KEY-----").is_empty());
    }

    #[test]
    fn words_with_dashes_are_no_keys() {
        for text in ["sk-learn-is-a-library-for-machines", "re_read_the_docs_about_it_again", "task-sk-1", "eyJhb"] {
            assert!(found_in(text).is_empty(), "{text}");
        }
    }
}
