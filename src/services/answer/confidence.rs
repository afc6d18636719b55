//! Confidence: how likely the best section is the right one, from a handful of signs.

use crate::domain::turn::Outcome;

/// From here on 96 % of answers were right and 95 % of questions about other things were turned away, on nine sets
/// for three trades, 2026-11. Fitting the weights anew gave nothing on sets that the fit had not seen.
const SURE: f32 = 0.73;
/// Below this, the closest sections had nothing to do with the question, 2026-11.
const WORTH_SHOWING: f32 = 0.15;
/// So near, a section is worth showing that shares hardly a word. A small English model would show something to 4
/// of 131 strangers of whose questions words knew nothing, 2026-11.
const NEAR: f32 = 0.8;

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

/// Whether an answer may stand by itself.
pub fn is_sure(confidence: f32) -> bool {
    confidence >= SURE
}

/// The same confidence, or enough to be shown where the best section is so near. Only words make sure: the
/// weights below know nothing of meaning, which differs from model to model.
pub fn with_meaning(confidence: f32, nearness: f32) -> f32 {
    if nearness >= NEAR { confidence.max(WORTH_SHOWING) } else { confidence }
}

/// What a confidence is worth to the person who asked.
pub fn outcome(confidence: f32) -> Outcome {
    if is_sure(confidence) {
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
    fn meaning_shows_and_never_makes_sure() {
        assert_eq!(outcome(with_meaning(0.01, 0.9)), Outcome::Closest);
        assert_eq!(outcome(with_meaning(0.01, 0.7)), Outcome::Unknown);
        assert_eq!(outcome(with_meaning(0.71, 1.0)), Outcome::Closest);
    }

    #[test]
    fn nothing_found_is_unknown() {
        assert_eq!(outcome(Signs::default().confidence()), Outcome::Unknown);
    }
}
