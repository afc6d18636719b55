//! P1: what the desk adds to a model that answers at once, for a caller who is alone.

use super::{
    load::{self, Outcome, Target},
    table::{Goal, Row, Table},
    world::World,
};

/// Chats of each in a round.
const CHATS: usize = 400;

#[derive(Default)]
pub struct Latency {
    /// The 50th and the 99th percentile of each round, in milliseconds.
    desk: [Vec<f64>; 2],
    reference: [Vec<f64>; 2],
    model: [Vec<f64>; 2],
    chats: f64,
    asked: f64,
    failed: usize,
}

impl Latency {
    pub async fn round(&mut self, world: &World, round: usize) -> anyhow::Result<()> {
        let model = self.measure(world.model()).await;
        // Whoever goes second finds the machine as the first left it, so they take turns.
        let (desk, reference) = if round.is_multiple_of(2) {
            let desk = self.measure_desk(world).await?;
            (desk, self.measure(world.chats_of_reference()).await)
        } else {
            let reference = self.measure(world.chats_of_reference()).await;
            (self.measure_desk(world).await?, reference)
        };
        for (place, share) in [0.5, 0.99].into_iter().enumerate() {
            let direct = model.quantile(share);
            self.model[place].push(direct);
            self.desk[place].push(desk.quantile(share) - direct);
            self.reference[place].push(reference.quantile(share) - direct);
        }
        Ok(())
    }

    async fn measure_desk(&mut self, world: &World) -> anyhow::Result<Outcome> {
        let before = world.model_asked().await?;
        let outcome = self.measure(world.chats_of_desk()).await;
        self.asked += world.model_asked().await? - before;
        self.chats += outcome.good();
        Ok(outcome)
    }

    async fn measure(&mut self, target: Target) -> Outcome {
        let outcome = load::sequence(target, CHATS).await;
        self.failed += outcome.failed;
        outcome
    }

    pub fn report(self, table: &mut Table) {
        table.note(format!("P1: model asked: {} of {} chats", self.asked, self.chats));
        table.note_failures("P1", self.failed);
        let [desk_p50, desk_p99] = self.desk;
        let [reference_p50, reference_p99] = self.reference;
        let [model_p50, model_p99] = self.model;
        let goal = Goal::RatioAtMost(1.5);
        table.add(Row::new("P1", "the model called directly, p50", "ms", Vec::new()).against("stub", model_p50));
        table.add(Row::new("P1", "the model called directly, p99", "ms", Vec::new()).against("stub", model_p99));
        table.add_chat(
            Row::new("P1", "added latency of a chat, p50", "ms", desk_p50).against("proxy", reference_p50).goal(goal),
        );
        table.add_chat(
            Row::new("P1", "added latency of a chat, p99", "ms", desk_p99).against("proxy", reference_p99).goal(goal),
        );
    }
}
