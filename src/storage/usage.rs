//! What asking a model took, as rows.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::PgExecutor;
use utoipa::ToSchema;

use crate::{
    domain::{conversation::ConversationId, money::Money},
    error::Result,
};

/// What asking a model took, for one turn or for the knowledge base.
pub struct Bill {
    pub visitor_hash: Option<Vec<u8>>,
    pub model: Arc<str>,
    pub calls: i32,
    pub prompt_tokens: i32,
    pub completion_tokens: i32,
    pub is_estimated: bool,
    /// Nothing where nobody named the model's price.
    pub cost: Option<Money>,
}

/// What one spender did.
#[derive(Default)]
pub struct Spent {
    pub conversation: Money,
    /// Today, of UTC.
    pub visitor: Money,
}

/// What everybody spent together, by the calendar of UTC.
pub struct Everybody {
    pub today: Money,
    pub this_month: Money,
}

/// Charges the desk itself: nobody's turn.
pub async fn charge(db: impl PgExecutor<'_>, bill: &Bill) -> Result<()> {
    sqlx::query!(
        r#"
        insert into support.model_usage
            (model, calls, prompt_tokens, completion_tokens, is_estimated, cost_nanos)
        values ($1, $2, $3, $4, $5, $6)
        "#,
        &*bill.model,
        bill.calls,
        i64::from(bill.prompt_tokens),
        i64::from(bill.completion_tokens),
        bill.is_estimated,
        bill.cost.map(|cost| cost.0),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A day of one model.
#[derive(Serialize, ToSchema)]
#[schema(as = UsageDay)]
pub struct Day {
    #[serde(rename = "day")]
    pub date: NaiveDate,
    pub model: String,
    pub calls: i64,
    pub prompt_tokens: i64,
    pub completion_tokens: i64,
    pub cost: Money,
    /// Calls whose tokens the server did not tell, counted by the length of what was sent.
    pub estimated_calls: i64,
    /// Calls that are missing in `cost`, because nobody named a price.
    pub unpriced_calls: i64,
}

pub async fn of(
    db: impl PgExecutor<'_>,
    conversation: Option<ConversationId>,
    visitor: Option<&[u8]>,
) -> Result<Spent> {
    let row = sqlx::query!(
        r#"
        select
            (
                select coalesce(sum(cost_nanos), 0)::bigint
                from support.model_usage
                where conversation_id = $1
            ) as "conversation!",
            (
                select coalesce(sum(cost_nanos), 0)::bigint
                from support.model_usage
                where visitor_hash = $2
                  and at >= date_trunc('day', now(), 'UTC')
            ) as "visitor!"
        "#,
        conversation.map(|conversation| conversation.0),
        visitor,
    )
    .fetch_one(db)
    .await?;
    Ok(Spent { conversation: Money(row.conversation), visitor: Money(row.visitor) })
}

pub async fn everybody(db: impl PgExecutor<'_>) -> Result<Everybody> {
    let row = sqlx::query!(
        r#"
        select
            coalesce(sum(cost_nanos) filter (where at >= date_trunc('day', now(), 'UTC')), 0)::bigint as "today!",
            coalesce(sum(cost_nanos), 0)::bigint as "this_month!"
        from support.model_usage
        where at >= date_trunc('month', now(), 'UTC')
        "#,
    )
    .fetch_one(db)
    .await?;
    Ok(Everybody { today: Money(row.today), this_month: Money(row.this_month) })
}

/// Today and the days before it, newest first.
pub async fn days(db: impl PgExecutor<'_>, days: i32) -> Result<Vec<Day>> {
    let days = sqlx::query_as!(
        Day,
        r#"
        select
            (at at time zone 'UTC')::date as "date!",
            model,
            sum(calls)::bigint as "calls!",
            sum(prompt_tokens)::bigint as "prompt_tokens!",
            sum(completion_tokens)::bigint as "completion_tokens!",
            coalesce(sum(cost_nanos), 0)::bigint as "cost!: Money",
            coalesce(sum(calls) filter (where is_estimated), 0)::bigint as "estimated_calls!",
            coalesce(sum(calls) filter (where cost_nanos is null), 0)::bigint as "unpriced_calls!"
        from support.model_usage
        where at >= date_trunc('day', now(), 'UTC') - make_interval(days => $1 - 1)
        group by 1, 2
        order by 1 desc, 2
        "#,
        days,
    )
    .fetch_all(db)
    .await?;
    Ok(days)
}
