//! What of a conversation may leave the house: without e-mail addresses, phone numbers and IP
//! addresses but for the company's own.

use super::Asked;
use crate::{
    domain::{privacy::private_masked, turn::Turn},
    services::faq_loader::Loaded,
};

/// A question and what was said before it, masked.
pub struct Outward {
    message: String,
    earlier: Vec<Turn>,
}

impl Outward {
    pub fn of(asked: &Asked<'_>, desk: &Loaded) -> Self {
        let masked = |text: &str| private_masked(text, |found| desk.is_own_contact(found)).into_owned();
        let turn = |turn: &Turn| Turn { author: turn.author, text: masked(&turn.text), outcome: turn.outcome };
        Self { message: masked(asked.message), earlier: asked.earlier.iter().map(turn).collect() }
    }

    /// The question to ask, with the records of whoever asked it, which are theirs to hear.
    pub fn with<'a>(&'a self, asked: &Asked<'a>) -> Asked<'a> {
        Asked { message: &self.message, earlier: &self.earlier, ..*asked }
    }
}
