//! When a delivery that failed is tried again.

use std::time::Duration;

use uuid::Uuid;

/// Seconds after the try before: quick at first, because most faults pass; then patient, because
/// the rest take people a night to mend.
const WAITS: [u64; 9] = [2, 10, 30, 120, 600, 1_800, 7_200, 21_600, 43_200];

/// A provider that asks for more patience than this is asked again anyway.
pub const LONGEST_RETRY_AFTER: Duration = Duration::from_mins(5);

/// How long a channel at fault rests between two probes.
pub const PROBE: Duration = Duration::from_mins(1);

/// Whether a delivery with so many tries behind it has had all of them.
pub fn is_spent(tries: i32) -> bool {
    usize::try_from(tries).is_ok_and(|tries| tries > WAITS.len())
}

/// How long to wait after try number `tries` (the first is 1) failed, or `None` after the last.
/// Up to a fifth more is added, spread by the delivery's id, so that a thousand alerts that
/// failed together do not return together.
pub fn wait(id: Uuid, tries: i32) -> Option<Duration> {
    let base = *WAITS.get(usize::try_from(tries - 1).ok()?)?;
    let spread = u64::from(id.as_bytes()[15]) * base * 1_000 / 5 / 255;
    Some(Duration::from_millis(base * 1_000 + spread))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_tries_are_made_and_then_none() {
        let id = Uuid::nil();
        let waits: Vec<u64> = (1..).map_while(|tries| wait(id, tries)).map(|wait| wait.as_secs()).collect();

        assert_eq!(waits, WAITS);
        assert!(!is_spent(9));
        assert!(is_spent(10));
    }

    #[test]
    fn the_spread_adds_at_most_a_fifth() {
        assert_eq!(wait(Uuid::max(), 2), Some(Duration::from_secs(12)));
    }
}
