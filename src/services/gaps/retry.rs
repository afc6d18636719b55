//! Asking again: whether an edit of the knowledge base answers what was not answered.

use std::collections::HashMap;

use uuid::Uuid;

use super::shown;
use crate::{
    domain::{
        gap::{Heard, Retried},
        source::Source,
        turn::{Outcome, Turn},
    },
    services::faq_loader::Loaded,
    storage::gaps::Question,
};

/// What each question hears before and after an edit of the section at `target`, in the light of
/// what was said before it then.
pub fn all(
    questions: &[Question],
    earlier: &HashMap<Uuid, Vec<Turn>>,
    before: &Loaded,
    after: &Loaded,
    target: &Source,
) -> Vec<Retried> {
    let retry = |question: &Question| {
        let said = earlier.get(&question.message).map_or(&[][..], Vec::as_slice);
        let [(before, _), (heard, cited)] = [before, after].map(|desk| ask(desk, &question.text, said));
        Retried {
            question: shown(&question.text, after),
            asked_at: question.asked_at,
            answered: is_answered(&before, &heard, &cited, target),
            before,
            after: heard,
        }
    };
    questions.iter().map(retry).collect()
}

/// Sure, and from the section that was meant: it stands first, or, of a question of several parts
/// that was not answered before, among the others.
fn is_answered(before: &Heard, after: &Heard, cited: &[Source], target: &Source) -> bool {
    let is_sure = |heard: &Heard| heard.outcome == Outcome::Answer;
    let is_first = after.source.as_ref() == Some(target);
    is_sure(after) && (is_first || (!is_sure(before) && cited.contains(target)))
}

fn ask(desk: &Loaded, question: &str, earlier: &[Turn]) -> (Heard, Vec<Source>) {
    let answer = desk.knowledge.answer(question, earlier);
    let heard = Heard {
        outcome: answer.outcome,
        confidence: rounded(answer.confidence),
        source: answer.sources.first().cloned(),
    };
    (heard, answer.sources)
}

/// As chats tell it.
pub fn rounded(confidence: f32) -> f64 {
    (f64::from(confidence) * 1_000.0).round() / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(heading: &str) -> Source {
        Source { file: "a.md".into(), heading: heading.into(), anchor: heading.to_lowercase() }
    }

    fn heard(outcome: Outcome, cited: &[Source]) -> Heard {
        Heard { outcome, confidence: 0.9, source: cited.first().cloned() }
    }

    #[test]
    fn a_question_is_answered_when_it_is_sure_and_from_the_section_that_was_meant() {
        let (target, other) = (source("Pets"), source("Refunds"));
        let answered = |before: Outcome, after: Outcome, cited: &[Source]| {
            let before = heard(before, std::slice::from_ref(&other));
            is_answered(&before, &heard(after, cited), cited, &target)
        };
        let (first, second) = ([target.clone(), other.clone()], [other.clone(), target.clone()]);

        assert!(answered(Outcome::Unknown, Outcome::Answer, &first));
        assert!(answered(Outcome::Answer, Outcome::Answer, &first));
        assert!(answered(Outcome::Unknown, Outcome::Answer, &second), "one of its parts");
        assert!(!answered(Outcome::Answer, Outcome::Answer, &second), "it was wrong, and it still is");
        assert!(!answered(Outcome::Unknown, Outcome::Closest, &first));
        assert!(!answered(Outcome::Unknown, Outcome::Answer, std::slice::from_ref(&other)));
    }
}
