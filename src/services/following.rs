//! Conversations as they go on: whoever may read one is told what is said to them in it, on whatever
//! instance that was.

mod bells;

use std::{collections::BTreeSet, time::Duration};

use sqlx::PgPool;
use tokio::{
    sync::OwnedSemaphorePermit,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use self::bells::{Bell, Bells};
use crate::{
    domain::{
        contact::Email,
        message::Told,
        token::{Handle, VisitorToken},
    },
    error::{Error, Result},
    storage::following::{self, Listener, Reader},
};

/// How often who follows looks for themselves: while nobody hears of what is said, and to be sure
/// while somebody does.
const LOOK_UNHEARD: Duration = Duration::from_secs(3);
const LOOK_TO_BE_SURE: Duration = Duration::from_secs(30);

/// How long to leave a database alone that does not let us listen, at first and at most.
const LISTEN_AGAIN: Duration = Duration::from_secs(2);
const LISTEN_AGAIN_AT_MOST: Duration = Duration::from_mins(1);

/// A look takes longer only when the database hangs.
const LONGEST_LOOK: Duration = Duration::from_secs(10);

/// When somebody may come back who was one too many.
const LATER: Duration = Duration::from_secs(10);

/// Of two messages that are written at once the later one may be seen first, so this many are
/// remembered by themselves.
const REMEMBERED: usize = 50;

#[derive(Clone)]
pub struct Following {
    db: PgPool,
    bells: Bells,
    /// Cancelled when the process is asked to stop, which ends everything that follows.
    draining: CancellationToken,
}

/// A conversation that somebody follows.
pub struct Thread {
    db: PgPool,
    handle: Handle,
    owner: Option<Email>,
    visitor: Option<VisitorToken>,
    /// Everything up to here was told or is none of theirs,
    position: i64,
    /// and so was this behind it.
    told: BTreeSet<i64>,
    bell: Bell,
    draining: CancellationToken,
    _place: OwnedSemaphorePermit,
}

impl Following {
    pub fn new(db: PgPool, draining: CancellationToken) -> Self {
        Self { db, bells: Bells::default(), draining }
    }

    /// Follows a conversation from now on, or from behind what was `seen`. Somebody else's is told from
    /// none by nothing.
    pub async fn follow(
        &self,
        handle: Handle,
        owner: Option<Email>,
        visitor: Option<VisitorToken>,
        seen: Option<i64>,
    ) -> Result<Thread> {
        let reader = Reader { handle: &handle, owner: owner.as_ref(), visitor: visitor.as_ref() };
        let (id, end) = following::end(&self.db, &reader).await?.ok_or(Error::NotFound("conversation"))?;
        let (bell, place) = self.bells.hang(id).ok_or(Error::TooMany { retry_after: LATER })?;
        Ok(Thread {
            db: self.db.clone(),
            position: seen.map_or(end, |seen| seen.min(end)),
            handle,
            owner,
            visitor,
            told: BTreeSet::new(),
            bell,
            draining: self.draining.clone(),
            _place: place,
        })
    }

    /// Hears what is said for all who follow, from the first of them on.
    pub async fn listen(self, stop: CancellationToken) {
        let listening = async {
            self.bells.first().await;
            let mut pause = LISTEN_AGAIN;
            loop {
                match self.hear().await {
                    Ok(()) => pause = LISTEN_AGAIN,
                    Err(error) => {
                        warn!(?error, "nobody hears what is said in conversations: who follows one looks by itself");
                        pause = (pause * 2).min(LISTEN_AGAIN_AT_MOST);
                    }
                }
                self.bells.are_rung(false);
                sleep(pause).await;
            }
        };
        stop.run_until_cancelled(listening).await;
    }

    /// Until the connection is lost.
    async fn hear(&self) -> Result<()> {
        let mut listener = Listener::connect(&self.db).await?;
        info!("listening to what is said in conversations");
        // What was said before is heard of by nobody.
        self.bells.are_rung(true);
        while let Some(conversation) = listener.next().await? {
            self.bells.ring(conversation);
        }
        Ok(())
    }
}

impl Thread {
    /// Where the last one that was told stands, or where it began.
    pub fn position(&self) -> i64 {
        self.told.last().copied().unwrap_or(self.position)
    }

    /// What is said next, each with its place; nothing when nothing more will be told.
    pub async fn next(&mut self) -> Option<Vec<(i64, Told)>> {
        while !self.draining.is_cancelled() {
            self.bell.listen();
            match timeout(LONGEST_LOOK, self.look()).await {
                Ok(Ok(None)) => return None,
                Ok(Ok(Some(said))) if !said.is_empty() => return Some(said),
                Ok(Err(error)) => warn!(%error, "a conversation that is followed cannot be read"),
                Ok(Ok(Some(_))) | Err(_) => {}
            }
            let patience = if self.bell.is_rung() { LOOK_TO_BE_SURE } else { LOOK_UNHEARD };
            let rung = timeout(patience, self.bell.rings());
            // Rung or not, it is looked again.
            let _ = self.draining.run_until_cancelled(rung).await;
        }
        None
    }

    async fn look(&mut self) -> Result<Option<Vec<(i64, Told)>>> {
        let reader = Reader { handle: &self.handle, owner: self.owner.as_ref(), visitor: self.visitor.as_ref() };
        let told: Vec<i64> = self.told.iter().copied().collect();
        let said = following::since(&self.db, &reader, self.position, &told).await?;
        self.told.extend(said.iter().flatten().map(|(position, _)| *position));
        while self.told.len() > REMEMBERED {
            self.position = self.told.pop_first().unwrap_or(self.position);
        }
        Ok(said)
    }
}
