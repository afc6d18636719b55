//! Passwords that people write beside the word, or into an address.

mod value;

use std::ops::Range;

use super::word;
use value::{Said, secret};

pub fn found_in(text: &str) -> Vec<Range<usize>> {
    let labels = word::all_in(text).filter(|place| is_label(text, place));
    labels.filter_map(|label| beside(text, &label)).chain(in_addresses(text)).collect()
}

/// What is called longer than this is no label.
const LONGEST_NAME: usize = 40;

const NAMES: [&str; 18] = [
    "password", "passwort", "passwd", "kennwort", "passphrase", "passcode", "pwd", "pw", "pass", "mdp", "contraseña",
    "contrasena", "clave", "senha", "wachtwoord", "पासवर्ड", "passwrd", "pasword",
];

/// Also at the end of a variable: `dbPassword`, `DB_PASSWORD`.
const ENDINGS: [&str; 3] = ["password", "passwort", "passwd"];

fn is_label(text: &str, place: &Range<usize>) -> bool {
    let is_placeholder = text[place.end..].starts_with(" removed]");
    if place.len() > LONGEST_NAME || is_placeholder {
        return false;
    }
    let name = text[place.clone()].to_lowercase();
    NAMES.contains(&name.as_str())
        || (name == "passe" && tail(&text[..place.start]).ends_with("mot de "))
        || ENDINGS.iter().any(|end| name.strip_suffix(end).is_some_and(|owner| owner.ends_with(char::is_alphabetic)))
}

/// The last words of a text, lowered.
fn tail(text: &str) -> String {
    text[text.floor_char_boundary(text.len().saturating_sub(24))..].to_lowercase()
}

/// The password that a label stands beside: after it, or before "… is my password".
fn beside(text: &str, label: &Range<usize>) -> Option<Range<usize>> {
    after(text, label).or_else(|| before(text, label))
}

fn after(text: &str, label: &Range<usize>) -> Option<Range<usize>> {
    let rest = &text[label.end..];
    let rest = rest.trim_start_matches(['"', '\'', '*', '`', '”', ']', ')']);
    let (said, at) = connected(text, label, text.len() - rest.len())?;
    secret(text, at, said)
}

/// How a label and what follows are connected, and where that starts.
fn connected(text: &str, label: &Range<usize>, at: usize) -> Option<(Said, usize)> {
    if let Some(end) = sign(text, at) {
        return Some((Said::Labelled { as_setting: text[at..].starts_with('=') }, end));
    }
    let mut words = word::all_in(&text[at..]).map(|place| at + place.start..at + place.end);
    for distance in 0..=MOST_BETWEEN {
        let Some(place) = words.next() else { break };
        let name = text[place.clone()].to_lowercase();
        if EQUALS.contains(&name.as_str()) {
            let is_mine = is_mine(&text[..label.start]) || name == "lautet";
            let said = if distance == 0 && is_mine { Said::Mine } else { Said::Mentioned };
            return match sign(text, place.end) {
                Some(end) => Some((Said::Labelled { as_setting: false }, end)),
                None => Some((said, place.end)),
            };
        }
        if distance == 0 && TO.contains(&name.as_str()) {
            return Some((Said::Mentioned, place.end));
        }
        let is_aside = distance > 0 || FOR.contains(&name.as_str());
        if !is_aside || text[at..place.start].contains(['.', '?', '!', '\n', ',']) {
            break;
        }
    }
    text[at..].starts_with(char::is_whitespace).then_some((Said::Beside, at))
}

/// How many words may tell what a password is for: "my password for the shop is …".
const MOST_BETWEEN: usize = 5;

const EQUALS: [&str; 10] = ["is", "ist", "lautet", "est", "es", "was", "war", "était", "era", "है"];
const TO: [&str; 9] = ["to", "as", "from", "auf", "zu", "à", "a", "en", "con"];
const FOR: [&str; 8] = ["for", "für", "pour", "para", "of", "to", "von", "de"];
const MINE: [&str; 12] =
    ["my", "mein", "meine", "mon", "mi", "our", "unser", "notre", "nuestra", "मेरा", "new", "neues"];

