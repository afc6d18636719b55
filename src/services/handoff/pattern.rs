//! Patterns: sequences of words with alternatives, endings and gaps, read from a rule file.

use std::collections::{HashMap, HashSet};

use crate::services::answer::Token;

/// A sequence of words to look for.
#[derive(Debug, Default)]
pub struct Pattern {
    steps: Vec<Step>,
    anchored: bool,
    ends: bool,
}

/// One place of the sequence.
#[derive(Debug, Default)]
struct Step {
    words: HashSet<String>,
    beginnings: Vec<String>,
    optional: bool,
    /// The end of the clause will do as well.
    at_end: bool,
    /// So many other words may stand before it.
    gap: usize,
}

/// Names for lists of alternatives: `$talk = talk|speak`.
pub type Lists = HashMap<String, String>;

impl Pattern {
    /// Reads `talk|speak to|with ~3 human|person`; `^` binds it to the start, `$` to the end.
    pub fn parse(line: &str, lists: &Lists) -> Self {
        let mut pattern = Self::default();
        let mut gap = 0;
        for part in line.split_whitespace() {
            match part.strip_prefix('~').map(str::parse) {
                Some(Ok(most)) => gap = most,
                _ if part == "^" => pattern.anchored = true,
                _ if part == "$" => pattern.ends = true,
                _ => pattern.steps.push(Step::parse(part, lists, std::mem::take(&mut gap))),
            }
        }
        pattern
    }

    /// Whether the words stand in a clause, the first of them at `start`.
    pub fn is_at(&self, clause: &[Token], start: usize) -> bool {
        let allowed = !self.anchored || start == 0;
        allowed && !self.steps.is_empty() && self.matches(&self.steps, clause, start, 0)
    }

    /// The words it can begin with; `None` when that cannot be listed.
    pub fn first_words(&self) -> Option<&HashSet<String>> {
        let first = self.steps.first()?;
        (!first.optional && first.beginnings.is_empty()).then_some(&first.words)
    }

    /// `spare` is the gap before a step that was missing: the next one inherits it.
    fn matches(&self, steps: &[Step], clause: &[Token], at: usize, spare: usize) -> bool {
        let Some((step, rest)) = steps.split_first() else {
            return !self.ends || at == clause.len();
        };
        let reach = if steps.len() == self.steps.len() { 0 } else { step.gap.max(spare) };
        if step.optional && self.matches(rest, clause, at, reach) {
            return true;
        }
        if step.at_end && at + reach >= clause.len() {
            return self.matches(rest, clause, clause.len(), 0);
        }
        (at..clause.len().min(at + reach + 1))
            .any(|here| step.is(&clause[here].word) && self.matches(rest, clause, here + 1, 0))
    }
}

impl Step {
    fn parse(part: &str, lists: &Lists, gap: usize) -> Self {
        let optional = part.ends_with(['?', '|']);
        let mut step = Self { optional, gap, ..Self::default() };
        for word in part.trim_end_matches('?').split('|') {
            step.add(word, lists);
        }
        step
    }

    fn add(&mut self, word: &str, lists: &Lists) {
        if word == "$" {
            self.at_end = true;
        } else if let Some(list) = word.strip_prefix('$').and_then(|name| lists.get(name)) {
            self.words.extend(list.split('|').map(|w| w.trim().to_owned()));
        } else if let Some(beginning) = word.strip_suffix('*') {
            self.beginnings.push(beginning.to_owned());
        } else {
            self.words.insert(word.to_owned());
        }
    }

    fn is(&self, word: &str) -> bool {
        self.words.contains(word) || self.beginnings.iter().any(|b| word.starts_with(b.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::answer::tokens;

    fn is_in(pattern: &str, clause: &str) -> bool {
        let lists = Lists::from([("talk".to_owned(), "talk|speak".to_owned())]);
        let (pattern, clause) = (Pattern::parse(pattern, &lists), tokens(clause));
        (0..clause.len()).any(|start| pattern.is_at(&clause, start))
    }

    #[test]
    fn gaps_alternatives_and_lists_are_understood() {
        assert!(is_in("$talk to|with ~2 human", "let me speak to a real human"));
        assert!(!is_in("$talk to|with ~1 human", "let me speak to a very real human"));
    }

    #[test]
    fn anchors_bind_to_the_ends_of_a_clause() {
        assert!(is_in("^ agent $", "Agent!"));
        assert!(!is_in("^ agent $", "which agent is best"));
    }

    #[test]
    fn endings_and_missing_words_are_allowed() {
        assert!(is_in("broken very? promise*", "broken promises"));
    }
}
