//! Conversations as they go on: whoever may read one is told what is said to them in it, on whatever
//! instance that was.

mod bells;

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use self::bells::{Bell, Bells};
use super::blocks::Blocks;
use crate::{
    domain::{
        block::Mark,
        client::Place,
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

/// How often it is asked whether who follows still may: without the database, but for what it tells of blocks.
const ASK_AGAIN: Duration = Duration::from_secs(3);

/// When somebody may come back who was one too many, and somebody who is blocked.
const LATER: Duration = Duration::from_secs(10);
const MUCH_LATER: Duration = Duration::from_hours(1);

#[derive(Clone)]
pub struct Following {
    db: PgPool,
    bells: Bells,
    blocks: Blocks,
    /// Cancelled when the process is asked to stop, which ends everything that follows.
    draining: CancellationToken,
}

/// Whoever follows, and what shows that they may.
pub struct Follower {
    pub owner: Option<Owner>,
    pub visitor: Option<VisitorToken>,
    /// Where they come from, where that tells one from another.
    pub place: Option<Place>,
}

/// A customer, for as long as their session lasts.
pub struct Owner {
    pub email: Email,
    pub until: DateTime<Utc>,
}

/// A conversation that somebody follows.
pub struct Thread {
    db: PgPool,
    blocks: Blocks,
    handle: Handle,
    follower: Follower,
    /// Everything up to here was told or is none of theirs.
    position: i64,
    bell: Bell,
    draining: CancellationToken,
}

impl Following {
    pub fn new(db: PgPool, blocks: Blocks, draining: CancellationToken) -> Self {
        Self { db, bells: Bells::default(), blocks, draining }
    }

    /// Follows a conversation from now on, or from behind what was `seen`. Somebody else's is told from
    /// none by nothing.
    pub async fn follow(&self, handle: Handle, follower: Follower, seen: Option<i64>) -> Result<Thread> {
        if self.blocks.hold(follower.marks(&handle)).await {
            return Err(Error::TooMany { retry_after: MUCH_LATER });
        }
        let end = following::end(&self.db, &follower.reader(&handle)).await?;
        let (id, end) = end.ok_or(Error::NotFound("conversation"))?;
        let bell = self.bells.hang(id, follower.place).ok_or(Error::TooMany { retry_after: LATER })?;
        Ok(Thread {
            db: self.db.clone(),
            blocks: self.blocks.clone(),
            position: seen.map_or(end, |seen| seen.min(end)),
            handle,
            follower,
            bell,
            draining: self.draining.clone(),
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

impl Follower {
    fn reader<'a>(&'a self, handle: &'a Handle) -> Reader<'a> {
        let owner = self.owner.as_ref().map(|owner| &owner.email);
        Reader { handle, owner, visitor: self.visitor.as_ref() }
    }

    fn marks(&self, handle: &Handle) -> impl Iterator<Item = Mark> {
        let owner = self.owner.as_ref().map(|owner| Mark::from(&owner.email));
        [Some(Mark::from(handle)), owner, self.place.map(Mark::from)].into_iter().flatten()
    }
}

impl Thread {
    /// Where the last one that was told stands, or where it began.
    pub fn position(&self) -> i64 {
        self.position
    }

    /// What is said next, each with its place; nothing when nothing more will be told.
    pub async fn next(&mut self) -> Option<Vec<(i64, Told)>> {
        let mut looked_at: Option<Instant> = None;
        while !self.draining.is_cancelled() && self.may_follow().await {
            let patience = if self.bell.is_rung() { LOOK_TO_BE_SURE } else { LOOK_UNHEARD };
            if looked_at.is_none_or(|looked_at| looked_at.elapsed() >= patience) {
                self.bell.listen();
                looked_at = Some(Instant::now());
                match timeout(LONGEST_LOOK, self.look()).await {
                    Ok(Ok(None)) => return None,
                    Ok(Ok(Some(said))) if !said.is_empty() => return Some(said),
                    Ok(Err(error)) => warn!(%error, "a conversation that is followed cannot be read"),
                    Ok(Ok(Some(_))) | Err(_) => {}
                }
            }
            let rung = timeout(ASK_AGAIN, self.bell.rings());
            if let Some(Ok(())) = self.draining.run_until_cancelled(rung).await {
                looked_at = None;
            }
        }
        None
    }

    /// Not when they were blocked, and nothing any more by a session that is over.
    async fn may_follow(&mut self) -> bool {
        let is_over = self.follower.owner.as_ref().is_some_and(|owner| owner.until <= Utc::now());
        if is_over {
            self.follower.owner = None;
        }
        let shows_something = self.follower.owner.is_some() || self.follower.visitor.is_some();
        shows_something && !self.blocks.hold(self.follower.marks(&self.handle)).await
    }

    async fn look(&mut self) -> Result<Option<Vec<(i64, Told)>>> {
        let said = following::since(&self.db, &self.follower.reader(&self.handle), self.position).await?;
        self.position = said.iter().flatten().last().map_or(self.position, |(position, _)| *position);
        Ok(said)
    }
}
