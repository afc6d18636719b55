//! Kinds: words that mean the same to the judge ("agent", "adviser"), so that what is learned of one holds for all.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::services::answer;

/// The kind of a word in normal form, if it has one.
pub fn of(word: &str) -> Option<&'static str> {
    KINDS.get(word).copied()
}

/// Every word with its kind.
pub fn words() -> impl Iterator<Item = (&'static str, &'static str)> {
    KINDS.iter().map(|(word, kind)| (*kind, word.as_str()))
}

/// A word that stands in two lists belongs to the first.
static KINDS: LazyLock<HashMap<String, &str>> = LazyLock::new(|| {
    let mut kinds = HashMap::new();
    let lines = include_str!("kinds.txt").lines().filter(|line| !line.starts_with('#'));
    for (kind, words) in lines.filter_map(|line| line.split_once(": ")) {
        for token in words.split(' ').flat_map(answer::tokens) {
            kinds.entry(token.word).or_insert(kind);
        }
    }
    kinds
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_and_accents_meet_in_a_kind() {
        for word in ["human", "humano", "mensch", "insaan", "इंसान"] {
            assert_eq!(of(word), Some("person"), "{word}");
        }
        assert_eq!(of(&answer::tokens("opérateur")[0].word), of("agent"));
        assert_eq!(of("spreadsheet"), None);
    }
}
