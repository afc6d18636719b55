//! The background: how rare a word is in questions of any kind, whatever the company sells.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::services::answer::words;

/// What a word is worth that every question may contain, one of everyday, and one that is neither.
const GLUE: f32 = 0.5;
const EVERYDAY: f32 = 1.6;
const RARE: f32 = 4.5;
/// A figure narrows a question, but people get figures wrong.
const FIGURE: f32 = 2.0;

static COMMON: LazyLock<HashMap<String, f32>> = LazyLock::new(|| {
    let classes = [("1", GLUE), ("2", EVERYDAY), ("3", RARE), ("4", RARE)];
    let mut common = HashMap::new();
    for (class, worth) in classes {
        for word in of_class(class) {
            common.entry(words::stem(word)).or_insert(worth);
        }
    }
    common
});

/// What no company is asked about unless its own knowledge speaks of it.
static OUTSIDE: LazyLock<HashSet<String>> = LazyLock::new(|| of_class("4").map(words::stem).collect());

fn of_class(class: &str) -> impl Iterator<Item = &'static str> {
    let lines = include_str!("glue.txt").lines().filter_map(|line| line.split_once(' '));
    lines.filter(move |(of, _)| *of == class).flat_map(|(_, words)| words.split_whitespace())
}

/// The worth of a stem in questions of any kind.
pub fn rarity(stem: &str) -> f32 {
    if stem.starts_with(|c: char| c.is_ascii_digit()) {
        return FIGURE;
    }
    COMMON.get(stem).copied().unwrap_or(RARE)
}

/// Whether any question may contain the word, whatever it is about.
pub fn is_glue(stem: &str) -> bool {
    COMMON.get(stem).is_some_and(|&worth| worth <= GLUE)
}

/// Whether the word is of the world outside: weather, kings, recipes.
pub fn is_outside(stem: &str) -> bool {
    OUTSIDE.contains(stem)
}

/// Whether the word is so well known that no other one is meant by it.
pub fn is_common(stem: &str) -> bool {
    COMMON.contains_key(stem)
}
