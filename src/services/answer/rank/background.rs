//! The background: how rare a word is in questions of any kind, whatever the company sells.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::services::answer::words;

/// What a word is worth that every question may contain, one of everyday, and one that is neither.
const GLUE: f32 = 0.5;
const EVERYDAY: f32 = 1.6;
const RARE: f32 = 4.5;
/// A figure narrows a question, but people get figures wrong.
const FIGURE: f32 = 2.0;

static COMMON: LazyLock<HashMap<String, f32>> = LazyLock::new(|| {
    let mut common = HashMap::new();
    for line in include_str!("glue.txt").lines() {
        let mut line = line.split_whitespace();
        let worth = match line.next() {
            Some("1") => GLUE,
            Some("2") => EVERYDAY,
            _ => continue,
        };
        for word in line {
            common.entry(words::stem(word)).or_insert(worth);
        }
    }
    common
});

/// The worth of a stem in questions of any kind.
pub fn rarity(stem: &str) -> f32 {
    if stem.starts_with(|c: char| c.is_ascii_digit()) {
        return FIGURE;
    }
    COMMON.get(stem).copied().unwrap_or(RARE)
}

/// Whether the word is so common that a misspelling is unlikely to be meant.
pub fn is_common(stem: &str) -> bool {
    COMMON.contains_key(stem)
}
