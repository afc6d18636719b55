//! Forgets what is kept for a time only.

use std::time::Duration;

use sqlx::PgPool;
use tokio::time;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::bounded;
use crate::storage::idempotency;

/// What is a day old is already as good as gone, so there is no hurry.
const EVERY: Duration = Duration::from_mins(10);

/// Sweeps at the start and then now and again until `stop`. Several instances may do it at once:
/// each takes what no other has.
pub async fn run(db: PgPool, stop: CancellationToken) {
    loop {
        let may_be_more = bounded(idempotency::sweep(&db)).await.unwrap_or_else(|error| {
            warn!(%error, "old answers could not be forgotten");
            false
        });
        if !may_be_more && stop.run_until_cancelled(time::sleep(EVERY)).await.is_none() {
            return;
        }
    }
}
