//! Who is blocked: kept in the database, and in mind for a few seconds.

use std::{
    collections::HashSet,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use sqlx::PgPool;
use tokio::{sync::Mutex, time::Instant};
use tracing::{info, warn};
use uuid::Uuid;

use crate::{
    domain::{block::Mark, ticket::TicketId},
    error::{Error, Result},
    storage::blocks::{self, Block},
};

/// How long an instance may not know what another was told.
const KNOWN_FOR: Duration = Duration::from_secs(4);

/// Cheap to clone; all clones know the same.
#[derive(Clone)]
pub struct Blocks {
    db: PgPool,
    known: Arc<RwLock<HashSet<Mark>>>,
    /// When it was looked up last; whoever holds it looks.
    looked_at: Arc<Mutex<Option<Instant>>>,
}

impl Blocks {
    pub fn new(db: PgPool) -> Self {
        Self { db, known: Arc::default(), looked_at: Arc::default() }
    }

    /// Whether any of these is blocked. While the database cannot be asked, what was known last counts.
    pub async fn hold(&self, marks: impl IntoIterator<Item = Mark>) -> bool {
        // Whoever comes while another looks does not wait for that.
        if let Ok(mut looked_at) = self.looked_at.try_lock()
            && looked_at.is_none_or(|looked_at| looked_at.elapsed() >= KNOWN_FOR)
        {
            *looked_at = Some(Instant::now());
            if let Err(error) = self.look().await {
                warn!(error = ?error, "who is blocked cannot be looked up");
            }
        }
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        !known.is_empty() && marks.into_iter().any(|mark| known.contains(&mark))
    }

    pub async fn add(&self, mark: &Mark) -> Result<Block> {
        let block = blocks::insert(&self.db, mark.kind, &mark.value).await?;
        info!(block.id = %block.id, kind = ?block.kind, "blocked");
        self.look().await?;
        Ok(block)
    }

    /// Blocks the conversation a ticket came from, whose name nobody of the team knows.
    pub async fn add_writer_of(&self, ticket: &TicketId) -> Result<Block> {
        let handle_hash = blocks::handle_of(&self.db, ticket).await?.ok_or(Error::NotFound("a chat of that ticket"))?;
        self.add(&Mark::of_handle_hash(&handle_hash)).await
    }

    pub async fn all(&self) -> Result<Vec<Block>> {
        blocks::all(&self.db).await
    }

    pub async fn remove(&self, id: Uuid) -> Result<()> {
        if !blocks::delete(&self.db, id).await? {
            return Err(Error::NotFound("block"));
        }
        info!(block.id = %id, "no longer blocked");
        self.look().await
    }

    async fn look(&self) -> Result<()> {
        let all = blocks::all(&self.db).await?;
        let marks = all.into_iter().map(|block| Mark { kind: block.kind, value: block.value }).collect();
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = marks;
        Ok(())
    }
}
