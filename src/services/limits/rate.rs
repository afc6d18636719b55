//! A rate, and where somebody stands with it: one moment in time is all that is remembered (GCRA).

use std::time::Duration;

/// So many within a time; all of them may come at once, and then one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    count: u32,
    per: Duration,
}

/// What the caller is told of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub limit: u32,
    pub remaining: u32,
    /// Until all of it is there again.
    pub reset: Duration,
    /// Until the next one is; zero while there is one.
    pub wait: Duration,
}

impl Rate {
    pub fn new(count: u32, per: Duration) -> Self {
        Self { count: count.max(1), per }
    }

    /// The moment from which all is free again, if one more is taken now; `free_at` is that moment
    /// so far. When there is none to take, how long to wait for one.
    pub fn take(self, free_at: Duration, now: Duration) -> Result<Duration, Duration> {
        let next = free_at.max(now) + self.interval();
        match next.saturating_sub(now).checked_sub(self.per) {
            Some(wait) if !wait.is_zero() => Err(wait),
            _ => Ok(next),
        }
    }

    pub fn standing(self, free_at: Duration, now: Duration) -> Standing {
        let reset = free_at.saturating_sub(now);
        let left = self.per.saturating_sub(reset).as_nanos() / self.interval().as_nanos().max(1);
        let wait = self.take(free_at, now).err().unwrap_or_default();
        Standing { limit: self.count, remaining: u32::try_from(left).unwrap_or(u32::MAX).min(self.count), reset, wait }
    }

    /// As if all of it were taken, until `wait` is over.
    pub fn none_left(self, wait: Duration) -> Standing {
        Standing { limit: self.count, remaining: 0, reset: wait, wait }
    }

    fn interval(self) -> Duration {
        self.per / self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { count: 3, per: Duration::from_mins(1) };

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn all_may_come_at_once_and_then_one_at_a_time() {
        let now = seconds(1_000);
        let mut free_at = Duration::ZERO;
        for left in [2, 1, 0] {
            free_at = RATE.take(free_at, now).unwrap();
            assert_eq!(RATE.standing(free_at, now).remaining, left);
        }

        assert_eq!(RATE.take(free_at, now), Err(seconds(20)));
        assert_eq!(RATE.take(free_at, now + seconds(19)), Err(seconds(1)));
        assert!(RATE.take(free_at, now + seconds(20)).is_ok());
        let standing = Standing { limit: 3, remaining: 0, reset: seconds(60), wait: seconds(20) };
        assert_eq!(RATE.standing(free_at, now), standing);
    }

    #[test]
    fn over_a_day_no_more_come_through_than_the_rate_says() {
        let mut free_at = Duration::ZERO;
        let taken = (0..86_400).filter(|second| {
            let taken = RATE.take(free_at, seconds(*second));
            free_at = taken.unwrap_or(free_at);
            taken.is_ok()
        });

        assert_eq!(taken.count(), 3 * 24 * 60 + 2, "three a minute, and the first three at once");
    }

    #[test]
    fn a_count_that_does_not_divide_the_time_is_still_the_count() {
        let rate = Rate::new(7, Duration::from_mins(1));
        let mut free_at = Duration::ZERO;
        let taken = (0..20).filter(|_| rate.take(free_at, seconds(5)).inspect(|next| free_at = *next).is_ok());

        assert_eq!(taken.count(), 7);
    }
}
