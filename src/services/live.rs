//! Answers while they are being made: what is told of each, in order, for whoever listens and for
//! whoever comes back.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::Value;
use tokio::{sync::watch, time::sleep};

/// One thing that is told.
#[derive(Clone, Debug)]
pub struct News {
    pub kind: &'static str,
    pub data: Arc<Value>,
}

/// The answers under way that somebody may come back to, by the names of their requests. There are
/// as many as requests are taken on, and each is gone when it has ended.
#[derive(Clone, Default)]
pub struct Live(Arc<Mutex<HashMap<Vec<u8>, Arc<Telling>>>>);

/// What was told of one answer.
pub struct Telling(watch::Sender<Log>);

#[derive(Default)]
struct Log {
    news: Vec<News>,
    is_over: bool,
}

/// Whoever makes the answer; when this is dropped nothing more is told.
pub struct Teller {
    live: Live,
    names: Vec<Vec<u8>>,
    telling: Arc<Telling>,
}

/// Somebody who listens.
pub struct Follower {
    log: watch::Receiver<Log>,
    seen: usize,
}

impl Live {
    /// Begins to tell of an answer, and listens to it.
    pub fn begin(&self, names: Vec<Vec<u8>>) -> (Teller, Follower) {
        let (sender, log) = watch::channel(Log::default());
        let telling = Arc::new(Telling(sender));
        let mut under_way = self.under_way();
        for name in &names {
            under_way.insert(name.clone(), Arc::clone(&telling));
        }
        drop(under_way);
        (Teller { live: self.clone(), names, telling }, Follower { log, seen: 0 })
    }

    /// Listens to the answer of that name from behind what was `seen` of it, where it is under way here.
    pub fn follow(&self, name: &[u8], seen: u64) -> Option<Follower> {
        let log = self.under_way().get(name)?.0.subscribe();
        Some(Follower { log, seen: usize::try_from(seen).unwrap_or(usize::MAX) })
    }

    fn under_way(&self) -> MutexGuard<'_, HashMap<Vec<u8>, Arc<Telling>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Telling {
    /// Waits until nobody has listened for `grace`.
    pub async fn abandoned(&self, grace: Duration) {
        loop {
            self.0.closed().await;
            sleep(grace).await;
            if self.0.is_closed() {
                return;
            }
        }
    }
}

impl Teller {
    pub fn tell(&self, kind: &'static str, data: Value) {
        self.telling.0.send_modify(|log| log.news.push(News { kind, data: Arc::new(data) }));
    }

    pub fn telling(&self) -> Arc<Telling> {
        Arc::clone(&self.telling)
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        let mut under_way = self.live.under_way();
        for name in &self.names {
            // A name may have been taken again by the next who asked.
            if under_way.get(name).is_some_and(|telling| Arc::ptr_eq(telling, &self.telling)) {
                under_way.remove(name);
            }
        }
        drop(under_way);
        self.telling.0.send_modify(|log| log.is_over = true);
    }
}

impl Follower {
    /// What is told next, with its number, which counts from 1; nothing when all was told.
    pub async fn next(&mut self) -> Option<(u64, News)> {
        let seen = self.seen;
        let log = self.log.wait_for(|log| log.news.len() > seen || log.is_over).await.ok()?;
        let news = log.news.get(seen)?.clone();
        drop(log);
        self.seen += 1;
        Some((self.seen as u64, news))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio::time::timeout;

    use super::*;

    async fn rest(mut follower: Follower) -> Vec<(u64, &'static str)> {
        let mut told = Vec::new();
        while let Some((number, news)) = follower.next().await {
            told.push((number, news.kind));
        }
        told
    }

    #[tokio::test]
    async fn who_comes_back_hears_what_they_missed_and_nothing_twice() {
        let live = Live::default();
        let (teller, first) = live.begin(vec![b"one".to_vec()]);
        teller.tell("a", json!(1));
        teller.tell("b", json!(2));
        drop(first);

        let back = live.follow(b"one", 1).unwrap();
        teller.tell("c", json!(3));
        drop(teller);

        assert_eq!(rest(back).await, [(2, "b"), (3, "c")]);
        assert!(live.follow(b"one", 0).is_none(), "it is over");
    }

    #[tokio::test]
    async fn an_answer_is_abandoned_when_nobody_came_back_in_time() {
        let live = Live::default();
        let (teller, first) = live.begin(vec![b"one".to_vec()]);
        let telling = teller.telling();
        let (none, long) = (Duration::ZERO, Duration::from_hours(1));

        assert!(timeout(Duration::from_millis(20), telling.abandoned(none)).await.is_err(), "somebody listens");
        drop(first);
        telling.abandoned(none).await;
        let back = live.follow(b"one", 0);
        assert!(timeout(Duration::from_millis(20), telling.abandoned(none)).await.is_err(), "they are back");
        drop(back);
        assert!(timeout(Duration::from_millis(20), telling.abandoned(long)).await.is_err(), "they may come back");
    }

    #[tokio::test]
    async fn who_has_seen_more_than_was_told_hears_nothing() {
        let live = Live::default();
        let (teller, _first) = live.begin(vec![b"one".to_vec()]);
        teller.tell("a", json!(1));
        let ahead = live.follow(b"one", u64::MAX).unwrap();
        drop(teller);

        assert_eq!(rest(ahead).await, []);
    }
}
