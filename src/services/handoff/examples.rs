//! Examples: what people write when they need a person, and what they write when they do not.

use super::Reason;

/// A message with the reason it should be handed over for, if it should.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// What somebody wrote.
    pub text: &'static str,
    /// `None`: it can be answered.
    pub reason: Option<Reason>,
}

const FILES: [&str; 16] = [
    include_str!("examples/person.txt"),
    include_str!("examples/anger.txt"),
    include_str!("examples/blocked.txt"),
    include_str!("examples/policy.txt"),
    include_str!("examples/abroad.txt"),
    include_str!("examples/questions.txt"),
    include_str!("examples/howto.txt"),
    include_str!("examples/curious.txt"),
    include_str!("examples/paraphrases.txt"),
    include_str!("examples/stories.txt"),
    include_str!("examples/wishes.txt"),
    include_str!("examples/asides.txt"),
    include_str!("examples/keywords.txt"),
    include_str!("examples/chatter.txt"),
    include_str!("examples/background.txt"),
    include_str!("examples/matters.txt"),
];

/// The examples that ship, by family: each begins with a `#` line that names it, under a heading with the reason.
pub fn families() -> Vec<Vec<Example>> {
    let mut families = Vec::new();
    for file in FILES {
        let mut reason = None;
        for text in file.lines().filter(|line| !line.is_empty()) {
            if let Some(heading) = text.strip_prefix('[') {
                reason = named(heading.trim_end_matches(']'));
            } else if text.starts_with('#') {
                families.push(Vec::new());
            } else if let Some(family) = families.last_mut() {
                family.push(Example { text, reason });
            }
        }
    }
    families
}

fn named(heading: &str) -> Option<Reason> {
    let reasons = [Reason::CustomerRequest, Reason::Frustrated, Reason::Blocked, Reason::Policy];
    reasons.into_iter().find(|reason| reason.as_str() == heading)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn nothing_has_two_reasons() {
        let mut reasons = HashMap::new();
        for Example { text, reason } in families().concat() {
            assert_eq!(*reasons.entry(text).or_insert(reason), reason, "{text}");
        }
    }

    #[test]
    fn both_sides_are_heard_alike() {
        let examples = families().concat();
        let answerable = examples.iter().filter(|e| e.reason.is_none()).count();
        assert!(
            (examples.len() * 2 / 5..examples.len() * 3 / 5).contains(&answerable),
            "{answerable} of {}",
            examples.len()
        );
    }
}
