//! How each way out is doing, shared by all instances because they send through the same accounts.

use std::time::Duration;

use sqlx::PgExecutor;

use super::interval;
use crate::{domain::channel::Channel, error::Result};

/// The provider asked for time: nothing is sent this way until then.
pub async fn hold(db: impl PgExecutor<'_>, channel: Channel, wait: Duration) -> Result<()> {
    sqlx::query!(
        r#"
        insert into support.channels as channel (name, held_until)
        values ($1, now() + $2)
        on conflict (name) do update
        set held_until = greatest(channel.held_until, excluded.held_until)
        "#,
        channel as Channel,
        interval(wait)?,
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
pub struct Standing {
    pub fault: Option<String>,
    pub waiting: i64,
    pub dead: i64,
    /// What was owed last and never arrived, in seconds ago.
    pub seconds_since_death: Option<f64>,
    /// How long the oldest debt has been waiting.
    pub longest_wait_seconds: Option<f64>,
    pub seconds_since_success: Option<f64>,
}

pub async fn standing(db: impl PgExecutor<'_>, channel: Channel) -> Result<Standing> {
    let standing = sqlx::query_as!(
        Standing,
        r#"
        select channel.fault as "fault?",
               extract(epoch from now() - channel.succeeded_at)::float8 as "seconds_since_success?",
               unsent.waiting as "waiting!",
               unsent.dead as "dead!",
               unsent.seconds_since_death,
               unsent.longest_wait_seconds
        from (values ($1)) wanted (name)
        left join support.channels channel on channel.name = wanted.name
        cross join (
            select count(*) filter (where state in ('pending', 'paused')) as waiting,
                   count(*) filter (where state = 'dead') as dead,
                   extract(epoch from now() - max(done_at) filter (where state = 'dead'))::float8 as seconds_since_death,
                   extract(epoch from now() - min(created_at) filter (where state in ('pending', 'paused')))::float8
                       as longest_wait_seconds
            from support.deliveries
            where channel = $1
              and state <> 'sent'
        ) unsent
        "#,
        channel as Channel,
    )
    .fetch_one(db)
    .await?;
    Ok(standing)
}
