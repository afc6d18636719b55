//! What has had its time, deleted a few rows at a time, so that nobody waits for it.

mod logs;
mod threads;

use std::time::Duration;

use sqlx::{PgConnection, PgPool, postgres::types::PgInterval};

use super::interval;
use crate::error::Result;

/// So many rows a commit: some milliseconds.
const BATCH: i64 = 500;

/// Any number that nobody else of ours locks.
const LOCK: i64 = 0x006c_6576_716f_7201;

/// What ages, in the order in which it goes: what points at another row first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Deliveries,
    Erasures,
    Escalations,
    Confirmations,
    Answers,
    Turns,
    Sessions,
    Usage,
    Embeddings,
    Tickets,
    Messages,
    Conversations,
}

impl Kind {
    pub const ALL: [Self; 12] = [
        Self::Deliveries,
        Self::Erasures,
        Self::Escalations,
        Self::Confirmations,
        Self::Answers,
        Self::Turns,
        Self::Sessions,
        Self::Usage,
        Self::Embeddings,
        Self::Tickets,
        Self::Messages,
        Self::Conversations,
    ];
}

/// Deletes some of what is older than `age`, and tells how many; `None` while another instance is at it.
pub async fn sweep(db: &PgPool, kind: Kind, age: Duration) -> Result<Option<u64>> {
    let mut tx = db.begin().await?;
    let is_ours = sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock($1) as "is!""#, LOCK).fetch_one(&mut *tx);
    if !is_ours.await? {
        return Ok(None);
    }
    let swept = delete(&mut tx, kind, interval(age)?).await?;
    tx.commit().await?;
    Ok(Some(swept))
}

async fn delete(db: &mut PgConnection, kind: Kind, age: PgInterval) -> Result<u64> {
    match kind {
        Kind::Deliveries => logs::deliveries(db, age).await,
        Kind::Erasures => logs::erasures(db, age).await,
        Kind::Escalations => logs::escalations(db, age).await,
        Kind::Confirmations => logs::confirmations(db, age).await,
        Kind::Answers => logs::answers(db, age).await,
        Kind::Turns => logs::turns(db, age).await,
        Kind::Sessions => logs::sessions(db, age).await,
        Kind::Usage => logs::usage(db, age).await,
        Kind::Embeddings => logs::embeddings(db, age).await,
        Kind::Tickets => threads::tickets(db, age).await,
        Kind::Messages => threads::messages(db, age).await,
        Kind::Conversations => threads::conversations(db, age).await,
    }
}

/// A sweep that found so few has found all.
pub fn is_last(swept: u64) -> bool {
    i64::try_from(swept).is_ok_and(|swept| swept < BATCH)
}
