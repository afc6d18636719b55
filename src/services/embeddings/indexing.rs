//! Has the newest knowledge base learnt, in the background: no start and no answer waits for it.

use std::{sync::Arc, time::Duration};

use sqlx::PgPool;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{
    Embeddings,
    learning::{Kept, Learner, Unlearnt},
};
use crate::{
    integrations::openai::NoAnswer,
    services::{
        budget::Budget,
        faq_loader::{KnowledgeBase, Loaded},
    },
};

/// Seconds after the try before: quick at first, because most faults pass; the last one for ever.
const WAITS: [u64; 4] = [2, 15, 60, 600];

/// What is in use says so once a day, or it would be swept.
const A_DAY: Duration = Duration::from_hours(24);

/// Two models behind one name would have us learn for ever, and pay.
const BEGIN_ANEW_EVERY: Duration = Duration::from_hours(1);

pub struct Indexer {
    embeddings: Embeddings,
    knowledge: KnowledgeBase,
    learner: Learner,
}

impl Indexer {
    pub fn new(embeddings: &Embeddings, knowledge: KnowledgeBase, db: PgPool, budget: Budget) -> Self {
        let learner = Learner::new(embeddings.embedder.clone(), Kept { db, budget });
        Self { embeddings: embeddings.clone(), knowledge, learner }
    }

    /// Learns until `stop`, which it need not wait for: what is half learnt is kept.
    pub async fn run(mut self, stop: CancellationToken) {
        let _: Option<()> = stop.run_until_cancelled(Box::pin(self.follow())).await;
    }

    async fn follow(&mut self) {
        let (mut failures, mut began_anew) = (0, None::<Instant>);
        loop {
            let desk = self.knowledge.current();
            let wait = match self.learn(&desk).await {
                Ok(()) => {
                    failures = 0;
                    A_DAY
                }
                Err(why) => {
                    let wait = wait(failures, &why);
                    failures += 1;
                    self.tell(&why, wait);
                    wait
                }
            };
            let may_begin_anew = began_anew.is_none_or(|at| at.elapsed() > BEGIN_ANEW_EVERY);
            let wait = if may_begin_anew { wait } else { wait.min(BEGIN_ANEW_EVERY) };
            tokio::select! {
                () = self.knowledge.moved_on_from(&desk) => failures = 0,
                () = self.embeddings.outdated(), if may_begin_anew => {
                    began_anew = Some(Instant::now());
                    if let Err(why) = self.learner.forget().await {
                        warn!(reason = %why, "outdated embeddings could not be deleted");
                    }
                }
                () = sleep(wait) => {}
            }
        }
    }

    async fn learn(&mut self, desk: &Arc<Loaded>) -> Result<(), Unlearnt> {
        let started = Instant::now();
        let vectors = self.learner.learn(desk.knowledge.texts()).await?;
        self.embeddings.publish(desk, vectors);
        info!(model = %self.embeddings.model(), sections = desk.knowledge.section_count(),
            took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX), "the knowledge base has its embeddings");
        Ok(())
    }

    /// Without money nothing is at fault.
    fn tell(&self, why: &Unlearnt, wait: Duration) {
        warn!(reason = %why, wait_seconds = wait.as_secs(), "the knowledge base has no embeddings yet: words alone decide");
        let is_fault = !matches!(why, Unlearnt::Unaffordable);
        let fault = is_fault.then(|| format!("the knowledge base has no embeddings: {why}"));
        self.embeddings.state.send_modify(|state| state.fault = fault);
    }
}

/// How long to wait after so many failures in a row and this one; as long as a server asks, where it is longer.
fn wait(failures: usize, why: &Unlearnt) -> Duration {
    let last = WAITS[WAITS.len() - 1];
    let wait = Duration::from_secs(WAITS.get(failures).copied().unwrap_or(last));
    match why {
        Unlearnt::NoAnswer(NoAnswer::TooMany { retry_after: Some(asked) }) => wait.max(*asked).min(A_DAY),
        Unlearnt::Unaffordable => Duration::from_secs(last),
        Unlearnt::Changed if failures > 0 => BEGIN_ANEW_EVERY,
        _ => wait,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_grows_and_a_server_may_ask_for_more() {
        let late = || Unlearnt::NoAnswer(NoAnswer::Late);
        let asks = |seconds| Unlearnt::NoAnswer(NoAnswer::TooMany { retry_after: Some(Duration::from_secs(seconds)) });

        let waits = [0, 1, 2, 3, 4, 1_000].map(|failures| wait(failures, &late()).as_secs());
        assert_eq!(waits, [2, 15, 60, 600, 600, 600]);
        assert_eq!([0, 1, 9].map(|failures| wait(failures, &Unlearnt::Changed).as_secs()), [2, 3_600, 3_600]);
        assert_eq!([1, 40, u64::MAX].map(|seconds| wait(0, &asks(seconds)).as_secs()), [2, 40, A_DAY.as_secs()]);
    }
}
