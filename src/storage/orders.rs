//! The shop's tables, read as they are.

use chrono::NaiveDateTime;
use sqlx::PgExecutor;

use crate::{
    domain::{
        contact::Email,
        order::{Event, Order, Progress},
    },
    error::Result,
};

/// Enough for anybody; a customer with more hears of the newest.
const MOST_ORDERS: i64 = 20;

/// The last things that happened are news; the rest is history.
const MOST_EVENTS: i64 = 10;

/// The orders of one address in any case, newest first.
pub async fn of(db: impl PgExecutor<'_>, email: &Email) -> Result<Vec<Order>> {
    let rows = sqlx::query!(
        r#"
        select tier, status, case when isfinite(deadline) then deadline end as deadline,
               revisions_left, files_url, final_package_url,
               case when isfinite(created_at) then created_at end as created_at
        from public.dfy_orders
        where lower(customer_email collate "C") = lower($1 collate "C")
        order by created_at desc nulls last, id desc
        limit $2
        "#,
        email.as_str(),
        MOST_ORDERS,
    )
    .fetch_all(db)
    .await?;
    let orders = rows.into_iter().map(|row| Order {
        tier: row.tier,
        progress: Progress::from(row.status.as_deref().unwrap_or("NEW")),
        deadline: row.deadline.as_ref().map(NaiveDateTime::and_utc),
        revisions_left: row.revisions_left,
        files_url: row.files_url,
        final_package_url: row.final_package_url,
        ordered_at: row.created_at.as_ref().map(NaiveDateTime::and_utc),
    });
    Ok(orders.collect())
}

/// The last things that happened to the orders of one address, newest first.
pub async fn events_of(db: impl PgExecutor<'_>, email: &Email) -> Result<Vec<Event>> {
    let rows = sqlx::query!(
        r#"
        select o.tier, a.activity_type, a.created_at as "created_at!"
        from public.dfy_activity a
        join public.dfy_orders o on o.id = a.order_id
        where lower(o.customer_email collate "C") = lower($1 collate "C")
            and isfinite(a.created_at)
        order by a.created_at desc, a.id desc
        limit $2
        "#,
        email.as_str(),
        MOST_EVENTS,
    )
    .fetch_all(db)
    .await?;
    let events = rows.into_iter().map(|row| Event {
        tier: row.tier,
        kind: row.activity_type,
        happened_at: row.created_at.and_utc(),
    });
    Ok(events.collect())
}
