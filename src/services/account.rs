//! Questions about one's own orders, answered from the records without a model: dates in words,
//! nothing invented, and an honest word where there is no record.

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

/// The answer from the records, or nothing when the question is about something else.
pub fn answer(question: &str, context: &Context, voice: &Voice, now: DateTime<Utc>) -> Option<Recorded> {
    let topic = Topic::of(question)?;
    Some(say::say(topic, context, voice, now))
}
