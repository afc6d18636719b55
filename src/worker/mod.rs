//! Delivers what we owe, at least once, and never lets one delivery hold up another; asks a person where
//! an answer is missing; forgets what has had its time.

mod channels;
mod retention;
mod schedule;
mod summary;
mod unanswered;

use std::{sync::Arc, time::Duration};

use sqlx::PgPool;
use tokio::{
    sync::{Notify, Semaphore},
    task::JoinSet,
    time,
};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};
use uuid::Uuid;

pub use self::{channels::Channels, retention::Sweeper, summary::Summary, unanswered::Unanswered};
use crate::{
    domain::channel::Channel,
    error::{Error, Result},
    integrations::Failure,
    storage::{
        channels as standing,
        deliveries::{self, Claimed},
    },
};

/// How many deliveries one instance sends at once by each channel; apart, so that a provider that
/// hangs keeps nobody else's waiting.
const AT_ONCE: usize = 16;

/// How long a debt of another instance, or one whose time has come, may go unseen.
const POLL: Duration = Duration::from_secs(1);

/// Longer than the server's own limits on a statement and on a lock together.
const DATABASE_LIMIT: Duration = Duration::from_secs(15);

/// The worker of one instance.
pub struct Worker {
    pub db: PgPool,
    pub channels: Channels,
    pub lease: Duration,
    /// Rung when something new is owed.
    pub bell: Arc<Notify>,
}

/// The places of one channel.
struct Lane {
    channel: Channel,
    places: Arc<Semaphore>,
}

impl Worker {
    /// Works until `stop`, then lets the deliveries under way finish.
    pub async fn run(self, stop: CancellationToken) {
        let worker = Arc::new(self);
        let lanes = worker.lanes();
        let mut under_way = JoinSet::new();
        if let Err(error) = bounded(standing::probe_now(&worker.db)).await {
            warn!(%error, "paused channels could not be looked up");
        }
        while !stop.is_cancelled() {
            worker.start_due(&lanes, &mut under_way).await;
            tokio::select! {
                () = stop.cancelled() => {}
                () = worker.bell.notified() => {}
                () = time::sleep(POLL) => {}
                Some(finished) = under_way.join_next() => note_panic(&finished),
            }
        }
        while let Some(finished) = under_way.join_next().await {
            note_panic(&finished);
        }
    }

    fn lanes(&self) -> Vec<Lane> {
        let lane = |channel| Lane { channel, places: Arc::new(Semaphore::new(AT_ONCE)) };
        self.channels.configured().into_iter().map(lane).collect()
    }

    async fn start_due(self: &Arc<Self>, lanes: &[Lane], under_way: &mut JoinSet<()>) {
        while let Some(finished) = under_way.try_join_next() {
            note_panic(&finished);
        }
        for lane in lanes.iter().filter(|lane| lane.places.available_permits() > 0) {
            let room = i64::try_from(lane.places.available_permits()).unwrap_or(1);
            match bounded(deliveries::claim(&self.db, lane.channel, self.lease, room)).await {
                Ok(claimed) => claimed.into_iter().for_each(|claimed| {
                    let (worker, place) = (Arc::clone(self), Arc::clone(&lane.places).try_acquire_owned());
                    under_way.spawn(async move {
                        worker.deliver(claimed).await;
                        drop(place);
                    });
                }),
                // The other channels' debts lie in the same database.
                Err(error) => return warn!(%error, "what is owed could not be looked up"),
            }
        }
    }

    async fn deliver(&self, claimed: Claimed) {
        let outcome = if schedule::is_spent(claimed.attempts) {
            // Only a process that dies in the middle of sending leaves a row behind like this.
            Err(Failure::Recipient("every try was cut short".into()))
        } else {
            self.channels.send(&claimed).await
        };
        if let Err(error) = bounded(self.settle(&claimed, outcome)).await {
            // The lease ends by itself and the row is due again.
            warn!(delivery.id = %claimed.id, %error, "a delivery's outcome could not be stored");
        }
    }

    async fn settle(&self, claimed: &Claimed, outcome: Result<String, Failure>) -> Result<()> {
        let (id, kind, tries) = (claimed.id, &claimed.kind, claimed.attempts + 1);
        let channel = claimed.channel.as_str();
        match outcome {
            Ok(provider_id) => {
                deliveries::sent(&self.db, claimed, Some(&provider_id)).await?;
                info!(delivery.id = %id, channel, kind, tries, "delivered");
            }
            Err(Failure::Channel(fault)) => {
                error!(delivery.id = %id, channel, fault, "the channel is at fault: it rests, and what it owes is kept");
                deliveries::pause_channel(&self.db, claimed, schedule::PROBE, &fault).await?;
            }
            Err(Failure::Recipient(error)) => self.bury(claimed, &error).await?,
            Err(Failure::Later { retry_after: Some(wait), error }) => {
                let wait = wait.clamp(Duration::from_secs(1), schedule::LONGEST_RETRY_AFTER);
                warn!(channel, error, wait_seconds = wait.as_secs(), "the provider asks us to wait");
                standing::hold(&self.db, claimed.channel, wait).await?;
                deliveries::postpone(&self.db, claimed, wait, false, &error).await?;
            }
            Err(Failure::Later { retry_after: None, error }) => self.try_again(claimed, tries, &error).await?,
        }
        Ok(())
    }

    async fn try_again(&self, claimed: &Claimed, tries: i32, error: &str) -> Result<()> {
        let wait = if claimed.is_probe { Some(schedule::PROBE) } else { schedule::wait(claimed.id, tries) };
        let Some(wait) = wait else { return self.bury(claimed, error).await };
        let wait_seconds = wait.as_secs();
        warn!(delivery.id = %claimed.id, channel = claimed.channel.as_str(), tries, error, wait_seconds, "not delivered yet");
        deliveries::postpone(&self.db, claimed, wait, !claimed.is_probe, error).await
    }

    async fn bury(&self, claimed: &Claimed, error: &str) -> Result<()> {
        error!(delivery.id = %claimed.id, channel = claimed.channel.as_str(), kind = claimed.kind, error, "given up");
        let mut tx = self.db.begin().await?;
        deliveries::bury(&mut tx, claimed, error, Uuid::new_v4()).await?;
        Ok(tx.commit().await?)
    }
}

/// A server that no longer answers must not take the worker with it: its own limits are the
/// server's to keep, and a connection that was cut silently keeps none.
async fn bounded<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let late = || Error::Upstream { service: "database", source: anyhow::anyhow!("no answer in time") };
    time::timeout(DATABASE_LIMIT, work).await.unwrap_or_else(|_| Err(late()))
}

/// What the panic said may quote a customer; the log has its place.
fn note_panic(finished: &std::result::Result<(), tokio::task::JoinError>) {
    if finished.is_err() {
        error!("a delivery broke its task; it is due again when its lease ends");
    }
}
