//! Who was turned away, so that the team hears of it: a request for a person must not end in silence.

use std::collections::HashMap;

use crate::domain::client::Place;

/// So many places are told apart; the rest are counted together.
const MOST_PLACES: usize = 100;

#[derive(Default)]
pub struct TurnedAway(HashMap<Option<Place>, i64>);

impl TurnedAway {
    pub fn count(&mut self, place: Place) {
        let is_told_apart = self.0.contains_key(&Some(place)) || self.0.len() < MOST_PLACES;
        *self.0.entry(Some(place).filter(|_| is_told_apart)).or_default() += 1;
    }

    /// All of it, and from then on nothing.
    pub fn take(&mut self) -> Vec<(Option<Place>, i64)> {
        self.0.drain().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    #[test]
    fn every_one_is_counted_and_only_so_many_places_are_told_apart() {
        let mut turned_away = TurnedAway::default();
        for number in 0..1_000 {
            turned_away.count(Place::from(IpAddr::V4(Ipv4Addr::from_bits(number))));
            turned_away.count(Place::from(IpAddr::V4(Ipv4Addr::from_bits(7))));
        }

        let taken = turned_away.take();
        assert_eq!(taken.iter().map(|(_, times)| times).sum::<i64>(), 2_000);
        assert!(taken.len() <= MOST_PLACES + 1);
        assert!(taken.iter().any(|(_, times)| *times == 1_001), "the one that came most is told apart");
        assert!(turned_away.take().is_empty());
    }
}
