//! The bells of those who follow a conversation: rung when something was said in it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use uuid::Uuid;

use crate::domain::{client::Place, conversation::ConversationId};

/// So many follow at a time, so many one conversation, and so many from one place, an office perhaps, which
/// leaves room for others: each holds a connection.
const MOST: usize = 1_000;
const MOST_OF_ONE: usize = 10;
const MOST_OF_PLACE: usize = 50;

/// All bells of this instance.
#[derive(Clone)]
pub struct Bells(Arc<Inner>);

struct Inner {
    hung: Mutex<Hung>,
    /// Whether somebody rings them.
    are_rung: watch::Sender<bool>,
    seats: Arc<Semaphore>,
    first: Notify,
}

#[derive(Default)]
struct Hung {
    by_conversation: HashMap<Uuid, watch::Sender<()>>,
    /// How many hang there.
    by_place: HashMap<Place, usize>,
}

/// One of them.
pub struct Bell {
    bells: Bells,
    id: Uuid,
    place: Option<Place>,
    /// Nothing only while it is taken down.
    rings: Option<watch::Receiver<()>>,
    are_rung: watch::Receiver<bool>,
    _seat: OwnedSemaphorePermit,
}

impl Default for Bells {
    fn default() -> Self {
        Self(Arc::new(Inner {
            hung: Mutex::default(),
            are_rung: watch::Sender::new(false),
            seats: Arc::new(Semaphore::new(MOST)),
            first: Notify::new(),
        }))
    }
}

impl Bells {
    /// Hangs up one more for somebody at that place, unless there are too many.
    pub fn hang(&self, ConversationId(id): ConversationId, place: Option<Place>) -> Option<Bell> {
        let seat = Arc::clone(&self.0.seats).try_acquire_owned().ok()?;
        let mut hung = self.hung();
        let is_full = |place| hung.by_place.get(&place).is_some_and(|hang| *hang >= MOST_OF_PLACE);
        if place.is_some_and(is_full) {
            return None;
        }
        let sender = hung.by_conversation.entry(id).or_default();
        let rings = Some(sender).filter(|sender| sender.receiver_count() < MOST_OF_ONE)?.subscribe();
        if let Some(place) = place {
            *hung.by_place.entry(place).or_default() += 1;
        }
        drop(hung);
        self.0.first.notify_one();
        let are_rung = self.0.are_rung.subscribe();
        Some(Bell { bells: self.clone(), id, place, rings: Some(rings), are_rung, _seat: seat })
    }

    /// Waits until there is one.
    pub async fn first(&self) {
        self.0.first.notified().await;
    }

    pub fn ring(&self, ConversationId(id): ConversationId) {
        if let Some(sender) = self.hung().by_conversation.get(&id) {
            sender.send_replace(());
        }
    }

    /// Says whether somebody rings them from now on; everybody looks once when that changes.
    pub fn are_rung(&self, are_rung: bool) {
        self.0.are_rung.send_replace(are_rung);
    }

    fn hung(&self) -> MutexGuard<'_, Hung> {
        self.0.hung.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bell {
    /// Hears every ring from now on.
    pub fn listen(&mut self) {
        self.rings.iter_mut().for_each(watch::Receiver::mark_unchanged);
        self.are_rung.mark_unchanged();
    }

    pub fn is_rung(&self) -> bool {
        *self.are_rung.borrow()
    }

    pub async fn rings(&mut self) {
        let Some(rings) = &mut self.rings else { return };
        tokio::select! {
            _ = rings.changed() => {}
            _ = self.are_rung.changed() => {}
        }
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        let mut hung = self.bells.hung();
        self.rings = None;
        if hung.by_conversation.get(&self.id).is_some_and(|sender| sender.receiver_count() == 0) {
            hung.by_conversation.remove(&self.id);
        }
        let Some(place) = self.place else { return };
        let left = hung.by_place.get(&place).map_or(0, |hang| hang - 1);
        if left == 0 {
            hung.by_place.remove(&place);
        } else {
            hung.by_place.insert(place, left);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    async fn is_rung(bell: &mut Bell) -> bool {
        timeout(Duration::from_millis(20), bell.rings()).await.is_ok()
    }

    #[tokio::test]
    async fn a_bell_rings_for_its_conversation_and_goes_with_its_last_follower() {
        let (bells, one, other) = (Bells::default(), ConversationId::new(), ConversationId::new());
        let (mut bell, second) = (bells.hang(one, None).unwrap(), bells.hang(one, None).unwrap());
        bell.listen();

        bells.ring(other);
        assert!(!is_rung(&mut bell).await);
        bells.ring(one);
        assert!(is_rung(&mut bell).await);
        bell.listen();
        bells.are_rung(true);
        assert!(is_rung(&mut bell).await && bell.is_rung());

        drop(second);
        assert_eq!(bells.hung().by_conversation.len(), 1);
        drop(bell);
        assert!(bells.hung().by_conversation.is_empty());
    }

    #[test]
    fn one_conversation_has_so_many_and_others_are_not_concerned() {
        let (bells, one) = (Bells::default(), ConversationId::new());
        let mut hung: Vec<_> = (0..MOST_OF_ONE).map(|_| bells.hang(one, None).unwrap()).collect();

        assert!(bells.hang(one, None).is_none());
        assert!(bells.hang(ConversationId::new(), None).is_some());
        hung.pop();
        assert!(bells.hang(one, None).is_some());
        let others: Vec<_> = (0..2 * MOST).map_while(|_| bells.hang(ConversationId::new(), None)).collect();
        assert_eq!(others.len() + hung.len(), MOST);
    }

    #[test]
    fn nobody_takes_all_seats_from_one_place() {
        let [here, there] = ["192.0.2.1", "192.0.2.2"].map(Place::parse);
        let bells = Bells::default();
        let hang = |place| bells.hang(ConversationId::new(), place);
        let mut office: Vec<_> = (0..2 * MOST_OF_PLACE).map_while(|_| hang(here)).collect();

        assert_eq!(office.len(), MOST_OF_PLACE);
        assert!(hang(there).is_some());
        office.pop();
        assert!(hang(here).is_some());
        drop(office);
        assert!(bells.hung().by_place.is_empty());
    }
}
