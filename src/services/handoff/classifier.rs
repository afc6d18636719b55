//! The classifier: a logistic regression over the features of a text, learned from the shipped examples at first use.

use std::sync::LazyLock;

use super::Reason;
use super::examples::{self, Example};
use super::features::{Features, PLACES, View};

/// Learned from all examples that ship, in about a tenth of a second.
pub static SHIPPED: LazyLock<Classifier> = LazyLock::new(|| Classifier::learn(&examples::families().concat()));

/// Eight rounds moved no figure by one in a hundred (2026-11).
const ROUNDS: usize = 5;
/// Step length; each weight's own shrinks with the steps it has made.
const RATE: f32 = 0.1;
/// Where those steps start from, so that the first are not too long.
const CAUTION: f32 = 0.01;
/// Weights are drawn to nought, so that no single word decides alone.
const DECAY: f32 = 0.001;

/// What a message may be: something to answer, or one of the reasons.
const CLASSES: usize = 5;
const REASONS: [Reason; CLASSES - 1] = [Reason::CustomerRequest, Reason::Frustrated, Reason::Blocked, Reason::Policy];

type PerClass = [f32; CLASSES];

/// A weight for every feature and class.
pub struct Classifier {
    weights: Vec<PerClass>,
}

/// What it thinks of a message.
#[derive(Clone, Copy, Debug)]
pub struct Verdict {
    /// That a person is needed, 0 to 1.
    pub chance: f32,
    /// The likeliest reason, if one is.
    pub reason: Reason,
}

impl Classifier {
    /// The same examples make the same classifier.
    pub fn learn(examples: &[Example]) -> Self {
        let seen: Vec<_> = examples.iter().map(|e| (View::of(e.text).features, class(e.reason))).collect();
        let mut classifier = Self { weights: vec![PerClass::default(); PLACES] };
        let mut steps = vec![[CAUTION; CLASSES]; PLACES];
        let mut order: Vec<usize> = (0..seen.len()).collect();
        let mut dice = Dice(1);
        for _ in 0..ROUNDS {
            dice.shuffle(&mut order);
            for &at in &order {
                let (features, class) = &seen[at];
                classifier.correct(features, *class, &mut steps);
            }
        }
        classifier
    }

    /// Whether a text calls for a person.
    pub fn verdict(&self, features: &Features) -> Verdict {
        let [answerable, reasons @ ..] = self.chances(features);
        let likeliest = REASONS.into_iter().zip(reasons).max_by(|a, b| a.1.total_cmp(&b.1));
        Verdict { chance: 1.0 - answerable, reason: likeliest.map_or(Reason::CustomerRequest, |(reason, _)| reason) }
    }

    fn chances(&self, features: &Features) -> PerClass {
        let mut scores = PerClass::default();
        for &(place, weight) in features {
            for (score, learned) in scores.iter_mut().zip(self.weights[place]) {
                *score += learned * weight;
            }
        }
        let most = scores.into_iter().fold(f32::MIN, f32::max);
        let odds = scores.map(|score| (score - most).exp());
        let sum: f32 = odds.iter().sum();
        odds.map(|odds| odds / sum)
    }

    /// One step of Adagrad.
    fn correct(&mut self, features: &Features, class: usize, steps: &mut [PerClass]) {
        let mut off = self.chances(features);
        off[class] -= 1.0;
        for &(place, weight) in features {
            for ((learned, step), off) in self.weights[place].iter_mut().zip(&mut steps[place]).zip(off) {
                let slope = off * weight + DECAY * *learned;
                *step += slope * slope;
                *learned -= RATE * slope / step.sqrt();
            }
        }
    }
}

fn class(reason: Option<Reason>) -> usize {
    REASONS.iter().position(|&known| Some(known) == reason).map_or(0, |at| at + 1)
}

/// An order that is mixed, and the same every time.
struct Dice(u64);

impl Dice {
    fn shuffle(&mut self, order: &mut [usize]) {
        for end in (1..order.len()).rev() {
            self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            let below = u64::try_from(end + 1).unwrap_or(1);
            order.swap(end, usize::try_from((self.0 >> 33) % below).unwrap_or_default());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Families are situations: what was learned from the others has to carry over. It was .86 (2026-11).
    #[test]
    fn situations_it_has_not_seen_are_mostly_judged_right() {
        let families = examples::families();
        let held_out = |at: usize| at.is_multiple_of(4);
        let of = |unseen: bool| {
            families.iter().enumerate().filter(|(at, _)| held_out(*at) == unseen).flat_map(|(_, f)| f.clone()).collect()
        };
        let (unseen, known): (Vec<Example>, Vec<Example>) = (of(true), of(false));
        let classifier = Classifier::learn(&known);
        let is_right =
            |e: &&Example| (classifier.verdict(&View::of(e.text).features).chance > 0.5) == e.reason.is_some();
        let right = unseen.iter().filter(is_right).count();
        assert!(right * 100 >= unseen.len() * 80, "{right} of {}", unseen.len());
    }
}
