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
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_secret_matches_itself_and_nothing_near_it() {
        let secret = Secret::new("correct horse".into());

        assert!(secret.matches(b"correct horse"));
        for wrong in ["", "correct", "correct horse ", "Correct horse"] {
            assert!(!secret.matches(wrong.as_bytes()), "{wrong:?}");
        }
    }

    /// Row 48 of the bad inputs. So long a secret makes what a comparison would tell by its time far larger
    /// than what the machine does beside it: one that stops at the first difference, or at another length,
    /// would need less than a tenth of the time for some of these. And each try is short, so that of so many
    /// some are never interrupted.
    #[test]
    fn no_time_tells_how_near_a_candidate_is() {
        const SIZE: usize = 1 << 16;
        let secret = Secret::new("s".repeat(SIZE));
        let with = |at: usize| {
            let mut candidate = vec![b's'; SIZE];
            candidate[at] = b'x';
            candidate
        };
        let candidates = [with(0), with(SIZE / 2), with(SIZE - 1), vec![b's'; SIZE - 1], vec![b's'; SIZE + 1]];
        let mut times = candidates.each_ref().map(|_| Vec::new());

        for _ in 0..40 {
            for (candidate, times) in candidates.iter().zip(&mut times) {
                let started = Instant::now();
                assert!(!secret.matches(candidate));
                times.push(started.elapsed());
            }
        }

        // Whatever else the machine does makes a try longer, and never shorter.
        let least = times.map(|times| times.into_iter().min().unwrap());
        let (shortest, longest) = (least.iter().min().unwrap(), least.iter().max().unwrap());
        assert!(*longest < *shortest * 4, "{least:?}");
    }

    #[test]
    fn a_secret_never_prints_itself() {
        let secret = Secret::new("correct horse".into());

        assert!(!format!("{secret:?}").contains("horse"));
    }
}
