//! Our tables: where they are and how they are reached.

pub mod alerts;
pub mod blocks;
pub mod channels;
pub mod confirmations;
pub mod conversations;
pub mod deliveries;
pub mod embedded;
pub mod embeddings;
pub mod escalations;
pub mod feedback;
pub mod figures;
pub mod following;
pub mod gaps;
pub mod idempotency;
pub mod operators;
pub mod orders;
pub mod people;
pub mod retention;
pub mod threads;
pub mod tickets;
pub mod turns;
pub mod usage;

use std::{borrow::Cow, net::IpAddr, time::Duration};

use anyhow::bail;
use sqlx::{
    ConnectOptions, Connection, PgConnection, PgPool, Postgres, Transaction,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions, PgSslMode, types::PgInterval},
};

use crate::{
    config::Budgets,
    error::{Error, Result},
};

/// The schema's history, applied at start under an advisory lock, so that two instances may
/// start at once.
pub static MIGRATOR: Migrator = sqlx::migrate!();

/// The features of this version are the floor.
const OLDEST_SERVER: u32 = 150_000;

/// How long a server may still be starting up before a start of ours gives up.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a start waits for another instance that is migrating.
const MIGRATION_WAIT: Duration = Duration::from_secs(10);

/// A connection that rested longer than this is asked whether it still lives. Under load none
/// rests so long, and a database that restarts takes longer than this, so neither pays.
const RESTED: Duration = Duration::from_millis(50);

/// Whose server it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Ours, on this machine: no connection to it is cut without a word.
    Ours,
    /// Somebody's, with whatever lies between.
    Another,
}

/// Connects and migrates, or says in plain words why that cannot work.
pub async fn connect(url: &str, budgets: &Budgets, whose: Whose) -> anyhow::Result<PgPool> {
    let options = options(url, budgets)?;
    refuse_old_servers(&options).await?;
    let pool = PgPoolOptions::new()
        .max_connections(budgets.database_pool)
        .acquire_timeout(budgets.database_acquire)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move { Ok(meta.idle_for < RESTED || connection.ping().await.is_ok()) })
        })
        .after_release(move |connection, _| {
            Box::pin(async move { Ok(whose == Whose::Ours || still_answers(connection).await?) })
        })
        .connect_lazy_with(options.clone());
    migrate(options).await?;
    Ok(pool)
}

/// Whether a database can be used at all, without changing anything in it.
pub async fn look(url: &str, budgets: &Budgets) -> anyhow::Result<String> {
    let options = options(url, budgets)?;
    refuse_old_servers(&options).await?;
    Ok(format!("it answers at {}", place(&options)))
}

