//! How a person can be reached.

use std::fmt;

use ring::digest;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::text;

/// RFC 5321's bound on a path, angle brackets taken off.
const LONGEST: usize = 254;
/// RFC 5321's bound on the part before the `@`.
const LONGEST_LOCAL: usize = 64;

/// An e-mail address: kept as typed, the domain lowered.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(format = "email", max_length = 254)]
pub struct Email(String);

impl Email {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two spellings of one address share. Only ASCII is folded, here and in the database: a
    /// Kelvin sign is no k, and whoever owns an address with one owns no other.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// What is stored where an address is only ever compared; all spellings of one share it.
    pub fn hash(&self) -> Vec<u8> {
        digest::digest(&digest::SHA256, self.folded().as_bytes()).as_ref().to_vec()
    }

    /// The addresses in a text somebody wrote, such as "it is ada@example.com, thanks".
    pub fn all_in(text: &str) -> impl Iterator<Item = Self> {
        words(text).filter_map(|(_, word)| Self::in_word(word))
    }

    /// The addresses somebody gives as their own: the message is hardly more than the address, or
    /// says whose it is ("I am …", "my e-mail is …"). One that is only mentioned is somebody else's.
    pub fn given_in(text: &str) -> impl Iterator<Item = Self> {
        let is_short = !text.contains('?') && text.split_whitespace().count() <= SHORT;
        words(text).filter_map(move |(at, word)| Self::in_word(word).filter(|_| is_short || is_owned(&text[..at])))
    }

    fn in_word(word: &str) -> Option<Self> {
        let is_candidate = word.contains('@');
        is_candidate
            .then(|| word.trim_matches(['.', '!', '?', '*', '_']).to_owned())
            .and_then(|word| Self::try_from(word).ok())
    }
}

/// The words of a text with where they begin.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let ends = |c: char| c.is_whitespace() || ",;:<>()[]\"'".contains(c);
    text.split(ends).map(move |word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

/// Whether what stands before an address says that it is the writer's.
fn is_owned(before: &str) -> bool {
    let before = before.to_lowercase().replace('\u{2019}', "'");
    let before = before.trim_end_matches(|c: char| c.is_whitespace() || "<([\"':".contains(c));
    let no_letter = |rest: &str| !rest.chars().next_back().is_some_and(char::is_alphanumeric);
    OWNED.iter().any(|words| before.strip_suffix(words).is_some_and(no_letter))
}

/// A message of so many words that holds an address is the address.
const SHORT: usize = 4;

/// How people introduce their own address.
const OWNED: [&str; 22] = [
    "i am", "i'm", "im", "it is", "it's", "its", "email is", "e-mail is", "mail is", "address is", "mine is",
    "this is", "me at", "me on", "me under", "me by", "me via", "my email", "my e-mail", "my mail", "my address",
    "reply to",
];

impl TryFrom<String> for Email {
    type Error = &'static str;

    fn try_from(typed: String) -> Result<Self, Self::Error> {
        const REFUSED: &str = "must be an e-mail address such as ada@example.com";
        let (local, domain) = typed.rsplit_once('@').ok_or(REFUSED)?;
        if typed.len() > LONGEST || !is_local(local) || !is_domain(domain) {
            return Err(REFUSED);
        }
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
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

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
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

    #[test]
    fn an_address_is_given_when_the_text_says_whose_it_is() {
        let given = |text: &str| Email::given_in(text).map(|email| email.as_str().to_owned()).collect::<Vec<_>>();

        for text in [
            "ada@example.com",
            "ok: ada@example.com, thanks",
            "I want to speak to a human, I am ada@example.com",
            "you can reach me at <ada@example.com> all day long",
            "sorry, not ada@exmple.com, it is ada@example.com",
            "my e-mail: ada@example.com and I need help with my build",
        ] {
            assert_eq!(given(text).last().map(String::as_str), Some("ada@example.com"), "{text}");
        }
        for text in [
            "can workflows e-mail bob@client.example automatically?",
            "I want to speak to somebody about the mails I get from invoices@stripe.example",
            "is bob@client.example allowed as a recipient of reports",
            "bob@client.example?",
        ] {
            assert!(given(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn letters_that_only_look_alike_are_not_folded() {
        let email = |typed: &str| Email::try_from(typed.to_owned()).unwrap().folded();

        assert_ne!(email("\u{212a}it@x.example"), email("kit@x.example"));
        assert_ne!(email("a@\u{212a}ompany.example"), email("a@kompany.example"));
        assert_eq!(email("KIT@X.example"), email("kit@x.example"));
    }
}
