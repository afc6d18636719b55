//! Who is blocked, as rows.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgExecutor;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    domain::{block::Kind, ticket::TicketId, time},
    error::Result,
};

/// As many as an instance keeps in mind; the newest count.
const MOST: i64 = 10_000;

/// A block as the team reads it. A conversation is known by the hash of its handle only.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Block {
    pub id: Uuid,
    pub kind: Kind,
    pub value: String,
    #[serde(serialize_with = "time::wire")]
    pub created_at: DateTime<Utc>,
}

/// Blocks it, or finds that it is blocked already.
pub async fn insert(db: impl PgExecutor<'_>, kind: Kind, value: &str) -> Result<Block> {
    let block = sqlx::query_as!(
        Block,
        r#"
        insert into support.blocks (id, kind, value)
        values ($1, $2, $3)
        on conflict (kind, value) do update
        set value = excluded.value
        returning id, kind as "kind: Kind", value, created_at
        "#,
        Uuid::now_v7(),
        kind as Kind,
        value,
    )
    .fetch_one(db)
    .await?;
    Ok(block)
}

/// Newest first.
pub async fn all(db: impl PgExecutor<'_>) -> Result<Vec<Block>> {
    let blocks = sqlx::query_as!(
        Block,
        r#"
        select id, kind as "kind: Kind", value, created_at
        from support.blocks
        order by created_at desc, id desc
        limit $1
        "#,
        MOST,
    )
    .fetch_all(db)
    .await?;
    Ok(blocks)
}

/// Whether there was such a block to take away.
pub async fn delete(db: impl PgExecutor<'_>, id: Uuid) -> Result<bool> {
    let deleted = sqlx::query!("delete from support.blocks where id = $1", id).execute(db).await?;
    Ok(deleted.rows_affected() > 0)
}

/// The hash of the handle by which the customer of a ticket writes, where it came from a chat.
pub async fn handle_of(db: impl PgExecutor<'_>, ticket: &TicketId) -> Result<Option<Vec<u8>>> {
    let handle_hash = sqlx::query_scalar!(
        r#"
        select conversation.handle_hash as "handle_hash!"
        from support.tickets ticket
        join support.conversations conversation on conversation.id = ticket.conversation_id
        where ticket.code = $1
          and conversation.handle_hash is not null
        "#,
        ticket.as_str(),
    )
    .fetch_optional(db)
    .await?;
    Ok(handle_hash)
}
