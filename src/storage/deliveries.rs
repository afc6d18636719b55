//! What we owe to the outside, as rows: owed, claimed under a lease, settled.

use std::time::Duration;

use serde_json::Value;
use sqlx::{PgExecutor, postgres::types::PgInterval};
use uuid::Uuid;

use crate::error::{Error, Result};

/// Something owed, not yet a row.
pub struct New<'a> {
    pub subject_kind: &'static str,
    pub subject_id: Uuid,
    pub channel: &'static str,
    pub kind: &'static str,
    pub payload: Value,
    /// Two debts with one key are one debt.
    pub dedupe_key: &'a str,
}

/// A delivery this instance may send until its lease ends.
#[derive(Debug)]
pub struct Claimed {
    pub id: Uuid,
    pub channel: String,
    pub kind: String,
    pub payload: Value,
    /// Tries before this one.
    pub attempts: i32,
    pub lease: Uuid,
}

pub async fn owe(db: impl PgExecutor<'_>, new: &New<'_>) -> Result<()> {
    sqlx::query!(
        r#"
        insert into support.deliveries (id, subject_kind, subject_id, channel, kind, payload, dedupe_key)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (dedupe_key) do nothing
        "#,
        Uuid::now_v7(),
        new.subject_kind,
        new.subject_id,
        new.channel,
        new.kind,
        new.payload,
        new.dedupe_key,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Claims up to `limit` due deliveries of `channels`. A lease that ends is a crash: the row is
/// simply due again. A paused channel gets one row each time its probe is due.
pub async fn claim(db: impl PgExecutor<'_>, channels: &[String], lease: Duration, limit: i64) -> Result<Vec<Claimed>> {
    let token = Uuid::new_v4();
    let rows = sqlx::query!(
        r#"
        with probing as (
            update support.channels
            set probe_at = now() + $3
            where name = any($1)
              and paused_at is not null
              and probe_at <= now()
            returning name
        ), due as (
            select id
            from support.deliveries
            where state = 'pending'
              and next_at <= now()
              and channel = any($1)
              and not exists (
                  select
                  from support.channels
                  where name = channel
                    and paused_at is not null
              )
            order by next_at
            limit $4
            for update skip locked
        ), probes as (
            select delivery.id
            from probing
            cross join lateral (
                select id
                from support.deliveries
                where channel = probing.name
                  and state in ('paused', 'pending')
                order by created_at
                limit 1
                for update skip locked
            ) delivery
        )
        update support.deliveries delivery
        set state = 'pending',
            lease_token = $2,
            next_at = now() + $3,
            attempts = attempts + 1
        where delivery.id in (select id from due union all select id from probes)
        returning delivery.id, delivery.channel, delivery.kind, delivery.payload, delivery.attempts
        "#,
        channels,
        token,
        interval(lease)?,
        limit,
    )
    .fetch_all(db)
    .await?;
    let claimed = rows.into_iter().map(|row| Claimed {
        id: row.id,
        channel: row.channel,
        kind: row.kind,
        payload: row.payload,
        attempts: row.attempts - 1,
        lease: token,
    });
    Ok(claimed.collect())
}

/// The provider has it. A channel that works again gives all its paused deliveries back.
pub async fn sent(db: impl PgExecutor<'_>, claimed: &Claimed, provider_id: Option<&str>) -> Result<()> {
    sqlx::query!(
        r#"
        with sent as (
            update support.deliveries
            set state = 'sent',
                provider_id = $3,
                last_error = null,
                lease_token = null,
                done_at = now()
            where id = $1
              and lease_token = $2
        ), mended as (
            insert into support.channels as channel (name, succeeded_at)
            values ($4, now())
            on conflict (name) do update
            set succeeded_at = now(),
                fault = null,
                paused_at = null,
                probe_at = null
        )
        update support.deliveries
        set state = 'pending',
            next_at = now()
        where channel = $4
          and state = 'paused'
        "#,
        claimed.id,
        claimed.lease,
        provider_id,
        claimed.channel,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Not this time: due again after `wait`.
pub async fn postpone(db: impl PgExecutor<'_>, claimed: &Claimed, wait: Duration, error: &str) -> Result<()> {
    sqlx::query!(
        r#"
        update support.deliveries
        set next_at = now() + $3,
            last_error = $4,
            lease_token = null
        where id = $1
          and lease_token = $2
        "#,
        claimed.id,
        claimed.lease,
        interval(wait)?,
        error,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Never: the row stays visible, and the ticket it was about gets a note of it.
pub async fn bury(db: impl PgExecutor<'_>, claimed: &Claimed, error: &str, note: Uuid) -> Result<()> {
    sqlx::query!(
        r#"
        with dead as (
            update support.deliveries
            set state = 'dead',
                last_error = $3,
                lease_token = null,
                done_at = now()
            where id = $1
              and lease_token = $2
            returning channel, subject_kind, subject_id
        )
        insert into support.messages (id, conversation_id, author, kind, body)
        select $4, ticket.conversation_id, 'system', 'note', 'Not delivered by ' || dead.channel || ': ' || $3
        from dead
        join support.tickets ticket on ticket.id = dead.subject_id
        where dead.subject_kind = 'ticket'
        "#,
        claimed.id,
        claimed.lease,
        error,
        note,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The channel itself is at fault: it rests until a probe gets through, and everything it owes
/// is kept. The try does not count against the delivery.
pub async fn pause_channel(db: impl PgExecutor<'_>, claimed: &Claimed, probe_in: Duration, fault: &str) -> Result<()> {
    sqlx::query!(
        r#"
        with paused as (
            insert into support.channels as channel (name, fault, paused_at, probe_at)
            values ($3, $4, now(), now() + $5)
            on conflict (name) do update
            set fault = $4,
                paused_at = coalesce(channel.paused_at, now()),
                probe_at = now() + $5
        )
        update support.deliveries
        set state = 'paused',
            last_error = $4,
            attempts = case when id = $1 then attempts - 1 else attempts end,
            lease_token = null
        where (id = $1 and lease_token = $2)
           or (channel = $3 and state = 'pending' and lease_token is null)
        "#,
        claimed.id,
        claimed.lease,
        claimed.channel,
        fault,
        interval(probe_in)?,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Makes every paused channel's probe due: the settings may have been mended since.
pub async fn probe_now(db: impl PgExecutor<'_>) -> Result<()> {
    sqlx::query!(
        r#"
        update support.channels
        set probe_at = now()
        where paused_at is not null
        "#
    )
    .execute(db)
    .await?;
    Ok(())
}

/// How a channel is doing.
pub struct Channel {
    pub fault: Option<String>,
    pub waiting: i64,
    pub dead: i64,
    pub seconds_since_success: Option<f64>,
}

pub async fn channel(db: impl PgExecutor<'_>, name: &str) -> Result<Channel> {
    let channel = sqlx::query_as!(
        Channel,
        r#"
        select channel.fault as "fault?",
               extract(epoch from now() - channel.succeeded_at)::float8 as "seconds_since_success?",
               (select count(*) from support.deliveries where channel = $1 and state in ('pending', 'paused')) as "waiting!",
               (select count(*) from support.deliveries where channel = $1 and state = 'dead') as "dead!"
        from (values ($1)) wanted (name)
        left join support.channels channel on channel.name = wanted.name
        "#,
        name,
    )
    .fetch_one(db)
    .await?;
    Ok(channel)
}

fn interval(duration: Duration) -> Result<PgInterval> {
    PgInterval::try_from(duration).map_err(|_| Error::Internal(anyhow::anyhow!("a duration finer than a microsecond")))
}
