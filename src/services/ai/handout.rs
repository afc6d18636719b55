//! The handout: what of a knowledge base a model is given to read.

use std::{borrow::Cow, fmt::Write as _};

use super::{Asked, history};
use crate::services::{
    answer::{Knowledge, Section},
    faq_loader::Loaded,
};

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
    pub most_bytes: usize,
}

impl Handout {
    pub fn of(knowledge: &Knowledge) -> Self {
        let sections = knowledge.sections();
        let is_whole = sections.iter().map(length).sum::<usize>() <= WHOLE_CHARS;
        let bytes = |section: &Section| {
            section.source.heading.len() + section.lines.iter().map(|line| line.len() + 1).sum::<usize>()
        };
        Self {
            whole: is_whole.then(|| numbered(sections.iter())),
            most_bytes: sections.iter().map(bytes).sum::<usize>().min(WHOLE_CHARS * 4),
        }
    }

    /// Whether the model reads the whole knowledge base with each question.
    pub fn is_whole(&self) -> bool {
        self.whole.is_some()
    }
}

/// The sections the model is shown, as places in the knowledge base, in the order of their numbers.
pub fn shown(desk: &Loaded, asked: &Asked<'_>) -> Vec<usize> {
    let sections = desk.knowledge.sections();
    if desk.handout.is_whole() {
        return (0..sections.len()).collect();
    }
    let mut room = BEST_CHARS;
    let mut best = desk.knowledge.best_sections(asked.message, asked.earlier, asked.near, BEST_SECTIONS);
    best.retain(|at| {
        let left = room.checked_sub(length(&sections[*at]));
        room = left.unwrap_or(room);
        left.is_some()
    });
    best
}

/// What it reads of them.
pub fn text<'a>(desk: &'a Loaded, shown: &[usize]) -> Cow<'a, str> {
    let sections = desk.knowledge.sections();
    match &desk.handout.whole {
        Some(whole) => whole.into(),
        None => numbered(shown.iter().map(|at| &sections[*at])).into(),
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
    history::without_special_tokens(text.trim_end())
}
