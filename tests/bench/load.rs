//! Callers: one after another, a number of them at once, or as they come (an open loop).

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use tokio::{runtime::Handle, sync::mpsc, task::JoinSet};

use super::{stats, wire::Connection};

/// Tells one request of the whole run from another.
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// What is asked, and of whom.
#[derive(Clone, Copy)]
pub struct Target {
    pub address: SocketAddr,
    /// The request of a number; no two requests have the same.
    pub request: fn(u64) -> Vec<u8>,
}

/// How it went.
#[derive(Default)]
pub struct Outcome {
    /// How long each good answer took, in milliseconds.
    pub took_ms: Vec<f64>,
    pub failed: usize,
    pub elapsed: Duration,
}

impl Outcome {
    pub fn good(&self) -> f64 {
        self.took_ms.len() as f64
    }

    pub fn per_second(&self) -> f64 {
        self.good() / self.elapsed.as_secs_f64()
    }

    pub fn quantile(&self, share: f64) -> f64 {
        stats::quantile(&self.took_ms, share)
    }

    fn note(&mut self, took: Duration, is_good: bool) {
        if is_good {
            self.took_ms.push(stats::milliseconds(took));
        } else {
            self.failed += 1;
        }
    }
}

/// One caller, who asks again as soon as an answer is there, `count` times.
pub async fn sequence(target: Target, count: usize) -> Outcome {
    let (mut outcome, mut caller, started) = (Outcome::default(), Caller::new(target), Instant::now());
    for _ in 0..count {
        let asked = Instant::now();
        let is_good = caller.ask().await;
        outcome.note(asked.elapsed(), is_good);
    }
    outcome.elapsed = started.elapsed();
    outcome
}

/// One caller who takes streams, one after another, and times what they wait for in each.
pub async fn streams(target: Target, count: usize, awaited: &[u8]) -> Outcome {
    let (mut outcome, started, mut kept) = (Outcome::default(), Instant::now(), None);
    for _ in 0..count {
        let request = (target.request)(NUMBER.fetch_add(1, Ordering::Relaxed));
        let connection: anyhow::Result<Connection> = match kept.take() {
            Some(connection) => Ok(connection),
            None => Connection::open(target.address).await,
        };
        let came = match connection {
            Ok(connection) => kept.insert(connection).stream(&request, awaited).await.ok(),
            Err(_) => None,
        };
        outcome.note(came.unwrap_or_default(), came.is_some());
        // Of one that broke off nobody knows where the next begins.
        kept = kept.filter(|_| came.is_some());
    }
    outcome.elapsed = started.elapsed();
    outcome
}

/// So many such callers at once, for a time.
pub async fn closed(target: Target, callers: usize, lasts: Duration) -> Outcome {
    let (mut all, started) = (JoinSet::new(), Instant::now());
    for _ in 0..callers {
        all.spawn(async move {
            let (mut outcome, mut caller) = (Outcome::default(), Caller::new(target));
            while started.elapsed() < lasts {
                let asked = Instant::now();
                let is_good = caller.ask().await;
                outcome.note(asked.elapsed(), is_good);
            }
            outcome
        });
    }
    let mut together = Outcome::default();
    while let Some(Ok(one)) = all.join_next().await {
        together.took_ms.extend(one.took_ms);
        together.failed += one.failed;
    }
    together.elapsed = started.elapsed();
    together
}

/// `count` requests that come at `rate` a second, whether or not the earlier ones are answered. Each
/// is timed from when it was due, so that whoever falls behind does not look fast.
pub async fn open(target: Target, rate: f64, count: u32) -> Outcome {
    let (done, mut results) = mpsc::unbounded_channel();
    let (idle, runtime, started) = (Arc::new(Mutex::new(Vec::new())), Handle::current(), Instant::now());
    // A thread keeps the time to well under the millisecond of the runtime's clock.
    thread::spawn(move || {
        for number in 0..count {
            let due = started + Duration::from_secs_f64(f64::from(number) / rate);
            thread::sleep(due.saturating_duration_since(Instant::now()));
            let (idle, done) = (Arc::clone(&idle), done.clone());
            runtime.spawn(async move {
                let is_good = ask_on_an_idle_connection(&idle, target).await;
                let _ = done.send((due.elapsed(), is_good));
            });
        }
    });
    let mut outcome = Outcome::default();
    while let Some((took, is_good)) = results.recv().await {
        outcome.note(took, is_good);
    }
    outcome.elapsed = started.elapsed();
    outcome
}

async fn ask_on_an_idle_connection(idle: &Mutex<Vec<Caller>>, target: Target) -> bool {
    let kept = idle.lock().ok().and_then(|mut idle| idle.pop());
    let mut caller = kept.unwrap_or_else(|| Caller::new(target));
    let is_good = caller.ask().await;
    if let Ok(mut idle) = idle.lock() {
        idle.push(caller);
    }
    is_good
}

struct Caller {
    target: Target,
    connection: Option<Connection>,
}

impl Caller {
    fn new(target: Target) -> Self {
        Self { target, connection: None }
    }

    /// Whether the answer was a good one.
    async fn ask(&mut self) -> bool {
        let request = (self.target.request)(NUMBER.fetch_add(1, Ordering::Relaxed));
        let connection = match self.connection.take() {
            Some(connection) => Ok(connection),
            None => Connection::open(self.target.address).await,
        };
        let Ok(mut connection) = connection else { return false };
        let Ok(answer) = connection.exchange(&request).await else { return false };
        self.connection = Some(connection);
        answer.status == 200
    }
}
