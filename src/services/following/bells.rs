//! The bells of those who follow a conversation: rung when something was said in it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use uuid::Uuid;

use crate::domain::conversation::ConversationId;

/// So many follow at a time, and so many one conversation: each holds a connection.
const MOST: usize = 1_000;
const MOST_OF_ONE: usize = 10;

/// All bells of this instance.
#[derive(Clone)]
pub struct Bells(Arc<Inner>);

struct Inner {
    hung: Mutex<HashMap<Uuid, watch::Sender<()>>>,
    /// Whether somebody rings them.
    are_rung: watch::Sender<bool>,
    places: Arc<Semaphore>,
    first: Notify,
}

/// One of them.
pub struct Bell {
    bells: Bells,
    id: Uuid,
    /// Nothing only while it is taken down.
    rings: Option<watch::Receiver<()>>,
    are_rung: watch::Receiver<bool>,
}

impl Default for Bells {
    fn default() -> Self {
        Self(Arc::new(Inner {
            hung: Mutex::default(),
            are_rung: watch::Sender::new(false),
            places: Arc::new(Semaphore::new(MOST)),
            first: Notify::new(),
        }))
    }
}

impl Bells {
    /// Hangs up one more, unless there are too many.
    pub fn hang(&self, ConversationId(id): ConversationId) -> Option<(Bell, OwnedSemaphorePermit)> {
        let place = Arc::clone(&self.0.places).try_acquire_owned().ok()?;
        let mut hung = self.hung();
        let sender = hung.entry(id).or_default();
        let rings = Some(sender).filter(|sender| sender.receiver_count() < MOST_OF_ONE)?.subscribe();
        drop(hung);
        self.0.first.notify_one();
        Some((Bell { bells: self.clone(), id, rings: Some(rings), are_rung: self.0.are_rung.subscribe() }, place))
    }

    /// Waits until there is one.
    pub async fn first(&self) {
        self.0.first.notified().await;
    }

    pub fn ring(&self, ConversationId(id): ConversationId) {
        if let Some(sender) = self.hung().get(&id) {
            sender.send_replace(());
        }
    }

    /// Says whether somebody rings them from now on; everybody looks once when that changes.
    pub fn are_rung(&self, are_rung: bool) {
        self.0.are_rung.send_replace(are_rung);
    }

    fn hung(&self) -> MutexGuard<'_, HashMap<Uuid, watch::Sender<()>>> {
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
        if hung.get(&self.id).is_some_and(|sender| sender.receiver_count() == 0) {
            hung.remove(&self.id);
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
        let (mut bell, _place) = bells.hang(one).unwrap();
        let (second, _second_place) = bells.hang(one).unwrap();
        bell.listen();

        bells.ring(other);
        assert!(!is_rung(&mut bell).await);
        bells.ring(one);
        assert!(is_rung(&mut bell).await);
        bell.listen();
        bells.are_rung(true);
        assert!(is_rung(&mut bell).await && bell.is_rung());

        drop(second);
        assert_eq!(bells.hung().len(), 1);
        drop(bell);
        assert!(bells.hung().is_empty());
    }

    #[test]
    fn one_conversation_has_so_many_and_others_are_not_concerned() {
        let (bells, one) = (Bells::default(), ConversationId::new());
        let mut hung: Vec<_> = (0..MOST_OF_ONE).map(|_| bells.hang(one).unwrap()).collect();

        assert!(bells.hang(one).is_none());
        assert!(bells.hang(ConversationId::new()).is_some());
        hung.pop();
        assert!(bells.hang(one).is_some());
        let others: Vec<_> = (0..2 * MOST).map_while(|_| bells.hang(ConversationId::new())).collect();
        assert_eq!(others.len() + hung.len(), MOST);
    }
}