fn is_mine(before: &str) -> bool {
    let before = tail(before);
    let before = before.trim_end().trim_end_matches("mot de").trim_end();
    before.rsplit(|c| !word::is_part(c)).next().is_some_and(|last| MINE.contains(&last))
}

/// Where a colon, an equals sign or an arrow that starts here ends.
pub fn sign(text: &str, at: usize) -> Option<usize> {
    const SIGNS: [&str; 9] = [":=", "=>", "->", "→", "：", ":", "=", "– ", "- "];
    let rest = text[at..].trim_start_matches(word::is_space);
    let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign))?;
    let is_dash = sign.ends_with(' ');
    let is_spaced = rest.len() < text.len() - at;
    (!is_dash || is_spaced).then_some(text.len() - rest.len() + sign.len())
}

/// "hunter2 is my password".
fn before(text: &str, label: &Range<usize>) -> Option<Range<usize>> {
    const SAID: [&str; 7] = ["is my", "was my", "as my", "ist mein", "est mon", "es mi", "is the"];
    let lead = text[..label.start].trim_end_matches(word::is_space);
    let lead = lead.strip_suffix("mot de").unwrap_or(lead).trim_end_matches(word::is_space);
    let said = SAID.iter().find(|said| {
        lead.len()
            .checked_sub(said.len())
            .and_then(|at| lead.get(at..))
            .is_some_and(|end| end.eq_ignore_ascii_case(said))
    })?;
    let lead = &lead[..lead.len() - said.len()];
    let value = lead.trim_end_matches(word::is_space);
    let start = value.char_indices().rev().take(value::LONGEST).take_while(|(_, c)| !c.is_whitespace()).last()?.0;
    (value.len() < lead.len()).then(|| secret(value, start, Said::Beside))?
}

/// The password of `https://user:password@host`.
fn in_addresses(text: &str) -> Vec<Range<usize>> {
    let secret_in = |(at, sign): (usize, &str)| {
        let start = at + sign.len();
        let rest = &text[start..];
        let end = rest.find(|c: char| c.is_whitespace() || "/?#\"'<>".contains(c)).unwrap_or(rest.len());
        let (user, _) = rest[..end].rsplit_once('@')?;
        let (name, secret) = user.split_once(':')?;
        (!secret.is_empty() && !secret.starts_with('[')).then(|| start + name.len() + 1..start + user.len())
    };
    text.match_indices("://").filter_map(secret_in).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::parts, *};

    #[test]
    fn a_password_beside_its_label_is_found() {
        for (text, secret) in [
            ("my password is hunter2 and it fails", "hunter2"),
            ("password: Sommer2024!", "Sommer2024!"),
            ("Passwort ist Geheim#77, bitte", "Geheim#77"),
            ("pwd=qwerty&user=bob", "qwerty"),
            ("{\"dbPassword\": \"correct horse\"}", "correct horse"),
            ("DB_PASSWORD=s3cret;Host=x", "s3cret"),
            ("my password for the shop is Sommer77.", "Sommer77"),
            ("Hopper1906 is my password now", "Hopper1906"),
            ("postgres://admin:s3cr3t@db:5432/app", "s3cr3t"),
            ("my password is sunshine", "sunshine"),
        ] {
            assert_eq!(parts(text, found_in(text)), [secret], "{text}");
        }
    }

    #[test]
    fn talking_about_passwords_is_no_secret() {
        for text in [
            "I forgot my password",
            "my password reset link expired after 30 minutes",
            "where is my password?",
            "the password is wrong",
            "password: how do I change it?",
            "my password is expired",
            "Passwort: vergessen",
            "mein Passwort ist abgelaufen",
            "password: [password removed]",
            "is the password case-sensitive?",
            "does 1Password work?",
        ] {
            assert!(found_in(text).is_empty(), "{text}");
        }
    }
}
