//! Typos: a word nobody knows is taken for the known word it is nearest to.

use std::collections::{HashMap, HashSet};

/// Shorter words have too many neighbours to guess from.
const SHORTEST: usize = 4;
/// From this length on two mistakes still leave a word recognisable; "leeds" is not "leads".
const TWO_MISTAKES: usize = 8;

/// What two words of one kin share at least, and the longest ending that makes one of the other.
const ROOT: usize = 5;
const ENDING: usize = 4;

/// The words that can be meant, by length.
#[derive(Default)]
pub struct Spelling {
    by_length: HashMap<usize, Vec<Entry>>,
    known: HashSet<String>,
}

struct Entry {
    letters: Vec<char>,
    mask: u32,
}

impl Spelling {
    /// Collects every word that may be meant.
    pub fn build(words: impl Iterator<Item = String>) -> Self {
        let mut spelling = Self::default();
        for word in words.filter(|w| w.chars().all(char::is_alphabetic)) {
            if spelling.known.insert(word.clone()) {
                let letters: Vec<char> = word.chars().collect();
                let mask = mask(&letters);
                spelling.by_length.entry(letters.len()).or_default().push(Entry { letters, mask });
            }
        }
        spelling
    }

    /// Whether the word is spelled like one of ours.
    pub fn knows(&self, word: &str) -> bool {
        self.known.contains(word)
    }

    /// A known word that an unknown one is made from, or made of: "membership" and "member".
    pub fn kin(&self, word: &str) -> Option<String> {
        let length = word.chars().count();
        let shared = |entry: &Entry| entry.letters.iter().zip(word.chars()).take_while(|(a, b)| **a == *b).count();
        let is_kin = |entry: &&Entry| {
            let (shorter, longer) = (length.min(entry.letters.len()), length.max(entry.letters.len()));
            shorter >= ROOT && shared(entry) == shorter && longer - shorter <= ENDING
        };
        let lengths = length.saturating_sub(ENDING).max(ROOT)..=length + ENDING;
        let entries = lengths.filter_map(|length| self.by_length.get(&length)).flatten();
        let nearest = entries.filter(is_kin).min_by_key(|e| (e.letters.len().abs_diff(length), &e.letters));
        nearest.map(|entry| entry.letters.iter().collect())
    }

    /// The known word nearest to an unknown one, if one is near enough.
    pub fn repair(&self, word: &str) -> Option<String> {
        let letters: Vec<char> = word.chars().collect();
        if letters.len() < SHORTEST || !letters.iter().all(|c| c.is_alphabetic()) {
            return None;
        }
        let most = if letters.len() >= TWO_MISTAKES { 2 } else { 1 };
        let mask = mask(&letters);
        let lengths = letters.len() - most..=letters.len() + most;
        lengths
            .filter_map(|length| self.by_length.get(&length))
            .flatten()
            .filter(|entry| (entry.mask ^ mask).count_ones() as usize <= 2 * most)
            .filter_map(|entry| Some((mistakes(&letters, &entry.letters, most)?, entry)))
            .min_by(|(a, x), (b, y)| (a, &x.letters).cmp(&(b, &y.letters)))
            .map(|(_, entry)| entry.letters.iter().collect())
    }
}

/// Which letters occur: an edit changes at most two bits, so most words need no closer look.
fn mask(letters: &[char]) -> u32 {
    letters.iter().fold(0, |mask, &c| mask | 1 << (u32::from(c) % 32))
}

/// Insertions, deletions, replacements and swaps between two words, if at most `most`.
///
/// In a short word a replaced letter makes another word too often, so it is not forgiven there,
/// and neither is a wrong first letter beside another mistake.
fn mistakes(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len() == b.len() && a.len() < 6 && !is_swap(a, b) {
        return None;
    }
    let mut older: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j - 1] + same).min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(older[j - 2] + 1);
            }
        }
        if row.iter().all(|&count| count > most) {
            return None;
        }
        older = std::mem::replace(&mut last, row);
    }
    let count = last[b.len()];
    (count <= most && (count < 2 || a[0] == b[0])).then_some(count)
}

fn is_swap(a: &[char], b: &[char]) -> bool {
    let different: Vec<usize> = (0..a.len()).filter(|&at| a[at] != b[at]).collect();
    matches!(different[..], [x, y] if y == x + 1 && a[x] == b[y] && a[y] == b[x])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repair(word: &str) -> Option<String> {
        let words = ["subscription", "refund", "leads", "price", "cancel", "integrations"];
        Spelling::build(words.into_iter().map(str::to_owned)).repair(word)
    }

    #[test]
    fn common_slips_are_repaired() {
        assert_eq!(repair("subsciption").as_deref(), Some("subscription"));
        assert_eq!(repair("refnud").as_deref(), Some("refund"));
        assert_eq!(repair("cancle").as_deref(), Some("cancel"));
        assert_eq!(repair("pirce").as_deref(), Some("price"));
        assert_eq!(repair("intergrations").as_deref(), Some("integrations"));
    }

    #[test]
    fn an_ending_makes_no_stranger() {
        let words = ["member", "refundable", "intern", "cat"];
        let spelling = Spelling::build(words.into_iter().map(str::to_owned));
        assert_eq!(spelling.kin("membership").as_deref(), Some("member"));
        assert_eq!(spelling.kin("refund").as_deref(), Some("refundable"));
        assert_eq!(spelling.kin("international"), None);
        assert_eq!(spelling.kin("cats"), None);
    }

    #[test]
    fn a_different_word_stays_different() {
        assert_eq!(repair("leeds"), None);
        assert_eq!(repair("cat"), None);
        assert_eq!(repair("weather"), None);
    }

    #[test]
    fn a_wall_of_letters_is_no_typo() {
        assert_eq!(repair(&"a".repeat(40)), None);
    }
}
