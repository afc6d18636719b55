//! P7: what the desk holds in memory, without its PostgreSQL.

use std::time::Duration;

use anyhow::ensure;
use tokio::time::sleep;

use super::{
    lifecycle::Lifecycle,
    service::Service,
    stats,
    steady::Steady,
    table::{Goal, Row, Table},
    usage::{anonymous_mib, highest_resident_mib, resident_mib},
    wire::{self, Connection},
    world::World,
};

/// What rests so long has given back what it will.
const REST: Duration = Duration::from_secs(2);

/// Connections that were used once and are kept.
const CONNECTIONS: u16 = 500;

/// Why what a process holds may shrink under its feet.
const NOTE: &str = "P7: what the program maps of its own file counts too, and a kernel that is short, or sweeps, takes that back at will";

pub struct Memory {
    idle: f64,
    idle_anonymous: f64,
    /// Log lines of the desk, which grow with its work, and what it held at rest, in MiB.
    rests: Vec<(f64, f64)>,
    after: f64,
    after_anonymous: f64,
    highest: f64,
}

impl Memory {
    /// Before anything was asked.
    pub async fn of_idle(world: &World) -> anyhow::Result<Self> {
        sleep(REST).await;
        let pid = world.desk.pid();
        let (idle, idle_anonymous) = (resident_mib(pid)?, anonymous_mib(pid)?);
        Ok(Self { idle, idle_anonymous, rests: Vec::new(), after: 0.0, after_anonymous: 0.0, highest: 0.0 })
    }

    pub async fn after_round(&mut self, world: &World) -> anyhow::Result<()> {
        sleep(REST).await;
        self.rests.push((world.requests_of_desk()?, resident_mib(world.desk.pid())?));
        Ok(())
    }

    pub async fn after_all(&mut self, world: &World) -> anyhow::Result<()> {
        sleep(REST).await;
        let pid = world.desk.pid();
        self.after = resident_mib(pid)?;
        self.after_anonymous = anonymous_mib(pid)?;
        self.highest = highest_resident_mib(pid)?;
        Ok(())
    }

    pub fn report(self, table: &mut Table, steady: &Steady, lifecycle: &Lifecycle) {
        let mib = |what: &'static str, values: Vec<f64>| Row::new("P7", what, "MiB", values);
        let fresh = lifecycle.idle_mib.iter().copied().chain([self.idle]).collect();
        table.add(mib("memory, idle after a start", fresh).goal(Goal::AtMost(40.0)));
        table.add(mib("memory while eight ask", steady.resident.clone()));
        table.add(mib("memory, highest of the run", vec![self.highest]));
        let after = mib("memory, at rest after it all", vec![self.after]).against("idle", vec![self.idle]);
        table.add(after.goal(Goal::RatioAtMost(1.1)));
        let own = mib("of that, not of files (heap)", vec![self.after_anonymous]);
        table.add(own.against("idle", vec![self.idle_anonymous]));
        table.add(Row::new("P7", "an idle connection", "KiB", lifecycle.connection_kib.clone()));
        let kib: Vec<(f64, f64)> =
            self.rests.iter().skip(1).map(|(served, mib)| (served / 1_000.0, mib * 1_024.0)).collect();
        let grows = if kib.len() < 2 { Vec::new() } else { vec![stats::slope(&kib)] };
        table.add(Row::new("P7", "slope, at rest after each round", "KiB/1000", grows).goal(Goal::About("0")));
        let rests: Vec<String> =
            self.rests.iter().map(|(served, mib)| format!("{mib:.1} MiB after {served}")).collect();
        table.note(NOTE.into());
        table.note(format!("P7: at rest after so many requests: {}", rests.join(", ")));
    }
}

/// What each of many idle connections takes of a desk that just started, in KiB.
pub async fn of_a_connection(desk: &Service) -> anyhow::Result<f64> {
    let (before, mut kept) = (resident_mib(desk.pid())?, Vec::new());
    for _ in 0..CONNECTIONS {
        let mut connection = Connection::open(desk.address).await?;
        ensure!(connection.exchange(&wire::get("/health")).await?.status == 200, "the desk is not well");
        kept.push(connection);
    }
    let held = resident_mib(desk.pid())? - before;
    Ok(held * 1_024.0 / f64::from(CONNECTIONS))
}
