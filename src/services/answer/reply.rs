//! Replying: what is told of what was found for each question of a message, and how sure we are of the whole.

use super::compose::{Cited, Told};
use super::find::Found;
use super::language::Language;
use super::{Answer, Knowledge};
use crate::domain::turn::Outcome;

/// More sections than this are no help.
const MOST_SOURCES: usize = 3;
/// A section far behind the best one is not related to the question.
const RELATED: f32 = 0.55;

impl Knowledge {
    pub(super) fn reply(&self, parts: &[Found], language: Language) -> Answer {
        let outcomes: Vec<Outcome> = parts.iter().map(Found::outcome).collect();
        let confidence = parts.iter().map(|p| p.confidence).fold(1.0, f32::min);
        let outcome = overall(&outcomes);
        let chosen = chosen(parts, outcome);
        let lines: Vec<Vec<usize>> = chosen.iter().map(|(part, at)| self.searchable.lines(part, *at)).collect();
        let cited: Vec<Cited<'_>> = chosen
            .iter()
            .zip(&lines)
            .map(|((_, at), lines)| Cited { section: &self.searchable.sections[*at], lines })
            .collect();
        let prices = self.searchable.priced_sections();
        let told = |part: &Found| {
            if part.asks_prices && !prices.is_empty() {
                return Some(Told::Prices(&prices));
            }
            let at =
                cited.iter().position(|c| part.best().is_some_and(|at| c.section == &self.searchable.sections[at]))?;
            Some(Told::Lines(cited[at]))
        };
        let speaker = self.speaker(language);
        let text = match outcome {
            Outcome::Answer => {
                let told: Vec<Told<'_>> = distinct(parts).into_iter().filter_map(told).collect();
                let listed = self.searchable.prices.told(&self.searchable.ladders);
                let is_told = |part: &Found, section| {
                    part.best() == Some(section) || (part.asks_prices && listed.contains(&section))
                };
                let is_best = |cited: &Cited<'_>| {
                    let told = |&(_, at): &(&Found, usize)| {
                        parts.iter().any(|part| is_told(part, at)) && cited.section == &self.searchable.sections[at]
                    };
                    chosen.iter().any(told)
                };
                let related: Vec<Cited<'_>> = cited.iter().filter(|cited| !is_best(cited)).copied().collect();
                speaker.answer(&told, &related)
            }
            Outcome::Closest if outcomes.iter().any(|&o| o != Outcome::Closest) => speaker
                .partly(&outcomes.iter().zip(parts).map(|(&outcome, part)| (outcome, told(part))).collect::<Vec<_>>()),
            Outcome::Closest => speaker.closest(&cited),
            _ => speaker.unknown(),
        };
        let sources = cited.iter().map(|c| c.section.source.clone()).collect();
        Answer { outcome, confidence, text, sources, language }
    }
}

/// Sure only if every part is, and at a loss only if every part is.
fn overall(parts: &[Outcome]) -> Outcome {
    let all = |wanted| parts.iter().all(|&outcome| outcome == wanted);
    if all(Outcome::Answer) {
        Outcome::Answer
    } else if all(Outcome::Unknown) {
        Outcome::Unknown
    } else {
        Outcome::Closest
    }
}

/// The parts without those that the section of an earlier one answers too.
fn distinct(parts: &[Found]) -> Vec<&Found> {
    let mut distinct: Vec<&Found> = Vec::new();
    for part in parts {
        if distinct.iter().all(|other| other.best() != part.best()) {
            distinct.push(part);
        }
    }
    distinct
}

/// The best section of each part that has one first, then what else belongs to the question.
fn chosen(parts: &[Found], outcome: Outcome) -> Vec<(&Found, usize)> {
    if outcome == Outcome::Unknown {
        return Vec::new();
    }
    let near = |part: &&Found, rank: usize| {
        let (section, score) = *part.ranked.get(rank)?;
        (score >= RELATED * part.ranked[0].1).then_some(section)
    };
    let known: Vec<&Found> = parts.iter().filter(|part| part.outcome() != Outcome::Unknown).collect();
    let mut chosen: Vec<(&Found, usize)> = Vec::new();
    for rank in 0..MOST_SOURCES {
        for part in &known {
            let new = near(part, rank).filter(|at| chosen.iter().all(|(_, other)| other != at));
            chosen.extend(new.map(|at| (*part, at)));
        }
    }
    chosen.truncate(MOST_SOURCES.max(distinct(parts).len()));
    chosen
}
