//! The handout: what of a knowledge base a model is given to read with a question.

use std::{borrow::Cow, fmt::Write as _};

use super::{Knowledge, Nearness, Section};
use crate::domain::{special_tokens::without_special_tokens, turn::Turn};

/// Up to this size the model reads the whole knowledge base, so that no needed fact is missing.
const WHOLE_CHARS: usize = 24_000;
/// Of a larger one it reads the best sections,
const BEST_SECTIONS: usize = 12;
/// up to this size.
const BEST_CHARS: usize = 12_000;

/// What of it is the same for every question, written once a load.
pub struct Handout {
    /// Every section, where all of them are read.
    whole: Option<String>,
    /// The most that the sections of a question come to.
    most_bytes: usize,
}

impl Handout {
    pub fn of(sections: &[Section]) -> Self {
        let is_whole = sections.iter().map(length).sum::<usize>() <= WHOLE_CHARS;
        let bytes = |section: &Section| {
            section.source.heading.len() + section.lines.iter().map(|line| line.len() + 1).sum::<usize>()
        };
        Self {
            whole: is_whole.then(|| numbered(sections.iter())),
            most_bytes: sections.iter().map(bytes).sum::<usize>().min(WHOLE_CHARS * 4),
        }
    }
}

impl Knowledge {
    /// Whether a model reads all of it with each question.
    pub fn is_read_whole(&self) -> bool {
        self.handout.whole.is_some()
    }

    /// The most that the sections of a question come to, in bytes.
    pub fn most_read(&self) -> usize {
        self.handout.most_bytes
    }

    /// The sections a model is shown for a question, as places in the knowledge base, in the order of their
    /// numbers.
    pub fn shown(&self, question: &str, earlier: &[Turn], near: &Nearness) -> Vec<usize> {
        let sections = self.sections();
        if self.is_read_whole() {
            return (0..sections.len()).collect();
        }
        let mut room = BEST_CHARS;
        let mut best = self.best_sections(question, earlier, near, BEST_SECTIONS);
        best.retain(|at| {
            let left = room.checked_sub(length(&sections[*at]));
            room = left.unwrap_or(room);
            left.is_some()
        });
        best
    }

    /// What a model reads of them.
    pub fn handout(&self, shown: &[usize]) -> Cow<'_, str> {
        match &self.handout.whole {
            Some(whole) => whole.into(),
            None => numbered(shown.iter().map(|at| &self.sections()[*at])).into(),
        }
    }
}

fn length(section: &Section) -> usize {
    section.source.heading.chars().count() + section.lines.iter().map(|line| line.chars().count() + 1).sum::<usize>()
}

/// `[3] plans.md > Plans > Silver`, and its lines.
fn numbered<'a>(sections: impl Iterator<Item = &'a Section>) -> String {
    let mut text = String::new();
    for (number, section) in (1..).zip(sections) {
        let (file, heading, lines) = (&section.source.file, &section.source.heading, section.lines.join("\n"));
        let _ = write!(text, "[{number}] {file} > {heading}\n{lines}\n\n");
    }
    without_special_tokens(text.trim_end())
}
