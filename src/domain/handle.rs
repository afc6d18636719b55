//! The name by which a client knows its conversation: random, and only its hash is ours to keep.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    digest,
    rand::{SecureRandom, SystemRandom},
};

/// 192 bits: nobody guesses one, and base64 needs no padding.
const BYTES: usize = 24;
const CHARACTERS: usize = 32;

/// A conversation's handle: `conversationId` on the wire.
#[derive(Clone)]
pub struct Handle(String);

impl Handle {
    /// A new one nobody has seen.
    pub fn random() -> Self {
        let mut bytes = [0; BYTES];
        SystemRandom::new().fill(&mut bytes).expect("the system gives random bytes");
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// What a client presents, when it has the shape of one of ours. Old clients hold foreign
    /// ids ("public-1a2b3c4d", "n/a"): those are no handle at all, silently.
    pub fn presented(text: &str) -> Option<Self> {
        let ours =
            text.len() == CHARACTERS && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        ours.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is stored in its place.
    pub fn hash(&self) -> Vec<u8> {
        digest::digest(&digest::SHA256, self.0.as_bytes()).as_ref().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_handles_are_recognised_and_foreign_ids_are_not() {
        let handle = Handle::random();

        assert!(Handle::presented(handle.as_str()).is_some());
        for foreign in ["", "error", "n/a", "public-1a2b3c4d", "0192f0c8-8a5e-7d4e-9b1a-2b3c4d5e6f70"] {
            assert!(Handle::presented(foreign).is_none(), "{foreign}");
        }
    }
}
