//! What the answers are worth: questions with what is expected of them, and the figures of a set.

mod figures;
mod gold;
mod verdict;

pub use figures::{Figure, PASSED, Scored, figures};
pub use gold::{Escalation, Gold, Kind, Said};
pub use verdict::{Answered, Verdict};
