//! Where the numbers were measured: they mean nothing without it.

use std::{fs, thread};

use sqlx::{ConnectOptions, Connection};

use super::world::World;

pub async fn describe(world: &World) -> anyhow::Result<String> {
    let mut database = world.database().connect().await?;
    let setting = async |name: &'static str, database: &mut sqlx::PgConnection| {
        sqlx::query_scalar::<_, String>("select current_setting($1)").bind(name).fetch_one(database).await
    };
    let version = setting("server_version", &mut database).await?;
    let fsync = setting("fsync", &mut database).await?;
    let commit = setting("synchronous_commit", &mut database).await?;
    database.close().await?;
    anyhow::ensure!(fsync == "on" && commit == "on", "the database does not commit to disk");
    let cores = thread::available_parallelism()?;
    let cpu = after("/proc/cpuinfo", "model name").unwrap_or_default();
    let memory: f64 = after("/proc/meminfo", "MemTotal").unwrap_or_default().trim_end_matches(" kB").parse()?;
    let load = fs::read_to_string("/proc/loadavg")?;
    let load = load.split(' ').next().unwrap_or_default();
    Ok(format!(
        "{cores} cores ({cpu}), {:.1} GiB, PostgreSQL {version} with fsync {fsync}; load before it began: {load}",
        memory / 1_048_576.0
    ))
}

/// What stands behind the first such name in a file of `name: value` lines.
fn after(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(value.trim().trim_start_matches(':').trim().to_owned())
}
