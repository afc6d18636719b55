//! What we owe to the outside, as rows: owed, claimed under a lease, settled.

use std::time::Duration;

use serde_json::Value;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::interval;
use crate::{domain::channel::Channel, error::Result};

/// Something owed, not yet a row.
pub struct New<'a> {
    pub subject_kind: &'static str,
    pub subject_id: Option<Uuid>,
    pub channel: Channel,
    pub kind: &'static str,
    pub payload: Value,
    /// Two debts with one key are one debt.
    pub dedupe_key: &'a str,
}

/// A delivery this instance may send until its lease ends.
#[derive(Debug)]
pub struct Claimed {
    pub id: Uuid,
    pub channel: Channel,
    pub kind: String,
    pub payload: Value,
    /// Tries before this one.
    pub attempts: i32,
    pub lease: Uuid,
    /// Sent to learn whether a paused channel works again; its failure is not its own.
    pub is_probe: bool,
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
        new.channel as Channel,
        new.kind,
        new.payload,
        new.dedupe_key,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Whether there is a debt with this key.
pub async fn is_owed(db: impl PgExecutor<'_>, dedupe_key: &str) -> Result<bool> {
    let is_owed = sqlx::query_scalar!(
        r#"
        select exists (select from support.deliveries where dedupe_key = $1) as "is_owed!"
        "#,
        dedupe_key,
    )
    .fetch_one(db)
    .await?;
    Ok(is_owed)
}

/// Claims up to `limit` due deliveries of a channel. A lease that ends is a crash: the row is
/// simply due again. The channel decides: while it is paused or held nothing of it is due, but one
/// row each time a paused channel's probe is, and whose turn is longest ago.
pub async fn claim(db: impl PgExecutor<'_>, channel: Channel, lease: Duration, limit: i64) -> Result<Vec<Claimed>> {
    let token = Uuid::new_v4();
    let rows = sqlx::query!(
        r#"
        with probing as (
            update support.channels
            set probe_at = now() + $3
            where name = $1
              and paused_at is not null
              and probe_at <= now()
              and (held_until is null or held_until <= now())
            returning name
        ), due as (
            select id, false as is_probe
            from support.deliveries
            where state in ('pending', 'paused')
              and next_at <= now()
              and channel = $1
              and not exists (
                  select
                  from support.channels
                  where name = channel
                    and (paused_at is not null or held_until > now())
              )
            order by next_at
            limit $4
            for update skip locked
        ), probes as (
            select delivery.id, true as is_probe
            from probing
            cross join lateral (
                select id
                from support.deliveries
                where channel = probing.name
                  and state in ('pending', 'paused')
                  and (lease_token is null or next_at <= now())
                order by next_at
                limit 1
                for update skip locked
            ) delivery
        ), claimed as (
            select * from due
            union all
            select * from probes
        )
        update support.deliveries delivery
        set state = 'pending',
            lease_token = $2,
            next_at = now() + $3,
            attempts = attempts + 1
        from claimed
        where delivery.id = claimed.id
        returning delivery.id, delivery.kind, delivery.payload, delivery.attempts,
                  claimed.is_probe as "is_probe!"
        "#,
        channel as Channel,
        token,
        interval(lease)?,
        limit,
    )
    .fetch_all(db)
    .await?;
    let claimed = rows.into_iter().map(|row| Claimed {
        id: row.id,
        channel,
        kind: row.kind,
        payload: row.payload,
        attempts: row.attempts - 1,
        lease: token,
        is_probe: row.is_probe,
    });
    Ok(claimed.collect())
}

/// The provider has it, so its channel works, and what waited for that need not wait longer. Rows
/// that somebody holds are theirs: two of these that waited for each other would lose what was sent.
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
        ), released as (
            update support.deliveries
            set next_at = now()
            where id in (
                select id
                from support.deliveries
                where channel = $4
                  and state = 'paused'
                for update skip locked
            )
        )
        insert into support.channels as channel (name, succeeded_at)
        values ($4, now())
        on conflict (name) do update
        set succeeded_at = now(),
            fault = null,
            paused_at = null,
            probe_at = null
        "#,
        claimed.id,
        claimed.lease,
        provider_id,
        claimed.channel as Channel,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Not this time: due again after `wait`. Only a try that says something about this delivery
/// counts.
pub async fn postpone(
    db: impl PgExecutor<'_>,
    claimed: &Claimed,
    wait: Duration,
    counts: bool,
    error: &str,
) -> Result<()> {
    sqlx::query!(
        r#"
        update support.deliveries
        set next_at = now() + $3,
            attempts = case when $4 then attempts else attempts - 1 end,
            last_error = $5,
            lease_token = null
        where id = $1
          and lease_token = $2
        "#,
        claimed.id,
        claimed.lease,
        interval(wait)?,
        counts,
        error,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Never: the row stays visible, and the ticket it was about gets a note of it.
pub async fn bury(db: &mut PgConnection, claimed: &Claimed, error: &str, note: Uuid) -> Result<()> {
    // Whoever erases a person takes their conversations first and then what is owed about them. The
    // note needs the conversation to stay, so this takes both in that order too.
    sqlx::query!(
        r#"
        select conversation.id
        from support.deliveries delivery
        join support.tickets ticket on ticket.id = delivery.subject_id
        join support.conversations conversation on conversation.id = ticket.conversation_id
        where delivery.id = $1
          and delivery.subject_kind = 'ticket'
        for key share of conversation
        "#,
        claimed.id,
    )
    .fetch_optional(&mut *db)
    .await?;
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
            attempts = attempts - 1,
            next_at = now() + $5,
            lease_token = null
        where id = $1
          and lease_token = $2
        "#,
        claimed.id,
        claimed.lease,
        claimed.channel as Channel,
        fault,
        interval(probe_in)?,
    )
    .execute(db)
    .await?;
    Ok(())
}
