//! A person's rows, deleted; each tells how many there were.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    domain::{
        contact::Email,
        person::{Erasure, Who},
    },
    error::{Error, Result},
};

/// The keys that tell repeated escalations: hashes of an address and words.
pub async fn escalations(db: &mut PgConnection, conversations: &[Uuid], email: &Email) -> Result<u64> {
    let deleted = sqlx::query!(
        r#"
        delete from support.escalations
        where ticket_id in (
            select id
            from support.tickets
            where conversation_id = any($1)
               or lower(email collate "C") = lower($2 collate "C")
        )
        "#,
        conversations,
        email.as_str(),
    )
    .execute(db)
    .await?;
    Ok(deleted.rows_affected())
}

/// Tickets of these conversations. One that stands in another's conversation is theirs to be
/// answered: it stays, under their address.
pub async fn tickets(db: &mut PgConnection, conversations: &[Uuid], email: &Email) -> Result<u64> {
    let deleted = sqlx::query!("delete from support.tickets where conversation_id = any($1)", conversations)
        .execute(&mut *db)
        .await?;
    let left = sqlx::query!(
        r#"
        update support.tickets ticket
        set email = conversation.email
        from support.conversations conversation
        where conversation.id = ticket.conversation_id
          and lower(ticket.email collate "C") = lower($1 collate "C")
        "#,
        email.as_str(),
    )
    .execute(db)
    .await?;
    Ok(deleted.rows_affected() + left.rows_affected())
}

/// With what says that they want an answer, or had one: of that nothing tells whose it is, so everybody's
/// goes. What somebody is just handing over finds its conversation gone.
pub async fn messages(db: &mut PgConnection, conversations: &[Uuid]) -> Result<u64> {
    sqlx::query!(
        r#"
        delete from support.turns_under_way
        where message_id in (
            select message_id
            from support.turns_under_way
            where answer_id is not null
               or message_id in (select id from support.messages where conversation_id = any($1))
            for update skip locked
        )
        "#,
        conversations,
    )
    .execute(&mut *db)
    .await?;
    let deleted =
        sqlx::query!("delete from support.messages where conversation_id = any($1)", conversations).execute(db).await?;
    Ok(deleted.rows_affected())
}

pub async fn conversations(db: &mut PgConnection, conversations: &[Uuid]) -> Result<u64> {
    let deleted =
        sqlx::query!("delete from support.conversations where id = any($1)", conversations).execute(db).await?;
    Ok(deleted.rows_affected())
}

/// The hashes of the address among the confirmations of late; their places stay taken, so that an
/// hour has no more of them.
pub async fn confirmations(db: &mut PgConnection, email: &Email) -> Result<u64> {
    let cleared = sqlx::query!(
        "update support.confirmation_places set address_hash = null where address_hash = $1",
        email.hash(),
    )
    .execute(db)
    .await?;
    Ok(cleared.rows_affected())
}

/// The hashes of the address beside what the model took; what it took stays, for the bill.
pub async fn model_usage(db: &mut PgConnection, conversations: &[Uuid], email: &Email) -> Result<u64> {
    let cleared = sqlx::query!(
        r#"
        update support.model_usage
        set visitor_hash = null,
            conversation_id = null
        where visitor_hash = $1
           or conversation_id = any($2)
        "#,
        email.hash(),
        conversations,
    )
    .execute(db)
    .await?;
    Ok(cleared.rows_affected())
}

/// Remembers that somebody was erased, and not whom.
pub async fn note(db: &mut PgConnection, who: Who, erasure: &Erasure) -> Result<()> {
    let counts = serde_json::to_value(erasure).map_err(|error| Error::Internal(error.into()))?;
    sqlx::query!("insert into support.erasures (who, counts) values ($1, $2)", who as Who, counts).execute(db).await?;
    Ok(())
}

/// An address that the team does not want to hear from.
pub async fn blocks(db: &mut PgConnection, email: &Email) -> Result<u64> {
    let deleted = sqlx::query!(
        r#"
        delete from support.blocks
        where kind = 'email'
          and value = $1
        "#,
        email.folded(),
    )
    .execute(db)
    .await?;
    Ok(deleted.rows_affected())
}

/// Answers that are kept a day for who sends the same again. Nothing of them tells whose they are, so
/// everybody's go: a repetition of this moment is done anew.
pub async fn answers(db: &mut PgConnection) -> Result<u64> {
    let deleted = sqlx::query!(
        r#"
        delete from support.idempotency_keys
        where answer is not null
        "#,
    )
    .execute(db)
    .await?;
    Ok(deleted.rows_affected())
}
