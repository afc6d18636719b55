//! Tickets that are closed, what was said, and then the conversations that nothing is left of.

use sqlx::{PgConnection, postgres::types::PgInterval};

use super::BATCH;
use crate::error::Result;

pub async fn tickets(db: &mut PgConnection, age: PgInterval) -> Result<u64> {
    let deleted = sqlx::query!(
        r#"
        delete from support.tickets
        where id in (
            select id
            from support.tickets
            where status = 'closed'
              and created_at < now() - $1::interval
              and closed_at < now() - $1::interval
            order by created_at
            limit $2
            for update skip locked
        )
        "#,
        age,
        BATCH,
    )
    .execute(db)
    .await?;
    Ok(deleted.rows_affected())
}

/// What belongs to a ticket that somebody still has to answer stays, however old.
pub async fn messages(db: &mut PgConnection, age: PgInterval) -> Result<u64> {
    let deleted = sqlx::query!(
        r#"
        delete from support.messages
        where id in (
            select message.id
            from support.messages message
            where message.created_at < now() - $1::interval
              and not exists (
                  select
                  from support.tickets ticket
                  where ticket.conversation_id = message.conversation_id
                    and ticket.status <> 'closed'
              )
            limit $2
            for update of message skip locked
        )
        "#,
        age,
        BATCH,
    )
    .execute(db)
    .await?;
    Ok(deleted.rows_affected())
}

pub async fn conversations(db: &mut PgConnection, age: PgInterval) -> Result<u64> {
    let deleted = sqlx::query!(
        r#"
        delete from support.conversations
        where id in (
            select id
            from support.conversations conversation
            where created_at < now() - $1::interval
              and updated_at < now() - $1::interval
              and not exists (select from support.messages where conversation_id = conversation.id)
              and not exists (select from support.tickets where conversation_id = conversation.id)
            limit $2
            for update skip locked
        )
        "#,
        age,
        BATCH,
    )
    .execute(db)
    .await?;
    Ok(deleted.rows_affected())
}
