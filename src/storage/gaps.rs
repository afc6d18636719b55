//! Answers that were none, as rows, and which of them the team has seen to.

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, Utc};
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use super::interval;
use crate::{
    domain::{
        gap::{Cause, GapId},
        operator::Agent,
        turn::{Author, Outcome, Turn},
    },
    error::Result,
};

/// As many as a conversation is remembered by.
const REMEMBERED: i64 = 20;

/// So much of a question was read when it was answered.
const READ: i32 = 4_000;

/// A question, and what made its answer none.
#[derive(Clone, Debug)]
pub struct Question {
    /// Of the answer.
    pub id: GapId,
    pub message: Uuid,
    pub text: String,
    pub asked_at: DateTime<Utc>,
    pub outcome: Outcome,
    pub cause: Cause,
    pub remark: Option<String>,
    /// The same for the same person, as far as we can tell: their address, their token, else the
    /// conversation.
    pub person: String,
}

/// The newest open questions, oldest first, at most `most`: answers that were not sure, that were
/// rated down, or right after which a person was asked for, and of each the question before it.
pub async fn open(db: impl PgExecutor<'_>, age: Duration, most: i64) -> Result<Vec<Question>> {
    let mut questions = sqlx::query_as!(
        Question,
        r#"
        with unanswered as (
            select message.id, message.conversation_id, message.position, message.outcome, 'unanswered' as cause
            from support.messages message
            where message.author = 'ai'
              and message.answered_by <> 'records'
              and (message.outcome in ('closest', 'unknown') or message.handoff_reason in ('no_answer', 'low_confidence'))
              and message.created_at > now() - $1::interval
              and not exists (select from support.gap_closings where message_id = message.id)
            order by message.created_at desc
            limit $2
        ), rated_down as (
            select message.id, message.conversation_id, message.position, message.outcome, 'rated_down' as cause
            from support.feedback
            join support.messages message on message.id = feedback.message_id
            where feedback.rating = 'down'
              and feedback.rated_at > now() - $1::interval
              and message.answered_by <> 'records'
              and message.outcome is not null
              and not exists (select from support.gap_closings where message_id = message.id)
            order by feedback.rated_at desc
            limit $2
        ), handed_over as (
            select answer.id, answer.conversation_id, answer.position, answer.outcome, 'handed_over' as cause
            from support.tickets ticket
            cross join lateral (
                select *
                from support.messages
                where conversation_id = ticket.conversation_id
                  and author = 'ai'
                  and created_at < ticket.created_at
                order by position desc
                limit 1
            ) answer
            where ticket.created_at > now() - $1::interval
              and ticket.handoff_reason in ('customer_request', 'frustrated')
              and answer.created_at > ticket.created_at - interval '30 minutes'
              and answer.outcome = 'answer'
              and answer.handoff_reason is null
              and answer.answered_by <> 'records'
              and (answer.sources <> '[]' or answer.answered_by = 'model')
              and not exists (select from support.gap_closings where message_id = answer.id)
            order by ticket.created_at desc
            limit $2
        ), distinct_reply as (
            select distinct on (id) id, conversation_id, position, outcome, cause
            from (table unanswered union all table rated_down union all table handed_over) reply
            order by id, cause desc
        ), reply as (
            select *
            from distinct_reply
            order by position desc
            limit $2
        )
        select reply.id as "id!: GapId",
               question.id as "message!",
               left(question.body, $3) as "text!",
               question.created_at as "asked_at!",
               reply.outcome as "outcome!: Outcome",
               reply.cause as "cause!: Cause",
               feedback.reason as "remark?",
               coalesce(
                   lower(conversation.email collate "C"),
                   encode(conversation.visitor_hash, 'hex'),
                   conversation.id::text
               ) as "person!"
        from reply
        cross join lateral (
            select id, body, created_at, position
            from support.messages
            where conversation_id = reply.conversation_id
              and author = 'customer'
              and position < reply.position
            order by position desc
            limit 1
        ) question
        join support.conversations conversation on conversation.id = reply.conversation_id
        left join support.feedback on feedback.message_id = reply.id
        order by question.position desc, reply.position desc
        "#,
        interval(age)?,
        most,
        READ,
    )
    .fetch_all(db)
    .await?;
    questions.reverse();
    Ok(questions)
}

/// What was said before each of these questions, oldest first.
pub async fn earlier(db: impl PgExecutor<'_>, questions: &[Uuid]) -> Result<HashMap<Uuid, Vec<Turn>>> {
    let rows = sqlx::query!(
        r#"
        select question.id, earlier.author as "author!: Author", earlier.body as "body!", earlier.outcome as "outcome: Outcome"
        from support.messages question
        cross join lateral (
            select author, left(body, 4000) as body, outcome, position
            from support.messages
            where conversation_id = question.conversation_id
              and position < question.position
              and kind = 'reply'
            order by position desc
            limit $2
        ) earlier
        where question.id = any($1)
        order by question.id, earlier.position
        "#,
        questions,
        REMEMBERED,
    )
    .fetch_all(db)
    .await?;
    let mut said: HashMap<Uuid, Vec<Turn>> = HashMap::new();
    for row in rows {
        let turn = Turn { author: row.author, text: row.body, outcome: row.outcome };
        said.entry(row.id).or_default().push(turn);
    }
    Ok(said)
}

/// How a gap was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Resolution {
    Alias,
    Section,
    Dismissed,
}

/// Remembers that these answers were seen to; those that are gone meanwhile need nothing.
pub async fn close(
    db: &PgPool,
    answers: &[Uuid],
    resolution: Resolution,
    reason: Option<&str>,
    agent: &Agent,
) -> Result<()> {
    sqlx::query!(
        r#"
        with answer as (
            select id
            from support.messages
            where id = any($1)
            order by id
            for key share
        )
        insert into support.gap_closings (message_id, resolution, reason, closed_by)
        select id, $2, $3, $4
        from answer
        on conflict (message_id) do nothing
        "#,
        answers,
        resolution as Resolution,
        reason,
        agent.to_string(),
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn is_closed(db: impl PgExecutor<'_>, id: GapId) -> Result<bool> {
    let is_closed = sqlx::query_scalar!(
        r#"select exists (select from support.gap_closings where message_id = $1) as "is!""#,
        id.0,
    )
    .fetch_one(db)
    .await?;
    Ok(is_closed)
}
