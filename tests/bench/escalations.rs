//! P5 and P6 for escalations: how many tickets a second, how late the slowest, at which cost.

use std::time::Duration;

use super::{
    load, pgbench,
    stats::median,
    steady::CALLERS,
    table::{Goal, Row, Table},
    usage,
    world::World,
};

const LASTS: Duration = Duration::from_secs(2);

/// One runner of the same statements, round by round.
#[derive(Default)]
struct Runner {
    per_second: Vec<f64>,
    p99_ms: Vec<f64>,
    cost_ms: Vec<f64>,
}

pub struct Escalations {
    /// What the database holds when they are measured.
    database: &'static str,
    conversations: Vec<f64>,
    desk: Runner,
    proxy: Runner,
    pgbench: Runner,
    no_pgbench: Option<String>,
    failed: usize,
}

impl Escalations {
    pub fn on(database: &'static str) -> Self {
        let (desk, proxy, pgbench) = Default::default();
        Self { database, conversations: Vec::new(), desk, proxy, pgbench, no_pgbench: None, failed: 0 }
    }

    /// The three take turns in being first.
    pub async fn round(&mut self, world: &World, round: usize) -> anyhow::Result<()> {
        self.conversations.push(world.conversations().await?);
        for turn in 0..3 {
            match (round + turn) % 3 {
                0 => {
                    let (target, pid) = (world.escalations_of_desk(), world.desk.pid());
                    self.failed += self.desk.run(target, pid).await?;
                }
                1 => {
                    let (target, pid) = (world.escalations_of_reference(), world.reference_pid());
                    self.failed += self.proxy.run(target, pid).await?;
                }
                _ => self.run_pgbench(world),
            }
        }
        Ok(())
    }

    fn run_pgbench(&mut self, world: &World) {
        match pgbench::run(world, CALLERS, LASTS) {
            Ok(ran) => {
                self.pgbench.per_second.push(ran.per_second);
                self.pgbench.p99_ms.push(ran.p99_ms);
            }
            Err(error) => self.no_pgbench = Some(format!("!! P5 IS NOT MEASURED: pgbench cannot be run: {error:#}")),
        }
    }

    pub fn report(&self, table: &mut Table) {
        table.note_failures("P5", self.failed);
        let what = |what: &str| format!("{what}, {}", self.database);
        let held = median(&self.conversations);
        table.note(format!("P5: {}: {CALLERS} callers, and {held:.0} conversations at the beginning", self.database));
        if let Some(reason) = &self.no_pgbench {
            table.note(reason.clone());
        }
        let reference = |values: &[f64]| if self.no_pgbench.is_some() { Vec::new() } else { values.to_vec() };
        let many = Row::new("P5", what("escalations"), "/s", self.desk.per_second.clone());
        let many = many.against("pgbench", reference(&self.pgbench.per_second)).goal(Goal::RatioAtLeast(0.8));
        table.add_escalation(many);
        let late = Row::new("P5", what("escalation p99"), "ms", self.desk.p99_ms.clone());
        let late = late.against("pgbench", reference(&self.pgbench.p99_ms)).goal(Goal::RatioAtMost(1.5));
        table.add_escalation(late);
        let bare = Row::new("P5", what("against the bare proxy"), "/s", self.desk.per_second.clone());
        table.add_escalation(bare.against("proxy", self.proxy.per_second.clone()));
    }

    pub fn report_cost(self, table: &mut Table) {
        let row = Row::new("P6", format!("CPU of an escalation, {CALLERS} callers"), "ms", self.desk.cost_ms);
        let goals = [Goal::AtMost(0.3), Goal::RatioAtMost(2.0)];
        let row = goals.into_iter().fold(row.against("proxy", self.proxy.cost_ms), Row::goal);
        table.add_escalation(row);
    }
}

impl Runner {
    /// How many requests failed.
    async fn run(&mut self, target: load::Target, pid: u32) -> anyhow::Result<usize> {
        let before = usage::processor_ms(pid)?;
        let outcome = load::closed(target, CALLERS, LASTS).await;
        let used = usage::processor_ms(pid)? - before;
        self.per_second.push(outcome.per_second());
        self.p99_ms.push(outcome.quantile(0.99));
        self.cost_ms.push(used / outcome.good());
        Ok(outcome.failed)
    }
}
