//! When to leave a server alone that fails, and how often to try twice; no clock and no I/O.

use std::time::Duration;

use tokio::time::Instant;

/// Opens after some failures in a row, lets one probe an interval through, and closes when one succeeds.
#[derive(Debug)]
pub struct Breaker {
    opens_after: u32,
    interval: Duration,
    state: State,
}

#[derive(Debug)]
enum State {
    Closed { failures: u32 },
    Open { probe_at: Instant },
}

/// On what terms a call may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    Usual,
    /// The one call of this interval, to see whether the server is well again: no second try.
    Probe,
}

impl Breaker {
    pub fn new(opens_after: u32, interval: Duration) -> Self {
        Self { opens_after, interval, state: State::Closed { failures: 0 } }
    }

    /// A probe counts from when it is let through, so one that never comes back holds up nobody.
    pub fn admit(&mut self, now: Instant) -> Option<Admission> {
        match &mut self.state {
            State::Closed { .. } => Some(Admission::Usual),
            State::Open { probe_at } if now >= *probe_at => {
                *probe_at = now + self.interval;
                Some(Admission::Probe)
            }
            State::Open { .. } => None,
        }
    }

    pub fn succeeded(&mut self) {
        self.state = State::Closed { failures: 0 };
    }

    /// Failures of calls that were under way when it opened change nothing any more.
    pub fn failed(&mut self, now: Instant) {
        let State::Closed { failures } = &mut self.state else { return };
        *failures += 1;
        if *failures >= self.opens_after {
            self.state = State::Open { probe_at: now + self.interval };
        }
    }

    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open { .. })
    }
}

/// Second tries are at most a tenth of the traffic, with a few in hand at the start, so that a
/// server in trouble does not get twice the load.
#[derive(Debug)]
pub struct Retries {
    /// In tenths of a try.
    tenths: u32,
}

const MOST_IN_HAND: u32 = 50;

impl Default for Retries {
    fn default() -> Self {
        Self { tenths: MOST_IN_HAND }
    }
}

impl Retries {
    pub fn earn(&mut self) {
        self.tenths = (self.tenths + 1).min(MOST_IN_HAND);
    }

    pub fn take(&mut self) -> bool {
        let can = self.tenths >= 10;
        self.tenths -= if can { 10 } else { 0 };
        can
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_secs(30);

    fn opened(now: Instant) -> Breaker {
        let mut breaker = Breaker::new(3, INTERVAL);
        (0..3).for_each(|_| breaker.failed(now));
        breaker
    }

    #[test]
    fn failures_in_a_row_open_it_and_a_success_between_them_does_not() {
        let now = Instant::now();
        let mut breaker = Breaker::new(3, INTERVAL);
        for _ in 0..5 {
            breaker.failed(now);
            breaker.failed(now);
            breaker.succeeded();
        }
        assert_eq!(breaker.admit(now), Some(Admission::Usual));
        assert_eq!(opened(now).admit(now), None);
    }

    #[test]
    fn one_probe_an_interval_goes_through_whatever_becomes_of_it() {
        let now = Instant::now();
        let mut breaker = opened(now);
        for round in 1..5 {
            let then = now + INTERVAL * round;
            assert_eq!(breaker.admit(then), Some(Admission::Probe));
            assert_eq!(breaker.admit(then), None);
            breaker.failed(then);
            assert_eq!(breaker.admit(then + INTERVAL / 2), None);
        }
    }

    #[test]
    fn a_success_closes_it() {
        let now = Instant::now();
        let mut breaker = opened(now);
        breaker.succeeded();
        assert!(!breaker.is_open());
        assert_eq!(breaker.admit(now), Some(Admission::Usual));
    }

    #[test]
    fn second_tries_are_a_tenth_of_the_traffic() {
        let mut retries = Retries::default();
        let taken = (0..1_000).filter(|_| {
            retries.earn();
            retries.take()
        });
        let taken = taken.count();
        assert!((100..=105).contains(&taken), "{taken}: a tenth, and the few in hand");
    }
}
