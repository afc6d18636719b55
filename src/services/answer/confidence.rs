//! Confidence: how likely the best section is the right one, from a handful of signs.

use crate::domain::turn::Outcome;

/// From here on 96 % of answers were right and 95 % of questions about other things were turned away, on nine sets
/// for three trades, 2026-11. Fitting the weights anew gave nothing on sets that the fit had not seen.
const SURE: f32 = 0.73;
/// Below this, the closest sections had nothing to do with the question, 2026-11.
const WORTH_SHOWING: f32 = 0.15;

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
    /// The share of the question that the best section contains word for word.
    pub exact: f32,
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
    /// The weight of the heaviest word that the best section lacks, against all words.
    pub missing: f32,
}

impl Signs {
    /// As a row for the logistic.
    pub fn row(&self) -> [f32; 15] {
        [
            self.score,
            self.margin,
            self.covered,
            self.known,
            self.in_title,
            self.phrasing,
            self.exact,
            self.length,
            self.guessed,
            self.foreign,
            self.rung,
            self.continued,
            self.missing,
            self.covered * self.phrasing,
            self.phrasing * self.phrasing,
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
const BIAS: f32 = -5.0;
const WEIGHTS: [f32; 15] = [4.1, 2.9, 0.7, 0.8, 1.6, -0.9, 0.9, 4.0, -2.9, 0.4, 1.9, 0.7, -0.7, 0.8, 2.6];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_agreement_means_more_confidence() {
        let weak = Signs { score: 0.2, covered: 0.4, known: 0.5, length: 0.2, ..Signs::default() };
        let strong = Signs { score: 0.6, covered: 1.0, known: 1.0, in_title: 0.6, margin: 0.5, ..weak };
        assert!(strong.confidence() > weak.confidence());
        assert_eq!(outcome(strong.confidence()), Outcome::Answer);
    }

    #[test]
    fn nothing_found_is_unknown() {
        assert_eq!(outcome(Signs::default().confidence()), Outcome::Unknown);
    }
}
