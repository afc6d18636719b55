//! Wrong secrets, counted: a few are slips, many are somebody guessing.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use tracing::warn;

/// So many wrong tries in one window are slips of the whole team.
const SLIPS: u32 = 30;
const WINDOW: Duration = Duration::from_mins(1);

/// The wrong tries of this instance; cheap to clone.
#[derive(Clone, Default)]
pub struct Attempts(Arc<Mutex<Option<Window>>>);

struct Window {
    began: Instant,
    failures: u32,
}

impl Attempts {
    /// Counts one more, and says how long to wait where there were too many.
    pub fn failed(&self) -> Option<Duration> {
        self.failed_at(Instant::now())
    }

    fn failed_at(&self, now: Instant) -> Option<Duration> {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let window = match current.take() {
            Some(Window { began, failures }) if now.duration_since(began) < WINDOW => {
                Window { began, failures: failures.saturating_add(1) }
            }
            _ => Window { began: now, failures: 1 },
        };
        if window.failures == SLIPS + 1 {
            warn!(failures = window.failures, "many wrong secrets for the team's paths within a minute");
        }
        let wait = (window.began + WINDOW).saturating_duration_since(now);
        let is_too_many = window.failures > SLIPS;
        *current = Some(window);
        is_too_many.then_some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_free_and_guessing_is_told_to_wait() {
        let (attempts, began) = (Attempts::default(), Instant::now());

        assert!((0..SLIPS).all(|_| attempts.failed_at(began).is_none()));
        assert_eq!(attempts.failed_at(began + WINDOW / 2), Some(WINDOW / 2));
        assert!(attempts.failed_at(began + WINDOW).is_none(), "a new minute");
    }
}
