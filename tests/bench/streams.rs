//! P4: what the desk adds to the first sentence of a model that streams at once, for a caller who is
//! alone.

use super::{
    load::{self, Outcome, Target},
    stub::END_OF_SENTENCE,
    table::{Goal, Row, Table},
    world::World,
};

/// Streams of each in a round.
const STREAMS: usize = 300;

#[derive(Default)]
pub struct Streams {
    /// The 50th and the 99th percentile of each round, in milliseconds.
    desk: [Vec<f64>; 2],
    reference: [Vec<f64>; 2],
    model: [Vec<f64>; 2],
    failed: usize,
}

impl Streams {
    pub async fn round(&mut self, world: &World, round: usize) -> anyhow::Result<()> {
        let model = self.measure(world.streams_of_model()).await;
        // Whoever goes second finds the machine as the first left it, so they take turns.
        let (desk, reference) = if round.is_multiple_of(2) {
            let desk = self.measure(world.streams_of_desk()).await;
            (desk, self.measure(world.streams_of_reference()).await)
        } else {
            let reference = self.measure(world.streams_of_reference()).await;
            (self.measure(world.streams_of_desk()).await, reference)
        };
        for (place, share) in [0.5, 0.99].into_iter().enumerate() {
            let direct = model.quantile(share);
            self.model[place].push(direct);
            self.desk[place].push(desk.quantile(share) - direct);
            self.reference[place].push(reference.quantile(share) - direct);
        }
        Ok(())
    }

    async fn measure(&mut self, target: Target) -> Outcome {
        let outcome = load::streams(target, STREAMS, END_OF_SENTENCE).await;
        self.failed += outcome.failed;
        outcome
    }

    pub fn report(self, table: &mut Table) {
        table.note_failures("P4", self.failed);
        let [desk_p50, desk_p99] = self.desk;
        let [reference_p50, reference_p99] = self.reference;
        let [model_p50, model_p99] = self.model;
        let row = |what: &str, values| Row::new("P4", what, "ms", values);
        let goal = Goal::RatioAtMost(1.5);
        table.add(row("first sentence of the model directly, p50", Vec::new()).against("stub", model_p50));
        table.add(row("first sentence of the model directly, p99", Vec::new()).against("stub", model_p99));
        table.add_chat(row("added to the first sentence, p50", desk_p50).against("proxy", reference_p50).goal(goal));
        table.add_chat(row("added to the first sentence, p99", desk_p99).against("proxy", reference_p99).goal(goal));
    }
}
