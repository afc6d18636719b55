//! Sessions of the team's people, as rows.

use std::time::Duration;

use sqlx::PgExecutor;

use crate::{domain::token::OperatorToken, error::Result, storage::interval};

pub async fn sign_in(
    db: impl PgExecutor<'_>,
    token: &OperatorToken,
    name: &str,
    secret_hash: &[u8],
    lasts: Duration,
) -> Result<()> {
    sqlx::query!(
        r#"
        insert into support.operator_sessions (token_hash, operator, secret_hash, expires_at)
        values ($1, $2, $3, now() + $4)
        "#,
        token.hash(),
        name,
        secret_hash,
        interval(lasts)?,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Whose session it is, while it lasts, and the hash of the secret that opened it.
pub async fn of(db: impl PgExecutor<'_>, token: &OperatorToken) -> Result<Option<(String, Vec<u8>)>> {
    let session = sqlx::query!(
        r#"
        select operator, secret_hash
        from support.operator_sessions
        where token_hash = $1
          and expires_at > now()
        "#,
        token.hash(),
    )
    .fetch_optional(db)
    .await?;
    Ok(session.map(|session| (session.operator, session.secret_hash)))
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
