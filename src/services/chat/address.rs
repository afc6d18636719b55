//! Where a person can reach whoever asks; no I/O.

use super::draft::Asker;
use crate::{
    domain::{contact::Email, conversation::Status, privacy, turn::Author},
    services::faq_loader::Loaded,
    storage::conversations::Open,
};

/// As the site knows them, as they just said, as the conversation knows, or as they said before.
pub fn known(desk: &Loaded, asker: &Asker<'_>) -> Option<Email> {
    let known = || asker.open.email.clone().and_then(|email| Email::try_from(email).ok());
    let customers = asker.earlier.iter().rev().filter(|turn| turn.author == Author::Customer);
    let said_before = || customers.clone().find_map(|turn| theirs(&turn.text, desk));
    asker
        .customer
        .cloned()
        .or_else(|| theirs(asker.message, desk))
        .or_else(|| given(desk, asker))
        .or_else(known)
        .or_else(said_before)
}

/// The address a waiting visitor gives us with this message. A customer has one already. Where we asked for one and have
/// none, the only one of a message is theirs, however much stands beside it.
pub fn given(desk: &Loaded, asker: &Asker<'_>) -> Option<Email> {
    let is_wanted = || asker.open.email.is_none() && !asker.message.contains('?');
    let given = theirs(asker.message, desk).or_else(|| only(asker.message, desk).filter(|_| is_wanted()));
    given.filter(|email| waits(asker) && is_news(email, asker.open))
}

/// Whether a waiting visitor gives a telephone number and hardly anything else.
pub fn is_phone(desk: &Loaded, asker: &Asker<'_>) -> bool {
    let is_phone = |contact: &String| !contact.contains(['@', '.', ':']) && !desk.is_own_contact(contact);
    waits(asker) && says_little_else(asker.message) && privacy::contacts(asker.message).iter().any(is_phone)
}

/// Whether a message is hardly more than addresses and numbers.
pub fn says_little_else(message: &str) -> bool {
    let is_contact = |word: &&str| word.contains('@') || !word.contains(char::is_alphabetic);
    !message.contains('?') && message.split_whitespace().filter(|word| !is_contact(word)).count() <= MOST_BESIDE
}

/// "And my phone number is", "please, thanks".
const MOST_BESIDE: usize = 6;

fn waits(asker: &Asker<'_>) -> bool {
    asker.customer.is_none() && asker.open.status == Status::Waiting
}

fn only(text: &str, desk: &Loaded) -> Option<Email> {
    let mut named = Email::all_in(text).filter(|email| !desk.is_own(email));
    named.next().filter(|_| named.next().is_none())
}

/// The last address a customer gives as theirs that is not one of the company's own.
fn theirs(text: &str, desk: &Loaded) -> Option<Email> {
    Email::given_in(text).filter(|email| !desk.is_own(email)).last()
}

/// An address the conversation does not know yet: the first, or a corrected one.
fn is_news(email: &Email, open: &Open) -> bool {
    open.email.as_ref().is_none_or(|known| known.to_ascii_lowercase() != email.folded())
}
