//! Sessions of the team's people, as rows.

use std::time::Duration;

use sqlx::PgExecutor;

use crate::{domain::token::OperatorToken, error::Result, storage::interval};

pub async fn sign_in(db: impl PgExecutor<'_>, token: &OperatorToken, name: &str, lasts: Duration) -> Result<()> {
    sqlx::query!(
        r#"
        with ended as (
            delete from support.operator_sessions
            where expires_at < now()
        )
        insert into support.operator_sessions (token_hash, operator, expires_at)
        values ($1, $2, now() + $3)
        "#,
        token.hash(),
        name,
        interval(lasts)?,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Whose session it is, while it lasts.
pub async fn of(db: impl PgExecutor<'_>, token: &OperatorToken) -> Result<Option<String>> {
    let operator = sqlx::query_scalar!(
        r#"
        select operator
        from support.operator_sessions
        where token_hash = $1
          and expires_at > now()
        "#,
        token.hash(),
    )
    .fetch_optional(db)
    .await?;
    Ok(operator)
}

pub async fn sign_out(db: impl PgExecutor<'_>, token: &OperatorToken) -> Result<()> {
    sqlx::query!(
        r#"
        delete from support.operator_sessions
        where token_hash = $1
        "#,
        token.hash(),
    )
    .execute(db)
    .await?;
    Ok(())
}
