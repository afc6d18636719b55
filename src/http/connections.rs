//! How many connections one place may hold open, so that nobody takes all of them.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    config::Proxies,
    domain::client::{Place, is_neighbour},
};

/// Counts open connections by where they come from; as many entries as there are connections at most.
pub struct Connections {
    pub most: usize,
    /// Behind these stand many, so theirs are not counted,
    pub proxies: Proxies,
    /// and nor are neighbours', where they may be proxies nobody named.
    pub spares_neighbours: bool,
    open: Open,
}

/// One connection; it is counted until this is dropped.
pub struct Counted(Option<(Place, Open)>);

type Open = Arc<Mutex<HashMap<Place, usize>>>;

impl Connections {
    pub fn new(most: usize, proxies: Proxies, spares_neighbours: bool) -> Self {
        Self { most, proxies, spares_neighbours, open: Arc::default() }
    }

    /// One more, unless there are too many from there.
    pub fn open(&self, peer: IpAddr) -> Option<Counted> {
        let peer = peer.to_canonical();
        if self.proxies.include(peer) || self.spares_neighbours && is_neighbour(peer) {
            return Some(Counted(None));
        }
        let place = Place::from(peer);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(place).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Counted(Some((place, Arc::clone(&self.open)))))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let Some((place, open)) = &self.0 else { return };
        let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(place) {
            *count -= 1;
            if *count == 0 {
                open.remove(place);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_place_holds_so_many_and_others_are_not_concerned() {
        let connections = Connections::new(2, Proxies::None, false);
        let first = connections.open(ip("2001:db8::1")).unwrap();
        let _second = connections.open(ip("2001:db8::2")).unwrap();

        assert!(connections.open(ip("2001:db8::3")).is_none());
        assert!(connections.open(ip("192.0.2.1")).is_some());
        drop(first);
        assert!(connections.open(ip("2001:db8::3")).is_some());
        assert_eq!(connections.open.lock().unwrap().len(), 1, "who left is forgotten");
    }

    #[test]
    fn a_trusted_proxy_holds_as_many_as_it_needs() {
        let connections = Connections::new(1, Proxies::Hops(1), false);
        let held: Vec<_> = (0..100).map(|_| connections.open(ip("10.0.0.1"))).collect();

        assert!(held.iter().all(Option::is_some));
    }
}
