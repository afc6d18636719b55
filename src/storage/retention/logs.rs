//! What tells of the past, the hashes that tell one moment from the next, and what was kept for a time only.

use sqlx::{PgConnection, postgres::types::PgInterval};

use super::BATCH;
use crate::error::Result;

/// Those that are done. They were made no later than they were done, and the index knows when.
pub async fn deliveries(db: &mut PgConnection, age: PgInterval) -> Result<u64> {
    let deleted = sqlx::query!(
        r#"
        delete from support.deliveries
        where id in (
            select id
            from support.deliveries
            where created_at < now() - $1::interval
              and done_at < now() - $1::interval
              and state in ('sent', 'dead')
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

pub async fn erasures(db: &mut PgConnection, age: PgInterval) -> Result<u64> {
    let deleted = sqlx::query!(
        r#"
        delete from support.erasures
        where id in (
            select id
            from support.erasures
            where at < now() - $1::interval
            limit $2
        )
        "#,
        age,
        BATCH,
    )
    .execute(db)
    .await?;
    Ok(deleted.rows_affected())
}

pub async fn escalations(db: &mut PgConnection, age: PgInterval) -> Result<u64> {
    let deleted = sqlx::query!(
        r#"
        delete from support.escalations
        where id in (
            select id
            from support.escalations
            where created_at < now() - $1::interval
            order by id
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

/// The hashes of addresses; the places stay.
pub async fn confirmations(db: &mut PgConnection, age: PgInterval) -> Result<u64> {
    let deleted = sqlx::query!(
        r#"
        update support.confirmation_places
        set address_hash = null
        where number in (
            select number
            from support.confirmation_places
            where address_hash is not null
              and taken_at < now() - $1::interval
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

/// What is kept for who sends the same again.
pub async fn answers(db: &mut PgConnection, age: PgInterval) -> Result<u64> {
    let deleted = sqlx::query!(
        r#"
        delete from support.idempotency_keys
        where (scope_hash, key_hash) in (
            select scope_hash, key_hash
            from support.idempotency_keys
            where created_at <= now() - $1::interval
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

/// What says of a turn that a person was asked, and of questions that are gone; any other still wants an
/// answer, however old it is.
pub async fn turns(db: &mut PgConnection, age: PgInterval) -> Result<u64> {
    let deleted = sqlx::query!(
        r#"
        delete from support.turns_under_way
        where message_id in (
            select message_id
            from support.turns_under_way turn
            where began_at <= now() - $1::interval
              and (answer_id is not null
                   or not exists (select from support.messages where id = turn.message_id))
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

/// Sessions of the team's people, so long after their end.
pub async fn sessions(db: &mut PgConnection, age: PgInterval) -> Result<u64> {
    let deleted = sqlx::query!(
        r#"
        delete from support.operator_sessions
        where token_hash in (
            select token_hash
            from support.operator_sessions
            where expires_at <= now() - $1::interval
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

/// What the model took, turn by turn.
pub async fn usage(db: &mut PgConnection, age: PgInterval) -> Result<u64> {
    let deleted = sqlx::query!(
        r#"
        delete from support.model_usage
        where id in (
            select id
            from support.model_usage
            where at < now() - $1::interval
            limit $2
        )
        "#,
        age,
        BATCH,
    )
    .execute(db)
    .await?;
    Ok(deleted.rows_affected())
}

/// What nobody has used for so long: other texts, or another model, stand in their place.
pub async fn embeddings(db: &mut PgConnection, age: PgInterval) -> Result<u64> {
    let deleted = sqlx::query!(
        r#"
        delete from support.embeddings
        where (server, model, text_hash) in (
            select server, model, text_hash
            from support.embeddings
            where used_at < now() - $1::interval
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
