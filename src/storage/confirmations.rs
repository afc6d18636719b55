//! How many confirmations may still go out, as rows: an hour has so many places, and each is taken
//! by one address.

use sqlx::PgConnection;

use crate::{domain::contact::Email, error::Result};

/// Takes one of the hour's `per_hour` places for an address that has none within the hour, or tells
/// that there is none to take. Nobody waits for anybody, but two with the same address for each
/// other; a place goes back when the transaction does.
pub async fn take_place(db: &mut PgConnection, email: &Email, per_hour: i32) -> Result<bool> {
    // Kept hashed: it is only ever compared, so there is nothing of a person's in it.
    let address_hash = email.hash();
    // Before the next statement, so that it sees what somebody else with this address took.
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 1))", &address_hash)
        .execute(&mut *db)
        .await?;
    let taken = sqlx::query!(
        r#"
        with free as (
            select number
            from support.confirmation_places
            where number <= $2
              and taken_at <= now() - interval '1 hour'
              and not exists (
                  select
                  from support.confirmation_places
                  where address_hash = $1
                    and taken_at > now() - interval '1 hour'
              )
            order by number
            limit 1
            for update skip locked
        )
        update support.confirmation_places place
        set address_hash = $1,
            taken_at = now()
        from free
        where place.number = free.number
        "#,
        address_hash,
        per_hour,
    )
    .execute(db)
    .await?;
    Ok(taken.rows_affected() == 1)
}
