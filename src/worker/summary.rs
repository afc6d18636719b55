//! Tells the team in one what it was not told one by one.

use std::time::Duration;

use sqlx::PgPool;
use tokio::time;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::bounded;
use crate::services::{limits::Limits, notifications::Notifications};

/// How often it is looked whether there is something to tell.
const LOOK_EVERY: Duration = Duration::from_secs(1);

pub struct Summary {
    pub db: PgPool,
    pub limits: Limits,
    pub notifications: Notifications,
}

impl Summary {
    /// Until `stop`, and once more then: what this instance alone has counted would end with it.
    pub async fn run(self, stop: CancellationToken) {
        while stop.run_until_cancelled(time::sleep(LOOK_EVERY)).await.is_some() {
            self.keep_turned_away().await;
            if let Err(error) = bounded(self.notifications.summarise(&self.db)).await {
                warn!(%error, "what the team was not told could not be looked up");
            }
        }
        self.keep_turned_away().await;
    }

    async fn keep_turned_away(&self) {
        for (place, times) in self.limits.take_turned_away() {
            warn!(times, "requests for a person were turned away: too many from one place");
            if let Err(error) = bounded(self.notifications.turned_away(&self.db, place, times)).await {
                warn!(%error, times, "nobody will be told of them");
            }
        }
    }
}
