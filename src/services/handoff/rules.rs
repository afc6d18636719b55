//! Rules: the shipped patterns that call for a person, each with its reason and its guard.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Reason;
use super::pattern::{Lists, Pattern};
use crate::services::answer::Token;

/// The rules that ship, English first.
pub static SHIPPED: LazyLock<Rules> =
    LazyLock::new(|| Rules::parse(&[include_str!("rules/en.txt"), include_str!("rules/other.txt")]));

/// Patterns in order of precedence, found by the words they can begin with.
#[derive(Default)]
pub struct Rules {
    rules: Vec<Rule>,
    by_first_word: HashMap<String, Vec<usize>>,
    others: Vec<usize>,
}

struct Rule {
    reason: Reason,
    guarded: bool,
    pattern: Pattern,
}

impl Rules {
    /// Reads `[reason guard]` headings with one pattern a line below them.
    pub fn parse(files: &[&str]) -> Self {
        let mut rules = Self::default();
        let mut lists = Lists::new();
        let mut heading = (Reason::CustomerRequest, false);
        for line in files.iter().flat_map(|file| file.lines()).map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            } else if let Some(named) = line.strip_prefix('[') {
                heading = parse_heading(named.trim_end_matches(']'));
            } else if let Some((name, list)) = line.strip_prefix('$').and_then(|l| l.split_once(" = ")) {
                lists.insert(name.to_owned(), list.to_owned());
            } else {
                let (reason, guarded) = heading;
                rules.add(Rule { reason, guarded, pattern: Pattern::parse(line, &lists) });
            }
        }
        rules
    }

    fn add(&mut self, rule: Rule) {
        let at = self.rules.len();
        match rule.pattern.first_words() {
            Some(words) => {
                for word in words {
                    self.by_first_word.entry(word.clone()).or_default().push(at);
                }
            }
            None => self.others.push(at),
        }
        self.rules.push(rule);
    }

    /// The reason of the first rule that applies to a clause.
    pub fn reason(&self, clause: &[Token], is_general_question: bool) -> Option<Reason> {
        let hits = (0..clause.len()).flat_map(|start| {
            let starting = self.by_first_word.get(&clause[start].word);
            let candidates = starting.into_iter().flatten().chain(&self.others);
            candidates.filter(move |&&at| self.rules[at].pattern.is_at(clause, start))
        });
        let allowed = hits.filter(|&&at| !(is_general_question && self.rules[at].guarded));
        allowed.min().map(|&at| self.rules[at].reason)
    }
}

fn parse_heading(heading: &str) -> (Reason, bool) {
    let (reason, guard) = heading.split_once(' ').unwrap_or((heading, "always"));
    let reason = match reason {
        "frustrated" => Reason::Frustrated,
        "blocked" => Reason::Blocked,
        "policy" => Reason::Policy,
        _ => Reason::CustomerRequest,
    };
    (reason, guard == "guarded")
}
