//! A request that its sender named is done once: who sends it again gets the first one's answer.
//!
//! What a request does and the answer that is kept for it are two commits. A crash between them
//! leaves a lease that ends by itself, and then the request is done again: an escalation finds the
//! ticket of the first time, because that is written down with it; a turn of a chat that had its answer
//! is said and answered a second time, in the same conversation where there was one, and extends the
//! ticket it has. One that had none stands in for the first, which nobody answers any more; and where a
//! person was asked meanwhile, that is what is heard, and nothing is said again. Only a first message that
//! was cut off may leave a conversation behind that nobody goes on with. What failed (5xx) or met its
//! deadline is given back at once, and is done again likewise.

mod name;
mod seal;

use std::{sync::Arc, time::Duration};

use sqlx::PgPool;
use tokio::{
    runtime,
    sync::Semaphore,
    time::{self, Instant},
};
use tokio_util::sync::CancellationToken;
use tracing::warn;
use uuid::Uuid;

pub use self::name::{Name, Who};
use crate::{
    error::Result,
    storage::idempotency::{self, Claim, Row},
};

/// How often who waits looks again. Nothing of the database is held in between, and no
/// notification can get lost, whichever instance is at work.
const POLL: Duration = Duration::from_millis(75);

/// How much longer than a handler may run its lease lasts, for what it sent to the database last.
const GRACE: Duration = Duration::from_secs(1);

/// So many repetitions wait at a time; the rest are told to come again.
const MOST_WAITING: usize = 64;

#[derive(Clone)]
pub struct Idempotency {
    db: PgPool,
    /// After this, whoever was at a request is dead.
    lease: Duration,
    /// How long a repetition waits for the first one.
    patience: Duration,
    waiting: Arc<Semaphore>,
    /// Cancelled when the process is asked to stop: nobody waits any longer for other instances.
    draining: CancellationToken,
}

/// How a request begins.
pub enum Begun {
    /// Nobody has done it: do it, and keep the answer.
    Ours(Lease),
    Answered(Answer),
    /// By that name something else was asked.
    Another,
    /// Somebody is still at it, or has just failed at it.
    UnderWay,
}

/// An answer as it is kept.
pub struct Answer {
    pub status: u16,
    pub bytes: Vec<u8>,
}

/// The right to do a request. One that is dropped, be it by a panic or at a deadline, is given
/// back; of one that is lost with its process, the time runs out.
pub struct Lease {
    db: PgPool,
    name: Name,
    token: Uuid,
    is_done: bool,
}

/// What to make of what is known.
#[derive(Debug, PartialEq, Eq)]
enum Standing {
    Free,
    UnderWay,
    Answered,
    Another,
}

impl Idempotency {
    /// A handler runs for `handler` at most.
    pub fn new(db: PgPool, handler: Duration, draining: CancellationToken) -> Self {
        let waiting = Arc::new(Semaphore::new(MOST_WAITING));
        Self { db, lease: handler + GRACE, patience: handler.mul_f32(0.8), waiting, draining }
    }

    /// Claims the request, or waits for the one who has it.
    pub async fn begin(&self, name: &Name) -> Result<Begun> {
        let started = Instant::now();
        let mut is_free = true;
        let mut place = None;
        loop {
            let known = if is_free {
                match self.claim(name).await? {
                    Ok(lease) => return Ok(Begun::Ours(lease)),
                    Err(row) => row,
                }
            } else {
                idempotency::look(&self.db, &name.hashes).await?
            };
            is_free = match judge(known.as_ref(), name) {
                Standing::Answered => return answered(known, name).map(Begun::Answered),
                Standing::Another => return Ok(Begun::Another),
                // Who has waited long would not have the time to do it; who asks again has.
                Standing::Free if started.elapsed() > self.patience / 2 => return Ok(Begun::UnderWay),
                Standing::Free => true,
                Standing::UnderWay => false,
            };
            // Who waits holds a place of everybody's, so only some may.
            place = place.or_else(|| self.waiting.try_acquire().ok());
            let is_late = place.is_none() || started.elapsed() >= self.patience;
            if is_late || self.draining.run_until_cancelled(time::sleep(POLL)).await.is_none() {
                return Ok(Begun::UnderWay);
            }
        }
    }

    /// Claims it, or returns what is known of it.
    async fn claim(&self, name: &Name) -> Result<Result<Lease, Option<Row>>> {
        let token = Uuid::new_v4();
        Ok(match idempotency::claim(&self.db, &name.hashes, token, self.lease).await? {
            Claim::Ours => Ok(Lease { db: self.db.clone(), name: name.clone(), token, is_done: false }),
            Claim::Taken(row) => Err(row),
        })
    }
}

impl Lease {
    /// Keeps the answer for who asks again. Where that fails, what was done is done all the same.
    pub async fn keep(mut self, answer: &Answer) {
        // Given back, it would be done again at once; as it is, after its time.
        self.is_done = true;
        let sealed = seal::close(&self.name.seal, &answer.bytes);
        let kept = match sealed {
            Ok(sealed) => {
                idempotency::keep(&self.db, &self.name.hashes, self.token, i32::from(answer.status), &sealed).await
            }
            Err(error) => Err(error),
        };
        if let Err(error) = kept {
            warn!(%error, "an answer could not be kept for who asks again");
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Ok(runtime) = runtime::Handle::try_current() else { return };
        if self.is_done {
            return;
        }
        let (db, hashes, token) = (self.db.clone(), self.name.hashes.clone(), self.token);
        runtime.spawn(async move {
            if let Err(error) = idempotency::give_back(&db, &hashes, token).await {
                warn!(%error, "a request's lease could not be given back; it ends by itself");
            }
        });
    }
}

fn judge(known: Option<&Row>, name: &Name) -> Standing {
    match known {
        None => Standing::Free,
        Some(row) if row.request != name.hashes.request => Standing::Another,
        Some(Row { answer: Some(_), .. }) => Standing::Answered,
        Some(row) if row.has_lapsed => Standing::Free,
        Some(_) => Standing::UnderWay,
    }
}

fn answered(known: Option<Row>, name: &Name) -> Result<Answer> {
    let row = known.and_then(|row| Some((u16::try_from(row.status?).ok()?, row.answer?)));
    let (status, sealed) = row.ok_or_else(|| anyhow::anyhow!("a kept answer has no status"))?;
    Ok(Answer { status, bytes: seal::open(&name.seal, &sealed)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(request: &[u8], has_lapsed: bool, answer: Option<&[u8]>) -> Standing {
        let name = Name::of_request(&Who::Nobody, "1", "/", b"body").unwrap();
        let request = if request == b"body" { name.hashes.request.clone() } else { request.to_vec() };
        judge(Some(&Row { request, has_lapsed, status: None, answer: answer.map(<[u8]>::to_vec) }), &name)
    }

    #[test]
    fn what_is_known_says_what_to_do() {
        assert_eq!(standing(b"body", false, None), Standing::UnderWay);
        assert_eq!(standing(b"body", true, None), Standing::Free);
        for has_lapsed in [false, true] {
            assert_eq!(standing(b"body", has_lapsed, Some(b"answer")), Standing::Answered);
            assert_eq!(standing(b"another", has_lapsed, None), Standing::Another);
            assert_eq!(standing(b"another", has_lapsed, Some(b"answer")), Standing::Another);
        }
        assert_eq!(judge(None, &Name::of_request(&Who::Nobody, "1", "/", b"").unwrap()), Standing::Free);
    }
}
