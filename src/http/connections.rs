//! How many connections one place may hold open, so that nobody takes all of them.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tracing::warn;

use crate::{
    config::Proxies,
    domain::client::{Place, is_neighbour},
};

/// Refused ones are told together, so that a flood of them is no flood of the log.
const TOLD_TOGETHER: Duration = Duration::from_secs(5);

/// Counts open connections by where they come from; as many entries as there are connections at most.
pub struct Connections {
    pub most: usize,
    /// Behind these stand many, so theirs are not counted,
    pub proxies: Proxies,
    /// and nor are neighbours', where they may be proxies nobody named.
    pub spares_neighbours: bool,
    open: Open,
    /// How many were refused that nobody was told of yet.
    refused: Arc<AtomicU64>,
}

/// One connection; it is counted until this is dropped.
pub struct Counted(Option<(Place, Open)>);

type Open = Arc<Mutex<HashMap<Place, usize>>>;

impl Connections {
    pub fn new(most: usize, proxies: Proxies, spares_neighbours: bool) -> Self {
        Self { most, proxies, spares_neighbours, open: Arc::default(), refused: Arc::default() }
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
            self.refuse();
            return None;
        }
        *count += 1;
        Some(Counted(Some((place, Arc::clone(&self.open)))))
    }

    /// Counts one that is refused; the first of them has all told.
    fn refuse(&self) {
        if self.refused.fetch_add(1, Ordering::Relaxed) > 0 {
            return;
        }
        let refused = Arc::clone(&self.refused);
        tokio::spawn(async move {
            tokio::time::sleep(TOLD_TOGETHER).await;
            let connections = refused.swap(0, Ordering::Relaxed);
            warn!(connections, "connections were refused: one place holds too many");
        });
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

    #[tokio::test]
    async fn a_place_holds_so_many_and_others_are_not_concerned() {
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
