//! Whether the reference still does what the desk does: P5 compares like with like, or says so.

use std::time::Duration;

use anyhow::Context;
use sqlx::{ConnectOptions, Connection, PgConnection};

use super::{load, world::World};

/// The script that pgbench runs.
pub const SCRIPT: &str = include_str!("escalation.sql");

/// The statements of the reference, without the transaction around them.
pub fn of_reference() -> Vec<String> {
    let is_sql = |line: &&str| !line.starts_with("--") && !line.starts_with('\\');
    let sql: Vec<&str> = SCRIPT.lines().filter(is_sql).collect();
    let statements = sql.join("\n");
    statements.split(';').map(|statement| statement.trim().to_owned()).filter(|sql| is_work(sql)).collect()
}

/// Watches the database during one escalation; tells in a sentence where the two differ.
pub async fn compare(world: &World) -> anyhow::Result<Option<String>> {
    let mut database = world.database().connect().await?;
    log_statements(&mut database, "all").await?;
    let logged_before = world.database_log()?.len();
    let outcome = load::sequence(world.escalations_of_desk(), 1).await;
    log_statements(&mut database, "none").await?;
    database.close().await?;
    anyhow::ensure!(outcome.failed == 0, "the desk does not take an escalation");
    let log = world.database_log()?;
    let ours = of_log(log.get(logged_before..).unwrap_or_default()).context("the escalation is not in the log")?;
    let ours: Vec<_> = ours.iter().map(|sql| shape(sql)).collect();
    let reference: Vec<_> = of_reference().iter().map(|sql| shape(sql)).collect();
    let differ = || format!("tests/bench/escalation.sql is no longer what an escalation does (the desk: {ours:?})");
    Ok((ours != reference).then(differ))
}

async fn log_statements(database: &mut PgConnection, which: &'static str) -> anyhow::Result<()> {
    let set =
        if which == "all" { "alter system set log_statement = 'all'" } else { "alter system reset log_statement" };
    sqlx::query(set).execute(&mut *database).await?;
    sqlx::query("select pg_reload_conf()").execute(&mut *database).await?;
    // Every server process hears of it between two statements; ours stands for all of them.
    for _ in 0..200 {
        let now: String =
            sqlx::query_scalar("select current_setting('log_statement')").fetch_one(&mut *database).await?;
        if now == which {
            tokio::time::sleep(Duration::from_millis(100)).await;
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    anyhow::bail!("the database does not take its settings again")
}

/// The statements of the server process that opened the ticket.
fn of_log(log: &str) -> Option<Vec<String>> {
    let mut entries: Vec<(&str, String)> = Vec::new();
    for line in log.lines() {
        let started = line.split_once("] LOG:").map(|(stamp, said)| (stamp.rsplit('[').next().unwrap_or(stamp), said));
        match started {
            Some((process, said)) => entries.push((process, said.trim().to_owned())),
            None if line.starts_with('\t') => {
                if let Some((_, statement)) = entries.last_mut() {
                    statement.push('\n');
                    statement.push_str(line.trim());
                }
            }
            None => {}
        }
    }
    let writer = entries.iter().find(|(_, sql)| sql.contains("insert into support.tickets"))?.0;
    let theirs = entries.into_iter().filter(|(process, _)| *process == writer);
    let executed = theirs.filter_map(|(_, said)| Some(said.split_once(':')?.1.trim().to_owned()));
    Some(executed.filter(|sql| is_work(sql)).collect())
}

fn is_work(sql: &str) -> bool {
    let first = sql.split_whitespace().next().unwrap_or_default().to_lowercase();
    !["", "begin", "commit"].contains(&first.as_str())
}

/// What a statement does and to which tables: its first word, and every name in our schema.
fn shape(sql: &str) -> String {
    let words = sql.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'));
    let mut words = words.filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    words.filter(|word| word.starts_with("support.")).fold(first.to_owned(), |shape, table| format!("{shape} {table}"))
}
