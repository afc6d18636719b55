//! Rules: the shipped patterns that call for a person, each with its reason and its guard.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Reason;
use super::pattern::{Lists, Pattern};
use crate::services::answer::Token;

/// The rules that ship, English first.
pub static SHIPPED: LazyLock<Rules> =
    LazyLock::new(|| Rules::parse(&[include_str!("rules/en.txt"), include_str!("rules/other.txt")]));

/// Which questions a rule passes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guard {
    /// None: "why was I charged twice?" is a question and a complaint.
    Always,
    /// Those about what is on offer.
    Unoffered,
    /// Those about how things work in general.
    Guarded,
}

/// What a clause is, as far as guards care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// About this customer, today.
    Statement,
    /// "How do I …", "what happens if …": how things work.
    General,
    /// "Do you have …", "which plan …": what is on offer.
    Offer,
}

/// Patterns in order of precedence, found by the words they can begin with.
#[derive(Default)]
pub struct Rules {
    in_order: Vec<Rule>,
    by_first_word: HashMap<String, Vec<usize>>,
    others: Vec<usize>,
}

struct Rule {
    reason: Reason,
    guard: Guard,
    pattern: Pattern,
}

impl Rules {
    /// Reads `[reason guard]` headings with one pattern a line below them.
    pub fn parse(files: &[&str]) -> Self {
        let mut rules = Self::default();
        let mut lists = Lists::new();
        let mut heading = (Reason::CustomerRequest, Guard::Always);
        for line in files.iter().flat_map(|file| file.lines()).map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(named) = line.strip_prefix('[') {
                heading = parse_heading(named.trim_end_matches(']'));
            } else if let Some((name, list)) = line.strip_prefix('$').and_then(|l| l.split_once(" = ")) {
                lists.insert(name.to_owned(), list.to_owned());
            } else {
                let (reason, guard) = heading;
                rules.add(Rule { reason, guard, pattern: Pattern::parse(line, &lists) });
            }
        }
        rules
    }

    fn add(&mut self, rule: Rule) {
        let at = self.in_order.len();
        match rule.pattern.first_words() {
            Some(words) => {
                for word in words {
                    self.by_first_word.entry(word.clone()).or_default().push(at);
                }
            }
            None => self.others.push(at),
        }
        self.in_order.push(rule);
    }

    /// The reason of the first rule that applies to a clause of this kind.
    pub fn reason(&self, clause: &[Token], kind: Kind) -> Option<Reason> {
        let hits = (0..clause.len()).flat_map(|start| {
            let starting = self.by_first_word.get(&clause[start].word);
            let candidates = starting.into_iter().flatten().chain(&self.others);
            candidates.filter(move |&&at| self.in_order[at].pattern.is_at(clause, start))
        });
        let allowed = hits.filter(|&&at| self.in_order[at].guard.lets_pass(kind));
        allowed.min().map(|&at| self.in_order[at].reason)
    }
}

impl Guard {
    fn lets_pass(self, kind: Kind) -> bool {
        match self {
            Self::Always => true,
            Self::Unoffered => kind != Kind::Offer,
            Self::Guarded => kind == Kind::Statement,
        }
    }
}

fn parse_heading(heading: &str) -> (Reason, Guard) {
    let (reason, guard) = heading.split_once(' ').unwrap_or((heading, "always"));
    let reason = match reason {
        "frustrated" => Reason::Frustrated,
        "blocked" => Reason::Blocked,
        "policy" => Reason::Policy,
        _ => Reason::CustomerRequest,
    };
    let guard = match guard {
        "guarded" => Guard::Guarded,
        "unoffered" => Guard::Unoffered,
        _ => Guard::Always,
    };
    (reason, guard)
}
