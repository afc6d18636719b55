//! P6 for chats: the processor time each takes while a few callers keep the desk busy.

use std::time::Duration;

use super::{
    load::{self, Target},
    table::{Goal, Row, Table},
    usage,
    world::World,
};

pub const CALLERS: usize = 8;
const LASTS: Duration = Duration::from_secs(3);

#[derive(Default)]
pub struct Steady {
    desk: Vec<f64>,
    reference: Vec<f64>,
    /// What the desk held while it was busy, in MiB.
    pub resident: Vec<f64>,
    chats: f64,
    asked: f64,
    failed: usize,
}

impl Steady {
    pub async fn round(&mut self, world: &World, round: usize) -> anyhow::Result<()> {
        for turn in 0..2 {
            if (round + turn).is_multiple_of(2) {
                self.desk_round(world).await?;
            } else {
                let (cost, _) = self.cost(world.chats_of_reference(), world.reference_pid()).await?;
                self.reference.push(cost);
            }
        }
        Ok(())
    }

    async fn desk_round(&mut self, world: &World) -> anyhow::Result<()> {
        let before = world.model_asked().await?;
        let (cost, chats) = self.cost(world.chats_of_desk(), world.desk.pid()).await?;
        self.desk.push(cost);
        self.chats += chats;
        self.asked += world.model_asked().await? - before;
        self.resident.push(usage::resident_mib(world.desk.pid())?);
        Ok(())
    }

    /// Milliseconds of the process a chat, and how many chats there were.
    async fn cost(&mut self, target: Target, pid: u32) -> anyhow::Result<(f64, f64)> {
        let before = usage::processor_ms(pid)?;
        let outcome = load::closed(target, CALLERS, LASTS).await;
        self.failed += outcome.failed;
        let used = usage::processor_ms(pid)? - before;
        Ok((used / outcome.good(), outcome.good()))
    }

    pub fn report(&self, table: &mut Table) {
        table.note(format!("P6: model asked: {} of {} chats", self.asked, self.chats));
        table.note_failures("P6", self.failed);
        let row = Row::new("P6", format!("CPU of a chat, {CALLERS} callers"), "ms", self.desk.clone());
        table.add_chat(
            row.against("proxy", self.reference.clone()).goal(Goal::AtMost(0.3)).goal(Goal::RatioAtMost(2.0)),
        );
    }
}
