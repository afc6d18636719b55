//! The message that is answered, read once for all checks of its answer.

use super::{
    facts::{Stated, facts},
    pieces::{Piece, pieces},
};

/// Nobody asks at greater length for something a short reply repeats.
const READ: usize = 4_000;

/// Nobody asks with more figures.
const MOST_FACTS: usize = 64;

/// What somebody asked, as its answer is held against it.
pub struct Asked {
    pub(super) text: String,
    pub(super) pieces: Vec<Piece>,
    pub(super) facts: Vec<Stated>,
}

impl Asked {
    /// Reads a message.
    pub fn of(message: &str) -> Self {
        let read: String = message.chars().take(READ).collect();
        let pieces = pieces(&read);
        let mut facts = facts(&pieces);
        facts.truncate(MOST_FACTS);
        Self { text: message.to_owned(), pieces, facts }
    }
}
