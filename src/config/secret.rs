//! A setting nobody may read by accident: no display, no debug, compared in constant time.

use std::fmt;

use ring::{hmac, rand::SystemRandom};

/// A key, token or password from the settings.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    pub fn new(value: String) -> Self {
        Self(value)
    }

    /// The value itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether `candidate` is this secret. Both are hashed under a key of the moment first,
    /// so the time taken tells neither the length nor a common beginning.
    pub fn matches(&self, candidate: &[u8]) -> bool {
        let Ok(key) = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new()) else {
            return false;
        };
        let tag = hmac::sign(&key, candidate);
        hmac::verify(&key, self.0.as_bytes(), tag.as_ref()).is_ok()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_matches_itself_and_nothing_near_it() {
        let secret = Secret::new("correct horse".into());

        assert!(secret.matches(b"correct horse"));
        for wrong in ["", "correct", "correct horse ", "Correct horse"] {
            assert!(!secret.matches(wrong.as_bytes()), "{wrong:?}");
        }
    }

    #[test]
    fn a_secret_never_prints_itself() {
        let secret = Secret::new("correct horse".into());

        assert!(!format!("{secret:?}").contains("horse"));
    }
}
