//! Asks a person where a question was left without an answer.

use std::time::Duration;

use tokio::time;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::bounded;
use crate::services::chat::Chat;

/// Whoever asked has waited for longer than any turn takes already.
const EVERY: Duration = Duration::from_secs(2);

/// Looks after what turns of this instance and of any other have left behind.
pub struct Unanswered {
    pub chat: Chat,
    /// What is younger may still be answered.
    pub patience: Duration,
}

impl Unanswered {
    /// Looks until `stop`, which it need not wait for: what is half done is undone.
    pub async fn run(self, stop: CancellationToken) {
        let looking = async {
            loop {
                if let Err(error) = bounded(self.chat.hand_over_unanswered(self.patience)).await {
                    warn!(%error, "questions that were left without an answer could not be looked up");
                }
                time::sleep(EVERY).await;
            }
        };
        let _: Option<()> = stop.run_until_cancelled(Box::pin(looking)).await;
    }
}
