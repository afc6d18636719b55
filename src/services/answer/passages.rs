//! Passages: which lines of a section speak of what was asked.

use std::collections::HashSet;

use super::rank::{Index, SYNONYM, Term};
use super::sections::Section;
use super::synonyms::{Idea, Synonyms};
use super::words;

/// More lines than this are never looked through.
const MOST_LINES: usize = 200;

/// The words of each line of a section.
pub struct Passages(Vec<Line>);

struct Line {
    stems: HashSet<String>,
    ideas: HashSet<Idea>,
}

impl Passages {
    /// Reads the lines of a section; a bullet also says what the line that opens its list says.
    pub fn build(section: &Section, synonyms: &Synonyms) -> Self {
        let lines = section.lines.iter().take(MOST_LINES);
        let lines = lines.map(|line| {
            let tokens = words::all_tokens(line);
            Line {
                ideas: synonyms.find(&words::as_asked(&tokens)).into_iter().map(|f| f.idea).collect(),
                stems: tokens.into_iter().filter(|t| !t.is_stop()).map(|t| t.stem).collect(),
            }
        });
        Self(lines.collect())
    }

    /// The positions of the lines, most telling first; lines that tell nothing keep their order.
    pub fn by_relevance(&self, terms: &[Term], index: &Index) -> Vec<usize> {
        let mut scored: Vec<(usize, f32)> =
            self.0.iter().enumerate().map(|(at, line)| (at, line.score(terms, index))).collect();
        scored.sort_by(|a, b| b.1.total_cmp(&a.1));
        scored.into_iter().map(|(at, _)| at).collect()
    }
}

impl Line {
    fn score(&self, terms: &[Term], index: &Index) -> f32 {
        terms.iter().map(|term| index.importance(term) * self.worth(term)).sum()
    }

    fn worth(&self, term: &Term) -> f32 {
        if self.stems.contains(&term.stem) {
            1.0
        } else if term.ideas.iter().any(|idea| self.ideas.contains(idea)) {
            SYNONYM
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sections;
    use super::*;

    #[test]
    fn the_line_that_says_it_comes_first() {
        let synonyms = Synonyms::parse("delete, erase");
        let sections = sections::parse("a.md", "## Data\n\n- We keep logs\n- We delete backups\n");
        let index = Index::build(&sections, &synonyms);
        let erase = Term { stem: words::stem("erase"), ideas: vec![0], weight: 1.0 };
        assert_eq!(Passages::build(&sections[0], &synonyms).by_relevance(&[erase], &index), [1, 0]);
    }
}
