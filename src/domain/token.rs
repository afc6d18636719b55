//! Names that are secrets: random, held by a client, and kept by us as a hash only.

use std::marker::PhantomData;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    digest,
    rand::{SecureRandom, SystemRandom},
};

/// 192 bits: nobody guesses one, and base64 needs no padding.
const BYTES: usize = 24;
const CHARACTERS: usize = 32;

/// What a client holds to do one kind of thing.
pub struct Token<Kind>(String, PhantomData<fn() -> Kind>);

/// The kind that lets its holder append to a conversation.
pub enum OfConversation {}

/// The kind that lets its holder read one.
pub enum OfVisitor {}

/// The kind that lets its holder work on what waits for a person.
pub enum OfOperator {}

/// A conversation's name: `conversationId` on the wire.
pub type Handle = Token<OfConversation>;

/// What shows that a visitor's conversation is theirs: `visitorToken` on the wire.
pub type VisitorToken = Token<OfVisitor>;

/// The session of a person of the team: their cookie.
pub type OperatorToken = Token<OfOperator>;

impl<Kind> Token<Kind> {
    /// A new one nobody has seen.
    pub fn random() -> Self {
        let mut bytes = [0; BYTES];
        SystemRandom::new().fill(&mut bytes).expect("the system gives random bytes");
        Self(URL_SAFE_NO_PAD.encode(bytes), PhantomData)
    }

    /// What a client presents, when it has the shape of one of ours. Old clients hold foreign
    /// ids ("public-1a2b3c4d", "n/a"): those are no token at all, silently.
    pub fn presented(text: &str) -> Option<Self> {
        let ours =
            text.len() == CHARACTERS && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        ours.then(|| Self(text.to_owned(), PhantomData))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is stored in its place.
    pub fn hash(&self) -> Vec<u8> {
        digest::digest(&digest::SHA256, self.0.as_bytes()).as_ref().to_vec()
    }
}

impl<Kind> Clone for Token<Kind> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_tokens_are_recognised_and_foreign_ids_are_not() {
        let handle = Handle::random();

        assert!(Handle::presented(handle.as_str()).is_some());
        for foreign in ["", "error", "n/a", "public-1a2b3c4d", "0192f0c8-8a5e-7d4e-9b1a-2b3c4d5e6f70"] {
            assert!(Handle::presented(foreign).is_none(), "{foreign}");
        }
    }
}
