//! Conversations and their messages, as rows.

use serde_json::Value;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::usage::Bill;
use crate::{
    domain::{
        contact::Email,
        conversation::{ConversationId, Mode, Status},
        message::MessageId,
        ticket::TicketId,
        token::{Handle, VisitorToken},
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

impl Open {
    /// One that a message opens, of a customer or of a visitor.
    pub fn opening(owner: Option<&Email>) -> Self {
        let email = owner.map(|owner| owner.as_str().to_owned());
        Self { id: ConversationId::new(), status: Status::Ai, email, is_new: true }
    }
}

/// A message, and what its sender shows.
pub struct Received<'a> {
    pub id: MessageId,
    pub body: &'a str,
    pub presented: Option<&'a Handle>,
    /// Whose conversation it is to be; with an owner it is private.
    pub owner: Option<&'a Email>,
    pub visitor: Option<&'a VisitorToken>,
    /// The conversation that the message may open, and how it is called.
    pub opening: &'a Open,
    pub fresh: &'a Handle,
    pub fresh_visitor: Option<&'a VisitorToken>,
    /// What stands for the whole request, where its sender named it.
    pub request: Option<&'a [u8]>,
}

/// Stores a customer's message in the conversation that it names, or in a new one: one statement,
/// so one commit and one round trip. Somebody else's is no conversation at all. An owner who also
/// shows a visitor's token takes that visitor's conversation over. The turn is under way from here on; one
/// that is begun again stands in for the first. Nothing is stored of a request for which a person was
/// asked meanwhile.
pub async fn receive(db: impl PgExecutor<'_>, received: &Received<'_>) -> Result<Option<Open>> {
    let mode = if received.owner.is_some() { Mode::Private } else { Mode::Public };
    let row = sqlx::query!(
        r#"
        with begun as (
            insert into support.turns_under_way as known (message_id, request_hash)
            values ($5, $10)
            on conflict (request_hash) where request_hash is not null do update
            set message_id = excluded.message_id,
                answer_id = null,
                began_at = now()
            where known.answer_id is null
               or known.began_at <= now() - interval '24 hours'
            returning message_id
        ), found as (
            update support.conversations
            set updated_at = now(),
                status = case status when 'closed' then 'ai' else status end,
                mode = $2,
                email = case mode when $2 then email else $7 end,
                visitor_hash = case mode when $2 then visitor_hash end
            where handle_hash = $1
              and exists (select from begun)
              and case mode
                  when 'private' then $2 = mode and lower(email collate "C") = lower($7 collate "C")
                  when $2 then visitor_hash is null or visitor_hash = $8
                  else visitor_hash = $8
              end
            returning id, status, email, false as is_new
        ), opened as (
            insert into support.conversations (id, handle_hash, mode, email, visitor_hash)
            select $3, $4, $2, $7, $9
            where exists (select from begun)
              and not exists (select from found)
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
        received.presented.map(Handle::hash),
        mode as Mode,
        received.opening.id.0,
        received.fresh.hash(),
        received.id.0,
        received.body,
        received.owner.map(Email::as_str),
        received.visitor.map(VisitorToken::hash),
        received.fresh_visitor.map(VisitorToken::hash),
        received.request,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| Open { id: ConversationId(row.id), status: row.status, email: row.email, is_new: row.is_new }))
}

/// The last turns of a conversation before `message`, oldest first; notes are not part of it.
pub async fn earlier(db: impl PgExecutor<'_>, conversation: ConversationId, message: MessageId) -> Result<Vec<Turn>> {
    let rows = sqlx::query!(
        r#"
        select author as "author: Author", body, outcome as "outcome: Outcome"
        from support.messages
        where conversation_id = $1
          and position < (select position from support.messages where id = $2)
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
    pub question: MessageId,
    pub body: &'a str,
    pub outcome: Outcome,
    pub by: &'static str,
    pub confidence: f32,
    pub sources: Value,
    pub handoff_reason: Option<&'static str>,
    pub took_ms: i32,
    /// What asking models took, one for each of them.
    pub bills: &'a [Bill],
}

/// Stores it and returns who answers next: somebody may have been asked for while it was made. The
/// conversation may also have been erased, or a person asked because the turn took far too long; then
/// there is nothing left to answer.
pub async fn answer(
    db: impl PgExecutor<'_>,
    conversation: ConversationId,
    answered: &Answered<'_>,
) -> Result<Option<Status>> {
    let bills = answered.bills;
    let tokens = |of: fn(&Bill) -> i32| (!bills.is_empty()).then(|| bills.iter().map(of).fold(0, i32::saturating_add));
    let models: Vec<String> = bills.iter().map(|bill| bill.model.to_string()).collect();
    let costs: Vec<Option<i64>> = bills.iter().map(|bill| bill.cost.map(|cost| cost.0)).collect();
    let status = sqlx::query_scalar!(
        r#"
        with ended as (
            delete from support.turns_under_way
            where message_id = $19
              and answer_id is null
            returning message_id
        ), conversation as (
            select id, status
            from support.conversations
            where id = $2
            for key share
        ), stored as (
            insert into support.messages
                (id, conversation_id, author, body, outcome, answered_by, confidence, sources, handoff_reason, took_ms,
                 prompt_tokens, completion_tokens)
            select $1, id, 'ai', $3, $4, $5, $6, $7, $8, $9, $10, $11
            from conversation
            where exists (select from ended)
        ), billed as (
            insert into support.model_usage
                (conversation_id, visitor_hash, model, calls, prompt_tokens, completion_tokens, is_estimated, cost_nanos)
            select id, $12, bill.*
            from conversation, unnest($13::text[], $14::int[], $15::int[], $16::int[], $17::bool[], $18::bigint[]) bill
        )
        select status as "status: Status"
        from conversation
        where exists (select from ended)
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
        tokens(|bill| bill.prompt_tokens),
        tokens(|bill| bill.completion_tokens),
        bills.first().and_then(|bill| bill.visitor_hash.as_deref()),
        &models,
        &bills.iter().map(|bill| bill.calls).collect::<Vec<_>>(),
        &bills.iter().map(|bill| bill.prompt_tokens).collect::<Vec<_>>(),
        &bills.iter().map(|bill| bill.completion_tokens).collect::<Vec<_>>(),
        &bills.iter().map(|bill| bill.is_estimated).collect::<Vec<_>>(),
        &costs as &[Option<i64>],
        answered.question.0,
    )
    .fetch_optional(db)
    .await?;
    Ok(status)
}

/// A conversation that no chat led to: an escalation by itself.
pub async fn open_without_chat(db: &mut PgConnection, mode: Mode, email: &Email, body: &str) -> Result<ConversationId> {
    let id = ConversationId::new();
    sqlx::query!(
        r#"
        with opened as (
            insert into support.conversations (id, mode, status, email)
            values ($1, $2, 'waiting', $3)
        )
        insert into support.messages (id, conversation_id, author, body)
        values ($4, $1, 'customer', $5)
        "#,
        id.0,
        mode as Mode,
        email.as_str(),
        MessageId::random().0,
        body,
    )
    .execute(db)
    .await?;
    Ok(id)
}

/// More from the customer, outside of a chat.
pub async fn append(db: &mut PgConnection, conversation: ConversationId, body: &str) -> Result<()> {
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

/// A person has been asked for. Whoever is at the other end knows their address best, so the
/// newest one they gave counts. A conversation somebody has taken over already stays with them. Tells
/// whether the conversation is there; if it is, it stays until the transaction ends.
pub async fn wait_for_person(
    db: impl PgExecutor<'_>,
    conversation: ConversationId,
    email: Option<&Email>,
) -> Result<bool> {
    let waiting = sqlx::query!(
        r#"
        update support.conversations
        set status = case status when 'human' then status else 'waiting' end,
            email = coalesce($2, email),
            updated_at = now()
        where id = $1
        "#,
        conversation.0,
        email.map(Email::as_str),
    )
    .execute(db)
    .await?;
    Ok(waiting.rows_affected() == 1)
}

/// Keeps everyone else off these conversations until this transaction ends. Whoever takes several takes
/// them by this, in one order, so that no two wait for each other.
pub async fn hold(db: &mut PgConnection, conversations: &[Uuid]) -> Result<()> {
    sqlx::query!("select id from support.conversations where id = any($1) order by id for update", conversations)
        .fetch_all(db)
        .await?;
    Ok(())
}

/// Keeps everyone else off a conversation and its ticket until this transaction ends. Whoever
/// changes both takes this first, so that no two wait for each other.
pub async fn hold_of_ticket(db: &mut PgConnection, ticket: &TicketId) -> Result<()> {
    sqlx::query!(
        r#"
        select id
        from support.conversations
        where id = (select conversation_id from support.tickets where code = $1)
        for update
        "#,
        ticket.as_str(),
    )
    .fetch_optional(db)
    .await?;
    Ok(())
}
