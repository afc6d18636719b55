//! Named requests, as rows: claimed under a lease, answered once, forgotten after a day.

use std::time::Duration;

use sqlx::PgExecutor;
use uuid::Uuid;

use super::interval;
use crate::error::Result;

/// Which row is a request's, and what was asked.
#[derive(Clone, Debug)]
pub struct Hashes {
    pub scope: Vec<u8>,
    pub key: Vec<u8>,
    pub request: Vec<u8>,
}

/// What is known of a named request.
pub struct Row {
    pub request: Vec<u8>,
    /// Whether whoever was at it has had their time.
    pub has_lapsed: bool,
    pub status: Option<i32>,
    pub answer: Option<Vec<u8>>,
}

/// What came of a claim.
pub enum Claim {
    Ours,
    /// Somebody else's; nothing is known of one that was made a moment ago.
    Taken(Option<Row>),
}

/// Claims a request for `lease`, or tells what is known of it: one statement, so one round trip,
/// also for a request that was answered. What is older than a day is as good as gone.
pub async fn claim(db: impl PgExecutor<'_>, of: &Hashes, token: Uuid, lease: Duration) -> Result<Claim> {
    let row = sqlx::query!(
        r#"
        with claimed as (
            insert into support.idempotency_keys as known (scope_hash, key_hash, request_hash, lease_token, lease_until)
            values ($1, $2, $3, $4, now() + $5)
            on conflict (scope_hash, key_hash) do update
            set request_hash = excluded.request_hash,
                lease_token = excluded.lease_token,
                lease_until = excluded.lease_until,
                status = null,
                answer = null,
                created_at = now()
            where known.created_at <= now() - interval '24 hours'
               or (known.answer is null
                   and known.lease_until <= now()
                   and known.request_hash = excluded.request_hash)
            returning request_hash
        )
        select true as "is_ours!", request_hash as "request!", false as "has_lapsed!",
               null::integer as status, null::bytea as answer
        from claimed
        union all
        select false, request_hash, lease_until <= now(), status, answer
        from support.idempotency_keys
        where scope_hash = $1
          and key_hash = $2
          and not exists (select from claimed)
        "#,
        of.scope,
        of.key,
        of.request,
        token,
        interval(lease)?,
    )
    .fetch_optional(db)
    .await?;
    Ok(match row {
        Some(row) if row.is_ours => Claim::Ours,
        row => Claim::Taken(row.map(|row| Row {
            request: row.request,
            has_lapsed: row.has_lapsed,
            status: row.status,
            answer: row.answer,
        })),
    })
}

/// What is known of a request, without touching it.
pub async fn look(db: impl PgExecutor<'_>, of: &Hashes) -> Result<Option<Row>> {
    let row = sqlx::query_as!(
        Row,
        r#"
        select request_hash as request, lease_until <= now() as "has_lapsed!", status, answer
        from support.idempotency_keys
        where scope_hash = $1
          and key_hash = $2
          and created_at > now() - interval '24 hours'
        "#,
        of.scope,
        of.key,
    )
    .fetch_optional(db)
    .await?;
    Ok(row)
}

/// Keeps the answer, unless the lease has lapsed and somebody else has taken the request over.
pub async fn keep(db: impl PgExecutor<'_>, of: &Hashes, token: Uuid, status: i32, answer: &[u8]) -> Result<()> {
    sqlx::query!(
        r#"
        update support.idempotency_keys
        set status = $4,
            answer = $5
        where scope_hash = $1
          and key_hash = $2
          and lease_token = $3
        "#,
        of.scope,
        of.key,
        token,
        status,
        answer,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Nothing came of it: the next who asks may begin at once.
pub async fn give_back(db: impl PgExecutor<'_>, of: &Hashes, token: Uuid) -> Result<()> {
    sqlx::query!(
        r#"
        delete from support.idempotency_keys
        where scope_hash = $1
          and key_hash = $2
          and lease_token = $3
          and answer is null
        "#,
        of.scope,
        of.key,
        token,
    )
    .execute(db)
    .await?;
    Ok(())
}
