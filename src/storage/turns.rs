//! Turns that were broken off, as rows: questions that are kept and have no answer.

use std::time::Duration;

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::interval;
use crate::{
    domain::{
        conversation::{ConversationId, Mode, Status},
        message::MessageId,
        ticket::TicketId,
        token::{Handle, VisitorToken},
        turn::Outcome,
    },
    error::Result,
};

/// Conversations in which a turn has been under way for longer than `patience`. In no order, so that none that
/// gives trouble again and again keeps the others back.
pub async fn overdue(db: impl PgExecutor<'_>, patience: Duration, most: i64) -> Result<Vec<ConversationId>> {
    let conversations = sqlx::query_scalar!(
        r#"
        select message.conversation_id
        from support.turns_under_way turn
        join support.messages message on message.id = turn.message_id
        where turn.answer_id is null
          and turn.began_at < now() - $1::interval
        group by message.conversation_id
        order by random()
        limit $2
        "#,
        interval(patience)?,
        most,
    )
    .fetch_all(db)
    .await?;
    Ok(conversations.into_iter().map(ConversationId).collect())
}

/// A question whose turn was broken off.
pub struct Unanswered {
    pub id: Uuid,
    pub body: String,
    /// Whether its sender said the same again, and that turn is not broken off.
    pub was_repeated: bool,
}

/// Takes the broken-off turns of a conversation, oldest first, until this transaction ends; none that somebody
/// else has taken.
pub async fn take(db: &mut PgConnection, conversation: ConversationId, patience: Duration) -> Result<Vec<Unanswered>> {
    let unanswered = sqlx::query_as!(
        Unanswered,
        r#"
        select message.id, message.body,
               exists (
                   select
                   from support.messages later
                   where later.conversation_id = message.conversation_id
                     and later.position > message.position
                     and later.author = 'customer'
                     and hashtextextended(btrim(later.body), 0) = hashtextextended(btrim(message.body), 0)
                     and btrim(later.body) = btrim(message.body)
                     and not exists (select from support.turns_under_way where message_id = later.id)
               ) as "was_repeated!"
        from support.turns_under_way turn
        join support.messages message on message.id = turn.message_id
        where message.conversation_id = $1
          and turn.answer_id is null
          and turn.began_at < now() - $2::interval
        order by message.position
        for update of turn skip locked
        "#,
        conversation.0,
        interval(patience)?,
    )
    .fetch_all(db)
    .await?;
    Ok(unanswered)
}

/// Where a conversation stands, and whose it is.
pub struct Standing {
    pub status: Status,
    pub mode: Mode,
    pub email: Option<String>,
}

pub async fn standing(db: &mut PgConnection, conversation: ConversationId) -> Result<Option<Standing>> {
    let standing = sqlx::query_as!(
        Standing,
        r#"
        select status as "status: Status", mode as "mode: Mode", email
        from support.conversations
        where id = $1
        "#,
        conversation.0,
    )
    .fetch_optional(db)
    .await?;
    Ok(standing)
}

/// What is said to a question for which a person is asked.
pub struct HandedOver<'a> {
    pub id: MessageId,
    pub body: &'a str,
    pub by: &'static str,
    pub reason: &'static str,
}

/// Stores it as the answer to these questions; who sends one of them again by its name hears it too.
pub async fn hand_over(
    db: &mut PgConnection,
    conversation: ConversationId,
    questions: &[Uuid],
    said: &HandedOver<'_>,
) -> Result<()> {
    sqlx::query!(
        r#"
        with named as (
            update support.turns_under_way
            set answer_id = $1
            where message_id = any($7)
              and request_hash is not null
        )
        insert into support.messages
            (id, conversation_id, author, body, outcome, answered_by, confidence, sources, handoff_reason)
        values ($1, $2, 'ai', $3, $4, $5, 0, '[]', $6)
        "#,
        said.id.0,
        conversation.0,
        said.body,
        Outcome::HandedOver as Outcome,
        said.by,
        said.reason,
        questions,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// These turns are over: nobody need look at them again.
pub async fn end(db: &mut PgConnection, questions: &[Uuid]) -> Result<()> {
    sqlx::query!(
        r#"
        delete from support.turns_under_way
        where message_id = any($1)
          and answer_id is null
        "#,
        questions,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What was said to a question for which a person was asked.
pub struct Said {
    pub id: Uuid,
    pub body: String,
    pub status: Status,
    pub ticket: Option<TicketId>,
    /// Whether the conversation goes by the new handle from now on.
    pub is_renamed: bool,
}

/// What was said to the question of that name. Where the conversation is not the one its sender `presented`,
/// nobody ever heard what it is called: it is theirs by a new name.
pub async fn said_to(
    db: impl PgExecutor<'_>,
    request: &[u8],
    presented: Option<&Handle>,
    fresh: &Handle,
    fresh_visitor: Option<&VisitorToken>,
) -> Result<Option<Said>> {
    let said = sqlx::query_as!(
        Said,
        r#"
        with said as (
            select message.id, message.conversation_id, message.body
            from support.turns_under_way turn
            join support.messages message on message.id = turn.answer_id
            where turn.request_hash = $1
        ), renamed as (
            update support.conversations
            set handle_hash = $3,
                visitor_hash = coalesce($4, visitor_hash)
            where id = (select conversation_id from said)
              and handle_hash is distinct from $2
            returning id
        )
        select said.id, said.body, conversation.status as "status: Status",
               exists (select from renamed) as "is_renamed!",
               (
                   select code
                   from support.tickets
                   where conversation_id = said.conversation_id
                   order by created_at desc
                   limit 1
               ) as "ticket: TicketId"
        from said
        join support.conversations conversation on conversation.id = said.conversation_id
        "#,
        request,
        presented.map(Handle::hash),
        fresh.hash(),
        fresh_visitor.map(VisitorToken::hash),
    )
    .fetch_optional(db)
    .await?;
    Ok(said)
}
