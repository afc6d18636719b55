//! Repeats: a model that has lost its way says one sentence again and again.

use super::sentences::Sentence;

/// So many times in a row, and it will not stop by itself.
const MOST: usize = 3;

/// Whether a sentence is the one before it once more, which nobody needs to read.
pub fn is_repeat(sentences: &[Sentence], at: usize) -> bool {
    at.checked_sub(1).is_some_and(|before| sentences[before].text.trim() == sentences[at].text.trim())
}

/// Whether the last sentence was said so often that no more is worth hearing.
pub fn goes_round(sentences: &[Sentence]) -> bool {
    let Some(first) = (sentences.len() + 1).checked_sub(MOST) else { return false };
    first > 0 && (first..sentences.len()).all(|at| is_repeat(sentences, at))
}
