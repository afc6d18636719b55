//! A person's rows, read.

use std::collections::HashMap;

use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    domain::{
        contact::Email,
        conversation::{Mode, Status},
        feedback::Rating,
        person::{Confirmation, Conversation, Escalation, Message, ModelUse},
        ticket::TicketId,
        turn::{Author, Outcome},
    },
    error::Result,
};

/// These conversations, oldest first, each with all that was said in it.
pub async fn conversations(db: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Conversation>> {
    let mut said = messages(&mut *db, ids).await?;
    let rows = sqlx::query!(
        r#"
        select id, mode as "mode: Mode", status as "status: Status", email, created_at, updated_at
        from support.conversations
        where id = any($1)
        order by created_at, id
        "#,
        ids,
    )
    .fetch_all(db)
    .await?;
    let conversations = rows.into_iter().map(|row| Conversation {
        mode: row.mode,
        status: row.status,
        email: row.email,
        created_at: row.created_at,
        updated_at: row.updated_at,
        messages: said.remove(&row.id).unwrap_or_default(),
    });
    Ok(conversations.collect())
}

async fn messages(db: &mut PgConnection, conversations: &[Uuid]) -> Result<HashMap<Uuid, Vec<Message>>> {
    let rows = sqlx::query!(
        r#"
        select conversation_id, author as "author: Author", kind, body, outcome as "outcome: Outcome", answered_by,
               confidence, sources, handoff_reason, rating as "rating?: Rating", reason as "rating_reason?", created_at
        from support.messages
        left join support.feedback on message_id = id
        where conversation_id = any($1)
        order by conversation_id, position
        "#,
        conversations,
    )
    .fetch_all(db)
    .await?;
    let mut said: HashMap<Uuid, Vec<Message>> = HashMap::new();
    for row in rows {
        said.entry(row.conversation_id).or_default().push(Message {
            author: row.author,
            kind: row.kind,
            body: row.body,
            outcome: row.outcome,
            answered_by: row.answered_by,
            confidence: row.confidence,
            sources: row.sources,
            handoff_reason: row.handoff_reason,
            rating: row.rating,
            rating_reason: row.rating_reason,
            created_at: row.created_at,
        });
    }
    Ok(said)
}

pub async fn escalations(db: &mut PgConnection, conversations: &[Uuid], email: &Email) -> Result<Vec<Escalation>> {
    let escalations = sqlx::query_as!(
        Escalation,
        r#"
        select ticket.code as "ticket: TicketId", escalation.created_at
        from support.escalations escalation
        join support.tickets ticket on ticket.id = escalation.ticket_id
        where ticket.conversation_id = any($1)
           or lower(ticket.email collate "C") = lower($2 collate "C")
        order by escalation.id
        "#,
        conversations,
        email.as_str(),
    )
    .fetch_all(db)
    .await?;
    Ok(escalations)
}

pub async fn model_usage(db: &mut PgConnection, conversations: &[Uuid], email: &Email) -> Result<Vec<ModelUse>> {
    let usage = sqlx::query_as!(
        ModelUse,
        r#"
        select model, calls, at
        from support.model_usage
        where visitor_hash = $1
           or conversation_id = any($2)
        order by id
        "#,
        email.hash(),
        conversations,
    )
    .fetch_all(db)
    .await?;
    Ok(usage)
}

pub async fn confirmations(db: &mut PgConnection, email: &Email) -> Result<Vec<Confirmation>> {
    let confirmations = sqlx::query_as!(
        Confirmation,
        "select taken_at from support.confirmation_places where address_hash = $1",
        email.hash(),
    )
    .fetch_all(db)
    .await?;
    Ok(confirmations)
}
