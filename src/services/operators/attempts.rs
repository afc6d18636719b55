//! Wrong secrets, counted: a few are slips, many are somebody guessing.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use tracing::warn;

use crate::services::limits::Rate;

/// So many wrong tries a minute are slips of the whole team.
const SLIPS: u32 = 30;
const MINUTE: Duration = Duration::from_mins(1);

/// The wrong tries of this instance; cheap to clone.
#[derive(Clone)]
pub struct Attempts {
    slips: Rate,
    started: Instant,
    counted: Arc<Mutex<Counted>>,
}

#[derive(Default)]
struct Counted {
    /// When all slips are free again.
    free_at: Duration,
    /// When the log may tell again that somebody guesses.
    quiet_until: Duration,
}

impl Attempts {
    pub fn new() -> Self {
        Self { slips: Rate::new(SLIPS, MINUTE), started: Instant::now(), counted: Arc::default() }
    }

    /// Counts one more, and says how long to wait where there were too many.
    pub fn failed(&self) -> Option<Duration> {
        self.failed_at(self.started.elapsed())
    }

    fn failed_at(&self, now: Duration) -> Option<Duration> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        match self.slips.take(counted.free_at, now) {
            Ok(free_at) => {
                counted.free_at = free_at;
                None
            }
            Err(wait) => {
                if now >= counted.quiet_until {
                    warn!("many wrong secrets for the team's paths within a minute");
                    counted.quiet_until = now + MINUTE;
                }
                Some(wait)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_free_and_guessing_is_told_to_wait() {
        let (attempts, now) = (Attempts::new(), Duration::from_hours(1));

        assert!((0..SLIPS).all(|_| attempts.failed_at(now).is_none()));
        let wait = attempts.failed_at(now).expect("too many");
        assert_eq!(attempts.failed_at(now), Some(wait), "asking does not lengthen it");
        assert!(attempts.failed_at(now + wait).is_none(), "one more after the wait");
        assert!(attempts.failed_at(now + wait).is_some());
    }
}
