//! How the desk is doing, counted in the tables.

use std::collections::BTreeMap;

use sqlx::{PgConnection, postgres::types::PgInterval};

use crate::{
    domain::figures::{Answers, Ratings, Spread, Tickets},
    error::Result,
};

/// Counting takes milliseconds; compiling what counts would take seconds.
pub async fn take_no_detour(db: &mut PgConnection) -> Result<()> {
    sqlx::query!("select set_config('jit', 'off', true)").fetch_one(db).await?;
    Ok(())
}

/// Chats that were opened, and what became of them.
pub struct Conversations {
    pub opened: i64,
    pub people: i64,
    pub handed_over: i64,
    pub resolved: i64,
    pub unresolved: i64,
    pub pending: i64,
}

/// A chat counts as resolved when its last reply to a question was an answer, it has no ticket and no
/// answer that was rated down, and its customer left it at that for seven days: they neither came
/// back to it after more than an hour nor opened another conversation. Until these days are over it
/// is pending; one in which nothing was asked is none of it.
pub async fn conversations(db: &mut PgConnection, age: PgInterval) -> Result<Conversations> {
    let conversations = sqlx::query_as!(
        Conversations,
        r#"
        with opened as (
            select id, handle_hash, created_at,
                   coalesce(lower(email collate "C"), encode(visitor_hash, 'hex'), id::text) as person
            from support.conversations
            where created_at > now() - $1::interval
        ), conversation as (
            select id, handle_hash, person, lead(created_at) over (partition by person order by created_at, id) as next_at
            from opened
        ), said as (
            select conversation_id, outcome, created_at, rating = 'down' as is_rated_down,
                   case
                       when author = 'ai'
                           and answered_by <> 'person_waiting'
                           and not (answered_by = 'knowledge_base' and outcome = 'answer' and sources = '[]')
                       then position
                   end as answered_at
            from support.messages
            left join support.feedback on message_id = id
            where kind = 'reply'
              and created_at > now() - $1::interval
        ), thread as (
            select conversation_id,
                   min(created_at) as first_at,
                   max(created_at) as last_at,
                   bool_or(is_rated_down) as is_rated_down,
                   max(answered_at) is not null as is_asked,
                   max(answered_at) = max(answered_at) filter (where outcome = 'answer') as is_answered
            from said
            group by conversation_id
        ), ticket as (
            select distinct conversation_id
            from support.tickets
            where created_at > now() - $1::interval
        ), chat as (
            select conversation.person,
                   ticket.conversation_id is not null as is_handed_over,
                   thread.is_asked,
                   thread.last_at > now() - interval '7 days' as is_pending,
                   coalesce(thread.is_answered, false)
                   and ticket.conversation_id is null
                   and is_rated_down is not true
                   and (next_at is null or next_at > thread.last_at + interval '7 days')
                   and case
                       -- Few threads are that long, and only those are looked through.
                       when thread.last_at > thread.first_at + interval '1 hour' then not exists (
                           select
                           from (
                               select author, created_at - lag(created_at) over (order by position) as pause
                               from support.messages
                               where conversation_id = conversation.id
                                 and kind = 'reply'
                           ) message
                           where author = 'customer'
                             and pause > interval '1 hour'
                             and pause <= interval '7 days'
                       )
                       else true
                   end as is_resolved
            from conversation
            join thread on thread.conversation_id = conversation.id
            left join ticket on ticket.conversation_id = conversation.id
            where conversation.handle_hash is not null
        )
        select count(*) as "opened!",
               count(distinct person) as "people!",
               count(*) filter (where is_handed_over) as "handed_over!",
               count(*) filter (where is_asked and not is_pending and is_resolved) as "resolved!",
               count(*) filter (where is_asked and not is_pending and not is_resolved) as "unresolved!",
               count(*) filter (where is_asked and is_pending) as "pending!"
        from chat
        "#,
        age,
    )
    .fetch_one(db)
    .await?;
    Ok(conversations)
}

pub async fn answers(db: &mut PgConnection, age: PgInterval) -> Result<Answers> {
    let rows = sqlx::query!(
        r#"
        select outcome as "outcome!", answered_by as "answered_by!", count(*) as "count!"
        from support.messages
        where author = 'ai'
          and outcome is not null
          and answered_by is not null
          and created_at > now() - $1::interval
        group by outcome, answered_by
        "#,
        age,
    )
    .fetch_all(db)
    .await?;
    let mut answers = Answers::default();
    for row in rows {
        answers.total += row.count;
        *answers.by_outcome.entry(row.outcome).or_default() += row.count;
        *answers.by_answered_by.entry(row.answered_by).or_default() += row.count;
    }
    Ok(answers)
}

pub async fn ratings(db: &mut PgConnection, age: PgInterval) -> Result<Ratings> {
    let ratings = sqlx::query_as!(
        Ratings,
        r#"
        select count(*) filter (where feedback.rating = 'up') as "up!",
               count(*) filter (where feedback.rating = 'down') as "down!",
               count(*) filter (where feedback.rating = 'down' and message.outcome = 'answer') as "wrong_answers!"
        from support.feedback
        join support.messages message on message.id = feedback.message_id
        where feedback.rated_at > now() - $1::interval
        "#,
        age,
    )
    .fetch_one(db)
    .await?;
    Ok(ratings)
}

pub async fn tickets(db: &mut PgConnection, age: PgInterval) -> Result<Tickets> {
    let row = sqlx::query!(
        r#"
        with ticket as (
            select status, created_at, closed_at,
                   created_at > now() - $1::interval as is_new,
                   extract(epoch from first_answer_at - created_at)::float8 / 3600 as hours
            from support.tickets
        )
        select count(*) filter (where is_new) as "opened!",
               count(*) filter (where closed_at > now() - $1::interval) as "closed!",
               count(*) filter (where status <> 'closed') as "open!",
               extract(epoch from now() - min(created_at) filter (where status <> 'closed'))::float8 / 3600 as oldest_open_hours,
               percentile_cont(0.5) within group (order by hours) filter (where is_new) as median,
               percentile_cont(0.9) within group (order by hours) filter (where is_new) as p90
        from ticket
        "#,
        age,
    )
    .fetch_one(db)
    .await?;
    Ok(Tickets {
        opened: row.opened,
        closed: row.closed,
        open: row.open,
        oldest_open_hours: row.oldest_open_hours,
        first_reply_hours: Spread { median: row.median, p90: row.p90 },
    })
}

/// Why tickets were opened, and how many for each reason.
pub async fn reasons(db: &mut PgConnection, age: PgInterval) -> Result<BTreeMap<String, i64>> {
    let rows = sqlx::query!(
        r#"
        select handoff_reason as "reason!", count(*) as "count!"
        from support.tickets
        where created_at > now() - $1::interval
          and handoff_reason is not null
        group by handoff_reason
        "#,
        age,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.reason, row.count)).collect())
}

/// So many days.
pub fn days(days: i64) -> PgInterval {
    PgInterval { months: 0, days: i32::try_from(days).unwrap_or(i32::MAX), microseconds: 0 }
}
