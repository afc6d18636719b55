//! Where a person can reach whoever asks; no I/O.

use super::draft::Asker;
use crate::{
    domain::{contact::Email, conversation::Status, turn::Author},
    services::faq_loader::Loaded,
    storage::conversations::Open,
};

/// As the site knows them, as they just said, as the conversation knows, or as they said before.
pub fn known(desk: &Loaded, asker: &Asker<'_>) -> Option<Email> {
    let known = || asker.open.email.clone().and_then(|email| Email::try_from(email).ok());
    let customers = asker.earlier.iter().rev().filter(|turn| turn.author == Author::Customer);
    let said_before = || customers.clone().find_map(|turn| theirs(&turn.text, desk));
    asker.customer.cloned().or_else(|| theirs(asker.message, desk)).or_else(known).or_else(said_before)
}

/// The address a waiting visitor gives us with this message. A customer has one already.
pub fn given(desk: &Loaded, asker: &Asker<'_>) -> Option<Email> {
    let waits = asker.customer.is_none() && asker.open.status == Status::Waiting;
    theirs(asker.message, desk).filter(|email| waits && is_news(email, asker.open))
}

/// The last address a customer gives as theirs that is not one of the company's own.
fn theirs(text: &str, desk: &Loaded) -> Option<Email> {
    Email::given_in(text).filter(|email| !desk.is_own(email)).last()
}

/// An address the conversation does not know yet: the first, or a corrected one.
fn is_news(email: &Email, open: &Open) -> bool {
    open.email.as_ref().is_none_or(|known| known.to_ascii_lowercase() != email.folded())
}
