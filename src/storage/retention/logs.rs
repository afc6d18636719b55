//! What tells of the past, and the hashes that tell one moment from the next.

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
