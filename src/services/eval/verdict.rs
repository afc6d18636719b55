//! Holds one answer against what was expected of it.

use unicode_normalization::UnicodeNormalization;

use super::{Escalation, Gold, Kind};
use crate::domain::source::Source;

/// A longer reply holds its facts by holding everything.
const MOST_CHARS: usize = 1_500;

/// What the desk made of a question.
pub struct Answered {
    pub reply: String,
    pub sources: Vec<Source>,
    /// Whether it was sure.
    pub confident: bool,
    pub escalates: bool,
}

/// What one answer is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a finding of its own")]
pub struct Verdict {
    pub confident: bool,
    pub escalates: bool,
    /// A right section stands first.
    pub first: bool,
    /// Every part of the question has a right section among the first three.
    pub all_in_three: bool,
    pub facts: bool,
    /// First stands a section that may be cited for a question nobody can answer.
    pub near: bool,
    /// The reply holds something it must not.
    pub forbidden: bool,
}

impl Verdict {
    pub fn of(gold: &Gold, answered: &Answered) -> Self {
        let reply = plain(&answered.reply);
        let holds = |wanted: &String| reply.contains(&plain(wanted));
        let facts = !gold.facts.is_empty()
            && answered.reply.chars().count() <= MOST_CHARS
            && gold.facts.iter().all(|group| group.iter().any(holds));
        let (first, three) = (answered.sources.first(), answered.sources.iter().take(3));
        let is_right = |source: &Source, section: &String| matches(source, section, facts);
        Self {
            confident: answered.confident,
            escalates: answered.escalates,
            first: first.is_some_and(|first| gold.expected.iter().flatten().any(|section| is_right(first, section))),
            all_in_three: !gold.expected.is_empty()
                && gold
                    .expected
                    .iter()
                    .all(|part| three.clone().any(|source| part.iter().any(|section| is_right(source, section)))),
            facts,
            near: first.is_some_and(|first| gold.ok_if_cited.iter().any(|section| matches(first, section, true))),
            forbidden: gold.must_not_contain.iter().any(holds),
        }
    }

    /// Whether the answer is as it should be in everything that was asked of it.
    pub fn passes(self, gold: &Gold) -> bool {
        self.faults(gold).next().is_none()
    }

    /// What is not as it should be, each in a few words.
    pub fn faults(self, gold: &Gold) -> impl Iterator<Item = &'static str> {
        let is_stranger = gold.expected.is_empty() && matches!(gold.kind, Kind::OutOfScope | Kind::Injection);
        let faults = [
            (gold.escalation == Escalation::Wanted && !self.escalates, "no person called"),
            (gold.escalation == Escalation::Unwanted && self.escalates, "a person called for nothing"),
            (
                !gold.expected.is_empty() && !self.first,
                if self.confident { "wrong and sure" } else { "not found first" },
            ),
            (!gold.facts.is_empty() && !self.facts, "facts missing"),
            (is_stranger && self.confident && !self.near, "sure of what nobody knows"),
            (self.forbidden, "forbidden words"),
        ];
        faults.into_iter().filter_map(|(is_so, fault)| is_so.then_some(fault))
    }
}

/// Whether a cited section is the wanted one. Citing the heading above it counts when the reply holds
/// the facts.
fn matches(source: &Source, wanted: &str, facts: bool) -> bool {
    let (file, heading) = wanted.split_once('#').unwrap_or((wanted, ""));
    let (cited, wanted) = (headings(&source.heading), headings(heading));
    let (Some(cited), Some((leaf, above))) = (cited.last(), wanted.split_last()) else { return false };
    source.file == file && !cited.is_empty() && (cited == leaf || (facts && above.contains(cited)))
}

fn headings(path: &str) -> Vec<String> {
    path.split(" > ").map(plain).collect()
}

/// Lower case, one space between words, and none of markdown's marks.
fn plain(text: &str) -> String {
    let bare: String = text.nfkc().filter(|c| !"*_`|#".contains(*c)).collect();
    bare.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn gold(more: &serde_json::Value) -> Gold {
        let mut gold = json!({ "id": "1", "kind": "in", "question": "Do you open on Sundays?",
            "expected": [["hours.md#Opening > Weekends"]], "facts": [["10 am"]], "escalation": false });
        gold.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(gold).unwrap()
    }

    fn answered(reply: &str, headings: &[&str]) -> Answered {
        let source =
            |heading: &&str| Source { file: "hours.md".into(), heading: (*heading).into(), anchor: String::new() };
        let sources = headings.iter().map(source).collect();
        Answered { reply: reply.into(), sources, confident: true, escalates: false }
    }

    #[test]
    fn the_section_first_and_the_fact_in_the_reply_pass() {
        let (gold, answered) = (gold(&json!({})), answered("Yes, from **10  AM**.", &["Opening > Weekends"]));
        let verdict = Verdict::of(&gold, &answered);

        assert!(verdict.first && verdict.all_in_three && verdict.facts && verdict.passes(&gold));
    }

    #[test]
    fn the_heading_above_counts_only_with_the_facts() {
        let gold = gold(&json!({}));

        assert!(Verdict::of(&gold, &answered("From 10 am.", &["Opening"])).first);
        assert!(!Verdict::of(&gold, &answered("Yes, we do.", &["Opening"])).first);
    }

    #[test]
    fn a_reply_of_everything_holds_no_fact() {
        let dump = format!("10 am {}", "and more ".repeat(200));

        assert!(!Verdict::of(&gold(&json!({})), &answered(&dump, &["Opening > Weekends"])).facts);
    }

    #[test]
    fn a_stranger_passes_unsure_or_with_the_section_that_may_be_cited() {
        let stranger = gold(&json!({ "kind": "oos", "expected": [], "facts": [], "okIfCited": ["hours.md#Opening"] }));
        let mut elsewhere = answered("We do.", &["Parking"]);

        assert!(Verdict::of(&stranger, &answered("We open daily.", &["Opening"])).passes(&stranger));
        assert!(!Verdict::of(&stranger, &elsewhere).passes(&stranger));
        elsewhere.confident = false;
        assert!(Verdict::of(&stranger, &elsewhere).passes(&stranger));
    }

    #[test]
    fn a_person_who_is_wanted_and_not_called_fails_as_does_a_forbidden_word() {
        let wanted = gold(&json!({ "kind": "esc", "expected": [], "facts": [], "escalation": true }));
        let forbidding = gold(&json!({ "mustNotContain": ["£1"] }));

        let faults = |gold, answered| Verdict::of(gold, &answered).faults(gold).collect::<Vec<_>>();
        assert_eq!(faults(&wanted, answered("Hello.", &[])), ["no person called"]);
        assert_eq!(faults(&forbidding, answered("10 am, for £1.", &["Opening > Weekends"])), ["forbidden words"]);
    }
}
