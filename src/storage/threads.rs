//! Conversations as they are read: by the team, and by the customer.

use sqlx::PgExecutor;

use crate::{
    domain::{
        contact::Email,
        conversation::Status,
        message::{MessageId, Said, Told},
        ticket::TicketId,
        token::{Handle, VisitorToken},
        turn::{Author, Outcome},
    },
    error::Result,
};

/// How much of a thread is shown.
const LONGEST_THREAD: i64 = 200;

/// The last words of a thread, as the team reads them, oldest first.
pub async fn thread(db: impl PgExecutor<'_>, ticket: &TicketId) -> Result<Vec<Said>> {
    let mut said = sqlx::query_as!(
        Said,
        r#"
        select message.author as "author: Author", message.kind, message.body, message.created_at
        from support.messages message
        join support.tickets ticket on ticket.conversation_id = message.conversation_id
        where ticket.code = $1
        order by message.position desc
        limit $2
        "#,
        ticket.as_str(),
        LONGEST_THREAD,
    )
    .fetch_all(db)
    .await?;
    said.reverse();
    Ok(said)
}

/// A conversation as its customer may read it.
pub struct Transcript {
    pub status: Status,
    pub messages: Vec<Told>,
}

/// The last messages of a conversation, oldest first, for its owner or for the holder of its
/// token; for anybody else it is not there.
pub async fn transcript(
    db: impl PgExecutor<'_>,
    handle: &Handle,
    owner: Option<&Email>,
    visitor: Option<&VisitorToken>,
) -> Result<Option<Transcript>> {
    let rows = sqlx::query!(
        r#"
        select conversation.status as "status: Status", message.id, message.author as "author: Author",
               message.body, message.outcome as "outcome: Outcome", message.sources, message.created_at
        from support.conversations conversation
        join support.messages message on message.conversation_id = conversation.id
        where conversation.handle_hash = $1
          and case conversation.mode
              when 'private' then lower(conversation.email collate "C") = lower($2 collate "C")
              else conversation.visitor_hash = $3
          end
          and message.kind = 'reply'
        order by message.position desc
        limit $4
        "#,
        handle.hash(),
        owner.map(Email::as_str),
        visitor.map(VisitorToken::hash),
        LONGEST_THREAD,
    )
    .fetch_all(db)
    .await?;
    // Every conversation opens with a message, so one without is none of theirs.
    let Some(status) = rows.first().map(|row| row.status) else { return Ok(None) };
    let told = rows.into_iter().rev().map(|row| Told {
        id: MessageId(row.id),
        author: row.author,
        text: row.body,
        outcome: row.outcome,
        sources: row.sources,
        created_at: row.created_at,
    });
    Ok(Some(Transcript { status, messages: told.collect() }))
}
