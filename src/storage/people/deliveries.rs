//! What the desk owed or sent that is a person's: by one rule, whether it is told or goes.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    domain::{contact::Email, person::Delivery},
    error::Result,
};

/// What went to the address, is about these conversations' tickets, or, where its ticket is gone
/// before it or never was, tells the team of something from the address.
pub async fn of(db: &mut PgConnection, conversations: &[Uuid], email: &Email) -> Result<Vec<Uuid>> {
    let ids = sqlx::query_scalar!(
        r#"
        select id
        from support.deliveries delivery
        where (channel = 'email' and lower((payload ->> 'to') collate "C") = $2)
           or (
               subject_kind = 'ticket'
               and subject_id in (select id from support.tickets where conversation_id = any($1))
           )
           or (
               strpos(lower((payload ->> 'text') collate "C"), ' from ' || $2 || ': ') > 0
               and not exists (select from support.tickets where id = delivery.subject_id)
           )
        order by id
        "#,
        conversations,
        email.folded(),
    )
    .fetch_all(db)
    .await?;
    Ok(ids)
}

pub async fn held(db: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Delivery>> {
    let deliveries = sqlx::query_as!(
        Delivery,
        r#"
        select channel, kind, payload, state, attempts, last_error, created_at, done_at
        from support.deliveries
        where id = any($1)
        order by created_at, id
        "#,
        ids,
    )
    .fetch_all(db)
    .await?;
    Ok(deliveries)
}

/// Tells how many there were. What is being sent at this moment may still arrive; nothing else will.
pub async fn erase(db: &mut PgConnection, ids: &[Uuid]) -> Result<u64> {
    let deleted = sqlx::query!("delete from support.deliveries where id = any($1)", ids).execute(db).await?;
    Ok(deleted.rows_affected())
}
