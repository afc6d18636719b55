//! Confidence: how likely the best section is the right one, from a handful of signs.

use crate::domain::turn::Outcome;

/// From here on confident answers were right often enough (precision above .9), 2026-11.
const SURE: f32 = 0.6;
/// Below this, showing the closest sections helped nobody, 2026-11.
const WORTH_SHOWING: f32 = 0.22;

/// The signs, each between 0 and about 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Signs {
    /// The best section's share of the greatest possible score.
    pub score: f32,
    /// Its lead over the next section that says something else.
    pub margin: f32,
    /// The share of the question that the best section contains.
    pub covered: f32,
    /// The share of the question that the knowledge base contains anywhere.
    pub known: f32,
    /// The share of the question in the best section's heading.
    pub in_title: f32,
    /// The nearest phrasing of the best section.
    pub phrasing: f32,
    /// 1 when the nearest phrasing of all is the best section's.
    pub agrees: f32,
    /// The number of meaningful words, a tenth each, at most 1.
    pub length: f32,
    /// The share of the words that had to be guessed.
    pub guessed: f32,
    /// 1 for a question in another language.
    pub foreign: f32,
    /// 1 when a rung of a price ladder was named.
    pub rung: f32,
    /// 1 when the question needed the one before it.
    pub continued: f32,
}

impl Signs {
    /// As a row for the logistic.
    pub fn row(&self) -> [f32; 12] {
        [
            self.score,
            self.margin,
            self.covered,
            self.known,
            self.in_title,
            self.phrasing,
            self.agrees,
            self.length,
            self.guessed,
            self.foreign,
            self.rung,
            self.continued,
        ]
    }

    /// The chance that the best section is right, 0 to 1.
    pub fn confidence(&self) -> f32 {
        let sum: f32 = self.row().iter().zip(WEIGHTS).map(|(sign, weight)| sign * weight).sum();
        1.0 / (1.0 + (-(sum + BIAS)).exp())
    }
}

/// What a confidence is worth to the person who asked.
pub fn outcome(confidence: f32) -> Outcome {
    if confidence >= SURE {
        Outcome::Answer
    } else if confidence >= WORTH_SHOWING {
        Outcome::Closest
    } else {
        Outcome::Unknown
    }
}

/// Fitted by logistic regression on the open question set and our own, 2026-11.
const BIAS: f32 = -5.5;
const WEIGHTS: [f32; 12] = [2.0, 1.5, 2.5, 2.0, 0.8, 3.0, 0.5, 0.5, -1.0, 0.0, 0.5, 0.0];
