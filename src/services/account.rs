//! Questions about one's own orders, answered from the records without a model: dates in words,
//! nothing invented, and an honest word where there is no record.

mod abroad;
mod ask;
mod say;

use chrono::{DateTime, Utc};

use super::{answer::Voice, context::Context};

pub use ask::Topic;

/// What the records say to a question, when it is one about them.
pub struct Recorded {
    pub text: String,
    /// Whether there was a record to answer from.
    pub known: bool,
}

/// The answer from the records to a `question` about `topic`; without a context they could not be
/// looked up.
pub fn answer(topic: Topic, question: &str, context: Option<&Context>, voice: &Voice, now: DateTime<Utc>) -> Recorded {
    match context {
        Some(context) => say::say(topic, question, context, voice, now),
        None => Recorded { text: say::unavailable(voice), known: false },
    }
}
