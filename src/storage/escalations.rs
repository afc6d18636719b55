//! Requests for a person by the escalate path: what repeats one, and which chat one comes from.

use sqlx::{PgConnection, PgExecutor};

use crate::{
    domain::{
        contact::Email,
        conversation::{ConversationId, Mode},
        ticket::TicketId,
    },
    error::Result,
};

/// Keeps everyone else with the same address waiting until this transaction ends, so that two posts
/// at once cannot both find no ticket, or one ticket too few.
pub async fn hold_address(db: &mut PgConnection, address_hash: &[u8]) -> Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 0))", address_hash)
        .execute(db)
        .await?;
    Ok(())
}

/// The ticket the same words from the same address led to within ten minutes. A closed one does
/// not count: whoever writes again after an answer wants another. Or the ticket this very request
/// led to within a day, when it is done again.
pub async fn repeated(db: &mut PgConnection, repeat_key: &[u8], request: Option<&[u8]>) -> Result<Option<TicketId>> {
    let code = sqlx::query_scalar!(
        r#"
        select ticket.code as "code: TicketId"
        from support.escalations escalation
        join support.tickets ticket on ticket.id = escalation.ticket_id
        where (escalation.repeat_key = $1
               and escalation.created_at > now() - interval '10 minutes'
               and ticket.status <> 'closed')
           or (escalation.request_hash = $2
               and escalation.created_at > now() - interval '24 hours')
        order by escalation.request_hash = $2 desc nulls last, escalation.created_at desc
        limit 1
        "#,
        repeat_key,
        request,
    )
    .fetch_optional(db)
    .await?;
    Ok(code)
}

/// Remembers which ticket these words led to.
pub async fn note(db: &mut PgConnection, repeat_key: &[u8], request: Option<&[u8]>, ticket: &TicketId) -> Result<()> {
    sqlx::query!(
        r#"
        insert into support.escalations (repeat_key, ticket_id, request_hash)
        select $1, id, $3
        from support.tickets
        where code = $2
        "#,
        repeat_key,
        ticket.as_str(),
        request,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The conversation of the newest open ticket of an address that got `most` or more within the hour by
/// the escalate path alone; those that a chat led to are no part of it.
pub async fn last_of_crowd(db: &mut PgConnection, email: &Email, most: i64) -> Result<Option<ConversationId>> {
    let conversation = sqlx::query_scalar!(
        r#"
        with recent as (
            select ticket.conversation_id, ticket.status, ticket.created_at, ticket.id
            from support.tickets ticket
            join support.conversations conversation on conversation.id = ticket.conversation_id
            where lower(ticket.email collate "C") = lower($1 collate "C")
              and ticket.created_at > now() - interval '1 hour'
              and conversation.handle_hash is null
            order by ticket.created_at desc, ticket.id desc
            limit $2
        )
        select conversation_id
        from recent
        where status <> 'closed'
          and (select count(*) from recent) >= $2
        order by created_at desc, id desc
        limit 1
        "#,
        email.as_str(),
        most,
    )
    .fetch_optional(db)
    .await?;
    Ok(conversation.map(ConversationId))
}

/// Whether a chat without an open ticket is one too many for its address, which got `most` or more within
/// the hour by chats alone; if so, what kind of chat it is.
pub async fn crowded_chat(
    db: &mut PgConnection,
    chat: ConversationId,
    email: &Email,
    most: i64,
) -> Result<Option<Mode>> {
    let mode = sqlx::query_scalar!(
        r#"
        select mode as "mode: Mode"
        from support.conversations
        where id = $1
          and not exists (select from support.tickets where conversation_id = $1 and status <> 'closed')
          and (
              select count(*)
              from support.tickets ticket
              join support.conversations conversation on conversation.id = ticket.conversation_id
              where lower(ticket.email collate "C") = lower($2 collate "C")
                and ticket.created_at > now() - interval '1 hour'
                and conversation.handle_hash is not null
          ) >= $3
        "#,
        chat.0,
        email.as_str(),
        most,
    )
    .fetch_optional(db)
    .await?;
    Ok(mode)
}

/// A conversation that ends in the words of an escalation.
pub struct Ending {
    pub id: ConversationId,
    /// Whether its address is known to be the one that escalates.
    pub is_theirs: bool,
}

/// Conversations of the last half hour whose last customer messages, joined, are `text` and whose
/// address is `email` or, in public, unknown; two of them at most, for the second makes it
/// doubtful. `endings` are what the last message may have been, to find them by.
pub async fn ending_with(
    db: impl PgExecutor<'_>,
    text: &str,
    endings: &[String],
    email: &Email,
) -> Result<Vec<Ending>> {
    let rows = sqlx::query!(
        r#"
        with candidate as materialized (
            select distinct conversation_id
            from support.messages
            where author = 'customer'
              and hashtextextended(btrim(body), 0) = any(
                  array(select hashtextextended(ending, 0) from unnest($2::text[]) ending)
              )
              and created_at > now() - interval '30 minutes'
        )
        select conversation.id, conversation.email is not null as "is_theirs!"
        from candidate
        join support.conversations conversation on conversation.id = candidate.conversation_id
        cross join lateral (
            select array_agg(btrim(message.body) order by message.position) as bodies
            from (
                select body, position
                from support.messages
                where conversation_id = conversation.id
                  and author = 'customer'
                order by position desc
                limit 3
            ) message
        ) last
        where conversation.handle_hash is not null
          and ((conversation.email is null and conversation.mode = 'public') or lower(conversation.email collate "C") = lower($3 collate "C"))
          and $1 in (
              array_to_string(last.bodies, ' | '),
              array_to_string(last.bodies[array_length(last.bodies, 1) - 1:], ' | '),
              last.bodies[array_length(last.bodies, 1)]
          )
        limit 2
        "#,
        text,
        endings,
        email.as_str(),
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| Ending { id: ConversationId(row.id), is_theirs: row.is_theirs }).collect())
}
