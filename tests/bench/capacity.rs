//! P2: how many chats a second arrive before the slowest hundredth takes too long.

use super::{
    load::{self, Target},
    table::{Goal, Row, Table},
    world::World,
};

/// The ladder of rates, the same for both: each rung is this much higher than the one before.
const LOWEST: f64 = 150.0;
const STEP: f64 = 1.2;

/// How long a rung lasts, and the fewest chats it may have: below that a percentile says little.
const SECONDS: f64 = 0.8;
const FEWEST: f64 = 200.0;

/// What finishes later than this share of the rate says is over capacity; two rungs like that, and the ladder ends.
const KEEPS_UP: f64 = 0.85;

/// Bounds for the 99th percentile, in milliseconds; none is "as many as it finishes".
const BOUNDS: [Option<f64>; 4] = [Some(5.0), Some(10.0), Some(50.0), None];

#[derive(Default)]
pub struct Capacity {
    desk: [Vec<f64>; 4],
    reference: [Vec<f64>; 4],
    chats: f64,
    asked: f64,
    unanswered: usize,
}

/// What one rung showed.
struct Rung {
    rate: f64,
    finished_per_second: f64,
    p99: f64,
    /// Nobody was refused, and the model answered where there is one.
    is_whole: bool,
}

impl Capacity {
    pub async fn round(&mut self, world: &World, round: usize, model_is_asked: bool) -> anyhow::Result<()> {
        for turn in 0..2 {
            let is_desk = (round + turn).is_multiple_of(2);
            let target = if is_desk { world.chats_of_desk() } else { world.chats_of_reference() };
            let rungs = self.climb(world, target, is_desk, model_is_asked).await?;
            let series = if is_desk { &mut self.desk } else { &mut self.reference };
            for (values, bound) in series.iter_mut().zip(BOUNDS) {
                values.push(highest(&rungs, bound));
            }
        }
        Ok(())
    }

    async fn climb(
        &mut self,
        world: &World,
        target: Target,
        is_desk: bool,
        model_is_asked: bool,
    ) -> anyhow::Result<Vec<Rung>> {
        let (mut rungs, mut rate, mut behind) = (Vec::new(), LOWEST, 0);
        while behind < 2 {
            let asked_before = world.model_asked().await?;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few thousand at most")]
            let count = (rate * SECONDS).max(FEWEST) as u32;
            let outcome = load::open(target, rate, count).await;
            let asked = world.model_asked().await? - asked_before;
            if is_desk {
                self.chats += outcome.good();
                self.asked += asked;
                self.unanswered += outcome.failed;
            }
            let without_model = is_desk && model_is_asked && asked < 0.99 * outcome.good();
            behind = if outcome.per_second() < KEEPS_UP * rate { behind + 1 } else { 0 };
            rungs.push(Rung {
                rate,
                finished_per_second: outcome.per_second(),
                p99: outcome.quantile(0.99),
                is_whole: outcome.failed == 0 && !without_model,
            });
            rate *= STEP;
        }
        Ok(rungs)
    }

    pub fn report(self, table: &mut Table) {
        table.note(format!("P2: model asked: {} of {} chats", self.asked, self.chats));
        if self.unanswered > 0 {
            table.note(format!(
                "P2: the desk refused {} chats above its capacity; such rungs do not count",
                self.unanswered
            ));
        }
        for ((bound, desk), reference) in BOUNDS.into_iter().zip(self.desk).zip(self.reference) {
            let what =
                bound.map_or_else(|| "chats finished, no bound".into(), |bound| format!("chats at p99 ≤ {bound} ms"));
            let row = Row::new("P2", what, "/s", desk).against("proxy", reference);
            table.add_chat(row.goal(Goal::RatioAtLeast(0.7)));
        }
    }
}

/// The highest rate that stays under the bound; without one, the most that was finished.
fn highest(rungs: &[Rung], bound: Option<f64>) -> f64 {
    let whole = rungs.iter().filter(|rung| rung.is_whole);
    let rates: Vec<f64> = match bound {
        Some(bound) => whole.filter(|rung| rung.p99 <= bound).map(|rung| rung.rate).collect(),
        None => whole.map(|rung| rung.finished_per_second).collect(),
    };
    rates.into_iter().fold(0.0, f64::max)
}
