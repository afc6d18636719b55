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
const MOST_EVENTS: i64 = 10;

/// The orders of one address in any case, newest first.
pub async fn of(db: impl PgExecutor<'_>, email: &Email) -> Result<Vec<Order>> {
    let rows = sqlx::query!(
        r#"
        select id, tier, status, deadline, revisions_left, files_url, final_package_url, created_at
        from public.dfy_orders
        where lower(customer_email) = lower($1)
        order by created_at desc nulls last, id desc
        limit $2
        "#,
        email.as_str(),
        MOST_ORDERS,
    )
    .fetch_all(db)
    .await?;
    let orders = rows.into_iter().map(|row| Order {
        id: row.id,
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

/// The last things that happened to these orders, newest first.
pub async fn events(db: impl PgExecutor<'_>, orders: &[i32]) -> Result<Vec<Event>> {
    let rows = sqlx::query!(
        r#"
        select order_id, description, created_at
        from public.dfy_activity
        where order_id = any($1)
        order by created_at desc nulls last, id desc
        limit $2
        "#,
        orders,
        MOST_EVENTS,
    )
    .fetch_all(db)
    .await?;
    let events = rows.into_iter().map(|row| Event {
        order_id: row.order_id,
        description: row.description,
        happened_at: row.created_at.as_ref().map(NaiveDateTime::and_utc),
    });
    Ok(events.collect())
}
