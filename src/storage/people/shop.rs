//! What another program holds on a person in the shop's tables, as it is.

use serde_json::Value;
use sqlx::PgConnection;

use crate::{domain::contact::Email, error::Result};

/// The shop's tables that tell of persons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    Orders,
    Activity,
    Upsells,
}

impl Table {
    pub const ALL: [Self; 3] = [Self::Orders, Self::Activity, Self::Upsells];

    pub fn name(self) -> &'static str {
        match self {
            Self::Orders => "public.dfy_orders",
            Self::Activity => "public.dfy_activity",
            Self::Upsells => "public.upsell_log",
        }
    }
}

/// A person's rows in one of them, every column of them. A desk without a shop has none.
pub async fn rows(db: &mut PgConnection, table: Table, email: &Email) -> Result<Vec<Value>> {
    if !is_readable(&mut *db, Table::Orders).await? || !is_readable(&mut *db, table).await? {
        return Ok(Vec::new());
    }
    let query = match table {
        Table::Orders => sqlx::query_scalar!(
            r#"
            select to_jsonb(orders) as "row!"
            from public.dfy_orders orders
            where lower(customer_email collate "C") = lower($1 collate "C")
            order by id
            "#,
            email.as_str(),
        )
        .fetch_all(db),
        Table::Activity => sqlx::query_scalar!(
            r#"
            select to_jsonb(activity) as "row!"
            from public.dfy_activity activity
            join public.dfy_orders orders on orders.id = activity.order_id
            where lower(orders.customer_email collate "C") = lower($1 collate "C")
            order by activity.id
            "#,
            email.as_str(),
        )
        .fetch_all(db),
        Table::Upsells => sqlx::query_scalar!(
            r#"
            select to_jsonb(upsell) as "row!"
            from public.upsell_log upsell
            join public.dfy_orders orders on orders.id = upsell.order_id
            where lower(orders.customer_email collate "C") = lower($1 collate "C")
            order by upsell.id
            "#,
            email.as_str(),
        )
        .fetch_all(db),
    };
    Ok(query.await?)
}

/// How many rows those are.
pub async fn count(db: &mut PgConnection, table: Table, email: &Email) -> Result<i64> {
    if !is_readable(&mut *db, Table::Orders).await? || !is_readable(&mut *db, table).await? {
        return Ok(0);
    }
    let query = match table {
        Table::Orders => sqlx::query_scalar!(
            r#"
            select count(*) as "count!"
            from public.dfy_orders
            where lower(customer_email collate "C") = lower($1 collate "C")
            "#,
            email.as_str(),
        )
        .fetch_one(db),
        Table::Activity => sqlx::query_scalar!(
            r#"
            select count(*) as "count!"
            from public.dfy_activity activity
            join public.dfy_orders orders on orders.id = activity.order_id
            where lower(orders.customer_email collate "C") = lower($1 collate "C")
            "#,
            email.as_str(),
        )
        .fetch_one(db),
        Table::Upsells => sqlx::query_scalar!(
            r#"
            select count(*) as "count!"
            from public.upsell_log upsell
            join public.dfy_orders orders on orders.id = upsell.order_id
            where lower(orders.customer_email collate "C") = lower($1 collate "C")
            "#,
            email.as_str(),
        )
        .fetch_one(db),
    };
    Ok(query.await?)
}

async fn is_readable(db: &mut PgConnection, table: Table) -> Result<bool> {
    let is_readable = sqlx::query_scalar!(
        r#"select coalesce(has_table_privilege(to_regclass($1)::oid, 'select'), false) as "is!""#,
        table.name(),
    )
    .fetch_one(db)
    .await?;
    Ok(is_readable)
}
