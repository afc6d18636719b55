//! Lets go of what has had its time, once an hour.

use std::time::Duration;

use sqlx::PgPool;
use tokio::time;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use super::bounded;
use crate::{
    config::Retention,
    error::Result,
    storage::retention::{self, Kind},
};

const EVERY: Duration = Duration::from_hours(1);

/// What tells one escalation, or one confirmation, from the next within minutes is of no use a day
/// later, and nor is what answers a request that is sent again: at that age it is as good as gone already.
const DAY: Duration = Duration::from_hours(24);

/// The team may ask for a year of what was spent.
const A_YEAR: Duration = Duration::from_hours(366 * 24);

/// A knowledge base that comes back within this time, or an instance that was off, finds its vectors again;
/// instances that are on say each day what they use.
const A_MONTH: Duration = Duration::from_hours(30 * 24);

/// The sweeper of one instance; of several, one sweeps at a time.
pub struct Sweeper {
    pub db: PgPool,
    pub retention: Retention,
}

impl Sweeper {
    /// Sweeps until `stop`, which it need not wait for: what is half done is undone.
    pub async fn run(self, stop: CancellationToken) {
        let hourly = async {
            loop {
                if let Err(error) = self.sweep().await {
                    warn!(%error, "what has had its time could not be deleted; it is tried again in an hour");
                }
                time::sleep(EVERY).await;
            }
        };
        let _: Option<()> = stop.run_until_cancelled(Box::pin(hourly)).await;
    }

    async fn sweep(&self) -> Result<()> {
        for kind in Kind::ALL {
            let mut all = 0;
            loop {
                let sweep = retention::sweep(&self.db, kind, lifetime(&self.retention, kind));
                let swept = match bounded(sweep).await {
                    Ok(Some(swept)) => swept,
                    Ok(None) => {
                        debug!("another instance deletes what has had its time");
                        return Ok(());
                    }
                    // The other kinds have their time all the same.
                    Err(error) => {
                        warn!(kind = ?kind, error = ?error, "what has had its time cannot be deleted");
                        break;
                    }
                };
                all += swept;
                if retention::is_last(swept) {
                    break;
                }
            }
            if all > 0 {
                info!(kind = ?kind, rows = all, "deleted what has had its time");
            }
        }
        Ok(())
    }
}

fn lifetime(retention: &Retention, kind: Kind) -> Duration {
    match kind {
        Kind::Deliveries | Kind::Erasures => retention.logs,
        Kind::Escalations | Kind::Confirmations | Kind::Answers | Kind::Turns => DAY,
        // They have an end of their own.
        Kind::Sessions => Duration::ZERO,
        Kind::Usage => retention.logs.max(A_YEAR),
        Kind::Embeddings => A_MONTH,
        Kind::Tickets => retention.tickets,
        Kind::Messages | Kind::Conversations => retention.messages,
    }
}