/// Brings the schema up to date. A schema that is newer than this program is left alone, so that
/// an instance of before can start again in the middle of a deploy.
async fn migrate(options: PgConnectOptions) -> anyhow::Result<()> {
    let wait = MIGRATION_WAIT.as_millis().to_string();
    // A migration may take longer than any statement of a request.
    let limits = [("statement_timeout", "0"), ("lock_timeout", wait.as_str())];
    let mut connection = options.options(limits).connect().await?;
    let has_schema: bool = sqlx::query_scalar!(r#"select to_regnamespace('support') is not null as "has!""#)
        .fetch_one(&mut connection)
        .await?;
    let mut migrator = sqlx::migrate!();
    migrator.set_ignore_missing(true);
    if has_schema {
        // In a shared database this role may have been given the schema and nothing beside it.
        migrator.create_schemas = Cow::Borrowed(&[]);
    }
    migrator.run(&mut connection).await.map_err(|error| {
        let is_locked = error.to_string().contains("lock timeout");
        let hint = if is_locked { " (another instance may be migrating it: start again in a moment)" } else { "" };
        anyhow::anyhow!("The database could not be migrated{hint}: {error}")
    })?;
    Ok(connection.close().await?)
}

/// sqlx asks a connection that comes back whether it still works, and would wait for ever for one
/// that was cut silently. Asking first, with a limit, lets go of it instead.
async fn still_answers(connection: &mut PgConnection) -> sqlx::Result<bool> {
    match tokio::time::timeout(PATIENCE, connection.ping()).await {
        Ok(answer) => answer.map(|()| true),
        Err(_) => Err(sqlx::Error::PoolTimedOut),
    }
}

/// Whether the database answers within `limit`.
pub async fn is_usable(db: &PgPool, limit: Duration) -> bool {
    let answer = tokio::time::timeout(limit, sqlx::query_scalar!("select 1 as \"one!\"").fetch_one(db)).await;
    matches!(answer, Ok(Ok(1)))
}

fn options(url: &str, budgets: &Budgets) -> anyhow::Result<PgConnectOptions> {
    let mut options: PgConnectOptions = url.parse().map_err(|_| {
        anyhow::anyhow!("DATABASE_URL must be an address such as postgresql://user:password@host/database")
    })?;
    if is_remote(&options) && !url.contains("sslmode=") {
        options = options.ssl_mode(PgSslMode::VerifyFull);
    }
    Ok(options.application_name("levqor-support").disable_statement_logging().options([
        ("statement_timeout", budgets.database_statement.as_millis().to_string()),
        ("lock_timeout", budgets.database_lock.as_millis().to_string()),
        ("idle_in_transaction_session_timeout", "10000".to_owned()),
    ]))
}

/// Whether what we say to the database leaves this machine.
fn is_remote(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let is_loopback = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    options.get_socket().is_none() && !host.starts_with('/') && !is_loopback
}

async fn refuse_old_servers(options: &PgConnectOptions) -> anyhow::Result<()> {
    let mut connection = first_connection(options).await?;
    let version: String = sqlx::query_scalar!("select current_setting('server_version_num') as \"version!\"")
        .fetch_one(&mut connection)
        .await?;
    if version.parse().unwrap_or(0) < OLDEST_SERVER {
        bail!("The database is older than PostgreSQL 15, which is the oldest that works (it says {version})");
    }
    connection.close().await?;
    Ok(())
}

/// The first connection, with patience for a server that is still starting.
async fn first_connection(options: &PgConnectOptions) -> anyhow::Result<PgConnection> {
    let started = tokio::time::Instant::now();
    loop {
        let attempt = tokio::time::timeout(PATIENCE, options.connect()).await;
        match attempt {
            Ok(Ok(connection)) => return Ok(connection),
            Ok(Err(error)) if is_starting(&error) && started.elapsed() < PATIENCE => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Ok(Err(error)) => bail!("The database at {} cannot be used: {}", place(options), explain(&error)),
            Err(_) => bail!("The database at {} did not answer within {} s", place(options), PATIENCE.as_secs()),
        }
    }
}

fn is_starting(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| code.starts_with("57P")),
        _ => false,
    }
}

fn explain(error: &sqlx::Error) -> String {
    let said = error.to_string();
    match error {
        // A pooler that shares connections also breaks the session locks that migrations take.
        _ if said.contains("unsupported startup parameter") => {
            "it is a connection pooler; give the address of the server itself".into()
        }
        sqlx::Error::Tls(_) => {
            format!("{said} (in a private network without TLS, add ?sslmode=disable to DATABASE_URL)")
        }
        _ => said,
    }
}

/// Where the database is, without the password.
fn place(options: &PgConnectOptions) -> String {
    match options.get_socket() {
        Some(folder) => folder.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    }
}

/// A transaction that changes nothing and sees everything as it is at one moment.
pub async fn snapshot(db: &PgPool) -> Result<Transaction<'static, Postgres>> {
    Ok(db.begin_with("begin isolation level repeatable read read only").await?)
}

/// A duration as the database takes it.
fn interval(duration: Duration) -> Result<PgInterval> {
    PgInterval::try_from(duration).map_err(|_| Error::Internal(anyhow::anyhow!("a duration finer than a microsecond")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_leaves_the_machine_must_be_verified() {
        let remote = |url: &str| is_remote(&url.parse().unwrap());

        assert!(remote("postgresql://u@db.example.com/d"));
        assert!(!remote("postgresql://u@127.0.0.1/d"));
        assert!(!remote("postgresql://u@localhost/d"));
        assert!(!remote("postgresql://u@%2Frun%2Fpg/d"));
        assert!(!remote("postgresql:///d?host=/run/pg&user=u"));
    }
}
