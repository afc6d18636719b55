//! One person across all tables: found by an address, in any case of its letters.

pub mod deliveries;
pub mod erase;
pub mod held;
pub mod mentions;
pub mod shop;

use std::time::Duration;

use sqlx::PgConnection;
use uuid::Uuid;

use crate::{domain::contact::Email, error::Result, storage::conversations};

/// Allows each of this transaction's statements so much time: one about a person may read every message
/// there is, which takes longer than a request's usually may.
pub async fn take_time(db: &mut PgConnection, limit: Duration) -> Result<()> {
    let limit = limit.as_millis().to_string();
    sqlx::query!("select set_config('statement_timeout', $1, true)", limit).fetch_one(db).await?;
    Ok(())
}

/// A person's conversations: those that have their address, and those that have none but in a
/// ticket of theirs.
pub async fn conversations_of(db: &mut PgConnection, email: &Email) -> Result<Vec<Uuid>> {
    let ids = sqlx::query_scalar!(
        r#"
        select id
        from support.conversations
        where lower(email collate "C") = lower($1 collate "C")
           or (
               email is null
               and id in (
                   select conversation_id
                   from support.tickets
                   where lower(email collate "C") = lower($1 collate "C")
               )
           )
        order by id
        "#,
        email.as_str(),
    )
    .fetch_all(db)
    .await?;
    Ok(ids)
}

/// The same, and nobody changes them until this transaction ends. Whoever changes a conversation
/// and what belongs to it takes the conversation first.
pub async fn hold_conversations_of(db: &mut PgConnection, email: &Email) -> Result<Vec<Uuid>> {
    let found = conversations_of(&mut *db, email).await?;
    conversations::hold(&mut *db, &found).await?;
    // One that was given another address meanwhile is another's now.
    let held = conversations_of(db, email).await?;
    Ok(held.into_iter().filter(|id| found.contains(id)).collect())
}
