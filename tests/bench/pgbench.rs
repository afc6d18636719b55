//! PostgreSQL's own bench, with the statements of an escalation: as fast as this database goes.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, ensure};
use tokio::task::block_in_place;

use super::{statements, stats, world::World};

pub struct Ran {
    pub per_second: f64,
    pub p99_ms: f64,
}

pub fn run(world: &World, clients: usize, lasts: Duration) -> anyhow::Result<Ran> {
    let program = world.bin_dir.as_deref().map_or_else(|| "pgbench".into(), |dir| dir.join("pgbench"));
    let script = world.scratch().join("escalation.sql");
    fs::write(&script, statements::SCRIPT)?;
    let mut command = Command::new(&program);
    command.args(["--no-vacuum", "--protocol=prepared", "--jobs=2", "--log", "--log-prefix=transactions"]);
    command.arg(format!("--client={clients}")).arg(format!("--time={}", lasts.as_secs()));
    command.arg("--file").arg(&script).arg("--host").arg(world.socket()).args(["--username=support", "postgres"]);
    // Somebody's PGOPTIONS must not change what is measured.
    command.env_clear().env("PATH", env!("PATH")).current_dir(world.scratch()).stdin(Stdio::null());
    let ended = block_in_place(|| command.output()).with_context(|| program.display().to_string())?;
    ensure!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let said = String::from_utf8_lossy(&ended.stdout);
    let per_second = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    let took_ms = take_log(world.scratch())?;
    Ok(Ran { per_second: per_second.context("it says no tps")?, p99_ms: stats::quantile(&took_ms, 0.99) })
}

/// How long each transaction took; the third field of its line, in microseconds.
fn take_log(folder: &Path) -> anyhow::Result<Vec<f64>> {
    let mut took_ms = Vec::new();
    for entry in fs::read_dir(folder)?.flatten() {
        if !entry.file_name().to_string_lossy().starts_with("transactions.") {
            continue;
        }
        let log = fs::read_to_string(entry.path())?;
        let microseconds = log.lines().filter_map(|line| line.split(' ').nth(2)?.parse::<f64>().ok());
        took_ms.extend(microseconds.map(|took| took / 1_000.0));
        fs::remove_file(entry.path())?;
    }
    Ok(took_ms)
}
