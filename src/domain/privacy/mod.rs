//! What people paste and should not have: secrets and private data are found in a text and masked.

mod cards;
mod codes;
mod digits;
mod emails;
mod ibans;
mod ips;
mod keys;
mod money;
mod naming;
mod passwords;
mod phones;
mod word;

#[cfg(test)]
mod measured;

use std::{borrow::Cow, ops::Range};

use digits::Numbers;

/// The text without payment cards, IBANs, keys and passwords. Each gives way to a few fixed words
/// that name what was there; everything else stays byte for byte.
pub fn secrets_masked(text: &str) -> Cow<'_, str> {
    masked(text, secrets_in(text, &Numbers::of(text)))
}

/// As [`secrets_masked`], and without e-mail addresses, phone numbers and IP addresses that are not
/// the company's own. `is_own` is asked with an e-mail address in lower case, a phone number as its
/// digits after a `+` if it has one, and an IP address as written.
pub fn private_masked(text: &str, is_own: impl Fn(&str) -> bool) -> Cow<'_, str> {
    let numbers = Numbers::of(text);
    let mut found = secrets_in(text, &numbers);
    found.extend(contacts_in(text, &numbers).filter(|contact| !is_own(&contact.plain(text))));
    masked(text, found)
}

/// The e-mail addresses, phone numbers and IP addresses of a text, as [`private_masked`] asks for
/// them.
pub fn contacts(text: &str) -> Vec<String> {
    contacts_in(text, &Numbers::of(text)).map(|contact| contact.plain(text)).collect()
}

/// What was found; where two overlap, the first of these gives the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Key,
    Password,
    Code,
    Iban,
    Card,
    Email,
    Ip,
    Phone,
}

impl Kind {
    /// What a reader sees in its place. None of these holds anything that would be masked again.
    fn placeholder(self) -> &'static str {
        match self {
            Self::Key => "[key removed]",
            Self::Password => "[password removed]",
            Self::Code => "[security code removed]",
            Self::Iban => "[IBAN removed]",
            Self::Card => "[card number removed]",
            Self::Email => "[e-mail address removed]",
            Self::Ip => "[IP address removed]",
            Self::Phone => "[phone number removed]",
        }
    }

    /// One spelling for the same thing written differently.
    fn plain(self, written: &str) -> String {
        match self {
            Self::Email => written.to_lowercase(),
            Self::Phone => {
                let plus = written.contains(['+', '＋']).then_some('+');
                plus.into_iter().chain(digits::all_in(written)).collect()
            }
            _ => written.to_owned(),
        }
    }
}

struct Found {
    place: Range<usize>,
    kind: Kind,
}

impl Found {
    fn plain(&self, text: &str) -> String {
        self.kind.plain(&text[self.place.clone()])
    }
}

fn all(kind: Kind, places: Vec<Range<usize>>) -> impl Iterator<Item = Found> {
    places.into_iter().map(move |place| Found { place, kind })
}

fn secrets_in(text: &str, numbers: &Numbers) -> Vec<Found> {
    all(Kind::Key, keys::found_in(text))
        .chain(all(Kind::Password, passwords::found_in(text)))
        .chain(all(Kind::Code, codes::found_in(text)))
        .chain(all(Kind::Iban, ibans::found_in(text)))
        .chain(all(Kind::Card, cards::found_in(text, numbers)))
        .collect()
}

fn contacts_in(text: &str, numbers: &Numbers) -> impl Iterator<Item = Found> {
    all(Kind::Email, emails::found_in(text))
        .chain(all(Kind::Ip, ips::found_in(text)))
        .chain(all(Kind::Phone, phones::found_in(text, numbers)))
}

fn masked(text: &str, mut found: Vec<Found>) -> Cow<'_, str> {
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    found.sort_by_key(|found| found.place.start);
    let (mut kept, mut done) = (String::with_capacity(text.len()), 0);
    for Found { place, kind } in joined(found) {
        kept.push_str(&text[done..place.start]);
        kept.push_str(kind.placeholder());
        done = place.end;
    }
    kept.push_str(&text[done..]);
    Cow::Owned(kept)
}

/// Those that overlap as one, so that no part of either is left.
fn joined(found: Vec<Found>) -> Vec<Found> {
    let mut joined: Vec<Found> = Vec::with_capacity(found.len());
    for next in found {
        match joined.last_mut() {
            Some(last) if next.place.start < last.place.end => {
                last.place.end = last.place.end.max(next.place.end);
                last.kind = last.kind.min(next.kind);
            }
            _ => joined.push(next),
        }
    }
    joined
}

/// What stands at these places.
#[cfg(test)]
fn parts(text: &str, places: Vec<Range<usize>>) -> Vec<&str> {
    places.into_iter().map(|place| &text[place]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_secrets_is_not_copied() {
        assert!(matches!(secrets_masked("my order 4021 is late, ada@example.com"), Cow::Borrowed(_)));
    }

    #[test]
    fn only_the_secret_goes() {
        assert_eq!(secrets_masked("card 4242 4242 4242 4242, thanks"), "card [card number removed], thanks");
    }

    #[test]
    fn what_overlaps_goes_as_one() {
        assert_eq!(private_masked("password: ada1@example.com!", |_| false), "password: [password removed]");
    }

    #[test]
    fn the_company_s_own_stay() {
        let is_own = |found: &str| ["help@shop.example", "+442079460958", "192.0.2.1"].contains(&found);
        let text = "Help@Shop.example, +44 20 7946 0958 or 192.0.2.1";

        assert_eq!(private_masked(text, is_own), text);
        assert_eq!(private_masked("+44 20 7946 0959", is_own), "[phone number removed]");
    }
}
