//! How a person can be reached.

use std::fmt;

use serde::Deserialize;

use super::text;

/// RFC 5321's bound on a path, angle brackets taken off.
const LONGEST: usize = 254;
/// RFC 5321's bound on the part before the `@`.
const LONGEST_LOCAL: usize = 64;

/// An e-mail address: kept as typed, the domain lowered.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Email(String);

impl Email {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two spellings of one address share.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }

    /// The addresses in a text somebody wrote, such as "it is ada@example.com, thanks".
    pub fn all_in(text: &str) -> impl Iterator<Item = Self> {
        text.split(|c: char| c.is_whitespace() || ",;:<>()[]\"'".contains(c))
            .filter(|word| word.contains('@'))
            .filter_map(|word| Self::try_from(word.trim_matches(['.', '!', '?', '*', '_']).to_owned()).ok())
    }
}

impl TryFrom<String> for Email {
    type Error = &'static str;

    fn try_from(typed: String) -> Result<Self, Self::Error> {
        const REFUSED: &str = "must be an e-mail address such as ada@example.com";
        let (local, domain) = typed.rsplit_once('@').ok_or(REFUSED)?;
        if typed.len() > LONGEST || !is_local(local) || !is_domain(domain) {
            return Err(REFUSED);
        }
        Ok(Self(format!("{local}@{}", domain.to_lowercase())))
    }
}

fn is_local(local: &str) -> bool {
    (1..=LONGEST_LOCAL).contains(&local.len())
        && local.chars().all(|c| !text::is_invisible(c) && !"@<>()[]:;,\\\"".contains(c))
}

fn is_domain(domain: &str) -> bool {
    domain.contains('.') && domain.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.chars().count())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(|c| c.is_alphanumeric() || c == '-' || (!c.is_ascii() && !text::is_invisible(c)))
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email(typed: &str) -> Option<Email> {
        Email::try_from(typed.to_owned()).ok()
    }

    #[test]
    fn an_address_is_kept_as_typed_with_its_domain_lowered() {
        assert_eq!(email("Ada+desk@Example.COM").unwrap().as_str(), "Ada+desk@example.com");
        assert_eq!(email("Ada@Example.com").unwrap().folded(), "ada@example.com");
        assert!(email("josé@müller.example").is_some());
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@example.com", "a".repeat(250));
        for typed in [
            "",
            "a",
            "a@b",
            "a@localhost",
            "@b.co",
            "a@.co",
            "a@b..co",
            "a b@c.de",
            "a@b.co ",
            "<a@b.co>",
            "\"a b\"@b.co",
            "a@b.co\r\nBcc: x@y.zz",
            "a\n@b.co",
            "a@b@c.de",
            "a@-b.co",
            long.as_str(),
        ] {
            assert!(email(typed).is_none(), "{typed:?}");
        }
    }

    #[test]
    fn addresses_are_found_in_a_sentence() {
        let found = |text: &str| Email::all_in(text).map(|email| email.as_str().to_owned()).collect::<Vec<_>>();

        assert_eq!(found("sure: it's <Ada@Example.com>, not bob@example.com."), ["Ada@example.com", "bob@example.com"]);
        assert_eq!(found("ada@example.com!"), ["ada@example.com"]);
        assert!(found("meet me @ noon").is_empty());
    }
}
