//! Conversations and their messages, as rows.

use serde_json::Value;
use sqlx::{PgConnection, PgExecutor};

use crate::{
    domain::{
        contact::Email,
        conversation::{ConversationId, Mode, Status},
        handle::Handle,
        message::MessageId,
        turn::{Author, Outcome, Turn},
    },
    error::Result,
};

/// How many earlier turns a conversation is remembered by.
const REMEMBERED: i64 = 20;

/// The conversation a message went to.
pub struct Open {
    pub id: ConversationId,
    pub status: Status,
    pub email: Option<String>,
    /// Whether the message opened it.
    pub is_new: bool,
}

/// Stores a customer's message in the conversation that `presented` names, or in a new one
/// under `fresh`: one statement, so one commit and one round trip.
pub async fn receive(
    db: impl PgExecutor<'_>,
    presented: Option<&Handle>,
    fresh: &Handle,
    mode: Mode,
    message: MessageId,
    body: &str,
) -> Result<Open> {
    let presented = presented.map(Handle::hash);
    let row = sqlx::query!(
        r#"
        with found as (
            update support.conversations
            set updated_at = now(),
                status = case status when 'closed' then 'ai' else status end
            where handle_hash = $1
              and mode = $2
            returning id, status, email, false as is_new
        ), opened as (
            insert into support.conversations (id, handle_hash, mode)
            select $3, $4, $2
            where not exists (select from found)
            returning id, status, email, true as is_new
        ), conversation as (
            select * from found
            union all
            select * from opened
        ), stored as (
            insert into support.messages (id, conversation_id, author, body)
            select $5, id, 'customer', $6
            from conversation
        )
        select id as "id!", status as "status!: Status", email, is_new as "is_new!"
        from conversation
        "#,
        presented,
        mode as Mode,
        ConversationId::new().0,
        fresh.hash(),
        message.0,
        body,
    )
    .fetch_one(db)
    .await?;
    Ok(Open { id: ConversationId(row.id), status: row.status, email: row.email, is_new: row.is_new })
}

/// The last turns of a conversation before `message`, oldest first; notes are not part of it.
pub async fn earlier(db: impl PgExecutor<'_>, conversation: ConversationId, message: MessageId) -> Result<Vec<Turn>> {
    let rows = sqlx::query!(
        r#"
        select author as "author: Author", body, outcome as "outcome: Outcome"
        from support.messages
        where conversation_id = $1
          and id <> $2
          and kind = 'reply'
        order by position desc
        limit $3
        "#,
        conversation.0,
        message.0,
        REMEMBERED,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().rev().map(|row| Turn { author: row.author, text: row.body, outcome: row.outcome }).collect())
}

/// What the desk answered, with how it came about.
pub struct Answered<'a> {
    pub id: MessageId,
    pub body: &'a str,
    pub outcome: Outcome,
    pub by: &'static str,
    pub confidence: f32,
    pub sources: Value,
    pub handoff_reason: Option<&'static str>,
    pub took_ms: i32,
}

pub async fn answer(db: impl PgExecutor<'_>, conversation: ConversationId, answered: &Answered<'_>) -> Result<()> {
    sqlx::query!(
        r#"
        insert into support.messages
            (id, conversation_id, author, body, outcome, answered_by, confidence, sources, handoff_reason, took_ms)
        values ($1, $2, 'ai', $3, $4, $5, $6, $7, $8, $9)
        "#,
        answered.id.0,
        conversation.0,
        answered.body,
        answered.outcome as Outcome,
        answered.by,
        answered.confidence,
        answered.sources,
        answered.handoff_reason,
        answered.took_ms,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A conversation that no chat led to: an escalation by itself.
pub async fn open_without_chat(db: &mut PgConnection, mode: Mode, email: &Email, body: &str) -> Result<ConversationId> {
    let id = ConversationId::new();
    sqlx::query!(
        r#"
        insert into support.conversations (id, mode, status, email)
        values ($1, $2, 'waiting', $3)
        "#,
        id.0,
        mode as Mode,
        email.as_str(),
    )
    .execute(&mut *db)
    .await?;
    say(db, id, body).await?;
    Ok(id)
}

/// Adds a customer's words to a conversation.
pub async fn say(db: impl PgExecutor<'_>, conversation: ConversationId, body: &str) -> Result<()> {
    sqlx::query!(
        r#"
        insert into support.messages (id, conversation_id, author, body)
        values ($1, $2, 'customer', $3)
        "#,
        MessageId::random().0,
        conversation.0,
        body,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A person has been asked for; their address is kept where it was not known before. A
/// conversation somebody has taken over already stays with them.
pub async fn wait_for_person(
    db: impl PgExecutor<'_>,
    conversation: ConversationId,
    email: Option<&Email>,
) -> Result<()> {
    sqlx::query!(
        r#"
        update support.conversations
        set status = case status when 'human' then status else 'waiting' end,
            email = coalesce(email, $2),
            updated_at = now()
        where id = $1
        "#,
        conversation.0,
        email.map(Email::as_str),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A conversation whose last customer messages might be what an escalation repeats.
pub struct Candidate {
    pub id: ConversationId,
    /// The last three customer messages, oldest first.
    pub last_messages: Vec<String>,
}

/// Public conversations of the last half hour whose customer wrote one of `endings` and whose
/// address is unknown or `email`.
pub async fn ending_with(db: impl PgExecutor<'_>, endings: &[String], email: &Email) -> Result<Vec<Candidate>> {
    let rows = sqlx::query!(
        r#"
        select conversation.id, last_messages.bodies as "bodies!"
        from support.conversations conversation
        cross join lateral (
            select array_agg(message.body order by message.position) as bodies
            from (
                select body, position
                from support.messages
                where conversation_id = conversation.id
                  and author = 'customer'
                order by position desc
                limit 3
            ) message
        ) last_messages
        where conversation.mode = 'public'
          and conversation.handle_hash is not null
          and (conversation.email is null or lower(conversation.email) = $2)
          and conversation.id in (
              select conversation_id
              from support.messages
              where author = 'customer'
                and body = any($1)
                and created_at > now() - interval '30 minutes'
          )
        limit 50
        "#,
        endings,
        email.folded(),
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| Candidate { id: ConversationId(row.id), last_messages: row.bodies }).collect())
}
